"""The days of a scope, watched: limits of ordinary days, shifts, waves, and queues that grow.

Charts draw from here what the findings say: ``timelines`` and ``queue_timelines``.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from cachetools import cached

from analytics.comparison.changes import ClusterSums
from analytics.comparison.day_variance import spread_by_size
from analytics.comparison.days import Changes, Series, Step, Wave, count_series, find_changes
from analytics.comparison.judging import LOGARITHM, PLAIN, Scale
from analytics.comparison.work import Flags, Floats
from analytics.display import plain
from analytics.formatting import number, seconds, share
from analytics.keeping import KeptThings, kept_lock
from analytics.metrics.ratios import RATIOS, SessionRatio, sums_by_day
from analytics.metrics.result_cache import cache_key, without_viewer
from analytics.reads import read
from analytics.scope import Scope
from analytics.summaries.reading import read_summaries
from analytics.summaries.snapshots import snapshot

#: Days with less than this are left out of a measure, and fewer days than this are not watched.
MIN_DAY_N, MIN_DAYS = 20, 14
#: A queue's days with fewer items are left out.
MIN_ITEMS = 5
#: A day of a timeline.
DAY_BYTES = 100
#: Those of all timelines that are kept, and of queues, whose timelines are kept by their numbers.
MAX_BYTES, MAX_QUEUE_BYTES = 10_000 * DAY_BYTES, 8_000 * DAY_BYTES


@dataclass(frozen=True)
class Shift:
    """A level that shifted on ``day``, which lies between ``first`` and ``last``."""

    day: date
    first: date
    last: date
    before: float
    after: float
    stayed: bool


@dataclass(frozen=True)
class Growth:
    """A queue that grows or shrinks steadily: days to double or halve, with the 95 % interval."""

    rises: bool
    days: float
    low: float
    high: float


@dataclass(frozen=True)
class DayWave:
    """Days, the ends included, that lay together at ``level`` where ``usual`` is usual."""

    first: date
    last: date
    usual: float
    level: float


@dataclass(frozen=True)
class Timeline:
    """A measure by day: what it was, the level and limits of ordinary days, and what changed.

    Arrays of one length, a value a day. ``n``: the trials or items of each day.
    """

    name: str
    days: tuple[date, ...]
    value: Floats
    level: Floats
    low: Floats
    high: Floats
    n: Floats
    outside: Flags
    shifts: tuple[Shift, ...]
    growth: Growth | None
    waves: tuple[DayWave, ...] = ()

    @property
    def days_outside(self) -> list[int]:
        """The positions of the days outside their limits."""
        return [int(at) for at in np.flatnonzero(self.outside)]

    @property
    def single_days_outside(self) -> list[int]:
        """The same without the days of waves."""
        return [
            at
            for at in self.days_outside
            if not any(wave.first <= self.days[at] <= wave.last for wave in self.waves)
        ]


@dataclass(frozen=True)
class DayMeasure:
    """A measure of review work by day: one of ``RATIOS``."""

    column: str
    words: str
    metric: str
    write: Callable[[float], str]

    @property
    def ratio(self) -> SessionRatio:
        """The ratio of counters that it is."""
        return RATIOS[self.column]


DAY_MEASURES = {
    measure.column: measure
    for measure in (
        DayMeasure("reject_rate", "reject rate", "review-by-day", share),
        DayMeasure("handle_seconds", "handle time", "review-by-day", seconds),
        DayMeasure("completion_rate", "completion", "review-by-day", share),
    )
}


def items_words(value: float) -> str:
    """A queue's items."""
    return number(value, 0)


Lines = Mapping[str, Timeline]


@read
def timelines(scope: Scope) -> Lines:
    """Each measure of the scope's review work by day; none with fewer than 14 days of data."""
    with snapshot():
        return compute_cached(compute_timelines, without_viewer(scope))


@read
def queue_timelines(scope: Scope) -> Lines:
    """The items of each queue by day, for queues with 14 days of 5 items or more."""
    with snapshot():
        return compute_cached(compute_queue_timelines, without_viewer(scope))


def size_of(line: Timeline) -> int:
    """The memory that a timeline takes, as good as all of it."""
    return DAY_BYTES * len(line.days)


def size_of_lines(lines: Lines) -> int:
    """The memory that timelines take."""
    return sum(map(size_of, lines.values()))


@cached(KeptThings(MAX_BYTES, size_of_lines), key=cache_key, lock=kept_lock)
@plain
def compute_cached(compute: Callable[[Scope], Lines], scope: Scope) -> Lines:
    """``compute(scope)``, cached as metrics are; others get the same arrays."""
    return compute(scope)


def compute_timelines(scope: Scope) -> Lines:
    """What ``timelines`` gives, computed."""
    summaries = read_summaries(scope)
    by_day = summaries.by_day
    by_session = sums_by_day(summaries, DAY_MEASURES)
    lines = {}
    for at, measure in enumerate(DAY_MEASURES.values()):
        rows = [(day, *measure.ratio.of_row(row)) for day, row in by_day.items()]
        known = [(day, top, n) for day, n, top in rows if n >= MIN_DAY_N and top >= 0]
        if not measure.ratio.is_share:
            known = [row for row in known if row[1] > 0]
        if len(known) >= MIN_DAYS:
            sums = [by_session[day][at] for day, _, _ in known]
            lines[measure.column] = _timeline(measure, known, sums)
    return lines


def _timeline(
    measure: DayMeasure, rows: list[tuple[date, float, float]], sums: list[ClusterSums]
) -> Timeline:
    """Watch one measure; ``sums``: each day's over its sessions, whose videos are alike."""
    days = tuple(row[0] for row in rows)
    top = np.array([row[1] for row in rows], np.float64)
    n = np.array([row[2] for row in rows], np.float64)
    is_share = measure.ratio.is_share
    scale = PLAIN if is_share else LOGARITHM
    value = scale.to(top / n)
    by_session = np.array([each.variance if each.clusters > 1 else 0.0 for each in sums])
    if is_share:
        rate = float(top.sum() / n.sum())
        chance = np.maximum(rate * (1 - rate), 1e-6) / n
    else:
        chance = spread_by_size(value, n) / n
        by_session /= (top / n) ** 2
    chance = np.maximum(chance, by_session)
    series = Series(np.array([day.toordinal() for day in days], np.int64), value, chance)
    changes = find_changes(series, measures=len(DAY_MEASURES))
    return from_changes(measure.column, days, top / n, n, changes, scale, is_share)


def compute_queue_timelines(scope: Scope) -> Lines:
    """What ``queue_timelines`` gives, computed."""
    counts = read_summaries(scope).queues_by_day
    by_queue: dict[str, list[tuple[date, int, float]]] = defaultdict(list)
    for (day, queue), (assignments, items) in counts.items():
        if items >= MIN_ITEMS:
            by_queue[queue].append((day, assignments, float(items)))
    long_enough = {queue: rows for queue, rows in by_queue.items() if len(rows) >= MIN_DAYS}
    return {
        queue: queue_timeline(
            queue, np.array([(day.toordinal(), *row) for day, *row in rows]), len(long_enough)
        )
        for queue, rows in sorted(long_enough.items())
    }


def queue_key(queue: str, rows: Floats, queues: int) -> Hashable:
    """All that a queue's timeline is made of."""
    return queue, rows.tobytes(), queues


@cached(KeptThings(MAX_QUEUE_BYTES, size_of), key=queue_key, lock=kept_lock)
def queue_timeline(queue: str, rows: Floats, queues: int) -> Timeline:
    """A queue's days, with the assignments and items of each, watched as one of so many queues.

    Kept by its numbers, for those that a change of the data leaves as they are.
    """
    ordinals, assignments, size = np.array(rows.T, order="C")
    days = tuple(date.fromordinal(int(day)) for day in ordinals)
    series = count_series(ordinals.astype(np.int64), size, assignments)
    changes = find_changes(series, trends=True, measures=queues)
    return from_changes(queue, days, size, size, changes, LOGARITHM, is_share=False)


def from_changes(
    name: str,
    days: tuple[date, ...],
    value: Floats,
    n: Floats,
    changes: Changes,
    scale: Scale,
    is_share: bool,
) -> Timeline:
    """The timeline of a measure, with what changed on the measure's own scale."""

    def back(values: Floats) -> Floats:
        measured = scale.back(values)
        return np.clip(measured, 0.0, 1.0) if is_share else measured

    def back_level(level: float) -> float:
        return float(back(np.array([level]))[0])

    growth = None
    if changes.trend is not None:
        growth = Growth(changes.trend.slope > 0, *changes.trend.doubling_days())
    return Timeline(
        name,
        days,
        value,
        back(changes.level),
        back(changes.low),
        back(changes.high),
        n,
        changes.outside,
        tuple(shift_of(step, back_level) for step in changes.steps),
        growth,
        tuple(wave_of(wave, back_level) for wave in changes.waves),
    )


def shift_of(step: Step, back: Callable[[float], float]) -> Shift:
    """A step of the series; ``back`` gives a level in the measure's unit."""
    return Shift(
        date.fromordinal(step.day),
        date.fromordinal(step.first),
        date.fromordinal(step.last),
        back(step.before),
        back(step.after),
        step.stayed,
    )


def wave_of(wave: Wave, back: Callable[[float], float]) -> DayWave:
    """A wave of the series; ``back`` gives a level in the measure's unit."""
    return DayWave(
        date.fromordinal(wave.first),
        date.fromordinal(wave.last),
        back(wave.usual),
        back(wave.level),
    )
