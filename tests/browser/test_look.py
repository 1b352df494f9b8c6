"""The shell of every page: reachable by keyboard, readable in both themes, narrow enough."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import TimeoutError as TooLate

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


def violations(page):
    """What axe-core finds wrong, in short."""
    found = Axe().run(page).response["violations"]
    return [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]


def faults_for_everyone(page):
    """What axe-core finds wrong in either theme, and whether a narrow phone scrolls sideways."""
    faults = []
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        page.wait_for_timeout(250)
        faults += [(theme, *wrong) for wrong in violations(page)]
    page.set_viewport_size({"width": 320, "height": 800})
    page.wait_for_timeout(400)
    return [*faults, "scrolls sideways"] if scrolls_sideways(page) else faults


def scrolls_sideways(page):
    """Whether it does when everything has found its place: charts are drawn anew for the width."""
    try:
        page.wait_for_function(
            "document.documentElement.scrollWidth <= window.innerWidth", timeout=5000
        )
    except TooLate:
        return True
    return False


def test_pages_are_for_everyone(open_page, ada):
    found = {path: faults_for_everyone(open_page(path)) for path in OPEN_PAGES}
    found |= {path: faults_for_everyone(open_page(path, ada)) for path in ADMIN_PAGES}
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


def test_the_navigation_is_filtered_while_typing(open_page, ada):
    page = open_page("/admin/", ada)
    page.locator("#nav-filter").fill("users")
    assert page.locator("#nav-sidebar li:visible").all_text_contents() == ["Users"]
    page.locator("#nav-filter").fill("no such page")
    assert page.locator(".nav-nothing").is_visible()


def test_the_theme_is_kept_and_told(open_page, ada):
    page = open_page("/admin/", ada)
    page.evaluate(
        "document.addEventListener('portal:theme', event => { window.told = event.detail.theme })"
    )
    page.locator(".theme-toggle").click()
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(15, 20, 23)"
    assert page.evaluate("window.told") == "dark"
    page.goto("/admin/accounts/user/")
    assert page.evaluate(ground) == "rgb(15, 20, 23)"


def test_lists_in_the_admin_carry_their_own_name(open_page, ada):
    page = open_page("/admin/accounts/user/", ada)
    assert page.locator("h1").text_content() == "Users"
    assert page.title() == "Users · Moderation Portal"
