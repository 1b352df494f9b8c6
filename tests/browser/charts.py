"""The charts of a page, as the tests look at them."""

from playwright.sync_api import Page

from analytics.figures.palette import Palette, Theme
from tests.browser.waiting import wait_until

# The charts that have neither a bar nor a line nor a slice nor a text.
UNDRAWN = """[...document.querySelectorAll('[data-chart]')]
  .filter((chart) => !chart.querySelector('.trace, .slice'))
  .map((chart) => chart.dataset.chart)"""


def wait_for_charts(page: Page) -> Page:
    """Wait until every chart of the page is drawn, and no others are on their way."""
    page.wait_for_selector("html[data-charts=drawn]")
    page.wait_for_selector("#charts-body:not(.loading)")
    wait_until(page, f"({UNDRAWN}).length === 0")
    return page


def wait_for_theme(page: Page, theme: Theme) -> None:
    """Wait until all charts there are have the colors of a theme."""
    text = Palette(theme)["text"]
    wait_until(
        page,
        "[...document.querySelectorAll('[data-chart] .js-plotly-plot')]"
        f".every((graph) => graph.layout.font.color === '{text}')",
    )


def wait_for_width(page: Page) -> None:
    """Wait until all charts there are have taken the width of their cards."""
    wait_until(
        page,
        "[...document.querySelectorAll('[data-chart] .js-plotly-plot')].every("
        "(graph) => graph.querySelector('.main-svg').clientWidth <= graph.clientWidth + 1)",
    )
