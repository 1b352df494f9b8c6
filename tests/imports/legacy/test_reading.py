"""The old script's database, made here as the script made it, and read."""

import io
import os
from datetime import date

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from analytics.imports import ahead
from analytics.imports.legacy.batches import read_database
from analytics.imports.legacy.reading import LegacyReader
from analytics.imports.session_files import Progress
from analytics.imports.sessions import store, stored
from analytics.imports.sessions.validation import read_session
from analytics.models import Moderator, Session
from tests.imports.sessions.test_import_sessions import database_url

pytestmark = pytest.mark.django_db

SCHEMA = """
CREATE TABLE users (id serial PRIMARY KEY, name text);
CREATE TABLE sessions (id serial PRIMARY KEY, user_id int, starttime timestamp,
                       endtime timestamp, duration double precision);
CREATE TABLE videos (id serial PRIMARY KEY, session_id int, video_id text, status text,
                     watched boolean, loop_time int, sound_muted text);
CREATE TABLE video_keys (id serial PRIMARY KEY, video_id int, key_value text);
CREATE TABLE video_speeds (id serial PRIMARY KEY, video_id int, speed_value numeric,
                           created_at timestamp);
CREATE TABLE inactivity (session_id int, type text, duration double precision);
CREATE TABLE queues (session_id int, user_id int, name text, main_queue_count int,
                     subqueues text[], subqueue_counts jsonb, active boolean,
                     created_at timestamptz);
INSERT INTO users (name) VALUES ('ann'), ('bob'), ('zoe'), (NULL);
INSERT INTO sessions (user_id, starttime, endtime, duration) VALUES
    (1, '2025-10-17 10:00:00', '2025-10-17 10:30:00', 1799.5),
    (2, '2025-10-18 10:00:00', NULL, NULL),
    (2, '2025-10-19 10:00:00', '2025-10-19 11:00:00', NULL),
    (2, '2025-10-20 10:00:00', '2025-10-20 09:00:00', 60),
    (9, '2025-10-20 10:00:00', NULL, 60),
    (1, 'infinity', NULL, 60);
INSERT INTO videos (id, session_id, video_id, status, watched, loop_time, sound_muted) VALUES
    (12, 3, 'v1', NULL, NULL, NULL, NULL),
    (11, 1, 'v2', ' COMPLETED ', false, 2, 'maybe'),
    (10, 1, 'v1', 'Completed', true, 0, 'no'),
    (13, 77, 'v9', 'Completed', true, 0, 'no');
INSERT INTO video_keys (id, video_id, key_value) VALUES (2, 10, 'a'), (1, 10, 'q'), (3, 12, 'A'),
    (4, 99, 'a'), (5, NULL, 'q');
INSERT INTO video_speeds (video_id, speed_value, created_at) VALUES
    (11, 1.50, '2025-10-17 10:01:00.5'), (11, 2, NULL);
INSERT INTO inactivity VALUES (1, 'pause', 45.5), (1, 'pause', 5), (1, 'away', NULL);
INSERT INTO queues VALUES
    (1, 1, 'Spam', 40, ARRAY['Bots', 'New'], '{"Links": 10, "Bots": 30}', true,
     '2025-10-17 12:00:00+02'),
    (1, 1, 'Appeals', NULL, NULL, NULL, NULL, NULL);
"""

ANN = {
    "_id": "1",
    "starttime": "2025-10-17T10:00:00Z",
    "endtime": "2025-10-17T10:30:00Z",
    "duration": 1799.5,
    "videos": [
        {
            "videoId": "v1",
            "status": "Completed",
            "watched": True,
            "loopTime": 0,
            "soundMuted": "no",
            "keys": ["q", "a"],
        },
        {
            "videoId": "v2",
            "status": " COMPLETED ",
            "watched": False,
            "loopTime": 2,
            "soundMuted": "maybe",
            "speeds": [{"value": 1.5, "at": "2025-10-17T10:01:00.5Z"}, 2],
        },
    ],
    "inactivity": [
        {"type": "away"},
        {"type": "pause", "duration": 5},
        {"type": "pause", "duration": 45.5},
    ],
    "queues": [
        {"name": "Appeals", "active": False},
        {
            "name": "Spam",
            "count": 40,
            "subqueues": {"Bots": 30, "Links": 10, "New": None},
            "active": True,
            "createdAt": "2025-10-17T10:00:00Z",
        },
    ],
}


@pytest.fixture(scope="module")
def legacy_url(django_db_setup, django_db_blocker):
    """A database of its own with the script's tables."""
    with django_db_blocker.unblock():
        url = database_url()
    name = f"{url.rpartition('/')[2]}_legacy"
    old = f"{url.rpartition('/')[0]}/{name}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}"')
        server.execute(f'CREATE DATABASE "{name}"')
        yield old
        server.execute(f'DROP DATABASE "{name}"')


@pytest.fixture
def old(legacy_url):
    """The script's database with data, open for changes."""
    with psycopg.connect(legacy_url, autocommit=True) as database:
        database.execute("DROP SCHEMA public CASCADE")
        database.execute("CREATE SCHEMA public")
        database.execute(SCHEMA)
        yield database


def run(url: str, *arguments: object) -> tuple[int, str, list[str]]:
    """Return the exit code, the last line and the lines of the error stream."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command("import_legacy", url, *map(str, arguments), stdout=out, stderr=err)
    except SystemExit as ending:
        code = ending.code
    return code, out.getvalue().splitlines()[-1], err.getvalue().splitlines()


def content_of(public_id: str):
    pk = Session.objects.get(public_id=public_id).pk
    return stored.contents([pk])[pk]


REJECTED = [
    "users.id 4: name: missing",
    "sessions.id 4: endtime: is before the start (session 4)",
    "sessions.id 5: users.name: missing (session 5)",
    'sessions.id 6: starttime: not a time in ISO 8601: "infinity" (session 6)',
    "Notice: 1 rows of videos belong to no session and were left out",
    "Notice: 2 rows of video_keys belong to no video and were left out",
]


def test_everything_comes(old, legacy_url):
    code, ending, errors = run(legacy_url)
    assert (code, ending) == (1, "sessions: 3 created, 0 updated, 0 unchanged, 4 rejected")
    assert errors == REJECTED
    assert content_of("1") == read_session(ANN)[1]
    open_session = {"starttime": "2025-10-18T10:00:00Z"}
    assert content_of("2") == read_session({"_id": "2", **open_session})[1]
    assert content_of("3").duration_us == 3_600_000_000
    assert content_of("3").views[0].keys == ("A",)
    usernames = Moderator.objects.order_by("username").values_list("username", flat=True)
    assert list(usernames) == ["ann", "bob", "zoe"]


def test_again_it_brings_what_is_new(old, legacy_url):
    run(legacy_url)
    old.execute("DELETE FROM sessions WHERE id IN (4, 5, 6)")
    old.execute("DELETE FROM users WHERE name IS NULL")
    old.execute("UPDATE queues SET active = NULL WHERE name = 'Spam'")
    old.execute("INSERT INTO sessions VALUES (8, 3, '2025-10-21 10:00:00', NULL, 5)")
    ending = "sessions: 1 created, 1 updated, 2 unchanged, 0 rejected"
    assert run(legacy_url)[:2] == (0, ending)
    assert content_of("1").queues[1].active is False
    assert Session.objects.get(public_id="8").moderator.username == "zoe"


def test_since_chooses_sessions_by_their_start(old, legacy_url):
    code, ending, _errors = run(legacy_url, "--since", date(2025, 10, 18))
    assert (code, ending) == (1, "sessions: 2 created, 0 updated, 0 unchanged, 4 rejected")
    assert len(content_of("3").views) == 1
    # People come all the same.
    assert Moderator.objects.filter(username="zoe").exists()


def test_other_columns_and_types_of_the_same_schema(old, legacy_url):
    """Ids where there were none and none where there were, texts, intervals, missing columns."""
    old.execute(
        """
        ALTER TABLE video_keys DROP COLUMN id;
        ALTER TABLE video_speeds DROP COLUMN id, DROP COLUMN created_at;
        ALTER TABLE inactivity ADD COLUMN id serial;
        ALTER TABLE queues ALTER COLUMN subqueues TYPE json USING to_json(subqueues),
                           ALTER COLUMN subqueue_counts TYPE text, DROP COLUMN active;
        ALTER TABLE videos ALTER COLUMN watched TYPE int USING watched::int,
                           ALTER COLUMN loop_time TYPE numeric(6, 2);
        ALTER TABLE sessions ALTER COLUMN duration TYPE interval USING duration * interval '1 s',
                             ALTER COLUMN starttime TYPE timestamptz,
                             ALTER COLUMN id TYPE text;
        ALTER TABLE videos ALTER COLUMN session_id TYPE text;
        ALTER TABLE inactivity ALTER COLUMN session_id TYPE text;
        ALTER TABLE queues ALTER COLUMN session_id TYPE text;
        """
    )
    old.execute("DELETE FROM sessions WHERE id <> '1'")
    code, ending, _errors = run(legacy_url)
    assert (code, ending) == (1, "sessions: 1 created, 0 updated, 0 unchanged, 1 rejected")
    videos = [{**ANN["videos"][0], "keys": ["a", "q"]}, {**ANN["videos"][1], "speeds": [1.5, 2]}]
    idle = [ANN["inactivity"][2], ANN["inactivity"][1], ANN["inactivity"][0]]
    queues = [{**queue, "active": True} for queue in ANN["queues"]]
    expected = {**ANN, "videos": videos, "inactivity": idle, "queues": queues}
    assert content_of("1") == read_session(expected)[1]


def test_texts_filled_up_with_blanks_lose_them(old, legacy_url):
    old.execute(
        """
        ALTER TABLE users ALTER COLUMN name TYPE char(20);
        ALTER TABLE videos ALTER COLUMN video_id TYPE char(8),
                           ALTER COLUMN status TYPE char(24) USING btrim(status),
                           ALTER COLUMN sound_muted TYPE char(8);
        ALTER TABLE video_keys ALTER COLUMN key_value TYPE char(4);
        ALTER TABLE inactivity ALTER COLUMN type TYPE char(10);
        ALTER TABLE queues ALTER COLUMN name TYPE char(10);
        """
    )
    run(legacy_url)
    videos = [ANN["videos"][0], {**ANN["videos"][1], "status": "COMPLETED"}]
    assert content_of("1") == read_session({**ANN, "videos": videos})[1]


@pytest.mark.parametrize(
    ("change", "duration"),
    [
        ("TYPE time USING '00:30:00.5'::time", 1800.5),
        ("TYPE interval USING '1 day 00:30:00'::interval", 88_200),
        ("TYPE text USING '1 day 00:30:00'", 88_200),
        ("TYPE text USING ' 2 days 01:00:00.25 '", 176_400.25),
        ("TYPE text USING '1.8e3'", 1800),
        ("TYPE numeric USING 1800.0", 1800),
    ],
)
def test_lengths_of_time_of_every_type(old, legacy_url, change, duration):
    old.execute(f"ALTER TABLE sessions ALTER COLUMN duration {change}")
    run(legacy_url)
    assert content_of("1").duration_us == duration * 1_000_000


@pytest.mark.parametrize("value", ["NaN", " infinity ", "-Infinity"])
def test_numbers_kept_as_text_that_are_none(old, legacy_url, value):
    old.execute(f"ALTER TABLE inactivity ALTER COLUMN duration TYPE text USING '{value}'")
    number = float(value)
    expected = f"sessions.id 1: inactivity[0].duration: not a finite number ({number}) (session 1)"
    assert expected in run(legacy_url)[2]


@pytest.mark.parametrize(
    "start",
    [
        "2025-10-17 10:00:00",
        "  2025-10-17T10:00:00Z\n",
        "2025-10-17 10:00:00 UTC",
        "2025-10-17 15:30:00+05:30",
        "2025-10-17 06:30:00-0330",
    ],
)
def test_times_kept_as_text(old, legacy_url, start):
    old.execute("ALTER TABLE sessions ALTER COLUMN starttime TYPE text")
    old.execute("UPDATE sessions SET starttime = %s WHERE id = 1", [start])
    run(legacy_url)
    assert content_of("1").started_at.isoformat() == "2025-10-17T10:00:00+00:00"


@pytest.mark.parametrize(
    ("names", "counts", "reason"),
    [
        ("'Links,Bots'", "NULL", 'expected a list of names, got "Links,Bots"'),
        ("'{A,{B}}'", "NULL", 'expected a list of names, got "{A,{B}}"'),
        ("'[\"A\", null]'", "NULL", "expected a list of names, got a list"),
        ("NULL", "'[10]'", "expected the items by name, got a list"),
    ],
)
def test_subqueues_that_are_no_list_of_names(old, legacy_url, names, counts, reason):
    old.execute("ALTER TABLE queues ALTER COLUMN subqueues TYPE text")
    old.execute(
        f"UPDATE queues SET subqueues = {names}, subqueue_counts = {counts} WHERE name = 'Spam'"
    )
    assert f"sessions.id 1: queues[1].subqueues: {reason} (session 1)" in run(legacy_url)[2]


def test_names_and_items_of_subqueues_in_one_column(old, legacy_url):
    old.execute('ALTER TABLE queues ALTER COLUMN subqueues TYPE json USING \'{"Links": "7"}\'')
    old.execute("ALTER TABLE queues DROP COLUMN subqueue_counts")
    run(legacy_url)
    assert content_of("1").queues[1].subqueues == '{"Links":7}'


def test_what_is_missing_is_told(old, legacy_url):
    old.execute("ALTER TABLE videos DROP COLUMN loop_time; DROP TABLE inactivity")
    missing = "Notice: the old database has no videos.loop_time, inactivity: nothing is known of it"
    assert missing in run(legacy_url)[2]
    assert content_of("1").idle == ()


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ("ALTER TABLE videos DROP COLUMN session_id", "videos.session_id"),
        ("ALTER TABLE videos DROP COLUMN id", "videos.id"),
        ("ALTER TABLE video_keys DROP COLUMN key_value", "video_keys.key_value"),
        ('ALTER TABLE queues RENAME COLUMN name TO "Name"', "queues.name"),
    ],
)
def test_rows_that_would_say_nothing_are_refused(old, legacy_url, change, column):
    old.execute(change)
    with pytest.raises(CommandError, match=f"it has no column {column}") as caught:
        run(legacy_url)
    assert caught.value.returncode == 2
    assert not Session.objects.exists()


def test_a_dry_run_stores_nothing(old, legacy_url):
    assert run(legacy_url, "--dry-run")[1].startswith("sessions: 3 created")
    assert not Moderator.objects.exists()


def test_what_is_no_such_database_is_exit_code_2(old, legacy_url):
    with pytest.raises(CommandError, match="cannot be read") as caught:
        run("postgresql://nobody:secret@127.0.0.1:1/nothing")
    assert caught.value.returncode == 2
    assert "secret" not in str(caught.value)
    with pytest.raises(CommandError, match="cannot be read"):
        run("nonsense")
    old.execute("DROP TABLE users")
    with pytest.raises(CommandError, match=r"it has no column users\.id") as caught:
        run(legacy_url)
    assert caught.value.returncode == 2


def test_the_way_sqlalchemy_names_databases_is_understood(old, legacy_url):
    scheme, _, rest = legacy_url.partition("://")
    assert run(f"{scheme}+psycopg2://{rest}")[1].startswith("sessions: 3 created")


def test_our_own_tables_are_not_taken_for_the_scripts():
    assert connection.introspection.table_names()
    with pytest.raises(CommandError, match=r"it has no column users\.id"):
        run(database_url())


def test_batches_tell_how_far_the_reading_is(old, legacy_url, monkeypatch):
    monkeypatch.setattr(store, "BATCH_WEIGHT", 1)
    places = [progress for progress, _batch in read_database(legacy_url, None)]
    # Somebody without a name, and everybody with their first session.
    assert places == [Progress("Sessions", 6, done) for done in (0, *range(1, 7))]


def test_a_process_of_its_own_reads(old, legacy_url, monkeypatch):
    monkeypatch.setattr(ahead, "can_fork", lambda: True)
    monkeypatch.setattr(LegacyReader, "sessions", lambda _reader: os._exit(3))
    with pytest.raises(CommandError, match="reads the input ended with exit code 3") as caught:
        run(legacy_url)
    assert caught.value.returncode == 2
