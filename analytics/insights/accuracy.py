"""Whose checked decisions are wrong more often than the others': an outcome to coach on."""

from dataclasses import replace

import numpy as np

from analytics.access import MIN_TEAM
from analytics.comparison.judging import Verdicts
from analytics.insights.findings import NamedPerson
from analytics.insights.people import ACCURACY, Compared, Look, recent_looks
from analytics.insights.registry import FindingData
from analytics.metrics.checked_work import CheckedTeam, judge_checked
from analytics.metrics.moderator_comparison import says_the_same

SAME = "the same queues and weeks"


def accuracy_verdicts(data: FindingData) -> Verdicts:
    """The verdicts on everybody whose decisions were checked."""
    return judge_checked(data.scope).verdicts


def people_by_accuracy(data: FindingData) -> list[NamedPerson]:
    """Whose accuracy lies below their limits, by name."""
    team = judge_checked(data.scope)
    positions = [int(at) for at in np.flatnonzero(team.verdicts.named("low"))]
    if not positions:
        return []
    allowed = judge_checked(data.scope, min_others=MIN_TEAM)
    has_length = data.scope.start is not None and data.scope.end is not None
    looks = [look_of(judge_checked(look.scope)) for look in data.earlier] if has_length else None
    people = []
    for at in positions:
        compared = compare(team, at)
        own = None
        if says_the_same(team.verdicts, allowed.verdicts, at):
            own = compare(allowed, at)
        # Limits stand in a sentence only where the person sees the same ones beside it.
        is_shareable = own is not None and compared.reads_like(own)
        compared = replace(compared, is_shareable=is_shareable)
        sentence = f"Coach {compared.moderator}: {compared.did}. {compared.ordinary(ACCURACY.side)}"
        people.append(
            compared.named(sentence, recent=recent_looks(compared.moderator, looks), own=own)
        )
    return people


def compare(team: CheckedTeam, at: int) -> Compared:
    """How the person at a position was judged."""
    others = int(team.verdicts.others[at])
    return Compared.of(team.names[at], ACCURACY, team.verdicts, at, others=others, same=SAME)


def look_of(team: CheckedTeam) -> Look:
    """The same as a look, to count it among others."""
    return Look(team.names, team.verdicts.judged, team.verdicts.named("low"))
