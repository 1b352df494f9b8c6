"""``manage.py import_sessions``: endings, exit codes, modes, and being killed."""

import gzip
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from analytics.imports import ahead, session_files
from analytics.imports.sessions import batch, reading, store, stored, turns
from analytics.imports.sessions.validation import read_session
from analytics.models import Moderator, Session, SessionTotals, VideoView

pytestmark = pytest.mark.django_db

SAMPLES = Path(__file__).parents[3] / "tests" / "data" / "samples"
BROKEN = SAMPLES / "broken.jsonl"
REJECTIONS = [
    'line 1: sessions[1].starttime: not a time in ISO 8601: "yesterday" (session bad-date)',
    "line 2: sessions[0].duration: must not be negative (-5) (session negative)",
    "line 3: not JSON: Expecting value at character 1",
    "line 4: username: missing",
    "line 5: sessions[0]._id: missing",
    "line 6: sessions[0]._id: is the id of another moderator's session (session ok-1)",
    "line 7: sessions[0].videos[0].keys: expected a list, got an object (session keys-not-a-list)",
    "line 8: sessions[0].endtime: is before the start (session ends-before)",
    "line 9: sessions[0].videos[0].videoId: contains a NUL character (session nul-byte)",
]


def run(*arguments: object) -> tuple[int, str, list[str]]:
    """Return the exit code, the last line and the lines of the error stream."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command("import_sessions", *map(str, arguments), stdout=out, stderr=err)
    except SystemExit as ending:
        code = ending.code
    except CommandError as error:
        return error.returncode, "", [str(error)]
    return code, out.getvalue().splitlines()[-1], err.getvalue().splitlines()


def test_broken_documents_are_named_one_by_one():
    code, ending, errors = run(BROKEN)
    assert (code, ending) == (1, "sessions: 2 created, 0 updated, 0 unchanged, 9 rejected")
    assert errors == REJECTIONS
    assert sorted(Session.objects.values_list("public_id", flat=True)) == ["ok-1", "ok-2"]
    view = VideoView.objects.get(session__public_id="ok-2")
    assert (view.status, view.sound, view.decision) == ("Skipped", "muted", "accepted")
    assert view.extra == {"soundMuted": True, "frameRate": 30}


def test_again_everything_is_unchanged():
    run(BROKEN)
    assert run(BROKEN)[1] == "sessions: 0 created, 0 updated, 2 unchanged, 9 rejected"


def test_rejects_never_overwrite_what_is_to_be_read(tmp_path):
    source, link = tmp_path / "sessions.jsonl", tmp_path / "link.jsonl"
    source.write_bytes(BROKEN.read_bytes())
    link.symlink_to(source)
    for rejects in (source, link):
        refusal = f"--rejects {rejects}: this is the file to import"
        assert run(BROKEN, source, "--rejects", rejects) == (2, "", [refusal])
    assert source.read_bytes() == BROKEN.read_bytes()
    assert not Session.objects.exists()


def test_strict_stores_nothing_at_all():
    code, ending, errors = run(BROKEN, "--strict")
    assert (code, ending) == (1, "sessions: 0 created, 0 updated, 0 unchanged, 9 rejected")
    assert errors == REJECTIONS
    assert not Session.objects.exists()
    assert not Moderator.objects.exists()
    assert not SessionTotals.objects.exists()


def test_strict_stores_what_is_all_good():
    code, ending, _errors = run(SAMPLES / "sessions.mongoexport.jsonl", "--strict")
    assert (code, ending) == (0, "sessions: 29 created, 0 updated, 0 unchanged, 0 rejected")
    assert SessionTotals.objects.count() == 29


def test_a_dry_run_stores_nothing():
    code, ending, errors = run(BROKEN, "--dry-run")
    assert (code, ending) == (1, "sessions: 2 created, 0 updated, 0 unchanged, 9 rejected")
    assert errors == REJECTIONS
    assert not Moderator.objects.exists()


def test_rejections_go_to_a_file(tmp_path):
    run(BROKEN, "--rejects", tmp_path / "rejects")
    assert (tmp_path / "rejects").read_text().splitlines() == REJECTIONS
    code, _ending, errors = run(BROKEN, "--rejects", tmp_path / "no" / "rejects")
    assert code == 2
    assert "No such file or directory" in errors[0]


def test_samples_in_every_form_are_the_same(tmp_path, monkeypatch):
    sample = SAMPLES / "sessions.jsonl"
    created = "sessions: 129 created, 0 updated, 0 unchanged, 0 rejected"
    assert run(sample)[:2] == (0, created)
    documents = [json.loads(line) for line in sample.read_text().splitlines()]
    (tmp_path / "array.json").write_text(json.dumps(documents, indent=1))
    (tmp_path / "lines.gz").write_bytes(gzip.compress(sample.read_bytes()))
    unchanged = "sessions: 0 created, 0 updated, 129 unchanged, 0 rejected"
    assert run(tmp_path / "array.json")[:2] == (0, unchanged)
    assert run(tmp_path / "lines.gz")[:2] == (0, unchanged)
    stdin = SimpleNamespace(buffer=io.BufferedReader(io.BytesIO(sample.read_bytes())))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert run("-")[:2] == (0, unchanged)
    (tmp_path / "one.json").write_text(json.dumps(documents[0], indent=2))
    assert run(tmp_path / "one.json")[1].startswith("sessions: 0 created, 0 updated, 19 unch")


def test_originals_and_unknown_fields_are_kept():
    run(SAMPLES / "sessions.jsonl")
    kept = VideoView.objects.exclude(extra=None)
    assert kept.filter(extra__status="  COMPLETED ", status="completed").count() == 119
    assert kept.filter(extra__has_key="frameRate").count() == 76
    assert kept.filter(extra__soundMuted="maybe", sound="unknown").count() == 22


def test_several_files_are_told_apart(tmp_path):
    (tmp_path / "bad").write_text("oops")
    code, ending, errors = run(BROKEN, tmp_path / "bad", tmp_path / "missing")
    assert (code, ending) == (1, "sessions: 2 created, 0 updated, 0 unchanged, 11 rejected")
    assert errors == [
        *(f"{BROKEN}: {rejection}" for rejection in REJECTIONS),
        f"{tmp_path}/bad: line 1: not JSON: Expecting value at character 1",
        f"{tmp_path}/missing: cannot be read: No such file or directory",
    ]


@pytest.mark.parametrize("data", [None, b"", b"oops\noops\n", b"\x1f\x8bx", b"\xff\xfe{\0"])
def test_what_cannot_be_read_at_all_is_exit_code_2(tmp_path, data):
    path = tmp_path / "file"
    if data is not None:
        path.write_bytes(data)
    code, ending, errors = run(path)
    assert code == 2
    assert ending.startswith("sessions: 0 created, 0 updated, 0 unchanged, ")
    assert errors


def test_nothing_to_do_is_no_failure(tmp_path):
    (tmp_path / "file").write_text("[]")
    ending = "sessions: 0 created, 0 updated, 0 unchanged, 0 rejected"
    assert run(tmp_path / "file") == (0, ending, [])


def test_a_reader_that_is_killed_is_told(tmp_path, monkeypatch):
    def killed(source, *, prefix):
        yield from islice(reading.entries(source, prefix=prefix), 4)
        os.kill(os.getpid(), signal.SIGKILL)

    # The tests' own process may have threads: it must not be the one that reads.
    monkeypatch.setattr(ahead, "can_fork", lambda: True)
    monkeypatch.setattr(session_files, "entries", killed)
    monkeypatch.setattr(store, "BATCH_WEIGHT", 1)
    documents = [{"username": "ann", "sessions": [body(name)]} for name in ("s1", "s2", "s3")]
    path = tmp_path / "sessions.jsonl"
    path.write_text("".join(json.dumps(document) + "\n" for document in documents))
    code, _ending, errors = run(path)
    assert code == 2
    (message,) = errors
    assert message.splitlines() == [
        "The process that reads the input was ended by SIGKILL.",
        "What has been stored stays stored; run it again to go on.",
    ]
    assert set(Session.objects.values_list("public_id", flat=True)) == {"s1", "s2"}
    monkeypatch.undo()
    assert run(path)[1] == "sessions: 1 created, 0 updated, 2 unchanged, 0 rejected"


@pytest.mark.parametrize(
    ("option", "kept"),
    [
        ("--dry-run", "nothing was stored."),
        ("--strict", "nothing was stored, unless it was just ending; run it again."),
    ],
)
def test_ctrl_c_is_one_sentence(monkeypatch, option, kept):
    def stopped(source, *, prefix):
        yield from islice(reading.entries(source, prefix=prefix), 4)
        raise KeyboardInterrupt

    monkeypatch.setattr(session_files, "entries", stopped)
    code, _ending, errors = run_until_stopped(BROKEN, option)
    assert (code, errors[-1]) == (130, f"Stopped: {kept}")
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("options", "kept", "stored_of_it"),
    [
        ([], "what has been stored stays stored; run it again to go on.", {"s1"}),
        (["--strict"], "nothing was stored, unless it was just ending; run it again.", set()),
    ],
)
@pytest.mark.parametrize("failure", [KeyboardInterrupt, OperationalError])
def test_an_import_that_ends_while_it_stores_says_what_stays(
    tmp_path, monkeypatch, options, kept, stored_of_it, failure
):
    store_batch = batch.store_batch

    def ending(entries):
        if any(getattr(entry, "public_id", None) == "s2" for entry in entries):
            raise failure
        return store_batch(entries)

    for module in (store, turns):
        monkeypatch.setattr(module, "store_batch", ending)
    monkeypatch.setattr(store, "BATCH_WEIGHT", 1)
    path = tmp_path / "sessions.json"
    path.write_text(json.dumps({"username": "ann", "sessions": [body("s1"), body("s2")]}))
    if failure is KeyboardInterrupt:
        code, _ending, errors = run_until_stopped(path, *options)
        assert (code, errors[-1]) == (130, f"Stopped: {kept}")
    else:
        code, _ending, (message,) = run(path, *options)
        assert (code, message.splitlines()[-1]) == (2, kept.capitalize())
    assert set(Session.objects.values_list("public_id", flat=True)) == stored_of_it


def run_until_stopped(*arguments: object) -> tuple[int, str, list[str]]:
    """``run`` of what does not come to its ending."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit) as ending:
        call_command("import_sessions", *map(str, arguments), stdout=out, stderr=err)
    return ending.value.code, out.getvalue(), err.getvalue().splitlines()


def body(name: str) -> dict:
    return {"_id": name, "starttime": "2025-10-17T10:00:00Z", "videos": [{"videoId": "v"}]}


# A test run in the background ignores Ctrl-C, and so would what it starts.
KILLED = """
import signal
import django
signal.signal(signal.SIGINT, signal.default_int_handler)
django.setup()
from django.core.management import call_command
from analytics.imports.sessions import store
store.BATCH_WEIGHT = 400
call_command("import_sessions", "-")
"""


def database_url() -> str:
    settings = connection.settings_dict
    place = f"{quote(settings['HOST'] or '', safe='')}:{settings['PORT'] or 5432}"
    user = quote(settings["USER"])
    if settings["PASSWORD"]:
        user += ":" + quote(settings["PASSWORD"])
    return f"postgresql://{user}@{place}/{settings['NAME']}"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT])
def test_stopped_in_the_middle_it_leaves_whole_sessions(tmp_path, ending):
    bodies = [
        {
            "_id": f"s{number}",
            "starttime": "2025-10-17T10:00:00Z",
            "videos": [{"videoId": f"v{number % 9}", "speeds": [1]} for _ in range(100)],
            "inactivity": [{"duration": 1}],
        }
        for number in range(1_000)
    ]
    lines = [json.dumps({"username": "ann", "sessions": [body]}) + "\n" for body in bodies]
    path = tmp_path / "sessions.jsonl"
    path.write_text("".join(lines))
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED],
        env={
            **os.environ,
            "DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )

    def feed():
        # The last is never there, so that it cannot be through.
        with suppress(BrokenPipeError):
            process.stdin.write("".join(lines[:-1]))
            process.stdin.flush()

    feeding = threading.Thread(target=feed)
    feeding.start()
    try:
        deadline = time.monotonic() + 240
        while Session.objects.count() < 10 and process.poll() is None:
            assert time.monotonic() < deadline, "the import never began"
            time.sleep(0.01)
    finally:
        process.send_signal(ending)
        feeding.join(240)
        _out, errors = process.communicate(timeout=240)
    if ending == signal.SIGINT:
        stopped = "Stopped: what has been stored stays stored; run it again to go on.\n"
        assert (process.returncode, errors) == (130, stopped)
    contents = {body["_id"]: read_session(body)[1] for body in bodies}
    sessions = dict(Session.objects.values_list("pk", "public_id"))
    found = stored.contents(sessions)
    assert 0 < len(found) < len(bodies)
    assert all(found[pk] == contents[public_id] for pk, public_id in sessions.items())
    assert SessionTotals.objects.count() == len(found)
    ending = f"{len(bodies) - len(found)} created, 0 updated, {len(found)} unchanged, 0 rejected"
    assert run(path)[:2] == (0, f"sessions: {ending}")
    assert SessionTotals.objects.count() == len(bodies)
