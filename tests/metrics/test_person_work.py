"""A person's weeks and queues: what was done, what is expected, and what the person may see."""

from datetime import UTC, date, datetime, timedelta

import pytest

from analytics.access import PORTAL
from analytics.imports.sessions.store import store_documents
from analytics.metrics.person_work import queues_of_person, weeks_of_person, whole_weeks
from analytics.models import Moderator
from analytics.scope import Scope

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
TODAY = date(2026, 4, 1)  # a Wednesday


def person(name, rejected, queues=("Spam",), weeks=4):
    """A session a week in each queue: 10 decided videos in 300 s, of which some are rejected."""
    sessions = [
        {
            "_id": f"{name}-{queue}-{week}",
            "starttime": (MONDAY + timedelta(weeks=week)).isoformat(),
            "duration": 300,
            "videos": [
                {
                    "videoId": f"v{nth}",
                    "status": "Completed",
                    "keys": ["q" if nth < rejected else "a"],
                }
                for nth in range(10)
            ],
            "queues": [{"name": queue, "count": 10}],
        }
        for queue in queues
        for week in range(weeks)
    ]  # fmt: skip
    return {"username": name, "sessions": sessions}


def store(*documents):
    assert store_documents(list(documents)).counts.rejected == 0


def scope_of(viewer=PORTAL, name="alice", **dates):
    return Scope(viewer, moderator=Moderator.objects.get(username=name), **dates)


def others(many):
    return [person(f"m{nth}", 2 + nth % 3) for nth in range(many)]


@pytest.mark.parametrize(
    ("end", "today", "start", "sunday"),
    [
        (None, TODAY, "2025-12-29", "2026-03-29"),
        (date(2026, 3, 29), TODAY, "2025-12-29", "2026-03-29"),
        (date(2026, 3, 28), TODAY, "2025-12-22", "2026-03-22"),
        (date(2026, 12, 1), TODAY, "2025-12-29", "2026-03-29"),
        (None, date(2026, 3, 30), "2025-12-29", "2026-03-29"),
    ],
)
def test_weeks_are_whole(end, today, start, sunday):
    weeks = whole_weeks(Scope(PORTAL, end=end), today)
    assert (str(weeks.start), str(weeks.end)) == (start, sunday)


def test_each_week_has_the_value_what_is_expected_and_the_others(alice):
    store(person("alice", 9), *others(9))
    for viewer in (PORTAL, alice):
        by_measure = weeks_of_person(scope_of(viewer), TODAY)
        weeks = by_measure["reject_rate"]
        assert [week.monday for week in weeks[-2:]] == [date(2026, 3, 16), date(2026, 3, 23)]
        assert [week.value for week in weeks] == [None] * 9 + [0.9] * 4
        for week in weeks[9:]:
            assert week.n == 10
            assert week.low < week.expected < week.high < 0.9
            # Three reject 2, three 3, three 4 of 10.
            assert week.expected == pytest.approx(0.3)
            assert (week.others.low, week.others.median, week.others.high) == (0.2, 0.3, 0.4)
        assert by_measure["completion_rate"][-1].value == 1.0
        assert by_measure["handle_seconds"][-1].value == pytest.approx(30)


def test_a_person_sees_only_what_rests_on_enough_others(alice):
    store(person("alice", 9), *others(7))
    of_lead = weeks_of_person(scope_of(), TODAY)["reject_rate"][-1]
    own = weeks_of_person(scope_of(alice), TODAY)["reject_rate"][-1]
    assert of_lead.others.people == 7
    # Seven others are too few for where they lie, and enough for what is expected.
    assert own.others is None
    assert own.expected is not None


def test_a_person_among_few_sees_their_own_value_only(alice):
    store(person("alice", 9), *others(4))
    own = weeks_of_person(scope_of(alice), TODAY)["reject_rate"][-1]
    assert (own.value, own.expected, own.low, own.high, own.others) == (0.9, None, None, None, None)
    (queue,) = queues_of_person(scope_of(alice))
    assert (queue.name, queue.videos, queue.share, queue.others_share) == ("Spam", 40, 1.0, None)
    assert queue.measures["reject_rate"].value == 0.9
    assert queue.measures["reject_rate"].expected is None
    (seen,) = queues_of_person(scope_of())
    assert seen.others_share == 1.0
    assert 0.2 < seen.measures["reject_rate"].expected < 0.4


def test_queues_stand_by_videos_with_what_is_expected_in_each(alice):
    hard = [person(f"hard{nth}", 6, queues=("Violence",)) for nth in range(3)]
    store(person("alice", 5, queues=("Violence", "Spam")), *others(6), *hard)
    spam, violence = queues_of_person(scope_of())
    assert [spam.name, violence.name] == ["Spam", "Violence"]
    assert (spam.share, spam.others_share) == (0.5, pytest.approx(6 / 9))
    assert spam.measures["reject_rate"].value == violence.measures["reject_rate"].value == 0.5
    assert violence.measures["reject_rate"].expected > spam.measures["reject_rate"].expected + 0.1
    # Three others in a queue are too few to tell the person of; six are enough.
    spam, violence = queues_of_person(scope_of(alice))
    assert spam.measures["reject_rate"].expected is not None
    assert violence.measures["reject_rate"].expected is None
    assert (spam.others_share, violence.others_share) == (None, None)


def test_work_without_a_queue_has_no_name():
    document = person("alice", 5)
    for session in document["sessions"]:
        session["queues"] = []
    store(document, *others(5))
    (queue,) = queues_of_person(scope_of())
    assert (queue.name, queue.videos) == (None, 40)


def test_who_has_no_work_has_neither(alice):
    store(*others(2))
    assert weeks_of_person(scope_of(), TODAY) == {}
    assert queues_of_person(scope_of()) == []
