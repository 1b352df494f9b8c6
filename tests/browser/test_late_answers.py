"""Answers that come late take nobody's place, and nobody's word."""

import re
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from tests.browser.charts import wait_for_charts
from tests.browser.review_data import write_two_weeks
from tests.brute import PlainSession
from tests.factory import write_session
from tests.reviewed import FIRST, view, write_march

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

REDRAW = "**/_dash-update-component"
RECORDS = "**/rows/**"
# Two things in one task, with nothing between them.
PRESS_ESCAPE = """document.activeElement.dispatchEvent(
  new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true }))"""


class Held:
    """Requests of a page that wait until they are let go, in the order that they were made."""

    def __init__(self, page, pattern):
        self.page, self.pattern = page, pattern
        self.routes, self.is_open = [], False
        page.route(pattern, self.on_route)

    def on_route(self, route):
        if self.is_open:
            route.continue_()
        else:
            self.routes.append(route)

    @contextmanager
    def asked(self):
        """A context within which the page asks."""
        before = len(self.routes)
        with self.page.expect_request(self.pattern):
            yield
        # Playwright tells of a request before it hands it over.
        while len(self.routes) == before:
            self.page.evaluate("0")

    def let_go(self):
        self.is_open = True
        for route in self.routes:
            route.continue_()


@pytest.fixture
def reviewed():
    write_two_weeks("alice", "bob")


def range_link(page, name):
    return page.locator("a[data-range]", has_text=name)


def hold_redraw(page):
    """Ask for charts of all dates, whose answer is held."""
    held = Held(page, REDRAW)
    with held.asked():
        range_link(page, "All").click()
    return held


def wait_for_range(page, name):
    page.locator("a[data-range][aria-current]", has_text=name).wait_for()
    wait_for_charts(page)


def test_a_redraw_leaves_the_keyboard_where_it_was(open_page, lea, reviewed):
    page = wait_for_charts(open_page("/review/", lea))
    charts = page.locator("[data-chart][tabindex]")
    entries = page.locator(".legend [data-series][role=button]")
    reached, buttons = charts.count(), entries.count()
    assert min(reached, buttons) > 0
    # From the second on the graphs keep their size, and are not drawn once more in their new cards.
    for name in ("All", "7 days", "13 weeks"):
        range_link(page, name).press("Enter")
        wait_for_range(page, name)
        expect(range_link(page, name)).to_be_focused()
        expect(charts).to_have_count(reached)
        expect(entries).to_have_count(buttons)
    for place in (page.locator("#chart-decisions"), page.locator(".kpi a.opens").nth(1)):
        place.focus()
        page.go_back()
        page.locator("a[data-range][aria-current]", has_text="13 weeks").wait_for(state="detached")
        expect(place).to_be_focused()
        page.go_forward()
        wait_for_range(page, "13 weeks")
        expect(place).to_be_focused()


def test_what_is_opened_and_typed_meanwhile_stays(open_page, lea, reviewed):
    page = wait_for_charts(open_page("/review/", lea))
    held = hold_redraw(page)
    page.locator("[name=end]").fill("2026-01-05")
    page.locator("[name=moderator]").select_option("bob")
    chart = page.locator("#chart-decisions")
    chart.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#panel .count-line b")).to_have_text("84")
    held.let_go()
    wait_for_range(page, "All")
    expect(page.locator("[name=start]")).to_have_value("")
    expect(page.locator("[name=end]")).to_have_value("2026-01-05")
    expect(page.locator("[name=end]")).to_have_attribute("data-formatted", "5 Jan 2026")
    expect(page.locator("[name=moderator]")).to_have_value("bob")
    expect(page.locator("#panel .count-line b")).to_have_text("84")
    expect(page.locator("#panel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(chart).to_be_focused()


def test_a_field_keeps_the_focus_and_the_caret(open_page, lea, reviewed):
    page = wait_for_charts(open_page("/review/", lea))
    held = hold_redraw(page)
    page.locator("[name=session]").focus()
    held.let_go()
    wait_for_range(page, "All")
    expect(page.locator("[name=session]")).to_be_focused()


def test_an_older_request_that_fails_says_nothing_of_the_newer(open_page, lea, reviewed):
    page = wait_for_charts(open_page("/review/", lea))
    held = Held(page, REDRAW)
    for name in ("All", "7 days"):
        with held.asked():
            range_link(page, name).click()
    older, newer = held.routes
    older.fulfill(status=502, body="no")
    expect(page.locator("#charts-failed")).to_be_visible()
    newer.continue_()
    wait_for_range(page, "7 days")
    expect(page.locator("#charts-failed")).to_be_hidden()
    # The browser itself reports the 502.
    open_page.faults.clear()


def test_a_panel_that_closes_is_gone_at_once(open_page, lea, reviewed):
    page = wait_for_charts(open_page("/review/?start=", lea))
    length = page.evaluate("history.length")
    first, other = page.locator(".kpi a.opens").nth(0), page.locator(".kpi a.opens").nth(1)
    first.press("Enter")
    expect(page.locator("#panel .count-line b")).to_be_visible()
    # Closed twice: that does not leave the page.
    page.evaluate(f"{PRESS_ESCAPE}; {PRESS_ESCAPE}")
    expect(first).to_be_focused()
    expect(page).to_have_url(re.compile(r"/review/\?start=$"))
    first.press("Enter")
    expect(page.locator("#panel .count-line b")).to_be_visible()
    # Closed, and another opened: that does not close the other.
    name = other.get_attribute("href")
    page.evaluate(f"{PRESS_ESCAPE}; document.querySelectorAll('.kpi a.opens')[1].click()")
    expect(page.locator("#panel .count-line b")).to_be_visible()
    assert page.evaluate("new URLSearchParams(location.search).get('panel')") == name
    assert page.evaluate("history.length") == length + 1


def test_what_was_chosen_beside_an_open_panel_stays(open_page, lea, reviewed):
    page = wait_for_charts(open_page("/review/?start=", lea))
    button = page.locator("#card-decisions .menu > button")
    button.click()
    page.locator("#card-decisions").get_by_role("menuitem", name="What is counted").click()
    expect(page.locator("#panel .count-line b")).to_be_visible()
    page.evaluate("document.querySelector('#card-queues [data-show=table]').click()")
    page.locator("#panel").focus()
    page.keyboard.press("Escape")
    # The entry of the menu is hidden.
    expect(button).to_be_focused()
    expect(page).to_have_url(re.compile(r"\?start=&card_view=queues\.table$"))
    expect(page.locator("#card-queues .card-table")).to_be_visible()


def test_the_focus_stays_in_a_panel_that_is_filled(open_page, lea, reviewed):
    page = wait_for_charts(open_page("/review/?start=", lea))
    close = page.get_by_role("button", name="Close (Escape)")
    held = Held(page, RECORDS)
    with held.asked():
        page.locator(".kpi a.opens").first.press("Enter")
    page.keyboard.press("Tab")
    expect(close).to_be_focused()
    held.let_go()
    expect(page.locator("#panel .count-line b")).to_be_visible()
    expect(close).to_be_focused()


def test_enter_opens_what_fits_what_is_typed(open_page, lea):
    write_march()
    page = open_page("/metrics/", lea)
    page.keyboard.press("/")
    page.keyboard.type("bob")
    options = page.locator("#search-results [role=option]")
    expect(options.first).to_contain_text("bob")
    held = Held(page, "**/search/results/**")
    field = page.get_by_role("combobox", name="Search people")
    field.fill("alice-2")
    with held.asked():
        page.keyboard.press("Enter")
    held.let_go()
    page.wait_for_url("**/sessions/alice-2/")


def test_a_search_that_was_left_goes_on(open_page, lea):
    write_march()
    page = open_page("/metrics/", lea)
    held = Held(page, "**/search/results/**")
    page.keyboard.press("/")
    with held.asked():
        page.keyboard.type("alice-2")
    page.keyboard.press("Escape")
    expect(page.locator("#search-box")).to_be_hidden()
    held.is_open = True
    page.keyboard.press("/")
    expect(page.locator("#search-results [role=option]")).to_have_count(1)


def test_a_table_that_is_unfolded_takes_the_focus(open_page, lea):
    for number in range(14):
        name = f"person{number:02}"
        write_session(PlainSession(name, name, FIRST, 100_000_000, [view("v1", "a")], [], []))
    page = wait_for_charts(open_page("/review/?start=", lea))
    button = page.locator("#card-moderator-review [data-show-all]")
    button.press("Enter")
    expect(button).to_have_count(0)
    expect(page.locator("#card-moderator-review .table-scroll")).to_be_focused()
