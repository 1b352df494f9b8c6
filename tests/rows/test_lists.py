"""Pages of records: each once, from few sessions, whatever there is besides."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.access import PORTAL, ScopeError
from analytics.metrics import registry
from analytics.metrics.registry import METRICS
from analytics.rows.kinds import record_list
from analytics.rows.selection import select
from analytics.summaries import writing
from analytics.summaries.reading import SummaryReader
from analytics.summaries.snapshots import snapshot
from analytics.summaries.writing import summarise, write_lock
from tests.brute import PlainSession
from tests.factory import NOON, write_sessions
from tests.reviewed import view

RARE = 10


def plain(n, *views, idle=(), start=None):
    """A session that began so many days after the first; ``idle`` are seconds."""
    return PlainSession(
        public_id=f"s{n:03}",
        moderator=f"m{n % 3}",
        started_at=start or NOON + timedelta(days=n),
        duration_us=60_000_000,
        views=list(views),
        idle=[("pause", seconds * 1_000_000, None) for seconds in idle],
        queues=[],
    )


def write(sessions):
    with write_lock():
        summarise([row.pk for row in write_sessions(list(sessions))])
    writing.refresh()


def opened(slug, **values):
    return record_list(select(METRICS[slug], values, PORTAL))


def pages(records, size):
    cursor, found = None, []
    while True:
        page = records.page(size, cursor)
        found.append([str(getattr(e.record, "session", e.record)) for e in page.entries])
        if page.cursor is None:
            return found
        cursor = page.cursor


@pytest.fixture
def forty_days(db):
    """A session a day; every tenth has a rejected and a skipped view among its three."""
    write(
        plain(
            n,
            view("v1", "a"),
            view(f"w{n}", "q" if n % RARE == 0 else "a", status="partial" if n % RARE else "Rare"),
            view("v2", ""),
        )
        for n in range(40)
    )


@pytest.mark.parametrize(
    ("slug", "key"), [("decisions", {"decision": "rejected"}), ("video-status", {"status": "Rare"})]
)
def test_a_rare_value_is_read_from_the_sessions_that_hold_it(forty_days, slug, key):
    with snapshot():
        records = opened(slug, column="videos", **key)
        assert (records.count, pages(records, 3)) == (4, [["s030", "s020", "s010"], ["s000"]])
        sessions = records.sessions_of_page(records.summary, 3, None)
    assert len(sessions) == 3


def test_a_page_of_a_common_value_reads_the_newest_sessions_only(forty_days):
    with snapshot():
        records = opened("review-summary", column="videos")
        assert len(records.sessions_of_page(records.summary, 6, None)) == 2
        page = records.page(6)
        assert [str(e.record.session) for e in page.entries] == ["s039"] * 3 + ["s038"] * 3
        # The cursor's own session may hold some more.
        assert len(records.sessions_of_page(records.summary, 4, page.cursor)) == 3


def test_a_whole_line_of_many_sessions_is_not_read(forty_days, monkeypatch):
    monkeypatch.setattr(registry, "MAX_POINTS", 39)
    monkeypatch.setattr(SummaryReader, "session_rows", None)
    with snapshot():
        records = opened("unique-videos-per-session", column="unique_videos")
        assert (records.shown, records.count, len(records.page(6).entries)) == (42, 42, 6)


def test_days_are_counted_once_a_page(forty_days):
    with snapshot(), CaptureQueriesContext(connection) as asked:
        records = opened("video-status", column="videos", status="Rare")
        assert (records.count, len(records.page(2).entries)) == (4, 2)
    by_day = [q for q in asked.captured_queries if "GROUP BY 1, 2" in q["sql"]]
    assert len([q for q in by_day if "analytics_periodvalue" in q["sql"]]) == 1


def test_a_later_page_asks_as_few_questions_as_the_first(forty_days):
    with snapshot():
        records = opened("review-summary", column="videos")
        assert records.count == 120
        cursor, asked = None, []
        for _ in range(5):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                cursor = records.page(20, cursor).cursor
            asked.append(len(queries))
    # Which sessions there are, their order, and the views with their speeds.
    assert asked == [4] * 5


def test_sessions_that_began_together_are_listed_once(db):
    write(plain(n, view("v1", "q"), view("v2", "q"), start=NOON) for n in range(5))
    with snapshot():
        found = pages(opened("decisions", decision="rejected"), 3)
    assert found == [
        ["s004", "s004", "s003"],
        ["s003", "s002", "s002"],
        ["s001", "s001", "s000"],
        ["s000"],
    ]


@pytest.mark.parametrize(
    ("lengths", "middle"),
    [
        ((10, 30, 20), ["s002"]),
        ((10, 30, 20, 40), ["s001", "s002"]),
        ((20, 10, 20), ["s000"]),
        ((10, 20, 20, 40), ["s001", "s002"]),
        ((20, 20, 20, 20), ["s000", "s001"]),
    ],
    ids=["odd", "even", "of equals the lowest id", "two equals", "all equal"],
)
def test_the_middle_of_a_median(db, lengths, middle):
    """``lengths`` are those of the one interval of each session."""
    write(plain(n, idle=[seconds]) for n, seconds in enumerate(lengths))
    with snapshot():
        records = opened("idle-summary", kind="pause", column="median_seconds")
        assert sorted(str(entry.record.session) for entry in records.page(10).entries) == middle


def test_videos_begin_after_the_last_of_the_page_before(forty_days):
    with snapshot():
        records = opened("review-summary", column="unique_videos")
        first = records.page(30)
        second = records.page(30, first.cursor)
        assert (len(first.entries), len(second.entries), second.cursor) == (30, 12, None)
        names = [e.record["videoId"] for page in (first, second) for e in page.entries]
        assert sorted(names) == sorted({"v1", "v2", *(f"w{n}" for n in range(40))})
        with pytest.raises(ScopeError):
            records.page(30, "x:y")


def test_all_are_the_pages_one_after_the_other(forty_days):
    with snapshot():
        records = opened("moderator-review", moderator="m1", column="handle_seconds")
        whole = [e for page in (records.page(100),) for e in page.entries]
    found = list(records.all_entries())
    assert found == whole
    assert [(e.amount, e.weight) for e in found] == [(60.0, 2)] * 13


def back_from_the_end(records, size):
    """The pages from the last to the first, by way of what comes before each."""
    cursor, found = None, []
    while True:
        page = records.page(size, cursor)
        if page.cursor is None:
            break
        cursor = page.cursor
    while True:
        found.append([entry.record for entry in page.entries])
        if page.previous is None:
            return found[::-1]
        page = records.page(size, before=page.previous)


@pytest.mark.parametrize("is_reversed", [False, True])
@pytest.mark.parametrize(
    ("slug", "values"),
    [
        ("review-summary", {"column": "videos"}),
        ("decisions", {"decision": "rejected"}),
        ("review-summary", {"column": "sessions"}),
        ("review-summary", {"column": "unique_videos"}),
    ],
)
def test_the_pages_back_are_those_forth(forty_days, slug, values, is_reversed):
    with snapshot():
        records = record_list(select(METRICS[slug], values, PORTAL), is_reversed=is_reversed)
        cursor, forth = None, []
        while True:
            page = records.page(7, cursor)
            forth.append([entry.record for entry in page.entries])
            cursor = page.cursor
            if cursor is None:
                break
        back = back_from_the_end(records, 7)
        assert [each for page in back for each in page] == [each for page in forth for each in page]
        newest_first = record_list(select(METRICS[slug], values, PORTAL)).page(500).entries
    in_order = [entry.record for entry in newest_first]
    # Things have one order only.
    if is_reversed and values.get("column") != "unique_videos":
        in_order.reverse()
    assert [each for page in forth for each in page] == in_order
