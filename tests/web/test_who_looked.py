"""Who looked: what a person reads is what the audit says of others."""

import csv
import io
from datetime import UTC, date, datetime
from unittest.mock import patch

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from analytics.models import QualityCheck
from analytics.presentation.looks_by_week import looks_by_week
from analytics.presentation.who_looked import PORTAL_COMMAND, entries_about
from analytics.quality.disputes import open_dispute
from audit import looks
from audit.models import Entry
from tests.brute import PlainSession, PlainView
from tests.conftest import make_user
from tests.factory import NOON, write_session


@pytest.fixture
def page(client, alice):
    """The list as a moderator sees it, as rows of texts."""
    write_session(PlainSession("s1", "alice", NOON, 60_000_000, [], [], []))

    def read(viewer=alice, name="alice"):
        looks.flush()
        client.force_login(viewer)
        answer = client.get(reverse("portal:who-looked-csv", args=[name]))
        assert answer.status_code == 200
        rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))
        assert rows[0] == ["at", "who", "did", "what"]
        # What commands did is the making of this test's people.
        return [row[1:] for row in rows[1:] if row[1] != PORTAL_COMMAND]

    return read


def visit(viewer, name, *args, **params):
    visitor = Client()
    visitor.force_login(viewer)
    answer = visitor.get(reverse(name, args=args), params)
    assert answer.status_code == 200
    answer.getvalue()


def test_others_looks_and_exports_are_listed_newest_first(page, lea, alice):
    visit(lea, "portal:person", "alice")
    visit(lea, "portal:session", "s1")
    visit(lea, "api:sessions", moderator="alice")
    visit(lea, "portal:videos-csv", moderator="alice")
    visit(lea, "portal:videos-csv", start="2026-01-01")
    visit(alice, "portal:person", "alice")
    assert page() == [
        ["lea", "exported", "Everyone's: videos, CSV"],
        ["lea", "exported", "Videos, CSV"],
        ["lea", "read", "Sessions, by the API"],
        ["lea", "viewed", "Review session s1"],
        ["lea", "viewed", "The moderator's page"],
    ]


def test_nothing_is_listed_of_others_or_of_refused_attempts(page, lea, bob):
    visit(lea, "portal:person", "bob")
    visitor = Client()
    visitor.force_login(bob)
    assert visitor.get(reverse("portal:person", args=["alice"])).status_code == 404
    assert page() == []


def test_changes_by_hand_are_listed_with_what_was_changed(page, alice, lea):
    boss = make_user("boss", Role.ADMIN)
    visitor = Client()
    visitor.force_login(boss)
    moderator = alice.moderator
    address = reverse("admin:analytics_moderator_change", args=[moderator.pk])
    assert visitor.get(address).status_code == 200
    assert ["boss", "viewed", "Moderator in the admin"] in page()


def test_the_list_stays_when_the_account_goes(page, lea):
    visit(lea, "portal:person", "alice")
    looks.flush()
    lea.delete()
    assert ["lea", "viewed", "The moderator's page"] in page()


def test_the_page_shows_the_list_to_the_person_and_to_leads(page, client, lea, alice):
    visit(lea, "portal:session", "s1")
    page()
    for viewer, title in ((alice, "Who looked at me"), (lea, "Who looked at alice")):
        client.force_login(viewer)
        text = client.get(reverse("portal:who-looked", args=["alice"])).content.decode()
        assert f"<h1>{title}</h1>" in text
        assert "Review session s1" in text
        assert "nothing by name" in text


def test_weeks_are_counted_from_monday_to_sunday(page, lea, alice):
    visit(lea, "portal:session", "s1")
    looks.flush()
    for _ in range(2):
        Entry.objects.bulk_create([look_at_alice(datetime(2026, 3, 15, 23, 59, tzinfo=UTC))])
    Entry.objects.bulk_create(
        [
            look_at_alice(datetime(2026, 3, 16, tzinfo=UTC)),
            look_at_alice(datetime(2025, 12, 21, 23, 59, tzinfo=UTC)),
            look_at_alice(datetime(2025, 12, 22, tzinfo=UTC)),
        ]
    )
    with patch("analytics.presentation.looks_by_week.timezone.localdate") as today:
        today.return_value = date(2026, 3, 22)
        chart = looks_by_week(
            entries_about(alice.moderator).filter(at__lt=datetime(2026, 4, 1, tzinfo=UTC))
        )
    titles = [bar.title.replace("\u00a0", " ") for bar in chart.bars]
    assert len(titles) == 13
    assert titles[0] == "Week of 22 Dec 2025: 1 time"
    assert titles[1] == "Week of 29 Dec 2025: 0 times"
    assert titles[-2:] == ["Week of 9 Mar 2026: 2 times", "Week of 16 Mar 2026: 1 time"]
    assert chart.most == 2
    assert chart.description.replace("\u00a0", " ") == "4 times in 13 weeks of UTC"
    assert chart.bars[-2].height == 2 * chart.bars[-1].height == 110


def look_at_alice(at):
    """The entry of a look that is there, at another time."""
    entry = Entry.objects.filter(action="look", subject__isnull=False).latest("id")
    entry.pk, entry.merge_key, entry.at = None, None, at
    return entry


def test_a_page_costs_a_bounded_number_of_queries(
    page, client, alice, lea, django_assert_max_num_queries
):
    for nth in range(30):
        write_session(PlainSession(f"n{nth}", "alice", NOON, 60_000_000, [], [], []))
        visit(lea, "portal:session", f"n{nth}")
    looks.flush()
    assert Entry.objects.filter(action="look").count() >= 30
    client.force_login(alice)
    with django_assert_max_num_queries(12):
        client.get(reverse("portal:who-looked", args=["alice"]))


def test_nobody_learns_who_checked_or_judged_a_dispute(page, lea, alice):
    view = PlainView("v1", "completed", ["a"], "muted")
    write_session(PlainSession("s2", "alice", NOON, 60_000_000, [view], [], []))
    visitor = Client()
    visitor.force_login(lea)
    sent = {"session": "s2", "position": 0, "verdict": "rejected"}
    assert visitor.post("/api/v1/quality-checks/", sent, "application/json").status_code == 200
    check = QualityCheck.objects.get()
    dispute = open_dispute(check, "It is a quote.", by=alice)
    judge = make_user("judge", Role.LEAD)
    visitor.force_login(judge)
    decision = {"outcome": "upheld", "reply": "No."}
    address = reverse("portal:quality-check", args=[check.pk])
    assert visitor.post(address, decision).status_code == 302
    dispute.refresh_from_db()
    assert dispute.decided_by == judge
    shown = page()
    assert ["somebody who checks decisions", "added", "A check of a decision"] in shown
    assert ["somebody who checks decisions", "changed", "The answer to a dispute"] in shown
    assert {who for who, *_ in shown} & {"lea", "judge"} == set()
