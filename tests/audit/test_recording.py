"""What the audit records, and that nobody changes it."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import InternalError, ProgrammingError, transaction
from django.utils import timezone

from accounts.models import Role, User
from accounts.tokens import ApiToken
from analytics.models import ModeratorPerformance, Target
from audit import changes, looks
from audit.models import Entry, Person
from tests.conftest import make_user

#: Models of sums, which follow from what is audited.
SUMMARIES = ("analytics.models.summaries", "analytics.models.decisions")


def entries(**filters) -> list[tuple]:
    """Entries as (action, actor, subject, kind, details), oldest first."""
    looks.flush()
    found = Entry.objects.filter(**filters).order_by("pk").select_related("actor", "subject")
    return [
        (
            entry.action,
            entry.actor and entry.actor.name,
            entry.subject and entry.subject.name,
            entry.object_kind,
            entry.details,
        )
        for entry in found
    ]


@pytest.mark.parametrize(
    "attempt", [lambda: Entry.objects.update(action="look"), lambda: Entry.objects.all().delete()]
)
def test_the_database_refuses_to_change_the_past(alice, attempt):
    count = Entry.objects.count()
    assert count
    refused = pytest.raises((InternalError, ProgrammingError), match="append-only")
    with refused, transaction.atomic():
        attempt()
    assert Entry.objects.count() == count


def test_only_what_is_old_is_pruned(alice, settings, capsys):
    old = Entry.objects.create(
        at=timezone.now() - timedelta(days=401), action="login", source="page", place="login"
    )
    kept = Entry.objects.exclude(pk=old.pk).count()
    call_command("audit", "prune")
    assert Entry.objects.count() == kept
    assert not Entry.objects.filter(pk=old.pk).exists()
    assert capsys.readouterr().out == "1 entries older than 400 days deleted\n"


def test_a_user_with_old_and_new_values_and_no_names(alice, client, ada):
    client.force_login(ada)
    start = Entry.objects.order_by("pk").last().pk
    form = {"username": "alicia", "email": "x@portal.example", "role": "lead", "is_active": "on"}
    assert client.post(f"/admin/accounts/user/{alice.pk}/change/", form).status_code == 302
    moderator = alice.moderator_id
    assert entries(pk__gt=start, action="change") == [
        (
            "change",
            "ada",
            "alicia",
            "accounts.user",
            {
                "username": "changed",
                "email": "changed",
                "role": ["moderator", "lead"],
                "moderator_id": [moderator, None],
            },
        )
    ]
    assert Person.objects.get(kind="account", number=alice.pk).name == "alicia"
    page = client.get(f"/admin/accounts/user/{alice.pk}/history/").text
    assert "<td>moderator</td><td>lead</td>" in page
    assert "not recorded" in page


def test_a_password_is_recorded_without_its_value(alice):
    start = Entry.objects.order_by("pk").last().pk
    alice.set_password("another long one")
    alice.save()
    assert entries(pk__gt=start) == [
        ("change", None, "alice", "accounts.user", {"password": "changed"})
    ]


def test_tokens(alice, client):
    client.force_login(alice)
    start = Entry.objects.order_by("pk").last().pk
    client.post("/account/tokens/", {"name": "Script", "days": "0"})
    token = ApiToken.objects.get()
    client.post(f"/account/tokens/{token.pk}/revoke/")
    made, revoked = entries(pk__gt=start, object_kind="accounts.apitoken")
    assert made[:4] == ("create", "alice", "alice", "accounts.apitoken")
    assert made[4]["digest"] == "changed"
    assert made[4]["scope"] == [None, "read"]
    assert token.digest not in str(made)
    assert revoked[0] == "change"
    assert list(revoked[4]) == ["revoked_at"]


def test_a_target(client, ada):
    client.force_login(ada)
    target = Target.objects.get(figure="average_ctr")
    start = Entry.objects.order_by("pk").last().pk
    form = {"label": target.label, "unit": target.unit, "direction": "higher", "value": "0.7"}
    form["margin"] = "0.03"
    assert client.post(f"/admin/analytics/target/{target.pk}/change/", form).status_code == 302
    assert entries(pk__gt=start, action="change") == [
        ("change", "ada", None, "analytics.target", {"value": [0.6, 0.7]})
    ]


def test_a_row_that_goes_and_its_account_that_goes(client, ada, alice):
    row = ModeratorPerformance.objects.create(
        moderator=alice.moderator, date="2026-03-10", sessions_moderated=3, average_response_time=4
    )
    start = Entry.objects.order_by("pk").last().pk
    row.delete()
    [(action, _, subject, kind, details)] = entries(pk__gt=start)
    assert (action, subject, kind) == ("delete", "alice", "analytics.moderatorperformance")
    assert details["sessions_moderated"] == [3, None]
    before = Entry.objects.count()
    User.objects.get(pk=alice.pk).delete()
    assert Entry.objects.count() > before
    assert Person.objects.filter(kind="account", number=alice.pk, name="alice").exists()


def test_logins_good_and_bad_and_logouts(client, alice):
    start = Entry.objects.order_by("pk").last().pk
    form = {"username": "alice", "password": "wrong"}
    client.post("/login/", form)
    client.post("/login/", form)
    client.post("/login/", {"username": "a password by mistake", "password": "x"})
    client.post("/login/", {"username": "alice", "password": "correct horse battery"})
    client.post("/logout/")
    assert entries(pk__gt=start) == [
        # Two in one minute are one.
        ("login-failed", None, "alice", "", {}),
        ("login-failed", None, None, "", {"account": "unknown"}),
        ("login", "alice", "alice", "", {"by": ["password"]}),
        ("logout", "alice", "alice", "", {}),
    ]
    assert set(Entry.objects.filter(pk__gt=start).values_list("address", flat=True)) == {
        "127.0.0.1"
    }


def test_a_change_that_is_rolled_back_leaves_nothing(alice):
    count = Entry.objects.count()
    with transaction.atomic():
        alice.role = Role.LEAD
        alice.save()
        assert Entry.objects.count() == count + 1
        transaction.set_rollback(True)
    assert Entry.objects.count() == count


def test_looks_are_merged_within_a_minute_and_many_people_within_a_day(client, lea, alice):
    client.force_login(lea)
    start = Entry.objects.order_by("pk").last().pk
    for _ in range(3):
        client.get("/review/?moderator=alice")
        client.get("/review/")
        client.get("/moderators/")
    assert entries(pk__gt=start) == [
        ("look", "lea", "alice", "", {}),
        ("look", "lea", None, "", {}),
    ]


def test_a_304_is_a_look(client, lea, alice):
    client.force_login(lea)
    first = client.get("/review/?moderator=alice")
    looks.pending.clear()
    start = Entry.objects.order_by("pk").last().pk
    again = client.get("/review/?moderator=alice", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    assert entries(pk__gt=start) == [("look", "lea", "alice", "", {})]


def test_an_import_that_is_killed_has_begun(tmp_path, db):
    file = tmp_path / "rows.csv"
    file.write_text(
        "moderator,date,sessions_moderated,average_response_time,"
        "satisfaction_score\nalice,2026-03-10,3,4,\n"
    )
    start = Entry.objects.order_by("pk").last()
    call_command("import_csv", "moderator-performance", str(file))
    call_command("import_csv", "moderator-performance", str(file), "--dry-run")
    begun = {"files": ["rows.csv"], "state": "begun"}
    counts = {"created": 1, "updated": 0, "unchanged": 0, "rejected": 0}
    assert entries(pk__gt=start.pk if start else 0) == [
        ("import", None, None, "", begun),
        ("import", None, None, "", {"files": ["rows.csv"], **counts}),
    ]


def test_every_table_that_people_change_is_audited():
    """A new model is recorded, or stands here with the reason."""
    from django.apps import apps

    not_changed_by_people = {
        # Written by imports, which are recorded as a whole, and deleted with their session.
        *("session", "video", "videoview", "playbackspeed", "inactivity", "queueassignment"),
        # Written with their sample, which is recorded.
        *("samplestratum", "sampledview"),
        # Written by erasure and retention, which are recorded as a whole.
        "refusedid",
        # For the limits of mails and codes; gone after a day, an hour.
        *("resetrequest", "failedcode"),
        # Mails about what is recorded; gone when they are sent.
        "securitynotice",
        # Begun by a login and ended by people: the audit has both in its own words.
        "loginsession",
        # Files between their preview and their import, which is recorded.
        "uploadedfile",
    }
    for label in ("accounts", "analytics"):
        for model in apps.get_app_config(label).get_models():
            name = model._meta.model_name
            summary = model.__module__ in SUMMARIES
            assert summary or (model in changes.AUDITED) != (name in not_changed_by_people), name


def test_a_program_s_import_is_recorded_with_counts(client, db):
    tool = make_user("tool", Role.PROGRAM)
    token, text = ApiToken.objects.create_token(tool, "x", scope="ingest")
    start = Entry.objects.order_by("pk").last().pk
    row = {"session_id": "c1", "user_id": "u", "date": "2026-03-10", "session_length": 3}
    row |= {"messages_sent": 4}
    answer = client.post(
        "/api/v1/user-activity/",
        row,
        content_type="application/json",
        headers={"authorization": f"Token {text}"},
    )
    assert answer.status_code == 200, answer.content
    details = {"created": 1, "updated": 0, "unchanged": 0, "rejected": 0}
    assert entries(pk__gt=start) == [("import", "tool", None, "", details)]
    assert Entry.objects.get(action="import").token == token.pk
