"""Who differs from the team, by verdicts written by hand."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest

from analytics.access import PORTAL
from analytics.comparison.judging import Verdicts
from analytics.insights import FINDINGS, spread
from analytics.insights.findings import Finding, Interval, NamedPerson, OwnLimits, Recent
from analytics.insights.people import COMPLETION, HANDLE_TIME, REJECT_RATE, Look
from analytics.insights.spread import (
    compared_in_words,
    earlier_looks,
    farthest_first,
    ordinary_limits,
    outside,
    outside_the_limits,
)
from analytics.metrics.team_work import TeamVerdicts
from analytics.scope import Scope
from tests.insights.conftest import EVERYTHING, plain

NAMES = ("ann", "ben", "cleo", "dora", "eve", "finn")
NAN = float("nan")
NOBODY = np.zeros(6, bool)


def verdicts(side, *, value=0.2, expected=0.2, away=None):
    """Verdicts on six people, the last without enough to be judged; 100 things each."""
    judged = np.array([True] * 5 + [False])
    fill = np.where(judged, 1.0, NAN)
    return Verdicts(
        n=np.full(6, 100.0),
        sessions=np.full(6, 4.0),
        value=np.full(6, value),
        expected=expected * fill,
        low=np.array([0.10, 0.12, 0.14, 0.10, 0.20, NAN]),
        high=np.array([0.30, 0.32, 0.34, 0.30, 0.40, NAN]),
        side=np.array(side),
        judged=judged,
        below=np.array(away or [0.5] * 6),
        above=np.full(6, 0.5),
        detectable=np.full(6, NAN),
        shrunken=np.full(6, NAN),
        others=np.full(6, 4.0),
        design_effect=1.0,
        between=0.0,
        detectable_difference=0.1,
    )


WITHIN = verdicts([0, 0, 0, 0, 0, 0])
TEAM = TeamVerdicts(
    NAMES,
    {"reject_rate": WITHIN, "handle_seconds": WITHIN, "completion_rate": WITHIN},
    skips=NOBODY,
    careful=NOBODY,
    quick=NOBODY,
    aside=(),
    others=np.full(6, 5),
    queued=np.ones(6),
    learners=(),
)


def team(measure, judged, **changes):
    """The team with these verdicts by one measure."""
    return replace(TEAM, by_measure={**TEAM.by_measure, measure.column: judged}, **changes)


def flags(*names):
    return np.isin(NAMES, names)


def data(of_team, scope=EVERYTHING, earlier=(), new=NOBODY):
    """As much of findings' data as the team's findings look at."""
    return SimpleNamespace(scope=scope, team=of_team, earlier=list(earlier), slow_newcomers=new)


@pytest.fixture
def shown(monkeypatch):
    """What is displayed of the team; returns a function that sets it."""
    asked = []

    def show(of_team):
        def judge(scope, *, min_others):
            asked.append(min_others)
            return of_team

        monkeypatch.setattr(spread, "judge_team", judge)
        return asked

    return show


@pytest.mark.parametrize(
    ("measure", "named"),
    [
        # Either side, slow but for who completes more, and fewer.
        (REJECT_RATE, ["ann", "ben", "eve"]),
        (HANDLE_TIME, ["eve"]),
        (COMPLETION, ["ann"]),
    ],
)
def test_each_measure_names_the_side_that_counts(measure, named):
    judged = verdicts([-1, 1, 0, 0, 1, 1])
    of_team = team(measure, judged, careful=flags("ben"))

    assert [NAMES[at] for at in np.flatnonzero(outside(data(of_team), measure))] == named


def test_the_farthest_comes_first_and_of_equals_who_stands_first():
    of_team = team(REJECT_RATE, verdicts([0] * 6, away=[0.01, 0.001, 0.01, 0.5, 0.002, 0.5]))

    assert farthest_first(of_team, REJECT_RATE, flags("ann", "ben", "cleo", "eve")) == [1, 4, 0, 2]
    assert farthest_first(of_team, REJECT_RATE, NOBODY) == []


def test_the_limits_of_the_middle_are_those_of_the_judged():
    assert ordinary_limits(REJECT_RATE, WITHIN) == Interval(
        0.12, 0.32, of="the usual limits of one person"
    )


def test_looks_before_this_one_need_a_length():
    week = Scope(PORTAL, start=date(2026, 3, 2), end=date(2026, 3, 8))
    before = data(team(REJECT_RATE, verdicts([1, 0, 0, 0, 0, 0])))

    def outside_of(look):
        return outside(look, REJECT_RATE)

    assert earlier_looks(data(TEAM), REJECT_RATE, outside_of) is None
    assert earlier_looks(data(TEAM, replace(week, end=None)), REJECT_RATE, outside_of) is None
    (look,) = earlier_looks(data(TEAM, week, [before]), REJECT_RATE, outside_of)
    assert isinstance(look, Look)
    assert look.names == NAMES
    assert look.judged.tolist() == [True] * 5 + [False]
    assert look.named.tolist() == [True] + [False] * 5


def test_a_person_sees_limits_only_where_what_they_see_says_the_same(shown):
    named = team(REJECT_RATE, verdicts([0, 0, 0, 0, 1, 0], value=0.5))
    asked = shown(named)
    compared, own = compared_in_words(data(named), REJECT_RATE, 4)
    assert (compared.is_shareable, own == compared, asked) == (True, True, [5])

    shown(TEAM)  # who is outside appears within
    compared, own = compared_in_words(data(named), REJECT_RATE, 4)
    assert (compared.is_shareable, own) == (False, None)

    shown(team(REJECT_RATE, verdicts([0, 0, 0, 0, 1, 0], value=0.5, expected=0.21)))
    compared, own = compared_in_words(data(named), REJECT_RATE, 4)
    assert (compared.is_shareable, own.expected) == (False, 0.21)


def test_slow_in_the_first_weeks_is_told_as_new_only():
    slow = team(HANDLE_TIME, verdicts([0, 1, 0, 0, 1, 0]), careful=flags("ben"))
    look = data(slow, new=flags("ben", "eve"))

    found = FINDINGS["unusual-handle-time"].compute(look)

    assert (found.level, found.people) == ("good", ())
    assert found.sentence == (
        "Nobody is slower than is ordinary for their queues and weeks without completing more or"
        " being new."
    )
    assert plain(found.evidence).startswith("2 of 5 moderators outside their own limits; for most")
    assert FINDINGS["speed-and-care"].compute(look) is None


@pytest.mark.parametrize(
    ("measure", "difference", "level"),
    [
        (REJECT_RATE, 0.5, "good"),
        (REJECT_RATE, 0.51, "note"),
        (COMPLETION, NAN, "note"),
        # Of 0.2 seconds that are expected: three times as many, and more.
        (HANDLE_TIME, 0.4, "good"),
        (HANDLE_TIME, 0.41, "note"),
    ],
)
def test_nobody_is_called_ordinary_where_hardly_anything_would_be_seen(measure, difference, level):
    unsure = replace(WITHIN, detectable_difference=difference)

    found = outside_the_limits(data(team(measure, unsure)), measure)

    assert found.level == level
    if level == "note":
        assert found.sentence == f"Cannot tell whether anybody's {measure.words} is unusual."
        assert found.details[0].endswith("would have been seen.") or (
            found.details[0].endswith("would have been seen in four of five looks.")
        )


def test_without_queues_people_are_compared_by_their_weeks():
    found = FINDINGS["unusual-completion"].compute(data(replace(TEAM, queued=np.zeros(6))))

    assert found.sentence == "Everybody's completion is ordinary for their weeks."


def test_completing_more_than_the_limits_counts_against_nobody():
    found = FINDINGS["unusual-completion"].compute(data(team(COMPLETION, verdicts([1] + [0] * 5))))

    assert (found.level, found.sentence) == (
        "good",
        "Nobody completes fewer videos than is ordinary for their queues and weeks.",
    )


def test_who_is_outside_is_named_with_the_limits_and_the_looks_before(shown):
    week = Scope(PORTAL, start=date(2026, 3, 2), end=date(2026, 3, 8))
    named = team(REJECT_RATE, verdicts([0, 0, 0, 0, 1, 0], value=0.5))
    shown(named)

    found = FINDINGS["unusual-reject-rate"].compute(data(named, week, [data(TEAM), data(named)]))

    would_change = (
        "Ordinary would be a reject rate between 20.0 % and 40.0 %, 20 to 40 of these 100 decided"
        " videos."
    )
    (eve,) = found.people
    assert replace(
        eve,
        sentence=plain(eve.sentence),
        would_change=plain(eve.would_change),
        own=replace(eve.own, would_change=plain(eve.own.would_change)),
    ) == NamedPerson(
        moderator="eve",
        measure="reject_rate",
        value=0.5,
        expected=0.2,
        low=0.2,
        high=0.4,
        n=100,
        sessions=4,
        sentence=(
            "eve rejected 50.0 % of 100 decided videos. In the same queues and weeks 20.0 % was"
            " expected; between 20.0 % and 40.0 % is ordinary for this amount of work."
        ),
        recent=Recent(1, 2),
        own=OwnLimits(0.2, 0.2, 0.4, would_change),
        judged_by=(
            "Expected is what the others did in the same queues and weeks. The limits allow for"
            " chance from session to session, for the ordinary spread between people, and for all"
            " 5 people and all measures that were judged at once."
        ),
        would_change=would_change,
    )
    assert replace(found, sentence=plain(found.sentence), evidence=plain(found.evidence)) == (
        Finding(
            level="watch",
            sentence=(
                "Reject rate outside what is ordinary for the same queues and weeks: eve (50.0 %)."
                " Look at it together."
            ),
            n=600,
            counted="decided videos",
            evidence=(
                "1 of 5 moderators outside their own limits; for most, between 12.0 % and 32.0 % is"
                " ordinary, n = 600 decided videos"
            ),
            interval=Interval(0.12, 0.32, of="the usual limits of one person"),
            numbers={"moderators": 5, "outside": 1},
            details=(eve.sentence,),
            people=(eve,),
        )
    )


def test_a_team_within_its_limits_is_good():
    found = FINDINGS["unusual-completion"].compute(data(TEAM))

    assert (found.level, found.sentence) == (
        "good",
        "Everybody's completion is ordinary for their queues and weeks.",
    )
    assert plain(found.evidence) == (
        "0 of 5 moderators outside their own limits; for most, 12.0 % or more is ordinary,"
        " n = 600 videos"
    )
    assert (found.numbers, found.people) == ({"moderators": 5, "outside": 0}, ())


def test_with_nobody_judged_there_is_too_little_data():
    nobody = replace(WITHIN, judged=NOBODY)

    found = FINDINGS["unusual-reject-rate"].compute(data(team(REJECT_RATE, nobody)))

    assert (found.level, found.sentence, found.n) == (
        "too-few",
        "Too little data to compare people by their reject rate.",
        600,
    )
    assert found.evidence == (
        "n = 600 decided videos; 5 moderators with 30 in 3 sessions each are needed, in queues and"
        " weeks that others work in too"
    )


def test_another_pace_with_care_is_held_against_nobody(shown):
    judged = verdicts([0, 0, -1, 0, 1, 0], value=30.0, expected=20.0)
    judged = replace(judged, value=np.array([20.0, 20.0, 12.0, 20.0, 30.0, 20.0]))
    paced = team(HANDLE_TIME, judged, careful=flags("eve"), quick=flags("cleo"))
    shown(paced)

    found = FINDINGS["speed-and-care"].compute(data(paced))

    assert found.level == "note"
    assert found.sentence == (
        "Another pace than the team's, with as much care or more: cleo and eve. That is held"
        " against nobody."
    )
    assert [plain(line) for line in found.details] == [
        (
            "cleo took 12.0 s of active time for a decision, over 100 decided videos, and completes"
            " as much as others. Fast with the same care is held against nobody."
        ),
        (
            "eve took 30.0 s of active time for a decision, over 100 decided videos, and completes"
            " more than expected. Slower with more care is held against nobody."
        ),
    ]
    assert found.numbers == {"moderators": 5, "outside": 2}


def test_without_another_pace_there_is_nothing_to_say():
    assert FINDINGS["speed-and-care"].compute(data(TEAM)) is None
