"""A team's review work as the comparison of people takes it: by queue, week and session.

A session's one active queue is its queue; one of several is shared by their items; one without
is compared by its week alone.
"""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from analytics.comparison.judging import BUDGETS, FASTER, Verdicts
from analytics.comparison.rates import compare_rate
from analytics.comparison.times import TimedSessions, compare_times
from analytics.comparison.work import Flags, Floats, Mixed, Sums, Whole, Work, sums_by
from analytics.scope import Scope
from analytics.summaries.reading import read_summaries
from analytics.summaries.snapshots import snapshot

MICROSECONDS = 1e6


@dataclass(frozen=True)
class AsideSession:
    """A session far longer than its person's pace explains: in nobody's verdict on times."""

    moderator: str
    session: int
    seconds: float
    decided: int


@dataclass(frozen=True)
class TeamVerdicts:
    """What is said of each of ``names`` by measure; positions are those of ``names``.

    ``skips``: completes less than expected, and is faster: speed without care. ``careful``:
    slower than expected, and completes more. ``quick``: faster than expected, and completes as
    much. ``aside``: sessions set aside as forgotten tabs. ``others``: in the queue of each
    person's with the fewest, how many others have worked. ``queued``: the share of each person's
    sessions whose queue is known.
    """

    names: tuple[str, ...]
    by_measure: dict[str, Verdicts]
    skips: Flags
    careful: Flags
    quick: Flags
    aside: tuple[AsideSession, ...]
    others: Whole
    queued: Floats


def judge_team(scope: Scope) -> TeamVerdicts:
    """Compare everybody whose sessions are in ``scope`` with the others."""
    with snapshot():
        summaries = read_summaries(replace(scope, moderator=None))
        rows, queues = summaries.comparison_rows, summaries.queues_by_session
    names = tuple(sorted({row["username"] for row in rows}))
    place = {name: at for at, name in enumerate(names)}
    queue_names = sorted({name for found in queues.values() for name in found})
    queue_place = {name: at for at, name in enumerate(queue_names)}
    weeks: dict[tuple[int, int], int] = {}

    def week_of(day: date) -> int:
        return weeks.setdefault(day.isocalendar()[:2], len(weeks))

    person = np.array([place[row["username"]] for row in rows], np.int64)
    week = np.array([week_of(row["day"]) for row in rows], np.int64)
    parts = [
        (at, queue_place[name], items / sum(found.values()))
        for at, row in enumerate(rows)
        if (found := queues.get(row["session_id"]))
        for name, items in found.items()
    ]
    with_queue = {at for at, _queue, _share in parts}
    parts += [(at, len(queue_names), 1.0) for at in range(len(rows)) if at not in with_queue]
    team = Team(
        len(names),
        len(queue_names),
        max(len(weeks), 1),
        person,
        week,
        np.array([at for at, _queue, _share in parts], np.int64),
        np.array([queue for _at, queue, _share in parts], np.int64),
        np.array([share for _at, _queue, share in parts], np.float64),
    )

    def column(*sums: str) -> Floats:
        return np.array([sum(row[name] for name in sums) for row in rows], np.float64)

    rejects = compare_rate(
        team.work(column("accepted", "rejected"), column("rejected")), BUDGETS["reject_rate"]
    )
    completion = compare_rate(
        team.work(column("videos"), column("completed")), BUDGETS["completion_rate"]
    )
    active = (column("logged_us") - column("idle_us")) / MICROSECONDS
    timed_n = column("timed_decided")
    times, aside = compare_times(
        team.timed(timed_n, active),
        BUDGETS["handle_seconds"],
        apart=completion.named("low"),
    )
    return TeamVerdicts(
        names,
        {"reject_rate": rejects, "handle_seconds": times, "completion_rate": completion},
        skips=completion.named("low") & (times.below < FASTER),
        careful=times.named("high") & (completion.above < FASTER),
        quick=times.named("low") & completion.judged & (completion.side == 0),
        aside=tuple(
            AsideSession(
                names[person[at]], rows[at]["session_id"], float(active[at]), int(timed_n[at])
            )
            for at in np.flatnonzero((timed_n > 0) & (active > 0))[aside]
        ),
        others=team.others_in_queues(),
        queued=team.share_with_queue(),
    )


@dataclass(frozen=True)
class Team:
    """Sessions by person and week, and the queues that share each: a row a session and queue."""

    people: int
    queues: int
    weeks: int
    person: Whole
    week: Whole
    part_session: Whole
    part_queue: Whole
    part_share: Floats

    def work(self, n: Floats, hits: Floats) -> Work:
        """Trials and hits by session, as sums where a session has one queue."""
        many = len(n)
        single = (np.bincount(self.part_session, minlength=many) == 1) & (n > 0)
        one = single[self.part_session]
        session = self.part_session[one]
        cell = (self.person[session] * (self.queues + 1) + self.part_queue[one]) * self.weeks
        cells, at = np.unique(cell + self.week[session], return_inverse=True)

        def summed(values: Floats) -> Floats:
            return sums_by(at, values[session], len(cells))

        sums = Sums(
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
        mixed, part_session, kept = self.chosen(~single & (n > 0))
        part_n = n[mixed][part_session] * self.part_share[kept]
        return Work(
            self.people,
            self.queues,
            self.weeks,
            sums,
            Mixed(
                self.person[mixed],
                self.week[mixed],
                n[mixed],
                hits[mixed],
                part_session,
                self.part_queue[kept],
                part_n,
                np.full(len(part_n), np.nan),
            ),
        )

    def others_in_queues(self) -> Whole:
        """In each person's queue with the fewest others, how many others have worked."""
        worked = np.zeros((self.people, self.queues + 1), bool)
        worked[self.person[self.part_session], self.part_queue] = True
        others = np.where(worked, worked.sum(axis=0) - 1, self.people)
        found: Whole = others.min(axis=1).astype(np.int64)
        return found

    def share_with_queue(self) -> Floats:
        """The share of each person's sessions whose queue is known."""
        known = self.part_queue < self.queues
        share = sums_by(self.person[self.part_session], self.part_share * known, self.people)
        return share / np.maximum(np.bincount(self.person, minlength=self.people), 1)

    def timed(self, n: Floats, seconds: Floats) -> TimedSessions:
        """The sessions with decided views and active time."""
        found, part_session, kept = self.chosen((n > 0) & (seconds > 0))
        return TimedSessions(
            self.people,
            self.queues,
            self.weeks,
            self.person[found],
            self.week[found],
            n[found],
            seconds[found],
            part_session,
            self.part_queue[kept],
            self.part_share[kept],
        )

    def chosen(self, which: Flags) -> tuple[Whole, Whole, Flags]:
        """The sessions that are chosen, the parts' positions among them, and the parts kept."""
        found = np.flatnonzero(which).astype(np.int64)
        kept: Flags = which[self.part_session]
        position = np.cumsum(which) - 1
        return found, position[self.part_session[kept]].astype(np.int64), kept
