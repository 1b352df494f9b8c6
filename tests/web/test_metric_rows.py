"""The page of the records behind a number: what it lists, where it leads, who may open it."""

from html import unescape
from re import findall, search, sub

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
        "v3 alice 11 Mar, 09:30 alice-2 unknown unknown Rejected Completed Muted —",
        "v2 alice 10 Mar, 09:30 alice-1 unknown unknown Rejected Partial Unmuted —",
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
        ("moderator-review/?moderator=alice&column=reject_rate",
         "50.0 % 2 rejected of 4 decided column", ["yes", "no", "yes", "no"]),
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


def listed(html):
    """What stands over the list's pages, and the first cells of its rows."""
    rows = findall(r"<tr>(.*?)</tr>", part(html, "<tbody>", "</tbody>"))
    return len(rows), words(part(html, '<nav class="pagination" aria-label="Pages', "<small")), rows


def link(html, rel):
    return unescape(part(html, f'rel="{rel}" href="', '"')).removeprefix("/rows/")


def test_pages_forth_and_back(page, march):
    VideoView.objects.bulk_create(
        VideoView(session=march["alice-2"], position=n, keys=["a"]) for n in range(1, 253)
    )
    first = page("review-summary/?column=videos")
    assert words(part(first, 'class="count-line">', "</p>")).startswith("260 videos")
    assert listed(first)[:2] == (50, 'of the list"> 1–50 of 260, newest first')
    assert 'rel="prev"' not in first
    second = page(link(first, "next"))
    assert listed(second)[:2] == (50, 'of the list"> 51–100 of 260, newest first')
    third = page(link(second, "next"))
    back = page(link(third, "prev"))
    assert listed(back)[:2] == listed(second)[:2]
    assert listed(back)[2] == listed(second)[2]
    assert listed(page(link(back, "prev")))[2] == listed(first)[2]
    assert 'rel="prev"' not in page(link(back, "prev"))


def test_the_order_of_a_long_list_is_turned_around(page, march):
    VideoView.objects.bulk_create(
        VideoView(session=march["bob-1"], position=n, keys=["a"]) for n in range(3, 253)
    )
    newest = page("review-summary/?column=videos")
    turned = unescape(part(newest, 'aria-sort="descending"', "</th>")).split('href="')[1]
    oldest = page(turned.split('"')[0].removeprefix("/rows/"))
    assert 'aria-sort="ascending"' in oldest
    assert "1–50 of 258, oldest first" in oldest
    first_row = words(listed(oldest)[2][0])
    assert "10 Mar, 09:30 alice-1" in first_row
    assert "51–100 of 258, oldest first" in page(link(oldest, "next"))


def test_a_list_that_fits_is_whole_and_sorted_in_the_browser(page):
    html = page("decisions/?decision=rejected")
    assert '<table class="data sortable">' in html
    assert 'class="pagination"' not in html
    assert 'data-sort="2026-03-10T09:30:00+00:00"' in html


def test_orders_and_places_that_make_no_sense(page):
    assert "Order: is" in page("decisions/?decision=rejected&order=name", 400)
    assert "is not the number of a row" in page("decisions/?decision=rejected&first=x", 400)
    page("decisions/?decision=rejected&before=nonsense", 400)


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
    assert not search(r"\balice\b", html)
    assert "/moderators/bob/" not in html.split("<main", 1)[1]
    assert client.get("/rows/decisions/?moderator=alice").status_code == 404
    team = client.get(f"/rows/decisions/?team=true&{DATES}")
    assert team.status_code == 403
    assert client.get(f"/rows/activity-summary/?{DATES}").status_code == 403
