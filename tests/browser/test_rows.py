"""The records behind a number, as people open them: by click, by key, by link, by Back."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import accessibility_faults
from tests.browser.charts import wait_for_charts
from tests.browser.review_data import write_two_weeks
from tests.browser.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BAR = """(index) => {
  const graph = document.querySelector("[data-chart=decisions]");
  graph.scrollIntoView({ block: "center" });
  const box = graph.querySelectorAll(".point path")[index].getBoundingClientRect();
  return [box.left + box.width / 2, box.top + box.height / 2];
}"""


@pytest.fixture
def reviewed():
    write_two_weeks("alice", "bob")


def panel(page):
    return page.locator("#panel")


def expect_opened(page, title, shown):
    expect(page.locator("#panel-title")).to_have_text(title)
    expect(panel(page).locator(".count-line b")).to_have_text(shown)


def test_a_bar_opens_its_records_and_back_closes_them(open_page, lea, reviewed):
    page = wait_for_charts(open_page("/review/", lea))
    page.mouse.click(*page.evaluate(BAR, 1))
    expect_opened(page, "Videos: Rejected", "56")
    expect(panel(page).locator("tbody tr")).to_have_count(8)
    expect(page).to_have_url(re.compile("panel="))
    expect(page.locator("[data-chart=decisions] .is-open")).to_have_count(1)
    assert accessibility_faults(page) == []
    page.go_back()
    expect(panel(page)).to_have_count(0)
    expect(page).not_to_have_url(re.compile("panel="))
    expect(page.locator("[data-chart].has-open")).to_have_count(0)
    page.go_forward()
    expect_opened(page, "Videos: Rejected", "56")


def test_figures_and_cells_open_and_a_copied_link_shows_the_same(open_page, lea, reviewed):
    page = wait_for_charts(open_page("/review/", lea))
    page.locator(".kpi", has_text="Review sessions").locator("a.opens").first.click()
    expect_opened(page, "Sessions", "28")
    # From one to the next: Back still leads to the page without any.
    page.evaluate("document.querySelector('#card-decisions [data-show=table]').click()")
    page.locator("#card-decisions tbody a.opens").first.click()
    expect_opened(page, "Videos: Accepted", "84")

    colleague = open_page(page.url, lea, width=390, height=844)
    expect_opened(colleague, "Videos: Accepted", "84")
    assert panel(colleague).bounding_box()["height"] <= 0.72 * 844 + 1

    panel(page).get_by_role("button", name="Close").click()
    expect(panel(page)).to_have_count(0)
    expect(page).not_to_have_url(re.compile("panel="))


def test_by_keyboard(open_page, lea, reviewed):
    page = wait_for_charts(open_page("/review/", lea))
    chart = page.locator("#chart-decisions")
    chart.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#page-status")).to_contain_text("Rejected, 56 videos")
    expect(chart.locator(".point-mark")).to_be_visible()
    page.keyboard.press("Enter")
    expect_opened(page, "Videos: Rejected", "56")
    expect(panel(page)).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect_opened(page, "Videos: No decision", "42")
    page.keyboard.press("Escape")
    expect(panel(page)).to_have_count(0)
    expect(chart).to_be_focused()
    page.keyboard.press("t")
    expect(page.locator("#card-decisions .card-table")).to_be_visible()
    # In a field the same key is a letter.
    page.locator("#card-decisions [data-show=chart]").last.click()
    page.locator("[name=session]").press("t")
    expect(page.locator("#card-decisions .card-table")).to_be_hidden()


def test_what_cannot_be_opened_is_said(open_page, lea, reviewed):
    page = wait_for_charts(open_page("/review/", lea))
    page.route("**/rows/**", lambda route: route.abort())
    page.mouse.click(*page.evaluate(BAR, 0))
    expect(panel(page).get_by_role("alert")).to_contain_text("The server could not be reached.")
    page.unroute("**/rows/**")
    panel(page).get_by_role("button", name="Try again").click()
    expect_opened(page, "Videos: Accepted", "84")
    open_page.faults.clear()


def test_without_scripts_the_same_links_open_pages(browser, live_server, lea, reviewed, client):
    client.force_login(lea)
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page = context.new_page()
    page.goto("/review/")
    page.locator(".kpi", has_text="Review sessions").locator("a.opens").first.click()
    expect(page.locator("h1")).to_have_text("Sessions")
    expect(page.locator(".count-line b").first).to_have_text("28")
    context.close()


def test_a_moderator_opens_own_records(open_page, bob, reviewed):
    page = wait_for_charts(open_page("/review/", bob))
    page.mouse.click(*page.evaluate(BAR, 0))
    expect_opened(page, "Videos: Accepted, bob", "42")
    assert "alice" not in panel(page).text_content()


def test_a_legend_entry_isolates_its_series_and_its_count_opens(open_page, lea, reviewed):
    page = wait_for_charts(open_page("/review/", lea))
    shown = """document.querySelector("[data-chart=review-by-day] .js-plotly-plot")
      .data.map((trace) => trace.visible !== false)"""
    entry = page.locator("#card-review-by-day .legend").get_by_role("button", name="Rejected")
    entry.click()
    expect(entry).to_have_attribute("aria-pressed", "true")
    wait_until(page, f"{shown}.slice(0, 4).join() === 'false,true,false,false'")
    colleague = wait_for_charts(open_page(page.url, lea))
    wait_until(colleague, f"{shown}.slice(0, 4).join() === 'false,true,false,false'")
    entry.press("Enter")
    expect(entry).to_have_attribute("aria-pressed", "false")
    expect(page).not_to_have_url(re.compile("series="))
    page.locator("#card-review-by-day .legend a.opens").nth(1).click()
    expect_opened(page, "Rejected", "56")


def test_dragging_over_days_narrows_the_range(open_page, lea, reviewed):
    page = wait_for_charts(open_page("/review/", lea))
    drag = page.locator("[data-chart=review-by-day] .nsewdrag").first
    drag.scroll_into_view_if_needed()
    box = drag.bounding_box()
    left, width, y = box["x"], box["width"], box["y"] + box["height"] / 2
    page.mouse.move(left + width * 0.3, y)
    page.mouse.down()
    page.mouse.move(left + width * 0.4, y, steps=3)
    page.mouse.move(left + width * 0.7, y, steps=3)
    page.mouse.up()
    days = "document.querySelector('[data-chart=review-by-day] .js-plotly-plot').data[0].x.length"
    wait_until(page, f"{days} < 14 && {days} > 2")
    wait_for_charts(page)
    page.go_back()
    wait_until(page, f"{days} === 14")


def test_a_week_opens_the_rows_of_its_days_by_keyboard(open_page, lea, reviewed):
    page = wait_for_charts(open_page("/review/?start=", lea))
    page.locator("#card-review-by-day .variants a", has_text="Week").click()
    expect(page.locator("#card-review-by-day h2")).to_have_text("Videos by week")
    assert "grain=week" in page.url
    # The address has it: somebody else opens the same.
    page = wait_for_charts(open_page(page.url, lea))
    week = """document.querySelector("[data-chart=review-by-day] .js-plotly-plot").data[0]"""
    wait_until(page, f"{week}.meta.keys.join() === 'start,end'")
    (first, last), accepted = page.evaluate(f"[{week}.customdata[1], {week}.y[1]]")
    chart = page.locator("#chart-review-by-day")
    chart.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect_opened(page, "Accepted", str(accepted))
    assert f"start%3D{first}" in page.url
    assert f"end%3D{last}" in page.url
