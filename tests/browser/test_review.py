"""The page of charts as people use it: drawn, filtered, linked, gone back to, logged out of."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import expect

from accounts.models import LoginSession
from tests.browser.accessibility import accessibility_faults
from tests.browser.charts import wait_for_charts
from tests.browser.review_data import write_two_weeks

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def reviewed():
    write_two_weeks("alice", "bob")


def wait_for_scope(page, words):
    """Wait until the head of the page says this scope, and its charts are drawn."""
    expect(page.locator("[data-scope]")).to_contain_text(words)
    return wait_for_charts(page)


def kpi(page, label):
    """The number of the strip under a label."""
    return page.locator(".kpi", has=page.locator(f"dt:text-is('{label}')")).locator("b").first


def bar_heights(page):
    """The heights of the bars of the chart of decisions, as Plotly holds them."""
    return page.evaluate(
        "document.querySelector('[data-chart=decisions] .js-plotly-plot').data[0].y"
    )


def wait_for_bar_color(page, color):
    """Wait until the first bar of the decisions has a color."""
    red, green, blue = (int(color[place : place + 2], 16) for place in (1, 3, 5))
    bar = page.locator("[data-chart=decisions] .bars path").first
    expect(bar).to_have_css("fill", f"rgb({red}, {green}, {blue})")


def test_every_chart_is_drawn_into_its_card(open_page, lea, reviewed):
    page = wait_for_charts(open_page("/review/", lea))
    assert page.locator("[data-chart]").count() == 10
    assert bar_heights(page) == [84, 56, 42]
    assert kpi(page, "Review sessions").text_content() == "28"
    # The address tells the dates the page opened with.
    assert re.search(r"\?start=\d{4}-\d\d-\d\d&end=\d{4}-\d\d-\d\d$", page.url)


def test_a_filter_redraws_without_loading_the_page(open_page, lea, reviewed):
    page = wait_for_charts(open_page("/review/", lea))
    page.evaluate("window.kept = true")
    page.select_option("[name=moderator]", "bob")
    page.get_by_role("button", name="Apply").click()
    wait_for_scope(page, "bob")
    assert page.evaluate("window.kept")
    assert kpi(page, "Review sessions").text_content() == "14"
    assert bar_heights(page) == [42, 28, 28]
    assert "moderator=bob" in page.url
    assert "moderator=bob" in page.locator("[data-videos-csv]").get_attribute("href")
    assert page.locator("[name=session] option").count() == 15

    page.go_back()
    wait_for_scope(page, "Everyone")
    assert page.evaluate("window.kept")
    assert kpi(page, "Review sessions").text_content() == "28"
    assert page.locator("[name=moderator]").input_value() == ""

    page.go_forward()
    wait_for_scope(page, "bob")


def test_a_link_shows_a_colleague_the_same(open_page, lea, ada, reviewed):
    page = wait_for_charts(open_page("/review/", lea))
    page.locator("a[data-range]", has_text="7 days").click()
    page.wait_for_selector("a[data-range][aria-current]:text('7 days')")
    shown = kpi(page, "Review sessions").text_content()
    other = wait_for_charts(open_page(page.url, ada))
    assert kpi(other, "Review sessions").text_content() == shown
    assert other.locator("a[data-range][aria-current]").text_content() == "7 days"


def test_a_session_shows_its_queues(open_page, lea, reviewed):
    page = wait_for_charts(open_page("/review/?moderator=bob&session=bob-3", lea))
    rows = page.locator("#card-queue-details tbody tr")
    assert rows.all_text_contents() == ["Spam13Links4", "Minors3no subqueue—"]


def test_a_card_as_a_table_and_its_definition(open_page, lea, reviewed):
    page = wait_for_charts(open_page("/review/", lea))
    card = page.locator("#card-decisions")
    card.locator(".menu > button").click()
    card.get_by_role("menuitem", name="Show as a table").click()
    assert card.locator("tbody tr").first.text_content() == "Accepted8446.2\u00a0%"
    assert card.locator(".chart").is_hidden()
    # A redraw keeps what somebody is looking at.
    page.locator("a[data-range]", has_text="13 weeks").click()
    page.wait_for_selector("a[data-range][aria-current]:text('13 weeks')")
    assert page.locator("#card-decisions tbody tr").first.is_visible()
    card.get_by_role("button", name="Back to the chart").click()
    assert card.locator(".chart").is_visible()
    card.locator(".menu > button").click()
    card.get_by_role("menuitem", name="How is this computed?").click()
    assert "Scope: Everyone" in card.locator(".card-definition").text_content()


@pytest.mark.parametrize("format_", ["PNG", "SVG"])
def test_a_picture_from_the_card_s_menu(open_page, lea, reviewed, format_):
    page = wait_for_charts(open_page("/review/", lea))
    card = page.locator("#card-video-status")
    card.locator(".menu > button").click()
    with page.expect_download() as download:
        card.get_by_role("menuitem", name=format_).click()
    assert download.value.suggested_filename.startswith("video-status-start-")
    content = download.value.path().read_bytes()
    assert content.startswith(b"\x89PNG" if format_ == "PNG" else b"<svg")


def test_the_theme_recolours_the_charts(open_page, lea, reviewed):
    page = wait_for_charts(open_page("/review/", lea))
    wait_for_bar_color(page, "#2b6cd4")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    wait_for_bar_color(page, "#6ba6ff")
    page.locator("a[data-range]", has_text="13 weeks").click()
    page.wait_for_selector("a[data-range][aria-current]:text('13 weeks')")
    wait_for_charts(page)
    wait_for_bar_color(page, "#6ba6ff")
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    wait_for_bar_color(page, "#2b6cd4")


def test_on_paper_charts_have_the_size_and_the_colours_of_paper(open_page, lea, reviewed):
    page = wait_for_charts(open_page("/review/", lea, theme="dark"))
    wait_for_bar_color(page, "#6ba6ff")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    wait_for_bar_color(page, "#2b6cd4")
    widths = page.evaluate(
        """['decisions', 'review-by-day'].map(
             (slug) => document.querySelector(`[data-chart=${slug}] .main-svg`).clientWidth)"""
    )
    # 4 and 12 of 12 columns on A4 landscape.
    assert widths == [315, 1013]
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    wait_for_bar_color(page, "#6ba6ff")


def test_dates_read_as_on_the_rest_of_the_page(open_page, lea, reviewed):
    page = open_page("/review/?start=2026-03-01&end=2026-03-09", lea)
    shown = "[...document.querySelectorAll('[type=date]')].map((field) => field.dataset.formatted)"
    assert page.evaluate(shown) == ["1 Mar 2026", "9 Mar 2026"]
    page.fill("[name=start]", "2026-02-28")
    page.fill("[name=end]", "")
    assert page.evaluate(shown) == ["28 Feb 2026", "Any"]


def test_an_expired_login_keeps_the_page_and_comes_back_to_it(open_page, lea, reviewed):
    page = wait_for_charts(open_page("/review/", lea))
    before = kpi(page, "Review sessions").text_content()
    LoginSession.objects.all().delete()
    page.select_option("[name=moderator]", "bob")
    page.get_by_role("button", name="Apply").click()
    page.wait_for_selector("#login-expired:not([hidden])")
    assert kpi(page, "Review sessions").text_content() == before
    page.locator("#login-expired a").click()
    page.fill("[name=username]", "lea")
    page.fill("[name=password]", "correct horse battery")
    page.get_by_role("button", name="Log in").click()
    wait_for_charts(page)
    assert "moderator=bob" in page.url
    assert kpi(page, "Review sessions").text_content() == "14"
    # The browser itself reports the 401 that this test provoked, and nothing else.
    assert all("401" in fault for fault in open_page.faults), open_page.faults
    open_page.faults.clear()


def test_filters_that_do_not_fit_are_explained_beside_their_field(open_page, lea, reviewed):
    page = wait_for_charts(open_page("/review/?start=2026-01-01&end=2026-12-31", lea))
    page.fill("[name=start]", "2027-05-01")
    page.get_by_role("button", name="Apply").click()
    page.wait_for_selector("#charts-body .state-error")
    assert "is after the end" in page.locator(".filter-start .errorlist").text_content()
    page.fill("[name=start]", "2026-05-01")
    page.get_by_role("button", name="Apply").click()
    wait_for_charts(page)


def test_a_server_that_fails_is_told(open_page, lea, reviewed):
    page = wait_for_charts(open_page("/review/", lea))
    page.route("**/_dash-update-component", lambda route: route.fulfill(status=502, body="no"))
    page.locator("a[data-range]", has_text="13 weeks").click()
    page.wait_for_selector("#charts-failed:not([hidden])")
    assert "502" in page.locator("#charts-failed").text_content()
    page.unroute("**/_dash-update-component")
    page.locator("[data-retry]").click()
    page.wait_for_selector("a[data-range][aria-current]:text('13 weeks')")
    assert page.locator("#charts-failed").is_hidden()
    open_page.faults.clear()


def test_moderators_see_their_own_work_only(open_page, alice, reviewed):
    page = wait_for_charts(open_page("/review/", alice))
    assert page.locator("[data-scope]").text_content().startswith("alice")
    assert page.locator("[name=moderator]").count() == 0
    assert page.locator("#card-moderator-review").count() == 0
    assert not re.search(r"\bbob\b", page.content())


def test_the_table_of_moderators_sorts_and_leads_to_each(open_page, lea, reviewed):
    page = wait_for_charts(open_page("/review/", lea))
    table = page.locator("#card-moderator-review")
    assert table.locator("[aria-sort]").count() == 0
    table.get_by_role("button", name="Videos").click()
    assert table.locator("tbody th").all_text_contents() == ["bob", "alice"]
    table.get_by_role("link", name="alice").click()
    page.wait_for_url(re.compile(r"/moderators/alice/\?start="))
    assert page.locator("h1").text_content().split() == ["AL", "alice"]


def test_tables_stand_in_for_the_charts_without_scripts(
    browser, live_server, lea, client, reviewed
):
    client.force_login(lea)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page = context.new_page()
    page.goto("/review/")
    assert page.locator("#card-decisions tbody tr").first.is_visible()
    page.select_option("[name=moderator]", "bob")
    page.get_by_role("button", name="Apply").click()
    assert page.locator("#card-decisions tbody tr").first.text_content() == "Accepted4242.9\u00a0%"
    context.close()


def test_pages_are_accessible(open_page, lea, reviewed):
    found = {}
    for path in (
        "/",
        "/review/",
        "/sessions/",
        "/sessions/bob-3/",
        "/metrics/",
        "/review/?start=x",
    ):
        page = open_page(path, lea)
        if path in ("/", "/review/"):
            wait_for_charts(page)
        found[path] = accessibility_faults(page)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
    # The browser itself reports the 400 of the last page.
    assert all("400" in fault for fault in open_page.faults), open_page.faults
    open_page.faults.clear()
