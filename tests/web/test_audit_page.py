"""The audit's page: found by name, address, thing, deed and day; page by page; whole as CSV."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from analytics.notes import NoteWords, write_note
from analytics.presentation import audit_query
from analytics.web import audit_page
from audit import looks
from audit.erasure import erase_person
from audit.models import Entry, Person
from tests.conftest import make_user

PAGE = "/audit/"
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def entries(client, ada):
    """Two entries beside the one of the login."""
    client.force_login(ada)
    alice, bob = (
        Person.objects.create(kind="moderator", number=n, name=name)
        for n, name in ((901, "alice"), (902, "bob"))
    )
    looked = Entry.objects.create(
        at=NOON - timedelta(days=2),
        action="look",
        source="page",
        place="portal:review",
        subject=alice,
        address="192.0.2.7",
    )
    changed = Entry.objects.create(
        at=NOON,
        action="change",
        source="admin",
        place="admin:analytics_target_change",
        actor=bob,
        object_kind="analytics.target",
        object_key="41",
        details={"value": [0.6, 0.7], "label": "changed"},
    )
    return {"looked": looked.pk, "changed": changed.pk}


def lines(answer):
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"q": "ali"}, ["looked"]),
        ({"q": "bob"}, ["changed"]),
        ({"q": "192.0.2.7"}, ["looked"]),
        ({"q": "41"}, ["changed"]),
        ({"q": "nobody"}, []),
        ({"who": "bob"}, ["changed"]),
        ({"who": "alice"}, []),
        ({"about": "alice"}, ["looked"]),
        ({"about": "41"}, ["changed"]),
        ({"did": "change", "q": "bob"}, ["changed"]),
        ({"q": "ali", "start": "0001-01-01", "end": "9999-12-31"}, ["looked"]),
        ({"did": "look", "q": "bob"}, []),
        ({"start": "2026-03-10", "end": "2026-03-10"}, ["changed"]),
        ({"start": "2026-03-08", "end": "2026-03-09"}, ["looked"]),
        ({"end": "2026-03-10"}, ["changed", "looked"]),
    ],
)
def test_what_is_searched_on_the_page_and_in_the_file(client, entries, params, found):
    keys = [entries[name] for name in found]
    page = client.get(PAGE, params)
    assert page.status_code == 200
    assert len(page.context["entries"]) == len(keys)
    rows = lines(client.get(reverse("portal:audit-csv"), params))
    assert [int(row["id"]) for row in rows] == keys


def test_a_name_is_the_whole_one_where_somebody_has_it(client, entries):
    Entry.objects.create(
        action="look",
        source="page",
        place="portal:review",
        subject=Person.objects.create(kind="moderator", number=903, name="alicette"),
    )
    assert len(client.get(PAGE, {"about": "alice"}).context["entries"]) == 1
    assert len(client.get(PAGE, {"about": "alic"}).context["entries"]) == 2


def test_values_before_and_after_are_read(client, entries, alice, bob):
    """Keys are names, whatever became of whom they are of."""
    Entry.objects.create(
        action="change",
        source="admin",
        place="x",
        details={
            "moderator_id": [None, alice.moderator_id],
            "created_by_id": [bob.pk, 987_654],
            "is_active": [True, False],
            "kinds": [[], ["a", "b"]],
            "text": "changed",
            "note": [None, "x" * 300],
        },
    )
    shown = client.get(PAGE, {"did": "change"}).context["entries"][0]
    assert [(each.label, each.old, each.new, each.hidden) for each in shown.changes] == [
        ("created by", "bob", "987654", False),
        ("is active", "yes", "no", False),
        ("kinds", "", "a, b", False),
        ("moderator", "", "alice", False),
        ("note", "", "x" * 199 + "…", False),
        ("text", "", "", True),
    ]
    page = client.get(PAGE, {"q": "41"}).content.decode()
    assert "<del><bdi>0.6</bdi></del>" in page
    assert "<ins><bdi>0.7</bdi></ins>" in page


def test_what_deleted_and_erased_accounts_did_is_there(client, ada, alice, lea):
    write_note(alice.moderator, NoteWords("We talked"), by=lea)
    boss = make_user("boss", "lead")
    client.force_login(boss)
    client.get(reverse("portal:person", args=["alice"]))
    client.force_login(lea)
    client.get(reverse("portal:person", args=["alice"]))
    looks.flush()
    numbers = {"lea": lea.pk, "boss": boss.pk}
    erase_person(Person.Kind.ACCOUNT, boss.pk, "erased-1")
    lea.delete()
    boss.delete()

    client.force_login(ada)
    page = client.get(PAGE, {"about": "alice", "did": "look"})
    shown = [(each.who.name, each.who.url, each.who.note) for each in page.context["entries"]]
    assert shown == [
        ("lea", "", f"deleted account {numbers['lea']}"),
        ("erased-1", "", f"erased account {numbers['boss']}"),
    ]


def test_names_lead_to_whom_they_are(client, entries, alice, lea):
    for user in (alice, lea):
        Entry.objects.create(
            action="login",
            source="page",
            place="login",
            actor=Person.objects.update_or_create(
                kind="account", number=user.pk, defaults={"name": user.username}
            )[0],
        )
    of_lea, of_alice = client.get(PAGE, {"did": "login"}).context["entries"][:2]
    assert of_alice.who.url == reverse("portal:person", args=["alice"])
    assert of_lea.who.url == reverse("admin:accounts_user_change", args=[lea.pk])


def test_pages_go_both_ways_and_miss_nothing(client, entries, monkeypatch):
    monkeypatch.setattr(audit_page, "PAGE_SIZE", 2)
    Entry.objects.bulk_create(
        Entry(at=NOON, action="look", source="page", place=f"portal:{n}", address="192.0.2.9")
        for n in range(5)
    )

    def what(answer):
        return [entry.what for entry in answer.context["entries"]]

    pages, address = [], f"{PAGE}?q=192.0.2.9"
    while address:
        answer = client.get(address)
        pages.append(what(answer))
        last, address = answer, answer.context["older_url"] and PAGE + answer.context["older_url"]
    assert pages == [["4", "3"], ["2", "1"], ["0"]]
    back = client.get(PAGE + last.context["newer_url"])
    assert what(back) == ["2", "1"]
    first = client.get(PAGE + back.context["newer_url"])
    assert (what(first), first.context["newer_url"]) == (["4", "3"], "")
    assert what(client.get(PAGE + back.context["older_url"])) == ["0"]
    assert "q=192.0.2.9" in back.context["newest_url"]


def test_a_file_is_whole_however_long(client, entries, monkeypatch):
    monkeypatch.setattr("analytics.presentation.audit.ROWS_AT_ONCE", 3)
    Entry.objects.bulk_create(
        Entry(at=NOON, action="look", source="page", place="x", address="192.0.2.9")
        for _ in range(7)
    )
    rows = lines(client.get(reverse("portal:audit-csv"), {"q": "192.0.2.9"}))
    keys = [int(row["id"]) for row in rows]
    assert (len(keys), keys) == (7, sorted(keys, reverse=True))
    [changed] = lines(client.get(reverse("portal:audit-csv"), {"did": "change"}))
    assert changed | {"id": "", "at": ""} == {
        "id": "",
        "at": "",
        "actor_kind": "moderator",
        "actor_number": "902",
        "actor": "bob",
        "token": "",
        "action": "change",
        "subject_kind": "",
        "subject_number": "",
        "subject": "",
        "object_kind": "analytics.target",
        "object_key": "41",
        "details": '{"label": "changed", "value": [0.6, 0.7]}',
        "source": "admin",
        "place": "admin:analytics_target_change",
        "address": "",
        "request_id": "",
    }


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"start": "2026-03-11", "end": "2026-03-10"}, "The last day is before the first."),
        ({"start": "soon"}, "Enter a valid date."),
        ({"did": "dance"}, "Select a valid choice."),
        ({"q": "x" * 301}, "at most 300 characters"),
        ({"older": "x"}, "Older: begins behind no entry"),
        ({"older": "x", "newer": "y"}, "a page begins at one end"),
        ({"page": "2"}, "page"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_reason(client, entries, params, message):
    answer = client.get(PAGE, params)
    assert answer.status_code == 400
    assert message in answer.content.decode()


def test_a_count_has_a_bound(client, entries, monkeypatch):
    monkeypatch.setattr(audit_page, "MAX_LISTED", 1)
    assert client.get(PAGE).context["total"] == "more than 1"


def test_whoever_reads_the_audit_is_in_it(client, ada, alice):
    client.force_login(ada)
    for params in ({}, {"about": "alice"}, {}):
        assert client.get(PAGE, params).status_code == 200
    lines(client.get(reverse("portal:audit-csv")))
    looks.flush()
    found = Entry.objects.filter(place__startswith="portal:audit").order_by("at", "pk")
    assert list(found.values_list("action", "actor__name", "subject__name", "object_kind")) == [
        ("look", "ada", None, "audit.entry"),
        ("look", "ada", "alice", "audit.entry"),
        ("export", "ada", None, "audit.entry"),
    ]


def test_people_found_by_a_beginning_have_a_bound(client, entries, monkeypatch):
    monkeypatch.setattr(audit_query, "MAX_PEOPLE", 1)
    assert len(audit_query.people_named("")) == 1
