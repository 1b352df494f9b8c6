"""Where one person stands in every measure, and the findings that name them: the person's page."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from analytics.access import MIN_TEAM
from analytics.comparison.judging import MIN_PEOPLE, Verdicts
from analytics.comparison.rates import MIN_SESSIONS, MIN_TRIALS
from analytics.comparison.rows import MIN_ROWS
from analytics.formatting import plural
from analytics.insights.answered import with_notes
from analytics.insights.coaching import SCORES, judge_score
from analytics.insights.findings import LEVELS, Finding
from analytics.insights.people import REVIEW_MEASURES, Compared, Measure
from analytics.insights.registry import FINDINGS, FindingData
from analytics.metrics.team_work import judge_team
from analytics.reads import read
from analytics.scope import Scope
from analytics.summaries.snapshots import snapshot


@dataclass(frozen=True)
class Standing:
    """A person's value in a measure beside their own limits.

    ``outside``: on a side that counts against somebody or not; None: not judged, and ``reason``
    says why. ``detectable``: the value nearest to the expected one that four of five looks
    would have shown. What the viewer may not see is None.
    """

    measure: Measure
    value: float | None
    n: int
    sessions: int | None
    expected: float | None = None
    low: float | None = None
    high: float | None = None
    detectable: float | None = None
    outside: bool | None = None
    reason: str = ""


@read
def findings_about(scope: Scope) -> list[Finding]:
    """The findings that name the scope's moderator, about that person only; the urgent ones first.

    ``people`` holds one entry, or more where a finding names them for several measures: with the
    sentence, how it was judged (``judged_by``), what was left out and what would change it. In
    the words that the findings of the whole team use.
    """
    data = FindingData(scope)
    with snapshot():
        results = (
            declared(data)
            for declared in FINDINGS.values()
            if declared.about_people and declared.takes(scope)
        )
        named = with_notes(finding for finding in results if finding is not None)
    return sorted(named, key=lambda finding: LEVELS.index(finding.level))


def standings(scope: Scope) -> list[Standing]:
    """Where the scope's moderator stands in every measure in which they have any data."""
    assert scope.moderator is not None
    name = scope.moderator.username
    data = FindingData(scope).of_team
    with snapshot():
        standings_and_others = [
            *_of_work(data, name),
            *_of_scores(data, name),
        ]
    if scope.viewer.sees_everyone:
        return [standing for standing, _ in standings_and_others]
    return [
        _as_themselves(standing, others, data, name) for standing, others in standings_and_others
    ]


def _as_themselves(standing: Standing, others: int, data: FindingData, name: str) -> Standing:
    """The standing as its person sees it: with limits that rest on ``MIN_TEAM`` others.

    Of work they are those of the person's own row of ``moderator-comparison``, unless these would
    say otherwise than the verdict; ``others`` is how many a score was compared with.
    """
    column = standing.measure.column
    hidden = replace(standing, expected=None, low=None, high=None, detectable=None)
    if column not in data.team.by_measure:
        return standing if others >= MIN_TEAM else hidden
    displayed = judge_team(data.scope, min_others=MIN_TEAM).by_measure[column]
    at = data.team.names.index(name)
    if not displayed.judged[at] or bool(displayed.side[at] != 0) != standing.outside:
        return hidden
    return replace(
        standing,
        expected=float(displayed.expected[at]),
        low=float(displayed.low[at]),
        high=float(displayed.high[at]),
        detectable=float(displayed.detectable[at]),
    )


def _of_work(data: FindingData, name: str) -> Iterator[tuple[Standing, int]]:
    team = data.team
    if name not in team.names:
        return
    at = team.names.index(name)
    for measure in REVIEW_MEASURES:
        verdicts = team.by_measure[measure.column]
        if not verdicts.n[at]:
            continue
        compared = Compared.of_work(team, measure, at)
        needs = f"{MIN_TRIALS} in {MIN_SESSIONS} sessions are needed"
        too_few = compared.n < MIN_TRIALS or (compared.sessions or 0) < MIN_SESSIONS
        yield _standing(compared, verdicts, at, needs=needs, too_few=too_few), compared.others


def _of_scores(data: FindingData, name: str) -> Iterator[tuple[Standing, int]]:
    for score in SCORES:
        scored = judge_score(data, score)
        if name not in scored.names:
            continue
        at = scored.names.index(name)
        others = int(scored.verdicts.judged.sum()) - 1
        compared = Compared.of(
            name, score.measure, scored.verdicts, at, others=others, same="the same time"
        )
        too_few = compared.n < MIN_ROWS
        yield (
            _standing(
                compared, scored.verdicts, at, needs=f"{MIN_ROWS} are needed", too_few=too_few
            ),
            others,
        )


def _standing(
    compared: Compared, verdicts: Verdicts, at: int, *, needs: str, too_few: bool
) -> Standing:
    """One measure's standing; ``needs`` and ``too_few``: about the person's own data."""
    measure = compared.measure
    own = Standing(measure, compared.value, compared.n, compared.sessions)
    if verdicts.judged[at]:
        return replace(
            own,
            expected=compared.expected,
            low=compared.low,
            high=compared.high,
            detectable=float(verdicts.detectable[at]),
            outside=bool(verdicts.side[at] != 0),
        )
    if too_few:
        amount = measure.counted_words(compared.n)
        if compared.sessions is not None:
            amount += f" in {plural(compared.sessions, 'session')}"
        reason = f"Too little data to judge {compared.moderator}: {amount}; {needs}."
    elif verdicts.judged.any():
        reason = (
            f"{compared.moderator} is not judged: more than half of this work is in queues and"
            " weeks in which nobody else worked."
        )
    else:
        reason = f"Nobody is judged: fewer than {MIN_PEOPLE} people have enough data of this kind."
    return replace(own, reason=reason)
