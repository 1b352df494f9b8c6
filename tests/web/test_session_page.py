"""A session's page: what it shows of a long one."""

import pytest

from tests.brute import PlainSession, PlainView
from tests.factory import NOON, write_session


@pytest.mark.django_db
@pytest.mark.parametrize(("views", "rows", "left"), [(500, 500, 0), (501, 500, 1)])
def test_five_hundred_views_are_shown_and_the_rest_is_counted(client, lea, views, rows, left):
    watched = [PlainView(f"v{n}", "completed", ["a"], "muted") for n in range(views)]
    write_session(PlainSession("long", "amy", NOON, 3_600_000_000, watched, [], []))
    client.force_login(lea)
    answer = client.get("/sessions/long/")
    assert answer.context["view_body"].count("<tr>") == rows
    assert answer.context["views_left"] == left
    assert ("1 more in the CSV." in answer.text) is bool(left)
