"""What changed, as people read it: folded rows, records beside it, both themes, a phone."""

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import accessibility_faults
from tests.browser.review_data import write_two_weeks

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_number_opens_its_records_beside_what_changed(open_page, lea):
    write_two_weeks("alice", "bob")
    page = open_page("/changed/", lea)
    expect(page.locator("h1")).to_have_text("What changed")
    figures = page.locator("#figures")
    if figures.locator("details[open]").count() == 0:
        figures.locator("summary").click()
    assert accessibility_faults(page) == []
    page.set_viewport_size({"width": 1440, "height": 900})
    figures.locator("tr", has_text="Review sessions").locator("td a.opens").first.click()
    expect(page.locator("#panel .count-line b")).to_have_text("14")
