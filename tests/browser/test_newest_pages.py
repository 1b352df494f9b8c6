"""The pages behind numbers, for everybody: on a phone, on paper, without scripts."""

from contextlib import closing

import pypdfium2
import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from analytics.models import SavedView
from tests.browser.accessibility import accessibility_faults
from tests.browser.test_phone import TOO_WIDE
from tests.browser.waiting import wait_until
from tests.reviewed import write_march

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DATES = "start=2026-03-01&end=2026-03-31"
PAGES = {
    "What changed": f"/changed/?{DATES}",
    "Reject rate": f"/rows/review-by-day/?{DATES}&column=reject_rate",
    "Reject rate: 40.0\xa0%": f"/passport/review-by-day/?{DATES}&column=reject_rate",
    "Video v2": "/videos/v2/",
    "Search": "/search/?q=alice",
    "Saved views": "/views/",
    "Quality": f"/quality/?{DATES}",
    "Who looked at alice": "/who-looked/alice/",
}
#: Tables and pictures that go on beyond a phone's edge without a word of it.
SILENT = """[...document.querySelectorAll('.table-scroll')]
  .filter((node) => node.offsetParent && node.scrollWidth > node.clientWidth + 1)
  .filter((node) => !node.previousElementSibling?.textContent.includes('more column'))
  .map((node) => node.dataset.label)"""
BUTTONS = ("Copy link", "Show all", "Apply", "Back to the chart")


@pytest.fixture
def march(lea):
    SavedView.objects.create(owner=lea, name="My week", address="/sessions/?start=")
    return write_march()


@pytest.mark.parametrize("title", PAGES)
def test_a_page_is_readable_everywhere(open_page, lea, march, title):
    page = open_page(PAGES[title], lea)
    expect(page.locator("h1")).to_have_text(title)
    # On paper: landscape, each sheet of its page, numbered, the address at the end, no buttons.
    with closing(pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))) as document:
        sheets = [sheet.get_textpage().get_text_bounded() for sheet in document]
    for number, sheet in enumerate(sheets, 1):
        assert "Moderation Portal · " in sheet
        assert "printed by lea" in sheet
        assert f"page {number} of {len(sheets)}" in sheet
    whole = "\n".join(sheets)
    assert PAGES[title].split("?")[0] in sheets[-1] + sheets[-2 if len(sheets) > 1 else -1]
    assert [word for word in BUTTONS if word in whole] == []
    # In both themes, and on narrow phones.
    assert accessibility_faults(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate(TOO_WIDE) == []
    wait_until(page, f"({SILENT}).length === 0")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/review/",
        "/moderators/",
        "/moderators/alice/",
        "/sessions/",
        "/sessions/alice-1/",
        "/quality/",
    ],
)
def test_records_are_reached_without_scripts(browser, live_server, lea, march, path):
    client = Client()
    client.force_login(lea)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    with closing(context):
        page = context.new_page()
        page.goto(f"{path}?{DATES}" if path.count("/") < 3 else path)
        page.locator("#content a[href^='/rows/']:visible").first.click()
        expect(page.locator(".count-line b").first).to_be_visible()
