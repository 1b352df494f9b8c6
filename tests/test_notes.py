"""Notes on moderators: who writes, reads, answers and settles them, and what stays."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from accounts.tokens import ApiToken
from analytics import notes
from analytics.models import Moderator, Note, NoteReply
from analytics.notes import NoteWords, settle, write_note
from audit import looks
from audit.models import Entry
from tests.conftest import make_user

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 20)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    """The forms and pages ask for today's date."""
    monkeypatch.setattr(
        timezone,
        "localdate",
        lambda value=None, tz=None: TODAY if value is None else timezone.localtime(value).date(),
    )


@pytest.fixture
def note(alice, lea):
    return write_note(alice.moderator, NoteWords("We talked"), by=lea)


def login(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def send(client, path, body):
    return client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json")


def post(client, name, *args, **fields):
    return client.post(reverse(name, args=args), fields)


def audited():
    """What the audit says of notes: action, subject, who, and the particulars."""
    entries = Entry.objects.filter(object_kind__contains="note").order_by("pk")
    return [(e.action, e.subject.name, e.actor and e.actor.name, e.details) for e in entries]


def test_a_lead_writes_the_person_answers_and_the_lead_settles_over_the_api(alice, lea):
    written = send(
        login(lea),
        "notes/",
        {
            "moderator": "alice",
            "text": " We looked at 20 videos. ",
            "measure": "reject_rate",
            "step": "Read the section on quotes",
            "until": "2026-04-03",
        },
    )
    assert written.status_code == 201, written.content
    key = written.json()["id"]
    answered = send(login(alice), f"notes/{key}/replies/", {"text": "Fine with me."})
    assert answered.status_code == 201, answered.content
    again = send(login(lea), f"notes/{key}/replies/", {"text": "Good."})
    assert again.status_code == 201
    settled = login(lea).post(f"/api/v1/notes/{key}/settle/")

    assert settled.status_code == 200, settled.content
    assert login(alice).get(f"/api/v1/notes/{key}/").json() == settled.json()
    note = settled.json()
    assert note.pop("at").startswith("20")
    assert note.pop("settled_at").startswith("20")
    assert [reply.pop("at")[:2] for reply in note["replies"]] == ["20", "20"]
    assert note == {
        "id": key,
        "moderator": "alice",
        "by": "lea",
        "text": "We looked at 20 videos.",
        "measure": "reject_rate",
        "step": "Read the section on quotes",
        "until": "2026-04-03",
        "settled_by": "lea",
        "replies": [{"by": "alice", "text": "Fine with me."}, {"by": "lea", "text": "Good."}],
    }
    twice = login(lea).post(f"/api/v1/notes/{key}/settle/")
    assert (twice.status_code, twice.json()["errors"]) == (
        400,
        [{"field": "note", "message": "This note is settled."}],
    )


def test_the_audit_has_who_did_what_without_the_texts(alice, lea):
    page = login(lea)
    fields = {"text": "We talked", "step": "Look at ten", "until": "2026-04-03"}
    assert post(page, "portal:notes", "alice", **fields).status_code == 302
    key = Note.objects.get().pk
    assert post(login(alice), "portal:note-reply", key, text="Fine").status_code == 302
    assert post(page, "portal:note-settle", key).status_code == 302

    created, answered, settled = audited()
    assert created[:3] == ("create", "alice", "lea")
    assert created[3] == {
        "text": "changed",
        "step": "changed",
        "until": [None, "2026-04-03"],
        "moderator_id": [None, alice.moderator_id],
        "created_by_id": [None, lea.pk],
    }
    assert answered[:3] == ("create", "alice", "alice")
    assert answered[3]["text"] == "changed"
    assert settled[:3] == ("change", "alice", "lea")
    assert set(settled[3]) == {"settled_at", "settled_by_id"}
    assert "We talked" not in json.dumps([entry[3] for entry in audited()])


def test_the_person_reads_who_noted_what_and_not_what_they_answered_themselves(alice, lea, note):
    words = NoteWords("Now this", step="Look at ten", until=date(2026, 12, 1))
    page = login(lea)
    post(page, "portal:notes", "alice", text="Now this", step="Look", until="2026-12-01")
    post(page, "portal:note-reply", note.pk, text="And?")
    post(page, "portal:note-settle", note.pk)
    post(login(alice), "portal:note-reply", note.pk, text="Yes")
    assert words.until == date(2026, 12, 1)
    looks.flush()
    answer = login(alice).get(reverse("portal:who-looked-csv", args=["alice"]))
    rows = b"".join(answer.streaming_content).decode().splitlines()
    assert [row.split(",", 1)[1] for row in rows[1:4]] == [
        "lea,noted,A note settled",
        "lea,noted,An answer to a note",
        "lea,noted,Agreed step by 1\u00a0Dec\u00a02026",
    ]


def test_nobody_else_learns_of_a_note(note, bob, tool):
    visitor = login(bob)
    missing = note.pk + 1
    for path in ("notes/{}/", "notes/{}/replies/", "notes/{}/settle/"):
        method = visitor.get if path == "notes/{}/" else visitor.post
        there, not_there = (
            method(f"/api/v1/{path.format(key)}", content_type="application/json")
            for key in (note.pk, missing)
        )
        assert (there.status_code, not_there.status_code) == (404, 404)
        assert there.json() | {"instance": ""} == not_there.json() | {"instance": ""}
    for name in ("portal:note-reply", "portal:note-settle"):
        assert [post(visitor, name, key).status_code for key in (note.pk, missing)] == [404, 404]
    assert visitor.get(reverse("portal:notes", args=["alice"])).status_code == 404
    assert visitor.get("/api/v1/notes/?moderator=alice").status_code == 404
    assert visitor.get("/api/v1/notes/").json()["results"] == []
    unlinked = login(make_user("ulla", Role.MODERATOR))
    assert [unlinked.get(f"/api/v1/notes/{key}/").status_code for key in (note.pk, missing)] == [
        403,
        403,
    ]


def test_a_token_reads_and_writes_nothing(note, lea):
    text = ApiToken.objects.create_token(lea, "report")[1]
    program = Client(headers={"Authorization": f"Token {text}"})
    assert program.get(f"/api/v1/notes/{note.pk}/").json()["text"] == "We talked"
    refused = send(program, f"notes/{note.pk}/replies/", {"text": "Hello"})
    assert (refused.status_code, refused.json()["detail"]) == (
        403,
        "Notes are written by a login; tokens read them.",
    )
    assert not NoteReply.objects.exists()


def test_a_lead_who_is_a_moderator_answers_notes_on_themselves_and_writes_none(lea):
    lena = make_user("lena", Role.LEAD, moderates=True)
    note = write_note(lena.moderator, NoteWords("We talked"), by=lea)
    own = login(lena)
    refused = send(own, "notes/", {"moderator": "lena", "text": "All fine"})
    assert refused.status_code == 403
    assert own.post(f"/api/v1/notes/{note.pk}/settle/").status_code == 403
    assert post(own, "portal:notes", "lena", text="All fine").status_code == 403
    assert post(own, "portal:note-settle", note.pk).status_code == 403
    assert send(own, f"notes/{note.pk}/replies/", {"text": "Fine"}).status_code == 201
    page = own.get(reverse("portal:notes", args=["lena"])).content.decode()
    assert "We talked" in page
    assert "Add note" not in page
    assert "Settle" not in page.replace("Who settles them", "")
    assert Note.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "path", "message"),
    [
        ({}, "text", "This field is required."),
        ({"text": " "}, "text", "This field is required."),
        ({"text": 5}, "text", "Is no text."),
        ({"text": "a\0b"}, "text", "Contains a NUL"),
        ({"text": "x" * 2001}, "text", "Ensure this value has at most 2000 characters"),
        ({"text": "a", "measure": "length"}, "measure", "Select a valid choice"),
        ({"text": "a", "step": "Look"}, "until", "An agreed step needs its date."),
        ({"text": "a", "until": "2026-03-21"}, "step", "Say what is agreed until then."),
        ({"text": "a", "step": "b", "until": "2026-03-19"}, "until", "The date lies between"),
        ({"text": "a", "step": "b", "until": "2027-03-22"}, "until", "The date lies between"),
        ({"text": "a", "step": "b", "until": "soon"}, "until", "Enter a valid date."),
        ({"text": "a", "author": "me"}, "author", "Unknown field"),
        ({"text": "a", "moderator": "zoe"}, "moderator", "No such moderator."),
    ],
)
def test_what_is_refused_is_named_with_its_field(alice, lea, body, path, message):
    answer = send(login(lea), "notes/", {"moderator": "alice", **body})
    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert error["field"] == path
    assert message in error["message"]
    assert not Note.objects.exists()


def test_an_agreed_step_may_end_today_and_a_year_ahead(alice, lea):
    for until in ("2026-03-20", "2027-03-21"):
        body = {"moderator": "alice", "text": "a", "step": "b", "until": until}
        assert send(login(lea), "notes/", body).status_code == 201


def test_the_list_is_filtered_paged_and_a_csv(alice, bob, lea, note):
    other = write_note(bob.moderator, NoteWords("Other", measure="accuracy"), by=lea)
    settle(note, by=lea)
    reader = login(lea)

    def keys(query):
        answer = reader.get(f"/api/v1/notes/?{query}")
        assert answer.status_code == 200, answer.content
        return [row["id"] for row in answer.json()["results"]]

    assert keys("") == [other.pk, note.pk]
    assert keys("ordering=at") == [note.pk, other.pk]
    assert keys("moderator=bob") == [other.pk]
    assert keys("open=false") == [note.pk]
    assert keys("measure=accuracy") == [other.pk]
    assert keys("start=2999-01-01") == []
    first = reader.get("/api/v1/notes/?page_size=1").json()
    assert [row["id"] for row in reader.get(first["next"]).json()["results"]] == [note.pk]
    lines = b"".join(reader.get("/api/v1/notes/?format=csv").streaming_content).decode()
    header, row, _ = lines.splitlines()
    assert header == "id,moderator,by,at,text,measure,step,until,settled_at,settled_by,replies"
    assert row.startswith(f"{other.pk},bob,lea,")
    assert row.endswith(",Other,accuracy,,,,,[]")


def test_a_note_shows_at_once_behind_an_etag(alice, lea, note):
    reader = login(alice)
    page = reverse("portal:person", args=["alice"])
    for address in ("/api/v1/notes/", "/api/v1/insights/", page):
        etag = reader.get(address).headers["ETag"]
        held = reader.get(address, headers={"If-None-Match": etag})
        assert held.status_code in (200, 304)
        NoteReply.objects.create(note=note, text=f"About {address}", created_by=lea)
        fresh = reader.get(address, headers={"If-None-Match": etag})
        assert fresh.status_code == 200, address
    assert "About /api/v1/notes/" in reader.get(page).content.decode()


def test_two_viewers_of_one_page_see_what_each_may_do(alice, lea, note):
    page = reverse("portal:person", args=["alice"])
    as_lead, as_person = (login(user).get(page).content.decode() for user in (lea, alice))
    assert "We talked" in as_lead
    assert "We talked" in as_person
    assert "alice reads these and may answer" in as_lead
    assert "you read these and may answer" in as_person
    for part in ("Add note", "Settle the note", 'href="#new-note"'):
        assert part in as_lead
        assert part not in as_person
    as_lead_again = login(lea).get(page).content.decode()
    assert "Add note" in as_lead_again


def test_text_is_text(alice, lea):
    text = "<script>alert(1)</script>\nsecond line"
    post(login(lea), "portal:notes", "alice", text=text)
    page = login(alice).get(reverse("portal:notes", args=["alice"])).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_form_that_is_refused_says_why_and_keeps_what_was_typed(alice, lea, note):
    answer = post(login(lea), "portal:notes", "alice", text="We agreed", step="Look at ten")
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "An agreed step needs its date." in page
    assert "We agreed</textarea>" in page
    answer = post(login(alice), "portal:note-reply", note.pk, text="")
    assert answer.status_code == 400
    assert "This field is required." in answer.content.decode()
    assert "We talked" in answer.content.decode()


def test_a_note_has_so_many_answers(alice, note, monkeypatch):
    monkeypatch.setattr(notes, "MAX_REPLIES", 2)
    statuses = [post(login(alice), "portal:note-reply", note.pk, text=t).status_code for t in "abc"]
    assert statuses == [302, 302, 400]
    assert NoteReply.objects.count() == 2


def test_the_author_s_account_goes_and_the_note_stays(alice, lea, note):
    lea.delete()
    page = login(alice).get(reverse("portal:notes", args=["alice"])).content.decode()
    assert "a deleted account" in page
    assert "We talked" in page
    assert login(alice).get(f"/api/v1/notes/{note.pk}/").json()["by"] is None


@pytest.mark.parametrize("fields", [{"text": ""}, {"step": "Look"}, {"until": TODAY}])
def test_the_database_refuses_a_note_that_makes_no_sense(alice, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        Note.objects.create(**{"moderator": alice.moderator, "text": "a", **fields})


@pytest.mark.django_db(transaction=True)
def test_of_two_who_settle_at_once_one_does(lea, ada, alice):
    note = write_note(alice.moderator, NoteWords("We talked"), by=lea)

    def do(user):
        try:
            return login(user).post(f"/api/v1/notes/{note.pk}/settle/").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(do, (lea, ada))) == [200, 400]


def test_old_notes_are_on_the_page_of_all(alice, lea):
    for nth in range(21):
        write_note(alice.moderator, NoteWords(f"Note {nth:02}"), by=lea)
    person = login(alice).get(reverse("portal:person", args=["alice"])).content.decode()
    assert "Note 18" in person
    assert "Note 17" not in person
    assert reverse("portal:notes", args=["alice"]) in person
    first, second = (
        login(alice).get(reverse("portal:notes", args=["alice"]), {"page": page}).content.decode()
        for page in (1, 2)
    )
    assert "Note 01" in first
    assert "Note 00" not in first
    assert "Note 00" in second
    missing = login(alice).get(reverse("portal:notes", args=["alice"]), {"page": 3})
    assert missing.status_code == 404


def test_dates_of_a_list_are_the_days_on_which_notes_were_written(alice, lea, note):
    day = timezone.localtime(note.created_at).date()
    reader = login(lea)
    for start, end, n in ((day, day, 1), (day + timedelta(days=1), "", 0)):
        query = f"start={start}" + (f"&end={end}" if end else "")
        assert len(reader.get(f"/api/v1/notes/?{query}").json()["results"]) == n
    assert Moderator.objects.get(username="alice").notes.count() == 1
