"""The engagement report in a browser: drawn, posed, filtered; the insights opened; an import."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from analytics.demo.engagement import load_engagement
from analytics.models import ChatSession, Target
from tests.browser.test_look import faults_for_everyone, violations
from tests.browser.test_review import charts_without_a_drawing

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TARGETS = ("average_rating", "average_response_minutes", "average_satisfaction", "average_ctr")
PAGES = ("/engagement/", "/recommendations/", "/moderators/", "/insights/", "/")
CHARTS = ("/engagement/", "/recommendations/", "/moderators/")


@pytest.fixture
def report():
    # Emptying the tables after a test takes the targets of the migration with it.
    for figure in TARGETS:
        Target.objects.get_or_create(
            figure=figure, defaults={"label": figure, "value": 4, "direction": "higher"}
        )
    load_engagement(2026, date(2026, 3, 31))


def drawn(page):
    page.wait_for_selector("html[data-charts=drawn] .js-plotly-plot .main-svg")
    page.wait_for_selector("#charts-body:not(.loading)")
    return page


@pytest.mark.parametrize("path", CHARTS)
def test_every_chart_is_drawn(open_page, lea, report, path):
    page = drawn(open_page(f"{path}?start=", lea))
    page.wait_for_function("document.querySelectorAll('.js-plotly-plot .main-svg').length > 0")
    # A gauge has neither a trace nor a slice. The others may take their time.
    for _ in range(20):
        page.wait_for_timeout(250)
        undrawn = [slug for slug in charts_without_a_drawing(page) if slug != "click-through-rate"]
        if not undrawn:
            break
    assert undrawn == []
    if path == "/recommendations/":
        expect(page.locator("#graph-click-through-rate .gauge-outline").first).to_be_attached()


def test_stacks_are_posed_side_by_side_and_stay_so(open_page, lea, report):
    page = drawn(open_page("/engagement/?start=", lea))
    mode = "document.querySelector('#graph-activity-by-rating .js-plotly-plot').layout.barmode"
    assert page.evaluate(mode) == "stack"
    page.get_by_role("button", name="Side by side").click()
    page.wait_for_function(f"{mode} === 'group'")
    expect(page.get_by_role("button", name="Side by side")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.fill("[name=start]", "2026-01-01")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("[data-scope]")).to_contain_text("2026")
    drawn(page)
    page.wait_for_function(f"{mode} === 'group'")
    page.get_by_role("button", name="Stacked").click()
    page.wait_for_function(f"{mode} === 'stack'")


def test_a_finding_opens_its_evidence_and_leads_to_its_chart(open_page, lea, report):
    page = open_page("/insights/?start=", lea)
    row = page.locator("#length-and-rating")
    expect(row.locator(".finding-evidence")).to_contain_text("n = 1,000")
    method = row.locator(".finding-definition")
    expect(method).to_be_hidden()
    row.locator("summary").click()
    expect(method).to_contain_text("Pearson")
    row.get_by_role("link").click()
    page.wait_for_url(re.compile(r"/engagement/\?start=#card-activity-by-rating$"))
    drawn(page)


def test_pages_are_for_everyone(open_page, lea, report):
    found = {}
    for path in PAGES:
        page = open_page(f"{path}?start=", lea)
        if path in CHARTS:
            drawn(page)
        found[path] = faults_for_everyone(page)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def test_an_import_is_seen_before_it_is_stored(open_page, ada, report):
    page = open_page("/admin/analytics/chatsession/import/", ada)
    header = "user_id,session_id,date,session_length,messages_sent,rating,resources_clicked\n"
    row = "user-001,new-1,2026-03-01,10,5,4,\n"
    page.set_input_files(
        "[name=import_file]",
        {"name": "rows.csv", "mimeType": "text/csv", "buffer": (header + row).encode()},
    )
    page.get_by_role("button", name="Show what would change").click()
    expect(page.locator(".import-form")).to_contain_text("New: 1, changed: 0, unchanged: 0")
    assert violations(page) == []
    assert ChatSession.objects.count() == 1000
    page.get_by_role("button", name="Import").click()
    expect(page.locator(".messagelist")).to_contain_text("1 new")
    assert ChatSession.objects.count() == 1001
