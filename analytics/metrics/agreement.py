"""How far people who decided the same videos agree, and on which they don't."""

from collections.abc import Sequence
from dataclasses import replace

from analytics import formatting
from analytics.comparison.agreement import (
    agreement_of,
    alpha_interval,
    quick_alpha_interval,
)
from analytics.comparison.changes import ClusterSums
from analytics.comparison.design_effect import design_effect_of_rates
from analytics.display import for_reader
from analytics.metrics import drawing
from analytics.metrics.columns import INTERVAL_END, MODERATOR, MONTH_KEY, month_only
from analytics.metrics.formulas import ratio, wilson
from analytics.metrics.grains import Grain, Step
from analytics.metrics.records import (
    EVERY,
    CountCompared,
    DistinctShared,
    RateOfMajority,
)
from analytics.metrics.records import VIDEOS as VIDEO_RECORDS
from analytics.metrics.registry import metric
from analytics.metrics.results import Column, Result, Row
from analytics.metrics.row_keys import step_keys
from analytics.models import Moderator
from analytics.scope import DATE_PARAMETERS, PEOPLE_PARAMETERS, Scope
from analytics.summaries.agreement import read_shared_videos
from analytics.summaries.reading import read_summaries
from analytics.summaries.shared_videos import PersonAgreement
from analytics.summaries.snapshots import snapshot

PAIRS_OF_DECISIONS = "It counts pairs of decisions, not single ones; the videos open."
OF_ALL_DECISIONS = "It is computed from all decisions on the videos, not from single ones."
OF_OTHERS = "What single others decided is for leads and admins."

VIDEOS = Column("videos", "Videos", "integer", "decided by several", DistinctShared(VIDEO_RECORDS))
AGREEMENT = Column(
    "agreement", "Agreement", "share", "of the pairs", without_records=PAIRS_OF_DECISIONS
)
ALPHA = Column("alpha", "Alpha", "number", "", without_records=OF_ALL_DECISIONS)
ALPHA_INTERVAL = (
    Column("alpha_low", "Alpha, low", "number", "95 % interval", without_records=INTERVAL_END),
    Column("alpha_high", "Alpha, high", "number", "95 % interval", without_records=INTERVAL_END),
)


@metric(
    title="Agreement",
    group="quality",
    counted="videos",
    drawing=drawing.KpiStrip(),
    columns=(
        VIDEOS,
        Column("pairs", "Pairs", "integer", "pairs", without_records=PAIRS_OF_DECISIONS),
        AGREEMENT,
        ALPHA,
        *ALPHA_INTERVAL,
    ),
    parameters=DATE_PARAMETERS,
)
def agreement_summary(scope: Scope) -> Result:
    """How far people decide alike, on the videos that two moderators or more decided.

    Of a moderator's decided views of a video in scope the last counts; views of an unknown video
    don't. Pairs: of two people who decided the same video; agreement: the share of the pairs that
    decided alike. Alpha (Krippendorff, for names): 1 where all agree, 0 where they agree as often
    as by chance; empty below two videos and where all decisions are the same. Its 95 % interval:
    over 1,000 draws of as many videos.
    """
    with snapshot():
        patterns = read_shared_videos(scope).patterns
    found = agreement_of(patterns)
    low, high = alpha_interval(patterns)
    row: Row = {
        "videos": found.videos,
        "pairs": found.pairs,
        "agreement": found.agreement,
        "alpha": found.alpha,
        "alpha_low": low,
        "alpha_high": high,
    }
    return Result([row], n=found.videos)


def agreement_by_step(scope: Scope, steps: Sequence[Step]) -> list[Row | None]:
    """The agreement of each step, each a scope of its own."""
    rows: list[Row | None] = []
    for step in steps:
        days = replace(
            scope,
            start=max(step.first, scope.start or step.first),
            end=min(step.last, scope.end or step.last),
        )
        row = {**step_keys(step), "month": step.first, **agreement_row(days)}
        rows.append(row if row["videos"] else None)
    return rows


def agreement_row(scope: Scope) -> Row:
    """The agreement of one of several periods; must be called inside a snapshot."""
    patterns = read_shared_videos(scope).patterns
    found = agreement_of(patterns)
    low, high = quick_alpha_interval(patterns)
    return {
        "videos": found.videos,
        "agreement": found.agreement,
        "alpha": found.alpha,
        "alpha_low": low,
        "alpha_high": high,
    }


@metric(
    title="Agreement by month",
    group="quality",
    counted="videos",
    drawing=drawing.Lines(
        time="month", value="alpha", n="videos", low="alpha_low", high="alpha_high", span=6
    ),
    columns=(
        Column("month", "Month", "month", key=MONTH_KEY),
        VIDEOS,
        AGREEMENT,
        ALPHA,
        *ALPHA_INTERVAL,
    ),
    parameters=DATE_PARAMETERS,
    by_step=agreement_by_step,
    # Of a day too few videos are decided by several.
    grains=(Grain.WEEK, Grain.MONTH),
)
def agreement_by_month(scope: Scope) -> Result:
    """The agreement of each month with videos that several people decided.

    Each month is a scope of its own: of a moderator's decisions on a video the last of the month
    counts, and only those who decided it in that month are compared. The 95 % interval of alpha is
    linearised: from how much each video adds to alpha, not over videos drawn again.
    """
    rows: list[Row] = []
    total = 0
    with snapshot():
        for month in dict.fromkeys(day.isoformat()[:7] for day in read_summaries(scope).by_day):
            row = agreement_row(month_only(scope, {"month": month}))
            videos = row["videos"]
            if isinstance(videos, int) and videos:
                total += videos
                rows.append({"month": month, **row})
    return Result(rows, n=total)


COMPARED = Column(
    "videos",
    "Videos",
    "integer",
    "compared with the others'",
    CountCompared(VIDEO_RECORDS, needs_moderator=True),
)
WITH_MAJORITY = Column(
    "agreement",
    "Agreement",
    "share",
    "with most of the others",
    RateOfMajority(VIDEO_RECORDS, needs_moderator=True, counted=EVERY),
)
LOW = Column("low", "Agreement, low", "share", "95 % interval", without_records=INTERVAL_END)
HIGH = Column("high", "Agreement, high", "share", "95 % interval", without_records=INTERVAL_END)


@metric(
    title="Agreement by moderator",
    group="quality",
    counted="moderators",
    drawing=drawing.Table(bars=("agreement",), span=5),
    columns=(MODERATOR, COMPARED, WITH_MAJORITY, LOW, HIGH),
    parameters=PEOPLE_PARAMETERS,
    names_people=True,
    own_columns=(
        MODERATOR,
        *(replace(c, records=None, without_records=OF_OTHERS) for c in (COMPARED, WITH_MAJORITY)),
        LOW,
        HIGH,
    ),
)
def agreement_by_moderator(scope: Scope) -> Result:
    """How often each moderator decided a video as most of the others did; by name, not a ranking.

    Compared are the videos that others decided too, without those on which the others are divided
    equally. Of each person's decided views of a video in the dates the last counts, whoever is
    asked about. The majority may be wrong: agreement is not accuracy. Low to high: Wilson's 95 %
    interval for n / D videos, since those of one session are alike: D is how much more the rates
    of the sessions vary than those of independent videos would, one over everybody in the dates.
    """
    with snapshot():
        people = read_shared_videos(scope).people
        names = dict(Moderator.objects.values_list("pk", "username"))
    effect = design_effect_of_rates(map(sums_over_sessions, people))
    if scope.moderator is not None:
        people = [person for person in people if person.moderator == scope.moderator.pk]
    rows = [person_row(names[person.moderator], person, effect) for person in people]
    rows.sort(key=lambda row: str(row["moderator"]))
    note = for_reader(
        lambda: (
            f"Intervals: D = {formatting.number(effect, 3)}, how many times more the rates of"
            " sessions vary than those of independent videos would; n counts as n / D."
        )
    )
    return Result(rows, notes=[note] if rows else [], n=len(rows))


def sums_over_sessions(person: PersonAgreement) -> ClusterSums:
    """How a person's agreement varies between sessions."""
    return ClusterSums(
        person.sessions,
        person.videos,
        person.agreeing,
        person.videos_squares,
        person.agreeing_squares,
        person.products,
    )


def person_row(name: str, person: PersonAgreement, effect: float) -> Row:
    """A row of ``agreement_by_moderator``."""
    low, high = wilson(person.agreeing, person.videos, design_effect=effect)
    return {
        "moderator": name,
        "videos": person.videos,
        "agreement": ratio(person.agreeing, person.videos),
        "low": low,
        "high": high,
    }
