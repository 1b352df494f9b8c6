"""The engagement report in a browser: its charts, their variants, the insights, an import."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from analytics.demo.engagement import load_engagement
from analytics.models import ChatSession, Target
from tests.browser.accessibility import accessibility_faults, violations
from tests.browser.charts import wait_for_charts
from tests.browser.waiting import wait_until

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


@pytest.mark.parametrize("path", CHARTS)
def test_every_chart_is_wait_for_charts(open_page, lea, report, path):
    page = wait_for_charts(open_page(f"{path}?start=", lea))
    assert page.locator("[data-chart]").count() > 0
    if path == "/recommendations/":
        gauge = page.locator("[data-chart=click-through-rate] .shapelayer path")
        expect(gauge.first).to_be_attached()


def test_a_variant_is_chosen_and_stays_chosen(open_page, lea, report):
    page = wait_for_charts(open_page("/engagement/?start=", lea))
    mode = (
        "document.querySelector('[data-chart=activity-by-rating] .js-plotly-plot').layout.barmode"
    )
    assert page.evaluate(mode) == "stack"
    page.get_by_role("button", name="Side by side").click()
    wait_until(page, f"{mode} === 'group'")
    expect(page.get_by_role("button", name="Side by side")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.fill("[name=start]", "2026-01-01")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("[data-scope]")).to_contain_text("2026")
    wait_for_charts(page)
    wait_until(page, f"{mode} === 'group'")
    page.get_by_role("button", name="Stacked").click()
    wait_until(page, f"{mode} === 'stack'")


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
    wait_for_charts(page)


def test_pages_are_accessible(open_page, lea, report):
    found = {}
    for path in PAGES:
        page = open_page(f"{path}?start=", lea)
        if path in CHARTS:
            wait_for_charts(page)
        found[path] = accessibility_faults(page)
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
    expect(page.locator(".messagelist")).to_contain_text("1 created")
    assert ChatSession.objects.count() == 1001
