"""Moderators whose review work differs from what the team does in the same queues and weeks.

Each is compared with everybody else by ``analytics.comparison``: expected from the others in the
same queues and weeks, within limits that hold chance by sessions and the ordinary spread between
people, with one error rate over a whole look. docs/insights.md explains the rules.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analytics.comparison.judging import BUDGETS, MIN_PEOPLE, Verdicts
from analytics.comparison.rates import MIN_SESSIONS, MIN_TRIALS
from analytics.formatting import interval as interval_words
from analytics.formatting import join_names, plural, seconds, share, share_interval
from analytics.insights.registry import Finding, FindingData, Interval, finding, n_words, too_few
from analytics.metrics.team_work import TeamVerdicts


@dataclass(frozen=True)
class Measure:
    """A measure of review work in words; ``column`` is the metric's."""

    column: str
    words: str
    counted: str
    size: Callable[[float], str]
    range_words: Callable[[float, float], str]


def share_range(low: float, high: float) -> str:
    """``12.3–45.6 %``."""
    return f"{share_interval(low, high)} %"


REJECT_RATE = Measure("reject_rate", "reject rate", "videos decided", share, share_range)
COMPLETION = Measure("completion_rate", "completion rate", "videos", share, share_range)
HANDLE_TIME = Measure(
    "handle_seconds",
    "handle time",
    "videos decided",
    seconds,
    lambda low, high: f"{interval_words(low, high)} s",
)


@dataclass(frozen=True)
class Judged:
    """One moderator outside the limits that the moderator was judged by."""

    moderator: str
    value: float
    expected: float
    low: float
    high: float
    n: int
    sessions: int

    def words(self, measure: Measure) -> str:
        """``ann: 61.0 %, expected 24.1 %, limits 12.3–41.0 %, n = 510 videos in 17 sessions``."""
        return (
            f"{self.moderator}: {measure.size(self.value)}, expected"
            f" {measure.size(self.expected)}, limits {measure.range_words(self.low, self.high)},"
            f" {n_words(self.n, measure.counted, measure.counted)} in"
            f" {plural(self.sessions, 'session')}"
        )


def outside(team: TeamVerdicts, measure: Measure) -> list[Judged]:
    """Whom a measure names, the farthest from what is expected first."""
    verdicts = team.by_measure[measure.column]
    named = verdicts.named(BUDGETS[measure.column].side)
    if measure is HANDLE_TIME:
        named = named & ~team.careful
    away = np.minimum(verdicts.below, verdicts.above)
    order = sorted(np.flatnonzero(named), key=lambda at: (away[at], team.names[at]))
    return [judged(team, verdicts, int(at)) for at in order]


def judged(team: TeamVerdicts, verdicts: Verdicts, at: int) -> Judged:
    """One person's verdict."""
    return Judged(
        team.names[at],
        float(verdicts.value[at]),
        float(verdicts.expected[at]),
        float(verdicts.low[at]),
        float(verdicts.high[at]),
        int(verdicts.n[at]),
        int(verdicts.sessions[at]),
    )


def outside_the_limits(data: FindingData, measure: Measure) -> Finding:
    """The finding about those outside their limits of one measure."""
    team = data.team
    verdicts = team.by_measure[measure.column]
    n = int(verdicts.n.sum())
    if not verdicts.judged.any():
        return too_few(
            n,
            measure.counted,
            what=f"to compare people by their {measure.words}",
            needs=(
                f"{MIN_PEOPLE} moderators with {MIN_TRIALS} in {MIN_SESSIONS} sessions each"
                " are needed, in queues and weeks that others work in too"
            ),
        )
    people = outside(team, measure)
    many = int(verdicts.judged.sum())
    details = [person.words(measure) for person in people]
    if measure is HANDLE_TIME and team.aside:
        kept_out = plural(team.aside, "session")
        details.append(f"{kept_out} far longer than usual count in nobody's verdict")
    low, high = (
        float(np.median(limits[verdicts.judged])) for limits in (verdicts.low, verdicts.high)
    )
    if people:
        first = people[0]
        names = join_names([f"{p.moderator} ({measure.size(p.value)})" for p in people], most=4)
        sentence = (
            f"The {measure.words} of {names} differs from what the team does in the same queues"
            " and weeks. Look at it together."
        )
        evidence = first.words(measure)
        interval = Interval(first.low, first.high, of=f"the limits of {first.moderator}")
    else:
        sentence = f"Nobody's {measure.words} lies outside their limits."
        evidence = (
            f"the usual limits are {measure.range_words(low, high)}, for {many} moderators,"
            f" {n_words(n, measure.counted, measure.counted)}"
        )
        interval = Interval(low, high, of="the usual limits of one person")
    return Finding(
        level="watch" if people else "good",
        sentence=sentence,
        n=n,
        counted=measure.counted,
        evidence=evidence,
        interval=interval,
        numbers={"moderators": many, "outside": len(people)},
        details=tuple(details),
        people={person.moderator: (measure.words,) for person in people},
    )


@finding(title="Reject rates across the team", metric="moderator-review", about_people=True)
def unusual_reject_rate(data: FindingData) -> Finding:
    """Moderators whose reject rate differs from the team's in the same queues and weeks.

    Reject rate = rejected / decided. Expected is what everybody else does in the queues and weeks
    that a person worked in. The limits hold chance (videos of one session are alike), the
    ordinary spread between people, and that many are compared at once: where nobody differs, a
    look at all findings about people names somebody in at most 6 of 100 cases. Judged are those
    with 30 decided videos in 3 sessions. A rate alone is no fault.
    """
    return outside_the_limits(data, REJECT_RATE)


@finding(title="Handle times across the team", metric="moderator-review", about_people=True)
def unusual_handle_time(data: FindingData) -> Finding:
    """Moderators slower than the team in the same queues and weeks.

    Handle time = active time / decided videos. Limits as for the reject rate. A session far
    longer than the person's own pace explains (a forgotten tab) counts in nobody's verdict. Who
    is slower and completes more is not named.
    """
    return outside_the_limits(data, HANDLE_TIME)


@finding(title="Completion across the team", metric="moderator-review", about_people=True)
def unusual_completion(data: FindingData) -> Finding:
    """Moderators who complete fewer videos than the team in the same queues and weeks.

    Completion rate = completed / videos. Limits as for the reject rate.
    """
    return outside_the_limits(data, COMPLETION)
