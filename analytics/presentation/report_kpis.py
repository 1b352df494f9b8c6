"""The figures of the engagement report: strips of its pages, and of the overview."""

from collections.abc import Callable, Sequence

from analytics import formatting
from analytics.metrics.results import Row
from analytics.presentation.kpis import Kpi, column_value

Footnotes = Callable[[Row], Sequence[str]]


def n_footnote(name: str) -> Footnotes:
    """A footnote with the number of rows behind an average."""

    def footnotes(row: Row) -> Sequence[str]:
        value = column_value(name)(row)
        return [] if value is None else [f"n = {formatting.count(value)}"]

    return footnotes


def weighted_mean_footnotes(name: str, write: Callable[[float | None], str]) -> Footnotes:
    """Footnotes of a mean over rows: the mean weighted by sessions, and their number."""

    def footnotes(row: Row) -> Sequence[str]:
        return [
            f"by sessions: {write(column_value(name)(row))}",
            *n_footnote("sessions_moderated")(row),
        ]

    return footnotes


def ctr_footnotes(row: Row) -> Sequence[str]:
    """Footnotes of the click-through rate: its range, and the number of recommendations."""
    low, high = column_value("minimum")(row), column_value("maximum")(row)
    interval = formatting.with_unit(formatting.share_interval(low, high), "%")
    return [f"range {interval}", *n_footnote("recommendations")(row)]


CHAT_SESSIONS = Kpi("Chat sessions", "activity-summary", column_value("sessions"))
LENGTH = Kpi(
    "Session length",
    "activity-summary",
    column_value("average_length_minutes"),
    measure="average_length_minutes",
    kind="minutes",
    footnotes=n_footnote("sessions"),
    foot_columns=("sessions",),
    target="average_length_minutes",
    maximum=120,
)
MESSAGES = Kpi(
    "Messages",
    "activity-summary",
    column_value("average_messages"),
    measure="average_messages",
    kind="number",
    unit="a session",
    footnotes=n_footnote("sessions"),
    foot_columns=("sessions",),
    target="average_messages",
    maximum=50,
)
RATING = Kpi(
    "Feedback rating",
    "activity-summary",
    column_value("average_rating"),
    measure="average_rating",
    kind="average",
    unit="of 6",
    footnotes=n_footnote("rated_sessions"),
    foot_columns=("rated_sessions",),
    trend="rating-by-month",
    trend_value=column_value("average_rating"),
    target="average_rating",
    maximum=6,
)
RESOURCES = Kpi("Resources clicked", "activity-summary", column_value("resources_clicked"))

RECOMMENDED = Kpi("Recommendations", "click-through-rate", column_value("recommendations"))
CLICK_THROUGH = Kpi(
    "Click-through",
    "click-through-rate",
    column_value("average"),
    measure="average",
    kind="share",
    footnotes=ctr_footnotes,
    foot_columns=("minimum", "recommendations"),
    target="average_ctr",
)

PEOPLE = Kpi("Moderators", "moderator-summary", column_value("moderators"))
MODERATED = Kpi("Sessions moderated", "moderator-summary", column_value("sessions_moderated"))
RESPONSE = Kpi(
    "Response time",
    "moderator-summary",
    column_value("average_response_minutes"),
    measure="average_response_minutes",
    kind="minutes",
    footnotes=weighted_mean_footnotes("weighted_response_minutes", formatting.minutes),
    foot_columns=("weighted_response_minutes", "sessions_moderated"),
    target="average_response_minutes",
    maximum=20,
)
SATISFACTION = Kpi(
    "Satisfaction",
    "moderator-summary",
    column_value("average_satisfaction"),
    measure="average_satisfaction",
    kind="average",
    footnotes=weighted_mean_footnotes(
        "weighted_satisfaction", lambda value: formatting.number(value, 2)
    ),
    foot_columns=("weighted_satisfaction", "sessions_moderated"),
    target="average_satisfaction",
    maximum=5,
)


def alpha_footnotes(row: Row) -> Sequence[str]:
    """Footnotes of alpha: its interval, and what it rests on."""
    low, high = column_value("alpha_low")(row), column_value("alpha_high")(row)
    interval = formatting.MISSING
    if low is not None and high is not None:
        interval = f"{formatting.number(low, 2)} to {formatting.number(high, 2)}"
    pairs = formatting.plural(int(column_value("pairs")(row) or 0), "pair")
    videos = formatting.plural(int(column_value("videos")(row) or 0), "video")
    return [
        f"95 %: {interval}",
        f"{formatting.share(column_value('agreement')(row))} of {pairs}",
        f"{videos} by several",
    ]


ALPHA = Kpi(
    "Agreement",
    "agreement-summary",
    column_value("alpha"),
    kind="average",
    unit="α",
    footnotes=alpha_footnotes,
    foot_columns=("alpha_low", "agreement", "videos"),
)


def checked_footnotes(row: Row) -> Sequence[str]:
    """Footnotes of the accuracy: its interval, and what it rests on."""
    n = int(column_value("checked")(row) or 0)
    if not n:
        return ["0 checked yet"]
    low, high = column_value("low")(row), column_value("high")(row)
    right = formatting.count(column_value("correct")(row))
    return [
        f"95 %: {formatting.share_interval(low, high)}",
        f"{right} of {formatting.count(n)} checked, weighted",
    ]


def mistakes(label: str, name: str) -> Kpi:
    """The figure of a share of mistakes, and how many were found."""

    def footnotes(row: Row) -> Sequence[str]:
        if not column_value("checked")(row):
            return []
        found, n = (formatting.count(column_value(each)(row)) for each in (name, "checked"))
        return ["of all decided", f"{found} of {n} checked"]

    return Kpi(
        label,
        "quality-summary",
        column_value(f"{name}_share"),
        kind="share",
        footnotes=footnotes,
        foot_columns=(name,),
    )


ACCURACY = Kpi(
    "Accuracy",
    "quality-summary",
    column_value("accuracy"),
    kind="share",
    footnotes=checked_footnotes,
    foot_columns=("checked",),
)
WRONGLY_ACCEPTED = mistakes("Wrongly accepted", "wrongly_accepted")
WRONGLY_REJECTED = mistakes("Wrongly rejected", "wrongly_rejected")
TARGETED = Kpi(
    "Checked otherwise",
    "quality-summary",
    column_value("targeted"),
    unit="videos",
    footnotes=lambda row: ["not drawn at random: in no accuracy"],
)

ENGAGEMENT_KPIS = (CHAT_SESSIONS, LENGTH, MESSAGES, RATING, RESOURCES)
RECOMMENDATION_KPIS = (RECOMMENDED, CLICK_THROUGH)
MODERATOR_KPIS = (PEOPLE, MODERATED, RESPONSE, SATISFACTION)
QUALITY_KPIS = (ACCURACY, WRONGLY_ACCEPTED, WRONGLY_REJECTED, TARGETED, ALPHA)
REPORT_KPIS = (RATING, RESPONSE, SATISFACTION, CLICK_THROUGH, LENGTH, MESSAGES)
