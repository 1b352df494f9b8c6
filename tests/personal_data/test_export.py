"""What somebody gets who asks for all that is kept about them."""

import csv
import io
import json
import stat
from datetime import date
from zipfile import ZipFile

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from axes.models import AccessAttempt
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.models import ApiToken, CompanyAccount
from analytics.models import (
    Annotation,
    Dispute,
    ModeratorPerformance,
    Note,
    NoteReply,
    QualityCheck,
    QualitySample,
    SavedView,
    UploadedFile,
)
from audit import looks
from tests.brute import PlainSession
from tests.factory import NOON, write_session


@pytest.fixture
def export(tmp_path, capsys):
    def run(name):
        file = tmp_path / f"{name}.zip"
        call_command("person", "export", name, file)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        with ZipFile(file) as archive:
            return {part: archive.read(part).decode() for part in archive.namelist()}

    return run


def rows_of(text):
    return list(csv.reader(io.StringIO(text)))


def test_everything_about_a_moderator_is_in_the_file(export, alice, bob, lea):
    for name in ("alice", "bob"):
        write_session(PlainSession(f"of-{name}", name, NOON, 60_000_000, [], [], []))
    for user in (alice, bob):
        ModeratorPerformance.objects.create(
            moderator=user.moderator,
            date=date(2026, 3, 2),
            sessions_moderated=5,
            average_response_time=8.5,
            satisfaction_score=4.25,
        )
    ApiToken.objects.create_token(alice, "report")
    TOTP.activate(alice, "JBSWY3DPEHPK3PXP")
    CompanyAccount.objects.create(user=alice, issuer="https://company.example", subject="a-1")
    SavedView.objects.create(owner=alice, name="Mine", address="/review/?start=")
    Annotation.objects.create(
        start="2026-03-01", end="2026-03-02", text="New policy", created_by=alice
    )
    UploadedFile.objects.create(kind="k", name="a.csv", content=b"x", uploaded_by=alice)
    AccessAttempt.objects.create(
        username="alice", ip_address="192.0.2.7", user_agent="curl", failures_since_start=2
    )
    QualitySample.objects.create(
        name="Alice's March",
        method="random",
        moderator=alice.moderator,
        start="2026-03-01",
        end="2026-03-31",
        seed=1,
        population=1,
    )
    check = QualityCheck.objects.create(
        session_id="of-alice",
        position=0,
        video="v1",
        decision="accepted",
        verdict="rejected",
        note="Look again",
        checked_by=lea,
    )
    Dispute.objects.create(quality_check=check, reason="I did", created_by=alice)
    talk = Note.objects.create(
        moderator=alice.moderator, text="We talked", measure="accuracy", created_by=lea
    )
    NoteReply.objects.create(note=talk, text="Fine", created_by=alice)
    visitor = Client()
    visitor.force_login(lea)
    assert visitor.get(reverse("portal:session", args=["of-alice"])).status_code == 200
    visitor.force_login(alice)
    assert visitor.get(reverse("portal:session", args=["of-alice"])).status_code == 200
    looks.flush()

    parts = export("alice")

    [account] = json.loads(parts["account.json"])
    assert (account["username"], account["role"]) == ("alice", "moderator")
    assert [token["name"] for token in account["tokens"]] == ["report"]
    assert [factor["type"] for factor in account["second_factors"]] == ["totp"]
    [company] = account["company_accounts"]
    assert (company["issuer"], company["subject"]) == ("https://company.example", "a-1")
    assert "password" not in parts["account.json"]
    assert "secret" not in parts["account.json"]
    assert "digest" not in parts["account.json"]
    [document] = [json.loads(line) for line in parts["session-documents.jsonl"].splitlines()]
    assert document["username"] == "alice"
    assert len(document["sessions"]) == 1
    assert "of-alice" in document["sessions"][0].values()
    header, *performance = rows_of(parts["moderator-performance.csv"])
    assert performance == [["alice", "2026-03-02", "5", "8.5", "4.25"]], header
    assert ["lea", "viewed", "Review session of-alice"] in [
        row[1:] for row in rows_of(parts["who-looked.csv"])
    ]
    [view] = rows_of(parts["saved-views.csv"])[1:]
    assert view[:3] == ["Mine", "/review/?start=", ""]
    [login] = account["logins"]
    assert set(login) == {"begun_at", "last_used_at", "expire_date", "address", "browser"}
    assert (account["number_format"], account["time_zone"]) == ("comma-point", "")
    [note] = rows_of(parts["annotations.csv"])[1:]
    assert note[:4] == ["2026-03-01", "2026-03-02", "New policy", ""]
    [upload] = rows_of(parts["uploads.csv"])[1:]
    assert upload[:2] == ["k", "a.csv"]
    [attempt] = rows_of(parts["failed-logins.csv"])[1:]
    assert attempt[1:] == ["192.0.2.7", "curl", "2"]
    [sample] = rows_of(parts["samples.csv"])[1:]
    assert sample[:4] == ["Alice's March", "random", "2026-03-01", "2026-03-31"]
    [check_row] = rows_of(parts["checks.csv"])[1:]
    assert check_row[1:8] == ["of-alice", "0", "v1", "accepted", "rejected", "", "Look again"]
    assert check_row[9:] == ["I did", "open", ""]
    assert rows_of(parts["checks-made.csv"])[1:] == []
    [note_row] = rows_of(parts["notes.csv"])[1:]
    assert note_row[:2] + note_row[3:] == [str(talk.pk), "lea", "We talked", "accuracy", "", "", ""]
    [answer_row] = rows_of(parts["note-answers.csv"])[1:]
    assert answer_row[:2] + answer_row[3:] == [str(talk.pk), "alice", "Fine"]
    assert rows_of(parts["notes-written.csv"])[1:] == []
    assert rows_of(parts["note-answers-written.csv"])[1:] == []
    assert "lea" not in parts["checks.csv"]
    deeds = [row[1:4] for row in rows_of(parts["own-deeds.csv"])[1:]]
    assert deeds == [["look", "page", "portal:session"]]
    for text in parts.values():
        assert "bob" not in text


def test_an_account_without_work_has_its_account_and_deeds(export, lea):
    assert set(export("lea")) == {
        *("README.txt", "account.json", "saved-views.csv", "own-deeds.csv", "annotations.csv"),
        *("checks-made.csv", "uploads.csv", "failed-logins.csv", "admin-log.csv"),
        *("notes-written.csv", "note-answers-written.csv"),
    }


def test_a_name_that_nobody_has_makes_no_file(export, tmp_path, db):
    with pytest.raises(CommandError, match="there is no moderator and no account 'nobody'"):
        export("nobody")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_not_overwritten(export, tmp_path, alice):
    (tmp_path / "alice.zip").write_text("mine")
    with pytest.raises(CommandError, match="File exists"):
        export("alice")
    assert (tmp_path / "alice.zip").read_text() == "mine"


def test_the_person_and_admins_download_it_leads_do_not(client, alice, bob, lea, ada):
    address = reverse("portal:personal-data", args=["alice"])
    for viewer, status in ((alice, 200), (ada, 200), (bob, 404), (lea, 404)):
        client.force_login(viewer)
        answer = client.get(address)
        assert answer.status_code == status, viewer
        if status == 200:
            with ZipFile(io.BytesIO(answer.getvalue())) as archive:
                assert "session-documents.jsonl" in archive.namelist()
