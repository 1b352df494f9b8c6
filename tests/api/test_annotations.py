"""Annotations by the API: read by everybody, written by leads, admins and programs."""

import csv
import io
from datetime import date

import pytest

from accounts.models import Role
from accounts.tokens import TokenScope
from analytics.models import Annotation, Moderator
from audit.models import Entry
from tests.api.conftest import with_login, with_token
from tests.conftest import make_user

POLICY = {"start": "2026-03-10", "text": "Policy 4.2: reuploads count as spam"}
WAVE = {
    "start": "2026-03-01",
    "end": "2026-03-05",
    "text": "Spam wave from one network",
    "queue": "Spam",
}
NOTHING = {"created": 0, "updated": 0, "unchanged": 0, "rejected_count": 0, "rejected": []}


def add(**fields):
    return Annotation.objects.create(**{"end": fields["start"], **fields})


def test_a_note_is_sent_and_read(sender, alice):
    assert sender.send("annotations/", [POLICY, WAVE]).json() == NOTHING | {"created": 2}
    assert sender.send("annotations/", POLICY | {"end": "2026-03-10"}).json() == NOTHING | {
        "unchanged": 1
    }

    first, second = with_login(alice).read("annotations/").json()["results"]

    assert first == {
        "id": first["id"],
        "start": "2026-03-10",
        "end": "2026-03-10",
        "text": "Policy 4.2: reuploads count as spam",
        "queue": None,
        "created_at": first["created_at"],
    }
    assert second == {"id": second["id"], "created_at": second["created_at"], **WAVE}
    assert with_login(alice).read(f"annotations/{first['id']}/").json() == first


def test_the_audit_has_each_note_and_who_sent_it(sender):
    sender.send("annotations/", WAVE)

    row = Annotation.objects.get()
    assert row.created_by.username == "review-tool"
    entries = Entry.objects.filter(object_kind="analytics.annotation")
    [entry] = entries.values("action", "actor__name", "object_key", "details")
    assert entry == {
        "action": "create",
        "actor__name": "review-tool",
        "object_key": str(row.pk),
        "details": {
            "start": [None, "2026-03-01"],
            "end": [None, "2026-03-05"],
            "text": [None, "Spam wave from one network"],
            "queue": [None, "Spam"],
            "created_by_id": [None, row.created_by_id],
        },
    }


@pytest.mark.parametrize(
    ("params", "texts"),
    [
        ({}, ["later", "days", "early"]),
        ({"start": "2026-03-05"}, ["later", "days"]),
        ({"end": "2026-03-02"}, ["early"]),
        ({"end": "2026-03-03"}, ["days", "early"]),
        ({"start": "2026-03-06", "end": "2026-03-08"}, []),
        ({"start": "2026-03-04", "end": "2026-03-04"}, ["days"]),
        ({"queue": " Spam "}, ["days"]),
        ({"ordering": "start"}, ["early", "days", "later"]),
    ],
)
def test_the_dates_find_what_reaches_into_them(reader, params, texts):
    add(start="2026-03-01", text="early")
    add(start="2026-03-03", end="2026-03-05", text="days", queue="Spam")
    add(start="2026-03-09", text="later")

    found = reader.read("annotations/", params).json()["results"]

    assert [row["text"] for row in found] == texts


def test_pages_and_csv(reader):
    for day in range(1, 4):
        add(start=date(2026, 3, day), text=f"=note {day}")
    page = reader.read("annotations/", {"page_size": 2}).json()
    assert [row["text"] for row in page["results"]] == ["=note 3", "=note 2"]
    assert [row["text"] for row in reader.get(page["next"]).json()["results"]] == ["=note 1"]

    answer = reader.read("annotations/", {"format": "csv"})

    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert rows[0] == ["id", "start", "end", "text", "queue", "created_at"]
    assert [row[3] for row in rows[1:]] == ["'=note 3", "'=note 2", "'=note 1"]


def test_an_export_comes_back_unchanged(reader, tmp_path, capsys):
    from django.core.management import call_command

    add(start="2026-03-10", text="=1+1", queue="Spam")
    add(start="2026-03-10", end="2026-03-12", text="\u05e9\u05dc\u05d5\u05dd")
    export = b"".join(reader.read("export/annotations.csv").streaming_content)
    assert export.decode().splitlines()[0] == "start,end,text,queue"
    path = tmp_path / "annotations.csv"
    path.write_bytes(export)

    call_command("import_csv", "annotations", str(path))

    ending = capsys.readouterr().out.splitlines()[-1]
    assert ending == "rows: 0 created, 0 updated, 2 unchanged, 0 rejected"


NAMED = (
    "names the moderator alice. Everybody reads annotations, so they say nothing about a person;"
    " what concerns one person belongs in a talk with them"
)
CONTROL = "contains a line break or a control character; it is one line of text"
DIRECTION = "contains a control of writing direction"


@pytest.mark.parametrize(
    ("fields", "path", "message"),
    [
        ({"text": ""}, "text", "is empty"),
        ({"text": "\u200b \ufeff"}, "text", "is empty"),
        ({"text": 7}, "text", "expected a text, got 7"),
        ({"text": "a\nb"}, "text", CONTROL),
        ({"text": "a\x1b[31m"}, "text", CONTROL),
        ({"text": "a\u2028b"}, "text", CONTROL),
        ({"text": "a\x00b"}, "text", "contains a NUL character"),
        ({"text": "a\ud800"}, "text", "contains a lone surrogate, or bytes that are not UTF-8"),
        ({"text": "txt\u202ecod"}, "text", DIRECTION),
        ({"text": "\u2067a"}, "text", DIRECTION),
        ({"text": "x" * 201}, "text", "longer than 200 characters (201)"),
        ({"text": "x" * 10**6}, "text", "longer than 200 characters (1,000,000)"),
        ({"end": "2026-03-09"}, "end", "2026-03-09 is before the first day, 2026-03-10"),
        ({"start": "0001-01-01"}, "start", "expected a date from 0002-01-01 to 9998-12-31, got"),
        ({"end": "9999-12-31"}, "end", "expected a date from 0002-01-01 to 9998-12-31, got"),
        ({"start": "10.3.2026"}, "start", "expected a date as YYYY-MM-DD, got"),
        ({"start": None}, "start", "is empty"),
        ({"queue": ["Spam"]}, "queue", "expected a text, got a list"),
        ({"queue": "q" * 501}, "queue", "longer than 500 characters (501)"),
        ({"created_by": 1}, "created_by", "is no column of this kind"),
    ],
)
def test_what_is_refused(sender, fields, path, message):
    answer = sender.send("annotations/", [POLICY | {"text": "good"}, POLICY | fields])

    assert answer.status_code == 422
    body = answer.json()
    assert len(answer.content) < 3000
    [rejected] = body["rejected"]
    assert (rejected["index"], rejected["path"]) == (1, path)
    assert rejected["message"].startswith(message)
    assert not Annotation.objects.exists()

    partial = sender.send("annotations/?partial=true", [POLICY | fields, POLICY]).json()

    [refused] = partial.pop("rejected")
    assert (refused["index"], refused["message"]) == (0, rejected["message"])
    assert partial == {"created": 1, "updated": 0, "unchanged": 0, "rejected_count": 1}


def test_text_is_kept_as_it_is_but_for_its_ends(sender, reader):
    text = "<script>alert(1)</script> & <b>\u05e9\u05dc\u05d5\u05dd</b> e\u0301"
    sender.send("annotations/", POLICY | {"text": f" \u200e{text}\ufeff\n"})

    [row] = reader.read("annotations/").json()["results"]

    assert row["text"] == "<script>alert(1)</script> & <b>\u05e9\u05dc\u05d5\u05dd</b> \u00e9"
    assert sender.send("annotations/", POLICY | {"text": "x" * 200}).json()["created"] == 1


@pytest.mark.parametrize(
    ("text", "is_refused"),
    [
        ("Alice is on leave", True),
        ("since (alice) left", True),
        ("alice", True),
        ("palice and alice2, alices", False),
        ("ab and a queue", False),
    ],
)
def test_nobody_is_named_by_those_who_know_names(lea, sender, text, is_refused):
    for name in ("alice", "ab"):
        Moderator.objects.get_or_create(username=name)

    answer = with_login(lea).send("annotations/", POLICY | {"text": text})

    assert answer.status_code == (422 if is_refused else 200)
    if is_refused:
        [rejected] = answer.json()["rejected"]
        assert (rejected["path"], rejected["message"]) == (
            "text",
            NAMED,
        )
    # A program must not learn which names there are.
    expected = "created" if is_refused else "unchanged"
    assert sender.send("annotations/", POLICY | {"text": text}).json() == NOTHING | {expected: 1}


def test_a_queue_names_nobody_either(lea):
    Moderator.objects.create(username="alice")
    answer = with_login(lea).send("annotations/", POLICY | {"queue": "Alice"})
    assert answer.json()["rejected"][0]["path"] == "queue"


def test_an_admin_s_token_sees_names_too(ada):
    Moderator.objects.create(username="alice")
    answer = with_token(ada, TokenScope.INGEST).send("annotations/", POLICY | {"text": "alice"})
    assert answer.status_code == 422


def test_deleting_is_in_the_audit(lea, reader):
    row = add(start="2026-03-10", text="New policy")

    answer = with_login(lea).delete(f"/api/v1/annotations/{row.pk}/")

    assert (answer.status_code, answer.content) == (204, b"")
    assert not Annotation.objects.exists()
    [entry] = Entry.objects.filter(object_kind="analytics.annotation", action="delete")
    assert entry.actor.name == "lea"
    assert entry.details["text"] == ["New policy", None]
    assert reader.read(f"annotations/{row.pk}/").status_code == 404
    assert with_login(lea).delete(f"/api/v1/annotations/{10**30}/").status_code == 404


def test_a_change_makes_new_answers_for_everybody_and_computes_nothing_anew(
    lea, alice, sender, monkeypatch
):
    """Two viewers; the lists, the metrics, their figures and the findings."""
    make_user("tool", Role.PROGRAM)
    clients = (with_login(lea), with_login(alice))
    addresses = ("annotations/", "metrics/review-by-day/", "metrics/review-by-day/figure/")
    addresses += ("insights/",)
    before = {
        (client, address): client.read(address)["ETag"]
        for client in clients
        for address in addresses
    }
    assert len(set(before.values())) == len(before)

    def fits(client, address):
        etag = before[client, address]
        return client.read(address, headers={"if-none-match": etag}).status_code == 304

    assert all(fits(*each) for each in before)
    from analytics.metrics import result_cache

    kept = {key[1] for key in result_cache.compute_cached.cache}
    sender.send("annotations/", POLICY)

    assert not any(fits(*each) for each in before)
    assert {key[1] for key in result_cache.compute_cached.cache} == kept
