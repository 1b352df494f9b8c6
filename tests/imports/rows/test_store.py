"""Storing rows, and the command that imports them."""

import io
import sys
from datetime import date
from pathlib import Path
from threading import Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from analytics.imports.modes import StoreMode
from analytics.imports.report import Counts, Rejection
from analytics.imports.rows import store as store_module
from analytics.imports.rows.csv_files import CsvRow
from analytics.imports.rows.fields import (
    MODERATOR_PERFORMANCE,
    RECOMMENDATIONS,
    USER_ACTIVITY,
    validate,
)
from analytics.imports.rows.store import (
    import_rows,
    store_records,
    store_rows,
    write,
    writing,
)
from analytics.metrics.seen_values import seen_values
from analytics.models import (
    RECOMMENDATION_TYPES,
    ChatSession,
    Moderator,
    ModeratorPerformance,
    Recommendation,
)
from analytics.summaries.snapshots import snapshot

pytestmark = pytest.mark.django_db

SAMPLES = Path(__file__).parents[3] / "tests" / "data" / "samples"
ROW = {
    "user_id": "U1",
    "session_id": "S1",
    "date": "2024-01-01",
    "session_length": 10,
    "messages_sent": 2,
    "feedback_rating": 3,
}
HEADER = "user_id,session_id,date,session_length,messages_sent,feedback_rating,resources_clicked\n"


def chat(**values):
    return validate(USER_ACTIVITY, ROW | values)


def performed(moderator, day="2024-01-01", **values):
    row = {"moderator": moderator, "date": day, "sessions_moderated": 5}
    return validate(MODERATOR_PERFORMANCE, row | {"average_response_time": 7.5} | values)


def recommended(number, kind):
    row = {"recommendation_id": f"R{number}", "date": "2024-01-01", "recommendation_type": kind}
    return validate(RECOMMENDATIONS, row | {"click_through_rate": 0.5})


def run(kind, source, **options):
    """Return the exit code and what was written to either stream."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("import_csv", kind, str(source), stdout=out, stderr=err, **options)
        code = 0
    except SystemExit as left:
        code = left.code
    return code, out.getvalue().splitlines(), err.getvalue().splitlines()


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "rows.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_created_updated_unchanged_in_order():
    assert store_records(USER_ACTIVITY, [chat(), chat(), chat(messages_sent=9)]) == Counts(
        created=1, updated=1, unchanged=1
    )
    assert store_records(USER_ACTIVITY, [chat(messages_sent=9)]) == Counts(unchanged=1)
    assert store_records(USER_ACTIVITY, [chat(feedback_rating=None)]) == Counts(updated=1)
    assert ChatSession.objects.values("feedback_rating", "messages_sent").get() == {
        "feedback_rating": None,
        "messages_sent": 2,
    }


def test_types_are_seen_once_in_the_order_of_the_imports_and_for_good():
    store_records(RECOMMENDATIONS, [recommended(1, "video"), recommended(2, "article")])
    Recommendation.objects.all().delete()
    store_records(RECOMMENDATIONS, [recommended(3, "a quiz"), recommended(4, "video")])
    with snapshot():
        assert seen_values(RECOMMENDATION_TYPES) == ("article", "video", "a quiz")


def test_moderators_are_created_and_rows_known_by_moderator_and_day():
    old = Moderator.objects.create(username="old")
    rows = [performed("old"), performed("new"), performed("new", "2024-01-02"), performed("old")]
    assert store_records(MODERATOR_PERFORMANCE, rows) == Counts(created=3, unchanged=1)
    assert store_records(MODERATOR_PERFORMANCE, [performed("new", satisfaction_score=4)]) == Counts(
        updated=1
    )
    stored = ModeratorPerformance.objects.order_by("moderator__username", "date")
    assert list(stored.values_list("moderator__username", "date", "satisfaction_score")) == [
        ("new", date(2024, 1, 1), 4.0),
        ("new", date(2024, 1, 2), None),
        ("old", date(2024, 1, 1), None),
    ]
    assert stored.last().moderator == old


def test_a_batch_takes_few_queries(django_assert_num_queries):
    rows = [performed(f"m{n % 7}", f"2024-01-{n % 28 + 1:02d}") for n in range(28)]
    # Savepoint, two locks, the rows, the moderators (seek, create, seek), the write, release.
    with django_assert_num_queries(9):
        store_records(MODERATOR_PERFORMANCE, rows)
    with django_assert_num_queries(5):
        store_records(MODERATOR_PERFORMANCE, rows)


def test_received_rows_are_all_stored_or_none():
    bad = ROW | {"session_id": "S2", "date": "yesterday"}
    counts, rejections = store_rows(USER_ACTIVITY, [ROW, bad, 7])
    assert counts == Counts(rejected=2)
    assert [(r.index, r.key, r.path, r.message) for r in rejections] == [
        (1, "S2", "date", 'expected a date as YYYY-MM-DD, got "yesterday"'),
        (2, None, "", "expected an object"),
    ]
    assert not ChatSession.objects.exists()
    counts, rejections = store_rows(USER_ACTIVITY, [ROW, bad], partial=True)
    assert counts == Counts(created=1, rejected=1)
    assert store_rows(USER_ACTIVITY, [ROW]) == (Counts(unchanged=1), [])


@pytest.mark.parametrize("folder", ["report", "report-aliases"])
def test_the_samples_go_in_twice(folder):
    for kind, model, n in (
        ("user-activity", ChatSession, 1000),
        ("recommendations", Recommendation, 600),
        ("moderator-performance", ModeratorPerformance, 50 if folder == "report" else 90),
    ):
        path = SAMPLES / folder / f"{kind}.csv"
        assert run(kind, path) == (
            0,
            [f"rows: {n} created, 0 updated, 0 unchanged, 0 rejected"],
            [],
        )
        assert model.objects.count() == n
        assert run(kind, path)[1] == [f"rows: 0 created, 0 updated, {n} unchanged, 0 rejected"]
    assert set(Recommendation.objects.values_list("recommendation_type", flat=True)) == {
        "blog",
        "podcast",
        "video",
    }


def test_bad_rows_are_told_of_and_the_rest_goes_in(written, tmp_path):
    path = written(HEADER + "U1,S1,2024-01-01,abc,2,3,\nU1,S2,2024-01-01,1,2,3,\n")
    rejects = tmp_path / "rejects.txt"
    told = 'line 2: column session_length: expected a number ≥ 0, got "abc" (row S1)'
    assert run("user-activity", path, rejects=str(rejects)) == (
        1,
        ["rows: 1 created, 0 updated, 0 unchanged, 1 rejected"],
        [told],
    )
    assert rejects.read_text(encoding="utf-8") == told + "\n"
    assert ChatSession.objects.get().session_id == "S2"


def test_rejects_never_overwrite_what_is_to_be_read(written):
    path = written(HEADER + "U1,S1,2024-01-01,1,2,3,\n")
    before = path.read_bytes()
    with pytest.raises(CommandError, match="this is the file to import") as refusal:
        run("user-activity", path, rejects=str(path))
    assert refusal.value.returncode == 2
    assert path.read_bytes() == before


def test_strict_stores_nothing_when_anything_is_bad(written):
    path = written(HEADER + "U1,S1,2024-01-01,1,2,3,\nU1,S2,2024-01-01,1,2,33,\n")
    code, out, _err = run("user-activity", path, strict=True)
    assert (code, out[-1]) == (1, "rows: 0 created, 0 updated, 0 unchanged, 1 rejected")
    assert not ChatSession.objects.exists()


def test_strict_stores_all_when_all_are_good(written):
    path = written(HEADER + "U1,S1,2024-01-01,1,2,3,\n")
    code, out, _err = run("user-activity", path, strict=True)
    assert (code, out) == (0, ["rows: 1 created, 0 updated, 0 unchanged, 0 rejected"])
    assert ChatSession.objects.exists()


@pytest.fixture
def turns(monkeypatch):
    """What had been read each time that others began to wait: numbers of lines, by ``read``."""

    class Turns(list):
        lines = 0

        def read(self, *sessions):
            for self.lines, session in enumerate(sessions, 2):
                record = None if session is None else chat(session_id=session)
                rejection = None if record else Rejection("is bad", place=f"line {self.lines}")
                yield CsvRow(self.lines, record, rejection)

    found = Turns()

    def turn(*, bulk):
        found.append(found.lines)
        return writing(bulk=bulk)

    monkeypatch.setattr(store_module, "BATCH", 2)
    monkeypatch.setattr(store_module, "writing", turn)
    return found


def test_a_strict_import_reads_everything_before_others_wait(turns):
    rejections = []
    counts = import_rows(
        USER_ACTIVITY,
        turns.read("S1", "S2", "S1", "S3", "S4"),
        mode=StoreMode.ALL_OR_NOTHING,
        reject=rejections.append,
    )
    assert (counts, rejections) == (Counts(created=4, unchanged=1), [])
    assert turns == [6, 6, 6]
    stored = ChatSession.objects.order_by("session_id").values_list("session_id", flat=True)
    assert list(stored) == ["S1", "S2", "S3", "S4"]


def test_a_strict_import_that_is_refused_makes_nobody_wait(turns):
    rejections = []
    counts = import_rows(
        USER_ACTIVITY,
        turns.read("S1", "S2", None, "S3", None),
        mode=StoreMode.ALL_OR_NOTHING,
        reject=rejections.append,
    )
    assert (counts, turns) == (Counts(rejected=2), [])
    assert [rejection.place for rejection in rejections] == ["line 4", "line 6"]
    assert not ChatSession.objects.exists()


def test_a_strict_import_is_one_transaction(turns, monkeypatch):
    written_batches = iter([True, False])

    def write_once(kind, records, **more):
        if not next(written_batches):
            raise OperationalError("the server was stopped")
        write(kind, records)

    monkeypatch.setattr(store_module, "write", write_once)
    with pytest.raises(OperationalError):
        import_rows(
            USER_ACTIVITY,
            turns.read("S1", "S2", "S3"),
            mode=StoreMode.ALL_OR_NOTHING,
            reject=lambda rejection: None,
        )
    assert not ChatSession.objects.exists()


@pytest.mark.parametrize(("strict", "left"), [(False, "What has been"), (True, "Nothing was")])
def test_a_database_that_fails_is_one_sentence(written, monkeypatch, strict, left):
    def fail(*arguments, **more):
        raise OperationalError("the server was stopped\n")

    monkeypatch.setattr(store_module, "write", fail)
    sentence = rf"^The database failed: the server was stopped\n{left} stored"
    with pytest.raises(CommandError, match=sentence) as failed:
        run("user-activity", written(HEADER + "U1,S1,2024-01-01,1,2,3,\n"), strict=strict)
    # 1 is for who may go on: rows were rejected, and all others are in.
    assert failed.value.returncode == 2


def test_a_dry_run_says_what_would_be_and_stores_nothing(written):
    store_records(USER_ACTIVITY, [chat()])
    path = written(HEADER + "U1,S1,2024-01-01,10,2,4,\nU1,S2,2024-01-01,1,2,3,\nx,y,z,1,2,3,\n")
    code, out, _err = run("user-activity", path, dry_run=True)
    assert (code, out[-1]) == (1, "rows: 1 created, 1 updated, 0 unchanged, 1 rejected")
    assert ChatSession.objects.get().feedback_rating == 3


def test_what_cannot_be_read_is_exit_code_2(written, tmp_path):
    code, out, err = run("user-activity", written("a,b\n1,2\n"))
    assert (code, out[-1]) == (2, "rows: 0 created, 0 updated, 0 unchanged, 0 rejected")
    assert 'Found: "a", "b"' in err[0]
    with pytest.raises(CommandError) as caught:
        run("user-activity", tmp_path / "missing.csv")
    assert caught.value.returncode == 2


def test_a_header_alone_is_no_error(written):
    assert run("user-activity", written(HEADER)) == (
        0,
        ["rows: 0 created, 0 updated, 0 unchanged, 0 rejected"],
        [],
    )


def test_standard_input(monkeypatch):
    raw = io.BytesIO((HEADER + "U1,S1,2024-01-01,1,2,3,\n").encode())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(raw))
    assert run("user-activity", "-")[1] == ["rows: 1 created, 0 updated, 0 unchanged, 0 rejected"]


@pytest.mark.django_db(transaction=True)
def test_a_moderator_whom_another_program_adds_meanwhile_is_met(monkeypatch):
    add = Moderator.objects.bulk_create

    def add_ann():
        try:
            Moderator.objects.create(username="ann")
        finally:
            connection.close()

    def add_meanwhile(new, **options):
        thread = Thread(target=add_ann)
        thread.start()
        thread.join()
        return add(new, **options)

    monkeypatch.setattr(Moderator.objects, "bulk_create", add_meanwhile)
    rows = [performed("ann"), performed("bob")]
    assert store_records(MODERATOR_PERFORMANCE, rows) == Counts(created=2)
    assert sorted(str(row.moderator) for row in ModeratorPerformance.objects.all()) == [
        "ann",
        "bob",
    ]
    assert Moderator.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_writers_at_once_count_every_row_once():
    rows = [chat(session_id=f"S{n}") for n in range(300)]
    counts = []

    def write():
        try:
            counts.append(store_records(USER_ACTIVITY, rows))
        finally:
            connection.close()

    threads = [Thread(target=write) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(each.created for each in counts) == 300
    assert sum(each.unchanged for each in counts) == 600


def test_recommendations_without_a_user():
    row = {"recommendation_id": "R1", "date": "2024-01-01", "recommendation_type": "Blog"}
    record = validate(RECOMMENDATIONS, row | {"click_through_rate": 0.5})
    assert store_records(RECOMMENDATIONS, [record]) == Counts(created=1)
    assert Recommendation.objects.get().user_id == ""
