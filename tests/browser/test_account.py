"""The pages of the account for everybody: both themes, a phone, the keyboard, no scripts."""

import pytest
from django.test import Client
from playwright.sync_api import expect

from accounts.models import ApiToken, LoginSession, User
from tests.browser.accessibility import accessibility_faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("path", ["", "settings/", "tokens/", "data/"])
def test_a_page_is_readable_everywhere(open_page, alice, path):
    ApiToken.objects.create_token(alice, "weekly report")
    Client().force_login(alice)
    page = open_page(f"/account/{path}", alice)
    expect(page.locator("h1")).to_have_text("My account")
    assert accessibility_faults(page) == []


def test_a_session_is_ended_with_the_keyboard(open_page, alice):
    other = Client(headers={"user-agent": "curl/8"})
    other.force_login(alice)
    page = open_page("/account/", alice)
    page.locator("[name=session]").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("is logged out.")).to_be_visible()
    assert LoginSession.objects.filter(user=alice).count() == 1


def test_settings_change_what_the_next_page_says(open_page, alice):
    page = open_page("/account/settings/", alice)
    page.get_by_label("Dates").select_option("2026-11-27")
    page.get_by_label("Times").select_option("Europe/Berlin")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your settings are saved.")).to_be_visible()
    alice = User.objects.get(pk=alice.pk)
    assert (alice.date_format, alice.time_zone) == ("iso", "Europe/Berlin")
    page.goto(page.url.replace("settings/", ""))
    expect(page.get_by_text("Times in Europe/Berlin.")).to_be_visible()


def test_the_switch_of_the_shortcuts_is_the_one_of_their_list(open_page, alice):
    page = open_page("/account/settings/", alice)
    page.get_by_label("Shortcuts of a single key are on, in this browser").uncheck()
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.locator("dialog#shortcuts")).not_to_be_visible()
    page.reload()
    box = page.get_by_label("Shortcuts of a single key are on, in this browser")
    expect(box).not_to_be_checked()
