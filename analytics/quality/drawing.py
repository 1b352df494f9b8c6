"""Drawing samples of decided views, and saying beforehand how many to draw.

A sample is drawn from an order that only the data give (sessions by start and id, views by their
place), by numbers that only the seed gives: drawn again from the same data it is the same.
"""

import random
import secrets
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from django.db import transaction

from accounts.models import User
from analytics.access import ScopeError, require_everyone
from analytics.comparison.sampling import allocate, half_width_of_strata, sample_size
from analytics.models import (
    REPRESENTATIVE_METHODS,
    QualitySample,
    SampledView,
    SampleMethod,
    SampleStratum,
)
from analytics.quality.chosen import (
    MAX_SAMPLE,
    ChosenPlace,
    DrawnView,
    count_views_of_disputed,
    views_at,
    views_of_disputed,
)
from analytics.quality.population import PopulationStratum, strata_of
from analytics.quality.randomness import chosen_ranks, shuffle
from analytics.scope import Scope
from analytics.summaries.reading import read_summaries
from analytics.summaries.snapshots import snapshot

#: What is expected where nothing has been checked yet.
DEFAULT_ACCURACY = 0.9
#: Seeds are short enough to be read out.
SEEDS = 10**9


@dataclass(frozen=True)
class SampleDesign:
    """What is to be drawn: ``size`` views, or as many as ``precision`` takes.

    Of the scope its moderator and days count. ``precision`` is half the width of the 95 % interval
    of the accuracy; ``expected``: the accuracy expected; both 0 to 1. ``design_effect``: how many
    times more views vary than independent ones. ``at_least``: views from each stratum. Without
    size and precision: all, of methods that are not representative.
    """

    method: str
    scope: Scope
    size: int | None = None
    precision: float | None = None
    expected: float = DEFAULT_ACCURACY
    design_effect: float = 1.0
    at_least: int = 0

    @property
    def is_representative(self) -> bool:
        """Whether its checks stand for all decided views of the scope."""
        return self.method in REPRESENTATIVE_METHODS


@dataclass(frozen=True)
class PlannedStratum:
    """How many views of a stratum are drawn, and from how many."""

    label: str
    moderator: int | None
    queue: str | None
    population: int
    drawn: int


@dataclass(frozen=True)
class SamplePlan:
    """What a design comes to. ``half_width``: that of the accuracy's 95 % interval, 0 to 1.

    None of a sample that stands for nothing but itself, and where nothing is drawn.
    """

    strata: Sequence[PlannedStratum]
    half_width: float | None

    @property
    def population(self) -> int:
        """How many views it is drawn from."""
        return sum(stratum.population for stratum in self.strata)

    @property
    def size(self) -> int:
        """How many views it draws."""
        return sum(stratum.drawn for stratum in self.strata)


def check_design(design: SampleDesign) -> None:
    """Raise ``ScopeError`` for what can't be drawn."""
    if design.method not in SampleMethod.values:
        raise ScopeError("method", f"is none of {', '.join(SampleMethod.values)}")
    if design.size is not None and design.precision is not None:
        raise ScopeError("precision", "give a size or a precision, not both")
    if design.size is not None and not 1 <= design.size <= MAX_SAMPLE:
        raise ScopeError("size", f"is not from 1 to {MAX_SAMPLE:,}")
    if design.precision is not None and not 0 < design.precision < 0.5:
        raise ScopeError("precision", "is not between 0 and 50 points")
    if not 0 < design.expected < 1:
        raise ScopeError("expected", "is not between 0 and 100 %")
    if not 0 <= design.at_least <= MAX_SAMPLE:
        raise ScopeError("at_least", f"is not from 0 to {MAX_SAMPLE:,}")
    if design.is_representative and design.size is None and design.precision is None:
        raise ScopeError("size", "give a size or a precision")
    if design.scope.session is not None:
        raise ScopeError("session", "samples are drawn from days, of everybody or of a moderator")


def plan_sample(design: SampleDesign) -> SamplePlan:
    """How many views would be drawn; raises ``ScopeError``."""
    check_design(design)
    with snapshot():
        return plan_of(design, population_of(design))


def population_of(design: SampleDesign) -> list[PopulationStratum]:
    """The strata of a design with their views; must be called inside a snapshot."""
    if design.method == SampleMethod.DISPUTED:
        n = count_views_of_disputed(design.scope)
        return [PopulationStratum(sessions=[(0, n)])] if n else []
    return strata_of(design.scope, design.method)


def plan_of(design: SampleDesign, strata: Sequence[PopulationStratum]) -> SamplePlan:
    """How many of each stratum are drawn; raises ``ScopeError`` for too many."""
    populations = [stratum.population for stratum in strata]
    total = sum(populations)
    wanted = total if design.size is None else min(design.size, total)
    if design.precision is not None:
        wanted = sample_size(
            design.precision,
            population=total,
            expected=design.expected,
            design_effect=design.design_effect,
        )
    drawn = allocate(wanted, populations, at_least=design.at_least)
    if sum(drawn) > MAX_SAMPLE:
        message = f"would be {sum(drawn):,} views; a sample holds at most {MAX_SAMPLE:,}"
        raise ScopeError("size" if design.precision is None else "precision", message)
    half_width = None
    if design.is_representative:
        half_width = half_width_of_strata(
            list(zip(populations, drawn, strict=True)),
            expected=design.expected,
            design_effect=design.design_effect,
        )
    planned = [
        PlannedStratum(stratum.label, stratum.moderator, stratum.queue, population, n)
        for stratum, population, n in zip(strata, populations, drawn, strict=True)
    ]
    return SamplePlan(planned, half_width)


def draw_views(design: SampleDesign, seed: int) -> tuple[SamplePlan, list[DrawnView]]:
    """The views that a seed draws, in the order of work; must be called inside a snapshot."""
    generator = random.Random(seed)  # noqa: S311 - a sample that can be drawn again
    strata = population_of(design)
    plan = plan_of(design, strata)
    if design.method == SampleMethod.DISPUTED:
        views = views_of_disputed(design.scope, plan.size)
    else:
        places: list[ChosenPlace] = []
        for index, (stratum, planned) in enumerate(zip(strata, plan.strata, strict=True)):
            ranks = chosen_ranks(planned.drawn, planned.population, generator)
            places += places_of_ranks(ranks, stratum, index)
        views = views_at(places, design.method)
    shuffle(views, generator)
    return plan, views


def places_of_ranks(
    ranks: Iterable[int], stratum: PopulationStratum, index: int
) -> Iterator[ChosenPlace]:
    """Yield the places that have these ranks, ascending, in the order of a stratum's views."""
    ends = list(accumulate(count for _session, count in stratum.sessions))
    for rank in ranks:
        at = bisect_right(ends, rank)
        session, count = stratum.sessions[at]
        yield ChosenPlace(index, session, rank - (ends[at] - count), stratum.queue)


def draw_sample(
    design: SampleDesign,
    *,
    by: User,
    name: str = "",
    seed: int | None = None,
    is_blind: bool = True,
    second_checks: int = 0,
) -> QualitySample:
    """Draw a sample and keep it; without a ``seed`` by one of its own.

    ``second_checks``: how many of the views two people are to check. Raises ``Forbidden`` and
    ``ScopeError``.
    """
    require_everyone(by, subject="drawing samples")
    check_design(design)
    if seed is None:
        seed = secrets.randbelow(SEEDS)
    with snapshot():
        plan, views = draw_views(design, seed)
        start, end = days_of(design.scope)
    if not views:
        raise ScopeError("start", "nothing was decided here, so there is nothing to draw")
    sample = QualitySample(
        name=name or f"{SampleMethod(design.method).label}, {len(views):,} views",
        method=design.method,
        moderator=design.scope.moderator,
        start=start,
        end=end,
        seed=seed,
        wanted_size=design.size,
        wanted_precision=design.precision,
        expected_accuracy=design.expected if design.precision is not None else None,
        at_least=design.at_least,
        second_checks=second_checks,
        is_blind=is_blind,
        population=plan.population,
        created_by=by,
    )
    keep(sample, plan, views)
    return sample


def days_of(scope: Scope) -> tuple[date, date]:
    """The scope's days, those left open from the first to the last with a session."""
    days = read_summaries(scope).by_day or {date.min: {}}
    return scope.start or min(days), scope.end or max(days)


@transaction.atomic
def keep(sample: QualitySample, plan: SamplePlan, views: Sequence[DrawnView]) -> None:
    """Store a sample with its strata and views."""
    sample.save()
    n_drawn = [0] * len(plan.strata)
    for view in views:
        n_drawn[view.stratum] += 1
    strata = SampleStratum.objects.bulk_create(
        SampleStratum(
            sample=sample,
            moderator_id=planned.moderator,
            queue=planned.queue,
            population=planned.population,
            drawn=drawn,
        )
        for planned, drawn in zip(plan.strata, n_drawn, strict=True)
    )
    SampledView.objects.bulk_create(
        SampledView(
            sample=sample,
            stratum=strata[view.stratum],
            number=number,
            session_id=view.session,
            position=view.position,
            video=view.video,
            decision=view.decision,
            checks_wanted=2 if number <= sample.second_checks else 1,
        )
        for number, view in enumerate(views, start=1)
    )
