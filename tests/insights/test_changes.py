"""When things changed, from documents to sentences."""

from datetime import UTC, date, datetime, timedelta

import pytest

from analytics.access import PORTAL
from analytics.imports.sessions.store import store_documents
from analytics.insights import FINDINGS
from analytics.insights.registry import FindingData
from analytics.insights.timelines import Shift, queue_timelines, timelines
from analytics.models import Annotation, Moderator
from analytics.scope import Scope
from tests.insights.conftest import EVERYTHING, plain

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
VIDEOS = 50
WOBBLE = (-1, 0, 1, 0, 2, -2, 0)


def session_of(day, *, rejected, items=40, queue="Spam"):
    return {
        "_id": f"s{day}",
        "starttime": (START + timedelta(days=day)).isoformat(),
        "duration": VIDEOS * (30 + WOBBLE[(day + 3) % 7]),
        "videos": [
            {
                "videoId": f"{day}-{place}",
                "status": "Completed" if place < 40 + WOBBLE[(day + 1) % 7] else "Not Started",
                "keys": ["q" if place < rejected + WOBBLE[day % 7] else "a"],
            }
            for place in range(VIDEOS)
        ],
        "queues": [{"name": queue, "count": round(items) + WOBBLE[(day + 2) % 7]}],
    }


def stored(sessions):
    """The findings' data of a portal in which one person had the sessions."""
    outcome = store_documents([{"username": "ann", "sessions": list(sessions)}])
    assert outcome.counts.rejected == 0
    return FindingData(EVERYTHING)


def test_nothing_changed():
    data = stored(session_of(day, rejected=12) for day in range(40))
    for slug, sentence in (
        ("reject-rate-changes", "No change in the reject rate was seen."),
        ("handle-time-changes", "No change in the handle time was seen."),
        ("completion-changes", "No change in the completion was seen."),
        ("queue-changes", "No change in the queues was seen."),
    ):
        found = FINDINGS[slug](data)
        assert (found.level, found.sentence, found.n) == ("note", sentence, 40)
        assert found.numbers == {"shifts": 0, "days_outside": 0, "waves": 0, "trends": 0}


def test_a_policy_step_is_dated_and_sized():
    data = stored(session_of(day, rejected=12 if day < 20 else 25) for day in range(40))
    found = FINDINGS["reject-rate-changes"](data)
    assert (found.level, plain(found.sentence)) == (
        "note",
        "The reject rate rose from 24.0 % to 50.2 % about 22 Mar and has stayed.",
    )
    (shift,) = timelines(EVERYTHING)["reject_rate"].shifts
    step = date(2026, 3, 22)
    assert shift == Shift(
        step, step, step, pytest.approx(0.24, abs=0.01), pytest.approx(0.5, abs=0.01), stayed=True
    )
    assert FINDINGS["handle-time-changes"](data).numbers["shifts"] == 0


def test_a_day_that_stands_out():
    data = stored(session_of(day, rejected=40 if day == 25 else 12) for day in range(40))
    found = FINDINGS["reject-rate-changes"](data)
    assert (found.level, plain(found.sentence)) == (
        "watch",
        "The reject rate was unusual on 27 Mar.",
    )
    (detail,) = found.details
    assert plain(detail).startswith("27 Mar: 84.0 %, ordinary ")


def test_a_queue_that_grows():
    data = stored(session_of(day, rejected=12, items=40 * 2 ** (day / 20)) for day in range(60))
    found = FINDINGS["queue-changes"](data)
    assert found.level == "watch"
    assert plain(found.sentence).startswith("Spam doubles in 20 days (")


def test_a_spam_wave():
    data = stored(
        session_of(day, rejected=12, items=300 if 25 <= day < 28 else 40) for day in range(60)
    )
    found = FINDINGS["queue-changes"](data)
    assert found.level == "watch"
    assert plain(found.sentence) == (
        "Spam was at 291 instead of 40 items a day from 27 Mar to 29 Mar, then as before."
    )
    assert [plain(detail)[:12] for detail in found.details] == [
        "Spam, 27 Mar", "Spam, 28 Mar", "Spam, 29 Mar",
    ]  # fmt: skip


def test_thirteen_days_are_too_few():
    data = stored(session_of(day, rejected=12) for day in range(13))
    for slug in ("reject-rate-changes", "queue-changes"):
        assert FINDINGS[slug](data).level == "too-few"


@pytest.mark.parametrize(("days", "watched"), [(13, False), (14, True)])
def test_fourteen_days_are_watched(days, watched):
    stored(session_of(day, rejected=12) for day in range(days))
    assert bool(timelines(EVERYTHING)) is watched
    assert bool(queue_timelines(EVERYTHING)) is watched


@pytest.mark.parametrize(("videos", "items", "watched"), [(20, 5, True), (19, 4, False)])
def test_a_day_has_twenty_videos_and_a_queue_five_items(videos, items, watched):
    sessions = [session_of(day, rejected=5) for day in range(14)]
    for each in sessions:
        each["videos"] = each["videos"][:videos]
        each["queues"][0]["count"] = items
    stored(sessions)
    assert ("reject_rate" in timelines(EVERYTHING)) is watched
    assert ("Spam" in queue_timelines(EVERYTHING)) is watched


def test_one_moderators_own_days():
    stored(session_of(day, rejected=12 if day < 20 else 25) for day in range(40))
    ann = Scope(PORTAL, moderator=Moderator.objects.get(username="ann"))
    assert FINDINGS["reject-rate-changes"](FindingData(ann)).numbers["shifts"] == 1


def add_note(start, text, end=None, queue=""):
    Annotation.objects.create(start=start, end=end or start, text=text, queue=queue)


def test_what_is_noted_near_a_shift_stands_beside_it():
    data = stored(session_of(day, rejected=12 if day < 20 else 25) for day in range(40))
    add_note("2026-03-18", "too early")
    add_note("2026-03-19", "New policy.")
    add_note("2026-03-25", "<b>training</b>", end="2026-03-27", queue="Appeals")
    add_note("2026-03-26", "too late")

    found = FINDINGS["reject-rate-changes"](data)

    assert plain(found.evidence).startswith(
        "Noted for 25 March to 27 March (Appeals): <b>training</b>. Noted for 19 March: New policy."
        " n = 40 days from 2 Mar"
    )
    assert plain(FINDINGS["handle-time-changes"](data).evidence).startswith("n = 40 days")


def test_a_queue_s_wave_has_no_notes_of_other_queues():
    data = stored(
        session_of(day, rejected=12, items=300 if 25 <= day < 28 else 40) for day in range(60)
    )
    add_note("2026-03-28", "from one network", queue="Spam")
    add_note("2026-03-28", "another form", queue="Appeals")
    for day in range(1, 5):
        add_note(f"2026-03-2{day + 3}", f"for all {day}")

    found = FINDINGS["queue-changes"](data)

    assert plain(found.evidence).startswith(
        "Noted for 28 March (Spam): from one network. Noted for 27 March: for all 4."
        " Noted for 26 March: for all 3. n = 60 days"
    )
