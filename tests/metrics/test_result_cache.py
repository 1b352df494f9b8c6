"""Results are kept for a version of the data, and for no other."""

import copy
import random
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from analytics.access import PORTAL, Forbidden
from analytics.metrics.registry import METRICS
from analytics.metrics.result_cache import MAX_ROWS, compute_cached
from analytics.metrics.results import Result
from analytics.presentation.pages import CHART_PAGES
from analytics.scope import Scope
from analytics.summaries import writing
from analytics.summaries.snapshots import snapshot
from analytics.summaries.writing import summarise, write_lock
from tests import factory
from tests.brute import PlainSession
from tests.reviewed import view, write_march
from tests.rows.test_every_number import write_checks

REPORT = Path(__file__).parent.parent / "data" / "samples" / "report"
EVERYTHING = Scope(PORTAL)


def store(name: str, moderator: str = "amy") -> None:
    plain = PlainSession(name, moderator, factory.NOON, 60_000_000, views=[], idle=[], queues=[])
    with write_lock():
        summarise([factory.write_session(plain).pk])


def sessions(scope: Scope = EVERYTHING) -> object:
    return METRICS["review-summary"](scope).rows[0]["sessions"]


@pytest.mark.django_db
def test_nothing_is_computed_twice(django_assert_num_queries) -> None:
    store("one")
    assert sessions() == 1
    # The version, between a savepoint and its release.
    with django_assert_num_queries(3):
        assert sessions() == 1


@pytest.mark.django_db
def test_every_change_is_in_the_next_answer() -> None:
    assert sessions() == 0
    store("one")
    assert sessions() == 1
    with connection.cursor() as cursor:
        cursor.execute("UPDATE analytics_moderator SET username = 'eve'")
    assert METRICS["moderator-review"](EVERYTHING).rows[0]["moderator"] == "eve"
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM analytics_session")
    assert sessions() == 0


@pytest.mark.django_db
def test_a_refresh_changes_nothing_and_a_rebuild_starts_anew() -> None:
    store("one")
    result = METRICS["review-summary"](EVERYTHING)
    writing.refresh()
    assert METRICS["review-summary"](EVERYTHING) is result
    writing.reset_summaries()
    assert METRICS["review-summary"](EVERYTHING) is not result


@pytest.mark.django_db
def test_a_change_taken_back_leaves_nothing_behind() -> None:
    store("one")
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT before")
    store("two")
    assert sessions() == 2
    with connection.cursor() as cursor:
        cursor.execute("ROLLBACK TO SAVEPOINT before")
    assert sessions() == 1


@pytest.mark.django_db
def test_every_scope_has_its_own(alice, lea) -> None:
    store("one", "alice")
    store("two", "bob")
    assert sessions(Scope.parse({}, alice)) == 1
    assert sessions(Scope.parse({}, lea)) == 2
    assert METRICS["review-summary"](Scope(lea)) is METRICS["review-summary"](Scope(PORTAL))
    METRICS["moderator-review"](Scope(lea))
    with pytest.raises(Forbidden):
        METRICS["moderator-review"](Scope(alice, team=True))


@pytest.mark.django_db
@pytest.mark.parametrize(("rows", "kept"), [(1, True), (MAX_ROWS - 20, True), (MAX_ROWS, False)])
def test_what_is_kept_has_a_bound(rows: int, kept: bool) -> None:
    def compute(scope: Scope) -> Result:
        return Result([{"n": 1}] * rows)

    with snapshot():
        first = compute_cached(compute, EVERYTHING)
        assert (compute_cached(compute, EVERYTHING) is first) is kept


@pytest.mark.django_db
def test_everyone_s_figures_are_one_result_however_a_lead_asks(lea) -> None:
    store("one")
    result = METRICS["review-summary"](Scope(lea))
    assert METRICS["review-summary"](Scope(lea, team=True)) is result


@pytest.mark.django_db
def test_nobody_changes_what_others_get_too(client, lea) -> None:
    write_march()
    # Two people who decide the same video otherwise: rows for how far people agree.
    for name, key in (("alice", "a"), ("bob", "q")):
        views = [view("shared", key)]
        factory.write_session(
            PlainSession(f"of-{name}", name, factory.NOON, 60_000_000, views, [], [])
        )
    write_checks(random.Random(1))
    for kind in ("user-activity", "recommendations", "moderator-performance"):
        call_command("import_csv", kind, str(REPORT / f"{kind}.csv"))
    results = {slug: metric(EVERYTHING) for slug, metric in METRICS.items() if not metric.needs}
    before = copy.deepcopy(results)
    client.force_login(lea)
    paths = [reverse(f"portal:{name}") for name in CHART_PAGES]
    for slug in results:
        paths.append(reverse("portal:metric-csv", args=[slug]))
        paths.extend(f"/api/v1/metrics/{slug}/{rest}" for rest in ("", "figure/"))
    for path in paths:
        assert client.get(path).status_code == 200, path
    assert all(METRICS[slug](EVERYTHING) is result for slug, result in results.items())
    assert all(result.rows for result in results.values())
    assert results == before
