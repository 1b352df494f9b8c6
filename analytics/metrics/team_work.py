"""A team's review work as the comparison of people takes it: by queue, week and session.

A video's own queue is its queue; else its session's one active queue; one of several is shared by
their items; work without a queue is compared by its week alone.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from threading import Lock
from typing import TypeVar

import numpy as np
from cachetools import cached

from analytics.comparison.expected import divided
from analytics.comparison.judging import BUDGETS, FASTER, MAY_COMPLETE_MORE, Verdicts
from analytics.comparison.learning import Learner, find_learners
from analytics.comparison.rates import compare_rate
from analytics.comparison.times import TimedSessions, compare_times
from analytics.comparison.work import Flags, Floats, Mixed, Sums, Whole, Work, distinct, sums_by
from analytics.display import plain
from analytics.keeping import KeptThings, kept_lock
from analytics.metrics.result_cache import cache_key, without_viewer
from analytics.models import DECISION_NUMBERS, SECOND_US, Moderator
from analytics.scope import Scope
from analytics.summaries.by_session import session_queues, session_work
from analytics.summaries.reading import SummaryReader, read_summaries
from analytics.summaries.snapshots import current_state, snapshot
from moderation_portal.error_handlers import Overloaded

REJECTED = DECISION_NUMBERS["rejected"]
UNDECIDED = DECISION_NUMBERS["none"]

#: The verdicts on a person.
PERSON_BYTES = 450
#: Those on the people of all looks that are kept.
MAX_BYTES = 5_000 * PERSON_BYTES
#: To compare a large team takes tens of MiB for a second or two: one thread after the other.
ONE_AT_A_TIME = Lock()
# Who waits has a transaction open, which the database ends after a minute without a statement.
PATIENCE_SECONDS = 20.0
Made = TypeVar("Made")


@dataclass(frozen=True)
class AsideSession:
    """A session far longer than its person's pace explains: in nobody's verdict on times."""

    moderator: str
    session: int
    seconds: float
    decided: int


@dataclass(frozen=True)
class TeamVerdicts:
    """The verdicts on each of ``names`` by measure; positions are those of ``names``.

    ``skips``: completes less than expected, and is faster: speed without care. ``careful``:
    slower than expected, and as far as can be seen completes more. ``quick``: faster than
    expected, and completes as much. ``aside``: sessions set aside as forgotten tabs. ``others``:
    in the queue and week of each person's with the fewest, how many others have worked.
    ``queued``: the share of each person's videos whose queue is known. ``learners``: who has no
    work in the first weeks, and has become faster since they began.
    """

    names: tuple[str, ...]
    by_measure: dict[str, Verdicts]
    skips: Flags
    careful: Flags
    quick: Flags
    aside: tuple[AsideSession, ...]
    others: Whole
    queued: Floats
    learners: tuple[Learner, ...]


def judge_team(scope: Scope, *, min_others: int = 1) -> TeamVerdicts:
    """Compare everybody whose sessions are in the dates of ``scope`` with the others.

    Cached as metrics are: others get the same arrays, and the viewer makes no difference.
    ``min_others``: what is displayed of a person rests on queues and weeks of so many others.
    """
    with snapshot():
        return in_turn(_judge_cached, team_scope(scope), min_others)


def in_turn(kept: Callable[..., Made], *arguments: Hashable) -> Made:
    """What a cached function has kept, or makes while no other thread compares a team.

    Raises ``Overloaded`` when the others take too long.
    """
    cache = kept.cache  # type: ignore[attr-defined]  # of cachetools
    key = cache_key(*arguments)
    with kept_lock:
        found: Made | None = cache.get(key)
    if found is not None:
        return found
    if not ONE_AT_A_TIME.acquire(timeout=PATIENCE_SECONDS):
        raise Overloaded("Others are comparing large teams at the moment; try again.")
    try:
        # Who was waited for may have made the same: the cache is asked once more.
        return kept(*arguments)
    finally:
        ONE_AT_A_TIME.release()


def team_scope(scope: Scope) -> Scope:
    """Everybody in the dates of a scope, whoever asks."""
    return without_viewer(replace(scope, moderator=None, session=None))


def size_of(team: TeamVerdicts) -> int:
    """The memory that verdicts take, as good as all of it."""
    return PERSON_BYTES * (len(team.names) + len(team.aside))


@cached(KeptThings(MAX_BYTES, size_of), key=cache_key, lock=kept_lock)
@plain
def _judge_cached(scope: Scope, min_others: int) -> TeamVerdicts:
    return _judge(team_work(scope), min_others)


@dataclass(frozen=True)
class TeamWork:
    """Everybody's work of a scope. What a measure compares people by is made when it is asked for.

    Of two thousand people's year each is a dozen MiB: it should be let go before the next.
    """

    names: tuple[str, ...]
    sessions: "Sessions"
    team: "Team"

    def rejects(self) -> Work:
        """Decided views and those rejected."""
        sessions, team = self.sessions, self.team
        return team.work(sessions.decided, sessions.rejected, team.part_decided, team.part_rejected)

    def completion(self) -> Work:
        """Views and those completed."""
        return self.team.work(self.sessions.videos, self.sessions.completed, self.team.part_videos)

    def timed(self) -> TimedSessions:
        """The sessions with decided views and active time."""
        return self.team.timed(self.sessions.timed_decided, self.sessions.active_seconds)


def team_work(scope: Scope) -> TeamWork:
    """The work of a ``team_scope``; it must be called inside a snapshot, which keeps the last."""
    return current_state().latest(
        "team work", scope, lambda: TeamWork(*read_team(read_summaries(scope)))
    )


def _judge(work: TeamWork, min_others: int) -> TeamVerdicts:
    """Compare everybody by each measure."""
    names, sessions, team = work.names, work.sessions, work.team
    rejects = compare_rate(work.rejects(), BUDGETS["reject_rate"], min_others=min_others)
    completion = compare_rate(work.completion(), BUDGETS["completion_rate"], min_others=min_others)
    timed = work.timed()
    times, aside = compare_times(
        timed,
        BUDGETS["handle_seconds"],
        excluded=completion.named("low"),
        min_others=min_others,
    )
    return TeamVerdicts(
        names,
        {"reject_rate": rejects, "handle_seconds": times, "completion_rate": completion},
        skips=completion.named("low") & (times.below < FASTER),
        careful=times.named("high") & (completion.above < MAY_COMPLETE_MORE),
        quick=times.named("low") & completion.judged & (completion.side == 0),
        aside=tuple(
            AsideSession(
                names[team.person[at]],
                int(sessions.ids[at]),
                float(sessions.active_seconds[at]),
                int(sessions.timed_decided[at]),
            )
            for at in sessions.timed[aside]
        ),
        others=team.fewest_others(),
        queued=team.share_with_queue(),
        learners=tuple(find_learners(timed)),
    )


@dataclass(frozen=True)
class Sessions:
    """The ids and counters of sessions, an array each."""

    ids: Whole
    videos: Floats
    completed: Floats
    decided: Floats
    rejected: Floats
    timed_decided: Floats
    active_seconds: Floats

    @property
    def timed(self) -> Whole:
        """The sessions with decided views and active time."""
        return np.flatnonzero((self.timed_decided > 0) & (self.active_seconds > 0))


def read_team(summaries: SummaryReader) -> tuple[tuple[str, ...], Sessions, "Team"]:
    """The names of everybody with a session, in order, their sessions, and whose these are."""
    work = session_work(summaries)
    usernames = Moderator.objects.in_bulk(np.unique(work["moderator_id"]).tolist())
    ordered = sorted(usernames, key=lambda pk: usernames[pk].username)
    of_key = np.argsort(ordered)
    person = of_key[np.searchsorted(np.sort(ordered), work["moderator_id"])]
    weeks, week = np.unique(work["week"], return_inverse=True)
    # Those of the ids not as a part of an array that would stay for them.
    ids = work.pop("session_id").copy()
    column = {name: values.astype(np.float64) for name, values in work.items()}
    del work
    sessions = Sessions(
        ids,
        column["videos"],
        column["completed"],
        column["accepted"] + column["rejected"],
        column["rejected"],
        column["timed_decided"],
        (column["logged_us"] - column["idle_us"]) / SECOND_US,
    )
    del column
    names = tuple(usernames[pk].username for pk in ordered)
    parts, queues = read_parts(summaries, sessions)
    team = Team(len(names), queues, weeks, person, week, *parts)
    return names, sessions, team


Parts = tuple[Whole, Whole, Floats, Floats, Floats]


def read_parts(summaries: SummaryReader, sessions: Sessions) -> tuple[Parts, Whole]:
    """The queues of each session: a row a session and queue; and the numbers of all queues.

    The columns are those of ``Team``.
    """
    count = len(sessions.ids)
    rows = session_queues(summaries)
    names, queue = np.unique(rows["name"], return_inverse=True)
    queues = len(names)
    order = np.argsort(sessions.ids)
    session = order[np.searchsorted(sessions.ids, rows["session_id"], sorter=order)]
    own = rows["of_views"] == 1
    # The views whose own queue is known: a part a session and queue.
    decision, n = rows["decision"][own], rows["n"][own]
    place, at = np.unique(session[own] * (queues + 1) + queue[own], return_inverse=True)
    known, known_queue = place // (queues + 1), place % (queues + 1)
    views = sums_by(at, n, len(place))
    decided = sums_by(at, n * (decision != UNDECIDED), len(place))
    rejected = sums_by(at, n * (decision == REJECTED), len(place))
    # The rest of each session, shared by the items of its active queues.
    left_views = sessions.videos - sums_by(known, views, count)
    left_decided = sessions.decided - sums_by(known, decided, count)
    without = np.flatnonzero(np.bincount(session[~own], minlength=count) == 0)
    session = np.concatenate([session[~own], without])
    queue = np.concatenate([queue[~own], np.full(len(without), queues)])
    items = np.maximum(np.concatenate([rows["amount"][~own], np.ones(len(without))]), 1.0)
    share = items / sums_by(session, items, count)[session]
    return (
        np.concatenate([known, session]),
        np.concatenate([known_queue, queue]),
        np.concatenate([views, share * left_views[session]]),
        np.concatenate([decided, share * left_decided[session]]),
        np.concatenate([rejected, np.full(len(session), np.nan)]),
    ), names


@dataclass(frozen=True)
class Team:
    """Sessions by person and week, and the parts of each by queue: a row a session and queue.

    ``queue_numbers`` stand for the queues' names (``by_session.queue_numbers``), ``week_numbers``
    for ISO weeks (202611). A ``part_queue`` of the number ``queues`` is unknown.
    ``part_videos``, ``part_decided``: views of a part, fractions where only shares are known;
    ``part_rejected``: NaN where it is unknown.
    """

    people: int
    queue_numbers: Whole
    week_numbers: Whole
    person: Whole
    week: Whole
    part_session: Whole
    part_queue: Whole
    part_videos: Floats
    part_decided: Floats
    part_rejected: Floats

    @property
    def queues(self) -> int:
        """How many queues there are."""
        return len(self.queue_numbers)

    @property
    def weeks(self) -> int:
        """How many weeks there are, 1 or more."""
        return max(len(self.week_numbers), 1)

    def work(
        self, n: Floats, hits: Floats, part_n: Floats, part_hits: Floats | None = None
    ) -> Work:
        """Trials and hits by session, as sums where a session has one queue."""
        worked = part_n > 0
        queues_worked = np.bincount(self.part_session[worked], minlength=len(n))
        mixed, part_session, parts = self.chosen(queues_worked > 1, worked)
        return Work(
            self.people,
            self.queues,
            self.weeks,
            self.sums(n, hits, parts=(queues_worked == 1)[self.part_session] & worked),
            Mixed(
                self.person[mixed],
                self.week[mixed],
                n[mixed],
                hits[mixed],
                part_session,
                self.part_queue[parts],
                part_n[parts],
                np.full(len(part_session), np.nan) if part_hits is None else part_hits[parts],
            ),
        )

    def sums(self, n: Floats, hits: Floats, *, parts: Flags) -> Sums:
        """Trials and hits by person, queue and week, of sessions that are one part each."""
        session = self.part_session[parts]
        cell = (self.person[session] * (self.queues + 1) + self.part_queue[parts]) * self.weeks
        end = self.people * (self.queues + 1) * self.weeks
        cells, at = distinct(cell + self.week[session], end)

        def summed(values: Floats) -> Floats:
            return sums_by(at, values[session], len(cells))

        return Sums(
            person=cells // self.weeks // (self.queues + 1),
            queue=cells // self.weeks % (self.queues + 1),
            week=cells % self.weeks,
            sessions=np.bincount(at, minlength=len(cells)).astype(np.int64),
            n=summed(n),
            hits=summed(hits),
            nn=summed(n * n),
            hh=summed(hits * hits),
            hn=summed(hits * n),
        )

    def fewest_others(self) -> Whole:
        """In each person's queue and week with the fewest others, how many others have worked."""
        has_views = self.part_videos > 0
        session = self.part_session[has_views]
        cells = (self.queues + 1) * self.weeks
        cell = self.part_queue[has_views] * self.weeks + self.week[session]
        worked = np.unique(self.person[session] * cells + cell)
        person, cell = worked // cells, worked % cells
        others = np.full(self.people, self.people, np.int64)
        np.minimum.at(others, person, np.bincount(cell, minlength=cells)[cell] - 1)
        return others

    def share_with_queue(self) -> Floats:
        """The share of each person's videos whose queue is known."""
        person, known = self.person[self.part_session], self.part_queue < self.queues
        videos = sums_by(person, self.part_videos, self.people)
        return divided(sums_by(person, self.part_videos * known, self.people), videos)

    def timed(self, n: Floats, seconds: Floats) -> TimedSessions:
        """The sessions with decided views and active time."""
        timed, part_session, parts = self.chosen((n > 0) & (seconds > 0), self.part_decided > 0)
        return TimedSessions(
            self.people,
            self.queues,
            self.weeks,
            self.person[timed],
            self.week[timed],
            n[timed],
            seconds[timed],
            part_session,
            self.part_queue[parts],
            self.part_decided[parts] / n[timed][part_session],
        )

    def chosen(self, sessions: Flags, worked: Flags) -> tuple[Whole, Whole, Flags]:
        """The flagged sessions, their worked parts' positions among them, and these parts."""
        chosen = np.flatnonzero(sessions).astype(np.int64)
        parts: Flags = sessions[self.part_session] & worked
        position = np.cumsum(sessions) - 1
        return chosen, position[self.part_session[parts]].astype(np.int64), parts
