"""The moderators' page and a person's page in a browser: dots lead to people, choices are kept."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import accessibility_faults
from tests.browser.charts import wait_for_charts
from tests.brute import PlainSession
from tests.factory import write_session
from tests.reviewed import view

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIRST = datetime(2026, 3, 2, 9, tzinfo=UTC)
DATES = "start=2026-03-02&end=2026-03-29"


@pytest.fixture
def team():
    """Zoë rejects 9 of 10 where seven others reject 2 to 4."""
    for nth, name in enumerate(["zoë/1", *(f"m{n}" for n in range(7))]):
        rejected = 9 if nth == 0 else 2 + nth % 3
        for week in range(4):
            views = [view(f"v{i}", "q" if i < rejected else "a") for i in range(10)]
            at = FIRST + timedelta(weeks=week)
            write_session(PlainSession(f"{nth}-{week}", name, at, 100_000_000, views, [], []))


def test_the_pages_about_people_are_accessible(open_page, lea, team):
    paths = (f"/moderators/?{DATES}", f"/moderators/m1/?{DATES}")
    found = {path: accessibility_faults(open_page(path, lea)) for path in paths}
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def test_a_dot_leads_to_the_person_over_the_same_dates(open_page, lea, team):
    page = open_page(f"/moderators/?{DATES}", lea)
    wait_for_charts(page)
    chart = page.locator("#chart-moderator-comparison")
    assert "zoë/1" in chart.locator(".textpoint").text_content()
    chart.locator(".scatterlayer .points path").last.click(force=True)
    page.wait_for_url(f"**/moderators/zo%C3%AB/1/?{DATES}")
    assert page.locator("h1").text_content().split() == ["ZO", "zoë/1"]


def test_a_measure_is_chosen_and_stays_chosen(open_page, lea, team):
    page = open_page(f"/moderators/?{DATES}", lea)
    wait_for_charts(page)
    card = page.locator("#card-moderator-comparison")
    card.get_by_role("button", name="Handle time").click()
    card.get_by_role("button", name="As it is").click()
    title = card.locator(".ytitle")
    expect(title).to_have_text("Handle time, s")
    card.get_by_role("button", name="Same queues").click()
    expect(title).to_have_text("Handle time, s, same queues")
    page.locator("a[data-range]", has_text="All").click()
    page.locator("a[data-range][aria-current]", has_text="All").wait_for()
    pressed = card.locator("[aria-pressed=true]")
    expect(pressed).to_have_text(["Handle time", "Same queues"])
