"""Pages on a phone, and those that no other test looks at: readable, usable, not too wide."""

from datetime import date

import pytest
from playwright.sync_api import expect

from analytics.models import Annotation
from tests.browser.accessibility import accessibility_faults
from tests.browser.review_data import write_two_weeks
from tests.browser.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# What is wider than the window: a table scrolls in its own frame, and skip links stand outside.
TOO_WIDE = """[...document.querySelectorAll('#content *')]
  .filter((node) => !node.closest('.table-scroll, .timeline-scroll, .visually-hidden, svg'))
  .filter((node) => node.getBoundingClientRect().right > window.innerWidth + 1)
  .map((node) => node.outerHTML.slice(0, 80))"""


PAGES = (
    "/",
    "/review/",
    "/moderators/",
    "/moderators/bob/",
    "/sessions/",
    "/sessions/bob-3/",
    "/insights/",
    "/annotations/",
    "/rows/review-by-day/?start=",
)


@pytest.fixture
def reviewed():
    """Two weeks of sessions of two people."""
    write_two_weeks("alice", "bob")


@pytest.fixture
def annotated(reviewed, lea):
    """The reviewed sessions, with a day that somebody annotated."""
    day = date(2026, 3, 10)
    return Annotation.objects.create(start=day, end=day, text="A new policy", created_by=lea)


def test_lists_and_annotations_are_accessible(open_page, lea, annotated):
    paths = (
        "/annotations/",
        f"/annotations/{annotated.pk}/",
        "/rows/review-by-day/?start=",
    )
    found = {path: accessibility_faults(open_page(path, lea)) for path in paths}
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def test_nothing_is_wider_than_a_phone(open_page, lea, annotated):
    page = open_page("/", lea, width=390)
    wide = {}
    for path in PAGES:
        page.goto(path)
        if page.locator("#charts-body").count():
            page.wait_for_selector("html[data-charts=drawn]")
        wide[path] = page.evaluate(TOO_WIDE)
    assert {path: found for path, found in wide.items() if found} == {}


def test_a_table_says_how_many_columns_are_hidden(open_page, lea, reviewed):
    page = open_page("/sessions/?start=", lea, width=390)
    line = page.locator(".more-columns")
    assert int(line.text_content().split()[0]) in range(6, 9)
    assert line.text_content().endswith(" more columns →")
    first = page.locator("tbody th").first
    at_first = first.bounding_box()["x"]
    page.locator(".table-scroll").evaluate("(node) => node.scrollTo(node.scrollWidth, 0)")
    wait_until(page, "document.querySelector('.more-columns').textContent === ''")
    assert first.bounding_box()["x"] == at_first


def test_what_one_does_with_a_page_comes_after_it(open_page, lea, reviewed):
    page = open_page("/sessions/?start=", lea, width=390)
    actions, table = page.locator(".page-actions"), page.locator(".table-scroll")
    assert actions.bounding_box()["y"] > table.bounding_box()["y"]
    # By keyboard in the order that is seen: from the last button back into the list.
    page.locator(".page-actions :is(a, button)").first.focus()
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.closest('.card, .card-body') !== null")
    # What goes to the head of a wide window keeps the focus.
    copy = actions.get_by_role("button", name="Copy link")
    copy.focus()
    page.set_viewport_size({"width": 1440, "height": 900})
    wait_until(page, "document.querySelector('.page-head .page-actions') !== null")
    expect(copy).to_be_focused()
