"""How many decisions are right, from the checks of samples."""

from collections.abc import Callable
from dataclasses import replace

from analytics.access import MIN_TEAM
from analytics.metrics import drawing
from analytics.metrics.checked_work import ACCURACY as ACCURACY_NAME
from analytics.metrics.checked_work import CheckedTeam, judge_checked
from analytics.metrics.columns import MODERATOR, MONTH_KEY
from analytics.metrics.moderator_comparison import compared_columns, verdict
from analytics.metrics.records import CHECKS, CountOfChecked, Key
from analytics.metrics.records import RatioOfChecked as Ratio
from analytics.metrics.registry import metric
from analytics.metrics.results import Column, Result, Row
from analytics.models import Moderator
from analytics.quality.counted import Place
from analytics.quality.estimates import CheckedView, CheckedViews, read_checked_views
from analytics.scope import PEOPLE_PARAMETERS, Scope
from analytics.summaries.snapshots import snapshot

INTERVAL = (
    "It is the end of Wilson's 95 % interval for as many independent views as the checked ones are"
    " worth, weighted as they are and drawn from a finite number."
)


def count_column(name: str, label: str, among: Callable[[CheckedView], bool]) -> Column:
    """A column of how many checked views are among some."""
    return Column(name, label, "integer", "videos", CountOfChecked(CHECKS, among=among))


def share_column(name: str, label: str, counted: Callable[[CheckedView], bool]) -> Column:
    """A column of the share of all decisions that the checked ones among some stand for."""
    records = Ratio(
        CHECKS,
        amount_label="Decisions so, that it stands for",
        weight_label="Decisions that it stands for",
        counted=counted,
    )
    return Column(name, label, "share", "of all decided", records)


CHECKED = count_column("checked", "Checked", CheckedView.is_representative)
CORRECT = count_column("correct", "Right", CheckedView.is_right)
ACCURACY = share_column("accuracy", "Accuracy", CheckedView.is_right)
LOW = Column("low", "Accuracy, low", "share", "95 % interval", without_records=INTERVAL)
HIGH = Column("high", "Accuracy, high", "share", "95 % interval", without_records=INTERVAL)
WRONGLY_ACCEPTED = count_column(
    "wrongly_accepted", "Wrongly accepted", CheckedView.is_wrongly_accepted
)
WRONGLY_REJECTED = count_column(
    "wrongly_rejected", "Wrongly rejected", CheckedView.is_wrongly_rejected
)
TARGETED = count_column("targeted", "Checked otherwise", CheckedView.is_targeted)
FIGURES = (
    CHECKED,
    CORRECT,
    ACCURACY,
    LOW,
    HIGH,
    WRONGLY_ACCEPTED,
    WRONGLY_REJECTED,
    TARGETED,
)
#: Of a whole scope besides: the weighted shares of the two kinds of mistakes.
SHARES = (
    share_column(
        "wrongly_accepted_share", "Wrongly accepted, share", CheckedView.is_wrongly_accepted
    ),
    share_column(
        "wrongly_rejected_share", "Wrongly rejected, share", CheckedView.is_wrongly_rejected
    ),
)


LIMITS = compared_columns(ACCURACY)[1:]


def own_quality(scope: Scope) -> Result:
    """A moderator's own row, as far as it tells of no few others."""
    with snapshot():
        return by_moderator(scope, judge_checked(scope), judge_checked(scope, min_others=MIN_TEAM))


def figures(views: CheckedViews) -> Row:
    """The columns ``FIGURES`` of some checked views."""
    accuracy = views.share(CheckedView.is_right)
    return {
        "checked": accuracy.checked,
        "correct": accuracy.counted,
        "accuracy": accuracy.share,
        "low": accuracy.low,
        "high": accuracy.high,
        "wrongly_accepted": views.count(CheckedView.is_wrongly_accepted),
        "wrongly_rejected": views.count(CheckedView.is_wrongly_rejected),
        "targeted": views.count(CheckedView.is_targeted),
    }


@metric(
    title="Accuracy",
    group="quality",
    counted="checked videos",
    drawing=drawing.KpiStrip(),
    columns=(*FIGURES, *SHARES),
    parameters=PEOPLE_PARAMETERS,
    shows_edits=True,
)
def quality_summary(scope: Scope) -> Result:
    """How many decisions are right, as far as they were checked.

    Of random samples: checked are the decided views with a verdict, each once whoever checked it
    how often; right those of the same verdict, and those whose check was reversed in a dispute. Of
    several checks of one view the one that was disputed and decided counts, else the last. Unsure
    verdicts, disputes that are open and checks whose view says something else by now count nowhere.

    Accuracy: the share of all decided views that is right. Each checked view stands for as many as
    its chance to be drawn and checked says, so that samples by moderator or queue, and several at
    once, weigh what they should. Checks of samples that are not random, and of single views, are
    counted apart.
    """
    with snapshot():
        views = read_checked_views(scope)
    row = figures(views)
    row["wrongly_accepted_share"] = views.share(CheckedView.is_wrongly_accepted).share
    row["wrongly_rejected_share"] = views.share(CheckedView.is_wrongly_rejected).share
    return Result([row], n=views.count(CheckedView.is_representative))


@metric(
    title="Accuracy by moderator",
    group="quality",
    counted="checked videos",
    drawing=drawing.AccuracyTable(bars=("accuracy",), label="moderator", span=12),
    columns=(MODERATOR, *FIGURES, *LIMITS),
    parameters=PEOPLE_PARAMETERS,
    names_people=True,
    own=own_quality,
    named_by="moderator",
    shows_edits=True,
)
def quality_by_moderator(scope: Scope) -> Result:
    """How many of each moderator's decisions are right, as far as they were checked; by name.

    No ranking: of few checks the interval is wide. Counted and weighted as in the summary.
    Expected: what the others' checked decisions were in the same queues and weeks (ISO); limits:
    where somebody of this team with so many checks lies, with an error rate over all people and
    measures of a look. Outside: true or false, empty where nobody can be judged: fewer than 30
    checked decisions or 3 sessions, or fewer than 5 people with as many.
    """
    with snapshot():
        team = judge_checked(scope)
        return by_moderator(scope, team, team)


@metric(
    title="Accuracy by queue",
    group="quality",
    counted="checked videos",
    drawing=drawing.AccuracyTable(bars=("accuracy",), label="queue", span=7),
    columns=(Column("queue", "Queue", "text", key=Key()), *FIGURES),
    parameters=PEOPLE_PARAMETERS,
    named_by="queue",
    shows_edits=True,
)
def quality_by_queue(scope: Scope) -> Result:
    """How many decisions on the videos of each queue are right, as far as they were checked.

    By name; without a name: the videos whose own queue is unknown. Counted and weighted as in the
    summary.
    """
    with snapshot():
        views = read_checked_views(scope)
    found = rows_by("queue", views, lambda place: place.queue)
    return Result(found, n=views.count(CheckedView.is_representative))


@metric(
    title="Accuracy by month",
    group="quality",
    counted="checked videos",
    drawing=drawing.Lines(
        time="month", value="accuracy", n="checked", low="low", high="high", span=6
    ),
    columns=(Column("month", "Month", "month", key=MONTH_KEY), *FIGURES),
    parameters=PEOPLE_PARAMETERS,
    named_by="month",
    shows_edits=True,
)
def quality_by_month(scope: Scope) -> Result:
    """How many of each month's decisions are right, as far as they were checked.

    By the month in which the video was decided, not checked. Counted and weighted as in the
    summary.
    """
    with snapshot():
        views = read_checked_views(scope)
    found = rows_by("month", views, lambda place: place.day.isoformat()[:7])
    return Result(found, n=views.count(CheckedView.is_representative))


def by_moderator(scope: Scope, decided: CheckedTeam, displayed: CheckedTeam) -> Result:
    """The rows of people, with what may be shown of how they compare."""
    views = read_checked_views(scope)
    names = dict(Moderator.objects.values_list("pk", "username"))
    rows = rows_by("moderator", views, lambda place: names[place.moderator])
    for row in rows:
        at = decided.place.get(str(row["moderator"]))
        row |= (
            dict.fromkeys(column.name for column in LIMITS)
            if at is None
            else verdict(ACCURACY_NAME, at, decided.verdicts, displayed.verdicts)
        )
    return Result(rows, n=views.count(CheckedView.is_representative))


def rows_by(name: str, views: CheckedViews, group: Callable[[Place], str | None]) -> list[Row]:
    """A row for each group of places with checked views, in order, the nameless one last."""
    return [{name: key, **figures(of_group)} for key, of_group in by_group(views, group).items()]


def by_group(
    views: CheckedViews, group: Callable[[Place], str | None]
) -> dict[str | None, CheckedViews]:
    """The checked views of each group, in order, those of the nameless one last."""
    found: dict[str | None, list[CheckedView]] = {}
    for view in views.views:
        found.setdefault(group(view.place), []).append(view)
    names = sorted(found, key=lambda key: (key is None, key or ""))
    return {key: replace(views, views=found[key]) for key in names}
