"""On which days, and in which sessions, the summaries say that records are to be found."""

from datetime import date

import pytest
from django.db.models import Q

from analytics.access import PORTAL
from analytics.models import Moderator, Subject, VideoView
from analytics.scope import Scope
from analytics.summaries import writing
from analytics.summaries.by_day import SummaryCount, count_by_day, count_by_session
from analytics.summaries.reading import read_summaries
from analytics.summaries.snapshots import snapshot
from analytics.summaries.writing import summarise, write_lock
from tests.reviewed import write_march

TENTH, ELEVENTH, TWELFTH = (date(2026, 3, day) for day in (10, 11, 12))
REJECTED = SummaryCount(counter=lambda row: row["rejected"])
PARTIAL = SummaryCount(values=Q(subject=Subject.STATUS, value="partial"))
OTHER_STATUSES = SummaryCount(counter=lambda row: row["videos"], values=PARTIAL.values)


@pytest.fixture(params=["no summaries", "no roll-ups", "roll-ups"])
def march(request, db):
    """The three sessions, read from the raw rows, from the sessions' sums, from roll-ups."""
    sessions = write_march()
    if request.param != "no summaries":
        with write_lock():
            summarise([session.pk for session in sessions.values()])
    if request.param == "roll-ups":
        writing.refresh()
    return {name: session.pk for name, session in sessions.items()}


@pytest.mark.parametrize(
    ("counted", "by_day", "by_session"),
    [
        (REJECTED, {TENTH: 1, ELEVENTH: 1}, {"alice-1": 1, "alice-2": 1}),
        (PARTIAL, {TENTH: 1}, {"alice-1": 1}),
        (
            OTHER_STATUSES,
            {TENTH: 3, ELEVENTH: 1, TWELFTH: 3},
            {"alice-1": 3, "alice-2": 1, "bob-1": 3},
        ),
    ],
    ids=["by a counter", "by values", "what the counter has beyond the values"],
)
def test_counts(march, counted, by_day, by_session):
    with snapshot():
        reader = read_summaries(Scope(PORTAL))
        assert count_by_day(reader, counted) == by_day
        found = count_by_session(reader, counted, by_day)
    assert found == {march[name]: n for name, n in by_session.items()}


def test_one_moderator(march):
    with snapshot():
        reader = read_summaries(Scope(PORTAL, Moderator.objects.get(username="bob")))
        assert count_by_day(reader, OTHER_STATUSES) == {TWELFTH: 3}
        assert count_by_session(reader, OTHER_STATUSES, [TENTH, TWELFTH]) == {march["bob-1"]: 3}


def test_a_change_that_the_summaries_have_not_heard_of(march):
    VideoView.objects.filter(session=march["bob-1"], position=0).update(status="partial")
    with snapshot():
        reader = read_summaries(Scope(PORTAL))
        assert count_by_day(reader, PARTIAL) == {TENTH: 1, TWELFTH: 1}
        assert count_by_session(reader, PARTIAL, [TWELFTH]) == {march["bob-1"]: 1}


def test_another_time_zone(march, settings):
    """Days of the raw rows while the summaries are cut by another zone: 09:30 UTC is 23:30."""
    settings.TIME_ZONE = "Pacific/Kiritimati"
    with snapshot():
        reader = read_summaries(Scope(PORTAL))
        assert count_by_day(reader, REJECTED) == {TENTH: 1, ELEVENTH: 1}
    settings.TIME_ZONE = "Pacific/Apia"
    with snapshot():
        reader = read_summaries(Scope(PORTAL))
        assert count_by_day(reader, PARTIAL) == {TENTH: 1}
