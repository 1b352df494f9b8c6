"""Filters that follow from page to page, in addresses and links."""

from re import findall

import pytest

from tests.reviewed import write_march

FILTERS = "moderator=alice&start=2026-03-01&end=2026-03-31"


@pytest.fixture
def march(db):
    return write_march()


def links(html):
    """The addresses of the navigation's pages by their paths."""
    sidebar = html.split('id="nav-sidebar"', 1)[1].split("</nav>", 1)[0]
    found = findall(r'href="(/[a-z]*/?)(?:\?([^"]*))?"', sidebar)
    return {path: query.replace("&amp;", "&") for path, query in found}


@pytest.mark.parametrize("path", ["/", "/review/", "/engagement/", "/sessions/", "/insights/"])
def test_moderator_and_dates_follow_from_every_page(client, lea, march, path):
    client.force_login(lea)
    answer = client.get(f"{path}?{FILTERS}")
    assert answer.status_code == 200
    html = answer.content.decode()
    followed = links(html)
    for page in ("/", "/review/", "/sessions/", "/engagement/", "/moderators/", "/insights/"):
        assert followed[page] == FILTERS, page
    assert followed["/metrics/"] == ""


def test_a_page_without_a_filter_says_so_and_hands_it_on(client, lea, march):
    client.force_login(lea)
    html = client.get(f"/engagement/?{FILTERS}").content.decode()
    assert "Moderator: alice is no filter of this page, and stays for the others." in html
    assert '<input type="hidden" name="moderator" value="alice"' in html
    ranges = findall(r'<a href="([^"]*)" data-range', html)
    assert len(ranges) == 5
    assert all(url.endswith("&amp;moderator=alice") for url in ranges)


def test_on_a_persons_page_the_person_is_the_filter(client, lea, march):
    client.force_login(lea)
    html = client.get("/moderators/alice/?start=2026-03-01&end=2026-03-31").content.decode()
    assert links(html)["/review/"] == FILTERS
    assert 'href="/moderators/?start=2026-03-01&amp;end=2026-03-31"' in html


def test_a_moderators_own_filters(client, bob, march):
    client.force_login(bob)
    followed = links(client.get("/review/?start=2026-03-01&end=2026-03-31").content.decode())
    assert followed["/sessions/"] == "start=2026-03-01&end=2026-03-31"
    assert followed["/engagement/"] == ""
    # Nobody else's name becomes a filter that is quietly left aside.
    assert client.get("/engagement/?moderator=alice").status_code in (400, 403, 404)
    team = client.get("/engagement/?start=2026-02-01&end=2026-02-28&team=true").content.decode()
    assert links(team)["/review/"] == "start=2026-02-01&end=2026-02-28"


@pytest.mark.parametrize("path", ["/sessions/", "/changed/"])
def test_the_teams_totals_stay_for_the_pages_that_have_them(client, bob, march, path):
    client.force_login(bob)
    team = "start=2026-02-01&end=2026-02-28&team=true"
    assert links(client.get(f"/review/?{team}").content.decode())[path] == team
    answer = client.get(f"{path}?{team}")
    assert answer.status_code == 200
    html = answer.content.decode()
    words = "The team&#x27;s totals are no filter of this page, and stay for the others."
    assert words in html
    assert '<input type="hidden" name="team" value="true"' in html
    assert links(html)["/review/"] == team
    ranges = findall(r'<a href="([^"]*)" data-range', html)
    assert ranges
    assert all("team=true" in url for url in ranges)
