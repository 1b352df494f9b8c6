"""Pages in the panel beside the charts: the same view, another template, told apart by caches."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from analytics.presentation.context import PAGE_STATE
from tests.reviewed import write_march

ROWS = "/rows/decisions/?decision=rejected&start=2026-03-01&end=2026-03-31"
PANEL = {"x-portal-panel": "1"}


@pytest.fixture
def march(db):
    return write_march()


def test_the_panel_is_the_inside_of_the_same_page(client, lea, march):
    client.force_login(lea)
    page, panel = client.get(ROWS), client.get(ROWS, headers=PANEL)
    assert (page.status_code, panel.status_code) == (200, 200)
    assert "X-Portal-Panel" not in page
    assert panel["X-Portal-Panel"] == "1"
    html = panel.content.decode()
    assert "<html" not in html
    assert '<h2 id="panel-title">Videos: Rejected</h2>' in html
    assert html.count("<tr>") == 1 + 2
    assert f'href="{ROWS.replace("&", "&amp;")}" data-open-all' in html


def test_a_narrow_table_has_what_a_record_adds_instead_of_its_other_numbers(client, lea, march):
    client.force_login(lea)
    path = "/rows/review-summary/?column=handle_seconds"
    html = client.get(path, headers=PANEL).content.decode()
    headings = [
        " ".join(text.split())
        for text in re.findall(r"<th scope=\"col\".*?>(.*?)</th>", html, re.S)
    ]
    assert headings == ["Session", "Moderator", "Started", "Active seconds", "Decided videos"]


def test_caches_tell_the_two_apart(client, lea, march):
    client.force_login(lea)
    client.get(ROWS)  # Gives the browser its token.
    page, panel = client.get(ROWS), client.get(ROWS, headers=PANEL)
    assert page["ETag"] != panel["ETag"]
    for answer in (page, panel, client.get(ROWS, headers={"if-none-match": page["ETag"]})):
        assert "X-Portal-Panel" in answer["Vary"]
    for headers, known, status in (
        ({}, page, 304),
        (PANEL, panel, 304),
        (PANEL, page, 200),
        ({}, panel, 200),
    ):
        answer = client.get(ROWS, headers={**headers, "if-none-match": known["ETag"]})
        assert answer.status_code == status


def test_access_is_that_of_the_page(client, bob, march):
    client.force_login(bob)
    html = client.get("/rows/decisions/?decision=accepted", headers=PANEL).content.decode()
    assert "Videos: Accepted, bob" in html
    assert "alice" not in html
    refused = client.get("/rows/decisions/?moderator=alice", headers=PANEL)
    assert refused.status_code == 404
    assert "X-Portal-Panel" not in refused
    assert client.get("/rows/activity-summary/", headers=PANEL).status_code == 403
    client.logout()
    assert client.get(ROWS, headers=PANEL).status_code == 302


def test_what_is_opened_on_a_page_is_no_filter(client, lea, march):
    client.force_login(lea)
    state = "&".join(f"{name}=x" for name in PAGE_STATE)
    for path in ("/review/", "/sessions/", "/insights/", "/moderators/alice/"):
        assert client.get(f"{path}?start=2026-03-01&{state}").status_code == 200, path
    assert client.get(f"{ROWS}&{state}").status_code == 200


def test_scripts_and_server_agree_on_the_names_of_what_is_opened():
    script = Path(settings.BASE_DIR) / "static/portal/js/page-state.js"
    names = re.search(r"PAGE_STATE = \[(.*)\]", script.read_text()).group(1)
    assert tuple(re.findall(r'"(\w+)"', names)) == PAGE_STATE
