"""The page of a number's passport: what it says, how it stands in the panel, who may open it."""

from re import findall

import pytest

from analytics.web.conditional import PANEL_HEADER
from tests.reviewed import write_march
from tests.web.test_metric_rows import part, words

RATE = "/passport/review-by-day/?start=2026-03-01&end=2026-03-31&column=reject_rate"


@pytest.fixture
def march(db):
    return write_march()


def test_a_passport(client, lea, march):
    client.force_login(lea)
    html = client.get(RATE).content.decode()
    text = words(part(html, '<dl class="passport">', "</dl>"))
    assert text.startswith(
        "Formula 2 rejected videos divided by 5 decided videos = 40.0 %"
        " In words The share of rejected videos among the decided videos."
        " n, with its rows 5 decided videos of which 2 rejected videos"
        " Interval 11.8–76.9 % Wilson's interval, with 5 / 1.0 videos,"
    )
    assert (
        "GET /api/v1/metrics/review-by-day/?start=2026-03-01&end=2026-03-31 GET"
        " /api/v1/metrics/review-by-day/rows/?start=2026-03-01&end=2026-03-31&column=reject_rate"
        ' With curl curl -H "Authorization: Token $TOKEN" "http://testserver/api/v1/metrics/'
    ) in text
    assert f"Address http://testserver{RATE} Definition" in text


def test_in_the_panel(client, lea, march):
    client.force_login(lea)
    answer = client.get(RATE, headers={PANEL_HEADER: "1"})
    html = answer.content.decode()
    assert answer.headers[PANEL_HEADER] == "1"
    assert "<html" not in html
    assert words(part(html, '<h2 id="panel-title">', "</h2>")) == "Reject rate: 40.0 %"


def test_the_page_of_the_rows_leads_to_it(client, lea, march):
    client.force_login(lea)
    html = client.get(RATE.replace("/passport/", "/rows/")).content.decode()
    assert f'href="{RATE.replace("&", "&amp;")}"' in html


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/passport/nothing/", 404),
        ("/passport/review-by-day/?column=nothing", 400),
        ("/passport/decisions/?column=share", 400),
        ("/passport/decisions/?decision=unheard", 404),
        ("/passport/review-by-day/?team=true&start=2026-02-01&end=2026-02-28", 200),
    ],
)
def test_what_names_no_number(client, lea, march, path, status):
    client.force_login(lea)
    assert client.get(path).status_code == status


def test_a_moderator_sees_only_the_own(client, bob, march):
    client.force_login(bob)
    assert client.get("/passport/decisions/?moderator=alice").status_code == 404
    team = "/passport/decisions/?team=true&start=2026-02-01&end=2026-02-28"
    assert client.get(team).status_code == 403
    own = client.get("/passport/decisions/?decision=accepted")
    assert words(part(own.content.decode(), "<h1>", "</h1>")).startswith("Videos, Accepted, bob: 1")


def test_a_count_is_said_once(client, lea, march):
    client.force_login(lea)
    html = client.get("/passport/review-summary/?start=2026-03-01&column=videos").content.decode()
    text = words(part(html, '<dl class="passport">', "</dl>"))
    assert text.startswith(
        "In words How many videos there are. n, with its rows 8 videos Interval None"
    )


def test_headings_lead_to_the_passports_of_columns(client, lea, march):
    client.force_login(lea)
    query = "start=2026-03-01&end=2026-03-31"
    html = client.get(f"/review/?{query}").content.decode()
    card = part(html, 'data-card="review-by-day"', "<tbody>").replace("&amp;", "&")
    found = findall(r'href="/passport/review-by-day/\?([^"]*)" data-panel\s+aria-label', card)
    columns = ("sessions", "moderators", "videos", "accepted", "rejected", "none", "reject_rate")
    assert found == [
        f"{query}&column={name}" for name in (*columns, "active_seconds", "handle_seconds")
    ]
    for address in found:
        assert client.get(f"/passport/review-by-day/?{address}").status_code == 200
