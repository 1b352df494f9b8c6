"""What stands in anybody's way on a page."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.charts import wait_for_theme, wait_for_width

# The rules about what a theme changes: colours, nothing else.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


def violations(page: Page, rules: dict[str, object] | None = None) -> list[tuple[str, list[str]]]:
    """What axe-core finds wrong by all of its rules or by these, in short."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found = page.evaluate(
        "options => axe.run(options).then(results => results.violations)",
        {"resultTypes": ["violations"], **(rules or {})},
    )
    return [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]


def scrolls_sideways(page: Page) -> bool:
    """Whether the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


def accessibility_faults(page: Page) -> list[object]:
    """What axe-core finds wrong in either theme, and whether a narrow phone scrolls sideways."""
    faults: list[object] = []
    for theme, rules in (("light", None), ("dark", COLOURS)):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        wait_for_theme(page, theme)
        faults += [(theme, *wrong) for wrong in violations(page, rules)]
    page.set_viewport_size({"width": 320, "height": 800})
    wait_for_width(page)
    return [*faults, "scrolls sideways"] if scrolls_sideways(page) else faults
