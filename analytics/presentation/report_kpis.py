"""The figures of the engagement report: strips of its pages, and of the overview."""

from collections.abc import Callable, Sequence

from analytics import formatting
from analytics.metrics.results import Row
from analytics.presentation.kpis import Kpi, of_row

Footnotes = Callable[[Row], Sequence[str]]


def n_of(name: str) -> Footnotes:
    """Return the footnote that tells of how many things an average is made."""

    def words(row: Row) -> Sequence[str]:
        value = of_row(name)(row)
        return [] if value is None else [f"n = {formatting.count(value)}"]

    return words


def by_sessions(name: str, write: Callable[[float | None], str]) -> Footnotes:
    """Return the footnotes of a plain mean: the mean by sessions, and of how many."""

    def words(row: Row) -> Sequence[str]:
        return [f"by sessions: {write(of_row(name)(row))}", *n_of("sessions_moderated")(row)]

    return words


def ctr_range(row: Row) -> Sequence[str]:
    """Return the footnotes of the click-through rate: its range, and of how many."""
    low, high = of_row("minimum")(row), of_row("maximum")(row)
    words = formatting.with_unit(formatting.share_interval(low, high), "%")
    return [f"range {words}", *n_of("recommendations")(row)]


CHAT_SESSIONS = Kpi("Chat sessions", "activity-summary", of_row("sessions"))
LENGTH = Kpi(
    "Session length",
    "activity-summary",
    of_row("average_length_minutes"),
    kind="minutes",
    better="up",
    footnotes=n_of("sessions"),
    target="average_length_minutes",
    most=120,
)
MESSAGES = Kpi(
    "Messages",
    "activity-summary",
    of_row("average_messages"),
    kind="number",
    unit="a session",
    better="up",
    footnotes=n_of("sessions"),
    target="average_messages",
    most=50,
)
RATING = Kpi(
    "Feedback rating",
    "activity-summary",
    of_row("average_rating"),
    kind="average",
    unit="of 6",
    better="up",
    footnotes=n_of("rated_sessions"),
    trend="rating-by-month",
    course=of_row("average_rating"),
    target="average_rating",
    most=6,
)
RESOURCES = Kpi("Resources clicked", "activity-summary", of_row("resources_clicked"))

RECOMMENDED = Kpi("Recommendations", "click-through-rate", of_row("recommendations"))
CLICK_THROUGH = Kpi(
    "Click-through",
    "click-through-rate",
    of_row("average"),
    kind="share",
    better="up",
    footnotes=ctr_range,
    target="average_ctr",
)

PEOPLE = Kpi("Moderators", "moderator-summary", of_row("moderators"))
MODERATED = Kpi("Sessions moderated", "moderator-summary", of_row("sessions_moderated"))
RESPONSE = Kpi(
    "Response time",
    "moderator-summary",
    of_row("average_response_minutes"),
    kind="minutes",
    better="down",
    footnotes=by_sessions("weighted_response_minutes", formatting.minutes),
    target="average_response_minutes",
    most=20,
)
SATISFACTION = Kpi(
    "Satisfaction",
    "moderator-summary",
    of_row("average_satisfaction"),
    kind="average",
    better="up",
    footnotes=by_sessions("weighted_satisfaction", lambda value: formatting.number(value, 2)),
    target="average_satisfaction",
    most=5,
)

ENGAGEMENT_FIGURES = (CHAT_SESSIONS, LENGTH, MESSAGES, RATING, RESOURCES)
RECOMMENDATION_FIGURES = (RECOMMENDED, CLICK_THROUGH)
MODERATOR_FIGURES = (PEOPLE, MODERATED, RESPONSE, SATISFACTION)
REPORT_FIGURES = (RATING, RESPONSE, SATISFACTION, CLICK_THROUGH, LENGTH, MESSAGES)
