"""Passports by key, and filters that follow, in a browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import accessibility_faults
from tests.browser.charts import wait_for_charts
from tests.reviewed import write_march

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FILTERS = "moderator=alice&start=2026-03-01&end=2026-03-31"


@pytest.fixture
def march():
    return write_march()


def test_the_key_p_opens_the_passport_of_a_number(open_page, lea, march):
    page = open_page(f"/review/?{FILTERS}", lea)
    wait_for_charts(page)
    rate = page.locator(".kpi", has_text="Reject rate").locator("a.opens").first
    rate.focus()
    page.keyboard.press("p")
    passport = page.locator("#panel .passport")
    passport.wait_for()
    assert page.locator("#panel-title").text_content().strip() == "Reject rate, alice: 50.0\xa0%"
    assert passport.locator(".formula b").all_text_contents() == ["2", "4", "50.0\xa0%"]
    assert accessibility_faults(page) == []
    copied = page.url
    page.keyboard.press("Escape")
    passport.wait_for(state="detached")
    assert rate.evaluate("node => node === document.activeElement")
    page.goto(copied)
    page.locator("#panel .passport").wait_for()


def test_filters_follow_through_five_pages(open_page, lea, march):
    page = open_page(f"/review/?{FILTERS}", lea)
    sidebar = page.locator("#nav-sidebar")
    for name, path in [
        ("Engagement", "/engagement/"),
        ("Review sessions", "/sessions/"),
        ("Insights", "/insights/"),
        ("How it is computed", "/metrics/"),
        ("Review activity", "/review/"),
    ]:
        sidebar.get_by_role("link", name=name, exact=True).click()
        page.wait_for_url(f"**{path}*")
        if path == "/metrics/":
            note = sidebar.locator("[data-following-note]")
            assert note.text_content() == (
                "Stays for the other pages: alice, 2026-03-01 – 2026-03-31"
            )
        else:
            assert page.url.endswith(f"{path}?{FILTERS}")


def test_filters_that_charts_change_follow(open_page, lea, march):
    page = open_page(f"/review/?{FILTERS}", lea)
    wait_for_charts(page)
    page.locator("a[data-range]", has_text="All").click()
    page.locator("a[data-range][aria-current]", has_text="All").wait_for()
    link = page.locator("#nav-sidebar").get_by_role("link", name="Review sessions", exact=True)
    link.hover()
    assert link.get_attribute("href").endswith("/sessions/?moderator=alice")


def test_a_copied_link_sorts_the_table(open_page, lea, march):
    page = open_page("/moderators/?start=2026-03-01&end=2026-03-31", lea)
    table = page.locator("[data-card] table.sortable:visible").first
    table.locator("thead button").last.click()
    heading = table.locator("[aria-sort]")
    order = heading.get_attribute("aria-sort")
    first = table.locator("tbody tr").first.text_content()
    assert "sorted=" in page.url
    page.goto(page.url)
    assert heading.get_attribute("aria-sort") == order
    assert table.locator("tbody tr").first.text_content() == first


def test_headings_and_cards_by_keyboard_and_address(open_page, lea, march):
    page = open_page("/review/?start=2026-03-01&end=2026-03-31&card_view=decisions.table", lea)
    card = page.locator("#card-decisions")
    heading = card.get_by_role("button", name="Share")
    heading.focus()
    page.keyboard.press("p")
    expect(page.locator("#panel-title")).to_have_text("Videos: 8")
    page.keyboard.press("Escape")
    card.get_by_role("button", name="Videos").focus()
    page.keyboard.press("p")
    expect(page.locator("#panel-title")).to_have_text("Videos: 8")
    page.keyboard.press("Escape")
    card.get_by_role("button", name="Back to the chart").click()
    expect(card).to_have_attribute("data-view", "chart")
    expect(page).not_to_have_url(re.compile("card_view|panel"))
