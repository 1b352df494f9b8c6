"""The page of the records behind a number: what it lists, where it leads, who may open it."""

from html import unescape
from re import findall, sub

import pytest

from analytics.models import VideoView
from tests.reviewed import write_march

DATES = "start=2026-03-01&end=2026-03-31"


@pytest.fixture
def march(db):
    return write_march()


@pytest.fixture
def page(client, lea, march):
    client.force_login(lea)

    def read(path, status=200):
        answer = client.get(f"/rows/{path}")
        assert answer.status_code == status, answer.content
        return answer.content.decode()

    return read


def words(html):
    """The text of some HTML, blanks folded."""
    return " ".join(unescape(sub(r"<[^>]+>", " ", html)).split())


def part(html, start, end):
    return html.split(start, 1)[1].split(end, 1)[0]


def test_a_count(page):
    html = page(f"decisions/?decision=rejected&{DATES}")
    assert words(part(html, "<h1>", "</h1>")) == "Videos: Rejected"
    assert words(part(html, 'class="count-line">', "</p>")) == (
        "2 videos, the same number as on the chart column: Videos (count)"
    )
    rows = [words(row) for row in findall(r"<tr>(.*?)</tr>", part(html, "<tbody>", "</tbody>"))]
    assert rows == [
        "v3 alice 11 Mar, 09:30 alice-2 — — Rejected Completed Muted —",
        "v2 alice 10 Mar, 09:30 alice-1 — — Rejected Partial Unmuted —",
    ]


def test_it_leads_to_people_sessions_chart_and_csv(page):
    html = unescape(page(f"decisions/?decision=rejected&{DATES}"))
    links = findall(r'href="([^"]+)"', html.split("<main", 1)[1])
    for address in (
        "/moderators/alice/",
        "/sessions/alice-2/",
        f"/review/?{DATES}#card-decisions",
        f"/api/v1/metrics/decisions/rows/?decision=rejected&{DATES}&format=csv",
        # Without the key, without a date: the other filters stay.
        f"/rows/decisions/?{DATES}",
        "/rows/decisions/?decision=rejected&end=2026-03-31",
    ):
        assert address in links, address


@pytest.mark.parametrize(
    ("path", "line", "last_cells"),
    [
        ("moderator-review/?moderator=alice&column=reject_rate", "50.0 % of 4 videos are counted",
         ["yes", "no", "yes", "no"]),
        ("review-summary/?column=handle_seconds",
         "2 min 32 s is active seconds over decided videos, of 2 review sessions", ["1", "3"]),
        ("moderator-review/?moderator=alice&column=throughput_per_hour",
         "21.2 is decided videos over active seconds, times 3,600, of 1 review session", ["510"]),
        ("review-summary/?column=unique_videos",
         "5 different videos, the same number as on the chart", ["2", "1", "1", "1", "1"]),
        ("queues/?queue=Spam&column=items", "45 is the sum over 2 queue assignments",
         ["5", "40"]),
        ("idle-summary/?kind=pause&column=median_seconds",
         "1 min 00 s is the middle of the lengths: 1 idle interval", ["1 min 00 s"]),
    ],
)  # fmt: skip
def test_how_the_records_make_the_number(page, path, line, last_cells):
    html = page(path)
    assert words(part(html, 'class="count-line">', "</p>")).startswith(line)
    rows = findall(r"<tr>(.*?)</tr>", part(html, "<tbody>", "</tbody>"))
    assert [words(row.rsplit("<td", 1)[1].split(">", 1)[1]) for row in rows] == last_cells


def test_pages(page, march):
    session = march["alice-2"]
    VideoView.objects.bulk_create(
        VideoView(session=session, position=n, keys=["a"]) for n in range(1, 53)
    )
    first = page("review-summary/?column=videos")
    assert words(part(first, 'class="count-line">', "</p>")).startswith("60 videos")
    following = unescape(part(first, 'rel="next" href="', '"'))
    second = page(following.removeprefix("/rows/"))
    positions = len(findall(r"<tr>", part(second, "<tbody>", "</tbody>")))
    assert (positions, "First page" in second, "Next →" in second) == (10, True, False)


def test_nothing_behind_a_zero(page):
    html = page("idle-time/?kind=inactivity&from_seconds=60")
    assert words(part(html, "<h1>", "</h1>")) == "Intervals: Inactivity, 60 s"
    assert "Nothing is behind this number." in html
    assert "CSV, all" not in html


def test_what_has_no_rows(page):
    page("nothing/", 404)
    page("decisions/?decision=maybe", 404)
    page("moderator-review/?column=reject_low", 404)
    assert "Column: share is of a row: name it by decision" in page("decisions/?column=share", 400)


def test_a_moderator_sees_own_records_without_links_to_people(client, bob, march):
    client.force_login(bob)
    html = client.get("/rows/decisions/?decision=accepted").content.decode()
    assert "bob-1" in html
    assert "alice" not in html
    assert "/moderators/bob/" not in html.split("<main", 1)[1]
    assert client.get("/rows/decisions/?moderator=alice").status_code == 404
    team = client.get(f"/rows/decisions/?team=true&{DATES}")
    assert team.status_code == 403
    assert client.get(f"/rows/activity-summary/?{DATES}").status_code == 403
