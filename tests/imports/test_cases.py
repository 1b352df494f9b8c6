"""Small inputs that people really have: what must become of each."""

import io
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command

from analytics.models import ChatSession, Moderator, ModeratorPerformance, Session
from tests.api.conftest import with_login
from tests.imports.legacy.test_reading import legacy_url, old  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
CASES = Path(__file__).parent.parent / "data" / "cases"


def run(command, *arguments):
    """Return the exit code, the last line, and the lines of the error stream."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command(command, *map(str, arguments), stdout=out, stderr=err)
    except SystemExit as ending:
        code = ending.code
    except CommandError as error:
        code = error.returncode
        err.write(str(error))
    return code, (out.getvalue().splitlines() or [""])[-1], err.getvalue().splitlines()


def sessions(name):
    return run("import_sessions", CASES / name)


def rows(name, kind="user-activity"):
    return run("import_csv", kind, CASES / name)


def test_names_padded_with_blanks_are_one_person():
    assert sessions("moderator-trailing-space.jsonl")[:2] == (
        0,
        "sessions: 2 created, 0 updated, 0 unchanged, 0 rejected",
    )
    assert Moderator.objects.get().username == "rewa"
    assert Session.objects.filter(moderator__username="rewa").count() == 2


def test_decimals_of_mongodb():
    sessions("decimal128.jsonl")
    session = Session.objects.get()
    assert session.duration_us == 1_800_500_000
    assert session.views.get().loop_time == 2


def test_long_numbers_without_quotes():
    sessions("numberlong-unquoted.jsonl")
    assert Session.objects.get().started_at.isoformat() == "2025-10-17T10:00:00+00:00"


def test_a_byte_order_mark_where_files_were_joined():
    assert sessions("bom-in-the-middle.jsonl")[1].startswith("sessions: 2 created")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("mongodump.bson", "BSON (a dump of MongoDB; use mongoexport)"),
        ("workbook.xlsx", "an Excel workbook"),
        ("utf32.json", "UTF-32"),
    ],
)
def test_a_file_that_is_no_text_is_one_sentence(name, kind):
    code, ending, errors = sessions(name)
    assert (code, ending) == (2, "sessions: 0 created, 0 updated, 0 unchanged, 1 rejected")
    assert errors == [f"{CASES / name}: cannot be read: this is {kind}, and no JSON in UTF-8"]


def test_a_workbook_is_no_csv():
    code, _ending, errors = rows("workbook.xlsx")
    path = CASES / "workbook.xlsx"
    assert (code, errors) == (2, [f"{path}: this is an Excel workbook; save it as CSV UTF-8"])


def test_a_unit_that_is_not_the_column_s_is_refused():
    code, _ending, (error,) = rows("unit-in-seconds.csv", "moderator-performance")
    assert code == 2
    assert "is in seconds, average_response_time is minutes" in error
    assert not ModeratorPerformance.objects.exists()


@pytest.mark.parametrize(
    ("name", "created"),
    [
        ("header-with-line-break.csv", 1),
        ("sep-line.csv", 1),
        ("midnight-dates.csv", 2),
        ("empty-last-column.csv", 1),
    ],
)
def test_shapes_of_csv(name, created):
    code, ending, errors = rows(name)
    assert (code, errors) == (0, [])
    assert ending == f"rows: {created} created, 0 updated, 0 unchanged, 0 rejected"


def test_excel_s_ways_to_keep_a_text():
    code, ending, errors = rows("excel-text-guards.csv")
    assert (code, ending) == (0, "rows: 2 created, 1 updated, 1 unchanged, 0 rejected")
    assert errors == [
        (
            "Notice: line 4: the row 00014 was in line 2 already, with other values;"
            " the later one counts"
        )
    ]
    assert set(ChatSession.objects.values_list("session_id", flat=True)) == {"00014", "14"}


def test_ids_that_excel_mangled_are_told():
    code, _ending, errors = rows("excel-mangled-ids.csv")
    assert code == 0
    assert "Notice: line 3: the row 1.23457E+17 was in line 2 already, with other values;" in (
        "\n".join(errors)
    )
    assert sum("as if Excel had taken it for a number" in error for error in errors) == 2


def test_exports_come_back_as_unchanged(lea, tmp_path):
    rows("export-import-round-trip.csv", "moderator-performance")
    names = ModeratorPerformance.objects.values_list("moderator__username", flat=True)
    assert sorted(names) == ["-ana", "@rewa"]
    answer = with_login(lea).read("moderator-performance/", {"format": "csv"})
    path = tmp_path / "exported.csv"
    path.write_bytes(b"".join(answer.streaming_content))
    assert "'@rewa" in path.read_text()
    ending = run("import_csv", "moderator-performance", path)[1]
    assert ending == "rows: 0 created, 0 updated, 2 unchanged, 0 rejected"


@pytest.mark.parametrize("identity", ["=1+1", "'quoted", "''twice", '="00014"', "007", "+49", "@a"])
def test_every_id_survives_its_export(lea, tmp_path, identity):
    ChatSession.objects.create(
        session_id=identity,
        user_id=identity,
        date="2025-10-17",
        length_minutes=1,
        messages_sent=2,
    )
    answer = with_login(lea).read("user-activity/", {"format": "csv"})
    path = tmp_path / "exported.csv"
    path.write_bytes(b"".join(answer.streaming_content))
    ending = run("import_csv", "user-activity", path)[1]
    assert ending == "rows: 0 created, 0 updated, 1 unchanged, 0 rejected"


def stored(public_id):
    session = Session.objects.get(public_id=public_id)
    views = [(v.video.public_id, v.decision, v.status) for v in session.views.order_by("position")]
    queues = [(q.name, q.item_count, q.subqueues, q.active) for q in session.queues.all()]
    return session.moderator.username, session.duration_us, views, queues


@pytest.fixture
def legacy(old, legacy_url):  # noqa: F811 - the fixtures
    """A function that fills the old database from a case and imports it."""

    def fill(name, *arguments, options=""):
        old.execute(
            "DROP TABLE IF EXISTS users, sessions, videos, video_keys, video_speeds,"
            " inactivity, queues CASCADE; DROP SCHEMA IF EXISTS app CASCADE"
        )
        with psycopg.connect(legacy_url, autocommit=True) as connection:
            connection.execute((CASES / name).read_text())
        separator = "&" if "?" in legacy_url else "?"
        url = f"{legacy_url}{separator}options={options}" if options else legacy_url
        return run("import_legacy", url, *arguments)

    return fill


def test_a_session_that_is_there_twice_has_its_views_once(legacy):
    code, ending, errors = legacy("legacy-duplicate-session-rows.sql")
    assert (code, ending) == (0, "sessions: 1 created, 0 updated, 0 unchanged, 0 rejected")
    assert errors == [
        "Notice: sessions.id d1 is there 2 times",
        (
            "Notice: the old database has no video_speeds, inactivity, queues:"
            " nothing is known of it"
        ),
    ]
    views = [("v1", "accepted", "completed"), ("v2", "rejected", "completed")]
    assert stored("d1") == ("rewa", 1_800_000_000, views, [])


def test_since_with_times_kept_as_text(legacy):
    code, ending, _errors = legacy("legacy-since-text-times.sql", "--since", "2025-01-01")
    assert (code, ending) == (0, "sessions: 1 created, 0 updated, 0 unchanged, 0 rejected")
    assert Session.objects.get().public_id == "t1"


def test_keys_of_different_types(legacy):
    assert legacy("legacy-key-types-differ.sql")[0] == 0
    assert stored("7")[2] == [("v", "none", "completed")]


def test_the_url_s_own_options(legacy):
    assert legacy("legacy-other-schema.sql", options="-csearch_path%3Dapp")[0] == 0
    assert stored("s1")[0] == "rewa"


def test_numbers_lists_and_flags_kept_as_text(legacy):
    (notice,) = legacy("legacy-lists-and-numbers-as-text.sql")[2]
    assert "has no videos, video_keys, video_speeds, inactivity" in notice
    queues = [("Spam", 40, {"Links": 10, "Bots": 30}, True)]
    assert stored("a1") == ("rewa", 1_800_000_000, [], queues)
