"""The demo: its data, its logins, and the command that serves it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from itertools import islice
from math import sqrt
from pathlib import Path
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import Role, User
from analytics.demo import engagement, loading, logins
from analytics.demo.checks import load_checks
from analytics.demo.noted import load_annotations
from analytics.demo.noted import rows as note_rows
from analytics.demo.people import NAMES
from analytics.demo.review import Day, days
from analytics.demo.world import (
    APPEALS,
    DAYS,
    EVENTS,
    HARD,
    POLICY,
    QUEUES,
    SKIPPER,
    STORIES,
    TRAITS,
)
from analytics.models import Annotation, Dispute, Moderator, QualityCheck, Session, VideoView
from analytics.summaries import writing
from benchmarks.databases import url_of
from tests.ports import free_port

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
PROJECT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def made() -> list[Day]:
    return list(days(NOW))


def sessions_of(day: Day) -> list[tuple[str, dict]]:
    return [
        (found["username"], session) for found in day.documents for session in found["sessions"]
    ]


def decision(view: dict) -> str:
    pressed = {key.lower() for key in view["keys"]}
    return "accepted" if "a" in pressed else "rejected" if "q" in pressed else "none"


def start_of(session: dict) -> datetime:
    moment = datetime.fromisoformat(session["starttime"])
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def test_the_same_seed_gives_the_same_documents():
    first = [day.documents for day in islice(days(NOW), 6)]
    assert json.dumps(first) == json.dumps([day.documents for day in islice(days(NOW), 6)])
    other = [day.documents for day in islice(days(NOW, seed=7), 6)]
    assert json.dumps(first) != json.dumps(other)


def test_a_few_thousand_sessions_of_forty_people_up_to_now(made):
    everything = [entry for day in made for entry in sessions_of(day)]
    assert len(made) == DAYS == 120
    assert 3000 < len(everything) == sum(day.sessions for day in made) < 5000
    assert {username for username, _ in everything} == set(NAMES)
    assert len(NAMES) == 40
    starts = [start_of(session) for _, session in everything]
    assert NOW > max(starts) > NOW - timedelta(hours=12)
    assert min(starts).date() == (NOW - timedelta(days=DAYS - 1)).date()
    ids = [session["_id"] for _, session in everything]
    assert len(set(ids)) == len(ids)


def test_weekends_are_quieter(made):
    first = (NOW - timedelta(days=DAYS - 1)).weekday()
    work, weekend = Counter(), Counter()
    for day in made:
        (weekend if (first + day.number) % 7 >= 5 else work)[day.number] = day.sessions
    assert sum(weekend.values()) / len(weekend) < 0.6 * sum(work.values()) / len(work)


def test_the_policy_shows_in_the_reject_rate(made):
    before, after = Counter(), Counter()
    for day in made:
        for _, session in sessions_of(day):
            counts = before if day.number < POLICY.first else after
            counts.update(decision(view) for view in session.get("videos", []))
    rates = [c["rejected"] / (c["rejected"] + c["accepted"]) for c in (before, after)]
    assert 0.22 < rates[0] < 0.28
    assert 0.32 < rates[1] < 0.38


def test_one_queue_grows(made):
    items = [Counter(), Counter()]
    for day in made:
        for _, session in sessions_of(day):
            for queue in session["queues"]:
                items[day.number >= DAYS // 2][queue["name"]] += queue.get("count", 0)
    growth = {name: items[1][name] / items[0][name] for name in items[0]}
    assert growth.pop(APPEALS) > 2
    assert max(growth.values()) < 1.35


def test_one_moderator_skips(made):
    completed, seen = Counter(), Counter()
    for day in made:
        for username, session in sessions_of(day):
            for view in session.get("videos", []):
                seen[username] += 1
                completed[username] += (view["status"] or "").strip().lower() == "completed"
    rates = {username: completed[username] / seen[username] for username in seen}
    assert rates.pop("tomas.novak") < 0.3
    assert min(rates.values()) > 0.5


def test_what_the_review_tool_may_leave_out_or_write_differently_occurs(made):
    everything = [session for day in made for _, session in sessions_of(day)]
    views = [view for session in everything for view in session.get("videos", [])]
    speeds = [speed for view in views for speed in view.get("speeds", [])]
    idle = [gap for session in everything for gap in session.get("inactivity", [])]
    queues = [queue for session in everything for queue in session["queues"]]
    assert any(session["endtime"] is None for session in everything)
    assert any("duration" not in session for session in everything)
    assert any(not session.get("videos") for session in everything)
    assert any("client" in session for session in everything)
    assert {view["status"] for view in views} > {"Completed", "COMPLETED ", "Not Started", None}
    assert {"yes", "no", "Yes", None, "maybe"} < {view["soundMuted"] for view in views}
    assert any(view["videoId"] is None for view in views)
    assert {type(speed) for speed in speeds} == {int, float, dict}
    assert any("startedAt" not in gap for gap in idle)
    assert any("startedAt" in gap for gap in idle)
    assert any(gap["duration"] is None for gap in idle)
    assert any("type" not in gap for gap in idle)
    assert any(queue["subqueues"] for queue in queues)
    assert any("count" not in queue for queue in queues)
    assert {queue.get("active", "missing") for queue in queues} == {True, False, None, "missing"}


def test_specialists_do_the_hard_queue_and_differ_only_by_it(made):
    views = [
        (username, view) for day in made for username, session in sessions_of(day)
        for view in session.get("videos", []) if "queue" in view
    ]  # fmt: skip
    assert {view["queue"] for _, view in views} == set(QUEUES)
    of_hard, rejected, decided = Counter(), Counter(), Counter()
    for username, view in views:
        special = username in TRAITS and TRAITS[username].is_specialist
        is_hard = view["queue"] == "Minors"
        of_hard[special, is_hard] += 1
        verdict = decision(view)
        decided[special, is_hard] += verdict != "none"
        rejected[special, is_hard] += verdict == "rejected"
    assert of_hard[True, True] > 1.4 * of_hard[True, False]
    assert of_hard[False, True] < 0.05 * of_hard[False, False]
    rate = {key: rejected[key] / decided[key] for key in decided}
    assert rate[True, True] > rate[True, False] + 0.2
    assert rate[True, True] == pytest.approx(rate[False, True], abs=0.05)
    assert rate[True, False] == pytest.approx(rate[False, False], abs=0.04)


def test_people_agree_on_clear_videos_and_split_on_ambiguous_ones(made):
    """Several decide the same video, and mostly alike; a part of the videos divides them."""
    by_video, by_skipper = {}, []
    for day in made:
        for username, session in sessions_of(day):
            for view in session.get("videos", []):
                if view["videoId"] and (verdict := decision(view)) != "none":
                    by_video.setdefault(view["videoId"], {})[username] = verdict
    several = [set_of for set_of in by_video.values() if len(set_of) >= 4]
    assert len(several) > 200
    shares = [Counter(found.values()).most_common(1)[0][1] / len(found) for found in several]
    clear = sum(share >= 0.8 for share in shares) / len(shares)
    split = sum(share <= 0.65 for share in shares) / len(shares)
    assert 0.5 < clear < 0.95
    # An eighth is ambiguous, and four people split evenly over 3 of 8 such videos.
    assert 0.02 < split < 0.3
    for found in several:
        if "tomas.novak" in found:
            others = [verdict for name, verdict in found.items() if name != "tomas.novak"]
            by_skipper.append(found["tomas.novak"] == Counter(others).most_common(1)[0][0])
    assert sum(by_skipper) / len(by_skipper) < clear


def test_what_the_demo_holds_is_documented():
    told = (PROJECT / "docs" / "demo.md").read_text()
    for thing in (*EVENTS, *STORIES):
        assert f"\n{thing.row}\n" in told
    for row in note_rows():
        assert f"\n{row}\n" in told
    known = {name for story in STORIES for name in story.people}
    assert known <= set(NAMES)
    assert len(TRAITS) == len(known) == sum(len(story.people) for story in STORIES)


@pytest.mark.django_db
def test_what_happened_is_noted_once():
    now = datetime(2026, 11, 26, 12, tzinfo=UTC)
    for _ in range(2):
        load_annotations(now)
    found = Annotation.objects.order_by("start").values_list("start", "end", "text", "queue")
    last = date(2026, 11, 26)
    policy = last - timedelta(days=41)
    wave = (last - timedelta(days=77), last - timedelta(days=73))
    assert list(found) == [
        (last - timedelta(days=95), last - timedelta(days=95), "Public holiday", ""),
        (*wave, "Spam wave from one network", "Spam"),
        (policy, policy, "Policy 4.2: stricter about reuploads", ""),
        (last - timedelta(days=21), last - timedelta(days=21), "Public holiday", ""),
    ]


def test_people_have_performance_rows_of_the_weeks_they_were_there():
    rows = list(engagement.performance_rows(Random(1), NOW.date()))
    days = defaultdict(list)
    for row in rows:
        days[row["moderator"]].append((NOW.date() - date.fromisoformat(row["date"])).days)
    # 45 weeks are missing of the one who began 50 days ago, 5 of the one who left 35 days ago.
    assert len(rows) == 40 * 52 - 45 - 5
    assert max(days["maja.nilsson"]) <= 49
    assert min(days["jamal.carter"]) >= 35
    assert {
        len(of) for name, of in days.items() if name not in ("maja.nilsson", "jamal.carter")
    } == {52}


@pytest.mark.django_db
def test_days_go_in_by_the_store_of_all_documents():
    told = []
    loading.load_days(islice(days(NOW), 2), lambda done, sessions: told.append((done, sessions)))
    expected = list(islice(days(NOW), 2))
    assert told == [(1, expected[0].sessions), (2, expected[0].sessions + expected[1].sessions)]
    assert Session.objects.count() == told[-1][1]
    views = [view for day in expected for _, s in sessions_of(day) for view in s.get("videos", [])]
    found = Counter(VideoView.objects.values_list("decision", flat=True).order_by())
    assert found == Counter(map(decision, views))
    assert not loading.is_empty()


@pytest.mark.django_db
def test_checks_find_the_accuracy_that_is_told(monkeypatch):
    monkeypatch.setattr("analytics.demo.checks.SIZE", 600)
    loading.load_days(islice(days(NOW), 5), lambda days, sessions: None)
    writing.refresh()
    users = {user.username: user for user, _opens in logins.create_logins()}
    at = NOW - timedelta(days=DAYS - 6)
    sample = load_checks(at, lead=users["lead"], admin=users["admin"])
    checks = QualityCheck.objects.with_outcome().filter(checked_by=users["lead"])
    # As they were before anybody disputed them.
    views = VideoView.objects.values_list(
        "session__public_id", "position", "session__moderator__username", "queue"
    )
    known = {(session, at): (whose, queue) for session, at, whose, queue in views}
    right, n = Counter(), Counter()
    for check in checks.exclude(verdict="unsure"):
        whose, queue = known[check.session_id, check.position]
        kind = SKIPPER if whose == SKIPPER else "hard" if queue == HARD else "other"
        n[kind] += 1
        right[kind] += check.verdict == check.decision
    for kind, told in ((SKIPPER, 0.75), ("hard", 0.87), ("other", 0.95)):
        assert right[kind] / n[kind] == pytest.approx(
            told, abs=4 * sqrt(told * (1 - told) / n[kind])
        )
    assert sample.views.count() == checks.count() >= 600
    assert QualityCheck.objects.filter(checked_by=users["admin"]).count() == 60
    assert all(check.checked_at < at for check in checks)
    outcomes = Counter(Dispute.objects.values_list("outcome", flat=True))
    assert set(outcomes) == {"open", "upheld", "reversed"}
    again = Dispute.objects.filter(outcome="reversed").first().quality_check
    assert QualityCheck.objects.with_outcome().get(pk=again.pk).is_correct is True


@pytest.mark.django_db
def test_a_bad_document_of_the_demo_is_a_mistake_that_shows():
    bad = Day(0, [{"username": "x", "sessions": [{"_id": "s"}]}], 1)
    with pytest.raises(ValueError, match="demo's data are not valid"):
        loading.load_days([bad], lambda done, sessions: None)
    assert not Session.objects.exists()


@pytest.mark.django_db
def test_logins_of_every_role_are_created_once():
    for username in ("amara.okafor", "tomas.novak"):
        Moderator.objects.create(username=username)
    created = [(user.username, user.role, opens) for user, opens in logins.create_logins()]
    assert created == [
        ("admin", Role.ADMIN, True),
        ("lead", Role.LEAD, True),
        ("amara.okafor", Role.MODERATOR, True),
        ("tomas.novak", Role.MODERATOR, True),
    ]
    assert User.objects.get(username="tomas.novak").moderator.username == "tomas.novak"
    lead = User.objects.get(username="lead")
    lead.set_password("another password")
    lead.save()
    assert [opens for _, opens in logins.create_logins()] == [True, False, True, True]
    assert User.objects.count() == 4


@pytest.mark.django_db
def test_a_login_without_its_moderator_is_left_out():
    assert [user.username for user, _ in logins.create_logins()] == ["admin", "lead"]


@pytest.mark.django_db
def test_data_of_somebodys_own_are_kept_and_not_mixed_with_the_demo(settings):
    settings.DEBUG = True
    moderator = Moderator.objects.create(username="own")
    Session.objects.create(moderator=moderator, public_id="own-1", started_at=NOW)
    out = StringIO()
    call_command("demo", no_serve=True, stdout=out)
    assert Session.objects.count() == 1
    assert "they are kept" in out.getvalue()
    assert "try-the-portal" in out.getvalue()


def test_refused_outside_debug_mode(settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG mode only"):
        call_command("demo", no_serve=True, stdout=StringIO())


def test_a_busy_port_is_said_before_anything_is_done(settings):
    settings.DEBUG = True
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {number} of 127.0.0.1 can't be used"):
            call_command("demo", port=number, stdout=StringIO())


@pytest.mark.parametrize("text", ["0", "65536", "http", "-1"])
def test_a_port_that_is_none(text):
    with pytest.raises(CommandError, match="port"):
        call_command("demo", f"--port={text}", stdout=StringIO())


@pytest.mark.django_db(transaction=True)
def test_served_until_interrupted(tmp_path):
    moderator = Moderator.objects.create(username="own")
    Session.objects.create(moderator=moderator, public_id="own-1", started_at=NOW)
    number = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": url_of(connection.settings_dict["NAME"]),
        "DEBUG": "1",
    }
    command = [sys.executable, "manage.py", "demo", "--port", str(number)]
    # A test run in the background ignores Ctrl-C, and so would the server that it starts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    log = tmp_path / "log"
    with log.open("w") as file:
        served = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=file, stderr=file)
        try:
            page = answer(f"http://127.0.0.1:{number}/login/")
            served.send_signal(signal.SIGINT)
            served.wait(timeout=120)
        finally:
            served.kill()
            served.wait()
            signal.signal(signal.SIGINT, before)
    out = log.read_text()
    assert "<html" in page
    assert served.returncode == 0, out
    assert "try-the-portal" in out
    assert f"http://127.0.0.1:{number}/" in out
    assert "Traceback" not in out


def answer(url: str) -> str:
    """Return what a server that is just starting says."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=60) as response:
                return response.read().decode()
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{url} does not answer")
