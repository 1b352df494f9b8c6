"""The shell of every page: reachable by keyboard, readable in both themes, narrow enough."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.browser.accessibility import accessibility_faults, scrolls_sideways
from tests.browser.charts import wait_for_charts, wait_for_width
from tests.brute import PlainSession, PlainView
from tests.factory import write_session

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ADMIN_PAGES = [
    "/admin/",
    "/admin/accounts/user/",
    "/admin/accounts/user/add/",
    "/admin/accounts/apitoken/add/",
    "/admin/analytics/session/",
    "/admin/analytics/chatsession/import/",
    "/admin/analytics/target/",
    "/password/change/",
]
OPEN_PAGES = ["/login/", "/login/?expired=1", "/password/reset/"]


def test_pages_are_accessible(open_page, ada):
    found = {path: accessibility_faults(open_page(path)) for path in OPEN_PAGES}
    found |= {path: accessibility_faults(open_page(path, ada)) for path in ADMIN_PAGES}
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def test_the_navigation_is_a_drawer_on_a_phone(open_page, ada):
    page = open_page("/admin/accounts/user/", ada, width=390)
    opener = page.locator("#open-navigation")
    assert page.locator("#nav-sidebar").is_hidden()
    opener.click()
    assert page.locator("#nav-sidebar").is_visible()
    assert opener.get_attribute("aria-expanded") == "true"
    assert page.locator("#nav-sidebar a[aria-current]").text_content() == "Users"
    page.keyboard.press("Escape")
    assert page.locator("#nav-sidebar").is_hidden()
    assert page.evaluate("document.activeElement.id") == "open-navigation"


def test_the_navigation_stays_closed_when_it_was_closed(open_page, ada):
    page = open_page("/admin/", ada)
    page.locator("#toggle-nav-sidebar").click()
    assert page.locator("#nav-sidebar").is_hidden()
    page.goto("/admin/accounts/user/")
    assert page.locator("#nav-sidebar").is_hidden()
    page.locator("#toggle-nav-sidebar").click()
    assert page.locator("#nav-sidebar").is_visible()


def test_the_theme_is_kept_and_dispatched(open_page, ada):
    page = open_page("/admin/", ada)
    page.evaluate(
        "document.addEventListener('portal:theme', event => { window.theme = event.detail.theme })"
    )
    page.locator(".theme-toggle").click()
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(15, 20, 23)"
    assert page.evaluate("window.theme") == "dark"
    page.goto("/admin/accounts/user/")
    assert page.evaluate(ground) == "rgb(15, 20, 23)"


def test_lists_in_the_admin_carry_their_own_name(open_page, ada):
    page = open_page("/admin/accounts/user/", ada)
    assert page.locator("h1").text_content() == "Users"
    assert page.title() == "Users · Moderation Portal"


def test_long_names_do_not_widen_a_page(open_page, lea):
    name = "a" * 120
    started_at = timezone.now() - timedelta(hours=1)
    write_session(
        PlainSession(
            public_id="wide",
            moderator="rewa",
            started_at=started_at,
            duration_us=60_000_000,
            views=[
                PlainView(name, "completed", ["a"], "muted"),
                PlainView(name, name, [], "unknown"),
            ],
            idle=[(name, 5_000_000, started_at + timedelta(seconds=10)), (name, None, None)],
            queues=[(name, 3, True, {name: 1})],
        )
    )
    wide = []
    for path in ("/", "/review/?moderator=rewa", "/sessions/", "/sessions/wide/"):
        page = open_page(path, lea)
        if "session" not in path:
            wait_for_charts(page)
        for width in (1440, 800, 390):
            page.set_viewport_size({"width": width, "height": 900})
            wait_for_width(page)
            wide += [(path, width)] if scrolls_sideways(page) else []
    assert wide == []
