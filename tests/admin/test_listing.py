"""Lists count to a bound, search by how values begin, and never query for each row."""

import pytest

from analytics import pagination
from analytics.admin import listing
from analytics.models import Moderator, Session, Video, VideoView
from analytics.pagination import BoundedPaginator
from tests.admin.conftest import LISTS, make_session, shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def bound_of_three(monkeypatch):
    monkeypatch.setattr(pagination, "MAX_LISTED", 3)


@pytest.mark.parametrize(("rows", "count", "more"), [(2, 2, False), (3, 3, False), (5, 3, True)])
def test_the_count_stops_at_the_bound(bound_of_three, rows, count, more):
    Video.objects.bulk_create(Video(public_id=f"v{i}") for i in range(rows))

    paginator = BoundedPaginator(Video.objects.all(), 2)

    assert (paginator.count, paginator.has_more) == (count, more)
    assert paginator.num_pages == -(-count // 2)


def test_the_count_reads_no_more_rows_than_the_bound(bound_of_three, django_assert_num_queries):
    paginator = BoundedPaginator(Video.objects.order_by("public_id"), 2)

    with django_assert_num_queries(1) as queries:
        assert paginator.count == 0

    (query,) = queries.captured_queries
    assert "LIMIT 4" in query["sql"]
    assert "ORDER BY" not in query["sql"]


def test_a_list_beyond_the_bound_says_so(bound_of_three, admin_client):
    Video.objects.bulk_create(Video(public_id=f"v{i}") for i in range(5))

    page = admin_client.get(f"{LISTS}video/").text

    assert "More than 3 videos: search or filter to reach the rest" in page


def test_a_list_within_the_bound_says_how_many(admin_client):
    Video.objects.bulk_create(Video(public_id=f"v{i}") for i in range(5))

    assert "5 videos" in admin_client.get(f"{LISTS}video/").text


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("s1", ["s1"]),
        ("s", ["s3", "s2", "s1"]),
        ("  s1 ", ["s1"]),
        ("mia", ["s3", "s1"]),
        ("mi", ["s3", "s1"]),
        ("ia", []),
        ("1", []),
        ("%", []),
        ("", ["s3", "s2", "s1"]),
    ],
)
def test_a_search_is_for_how_a_value_begins(admin_client, term, found):
    for day, moderator in enumerate(["mia", "noa", "mia"]):
        make_session(f"s{day + 1}", moderator, days=day)

    assert shown(admin_client.get(f"{LISTS}session/", {"q": term})) == found


def test_a_search_finds_more_related_rows_than_it_looks_up(admin_client, monkeypatch):
    monkeypatch.setattr(listing, "MAX_RELATED", 1)
    make_session("s1", "mia")
    make_session("s2", "mio", days=1)

    assert shown(admin_client.get(f"{LISTS}session/?q=mi")) == ["s2", "s1"]


def test_a_search_term_is_one_whole(admin_client):
    Moderator.objects.create(username="Ann Lee")
    Moderator.objects.create(username="Ann Moor")

    assert shown(admin_client.get(f"{LISTS}moderator/?q=Ann Lee")) == ["Ann Lee"]


@pytest.mark.parametrize(
    ("name", "queries"),
    [
        ("session", 6),
        ("videoview", 6),
        ("inactivity", 5),
        ("queueassignment", 5),
        ("video", 5),
        # One more looks for names that are alike.
        ("moderator", 6),
    ],
)
def test_the_queries_of_a_list_do_not_grow_with_its_rows(
    admin_client, django_assert_max_num_queries, name, queries
):
    for i in range(12):
        make_session(f"s{i}", f"m{i}", days=i, views=3)
    admin_client.get(f"{LISTS}{name}/")

    with django_assert_max_num_queries(queries):
        answer = admin_client.get(f"{LISTS}{name}/")

    assert len(answer.context["cl"].result_list) >= 3


def test_no_list_counts_its_whole_table(admin_client, django_assert_max_num_queries):
    make_session("s1")
    for model in (Session, VideoView, Video, Moderator):
        with django_assert_max_num_queries(10) as queries:
            admin_client.get(f"{LISTS}{model._meta.model_name}/")
        counts = [q["sql"] for q in queries.captured_queries if "COUNT(" in q["sql"]]
        assert counts
        assert all("LIMIT" in sql for sql in counts)
