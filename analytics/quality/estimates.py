"""What checks say of all decisions: the share that was right, weighted back to what they stand for.

Several samples may have had the chance to draw a view, so views are grouped into *cells*: those
that the same strata could draw. Within a cell all views had the same chance to be drawn and
checked, 1 - Π (1 - n/N) over its strata, n of whose N views are checked, and each stands for as
many as one divided by it. D. G. Horvitz and D. J. Thompson, Journal of the American Statistical
Association 47, 1952; of several samples: C. J. Skinner, Survey Methodology 17, 1991. A sample that
is half worked through counts as one of half the size: its order is random.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import prod
from threading import Lock

from cachetools import LRUCache, cached
from django.db.models import Count, Exists, OuterRef

from analytics.comparison.sampling import ShareEstimate, Stratum, estimate_share
from analytics.models import (
    Decision,
    QualitySample,
    SampledView,
    SampleMethod,
    SampleStratum,
    Session,
)
from analytics.quality.counted import (
    MAX_VERSIONS,
    Place,
    ViewKey,
    answer_key,
    counted_checks,
)
from analytics.scope import Scope

#: The strata that could have drawn a view, by their keys.
Cell = tuple[int, ...]


@dataclass(frozen=True, slots=True)
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
    """The checked views of a scope, and of each cell how likely its views were to be among them.

    ``checked``: how many of each cell are checked in all.
    """

    views: Sequence[CheckedView]
    chances: Mapping[Cell, float]
    checked: Mapping[Cell, int]

    def at(self, is_there: Callable[[Place], bool]) -> "CheckedViews":
        """Those at some places only."""
        return replace(self, views=[view for view in self.views if is_there(view.place)])

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
            Stratum(
                len(views) / self.chances[cell],
                len(views),
                sum(map(is_counted, views)),
                # Only of a stratum as a whole, drawn by one sample, is the number decided.
                is_found=len(cell) > 1 or len(views) < self.checked[cell],
            )
            for cell, views in sorted(by_cell.items())
        )


def read_checked_views(scope: Scope) -> CheckedViews:
    """The checked views of a scope; must be called inside a snapshot."""
    # Nothing else of a scope is asked for where checks are.
    assert scope.week_hour is None
    everything = all_checked_views()
    if not scope.is_limited:
        return everything
    moderator = None if scope.moderator is None else scope.moderator.pk
    session = None if scope.session is None else scope.session.public_id
    first, last = scope.start or date.min, scope.end or date.max
    views = [
        view
        for view in everything.views
        if first <= view.place.day <= last
        and moderator in (None, view.place.moderator)
        and session in (None, view.session)
    ]
    return replace(everything, views=views)


@cached(LRUCache(MAX_VERSIONS), key=answer_key, lock=Lock())
def all_checked_views() -> CheckedViews:
    """The checked views of all time: read once after each change, then chosen from by scope."""
    counted = list(counted_checks())
    drawn: dict[ViewKey, set[int]] = defaultdict(set)
    answered: dict[int, set[int]] = defaultdict(set)
    for check in counted:
        if check.stratum is not None:
            drawn[check.view].add(check.stratum)
            answered[check.stratum].add(check.sampled)
    finder = CellFinder({stratum: len(views) for stratum, views in answered.items()})
    # The last of a view is the one that counts, one of a representative sample before any other.
    chosen = {
        check.view: check
        for check in counted
        if check.stratum is not None or check.view not in drawn
    }
    views = [
        CheckedView(
            check.check,
            view[0],
            check.place,
            check.decision,
            check.is_correct,
            finder.cell_of(check.place, drawn[view]) if check.stratum is not None else None,
        )
        for view, check in chosen.items()
    ]
    n_checked = Counter(view.cell for view in views if view.cell is not None)
    return CheckedViews(views, {cell: finder.chance(cell) for cell in n_checked}, n_checked)


def count_left(strata: Iterable[int]) -> Counter[int]:
    """By stratum, how many of its drawn views are of sessions that are there still.

    Retention takes the drawn views with their sessions, other deletions leave them.
    """
    sessions = Session.objects.filter(public_id=OuterRef("session_id"))
    drawn = SampledView.objects.filter(Exists(sessions), stratum__in=list(strata))
    return Counter(dict(drawn.order_by().values_list("stratum").annotate(Count("pk"))))


class CellFinder:
    """Which strata of representative samples could have drawn a view; those with checks alone.

    ``checked``: by stratum, how many of its views have a check that counts.
    """

    def __init__(self, checked: Mapping[int, int]) -> None:
        strata = SampleStratum.objects.in_bulk(list(checked))
        samples = QualitySample.objects.in_bulk({row.sample_id for row in strata.values()})
        self.samples = [samples[key] for key in sorted(samples)]
        left = count_left(checked)
        self.share_checked = {
            # As large a part of the population is gone as of those that were drawn from it.
            key: n / strata[key].population * strata[key].drawn / left[key]
            for key, n in checked.items()
        }
        self.sample_of = {key: stratum.sample_id for key, stratum in strata.items()}
        self.by_sample: dict[int, dict[object, int]] = defaultdict(dict)
        for key, stratum in strata.items():
            method = samples[stratum.sample_id].method
            name = self.name_of(method, stratum.moderator_id, stratum.queue)
            self.by_sample[stratum.sample_id][name] = key
        self._samples_on: dict[date, list[QualitySample]] = {}
        self._found: dict[Place, dict[int, int]] = {}

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

    def samples_on(self, day: date) -> list[QualitySample]:
        """The samples of days with this one."""
        if day not in self._samples_on:
            found = [sample for sample in self.samples if sample.start <= day <= sample.end]
            self._samples_on[day] = found
        return self._samples_on[day]

    def strata_at(self, place: Place) -> Iterator[tuple[int, int]]:
        """Yield (sample, stratum), those with checks that could draw a view at a place."""
        for sample in self.samples_on(place.day):
            if sample.moderator_id in (None, place.moderator):
                name = self.name_of(sample.method, place.moderator, place.queue)
                if (stratum := self.by_sample[sample.pk].get(name)) is not None:
                    yield sample.pk, stratum

    def chance(self, cell: Cell) -> float:
        """How likely a view of a cell was to be checked in any of its strata."""
        return 1 - prod(1 - self.share_checked[stratum] for stratum in cell)
