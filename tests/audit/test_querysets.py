"""Changes of many rows at once are in the audit, or are refused."""

import re
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.models import User
from accounts.tokens import ApiToken
from analytics.models import ChatSession, Moderator, ModeratorPerformance
from audit import changes
from audit.models import Entry
from audit.querysets import AuditedQuerySet, UnrecordedError


def since(start: int) -> list[tuple]:
    """Entries as (action, subject, kind, details)."""
    found = Entry.objects.filter(pk__gt=start).order_by("pk")
    return list(found.values_list("action", "subject__name", "object_kind", "details"))


def last() -> int:
    newest = Entry.objects.order_by("pk").last()
    return newest.pk if newest else 0


def chat(number: int) -> ChatSession:
    return ChatSession(
        session_id=f"c{number}",
        user_id="u1",
        date="2026-03-10",
        length_minutes=number,
        messages_sent=4,
    )


def test_an_update_tells_each_row_s_old_and_new_value(alice, bob, lea):
    start = last()
    assert User.objects.filter(role="moderator").update(role="lead") == 2
    change = {"role": ["moderator", "lead"]}
    assert since(start) == [
        ("change", "alice", "accounts.user", change),
        ("change", "bob", "accounts.user", change),
    ]


def test_an_update_by_an_expression_and_of_what_stays_the_same(db):
    ChatSession.objects.bulk_create([chat(1), chat(2)])
    start = last()
    ChatSession.objects.filter(session_id="c1").update(length_minutes=F("length_minutes") + 1)
    ChatSession.objects.update(messages_sent=4)
    assert since(start) == [
        ("change", None, "analytics.chatsession", {"length_minutes": [1.0, 2.0]})
    ]


def test_bulk_create_and_bulk_update(db):
    start = last()
    rows = ChatSession.objects.bulk_create([chat(1)])
    rows[0].messages_sent = 9
    ChatSession.objects.bulk_update(rows, ["messages_sent"])
    created, changed = since(start)
    assert created[:3] == ("create", None, "analytics.chatsession")
    assert created[3]["messages_sent"] == [None, 4]
    assert created[3]["user_id"] == "changed"
    assert changed == ("change", None, "analytics.chatsession", {"messages_sent": [4, 9]})


def test_what_changes_by_itself_or_is_nobody_s_business(alice):
    ApiToken.objects.create_token(alice, "Script")
    start = last()
    ApiToken.objects.update(recent_requests=3)
    User.objects.update(password="x")
    assert since(start) == [("change", "alice", "accounts.user", {"password": "changed"})]


def test_what_cannot_be_recorded_is_refused(db):
    with pytest.raises(UnrecordedError, match=r"bulk_create with conflicts of analytics.ChatS"):
        ChatSession.objects.bulk_create([chat(1)], ignore_conflicts=True)
    with pytest.raises(UnrecordedError, match=r"_raw_delete of analytics.ChatSession"):
        ChatSession.objects.all()._raw_delete("default")
    start = last()
    with changes.summarised():
        ChatSession.objects.bulk_create([chat(1)], ignore_conflicts=True)
        ChatSession.objects.update(messages_sent=5)
    assert ChatSession.objects.get().messages_sent == 5
    assert since(start) == []


def test_deleting_many(alice):
    ModeratorPerformance.objects.bulk_create(
        ModeratorPerformance(
            moderator=alice.moderator, date=day, sessions_moderated=3, average_response_time=4
        )
        for day in ("2026-03-10", "2026-03-11")
    )
    start = last()
    assert ModeratorPerformance.objects.all().delete()[0] == 2
    assert [entry[:3] for entry in since(start)] == [
        ("delete", "alice", "analytics.moderatorperformance")
    ] * 2


def test_an_account_whose_moderator_goes(alice):
    moderator = alice.moderator_id
    start = last()
    Moderator.objects.get(pk=moderator).delete()
    assert ("change", "alice", "accounts.user", {"moderator_id": [moderator, None]}) in since(start)


def test_a_failed_change_leaves_nothing(db):
    ChatSession.objects.bulk_create([chat(1), chat(2)])
    start = last()
    with pytest.raises(IntegrityError), transaction.atomic():
        ChatSession.objects.update(session_id="c1", messages_sent=7)
    assert since(start) == []


def test_every_audited_model_has_managers_that_record():
    assert len(changes.AUDITED) >= 7
    # django-allauth's own, which changes its rows one by one.
    for model in changes.AUDITED.keys() - {Authenticator}:
        assert model._meta.managers
        for manager in model._meta.managers:
            assert isinstance(manager.get_queryset(), AuditedQuerySet), (model, manager)


#: SQL that changes tables whose rows the audit has, and why it may.
RAW_SQL = {
    # When a token was used: the audit has its uses.
    ("accounts/tokens.py", "accounts_apitoken"),
    # Parts of a session that is stored anew or removed, which its caller records.
    ("analytics/imports/sessions/deletion.py", "analytics_playbackspeed"),
    ("analytics/imports/sessions/deletion.py", "analytics_videoview"),
    ("analytics/imports/sessions/deletion.py", "analytics_inactivity"),
    ("analytics/imports/sessions/deletion.py", "analytics_queueassignment"),
    # Recorded beside it.
    ("analytics/imports/sessions/deletion.py", "analytics_session"),
    # The names of sessions that an import has written, which is recorded as a whole.
    ("analytics/imports/sessions/begun.py", "analytics_session"),
    # Retention, recorded by month.
    ("analytics/retention.py", "analytics_video"),
}
#: Calls on QuerySets of the tables that imports write.
BULK = {
    # An import, recorded as a whole by whoever stores.
    ("analytics/imports/sessions/batch.py", "Session", "bulk_update"),
    # An erasure, likewise.
    ("analytics/personal_data/erasure.py", "Session", "bulk_update"),
}
DATA = ("Session", "Video", "VideoView", "PlaybackSpeed", "Inactivity", "QueueAssignment")


def test_what_the_audit_does_not_see_by_itself_is_listed():
    """SQL that changes data, and bulk calls on the tables of imports: each has its reason above."""
    tables = [model._meta.db_table for model in changes.AUDITED]
    tables += [f"analytics_{name.lower()}" for name in DATA]
    statement = re.compile(rf"(?:UPDATE|INSERT INTO|DELETE FROM|COPY)\s+({'|'.join(tables)})\b")
    call = re.compile(
        rf"\b({'|'.join(DATA)})\.(?:objects|_default_manager|_base_manager)\b"
        r"[^\n]*\.(update|bulk_create|bulk_update|_raw_delete|delete)\("
    )
    sql, bulk = set(), set()
    for path, text in sources():
        sql |= {(path, found[1]) for found in statement.finditer(text)}
        bulk |= {(path, found[1], found[2]) for found in call.finditer(text)}
    assert sql == RAW_SQL
    assert bulk == BULK


def sources() -> list[tuple[str, str]]:
    """The portal's own modules, without migrations."""
    base = Path(settings.BASE_DIR)
    return [
        (str(path.relative_to(base)), path.read_text())
        for room in ("accounts", "analytics", "audit")
        for path in (base / room).rglob("*.py")
        if "migrations" not in path.parts
    ]
