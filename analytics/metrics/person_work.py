"""One person's work by week and by queue, beside what is expected of it and where others lie."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from cachetools import cached

from analytics.access import MIN_TEAM, may_see_spread
from analytics.comparison.judging import ARCSINE, LOGARITHM, Verdicts
from analytics.comparison.parts import Parts, parts_of_person, values_of_others
from analytics.comparison.work import Cells, Floats, Whole
from analytics.display import plain
from analytics.keeping import KeptThings, kept_lock
from analytics.metrics.formulas import none_if_nan
from analytics.metrics.registry import METRICS
from analytics.metrics.result_cache import cache_key
from analytics.metrics.team_spread import Spread, quartiles
from analytics.metrics.team_work import in_turn, judge_team, team_scope, team_work
from analytics.scope import Scope
from analytics.summaries.by_session import queue_numbers
from analytics.summaries.snapshots import snapshot

WEEKS = 13
DAYS_IN_WEEK = 7
#: A queue and week of a person.
CELL_BYTES = 60
#: Those of the people of all looks that are kept.
MAX_BYTES = 40_000 * CELL_BYTES


@dataclass(frozen=True)
class Week:
    """A measure of a person's week from ``monday``; None where unknown or not to be seen.

    ``low`` to ``high``: ordinary for this week's work. ``others``: their middle half.
    """

    monday: date
    n: float
    value: float | None
    expected: float | None
    low: float | None
    high: float | None
    others: Spread | None


@dataclass(frozen=True)
class QueueMeasure:
    """A measure of a person's work in one queue; None where unknown or not to be seen."""

    value: float | None
    expected: float | None


@dataclass(frozen=True)
class QueueWork:
    """A person's work in one queue: ``name`` is None where the queue is unknown.

    ``share``: of the person's videos; ``others_share``: of the others', for leads and admins.
    """

    name: str | None
    videos: float
    share: float
    others_share: float | None
    measures: Mapping[str, QueueMeasure]


@dataclass(frozen=True)
class TeamCells:
    """Everybody's work by queue and week, by measure.

    The numbers stand for queues and weeks as those of ``team_work.Team`` do.
    """

    names: tuple[str, ...]
    queue_numbers: Whole
    week_numbers: Whole
    by_measure: Mapping[str, Cells]

    @property
    def size(self) -> int:
        """The memory that the cells take, as good as all of it."""
        return CELL_BYTES * sum(len(cells.n) for cells in self.by_measure.values())


def team_cells(scope: Scope) -> TeamCells:
    """The work of everybody in the dates of a scope, cached as verdicts are."""
    with snapshot():
        return in_turn(_read_cells, team_scope(scope))


@cached(KeptThings(MAX_BYTES, lambda cells: cells.size), key=cache_key, lock=kept_lock)
@plain
def _read_cells(scope: Scope) -> TeamCells:
    work = team_work(scope)
    cells = {"reject_rate": work.rejects().cells, "completion_rate": work.completion().cells}
    timed = work.timed()
    if len(timed.n):
        # Without forgotten tabs.
        cells["handle_seconds"] = timed.clean.cells
    return TeamCells(work.names, work.team.queue_numbers, work.team.week_numbers, cells)


def whole_weeks(scope: Scope, today: date) -> Scope:
    """The last ``WEEKS`` whole ISO weeks up to the scope's end, or up to yesterday."""
    yesterday = today - timedelta(days=1)
    end = yesterday if scope.end is None else min(scope.end, yesterday)
    sunday = end - timedelta(days=end.isoweekday() % DAYS_IN_WEEK)
    return replace(scope, start=sunday - timedelta(days=DAYS_IN_WEEK * WEEKS - 1), end=sunday)


def weeks_of_person(scope: Scope, today: date) -> dict[str, list[Week]]:
    """By measure the last whole weeks of the scope's moderator, the oldest first."""
    assert scope.moderator is not None
    weeks = whole_weeks(scope, today)
    with snapshot():
        team = team_cells(weeks)
        if scope.moderator.username not in team.names:
            return {}
        person = team.names.index(scope.moderator.username)
        verdicts = judge_team(weeks).by_measure
        return {
            measure: list(_weeks(weeks, team, person, verdicts[measure], measure))
            for measure in team.by_measure
        }


def min_others_for(scope: Scope) -> int:
    """In how many others what is expected has to rest for the viewer to see it."""
    return 1 if scope.viewer.sees_everyone else MIN_TEAM


def _weeks(
    scope: Scope, team: TeamCells, person: int, verdicts: Verdicts, measure: str
) -> Iterator[Week]:
    assert scope.start is not None
    cells = team.by_measure[measure]
    parts = parts_of_person(
        cells,
        person,
        cells.grid.by_week,
        members=~verdicts.outside,
        min_others=min_others_for(scope),
    )
    is_time = measure == "handle_seconds"
    effect, between = verdicts.design_effect, verdicts.between
    low, high = parts.limits(
        LOGARITHM if is_time else ARCSINE,
        unit_chance=effect if is_time else effect / 4,
        between=between,
    )
    others = values_of_others(cells, person, cells.grid.by_week)
    place = {int(number): at for at, number in enumerate(team.week_numbers)}
    for nth in range(WEEKS):
        monday = scope.start + timedelta(days=DAYS_IN_WEEK * nth)
        year, week, _ = monday.isocalendar()
        at = place.get(year * 100 + week)
        if at is None:
            yield Week(monday, 0.0, None, None, None, None, None)
        else:
            yield Week(
                monday,
                float(parts.n[at]),
                none_if_nan(parts.value[at]),
                none_if_nan(parts.expected[at]),
                none_if_nan(low[at]),
                none_if_nan(high[at]),
                middle_half(scope, others[at]),
            )


def middle_half(scope: Scope, values: Floats) -> Spread | None:
    """The quartiles of the others' values in a week, where the viewer may see them."""
    if len(values) < 2 or not may_see_spread(scope.viewer, others=len(values), days=DAYS_IN_WEEK):
        return None
    return Spread(*quartiles(values.tolist()), len(values))


def queues_of_person(scope: Scope) -> list[QueueWork]:
    """The queues that the scope's moderator worked in, the most videos first."""
    assert scope.moderator is not None
    with snapshot():
        team = team_cells(scope)
        if scope.moderator.username not in team.names:
            return []
        person = team.names.index(scope.moderator.username)
        verdicts = judge_team(scope).by_measure
        parts = {
            measure: parts_of_person(
                cells,
                person,
                cells.grid.by_queue,
                members=~verdicts[measure].outside,
                min_others=min_others_for(scope),
            )
            for measure, cells in team.by_measure.items()
        }
        of_number = queue_numbers(own_queue_names(scope))
    queues = list(_queues(team, parts, of_number, sees_everyone=scope.viewer.sees_everyone))
    return sorted(queues, key=lambda queue: (-queue.videos, queue.name or ""))


def own_queue_names(scope: Scope) -> list[str]:
    """The names of all queues of the scope's moderator."""
    rows = [*METRICS["queues"](scope).rows, *METRICS["decisions-by-queue"](scope).rows]
    return sorted({str(row["queue"]) for row in rows if row["queue"] is not None})


def _queues(
    team: TeamCells,
    parts: Mapping[str, Parts],
    of_number: Mapping[int, str],
    *,
    sees_everyone: bool,
) -> Iterator[QueueWork]:
    views = parts["completion_rate"]
    own_total, others_total = views.n.sum(), views.others_n.sum()
    for at in np.flatnonzero(views.n > 0):
        known = at < len(team.queue_numbers)
        yield QueueWork(
            of_number.get(int(team.queue_numbers[at])) if known else None,
            float(views.n[at]),
            float(views.n[at] / own_total),
            float(views.others_n[at] / others_total) if sees_everyone and others_total else None,
            {
                measure: QueueMeasure(none_if_nan(each.value[at]), none_if_nan(each.expected[at]))
                for measure, each in parts.items()
            },
        )
