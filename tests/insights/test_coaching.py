"""Whom to coach, by verdicts written by hand."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from analytics.access import PORTAL
from analytics.insights.coaching import (
    SCORES,
    judge_score,
    nobody_to_coach,
    order,
    people_by_score,
    rows_of_score,
    subject,
)
from analytics.insights.findings import Finding, NamedPerson, Recent
from analytics.insights.registry import FindingData
from analytics.models import Target
from analytics.scope import Scope
from tests.insights.conftest import DAY, plain

_, SATISFACTION_SCORE = SCORES
WEEK = Scope(PORTAL, start=DAY, end=DAY + timedelta(days=6))
FIGURE = "average_satisfaction"
NAMES = ("ann", "ben", "cleo", "dora", "eve", "finn")


def target(value):
    return Target(figure=FIGURE, value=value, direction="higher")


def person(name, measure):
    return NamedPerson(name, measure, 0.5, 0.3, 0.2, 0.4, 100, 10, "")


def data(satisfaction=None, scope=WEEK, earlier=()):
    """Findings' data with this target of satisfaction alone, or none."""
    found = FindingData(scope)
    found.targets = {} if satisfaction is None else {FIGURE: target(satisfaction)}
    found.earlier = list(earlier)
    return found


def test_rows_are_of_the_scope_and_their_spread_of_all_before_its_end(report):
    report.performed("ann", 5, 9.0, 1.0, day=DAY - timedelta(days=30))
    report.performed("ann", 5, 9.0, 3.0)
    report.performed("ann", 5, 9.0, 5.0, day=DAY + timedelta(days=1))
    report.performed("ben", 5, 9.0, None)
    report.performed("ann", 5, 9.0, 2.0, day=DAY + timedelta(days=7))

    rows, past = rows_of_score(WEEK, SATISFACTION_SCORE)

    # 3 and 5 about 4: a variance of 2.
    assert rows == [("ann", 2, 4.0, 2.0)]
    # 1 + 3 + 5, and their squares.
    assert past.tolist() == [[3.0, 9.0, 35.0]]


def team_of_six(report, of_last):
    """Three rows of each of six: 4.4, 4.5, 4.6 of five, and those of the last."""
    for name in NAMES:
        for place, score in enumerate(of_last if name == NAMES[-1] else (4.4, 4.5, 4.6)):
            report.performed(name, 5, 9.0, score, day=DAY + timedelta(days=place))


@pytest.mark.parametrize(
    ("of_last", "satisfaction", "missing"),
    [
        ((2.4, 2.5, 2.6), 4.0, ["finn"]),
        # Far below the others: the target is met, or there is none.
        ((2.4, 2.5, 2.6), 2.5, []),
        ((2.4, 2.5, 2.6), None, []),
        # Everybody misses the target: within the limits, or far above, is no reason.
        ((4.4, 4.5, 4.6), 9.0, []),
        ((6.4, 6.5, 6.6), 9.0, []),
    ],
)
def test_named_is_who_lies_outside_on_the_worse_side_and_misses_the_target(
    report, of_last, satisfaction, missing
):
    team_of_six(report, of_last)

    judged = judge_score(data(satisfaction), SATISFACTION_SCORE)

    assert judged.names == NAMES
    assert judged.verdicts.value == pytest.approx([4.5] * 5 + [of_last[1]])
    assert [NAMES[at] for at in np.flatnonzero(judged.misses)] == missing
    assert (judged.look.names, judged.look.judged.tolist()) == (NAMES, [True] * 6)
    assert judged.look.named is judged.misses


def test_a_person_is_coached_with_the_target_and_the_looks_before(report):
    team_of_six(report, (2.4, 2.5, 2.6))
    week_before = replace(WEEK, start=DAY - timedelta(days=7), end=DAY - timedelta(days=1))
    found = data(4.0, earlier=[data(4.0), data(4.0, week_before)])
    judged = judge_score(found, SATISFACTION_SCORE)

    (finn,) = people_by_score(found, SATISFACTION_SCORE, judged)

    low = float(judged.verdicts.low[5])
    assert 3.5 < low < 4.5
    assert (finn.moderator, finn.measure, finn.n, finn.sessions) == ("finn", FIGURE, 3, None)
    assert (finn.value, finn.expected, finn.low) == (
        pytest.approx(2.5),
        pytest.approx(4.5),
        low,
    )
    # Nobody had rows in the week before.
    assert finn.recent == Recent(1, 1)
    # Five others stand behind the limits.
    assert (finn.own.expected, finn.own.low) == (pytest.approx(4.5), low)
    assert plain(finn.sentence) == (
        "Coach finn: satisfaction 2.50 over 3 performance rows. In the same time 4.50 was expected;"
        f" {low:.2f} or more is ordinary. The target is 4.00."
    )


def test_looks_have_no_length_in_a_scope_without_a_start(report):
    team_of_six(report, (2.4, 2.5, 2.6))
    found = data(4.0, replace(WEEK, start=None))
    (finn,) = people_by_score(found, SATISFACTION_SCORE, judge_score(found, SATISFACTION_SCORE))
    assert finn.recent is None


def test_who_has_more_reasons_comes_first_with_all_of_them():
    people = [person("cleo", "a"), person("ann", "a"), person("ben", "a"), person("cleo", "b")]
    assert [(each.moderator, each.measure) for each in order(people)] == [
        ("cleo", "a"),
        ("cleo", "b"),
        ("ann", "a"),
        ("ben", "a"),
    ]


@pytest.mark.parametrize(
    ("measure", "words"),
    [
        ("completion_rate", "speed without care"),
        ("average_response_minutes", "response time"),
        ("average_satisfaction", "satisfaction"),
    ],
)
def test_the_subject_is_the_measure_in_words(measure, words):
    assert subject(person("ann", measure)) == words


def test_nobody_to_coach_is_good():
    assert nobody_to_coach(1234, "performance rows and videos") == Finding(
        level="good",
        sentence="Nobody needs coaching by these figures.",
        n=1234,
        counted="performance rows and videos",
        evidence=(
            "Nobody with 3 performance rows or 30 videos lies outside their own limits on the"
            " worse side, n = 1,234 performance rows and videos"
        ),
    )
