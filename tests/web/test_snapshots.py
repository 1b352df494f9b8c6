"""A page is read in one snapshot of the database, whatever happens while it is made."""

import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.metrics.registry import METRICS
from analytics.models import Target
from analytics.presentation import context, outcomes
from analytics.summaries.snapshots import current_state
from tests.reviewed import write_march

MARCH = "?start=2026-03-01&end=2026-03-31"
VERSION = "FROM analytics_datachange"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lead(client, lea):
    write_march()
    client.force_login(lea)
    client.get("/metrics/")  # The login's session and token are there.
    return client


def queries_of(client, path):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return [query["sql"] for query in captured]


@pytest.mark.parametrize(
    ("path", "most"), [(f"/{MARCH}", 79), (f"/insights/{MARCH}", 53), ("/sessions/", 14)]
)
def test_a_page_is_read_in_one_transaction_with_its_version(lead, path, most):
    """Before it begins, the version says that no page is kept."""
    queries = queries_of(lead, path)
    begin, commit = queries.index("BEGIN"), queries.index("COMMIT")
    assert queries[begin + 1] == "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
    assert queries.count("BEGIN") == 1
    assert sum(VERSION in query for query in queries[begin:commit]) == 1
    outside = [*queries[:begin], *queries[commit + 1 :]]
    (asked,) = (query for query in outside if VERSION in query)
    outside.remove(asked)
    assert not [query for query in outside if '"analytics_' in query.partition("WHERE")[0]]
    assert len(queries) <= most, f"{len(queries)} queries"


def test_what_changes_meanwhile_is_not_on_the_page(lead, monkeypatch):
    Target.objects.filter(figure="average_rating").update(value=4)
    first, whole = [], context.build_body

    def change():
        Target.objects.filter(figure="average_rating").update(value=5)
        connection.close()

    def changed_while_built(*args, **kwargs):
        thread = threading.Thread(target=change)
        thread.start()
        thread.join()
        first.append(Target.objects.get(figure="average_rating").value)
        return whole(*args, **kwargs)

    etag = lead.get(f"/{MARCH}")["ETag"]
    monkeypatch.setattr(context, "build_body", changed_while_built)
    lead.get(f"/{MARCH}&moderator=alice")
    assert first == [4]
    monkeypatch.undo()
    assert lead.get(f"/{MARCH}", headers={"if-none-match": etag}).status_code == 200


def test_a_metric_that_fails_leaves_the_others_in_the_same_snapshot(lead, monkeypatch):
    levels, whole = [], outcomes.compute_one

    def failing(metric, scope):
        with connection.cursor() as cursor:
            cursor.execute("SHOW transaction_isolation")
            levels.append((cursor.fetchone()[0], id(current_state())))
            if metric.slug == "decisions":
                cursor.execute("SELECT 1 / 0")
        return whole(metric, scope)

    monkeypatch.setattr(outcomes, "compute_one", failing)
    page = lead.get(f"/review/{MARCH}").content.decode()
    assert page.count("The other charts are complete.") == 1
    assert len(levels) > len(METRICS) / 2
    assert {level for level, _state in levels} == {"repeatable read"}
    assert len({state for _level, state in levels}) == 1
