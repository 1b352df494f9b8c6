"""The page of one video: its views over people, in figures and rows, and who may open it."""

import re
from datetime import timedelta
from html import unescape
from re import findall, sub

import pytest
from django.db import IntegrityError
from django.urls import reverse

from analytics.models import Video, VideoView
from tests.brute import PlainSession, PlainView
from tests.factory import NOON, write_session

SPAM = "v/1 ü%?"


def words(html):
    """The text of some HTML, blanks folded."""
    return " ".join(unescape(sub(r"<[^>]+>", " ", html)).split())


def table(html, title):
    """The rows of a table as texts."""
    body = html.split(f"{title}</caption>", 1)[1].split("<tbody>", 1)[1].split("</tbody>", 1)[0]
    return [words(row) for row in findall(r"<tr>(.*?)</tr>", body)]


def address(public_id=SPAM, **params):
    query = "&".join(f"{name}={value}" for name, value in params.items())
    return reverse("portal:video", args=[public_id]) + (f"?{query}" if query else "")


@pytest.fixture
def seen(db):
    """Write one video that three people saw, four times in all, and another beside it."""
    for name, day, keys in (
        ("alice", 0, ["a"]),
        ("bob", 1, ["x", "q"]),
        ("carol", 2, ["a"]),
        ("alice", 3, []),
    ):
        write_session(
            PlainSession(
                public_id=f"{name}-{day}",
                moderator=name,
                started_at=NOON + timedelta(days=day),
                duration_us=60_000_000,
                idle=[],
                queues=[],
                views=[
                    PlainView(video="other", status="partial", keys=["q"], sound="muted"),
                    PlainView(
                        video=SPAM,
                        status="completed" if keys else "partial",
                        keys=keys,
                        sound="muted",
                        queue="Spam",
                    ),
                    PlainView(video="other", status="partial", keys=[], sound="muted"),
                ],
            )
        )
    views = VideoView.objects.filter(session__public_id="alice-0").order_by("position")
    for view, second in zip(views, (0, 20, 32), strict=True):
        VideoView.objects.filter(pk=view.pk).update(started_at=NOON + timedelta(seconds=second))


def kpis(html):
    strip = html.split('<dl class="kpis"', 1)[1].split("</dl>", 1)[0]
    return [words(part) for part in re.split('<div class="kpi[^>]*>', strip)[1:]]


def test_figures_people_and_views(client, lea, seen):
    client.force_login(lea)
    html = client.get(address()).content.decode()
    assert kpis(html) == [
        "Views 4 4 sessions",
        "People 3",
        "Accepted 2 66.7 % of 3 decided",
        "Rejected 1 33.3 % of 3 decided 1 without a decision",
        "Completed 75.0 % 3 of 4 views",
        "Time on it 12 s median, until the next video of 1 view whose times are known",
    ]
    assert table(html, "What each decided") == [
        "bob Rejected otherwise 11 Mar, 12:00 bob-1",
        "alice Accepted as most 10 Mar, 12:00 alice-0",
        "carol Accepted as most 12 Mar, 12:00 carol-2",
    ]
    assert "2 accepted it, 1 rejected it; by each person" in html
    assert table(html, "Views") == [
        "alice-3 alice 13 Mar, 12:00 Spam Partial No decision unknown — — —",
        "carol-2 carol 12 Mar, 12:00 Spam Completed Accepted unknown a — —",
        "bob-1 bob 11 Mar, 12:00 Spam Completed Rejected unknown x q — —",
        "alice-0 alice 10 Mar, 12:00 Spam Completed Accepted unknown a — 12 s",
    ]


def test_the_last_view_lasts_until_the_session_ends(client, lea, seen):
    client.force_login(lea)
    html = client.get(address("other", end="2026-03-10")).content.decode()
    # 20 seconds to the next video, 28 to the end of the session; the mean of the two.
    assert "Time on it 24 s median, until the next video of 2 views whose times are known" in kpis(
        html
    )


def test_dates_and_people_limit_everything(client, lea, seen):
    client.force_login(lea)
    html = client.get(address(start="2026-03-11", end="2026-03-12")).content.decode()
    assert kpis(html)[:2] == ["Views 2 2 sessions", "People 2"]
    assert [row.split()[0] for row in table(html, "Views")] == ["carol-2", "bob-1"]
    # One against one is no majority.
    assert [row.split()[:3] for row in table(html, "What each decided")] == [
        ["bob", "Rejected", "as"],
        ["carol", "Accepted", "as"],
    ]
    html = client.get(address(moderator="bob")).content.decode()
    assert [row.split()[0] for row in table(html, "Views")] == ["bob-1"]
    assert "What each decided" not in html
    html = client.get(address(start="2026-04-01")).content.decode()
    assert "was not shown to anybody within these filters" in html
    answer = client.get(address(start="2026-04-02", end="2026-04-01"))
    assert answer.status_code == 400
    assert "Is after the end" not in answer.content.decode()
    assert "2026-04-02 is after the end, 2026-04-01." in answer.content.decode()


def test_pages_of_the_list(client, lea, seen, monkeypatch):
    monkeypatch.setattr("analytics.web.video_page.PAGE_SIZE", 3)
    client.force_login(lea)
    html = client.get(address()).content.decode()
    assert len(table(html, "Views")) == 3
    [following] = findall(r'rel="next" href="([^"]+)"', html)
    html = client.get(address() + unescape(following)).content.decode()
    assert [row.split()[0] for row in table(html, "Views")] == ["alice-0"]
    assert 'rel="first"' in html
    assert '<dl class="kpis"' not in html
    assert client.get(address(cursor="x")).status_code == 400


def test_the_csv_holds_the_same_views(client, lea, seen):
    client.force_login(lea)
    html = client.get(address(start="2026-03-11")).content.decode()
    [link] = findall(r'href="([^"]+format=csv)"', html)
    lines = b"".join(client.get(unescape(link)).streaming_content).decode().splitlines()
    assert len(lines) == 1 + 3


def test_a_moderator_sees_their_own_views_only(client, alice, seen):
    client.force_login(alice)
    html = client.get(address()).content.decode()
    assert [row.split()[0] for row in table(html, "Views")] == ["alice-3", "alice-0"]
    assert kpis(html)[0] == "Views 2 2 sessions"
    assert not re.search(r"\bbob\b", html)
    assert not re.search(r"\bcarol\b", html)
    assert "What each decided" not in html


@pytest.mark.parametrize("public_id", ["nothing", "a/b", "%", "..", "~", "v\0", "only-bob"])
def test_what_nobody_or_only_others_saw_is_not_there(client, alice, seen, public_id):
    write_session(
        PlainSession(
            public_id="bob-9",
            moderator="bob",
            started_at=NOON,
            duration_us=None,
            idle=[],
            queues=[],
            views=[PlainView(video="only-bob", status="completed", keys=[], sound="muted")],
        )
    )
    client.force_login(alice)
    assert client.get(address(public_id)).status_code == 404


def test_sessions_and_rows_lead_to_it(client, lea, seen):
    client.force_login(lea)
    link = f'href="{address()}"'
    assert link in client.get("/sessions/bob-1/").content.decode()
    assert link in client.get("/rows/decisions/?start=").content.decode()
    assert link in client.get("/rows/unique-videos/?start=").content.decode()


def test_queries(client, lea, seen, django_assert_max_num_queries):
    client.force_login(lea)
    client.get(address())
    with django_assert_max_num_queries(14):
        client.get(address(start="2026-03-01"))


def test_there_is_no_video_without_an_id(seen):
    """It would have no address, and every page that names it would fail."""
    with pytest.raises(IntegrityError, match="video_public_id_not_empty"):
        Video.objects.update(public_id="")
