"""What a plan rests on: the checks that there are of a scope, of the year before, or a guess."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from statistics import median

from django.utils import timezone

from analytics import formatting
from analytics.comparison.changes import ClusterSums
from analytics.comparison.session_samples import likeness
from analytics.formatting import NBSP, plural
from analytics.models import QualityCheck
from analytics.presentation.checking import BREAK
from analytics.quality.drawing import DEFAULT_ACCURACY
from analytics.quality.estimates import CheckedView, read_checked_views
from analytics.scope import Scope
from analytics.summaries.snapshots import snapshot

#: What one check takes where nothing tells.
DEFAULT_SECONDS = 45
#: Of fewer checked decisions, pairs of them in one session, or times between two checks nothing is
#: taken.
MIN_CHECKED, MIN_PAIRS, MIN_GAPS = 100, 200, 30
#: The last checks tell how long one takes.
LAST_CHECKS = 1_000
YEAR = timedelta(days=365)
#: A plan for accuracies nearer to 0 or 1 would promise too much of too few checks.
LOWEST, HIGHEST = 0.5, 0.99


@dataclass(frozen=True)
class Known:
    """A value of a plan, and where it comes from, in words."""

    value: float
    source: str


@dataclass(frozen=True)
class PlanBasis:
    """What a plan rests on where the form leaves it open.

    ``accuracy`` and ``likeness`` (the correlation of two views of a session, of being right) are
    0-1, ``seconds`` is what one check takes.
    """

    accuracy: Known
    likeness: Known
    seconds: Known


@dataclass(frozen=True)
class Experience:
    """The checked decisions of some days, and the days in words."""

    views: list[CheckedView]
    share: float | None
    days: str

    @property
    def clusters(self) -> list[ClusterSums]:
        """How being right varies over sessions, by moderator."""
        return sums_by_moderator(self.views)

    @property
    def pairs(self) -> int:
        """How many pairs of them are of one session."""
        return round(sum(sums.whole_squares - sums.whole for sums in self.clusters) / 2)


def plan_basis(scope: Scope, rejects_likeness: float) -> PlanBasis:
    """What a plan for a scope rests on; ``rejects_likeness``: where too few checks tell."""
    looks = [experience_of(each) for each in (scope, year_before(scope))]
    seconds = seconds_between(scope)
    return PlanBasis(
        accuracy=next(
            (accuracy_of(look) for look in looks if len(look.views) >= MIN_CHECKED),
            Known(DEFAULT_ACCURACY, f"a guess: fewer than {MIN_CHECKED} decisions were checked"),
        ),
        likeness=next(
            (likeness_of(look) for look in looks if look.pairs >= MIN_PAIRS),
            Known(rejects_likeness, "as alike as rejects: too few checks of one session tell"),
        ),
        seconds=seconds or Known(DEFAULT_SECONDS, "a guess: too few checks tell"),
    )


def year_before(scope: Scope) -> Scope:
    """The same person or everybody, over the year up to the scope's end."""
    end = scope.end or timezone.localdate()
    return replace(scope, start=end - YEAR, end=end)


def experience_of(scope: Scope) -> Experience:
    """The decisions of a scope that were checked at random."""
    with snapshot():
        found = read_checked_views(scope)
    views = [view for view in found.views if view.is_representative()]
    share = found.share(CheckedView.is_right).share
    return Experience(views, share, formatting.date_range(scope.start, scope.end))


def accuracy_of(look: Experience) -> Known:
    """The accuracy of the checked decisions, weighted."""
    value = min(HIGHEST, max(LOWEST, round(look.share or 0.0, 3)))
    return Known(value, f"of {plural(len(look.views), 'checked decision')}, {look.days}")


def likeness_of(look: Experience) -> Known:
    """How alike the mistakes of a session are."""
    source = f"of {plural(look.pairs, 'pair')} of checks in one session, {look.days}"
    return Known(round(likeness(look.clusters), 3), source)


def sums_by_moderator(views: Iterable[CheckedView]) -> list[ClusterSums]:
    """How being right varies over the sessions of each moderator."""
    by_session: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
    for view in views:
        counts = by_session[view.place.moderator, view.session]
        counts[0] += 1
        counts[1] += view.is_correct
    people: dict[int, list[list[int]]] = defaultdict(list)
    for (moderator, _session), counts in sorted(by_session.items()):
        people[moderator].append(counts)
    return [
        ClusterSums(
            len(counts),
            sum(n for n, _right in counts),
            sum(right for _n, right in counts),
            sum(n * n for n, _right in counts),
            sum(right * right for _n, right in counts),
            sum(n * right for n, right in counts),
        )
        for counts in people.values()
    ]


def seconds_between(scope: Scope) -> Known | None:
    """The median time between two checks of one person, of the last ones; None of too few.

    Of a scope's moderator or everybody, whatever the days. What a program sent comes at once, and
    longer times are breaks.
    """
    rows = QualityCheck.objects.filter(sampled__isnull=False, checked_by__isnull=False)
    if scope.moderator is not None:
        rows = rows.filter(session__moderator=scope.moderator)
    columns = rows.order_by("-checked_at", "-pk").values_list("checked_by", "checked_at")
    times: dict[int | None, list[float]] = defaultdict(list)
    for checker, at in columns[:LAST_CHECKS]:
        times[checker].append(at.timestamp())
    gaps = [
        later - earlier
        for of_one in times.values()
        for later, earlier in pairwise(of_one)
        if 1 <= later - earlier < BREAK.total_seconds()
    ]
    if len(gaps) < MIN_GAPS:
        return None
    words = f"the median of {formatting.count(len(gaps))} times between two checks"
    return Known(max(1, round(median(gaps))), words)


def in_percent(share: float) -> str:
    """``94.6``: a share as a field takes it."""
    return f"{share * 100:.1f}".removesuffix(".0")


def chosen_or_known(chosen: float | None, known: Known, written: str) -> Known:
    """What the form says, with what the checks say beside it, where it says something else."""
    if chosen is None or abs(chosen - known.value) < 1e-9:
        return known
    return Known(chosen, f"as chosen; otherwise {written}, {known.source}")


def seconds_words(seconds: float) -> str:
    """``45 s``."""
    return f"{formatting.number(seconds, 0)}{NBSP}s"
