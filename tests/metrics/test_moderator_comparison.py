"""Moderators beside their team: the same numbers everywhere, and nothing said of too few."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from accounts.models import Role
from analytics.access import PORTAL
from analytics.comparison.judging import Measured, verdicts_of_nobody
from analytics.imports.sessions.store import store_documents
from analytics.metrics.moderator_comparison import BY_COLUMN, seen_note
from analytics.metrics.registry import METRICS
from analytics.metrics.team_work import judge_team
from analytics.models import Moderator
from analytics.scope import Scope
from tests.api.conftest import with_login
from tests.conftest import make_user

pytestmark = pytest.mark.django_db

METRIC = METRICS["moderator-comparison"]
EVERYTHING = Scope(PORTAL)
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
VIDEOS, SESSIONS = 25, 4
PARTS = ("_expected", "_low", "_high", "_outside")
MEASURES = ("reject_rate", "completion_rate", "handle_seconds")


def session_of(
    name, number, *, rejected, queue="Spam", own_queue=None, seconds=30.0, videos=VIDEOS
):
    """A session of decided videos, 4 of 5 of them completed, on one queue."""
    return {
        "_id": f"{name}-{number}",
        "starttime": (START + timedelta(days=number)).isoformat(),
        "duration": videos * seconds,
        "videos": [
            {
                "videoId": f"{name}-{number}-{place}",
                "status": "Completed" if place % 5 else "Not Started",
                "keys": ["q" if place < rejected else "a"],
                **({"queue": own_queue} if own_queue else {}),
            }
            for place in range(videos)
        ],
        "queues": [{"name": queue, "count": videos}] if queue else [],
    }


def work(name, rejected, **fields):
    """Four sessions of somebody who rejects ``rejected`` of 25 videos, one more or less."""
    sessions = [
        session_of(name, number, rejected=max(rejected + (-1, 0, 1, 0)[number], 0), **fields)
        for number in range(SESSIONS)
    ]
    return {"username": name, "sessions": sessions}


def team(people, **fields):
    """People who reject 5 to 7 of 25."""
    return [work(f"m{n:03d}", 5 + n % 3, **fields) for n in range(people)]


def store(*documents):
    assert store_documents(list(documents)).counts.rejected == 0


def rows(scope=EVERYTHING):
    return {row["moderator"]: row for row in METRIC(scope).rows}


def test_the_numbers_are_those_by_which_people_are_judged():
    store(*team(9), work("zoe", 16))
    found = rows()
    verdicts = judge_team(EVERYTHING).by_measure
    assert list(found) == [*(f"m00{n}" for n in range(9)), "zoe"]
    for place, row in enumerate(found.values()):
        assert (row["sessions"], row["videos"]) == (4, 100)
        for measure in MEASURES:
            told = verdicts[measure]
            assert row[f"{measure}_expected"] == pytest.approx(told.expected[place])
            assert row[f"{measure}_low"] == pytest.approx(told.low[place])
            assert row[f"{measure}_high"] == pytest.approx(told.high[place])
            assert row[f"{measure}_outside"] is bool(told.outside[place])
    zoe = found["zoe"]
    assert zoe["reject_rate"] == 0.64
    assert zoe["completion_rate"] == 0.8
    assert zoe["handle_seconds"] == 30.0
    # The others reject 6 of 25 on average.
    assert zoe["reject_rate_expected"] == pytest.approx(0.24, abs=0.003)
    assert zoe["reject_rate_low"] < 0.24 < zoe["reject_rate_high"] < 0.64
    assert [name for name, row in found.items() if row["reject_rate_outside"]] == ["zoe"]
    assert not any(row["completion_rate_outside"] for row in found.values())


def test_a_row_is_the_same_with_and_without_a_moderator():
    store(*team(6), work("zoe", 16))
    whole = rows()
    for moderator in Moderator.objects.all():
        assert rows(Scope(PORTAL, moderator)) == {moderator.username: whole[moderator.username]}
    first = Scope(PORTAL, start=START.date(), end=START.date() + timedelta(days=2))
    assert rows(first)["zoe"]["sessions"] == 3
    assert rows(first)["zoe"]["reject_rate_outside"] is True


@pytest.mark.parametrize("people", [0, 1, 2, 4])
def test_of_fewer_than_five_nobody_is_judged(people):
    store(*team(people))
    result = METRIC(EVERYTHING)
    assert len(result.rows) == people
    for row in result.rows:
        assert row["reject_rate"] is not None
        assert all(row[f"{measure}{part}"] is None for measure in MEASURES for part in PARTS)
    said = [note for note in result.notes if "would have been seen" in note]
    assert len(said) == (3 if people else 0)
    assert sum(note.startswith("Nobody is judged by ") for note in result.notes) == len(said)


def test_what_only_a_huge_difference_would_show_is_said_so():
    reject_rate = BY_COLUMN["reject_rate"]
    nobody = Measured(*[np.zeros(2)] * 4)
    seen = replace(verdicts_of_nobody(nobody), detectable_difference=0.771)
    assert seen_note(reject_rate, seen) == (
        "Reject rate: with so little work no difference below 77.1 points would have been seen."
    )
    assert seen_note(reject_rate, replace(seen, detectable_difference=0.3)) == (
        "Reject rate: with 5 people and this amount of work, 30.0 points away from the expected"
        " value would have been seen in four of five looks."
    )


@pytest.mark.parametrize("people", [5, 8])
def test_of_equal_people_nobody_lies_outside(people):
    store(*(work(f"m{n}", 6) for n in range(people)))
    for row in rows().values():
        for measure in MEASURES:
            assert row[f"{measure}_outside"] is False
            assert row[f"{measure}_low"] < row[measure] < row[f"{measure}_high"]
            assert row[f"{measure}_expected"] == pytest.approx(row[measure], rel=1e-6)


def test_values_that_do_not_vary_at_all():
    documents = [work(f"m{n}", 0) for n in range(6)]
    for document in documents:
        for session in document["sessions"]:
            for video in session["videos"]:
                video |= {"keys": ["a"], "status": "Completed"}
    store(*documents)
    for row in rows().values():
        assert (row["reject_rate"], row["completion_rate"]) == (0.0, 1.0)
        assert not any(row[f"{measure}_outside"] for measure in MEASURES)


def test_without_queues_people_are_compared_by_the_week():
    store(*team(6, queue=None), work("zoe", 16, queue=None))
    assert rows()["zoe"]["reject_rate_outside"] is True


def test_a_specialist_whose_queue_nobody_else_works_is_not_judged():
    store(*team(6), work("zoe", 16, queue="Violence"))
    result = METRIC(EVERYTHING)
    zoe = result.rows[-1]
    assert zoe["reject_rate"] == 0.64
    assert all(zoe[f"reject_rate{part}"] is None for part in PARTS)
    said = [note.replace("\N{NO-BREAK SPACE}", " ") for note in result.notes]
    assert (
        "1 of 7 moderators not judged by reject rate: it takes 30 decided videos in 3 sessions, and"
        " others who worked in the same queues and weeks as half of that work."
    ) in said
    assert (
        "For 14.3 % of the videos nobody else worked in the same queue that week: they are compared"
        " with the queue's other weeks, then with the week's other queues."
    ) in said


def test_a_view_s_own_queue_counts_before_its_session_s():
    """Zoe's videos are of a queue of which others reject as much, whatever her session says."""
    hard = [work(f"h{n}", 15 + n % 3, queue="Violence") for n in range(6)]
    store(*team(6), *hard, work("zoe", 16, queue="Spam", own_queue="Violence"))
    zoe = rows()["zoe"]
    assert zoe["reject_rate_expected"] == pytest.approx(0.64, abs=0.03)
    assert zoe["reject_rate_outside"] is False


def test_fewer_than_thirty_videos_or_three_sessions_are_not_judged():
    few = work("zoe", 2, videos=7)
    short = {"username": "yan", "sessions": work("yan", 16)["sessions"][:2]}
    store(*team(6), few, short)
    found = rows()
    assert found["zoe"]["reject_rate_outside"] is None
    assert found["yan"]["reject_rate_expected"] is None
    assert found["m000"]["reject_rate_outside"] is False


def test_a_forgotten_tab_stays_in_the_value_and_is_in_no_verdict():
    documents = team(8)
    documents[0]["sessions"][0]["duration"] = 6 * 3600
    store(*documents)
    result = METRIC(EVERYTHING)
    assert result.rows[0]["handle_seconds"] == pytest.approx((6 * 3600 + 3 * 750) / 100)
    assert result.rows[0]["handle_seconds_outside"] is False
    assert (
        "1 session is far longer than usual (a forgotten tab): left out of verdicts on handle time"
        in result.notes
    )


def test_everybody_over_rest_and_csv(alice, bob, lea, ada):
    store(*team(8), work("alice", 6), work("bob", 16))
    whole = rows()
    for user in (lea, ada):
        client = with_login(user)
        answer = client.read("metrics/moderator-comparison/")
        assert {row["moderator"]: row for row in answer.json()["rows"]} == whole
        one = client.read("metrics/moderator-comparison/", {"moderator": "bob"}).json()["rows"]
        assert one == [whole["bob"]]
        text = client.read("metrics/moderator-comparison/", {"format": "csv"}).content.decode()
        line = list(csv.DictReader(io.StringIO(text)))[1]
        assert line["moderator"] == "bob"
        assert line["reject_rate_outside"] == "true"
        assert float(line["reject_rate_low"]) == whole["bob"]["reject_rate_low"]
        assert client.read("metrics/moderator-comparison/", {"session": "bob-1"}).status_code == 400
    # Nine others in the same queue and weeks: a moderator gets the own row as leads do.
    own = with_login(alice)
    assert own.read("metrics/moderator-comparison/").json()["rows"] == [whole["alice"]]
    assert own.read("metrics/moderator-comparison/", {"moderator": "bob"}).status_code == 404
    assert own.read("metrics/moderator-comparison/", {"team": "true"}).status_code == 400
    carl = with_login(make_user("carl", Role.MODERATOR))
    assert carl.read("metrics/moderator-comparison/").status_code == 403
    client = with_login(bob)
    assert client.read("metrics/moderator-comparison/").json()["rows"] == [whole["bob"]]


def test_a_moderator_is_told_nothing_of_few_others(alice):
    """Five are enough for a lead; alice's four others are too few for alice."""
    store(*team(4), work("alice", 16))
    assert rows()["alice"]["reject_rate_expected"] is not None
    body = with_login(alice).read("metrics/moderator-comparison/").json()
    (row,) = body["rows"]
    assert row["reject_rate"] == 0.64
    assert all(row[f"{measure}{part}"] is None for measure in MEASURES for part in PARTS)
    assert len([note for note in body["notes"] if note.startswith("Not judged by")]) == 3


def test_a_moderator_s_queue_of_few_falls_back_to_the_week(alice):
    """Alice works a queue with three others a third of the time: that part tells by the week."""
    documents = [*team(8), work("alice", 6)]
    for document in [documents[-1], *documents[:3]]:
        session = document["sessions"][0]
        session["queues"] = [{"name": "Violence", "count": VIDEOS}]
        for place, video in enumerate(session["videos"]):
            video["keys"] = ["q" if place < 20 else "a"]
    store(*documents)
    lead = rows()["alice"]
    (own,) = with_login(alice).read("metrics/moderator-comparison/").json()["rows"]
    assert own["reject_rate"] == lead["reject_rate"]
    assert own["reject_rate_expected"] < lead["reject_rate_expected"]
    assert own["completion_rate_outside"] is False


def test_kept_rows_of_a_lead_are_not_a_moderator_s(alice, lea):
    store(*team(4), work("alice", 16))
    for _ in range(2):
        lead = with_login(lea).read("metrics/moderator-comparison/", {"moderator": "alice"})
        own = with_login(alice).read("metrics/moderator-comparison/")
        assert lead.json()["rows"][0]["reject_rate_expected"] is not None
        assert own.json()["rows"][0]["reject_rate_expected"] is None


def test_videos_without_a_queue_of_their_own_have_their_sessions():
    """Half of zoe's videos name a queue: the rest is of the session's, whose others reject less."""
    hard = [work(f"h{n}", 15 + n % 3, queue="Violence") for n in range(6)]
    zoe = work("zoe", 16)
    for session in zoe["sessions"]:
        for video in session["videos"][::2]:
            video["queue"] = "Violence"
    store(*team(6), *hard, zoe)
    row = rows()["zoe"]
    # 13 of 25 by the harder queue, 12 by the session's.
    assert row["reject_rate_expected"] == pytest.approx((13 * 0.64 + 12 * 0.24) / 25, abs=0.03)
