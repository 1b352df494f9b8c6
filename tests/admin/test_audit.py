"""The audit in the admin: found by name, address, thing, action and day; and changed by nobody."""

import pytest

from audit.models import Entry, Person

PAGE = "/admin/audit/entry/"
ABOUT = {"object_kind": "analytics.session", "object_key": "17"}


@pytest.fixture
def entries(client, ada):
    """Two entries beside the one of the login."""
    client.force_login(ada)
    alice, bob = (
        Person.objects.create(kind="moderator", number=n, name=name)
        for n, name in ((901, "alice"), (902, "bob"))
    )
    looked = Entry.objects.create(
        action="look", source="page", place="portal:review", subject=alice, address="192.0.2.7"
    )
    changed = Entry.objects.create(
        at="2026-03-10T12:00Z",
        action="change",
        source="admin",
        place="x",
        actor=bob,
        object_kind="analytics.target",
        object_key="41",
        details={"value": [0.6, 0.7], "label": "changed"},
    )
    return {"looked": looked.pk, "changed": changed.pk}


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"q": "ali"}, ["looked"]),
        ({"q": "bob"}, ["changed"]),
        ({"q": "192.0.2.7"}, ["looked"]),
        ({"q": "41"}, ["changed"]),
        ({"q": "nobody"}, []),
        ({"action__exact": "change", "q": "bob"}, ["changed"]),
        ({"at_from": "2026-03-10", "at_to": "2026-03-10"}, ["changed"]),
    ],
)
def test_what_is_searched(client, entries, params, found):
    rows = client.get(PAGE, params).context["cl"].result_list
    assert [row.pk for row in rows] == [entries[name] for name in found]


def test_names_lead_to_the_page_of_the_person(client, ada, alice):
    client.force_login(ada)
    for kind, number, name in (
        ("moderator", alice.moderator.pk, "alice the moderator"),
        ("account", alice.pk, "alice the account"),
        ("moderator", 987_654, "somebody who went"),
    ):
        person, _ = Person.objects.update_or_create(
            kind=kind, number=number, defaults={"name": name}
        )
        Entry.objects.create(
            action="look", source="page", place="x", actor=person, subject=person, **ABOUT
        )
    text = client.get(PAGE, {"q": ABOUT["object_key"]}).text
    for name in ("alice the moderator", "alice the account"):
        assert text.count(f'<a href="/moderators/alice/">{name}</a>') == 2
    assert text.count(">somebody who went<") == 2
    assert "somebody who went</a>" not in text


def test_values_are_shown_old_and_new(client, entries):
    page = client.get(PAGE, {"q": "41"}).text
    assert "value: 0.6 → 0.7" in page
    assert "label changed" in page


def test_what_no_index_finds_is_no_filter(client, entries):
    assert client.get(PAGE, {"place": "x"}).status_code in (302, 400)


def test_nothing_is_added_changed_or_deleted(client, entries):
    pk = entries["changed"]
    assert client.get(f"{PAGE}add/").status_code == 403
    assert client.post(f"{PAGE}{pk}/change/", {"action": "look"}).status_code == 403
    assert client.post(f"{PAGE}{pk}/delete/", {"post": "yes"}).status_code == 403
