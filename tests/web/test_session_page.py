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


@pytest.mark.django_db
def test_the_picture_leads_to_each_video_and_to_the_row_of_an_unknown_one(client, lea):
    watched = [
        PlainView("v1", "completed", ["q"], "muted", speeds=[1.5]),
        PlainView(None, "partial", [], "muted"),
    ]
    write_session(PlainSession("s1", "amy", NOON, 60_000_000, watched, [], []))
    client.force_login(lea)
    page = client.get("/sessions/s1/").text
    picture = page.split('<svg class="timeline"')[1].split("</svg>")[0]
    assert "<title>1: v1, Rejected, Completed, Muted, 1.5×</title>" in picture
    assert 'href="/videos/v1/"' in picture
    assert 'href="#video-2"' in picture
    assert page.count('id="video-2"') == 1


@pytest.mark.django_db
def test_the_moderators_name_leads_to_their_page(client, lea, alice):
    write_session(PlainSession("s1", "alice", NOON, 60_000_000, [], [], []))
    for viewer in (lea, alice):
        client.force_login(viewer)
        page = client.get("/sessions/s1/").content.decode()
        assert '<a href="/moderators/alice/">alice</a> · ' in page
