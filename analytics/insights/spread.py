"""Moderators whose review work differs from what the team does in the same queues and weeks.

Each is compared with everybody else by ``analytics.comparison``: expected from the others in the
same queues and weeks, within limits that hold chance by sessions and the ordinary spread between
people, with one error rate over a whole look. docs/insights.md explains the rules.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from django.utils.text import capfirst

from analytics.access import MIN_TEAM
from analytics.comparison.judging import MIN_PEOPLE, Verdicts
from analytics.comparison.rates import MIN_SESSIONS, MIN_TRIALS
from analytics.comparison.work import Flags
from analytics.formatting import count, join_names, plural
from analytics.insights.findings import Finding, FindingLevel, Interval, NamedPerson, too_few
from analytics.insights.people import (
    BY_QUEUE,
    COMPLETION,
    HANDLE_TIME,
    REJECT_RATE,
    Compared,
    Look,
    Measure,
    aside_words,
    recent_looks,
)
from analytics.insights.registry import FindingData, finding, n_words
from analytics.metrics.moderator_comparison import BY_COLUMN, says_the_same, seen_note
from analytics.metrics.team_work import TeamVerdicts, judge_team

#: Whom a finding names in a look.
Select = Callable[[FindingData], Flags]


def outside(data: FindingData, measure: Measure) -> Flags:
    """Whom a measure names: outside on the side that counts.

    Slow with more care, or in the first weeks, counts against nobody.
    """
    team = data.team
    named = team.by_measure[measure.column].named(measure.side)
    if measure is not HANDLE_TIME:
        return named
    slow: Flags = named & ~team.careful & ~data.slow_newcomers
    return slow


def farthest_first(team: TeamVerdicts, measure: Measure, named: Flags) -> list[int]:
    """The positions of those who are named, the farthest from expected first."""
    verdicts = team.by_measure[measure.column]
    away = np.minimum(verdicts.below, verdicts.above)
    return sorted((int(at) for at in np.flatnonzero(named)), key=lambda at: (away[at], at))


def earlier_looks(data: FindingData, measure: Measure, select: Select) -> Sequence[Look] | None:
    """The looks before this one; None where the scope has no length."""
    if data.scope.start is None or data.scope.end is None:
        return None
    return [
        Look(look.team.names, look.team.by_measure[measure.column].judged, select(look))
        for look in data.earlier
    ]


def named_people(
    data: FindingData,
    measure: Measure,
    select: Select,
    words: Callable[[Compared], str],
) -> list[NamedPerson]:
    """Those whom ``select`` names, the farthest first, each with a sentence."""
    team = data.team
    order = farthest_first(team, measure, select(data))
    looks = earlier_looks(data, measure, select) if order else None
    asides = team.aside if measure is HANDLE_TIME and order else ()
    lines = dict(zip(asides, aside_words(asides), strict=True))
    people = []
    for at in order:
        compared, own = compared_in_words(data, measure, at)
        left_out = [
            line for session, line in lines.items() if session.moderator == compared.moderator
        ]
        recent = recent_looks(compared.moderator, looks)
        people.append(
            compared.named(
                words(compared),
                recent=recent,
                own=own,
                left_out=" ".join(left_out),
            )
        )
    return people


def compared_in_words(
    data: FindingData, measure: Measure, at: int
) -> tuple[Compared, Compared | None]:
    """How the person at a position was judged, and what they may see of it; None: nothing.

    Sentences give limits only where the person sees the same ones beside them.
    """
    compared = Compared.of_work(data.team, measure, at)
    allowed = judge_team(data.scope, min_others=MIN_TEAM)
    decided, displayed = (team.by_measure[measure.column] for team in (data.team, allowed))
    if not says_the_same(decided, displayed, at):
        return replace(compared, is_shareable=False), None
    own = Compared.of_work(allowed, measure, at)
    shareable = compared.is_shareable and compared.reads_like(own)
    return replace(compared, is_shareable=shareable), own


def too_few_to_compare(measure: Measure, verdicts: Verdicts) -> Finding:
    """The finding where nobody can be judged, with the difference that would have been seen."""
    unjudged = too_few(
        int(verdicts.n.sum()),
        measure.counted[1],
        about=f"to compare people by their {measure.words}",
        needs=(
            f"{MIN_PEOPLE} moderators with {MIN_TRIALS} in {MIN_SESSIONS} sessions each are"
            " needed, in queues and weeks that others work in too"
        ),
    )
    return replace(unjudged, details=(seen_note(BY_COLUMN[measure.column], verdicts),))


def ordinary_limits(measure: Measure, verdicts: Verdicts) -> Interval:
    """The limits in the middle of those of everybody who was judged."""
    low, high = (
        float(np.median(limits[verdicts.judged])) for limits in (verdicts.low, verdicts.high)
    )
    return Interval(low, high, of="the usual limits of one person")


#: What is true where somebody lies outside, but not so that it counts against them.
NOBODY_NAMED = {
    HANDLE_TIME: (
        "Nobody is slower than is ordinary for their {work} without completing more or being new."
    ),
    COMPLETION: "Nobody completes fewer videos than is ordinary for their {work}.",
}


#: Who takes that many times as long would be seen, or a share that differs by so much: where only
#: more would be, nobody is called ordinary.
MAX_SEEN_TIMES, MAX_SEEN_SHARE = 3.0, 0.5


def work_words(team: TeamVerdicts, verdicts: Verdicts) -> str:
    """What people's work was alike in: queues too where most of the work names them."""
    by_queue = np.median(team.queued[verdicts.judged]) >= BY_QUEUE
    return "queues and weeks" if by_queue else "weeks"


def would_be_seen(measure: Measure, verdicts: Verdicts) -> bool:
    """Whether somebody who differs by much would be seen, for most people's amount of work."""
    difference = verdicts.detectable_difference
    if measure is HANDLE_TIME:
        usual = float(np.nanmedian(verdicts.expected))
        return difference <= (MAX_SEEN_TIMES - 1) * usual
    return difference <= MAX_SEEN_SHARE


def nobody_named(measure: Measure, work: str, verdicts: Verdicts) -> tuple[FindingLevel, str]:
    """The level and the sentence where no value counts against anybody."""
    if not would_be_seen(measure, verdicts):
        return "note", f"Cannot tell whether anybody's {measure.words} is unusual."
    if verdicts.outside.any() and measure in NOBODY_NAMED:
        return "good", NOBODY_NAMED[measure].format(work=work)
    return "good", f"Everybody's {measure.words} is ordinary for their {work}."


def outside_the_limits(data: FindingData, measure: Measure) -> Finding:
    """The finding about those outside their limits of one measure."""
    team = data.team
    verdicts = team.by_measure[measure.column]
    if not verdicts.judged.any():
        return too_few_to_compare(measure, verdicts)
    people = named_people(
        data,
        measure,
        lambda look: outside(look, measure),
        lambda compared: f"{compared.moderator} {compared.did}. {compared.ordinary(measure.side)}",
    )
    n, many = int(verdicts.n.sum()), int(verdicts.judged.sum())
    beyond = int(verdicts.named(measure.side).sum())
    limits = ordinary_limits(measure, verdicts)
    usual = measure.limits(limits.low, limits.high, measure.side)
    work = work_words(team, verdicts)
    level: FindingLevel = "watch"
    if people:
        names = join_names(
            [f"{p.moderator} ({measure.write(p.value or 0.0)})" for p in people], max_names=4
        )
        sentence = (
            f"{capfirst(measure.words)} outside what is ordinary for the same {work}: {names}."
            " Look at it together."
        )
    else:
        level, sentence = nobody_named(measure, work, verdicts)
    asides = aside_words(team.aside) if measure is HANDLE_TIME else []
    if level == "note":
        asides.insert(0, seen_note(BY_COLUMN[measure.column], verdicts))
    return Finding(
        level=level,
        sentence=sentence,
        n=n,
        counted=measure.counted[1],
        evidence=(
            f"{count(beyond)} of {plural(many, 'moderator')} outside their own limits;"
            f" for most, {usual} is ordinary, {n_words(n, *measure.counted)}"
        ),
        interval=limits,
        numbers={"moderators": many, "outside": len(people)},
        details=(*(person.sentence for person in people), *asides),
        people=tuple(people),
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
    is slower and, as far as can be seen, completes more is not named.
    """
    return outside_the_limits(data, HANDLE_TIME)


@finding(title="Completion across the team", metric="moderator-review", about_people=True)
def unusual_completion(data: FindingData) -> Finding:
    """Moderators who complete fewer videos than the team in the same queues and weeks.

    Completion rate = completed / videos. Limits as for the reject rate.
    """
    return outside_the_limits(data, COMPLETION)


@finding(title="Speed and care", metric="moderator-review", about_people=True)
def speed_and_care(data: FindingData) -> Finding | None:
    """Who is slower and completes more, or faster and completes as much: no reason to act.

    Slower, or faster: handle time outside one's own limits. More: completion above what is
    expected, chance being the less likely reason (one-sided p < 1/3: it takes no proof not to be
    blamed); as much: completion within one's own limits. Newcomers have a finding of their own.
    """

    def words(compared: Compared) -> str:
        slower = compared.value > compared.expected
        care = "completes more than expected" if slower else "completes as much as others"
        held = "Slower with more care" if slower else "Fast with the same care"
        return f"{compared.moderator} {compared.did}, and {care}. {held} is held against nobody."

    def another_pace(look: FindingData) -> Flags:
        paced: Flags = (look.team.careful & ~look.slow_newcomers) | look.team.quick
        return paced

    people = named_people(data, HANDLE_TIME, another_pace, words)
    if not people:
        return None
    verdicts = data.team.by_measure[HANDLE_TIME.column]
    n = int(verdicts.n.sum())
    return Finding(
        level="note",
        sentence=(
            f"Another pace than the team's, with as much care or more:"
            f" {join_names([person.moderator for person in people], max_names=4)}. That is held"
            " against nobody."
        ),
        n=n,
        counted=HANDLE_TIME.counted[1],
        evidence=n_words(n, *HANDLE_TIME.counted),
        interval=ordinary_limits(HANDLE_TIME, verdicts),
        numbers={"moderators": int(verdicts.judged.sum()), "outside": len(people)},
        details=tuple(person.sentence for person in people),
        people=tuple(people),
    )
