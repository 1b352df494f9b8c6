"""Intervals of reject rates by sessions, and decisions by queue and reason: hand-computed."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection

from analytics.access import PORTAL
from analytics.metrics.registry import METRICS
from analytics.models import Moderator, PeriodTotals, PeriodValue, Session
from analytics.scope import Scope
from analytics.summaries import checking, writing
from tests.api.conftest import with_login
from tests.brute import PlainSession, PlainView
from tests.factory import NOON, write_sessions

pytestmark = pytest.mark.django_db

EVERYTHING = Scope(PORTAL)


def views(accepted, rejected, none=0, **named):
    keys = ["a"] * accepted + ["q"] * rejected + [""] * none
    return [PlainView(None, "completed", [key] if key else [], "muted", **named) for key in keys]


def session(name, moderator, *parts, day=0):
    return PlainSession(
        public_id=name,
        moderator=moderator,
        started_at=NOON + timedelta(days=day),
        duration_us=60_000_000,
        views=[view for part in parts for view in part],
        idle=[],
        queues=[],
    )


def write_two():
    """Alice rejects none of four, then all of four; bob half, three times: D = 4."""
    write_sessions(
        [
            session("a1", "alice", views(4, 0)),
            session("a2", "alice", views(0, 4), day=1),
            session("b1", "bob", views(2, 2)),
            session("b2", "bob", views(2, 2), day=1),
            session("b3", "bob", views(1, 1), day=40),
            session("c1", "carl", views(3, 1)),
        ]
    )


@pytest.mark.parametrize("refreshed", [False, True])
def test_a_persons_interval_allows_for_everybodys_sessions(refreshed):
    write_two()
    if refreshed:
        writing.refresh()
    result = METRICS["moderator-review"](EVERYTHING)
    rows = {row["moderator"]: row for row in result.rows}
    # p = 1/2 and n = 8 / 4: centre 1/2, half 1.95996 sqrt(1/8 + 3.84146/16) / (1 + 3.84146/2).
    assert rows["alice"]["reject_low"] == pytest.approx(0.0945312, abs=1e-6)
    assert rows["alice"]["reject_high"] == pytest.approx(0.9054688, abs=1e-6)
    (note,) = result.notes
    assert note == (
        "Intervals of reject rates: D = 4.000, how many times more the rates of sessions vary than"
        " those of independent videos would; n counts as n / D."
    )
    for name, row in rows.items():
        moderator = Moderator.objects.get(username=name)
        own = METRICS["moderator-review"](Scope(PORTAL, moderator))
        assert own.rows == [row]
        assert own.notes == result.notes
    (first,) = METRICS["moderator-review"](
        Scope(PORTAL, session=Session.objects.get(public_id="a1"))
    ).rows
    # None of four, n = 4 / 4: from 0 to 3.84146 / 4.84146.
    assert (first["reject_low"], first["reject_high"]) == (0.0, pytest.approx(0.7934507))


def test_the_dates_decide():
    write_two()
    two_days = Scope(PORTAL, start=NOON.date(), end=NOON.date() + timedelta(days=1))
    (note,) = METRICS["moderator-review"](two_days).notes
    assert "D = 4.000" in note
    one_day = Scope(PORTAL, start=NOON.date(), end=NOON.date())
    (note,) = METRICS["moderator-review"](one_day).notes
    assert "D = 1.000" in note


def test_the_own_page_has_the_leads_interval(alice, lea, ada):
    write_two()
    for user in (lea, ada):
        rows = with_login(user).read("metrics/moderator-review/").json()["rows"]
        assert [row["moderator"] for row in rows] == ["alice", "bob", "carl"]
        (own,) = with_login(alice).read("metrics/moderator-review/").json()["rows"]
        assert own == rows[0]


def write_queues():
    """Two queues and one view without; the reason of every reject but one is known."""
    write_sessions(
        [
            session(
                "a1",
                "alice",
                views(4, 0, queue="Spam"),
                views(0, 2, 1, queue="Adult", reason="Policy 4"),
                views(0, 1),
            ),
            session("a2", "alice", views(0, 4, queue="Spam", reason="Policy 4"), day=1),
            session("b1", "bob", views(2, 2, queue="Adult"), views(1, 0), day=1),
        ]
    )


SPAM = {"videos": 8, "accepted": 4, "rejected": 4, "none": 0, "reject_rate": 0.5}
ADULT = {"videos": 7, "accepted": 2, "rejected": 4, "none": 1, "reject_rate": pytest.approx(2 / 3)}
UNKNOWN = {"videos": 2, "accepted": 1, "rejected": 1, "none": 0, "reject_rate": 0.5}


@pytest.mark.parametrize("refreshed", [False, True])
def test_decisions_by_queue(refreshed):
    """D: Spam N V = 2, over 1/4; Adult (2 - 4/3)^2 + (2 - 8/3)^2 = 8/9, N V = 2 x 8/9 / 6 = 8/27,
    over 2/9; without a queue 2 x (1/4 + 1/4) / 2 = 1/2, over 1/4.
    """
    write_queues()
    if refreshed:
        writing.refresh()
    result = METRICS["decisions-by-queue"](EVERYTHING)
    bounds = ("reject_low", "reject_high")
    rows = [{k: v for k, v in row.items() if k not in bounds} for row in result.rows]
    assert rows == [
        {"queue": "Spam", **SPAM},
        {"queue": "Adult", **ADULT},
        {"queue": None, **UNKNOWN},
    ]
    effect = (2 + 8 / 27 + 1 / 2) / (1 / 4 + 2 / 9 + 1 / 4)
    assert f"D = {effect:.3f}," in result.notes[0]
    n, z2 = 8 / effect, 1.959963984540054**2
    half = (z2 * (0.25 / n + z2 / (4 * n * n))) ** 0.5 / (1 + z2 / n)
    assert result.rows[0]["reject_low"] == pytest.approx(0.5 - half)
    assert result.rows[0]["reject_high"] == pytest.approx(0.5 + half)
    assert result.n == 17
    # Bob's own rows have the same D.
    own = METRICS["decisions-by-queue"](Scope(PORTAL, Moderator.objects.get(username="bob")))
    assert own.notes == result.notes
    assert [(row["queue"], row["videos"]) for row in own.rows] == [("Adult", 4), (None, 1)]


def test_decisions_by_reason():
    write_queues()
    result = METRICS["decisions-by-reason"](EVERYTHING)
    rows = [(row["reason"], row["videos"], row["rejected"], row["none"]) for row in result.rows]
    assert rows == [("Policy 4", 7, 6, 1), (None, 10, 3, 0)]
    one = Scope(PORTAL, session=Session.objects.get(public_id="a2"))
    assert [(row["reason"], row["videos"]) for row in METRICS["decisions-by-reason"](one).rows] == [
        ("Policy 4", 4)
    ]


def test_no_sessions():
    for slug in ("decisions-by-queue", "decisions-by-reason"):
        result = METRICS[slug](EVERYTHING)
        assert (result.rows, result.notes) == ([], [])


def test_no_card_where_all_is_unknown(client, lea):
    write_two()
    client.force_login(lea)
    html = client.get("/review/?start=&end=").content.decode()
    assert 'id="card-queues"' in html
    assert 'id="card-decisions-by-queue"' not in html
    rows = with_login(lea).read("metrics/decisions-by-queue/").json()["rows"]
    assert [(row["queue"], row["videos"]) for row in rows] == [(None, 22)]
    write_sessions([session("x1", "alice", views(1, 1, queue="Spam"))])
    html = client.get("/review/?start=&end=").content.decode()
    assert 'id="card-decisions-by-queue"' in html
    assert 'id="card-decisions-by-reason"' not in html


def test_what_was_built_before_is_filled_in():
    """As the migration finds it: roll-ups without the sums."""
    write_two()
    write_sessions([session("q1", "dana", views(2, 1, queue="Spam"), views(1, 1), day=400)])
    writing.refresh()
    migration = import_module("analytics.migrations.0009_rate_intervals")
    PeriodTotals.objects.update(
        decided_sessions=0, decided_squares=0, rejected_squares=0, decided_rejected=0
    )
    assert PeriodValue.objects.filter(subject="video_queue", number__in=(3, 4)).exists()
    with connection.cursor() as cursor:
        cursor.execute(migration.EMPTY_VALUES)
        assert any("decided" in text or "roll-up" in text for text in checking.differences())
        cursor.execute(migration.FILL_TOTALS)
        cursor.execute(migration.FILL_VALUES)
    assert list(checking.differences()) == []
