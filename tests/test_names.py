"""Names: what is one name, at every door, and the merging of those that were two."""

import importlib
import json
from datetime import date

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.urls import reverse

from accounts.models import Role, User
from analytics.access import PORTAL
from analytics.imports.notices import look_alikes
from analytics.imports.sessions.export import exported_lines
from analytics.imports.sessions.store import store_documents
from analytics.models import (
    Inactivity,
    Moderator,
    ModeratorPerformance,
    QueueAssignment,
    Session,
)
from analytics.names import normalise
from analytics.path_converters import IdConverter
from analytics.scope import Scope
from analytics.summaries import checking
from audit.models import Action, Entry
from tests.api.conftest import with_login
from tests.conftest import make_user

migration = importlib.import_module("analytics.migrations.0007_normalise_names")
subqueues = importlib.import_module("analytics.migrations.0011_subqueue_names")


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("rewa", "rewa"),
        (" rewa\t", "rewa"),
        ("\ufeffrewa\u200b", "rewa"),
        ("\u00a0 \u200drewa\u3000", "rewa"),
        ("Zoe\u0308", "Zoë"),
        ("re wa", "re wa"),
        ("re\u200bwa", "re\u200bwa"),
        ("Rewa", "Rewa"),
        ("\u200b", ""),
    ],
)
def test_normalising(given, name):
    assert normalise(given) == name
    assert normalise(name) == name


def send(username, public_id):
    session = {"_id": public_id, "starttime": "2025-10-17T10:00:00Z"}
    return store_documents([{"username": username, "sessions": [session]}])


def test_one_person_through_every_door(db, lea, tmp_path):
    assert send("rewa ", "r1").counts.created == 1
    assert send("\u200brewa", "r2").counts.created == 1
    path = tmp_path / "rows.csv"
    path.write_text(
        "moderator,date,sessions_moderated,average_response_time,satisfaction_score\n"
        '"rewa\u00a0",2025-10-17,3,5,4\n'
    )
    call_command("import_csv", "moderator-performance", str(path))
    person = Moderator.objects.get(username="rewa")
    assert Session.objects.filter(moderator=person).count() == 2
    assert ModeratorPerformance.objects.get().moderator == person
    for asked in ("rewa", "rewa ", "\ufeffrewa"):
        answer = with_login(lea).read("sessions/", {"moderator": asked})
        assert len(answer.json()["results"]) == 2, asked


def test_the_original_of_a_username_is_kept_with_the_session(db):
    send("rewa ", "r1")
    assert Session.objects.get().extra == {"username": "rewa "}
    (line,) = exported_lines(Scope(PORTAL))
    document = json.loads(line)
    assert (document["username"], document["sessions"][0]["username"]) == ("rewa", "rewa ")
    assert store_documents([document]).counts.unchanged == 1


def test_look_alikes_stay_apart_and_are_named(db):
    for name in ("Amara", "amara", "ａmara", "amaro"):
        Moderator.objects.create(username=name)
    assert look_alikes(["amara"]) == [("Amara", "amara")]
    assert look_alikes(["Amara"]) == [("Amara", "amara"), ("Amara", "ａmara")]


def migrate():
    migration.merge_people(apps, None)
    migration.normalise_names(apps, None)
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")


def test_the_migration_merges_what_blanks_made_two(db, capsys):
    first = Moderator.objects.create(username="rewa ")
    second = Moderator.objects.create(username="rewa")
    send("x", "s1")
    send("x", "s2")
    Session.objects.filter(public_id="s1").update(moderator=first)
    Session.objects.filter(public_id="s2").update(moderator=second)
    account = make_user("other", Role.MODERATOR)
    User.objects.filter(pk=account.pk).update(moderator=second)
    ModeratorPerformance.objects.create(
        moderator=second, date=date(2025, 10, 17), sessions_moderated=3, average_response_time=5
    )
    Inactivity.objects.create(
        session=Session.objects.get(public_id="s1"), position=0, kind="pause "
    )

    migrate()

    person = Moderator.objects.exclude(username="x").get()
    assert (person.pk, person.username) == (first.pk, "rewa")
    assert set(Session.objects.values_list("moderator", flat=True)) == {first.pk}
    assert Session.objects.get(public_id="s1").extra == {"username": "rewa "}
    assert Session.objects.get(public_id="s2").extra is None
    assert User.objects.get(pk=account.pk).moderator_id == first.pk
    assert ModeratorPerformance.objects.get().moderator_id == first.pk
    assert Inactivity.objects.values_list("kind", "extra").get() == ("pause", {"type": "pause "})
    assert "'rewa' was merged into 'rewa'" in capsys.readouterr().err
    entry = Entry.objects.get(details__has_key="merged_into", action=Action.DELETE)
    assert (entry.object_key, entry.subject.number) == (str(second.pk), first.pk)
    assert entry.details == {"username": ["rewa", "rewa"], "merged_into": [second.pk, first.pk]}
    assert list(checking.differences()) == []


def test_what_cannot_be_merged_safely_stays_and_is_named(db, capsys):
    people = [Moderator.objects.create(username=name) for name in ("a ", "a", "b\u200b", "b")]
    for person in people[:2]:
        account = make_user(f"user{person.pk}", Role.MODERATOR)
        User.objects.filter(pk=account.pk).update(moderator=person)
    for person, score in zip(people[2:], (4, 5), strict=True):
        ModeratorPerformance.objects.create(
            moderator=person,
            date=date(2025, 10, 17),
            sessions_moderated=3,
            average_response_time=5,
            satisfaction_score=score,
        )
    migrate()
    names = Moderator.objects.order_by("pk").values_list("username", flat=True)
    assert list(names) == ["a ", "a", "b\u200b", "b"]
    told = capsys.readouterr().err
    assert "'a ' and 'a' stay apart: both have an account" in told
    assert "stay apart: their rows of 2025-10-17 differ" in told


@pytest.mark.parametrize(
    ("public_id", "written"), [(".", "~."), ("..", "~.."), ("~", "~~"), ("~.", "~~."), ("a.", "a.")]
)
def test_ids_that_browsers_take_for_directions(db, lea, public_id, written):
    converter = IdConverter()
    assert converter.to_url(public_id) == written
    assert converter.to_python(written) == public_id
    send("rewa", public_id)
    address = reverse("portal:session", args=[public_id])
    assert address.endswith(f"/sessions/{written}/")
    client = with_login(lea)
    assert client.get(address).status_code == 200
    assert client.read(f"sessions/{written}/").json()["_id"] == public_id


def test_the_migration_joins_subqueues_that_blanks_made_two(db, capsys):
    send("x", "s1")
    session = Session.objects.get()
    given = [
        {"Links ": 10, "Links": 5, "Bots": None},
        {"\ttabbed": None, "tabbed": 2, "\u200bZoe\u0308": 1},
        {"plain": 1, 'say "so"': 2, "Größe": 3},
        {},
    ]
    for position, counts in enumerate(given):
        QueueAssignment.objects.create(
            session=session, position=position, name="Spam", subqueues=counts
        )
    subqueues.normalise_subqueues(apps, connection.schema_editor())
    rows = QueueAssignment.objects.order_by("position").values_list("subqueues", "extra")
    assert list(rows) == [
        ({"Links": 15, "Bots": None}, {"subqueues": given[0]}),
        ({"tabbed": 2, "Zoë": 1}, {"subqueues": given[1]}),
        (given[2], None),
        (given[3], None),
    ]
    told = capsys.readouterr().err
    assert "subqueues of 2 queue assignments were renamed; in 2 of them" in told
    # What an import of the same would have stored.
    (line,) = exported_lines(Scope(PORTAL))
    assert store_documents([json.loads(line)]).counts.unchanged == 1
    assert list(checking.differences()) == []
