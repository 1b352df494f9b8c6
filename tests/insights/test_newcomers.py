"""Newcomers: who is still slow and who has become faster, and what is said of them."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pytest

from analytics.access import PORTAL
from analytics.comparison.learning import Learner
from analytics.insights import FINDINGS
from analytics.insights.beginnings import in_first_weeks
from analytics.insights.newcomers import newcomers
from analytics.insights.registry import FindingData
from analytics.scope import Scope
from tests.brute import PlainSession
from tests.factory import write_session
from tests.insights.conftest import plain
from tests.insights.test_people import START, session_of, stored

pytestmark = pytest.mark.django_db


def found(start):
    """What is found of Ann, who began on 2 March and went from 30 to 20 seconds a decision."""
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    write_session(PlainSession("s1", "ann", at, 100_000_000, [], [], []))
    learner = Learner(0, first_seconds=30.0, last_seconds=20.0, ratio=0.6, n=400, sessions=40)
    team = SimpleNamespace(names=["ann"], learners=[learner])
    return newcomers.compute(
        SimpleNamespace(
            team=team, scope=Scope(PORTAL, start=start), slow_newcomers=np.zeros(1, bool)
        )
    )


@pytest.mark.parametrize("start", [None, date(2026, 3, 1), date(2026, 3, 2)])
def test_who_began_in_these_dates_is_named(start):
    finding = found(start)
    assert finding.sentence == "ann has become faster since they began."
    (person,) = finding.people
    assert (person.moderator, person.value, person.n, person.sessions) == ("ann", 20.0, 400, 40)
    assert person.sentence.replace("\u00a0", " ") == (
        "ann began on 2 Mar and has become faster: 30.0 s of active time for a decision in the"
        " first three weeks, 20.0 s in the last three. In the same queues and weeks that is 40.0 %"
        " less."
    )


def test_who_was_only_away_is_not_new():
    assert found(date(2026, 3, 3)) is None


FIRST = START.date()
LAST_WEEK = Scope(PORTAL, start=FIRST + timedelta(28), end=FIRST + timedelta(34))


def work_on(name, days, **fields):
    """A session of somebody on each of these days."""
    sessions = [session_of(name, day, rejected=6 + day % 3, **fields) for day in days]
    return {"username": name, "sessions": sessions}


def last_week_of(*documents):
    """The last of five weeks of nine people who take 28 to 32 seconds, and of others."""
    team = [work_on(f"m{n}", (0, 1, 28, 29, 30, 31), seconds=28.0 + n % 5) for n in range(9)]
    stored(*team, *documents)
    return FindingData(LAST_WEEK)


def test_slow_in_the_first_weeks_is_a_note_about_newcomers():
    data = last_week_of(work_on("new", (28, 29, 30, 31), seconds=90.0))

    assert FINDINGS["unusual-handle-time"](data).people == ()
    finding = FINDINGS["newcomers"](data)
    assert (finding.level, finding.n, finding.numbers) == ("note", 100, {"moderators": 1})
    assert finding.sentence == (
        "new is new and still slower than others; that is held against nobody."
    )
    (person,) = finding.people
    assert (person.measure, person.value, person.sessions) == ("handle_seconds", 90.0, 4)
    assert plain(person.sentence).startswith(
        "new began on 30 Mar and took 90.0 s of active time for a decision, over 100 decided"
        " videos. In the same queues and weeks 29.7 s was expected; up to "
    )
    assert person.sentence.endswith("Who is new needs longer: that is held against nobody.")


def test_slow_after_work_in_earlier_weeks_is_not_new():
    data = last_week_of(work_on("slow", (1, 28, 29, 30, 31), seconds=90.0))

    assert [p.moderator for p in FINDINGS["unusual-handle-time"](data).people] == ["slow"]
    assert FINDINGS["newcomers"](data) is None


@pytest.mark.parametrize(
    ("began", "end", "new"),
    [(20, 34, False), (21, 34, True), (21, 62, True), (21, 63, False), (21, None, False)],
)
def test_new_is_who_began_three_weeks_after_all_and_six_before_the_end(began, end, new):
    stored(work_on("old", (0, 90)), work_on("ann", (began,)))
    scope = Scope(PORTAL, end=end and FIRST + timedelta(end))

    assert in_first_weeks(("ann", "old"), scope).tolist() == [new, False]


def test_a_look_that_ends_after_the_data_ends_with_them():
    stored(work_on("old", (0, 40)), work_on("ann", (30,)))

    assert in_first_weeks(("ann",), Scope(PORTAL, end=FIRST + timedelta(400))).tolist() == [True]


def test_nobody_is_new_where_nobody_worked():
    assert in_first_weeks((), Scope(PORTAL)).tolist() == []
