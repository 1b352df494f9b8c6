"""What a process keeps of built roll-ups: read once, by a version that every change renews."""

import threading
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from django.db import connection
from pyroaring import BitMap

from analytics.access import PORTAL
from analytics.metrics.registry import METRICS
from analytics.models import DataChange, Moderator, PeriodVideos, Session, VideoView
from analytics.personal_data.erasure import erase
from analytics.personal_data.subjects import find_subject
from analytics.scope import Scope
from analytics.summaries import kept_rollups, writing
from analytics.summaries.kept_rollups import MAX_PART_BYTES, keep, parts_of, size_of
from analytics.summaries.reading import read_summaries
from analytics.summaries.rollup_parts import load_values
from analytics.summaries.selection import load_status
from analytics.summaries.snapshots import current_state, snapshot
from benchmarks.cases import Case
from benchmarks.reading import portal
from tests.reviewed import write_march

TENTH, TWELFTH = date(2026, 3, 10), date(2026, 3, 12)
MARCH = date(2026, 3, 1)
#: A savepoint begins and ends, as a transaction would; the version of the data, the roll-ups
#: that may be used, what was first seen; everyone's names.
ALWAYS = {"year": 6, "days": 6, "alice": 5}


@pytest.fixture
def march(db, keeping):
    sessions = write_march()
    writing.refresh()
    return sessions


def ask(scope):
    """The review metrics that are compared with plain SQL, a moderator's with the lines."""
    portal(Case("", scope, ""), lines=scope.moderator is not None)()


def scopes():
    return {
        "year": Scope(PORTAL),
        "days": Scope(PORTAL, start=TENTH, end=TWELFTH),
        "alice": Scope(PORTAL, moderator=Moderator.objects.get(username="alice")),
    }


def other_change():
    """A new version of the data, of which no session is part."""
    DataChange.objects.create()


@pytest.mark.parametrize("name", ["year", "days", "alice"])
def test_after_a_change_elsewhere_no_row_of_a_roll_up_is_read(
    march, name, django_assert_num_queries
):
    scope = scopes()[name]
    ask(scope)
    other_change()
    with django_assert_num_queries(ALWAYS[name]):
        ask(scope)


def test_after_a_session_changed_only_its_day_is_read(march, django_assert_num_queries):
    scope = Scope(PORTAL, start=TENTH, end=TWELFTH)
    ask(scope)
    VideoView.objects.filter(session=march["bob-1"]).update(keys=["q"])
    writing.refresh()

    # Its people, values and videos; the counters and queues of its month; the middle intervals.
    with django_assert_num_queries(ALWAYS["days"] + 6) as asked:
        ask(scope)

    read = [query["sql"] for query in asked.captured_queries if "ORDINALITY" in query["sql"]]
    by_day = [sql for sql in read if "rollup(period, start, n)" in sql]
    assert len(by_day) == 3  # people, values, videos
    assert all("'{2026-03-12}'" in sql for sql in by_day)
    assert METRICS["review-summary"](scope).rows[0]["rejected"] == 5


def version_of(period, start):
    return PeriodVideos.objects.values_list("version", flat=True).get(period=period, start=start)


PERIODS = (("day", TENTH), ("day", TWELFTH), ("month", MARCH), ("year", date(2026, 1, 1)))


NEW_VALUE = (
    "INSERT INTO analytics_periodvalue (period, start, subject, value, number, n, amount)"
    " VALUES ('month', '2026-03-01', 'status', 'new', 0, 1, 0)"
)


@pytest.mark.parametrize(
    ("statement", "renewed"),
    [
        ("UPDATE analytics_periodtotals SET videos = 7 WHERE start = '2026-03-10'", (0, 2)),
        ("DELETE FROM analytics_periodvalue WHERE start = '2026-03-12'", (1, 2)),
        (NEW_VALUE, (2,)),
        ("UPDATE analytics_periodvideos SET unique_videos = 1 WHERE period = 'year'", (3,)),
        ("UPDATE analytics_periodvideos SET videos = '' WHERE start = '2026-03-10'", (0, 2)),
        ("DELETE FROM analytics_periodvideos WHERE start = '2026-03-11'", (2,)),
        ("TRUNCATE analytics_periodtotals", (0, 1, 2, 3)),
        ("UPDATE analytics_periodtotals SET videos = 7 WHERE start = '1999-01-01'", ()),
    ],
)
def test_every_statement_renews_the_versions_of_its_roll_ups(march, statement, renewed):
    before = [version_of(*span) for span in PERIODS]
    with connection.cursor() as cursor:
        cursor.execute(statement)
    after = [version_of(*span) for span in PERIODS]
    changed = [at for at, pair in enumerate(zip(before, after, strict=True)) if len({*pair}) == 2]
    assert changed == list(renewed)


def test_building_a_roll_up_again_gives_it_another_version(march):
    before = load_status()
    with writing.write_lock():
        writing.PendingDay.objects.create(day=TENTH)
    writing.build_rollups()
    after = load_status()
    assert before.built.keys() == after.built.keys()
    assert not {*before.built.values()} & {*after.built.values()}
    assert before.days == after.days == {}


def people_by_name(scope):
    return {row["moderator"]: row["videos"] for row in METRICS["moderator-review"](scope).rows}


def test_names_are_those_of_now(march):
    Moderator.objects.create(username="carol, who has done nothing")
    assert [*people_by_name(Scope(PORTAL)).items()] == [("alice", 5), ("bob", 3)]
    # By code point: letters with an accent and emoji behind all others.
    for name, names in (
        ("zoë", ["bob", "zoë"]),
        ('b"\\,\n\tc', ['b"\\,\n\tc', "bob"]),
        ("\N{GRINNING FACE} NULL", ["bob", "\N{GRINNING FACE} NULL"]),
    ):
        Moderator.objects.filter(sessions__public_id="alice-1").update(username=name)
        assert [*people_by_name(Scope(PORTAL))] == names


def test_what_is_kept_is_not_what_sessions_that_changed_are_added_to(march):
    scope = Scope(PORTAL)
    for videos in (8, 7, 7):
        with snapshot():
            assert read_summaries(scope).totals["videos"] == videos
            assert sum(row["videos"] for row in read_summaries(scope).by_day.values()) == videos
        VideoView.objects.filter(session=march["alice-2"]).delete()


@pytest.mark.django_db(transaction=True)
def test_a_snapshot_opened_before_a_rebuild_reads_nothing_newer():
    """Another thread builds the roll-ups anew, and keeps what it reads of the new ones."""
    sessions = write_march()
    writing.refresh()
    kept_rollups.forget_rollups()
    found = []

    def change_and_read():
        try:
            VideoView.objects.filter(session=sessions["bob-1"]).update(keys=["q"])
            for prepare in (writing.refresh_sessions, writing.refresh):
                prepare()
                with snapshot():
                    found.append(summary_of(Scope(PORTAL)))
        finally:
            connection.close()

    def summary_of(scope):
        reader = read_summaries(scope)
        return reader.totals["rejected"], [row["rejected"] for row in reader.by_day.values()]

    with snapshot():
        assert current_state().is_repeatable
        assert load_status().built
        other = threading.Thread(target=change_and_read)
        other.start()
        other.join()
        assert summary_of(Scope(PORTAL)) == (2, [1, 1, 0])
    assert found == [(5, [1, 1, 3])] * 2
    with snapshot():
        assert summary_of(Scope(PORTAL)) == (5, [1, 1, 3])


@pytest.mark.django_db
def test_inside_a_transaction_that_sees_what_others_commit_nothing_is_kept(
    django_assert_num_queries,
):
    write_march()
    writing.refresh()
    with snapshot():
        rollups = [*read_summaries(Scope(PORTAL)).built_rollups]
        assert not current_state().is_repeatable
        for _ in range(2):
            with django_assert_num_queries(1):
                parts_of("values", rollups, load_values)
        assert parts_of("values", [], load_values) == []


def test_a_session_of_a_day_that_changed_is_not_kept_with_its_month(march):
    alice = Scope(PORTAL, moderator=Moderator.objects.get(username="alice"))
    with snapshot():
        (whole,) = read_summaries(alice).by_month
        assert (whole.span.start, whole.without & {TENTH, TWELFTH}) == (MARCH, set())
    Session.objects.filter(public_id="alice-1").update(duration_us=1)
    with snapshot():
        (less,) = read_summaries(alice).by_month
        assert less == replace_without(whole, {TENTH})
        assert [row["public_id"] for row in read_summaries(alice).session_rows] == [
            "alice-1",
            "alice-2",
        ]
    with snapshot():
        days = replace(alice, start=TENTH, end=TENTH)
        assert read_summaries(days).by_month[0].without >= {TENTH, MARCH, TWELFTH}


def ids_of(scope):
    with snapshot():
        return [row["public_id"] for row in read_summaries(scope).session_rows]


def test_the_ids_of_an_erased_persons_sessions_are_those_of_now(march):
    alice = Scope(PORTAL, moderator=Moderator.objects.get(username="alice"))
    assert ids_of(alice) == ["alice-1", "alice-2"]
    pseudonym = erase(find_subject("alice")).pseudonym
    renamed = [f"{pseudonym}-1", f"{pseudonym}-2"]
    assert ids_of(alice) == renamed
    writing.refresh()
    assert ids_of(alice) == renamed


def replace_without(rollup, days):
    return rollup._replace(without=frozenset(days))


def test_large_parts_are_not_kept(keeping):
    large = np.zeros(MAX_PART_BYTES // 8 + 1, np.int64)
    keep("large", large)
    keep("small", large[:-1])
    assert list(kept_rollups._kept) == ["small"]


def test_sizes_are_about_those_in_memory():
    assert size_of(np.zeros((10, 10), np.int64)) == 800
    assert 2_000_000 < size_of(BitMap(range(0, 2 * 10**7, 2))) < 3_000_000
    rows = [(date(2026, 3, day % 28 + 1), {"videos": 10**10 + day}) for day in range(1000)]
    assert 200_000 < size_of(rows) < 600_000
    counts = {"idle": {("pause", float(n)): (10**6 + n, 10**12 + n) for n in range(100)}, "x": {}}
    assert 20_000 < size_of(counts) < 40_000
    assert size_of([]) < 100


def test_two_people_who_change_names_keep_their_numbers(march):
    scope = Scope(PORTAL)
    before = people_by_name(scope)
    assert before["alice"] != before["bob"]
    for old, new in (("alice", "nobody"), ("bob", "alice"), ("nobody", "bob")):
        Moderator.objects.filter(username=old).update(username=new)
    assert people_by_name(scope) == {**before, "alice": before["bob"], "bob": before["alice"]}
