"""Verdicts on a team are computed once for a version of the data, whoever asks and wherever."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.access import MIN_TEAM, PORTAL
from analytics.imports.sessions.store import store_documents
from analytics.insights import coaching
from analytics.metrics import person_work, team_work
from analytics.metrics.person_work import team_cells
from analytics.metrics.team_work import judge_team
from analytics.models import Moderator
from analytics.scope import Scope
from analytics.summaries.snapshots import snapshot

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAYS = {"start": date(2026, 3, 2), "end": date(2026, 3, 29)}
# The sessions' counters, which nothing but verdicts and cells reads of a whole team.
READS_SESSIONS = "string_agg(concat_ws"
CACHES = (
    team_work._judge_cached.cache,
    person_work._read_cells.cache,
    coaching._compare_scores.cache,
)


@pytest.fixture(autouse=True)
def no_earlier_verdicts():
    for cache in CACHES:
        cache.clear()


def person(name, rejected):
    """A session a week for four weeks, with 10 decided videos each, some rejected."""
    sessions = [
        {
            "_id": f"{name}-{week}",
            "starttime": (MONDAY + timedelta(weeks=week)).isoformat(),
            "duration": 300,
            "videos": [
                {"videoId": f"v{nth}", "keys": ["q" if nth < rejected else "a"]}
                for nth in range(10)
            ],
            "queues": [{"name": "Spam", "count": 10}],
        }
        for week in range(4)
    ]  # fmt: skip
    return {"username": name, "sessions": sessions}


@pytest.fixture
def team(alice):
    """Six people, one of whom, alice, rejects everything."""
    people = [person("alice", 10), *(person(f"m{nth}", 1) for nth in range(5))]
    assert store_documents(people).counts.rejected == 0


def scope_of(name):
    return Scope(PORTAL, moderator=Moderator.objects.get(username=name))


def test_verdicts_are_one_result_whoever_asks(team, alice, lea, django_assert_num_queries):
    verdicts = judge_team(Scope(PORTAL))
    own = Scope.parse({}, alice)
    # The version, between a savepoint and its release.
    with django_assert_num_queries(3):
        assert judge_team(Scope(lea)) is verdicts
    assert judge_team(own) is verdicts
    assert judge_team(scope_of("m1")) is verdicts


def test_verdicts_on_more_others_and_other_days_are_others(team):
    verdicts = judge_team(Scope(PORTAL))
    assert judge_team(Scope(PORTAL), min_others=MIN_TEAM) is not verdicts
    week = judge_team(Scope(PORTAL, end=date(2026, 3, 8)))
    assert week.by_measure["reject_rate"].n.tolist() == [10.0] * 6
    assert verdicts.by_measure["reject_rate"].n.tolist() == [40.0] * 6


def test_a_change_of_the_data_is_in_the_next_verdicts(team):
    assert judge_team(Scope(PORTAL)).names[0] == "alice"
    assert team_cells(Scope(PORTAL)).names[0] == "alice"
    Moderator.objects.filter(username="alice").update(username="zoe")
    assert judge_team(Scope(PORTAL)).names[-1] == "zoe"
    assert team_cells(Scope(PORTAL)).names[-1] == "zoe"
    store_documents([person("m9", 0)])
    assert len(judge_team(Scope(PORTAL)).names) == 7
    assert len(team_cells(Scope(PORTAL)).names) == 7


def test_cells_of_two_people_are_read_once(team, django_assert_num_queries):
    cells = team_cells(scope_of("m1"))
    scope = scope_of("m2")
    with django_assert_num_queries(3):
        assert team_cells(scope) is cells


PATHS = (
    "/api/v1/insights/?start={start}&end={end}",
    "/api/v1/metrics/moderator-comparison/?start={start}&end={end}",
    "/api/v1/metrics/speed-and-care/?start={start}&end={end}",
    "/insights/?start={start}&end={end}",
    "/moderators/{name}/?start={start}&end={end}",
)


def test_pages_and_answers_share_the_verdicts_of_a_version(team, client, lea):
    client.force_login(lea)
    paths = [path.format(name="alice", **DAYS) for path in PATHS]

    def reads() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            for path in paths:
                assert client.get(path).status_code == 200, path
        return sum(READS_SESSIONS in query["sql"] for query in queries)

    assert reads() > 0
    assert reads() == 0
    assert client.get(f"/moderators/m1/?start={DAYS['start']}").status_code == 200


@pytest.mark.parametrize("path", PATHS[:3])
def test_a_person_gets_the_same_before_and_after_the_lead_asked(team, client, alice, lea, path):
    path = path.format(**DAYS)
    client.force_login(alice)
    before = client.get(path).json()
    for cache in CACHES:
        cache.clear()
    client.force_login(lea)
    everything = client.get(path).json()
    client.force_login(alice)

    assert client.get(path).json() == before
    assert everything != before
    assert "m1" not in json.dumps(before)


def test_nobody_else_is_compared_meanwhile(team, monkeypatch):
    judge, locked = team_work._judge, []

    def judge_and_look(work, min_others):
        locked.append(team_work.ONE_AT_A_TIME.locked())
        return judge(work, min_others)

    monkeypatch.setattr(team_work, "_judge", judge_and_look)
    judge_team(Scope(PORTAL))
    assert locked == [True]
    assert not team_work.ONE_AT_A_TIME.locked()


def test_a_comparison_that_fails_lets_the_next_begin(team, monkeypatch):
    monkeypatch.setattr(team_work, "_judge", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        judge_team(Scope(PORTAL))
    assert not team_work.ONE_AT_A_TIME.locked()


def test_what_another_thread_made_meanwhile_is_not_made_again(team, monkeypatch):
    judge, made = team_work._judge, []
    monkeypatch.setattr(team_work, "_judge", lambda *of: made.append(of) or judge(*of))

    class Waited:
        """A lock that somebody holds until they have judged the same team."""

        def acquire(self, timeout):
            team_work._judge_cached(team_work.team_scope(Scope(PORTAL)), 1)
            return True

        def release(self):
            pass

    monkeypatch.setattr(team_work, "ONE_AT_A_TIME", Waited())
    judge_team(Scope(PORTAL))
    assert len(made) == 1


@pytest.mark.parametrize(
    "path", ["/insights/", "/api/v1/metrics/moderator-comparison/", "/api/v1/insights/"]
)
def test_who_waits_for_too_many_comparisons_is_told_to_come_again(
    client, lea, team, monkeypatch, path
):
    client.force_login(lea)
    client.raise_request_exception = False
    monkeypatch.setattr(team_work, "PATIENCE_SECONDS", 0.01)
    with team_work.ONE_AT_A_TIME:
        answer = client.get(path)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert "Others are comparing large teams at the moment; try again." in answer.content.decode()
    assert client.get(path).status_code == 200


def test_both_verdicts_of_a_look_are_of_sessions_read_once(team):
    def reads(*others):
        for cache in CACHES:
            cache.clear()
        with CaptureQueriesContext(connection) as queries, snapshot():
            for min_others in others:
                judge_team(Scope(PORTAL), min_others=min_others)
        return sum(READS_SESSIONS in query["sql"] for query in queries)

    assert reads(1, MIN_TEAM) == reads(1) > 0
