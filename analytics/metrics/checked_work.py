"""Everybody's checked decisions, compared with what the others' were in the same queues and weeks.

The model is that of the other rates (``comparison.rates``). Counted are the views of random samples
alone, each once and unweighted: they are compared within queues and weeks.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from cachetools import cached

from analytics.comparison.judging import BUDGETS, Verdicts
from analytics.comparison.rates import compare_rate
from analytics.comparison.work import Mixed, Sums, Work
from analytics.display import plain
from analytics.keeping import KeptThings, kept_lock
from analytics.metrics.result_cache import cache_key
from analytics.metrics.team_work import MAX_BYTES, PERSON_BYTES, team_scope
from analytics.models import Moderator
from analytics.quality.estimates import CheckedView, read_checked_views
from analytics.reads import read
from analytics.scope import Scope
from analytics.summaries.snapshots import current_state, snapshot

ACCURACY = "accuracy"
#: How much people's accuracy differs, in the logit: less than this in two of three teams, less than
#: twice as much in 95 of 100. With 0.5 about 92 %, two of three people lie between 87 and 95 %.
PEOPLE_LOGIT_SD = 0.5


@dataclass(frozen=True)
class CheckedTeam:
    """The verdicts on the accuracy of ``names``, in their order."""

    names: tuple[str, ...]
    verdicts: Verdicts

    @property
    def place(self) -> dict[str, int]:
        """The position of each name."""
        return {name: at for at, name in enumerate(self.names)}


class Part(NamedTuple):
    """Checked views of one session from one queue."""

    person: int
    week: int
    session: int
    queue: int
    checked: int
    right: int


@read
def judge_checked(scope: Scope, *, min_others: int = 1) -> CheckedTeam:
    """Compare everybody with checked decisions in the dates of ``scope`` with the others.

    Cached until a check or the data change. ``min_others``: see ``compare_rate``.
    """
    with snapshot():
        return _judge_checked(team_scope(scope), min_others, current_state().last_change.edits)


def size_of(team: CheckedTeam) -> int:
    """The memory that verdicts take, as good as all of it."""
    return PERSON_BYTES * len(team.names)


@cached(KeptThings(MAX_BYTES, size_of), key=cache_key, lock=kept_lock)
@plain
def _judge_checked(scope: Scope, min_others: int, edits: str) -> CheckedTeam:
    views = [view for view in read_checked_views(scope).views if view.is_representative()]
    usernames = dict(
        Moderator.objects.filter(pk__in={view.place.moderator for view in views})
        .order_by("username")
        .values_list("pk", "username")
    )
    work = work_of_views(views, list(usernames))
    verdicts = compare_accuracy(work, min_others=min_others)
    return CheckedTeam(tuple(usernames.values()), verdicts)


def compare_accuracy(work: Work, *, min_others: int = 1) -> Verdicts:
    """Judge the share of right decisions among everybody's checked ones; see ``compare_rate``."""
    return compare_rate(
        work, BUDGETS[ACCURACY], min_others=min_others, assumed_logit_sd=PEOPLE_LOGIT_SD
    )


def work_of_views(views: Iterable[CheckedView], people: list[int]) -> Work:
    """Checked and right views by person, queue and week; ``people`` are keys in order."""
    views = list(views)
    person_of = {key: at for at, key in enumerate(people)}
    queue_of = numbers(view.place.queue for view in views if view.place.queue is not None)
    week_of = numbers(view.place.day.isocalendar()[:2] for view in views)
    session_of = numbers(view.session for view in views)
    counts: dict[tuple[int, int, int, int], list[int]] = defaultdict(lambda: [0, 0])
    for view in views:
        place = view.place
        # The number after those of the queues stands for the unknown one.
        queue = len(queue_of) if place.queue is None else queue_of[place.queue]
        week = week_of[place.day.isocalendar()[:2]]
        key = (person_of[place.moderator], week, session_of[view.session], queue)
        counts[key][0] += 1
        counts[key][1] += view.is_correct
    parts = [Part(*key, *count) for key, count in sorted(counts.items())]
    by_session: dict[int, list[Part]] = defaultdict(list)
    for part in parts:
        by_session[part.session].append(part)
    return Work(
        len(people),
        len(queue_of),
        max(len(week_of), 1),
        sums_of(group[0] for group in by_session.values() if len(group) == 1),
        mixed_of([group for group in by_session.values() if len(group) > 1]),
    )


def numbers(values: Iterable[object]) -> dict[object, int]:
    """A number from 0 for each different value, in their order."""
    return {value: at for at, value in enumerate(sorted(set(values), key=str))}


def sums_of(parts: Iterable[Part]) -> Sums:
    """Sessions of one queue, a row each."""
    columns = np.array([tuple(part) for part in parts], np.int64).reshape(-1, len(Part._fields)).T
    person, week, _session, queue, checked, right = columns
    n, hits = checked.astype(np.float64), right.astype(np.float64)
    one = np.ones(len(n), np.int64)
    return Sums(person, queue, week, one, n, hits, n * n, hits * hits, hits * n)


def mixed_of(sessions: list[list[Part]]) -> Mixed:
    """Sessions of several queues, whose right views are known of each queue."""
    parts = [part for session in sessions for part in session]
    return Mixed(
        person=np.array([session[0].person for session in sessions], np.int64),
        week=np.array([session[0].week for session in sessions], np.int64),
        n=np.array([sum(part.checked for part in session) for session in sessions], np.float64),
        hits=np.array([sum(part.right for part in session) for session in sessions], np.float64),
        part_session=np.repeat(np.arange(len(sessions)), [len(session) for session in sessions]),
        part_queue=np.array([part.queue for part in parts], np.int64),
        part_n=np.array([part.checked for part in parts], np.float64),
        part_hits=np.array([part.right for part in parts], np.float64),
    )
