"""What a page of charts asks for, cold, and that it stays where it is while it is drawn."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from moderation_portal.static_files import ENTRIES, imported_modules
from tests.browser.charts import wait_for_charts
from tests.browser.review_data import write_two_weeks
from tests.browser.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# As production has them: there a page's modules are one file.
FILES = {
    "portal/base.css",
    "portal/page.css",
    "admin/css/nav_sidebar.css",
    "admin/js/nav_sidebar.js",
    "portal/js/head.js",
    "portal/js/charts.js",
    "portal/vendor/plotly-basic-4.1.1.min.js",
    "portal/fonts/inter-latin.woff2",
}
DASH = [
    "/static/dash/dash.js",
    "/charts/app/review/_dash-layout",
    "/charts/app/review/_dash-dependencies",
    "/charts/app/review/_dash-update-component",
]
VENDOR = Path(__file__).parents[2] / "static/portal/vendor"
# What Plotly adds to a page that does not say that it has its rules.
RECORD_RULES = """() => {
  window.added = [];
  CSSStyleSheet.prototype.insertRule = (rule, place) => window.added.splice(place, 0, rule);
}"""
# The sum of the layout's shifts so far; without any Chromium tells nothing.
SHIFTS = """new Promise((resolve) => {
  new PerformanceObserver((list) =>
    resolve(list.getEntries().reduce((sum, shift) => sum + shift.value, 0)),
  ).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(0), 300);
})"""


def asked(page, action):
    """The paths that a page asks for while something is done, but its modules' parts."""
    parts = {f"/static/{name}" for entry in ENTRIES for name in imported_modules(entry)}
    paths = []

    def note(request):
        if not request.url.startswith(("data:", "blob:")):
            paths.append(urlsplit(request.url).path)

    page.on("request", note)
    action()
    page.wait_for_load_state("networkidle")
    page.remove_listener("request", note)
    return [path for path in paths if path not in parts]


@pytest.fixture
def reviewed(db):
    """Two weeks of review."""
    write_two_weeks("alice", "bob")


@pytest.mark.parametrize("path", ["/", "/review/"])
def test_a_page_of_charts_asks_for_nine_things(open_page, lea, reviewed, path):
    page = open_page("about:blank", lea)
    found = asked(page, lambda: wait_for_charts_at(page, path))
    assert sorted(found) == sorted([path, *(f"/static/{name}" for name in FILES)])
    assert len(found) == 9
    # The typeface is not only asked for: the other half waits for letters beyond Latin.
    statuses = page.evaluate("[...document.fonts].map((face) => face.status)")
    assert statuses == ["loaded", "unloaded"]


def wait_for_charts_at(page, path):
    page.goto(path)
    wait_for_charts(page)


def test_dash_comes_with_the_first_filter_and_once(open_page, lea, reviewed):
    page = wait_for_charts(open_page("/review/", lea))

    def choose(name):
        page.select_option("[name=moderator]", name)
        page.get_by_role("button", name="Apply").click()
        wait_until(page, f"document.querySelector('[data-scope]').textContent.includes('{name}')")
        wait_for_charts(page)

    assert sorted(asked(page, lambda: choose("bob"))) == sorted(DASH)
    assert asked(page, lambda: choose("alice")) == DASH[-1:]
    # The first graphs are gone, and each chart has one.
    assert page.locator(".first-slot").count() == 0
    charts = page.locator("[data-chart]").count()
    assert page.locator("[data-chart] .js-plotly-plot").count() == charts


def test_the_rules_of_plotly_are_in_the_stylesheet(open_page):
    page = open_page("about:blank")
    page.evaluate(RECORD_RULES)
    page.add_script_tag(path=next(VENDOR.glob("plotly-*.js")))
    _comment, *rules = next(VENDOR.glob("plotly-*.css")).read_text().splitlines()
    assert page.evaluate("window.added") == rules


@pytest.mark.parametrize(("path", "width"), [("/review/", 1440), ("/", 390)])
def test_nothing_moves_while_charts_are_drawn(open_page, lea, reviewed, path, width):
    page = wait_for_charts(open_page(path, lea, width=width))
    assert page.evaluate(SHIFTS) < 0.05
    # Plotly would have the whole page styled again.
    assert (
        page.evaluate("document.getElementById('plotly.js-style-global').sheet.cssRules.length")
        == 0
    )
