"""A dry run says what the same command without it does, in every mode, and stores nothing."""

import io
import json

import pytest
from django.core.management import call_command

from analytics.imports.rows import store as row_store
from analytics.imports.sessions import store as session_store
from analytics.models import ChatSession, Moderator, ModeratorPerformance, Session

pytestmark = pytest.mark.django_db


def document(username: str, *sessions: tuple[str, str]) -> str:
    return json.dumps(
        {
            "username": username,
            "sessions": [{"_id": name, "starttime": start} for name, start in sessions],
        }
    )


STORED_SESSIONS = document("ann", ("s1", "2025-10-17T10:00"), ("s2", "2025-10-17T11:00"))
GOOD_SESSIONS = "\n".join(
    [
        document("ann", ("s1", "2025-10-17T10:00"), ("s2", "2025-10-18T11:00")),
        document("bob", ("s3", "2025-10-17T10:00"), ("s3", "2025-10-17T10:00")),
        document("bob", ("s3", "2025-10-17T12:00"), ("s4", "2025-10-17T10:00")),
    ]
)
# Of somebody else: as stored, and as said before in the same file.
BAD_SESSIONS = "\n".join(
    [
        GOOD_SESSIONS,
        document("bob", ("s1", "2025-10-17T10:00")),
        document("zoe", ("s3", "2025-10-17T10:00"), ("s5", "yesterday"), ("s6", "2025-10-17")),
    ]
)

CHAT_HEADER = (
    "user_id,session_id,date,session_length,messages_sent,feedback_rating,resources_clicked"
)
STORED_CHATS = f"{CHAT_HEADER}\nu,c1,2025-10-17,1,2,3,4\nu,c2,2025-10-17,1,2,3,4"
GOOD_CHATS = (
    f"{STORED_CHATS}\nu,c2,2025-10-18,1,2,3,4\nu,c3,2025-10-17,1,2,3,4"
    "\nu,c3,2025-10-17,1,2,3,4\nu,c3,2025-10-19,1,2,3,4"
)
BAD_CHATS = f"{GOOD_CHATS}\nu,c4,2025-10-17,1,2,9,4\nu,c5,2025-10-17,1,2,3,4"

PERFORMANCE_HEADER = "moderator,date,sessions_moderated,average_response_time,satisfaction_score"
STORED_PERFORMANCE = f"{PERFORMANCE_HEADER}\nann,2025-10-17,1,2,3"
GOOD_PERFORMANCE = f"{STORED_PERFORMANCE}\nann ,2025-10-17,1,2,4\nzoe,2025-10-17,1,2,4"
BAD_PERFORMANCE = f"{GOOD_PERFORMANCE}\nzoe,2025-10-18,-1,2,4"

SESSIONS, CHATS = ("import_sessions",), ("import_csv", "user-activity")
PERFORMANCE = ("import_csv", "moderator-performance")


def run(arguments, path, **options):
    """Return the exit code, the last line and the error stream."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command(*arguments, str(path), stdout=out, stderr=err, **options)
    except SystemExit as ending:
        code = ending.code
    return code, out.getvalue().splitlines()[-1], err.getvalue()


def everything():
    models = (Moderator, Session, ChatSession, ModeratorPerformance)
    return [list(model.objects.order_by("pk").values_list()) for model in models]


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize(
    ("arguments", "before", "content", "counted", "rejected"),
    [
        (SESSIONS, STORED_SESSIONS, GOOD_SESSIONS, "2 created, 2 updated, 2 unchanged", 0),
        (SESSIONS, STORED_SESSIONS, BAD_SESSIONS, "3 created, 2 updated, 2 unchanged", 3),
        (CHATS, STORED_CHATS, GOOD_CHATS, "1 created, 2 updated, 3 unchanged", 0),
        (CHATS, STORED_CHATS, BAD_CHATS, "2 created, 2 updated, 3 unchanged", 1),
        (
            PERFORMANCE,
            STORED_PERFORMANCE,
            GOOD_PERFORMANCE,
            "1 created, 1 updated, 1 unchanged",
            0,
        ),
        (PERFORMANCE, STORED_PERFORMANCE, BAD_PERFORMANCE, "1 created, 1 updated, 1 unchanged", 1),
    ],
)
def test_it_says_what_the_real_run_does(
    arguments, before, content, counted, rejected, strict, tmp_path, monkeypatch
):
    # Several batches: what is said of an identity again comes in another one.
    monkeypatch.setattr(session_store, "BATCH_WEIGHT", 2)
    monkeypatch.setattr(row_store, "BATCH", 2)
    path = tmp_path / "input"
    path.write_text(before, encoding="utf-8")
    run(arguments, path)
    path.write_text(content, encoding="utf-8")
    stored = everything()
    said = run(arguments, path, dry_run=True, strict=strict)
    assert everything() == stored
    assert run(arguments, path, strict=strict) == said
    if strict and rejected:
        counted = "0 created, 0 updated, 0 unchanged"
        assert everything() == stored
    what = "sessions" if arguments is SESSIONS else "rows"
    assert said[:2] == (bool(rejected), f"{what}: {counted}, {rejected} rejected")
