"""Newcomers who learn: whom the finding names, and what it says."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from analytics.access import PORTAL
from analytics.comparison.learning import Learner
from analytics.insights.newcomers import newcomers
from analytics.scope import Scope
from tests.brute import PlainSession
from tests.factory import write_session

pytestmark = pytest.mark.django_db


def found(start):
    """What is found of Ann, who began on 2 March and went from 30 to 20 seconds a decision."""
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    write_session(PlainSession("s1", "ann", at, 100_000_000, [], [], []))
    learner = Learner(0, first_seconds=30.0, last_seconds=20.0, ratio=0.6, n=400, sessions=40)
    team = SimpleNamespace(names=["ann"], learners=[learner])
    return newcomers.compute(SimpleNamespace(team=team, scope=Scope(PORTAL, start=start)))


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
