"""What changed from one period to the next beyond chance: one look at everything that is counted.

Many things are compared at once, and where nothing changed a list that names something would
mislead. So all comparisons of a look share one error rate: the lists have equal parts of it, and
within a list each comparison has an equal part of that (O. J. Dunn, "Multiple comparisons among
means", 1961). The intervals hold for all at once, and something changed when its own leaves out
zero. Unlike a false discovery rate this does not loosen when much has really changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, expm1, log
from typing import Literal

from analytics.comparison.changes import Chance, bounds_of
from analytics.comparison.means import MISSES, POWER
from analytics.formatting import Number
from analytics.metrics.changes import Side
from analytics.metrics.results import Row, Value
from analytics.scope import Scope

Kind = Literal["count", "share", "seconds", "minutes", "average", "number"]


@dataclass(frozen=True)
class Candidate:
    """Something to compare: its value in either period and how its change varies by chance.

    ``metric``, ``column`` and ``keys`` say whose records they are; ``measure`` is the figure's name
    where the column holds no figure. ``chances`` are of the difference, or of the logarithm of the
    quotient of counts; none: ``reason`` says why it is not compared. ``expected``: the difference
    that others explain. ``better``: the side that is the better one.
    """

    name: str
    metric: str
    column: str
    kind: Kind
    before: float | None
    now: float | None
    chances: Sequence[Chance] = ()
    keys: Mapping[str, str | None] | None = None
    measure: str = ""
    better: Side | None = None
    expected: float = 0.0
    reason: str = ""

    @property
    def is_relative(self) -> bool:
        """Whether the change is a share of the count before."""
        return self.kind == "count"

    @property
    def is_compared(self) -> bool:
        """Whether anything can be said about chance."""
        return self.before is not None and self.now is not None and bool(self.chances)

    @property
    def difference(self) -> float:
        """The change on the scale of ``chances``."""
        assert self.now is not None
        assert self.before is not None
        if self.is_relative:
            return log(self.now / self.before)
        return self.now - self.before - self.expected


@dataclass(frozen=True)
class Comparison:
    """A candidate that was judged.

    ``change`` is a difference, or a share of the count before (0.54: 54 % more); ``low`` and
    ``high`` are its interval, which holds for all comparisons at once. ``beyond_chance``: None
    where it was not compared. ``would_show``: the least change that four of five looks show.
    ``weight``: the change in half-widths of its interval, by which lists are sorted.
    """

    candidate: Candidate
    change: float | None
    low: float | None = None
    high: float | None = None
    beyond_chance: bool | None = None
    is_better: bool | None = None
    would_show: float | None = None
    weight: float = 0.0

    def as_dict(self) -> dict[str, Value]:
        """The comparison as the API gives it."""
        candidate = self.candidate
        keys = candidate.keys or {}
        return {
            "name": candidate.name,
            "metric": candidate.metric,
            "column": candidate.column,
            "key": next(iter(keys), None),
            "value": next(iter(keys.values()), None),
            "before": candidate.before,
            "now": candidate.now,
            "change": self.change,
            "change_low": self.low,
            "change_high": self.high,
            "relative": candidate.is_relative,
            "beyond_chance": self.beyond_chance,
            "better": self.is_better,
            "would_show": self.would_show,
            "reason": candidate.reason or None,
        }

    @property
    def row(self) -> Row:
        """The keys of the metric's row, for links."""
        return dict(self.candidate.keys or {})


@dataclass(frozen=True)
class ChangeList:
    """Things of one kind, those that changed the most beyond chance first.

    ``names_only_changed``: what is within chance is counted, never named.
    """

    slug: str
    title: str
    subtitle: str
    comparisons: tuple[Comparison, ...]
    names_only_changed: bool = False

    @property
    def compared(self) -> int:
        """How many of them were compared."""
        return sum(each.beyond_chance is not None for each in self.comparisons)

    @property
    def changed(self) -> list[Comparison]:
        """Those beyond chance."""
        return [each for each in self.comparisons if each.beyond_chance]

    @property
    def within_chance(self) -> list[Comparison]:
        """Those that were compared and lie within chance."""
        return [each for each in self.comparisons if each.beyond_chance is False]

    @property
    def not_compared(self) -> list[Comparison]:
        """Those with too little in either period."""
        return [each for each in self.comparisons if each.beyond_chance is None]

    @property
    def shown(self) -> list[Comparison]:
        """Those that are named."""
        return self.changed if self.names_only_changed else list(self.comparisons)


@dataclass(frozen=True)
class CandidateList:
    """Candidates of one kind; ``reason``: why their period before is not covered."""

    slug: str
    title: str
    subtitle: str
    candidates: tuple[Candidate, ...]
    names_only_changed: bool = False
    reason: str = ""


def judge_lists(lists: Sequence[CandidateList]) -> tuple[ChangeList, ...]:
    """Judge what is compared, all at once."""
    sizes = [sum(each.is_compared for each in one.candidates) for one in lists]
    shared_by = sum(size > 0 for size in sizes)
    judged = []
    for one, size in zip(lists, sizes, strict=True):
        confidence = 1 - MISSES / max(shared_by * size, 1)
        comparisons = [judge(candidate, confidence) for candidate in one.candidates]
        comparisons.sort(
            key=lambda each: (not each.beyond_chance, each.beyond_chance is None, -each.weight)
        )
        judged.append(
            ChangeList(
                one.slug, one.title, one.subtitle, tuple(comparisons), one.names_only_changed
            )
        )
    return tuple(judged)


def judge(candidate: Candidate, confidence: float) -> Comparison:
    """One comparison, by an interval of this confidence."""
    if not candidate.is_compared:
        return Comparison(candidate, plain_change(candidate))
    difference = candidate.difference
    bounds = bounds_of(difference, candidate.chances, confidence)
    assert bounds is not None
    beyond = bounds.low > 0 or bounds.high < 0
    better = None
    if beyond and candidate.better is not None:
        better = (difference > 0) == (candidate.better == "up")
    half = (bounds.high - bounds.low) / 2
    widest = max(candidate.chances, key=lambda each: each.half_width(confidence))
    would_show = half + widest.quantile(POWER) * widest.error
    if candidate.is_relative:
        return Comparison(
            candidate, expm1(difference), expm1(bounds.low), expm1(bounds.high), beyond, better,
            exp(would_show) - 1, abs(difference) / half,
        )  # fmt: skip
    return Comparison(
        candidate, difference, bounds.low, bounds.high, beyond, better,
        would_show, abs(difference) / half,
    )  # fmt: skip


def plain_change(candidate: Candidate) -> Number | None:
    """The change of what was not compared; None where a value is unknown or none was before."""
    now, before = candidate.now, candidate.before
    if now is None or before is None:
        return None
    if candidate.is_relative:
        return now / before - 1 if before else None
    return now - before


@dataclass(frozen=True)
class PeriodChanges:
    """What changed in a scope since ``before``; without one ``reason`` says why, in words."""

    scope: Scope
    before: Scope | None
    reason: str = ""
    lists: tuple[ChangeList, ...] = ()

    @property
    def compared(self) -> int:
        """How many things were compared at once."""
        return sum(each.compared for each in self.lists)

    @property
    def changed(self) -> list[Comparison]:
        """What changed beyond chance, the largest first."""
        found = [each for one in self.lists for each in one.changed]
        return sorted(found, key=lambda each: -each.weight)
