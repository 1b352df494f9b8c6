"""Search by keyboard, the menu of saved views, and the pages of both and of one video."""

import pytest
from playwright.sync_api import expect

from analytics.models import SavedView
from tests.browser.accessibility import accessibility_faults, violations
from tests.reviewed import write_march

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_search_by_keyboard(open_page, lea):
    write_march()
    page = open_page("/metrics/", lea)
    page.locator("#toggle-nav-sidebar").focus()
    page.keyboard.press("/")
    field = page.get_by_role("combobox", name="Search people")
    expect(field).to_be_focused()
    page.keyboard.type("alice")
    options = page.locator("#search-results [role=option]")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", "search-1-1")
    expect(options.first.locator("mark")).to_have_text("alice")
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#search-box")).to_be_hidden()
    expect(page.locator("#toggle-nav-sidebar")).to_be_focused()
    page.keyboard.press("/")
    expect(field).to_have_value("alice")
    page.keyboard.type("alice-")
    expect(options).to_have_count(2)
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sessions/alice-*/")


def test_search_says_what_it_does_not_find(open_page, lea):
    page = open_page("/metrics/", lea)
    page.keyboard.press("/")
    page.keyboard.type("no such thing")
    expect(page.locator(".search-status")).to_contain_text("Nothing fits")
    expect(page.get_by_role("combobox", name="Search people")).to_have_attribute(
        "aria-expanded", "false"
    )
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=no+such+thing")


def test_views_by_keyboard(open_page, lea):
    write_march()
    SavedView.objects.create(owner=lea, name="My week", address="/sessions/?start=")
    page = open_page("/metrics/?", lea)
    page.keyboard.press("v")
    page.wait_for_url("**/views/?address=%2Fmetrics%2F")
    expect(page.get_by_label("Address")).to_have_value("/metrics/")
    button = page.get_by_role("button", name="Views", exact=True)
    button.click()
    item = page.get_by_role("menuitem", name="My week")
    expect(item).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    button.click()
    expect(item).to_be_visible()
    page.keyboard.press("1")
    page.wait_for_url("**/sessions/?start=")


def test_an_entry_keeps_the_focus_while_the_menu_is_filled_anew(open_page, lea):
    SavedView.objects.create(owner=lea, name="My week", address="/sessions/?start=")
    page = open_page("/metrics/", lea)
    button = page.get_by_role("button", name="Views", exact=True)
    button.click()
    item = page.get_by_role("menuitem", name="My week")
    expect(item).to_be_visible()
    page.keyboard.press("Escape")
    held = []
    page.route("**/views/menu/", lambda route: held.append(route))
    SavedView.objects.create(owner=lea, name="A view before it", address="/review/?start=")
    # Opened twice; the first answer comes last, with what it says no longer true.
    with page.expect_request("**/views/menu/"):
        button.click()
    page.keyboard.press("Escape")
    with page.expect_request("**/views/menu/"):
        button.click()
    expect(item).to_be_focused()
    # Playwright tells of a request before it hands it over.
    while len(held) < 2:
        page.evaluate("0")
    late, current = held
    current.continue_()
    expect(page.get_by_role("menuitem", name="A view before it")).to_be_visible()
    with page.expect_response("**/views/menu/"):
        late.fulfill(body="")
    expect(item).to_be_focused()
    page.keyboard.press("2")
    page.wait_for_url("**/sessions/?start=")


def test_tab_filters_the_page_by_what_is_chosen(open_page, lea):
    write_march()
    page = open_page("/sessions/?start=2026-03-01&order=-videos", lea)
    page.keyboard.press("/")
    page.keyboard.type("alice")
    expect(page.locator("[data-filter-hint]")).to_be_visible()
    page.keyboard.press("Tab")
    page.wait_for_url("**/sessions/?start=2026-03-01&order=-videos&moderator=alice")
    page.goto("/metrics/")
    page.keyboard.press("/")
    page.keyboard.type("alice")
    expect(page.locator("#search-results [role=option]").first).to_be_visible()
    # A page without filters: the key goes on to the next control.
    expect(page.locator("[data-filter-hint]")).to_be_hidden()
    page.keyboard.press("Tab")
    expect(page.locator("#search-box [data-search-close]")).to_be_focused()


@pytest.mark.parametrize("path", ["/search/?q=alice", "/views/", "/videos/v2/"])
def test_the_pages_are_accessible(open_page, lea, path):
    write_march()
    SavedView.objects.create(owner=lea, name="My week", address="/sessions/?start=")
    assert accessibility_faults(open_page(path, lea)) == []
