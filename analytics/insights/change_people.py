"""Whose work changed beyond what the same queues explain, for leads."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from analytics.comparison.changes import Chance, ClusterSums, chances_of_ratio
from analytics.comparison.day_variance import between_days, freedom_of_median
from analytics.comparison.design_effect import design_effect_of_rates
from analytics.insights.period_changes import Candidate, Kind
from analytics.metrics.ratios import RATIOS, sums_by_moderator
from analytics.metrics.team_work import TeamVerdicts, judge_team
from analytics.scope import Scope
from analytics.summaries.reading import read_summaries

#: The measures of people: how each is called, and its kind.
PEOPLE_MEASURES: tuple[tuple[str, str, Kind], ...] = (
    ("reject_rate", "reject rate", "share"),
    ("completion_rate", "completion", "share"),
    ("handle_seconds", "handle time", "seconds"),
)


#: With fewer people nobody is judged.
MIN_JUDGED = 5
#: With fewer sessions in either period nobody's change is judged.
MIN_SESSIONS = 10


@dataclass(frozen=True)
class OwnChange:
    """One person's figure in either period, what others explain of its change, and its chance."""

    person: str
    before: ClusterSums
    now: ClusterSums
    explained: float
    chance: Chance
    unit: float

    @property
    def residual(self) -> float:
        """The change that nothing explains; times as a share of the person's own."""
        return (self.now.ratio - self.before.ratio - self.explained) / self.unit


def people_candidates(now: Scope, before: Scope) -> Iterator[Candidate]:
    """Yield each measure of everybody who is judged in both periods.

    A change is that of the person's own figure, less that of what the others do in the same queues
    and weeks. It varies by the person's own sessions, at least as everybody's sessions do, and
    as the changes of people differ.
    """
    teams = judge_team(before), judge_team(now)
    names = [name for name, _, _ in PEOPLE_MEASURES]
    sums = [sums_by_moderator(read_summaries(scope), names) for scope in (before, now)]
    for at, (measure, words, kind) in enumerate(PEOPLE_MEASURES):
        own = own_changes(measure, teams, [{p: s[at] for p, s in of.items()} for of in sums])
        if len(own) < MIN_JUDGED:
            continue
        residual = np.array([each.residual for each in own])
        chance = np.array([(each.chance.error / each.unit) ** 2 for each in own])
        between = between_days(residual, chance)
        for each in own:
            yield Candidate(
                f"{each.person}: {words}", "moderator-review", measure, kind,
                each.before.ratio, each.now.ratio,
                chances=[widened(each.chance, between * each.unit**2, len(own))],
                keys={"moderator": each.person}, measure=measure, expected=each.explained,
            )  # fmt: skip


def own_changes(
    measure: str,
    teams: tuple[TeamVerdicts, TeamVerdicts],
    sums: Sequence[Mapping[str, ClusterSums]],
) -> list[OwnChange]:
    """The changes of a measure, of everybody who is judged in both periods."""
    is_share = RATIOS[measure].is_share
    effect = 1.0
    if is_share:
        effect = design_effect_of_rates(one for period in sums for one in period.values())
    places = [{name: at for at, name in enumerate(team.names)} for team in teams]
    verdicts = [team.by_measure[measure] for team in teams]
    own: list[OwnChange] = []
    for person in sorted(places[0].keys() & places[1].keys()):
        spots = [place[person] for place in places]
        then, here = (period[person] for period in sums)
        judged = all(verdict.judged[at] for verdict, at in zip(verdicts, spots, strict=True))
        if not judged or min(then.clusters, here.clusters) < MIN_SESSIONS:
            continue
        chances = chances_of_ratio([here], [then], is_share=is_share, design_effect=effect)
        others = [float(verdict.expected[at]) for verdict, at in zip(verdicts, spots, strict=True)]
        if chances:
            explained = explained_change(then.ratio, *others, is_share=is_share)
            unit = 1.0 if is_share else then.ratio
            own.append(OwnChange(person, then, here, explained, chances[0], unit))
    return own


def widened(chance: Chance, between: float, people: int) -> Chance:
    """The chance of a change where those of people differ by ``between``, a variance, besides."""
    own = chance.error**2
    total = own + between
    parts = own**2 / chance.freedom + between**2 / freedom_of_median(people)
    return Chance(sqrt(total), total**2 / parts)


def explained_change(
    own: float, others_before: float, others_now: float, *, is_share: bool
) -> float:
    """How far a person's figure would have gone had it changed as that of the others.

    Times change by the same factor, rates by the same factor of their odds: who is twice as fast
    gains half as many seconds.
    """
    if not is_share:
        return own * (others_now / others_before - 1) if others_before > 0 else 0.0
    own_odds, before, now = (
        rate / (1 - rate) for rate in np.clip([own, others_before, others_now], 0.001, 0.999)
    )
    odds = own_odds * now / before
    return float(odds / (1 + odds) - own_odds / (1 + own_odds))
