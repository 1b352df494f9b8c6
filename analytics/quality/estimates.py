"""What checks say of all decisions: the share that was right, weighted back to what they stand for.

Several samples may have had the chance to draw a view, so views are grouped into *cells*: those
that the same strata could draw. Within a cell all views had the same chance to be drawn and
checked, 1 - Π (1 - n/N) over its strata, n of whose N views are checked, and each stands for as
many as one divided by it. D. G. Horvitz and D. J. Thompson, Journal of the American Statistical
Association 47, 1952; of several samples: C. J. Skinner, Survey Methodology 17, 1991. A sample that
is half worked through counts as one of half the size: its order is random.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from math import prod
from typing import NamedTuple

from django.db.models import Count, OuterRef, Q, Subquery
from django.utils import timezone

from analytics.comparison.sampling import ShareEstimate, Stratum, estimate_share
from analytics.models import (
    REPRESENTATIVE_METHODS,
    Decision,
    QualityCheck,
    QualitySample,
    SampleMethod,
    SampleStratum,
    VideoView,
)
from analytics.scope import Scope
from analytics.summaries.snapshots import current_state

#: The strata that could have drawn a view, by their keys.
Cell = tuple[int, ...]
#: A view, by its session's public id and its position.
ViewKey = tuple[str, int]

QUEUE_OF_VIEW = Subquery(
    VideoView.objects.filter(
        session__public_id=OuterRef("session_id"), position=OuterRef("position")
    ).values("queue")[:1]
)


class Place(NamedTuple):
    """Where a view belongs, by which samples are limited and figures are grouped."""

    moderator: int
    day: date
    queue: str | None


@dataclass(frozen=True)
class CheckedView:
    """A view with the check that counts of it: one that was disputed and decided, else the last.

    ``check``: its key; ``session``: the public id. ``cell`` is None of a view that was checked for
    what it is: it stands for itself only.
    """

    check: int
    session: str
    place: Place
    decision: str
    is_correct: bool
    cell: Cell | None

    def is_representative(self) -> bool:
        """Whether it was drawn at random, and so stands for others too."""
        return self.cell is not None

    def is_targeted(self) -> bool:
        """Whether it was checked for what it is."""
        return self.cell is None

    def is_right(self) -> bool:
        """Whether the first decision was right, on one that stands for others too."""
        return self.is_representative() and self.is_correct

    def is_wrongly_accepted(self) -> bool:
        """Whether such a one was accepted and should not have been."""
        return self.is_wrong(Decision.ACCEPTED)

    def is_wrongly_rejected(self) -> bool:
        """Whether such a one was rejected and should not have been."""
        return self.is_wrong(Decision.REJECTED)

    def is_wrong(self, decision: Decision) -> bool:
        """Whether a first decision of this kind was wrong."""
        return self.is_representative() and not self.is_correct and self.decision == decision


@dataclass(frozen=True)
class CheckedViews:
    """The checked views of a scope, and how likely those of each cell were to be among them."""

    views: Sequence[CheckedView]
    chances: Mapping[Cell, float]

    def at(self, is_there: Callable[[Place], bool]) -> "CheckedViews":
        """Those at some places only."""
        return CheckedViews([view for view in self.views if is_there(view.place)], self.chances)

    def count(self, is_among: Callable[[CheckedView], bool]) -> int:
        """How many of them are among those."""
        return sum(map(is_among, self.views))

    def weight(self, view: CheckedView) -> float:
        """For how many views a representative one stands."""
        assert view.cell is not None
        return 1 / self.chances[view.cell]

    def share(self, is_counted: Callable[[CheckedView], bool]) -> ShareEstimate:
        """The share of all decided views that is so, with its 95 % interval."""
        by_cell: dict[Cell, list[CheckedView]] = defaultdict(list)
        for view in self.views:
            if view.cell is not None:
                by_cell[view.cell].append(view)
        return estimate_share(
            Stratum(len(views) / self.chances[cell], len(views), sum(map(is_counted, views)))
            for cell, views in sorted(by_cell.items())
        )


def read_checked_views(scope: Scope) -> CheckedViews:
    """The checked views of a scope; must be called inside a snapshot."""
    return current_state().cached(("checked views", scope), lambda: compute_checked_views(scope))


def compute_checked_views(scope: Scope) -> CheckedViews:
    """The same, read from the checks."""
    finder = CellFinder(scope)
    views = list(counted_views(scope, finder))
    cells = {view.cell for view in views if view.cell is not None}
    return CheckedViews(views, {cell: finder.chance(cell) for cell in cells})


class CellFinder:
    """Which strata could have drawn a view: those of the representative samples about its scope."""

    def __init__(self, scope: Scope) -> None:
        samples = QualitySample.objects.filter(method__in=REPRESENTATIVE_METHODS)
        if scope.start is not None:
            samples = samples.filter(end__gte=scope.start)
        if scope.end is not None:
            samples = samples.filter(start__lte=scope.end)
        self.samples = list(samples.order_by("pk"))
        methods = {sample.pk: sample.method for sample in self.samples}
        self.share_checked: dict[int, float] = {}
        self.by_sample: dict[int, dict[object, int]] = defaultdict(dict)
        self.sample_of: dict[int, int] = {}
        for stratum, n_checked in self.checked_strata():
            self.share_checked[stratum.pk] = n_checked / stratum.population
            name = self.name_of(methods[stratum.sample_id], stratum.moderator_id, stratum.queue)
            self.by_sample[stratum.sample_id][name] = stratum.pk
            self.sample_of[stratum.pk] = stratum.sample_id
        self._found: dict[Place, dict[int, int]] = {}

    def checked_strata(self) -> list[tuple[SampleStratum, int]]:
        """The strata with checks that count, wherever in the samples' scopes, and how many."""
        checks = QualityCheck.objects.counted().filter(sampled__sample__in=self.samples)
        per_stratum = checks.order_by().values_list("sampled__stratum")
        n_checked = dict(per_stratum.annotate(Count("sampled", distinct=True)))
        strata = SampleStratum.objects.in_bulk(n_checked)
        return [(strata[key], n) for key, n in n_checked.items()]

    @staticmethod
    def name_of(method: str, moderator: int | None, queue: str | None) -> object:
        """What tells the strata of a sample apart."""
        if method == SampleMethod.BY_MODERATOR:
            return moderator
        return (queue or "") if method == SampleMethod.BY_QUEUE else None

    def cell_of(self, place: Place, own: Collection[int]) -> Cell:
        """The cell of a view; ``own`` are the strata in which it was checked.

        Of the samples that drew it these: where its person has two merged names the other name's
        stratum could not.
        """
        if place not in self._found:
            self._found[place] = dict(self.strata_at(place))
        drawn_by = {self.sample_of[stratum] for stratum in own}
        others = (key for sample, key in self._found[place].items() if sample not in drawn_by)
        return tuple(sorted({*own, *others}))

    def strata_at(self, place: Place) -> Iterator[tuple[int, int]]:
        """Yield (sample, stratum), those with checks that could draw a view at a place."""
        for sample in self.samples:
            is_in_scope = sample.start <= place.day <= sample.end
            if is_in_scope and sample.moderator_id in (None, place.moderator):
                name = self.name_of(sample.method, place.moderator, place.queue)
                if (stratum := self.by_sample[sample.pk].get(name)) is not None:
                    yield sample.pk, stratum

    def chance(self, cell: Cell) -> float:
        """How likely a view of a cell was to be checked in any of its strata."""
        return 1 - prod(1 - self.share_checked[stratum] for stratum in cell)


def place_of(moderator: int, started_at: datetime, queue: str | None) -> Place:
    """Where a view belongs: to the day in TIME_ZONE on which its session started."""
    return Place(moderator, started_at.astimezone(timezone.get_default_timezone()).date(), queue)


def counted_views(scope: Scope, finder: CellFinder) -> Iterator[CheckedView]:
    """Yield each view with a check that counts: of a representative sample, else another."""
    checks = QualityCheck.objects.counted().filter(scope.session_filter("session__"))
    # The last in this order is the one that counts.
    in_order = checks.alias(is_ruled=Q(dispute__isnull=False)).order_by(
        "is_ruled", "checked_at", "pk"
    )
    rows = in_order.values_list(
        *("pk", "session_id", "position", "decision", "is_correct"),
        *("sampled__sample__method", "sampled__stratum"),
        *("session__moderator_id", "session__started_at", QUEUE_OF_VIEW),
    )
    strata: dict[ViewKey, set[int]] = defaultdict(set)
    found: dict[ViewKey, CheckedView] = {}
    for check, session, position, decision, is_correct, method, stratum, *place in rows.iterator():
        view = (session, position)
        is_representative = method in REPRESENTATIVE_METHODS
        if is_representative:
            strata[view].add(stratum)
        if is_representative or view not in strata:
            found[view] = CheckedView(check, session, place_of(*place), decision, is_correct, None)
    for view, checked in found.items():
        own = strata.get(view)
        yield checked if own is None else replace(checked, cell=finder.cell_of(checked.place, own))
