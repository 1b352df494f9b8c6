"""The benchmarks, at a size that takes seconds: that they work, not what they measure."""

import gzip
import http.client
import json
from collections import Counter
from contextlib import closing
from itertools import islice

import pytest
from django.db import connection

from analytics.imports.sessions.store import store_documents
from analytics.models import Inactivity, PlaybackSpeed, QueueAssignment, Session, Video, VideoView
from benchmarks import (
    browser,
    cases,
    databases,
    documents,
    engines,
    first_pages,
    ingest,
    pages,
    reading,
    report,
    serving,
    tables,
)
from benchmarks.generator import SIZES, Generator, Size
from benchmarks.queries import QUERIES
from benchmarks.timing import Times, interleaved

TINY = Size("tiny", 3_000)
RAW = (Session, VideoView, PlaybackSpeed, Inactivity, QueueAssignment)


@pytest.fixture
def loaded(transactional_db):
    """The tiny size in the tests' own database."""
    told = []
    tables.load(TINY, lambda *progress: told.append(progress))
    return told


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("BENCH_DIR", str(tmp_path))


def content(model) -> list[tuple]:
    """A table's rows but for when they were imported."""
    skipped = {"imported_at", "created_at"} if model is Session else set()
    names = [f.attname for f in model._meta.concrete_fields if f.name not in skipped]
    return list(model.objects.order_by("pk").values_list(*names))


def test_the_same_size_gives_the_same_sessions():
    first = list(islice(Generator(TINY).sessions(), 5))
    assert first == list(islice(Generator(TINY).sessions(), 5))
    assert first != list(islice(Generator(TINY, seed=2).sessions(), 5))


def test_sessions_are_as_they_should_be():
    size = Size("some", 60_000)
    made = Generator(size)
    sessions = list(made.sessions())
    views = [view for session in sessions for view in session.views]
    speeds = sum(len(view.speeds) for view in views)
    assert len(views) == 60_000
    assert 140 < len(views) / len(sessions) < 160
    assert 0.27 < speeds / len(views) < 0.33
    assert 3.6 < sum(len(session.idle) for session in sessions) / len(sessions) < 4.4
    assert 1.8 < sum(len(session.queues) for session in sessions) / len(sessions) < 2.2
    assert 0.39 < made.videos / len(views) < 0.41
    assert {len(view.kind.stored[3]) for view in views} == {1, 2, 3}
    assert len({session.moderator for session in sessions}) == size.moderators == 12
    assert (sessions[-1].started_at - sessions[0].started_at).days in (363, 364)
    statuses = Counter(view.kind.document["status"] for view in views)
    assert {None, "Completed", "COMPLETED", " completed "} < set(statuses)
    assert any(session.duration_ms is None for session in sessions)


def test_two_thousand_moderators_at_ten_million_views():
    assert {name: size.moderators for name, size in SIZES.items()} == {
        "100k": 20,
        "1m": 200,
        "10m": 2000,
    }


def test_rows_and_documents_of_a_session_say_the_same(loaded):
    copied = {model: content(model) for model in RAW}
    videos = dict(Video.objects.values_list("pk", "public_id"))
    ingest.empty()
    sent = [json.loads(json.dumps(documents.document(s))) for s in Generator(TINY).sessions()]
    outcome = store_documents(sent)
    assert outcome.rejections == []
    assert outcome.counts.created == len(sent) == len(copied[Session])
    # Moderators and videos may have got other ids.
    usernames = dict(Session.objects.values_list("public_id", "moderator__username"))
    assert usernames == {
        documents.public_id(s.number): documents.username(s.moderator)
        for s in Generator(TINY).sessions()
    }
    new_videos = dict(Video.objects.values_list("pk", "public_id"))
    assert set(videos.values()) == set(new_videos.values())
    for model in RAW[1:]:
        assert len(content(model)) == len(copied[model])
    same = ("position", "status", "watched", "loop_time", "keys", "decision", "sound", "extra")
    names = [field.attname for field in VideoView._meta.concrete_fields]
    picked = [names.index(name) for name in same]
    video = names.index("video_id")
    before = [(videos.get(r[video]), *(r[at] for at in picked)) for r in copied[VideoView]]
    after = [(new_videos.get(r[video]), *(r[at] for at in picked)) for r in content(VideoView)]
    assert after == before
    for model, skipped in ((PlaybackSpeed, 2), (Inactivity, 2), (QueueAssignment, 2)):
        assert [row[skipped:] for row in content(model)] == [r[skipped:] for r in copied[model]]


def test_every_metric_equals_plain_sql_and_duckdb(loaded):
    assert loaded[-1][0] == "sessions summed"
    database = connection.settings_dict["NAME"]
    plain = engines.PostgreSQL(database)
    duck = engines.DuckDB(engines.copy_to_duckdb(database))
    try:
        every = cases.all_cases()
        slugs = {metric.slug for case in every for metric in reading.compared_metrics(case)}
        assert slugs == set(QUERIES)
        assert len(slugs) == 20
        for case in every:
            assert list(reading.differences(case, plain)) == []
            assert list(reading.differences(case, duck)) == []
        views = content(VideoView)
        times = reading.measure(cases.everyone(), [plain, duck], rounds=2)
        assert content(VideoView) == views
        assert list(reading.differences(cases.everyone(), duck)) == []
    finally:
        plain.close()
        duck.close()
    assert {tuple(found) for found in times.values()} == {("portal", "plain SQL", "DuckDB")}
    text = report.compared(times)
    assert "| without the session lines, after a change |" in text
    assert "| without the session lines, after one session changed |" in text
    assert "against DuckDB" in text


def test_first_pages_have_as_many_records_as_plain_sql(loaded):
    plain = engines.PostgreSQL(connection.settings_dict["NAME"])
    try:
        pages = first_pages.first_pages()
        assert first_pages.differences(pages, plain) == []
        for page in pages:
            count, rows = (plain.rows(statement) for statement in page.statements)
            assert count[0][0] > 0
            assert len(rows) == min(count[0][0], 51)
        times = first_pages.measure(pages, plain, rounds=1)
    finally:
        plain.close()
    assert "rejected views, after a change" in times
    assert {tuple(found) for found in times.values()} == {("portal", "plain SQL")}


def test_a_difference_is_noticed(loaded):
    with connection.cursor() as cursor:
        # As if the summaries had lost a session, without a mark.
        cursor.execute(
            "UPDATE analytics_periodtotals SET accepted = accepted + 1, rejected = rejected - 1"
        )
        cursor.execute("UPDATE analytics_periodagreement SET patterns = '[[1, 1, 2]]'")
    plain = engines.PostgreSQL(connection.settings_dict["NAME"])
    try:
        found = " ".join(reading.differences(cases.everyone(), plain))
        pages = first_pages.differences(first_pages.first_pages(), plain)
    finally:
        plain.close()
    assert "decisions, everyone" in found
    assert "agreement-summary, everyone" in found
    assert [sentence.split(":")[0] for sentence in pages] == ["rejected views"]
    assert "video-status" not in found


def test_the_ways_in_are_timed(transactional_db):
    found = ingest.measure(Size("tiny", 1_500), rounds=1)
    assert found.views == 1_500
    assert set(found.times) == {"import", "COPY", "INSERT"}
    assert set(found.memory) == {"the file", "a file four times as large"}
    assert "import_sessions from a file" in report.ingested(found)
    assert not databases.exists(databases.name_of("ingest"))


def test_contenders_take_turns():
    order = []
    times = interleaved({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, rounds=2)
    assert order == ["a", "b"] * 3
    assert [len(found.seconds) for found in times.values()] == [2, 2]


def test_ratios_are_written_as_people_say_them():
    assert report.against(Times([0.01]), Times([5.0])) == "1/500"
    assert report.against(Times([3.0]), Times([2.0])) == "1.50"
    assert report.milliseconds(0.00234) == "2.34 ms"
    assert report.milliseconds(7.5) == "7,500 ms"


@pytest.mark.django_db
def test_the_portal_accepts_the_login_of_the_benchmark(client):
    headers = {"cookie": serving.cookie()}

    assert client.get("/api/v1/metrics/review-summary/", headers=headers).status_code == 200
    assert client.get("/review/", headers=headers).status_code == 200


def test_pages_are_asked_in_turn_and_by_many_at_once(loaded, live_server):
    portal = serving.Served(live_server.thread.port, serving.cookie(), process=0)
    videos, address = pages.long_session()
    assert videos == max(session.views.count() for session in Session.objects.all())
    with closing(http.client.HTTPConnection(serving.ADDRESS, portal.port)) as keep:
        for path in (*pages.PAGES.values(), address, *pages.OTHERS, pages.WITHOUT_DATA):
            assert portal.get(keep, path)
        packed = portal.post(keep, pages.CALLBACK, pages.callback_body())
        answer = json.loads(gzip.decompress(packed))
        assert answer["response"]["answer"]["data"]["status"] == 200
        with pytest.raises(RuntimeError, match="/nowhere/: 404"):
            portal.get(keep, "/nowhere/")
    load = pages.closed_loop(portal, people=3, seconds=1)
    assert load.answers >= 3
    assert 0 < load.median <= load.slow
    assert pages.many_ranges(portal, people=2, seconds=1).answers >= 2
    table = report.loaded({"from the start": load}).splitlines()
    assert table[0] == "|  | answers | a second | median | 95 % within |"
    assert table[2].startswith(f"| from the start | {load.answers:,} |")


def test_pages_are_written_beside_the_one_without_data():
    table = report.beside({"none": Times([0.01]), "home": Times([0.005, 0.03, 0.02])}, "none")
    assert table.splitlines()[2:] == ["| none | 10 ms | 1.00 |", "| home | 20 ms | 2.00 |"]


def test_pages_in_a_browser_are_told_against_a_bare_page():
    page = browser.Loaded(10, 493.1, 12, shift=0.0124)
    assert browser.weights({"/review/": page}).splitlines()[2] == (
        "| /review/ | 12 | 10 | 493 | 0.012 |"
    )
    turns = browser.Turns(Times([0.3, 0.5, 0.4]), Times([0.2, 0.4, 0.3]))
    assert browser.times({"/review/": turns}).splitlines()[2] == (
        "| /review/ | 400 | 500 | 300 | 400 | 1.33 | 1.25 |"
    )
