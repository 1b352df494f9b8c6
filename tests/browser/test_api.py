"""The API's reference and the page of tokens, in a real browser."""

import pytest

from accounts.tokens import ApiToken
from tests.browser.accessibility import accessibility_faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_reference_is_drawn_from_our_own_files(open_page, alice):
    page = open_page("/api/v1/docs/", alice)
    page.wait_for_selector(".swagger-ui .opblock")
    assert page.locator(".opblock").count() >= 25
    page.locator(".opblock", has_text="The catalogue of metrics").first.click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    status = page.locator(".live-responses-table .response .response-col_status").first
    assert status.inner_text().strip() == "200"


def test_the_reference_is_accessible(open_page, alice):
    page = open_page("/api/v1/docs/", alice)
    page.wait_for_selector(".swagger-ui .opblock")
    assert accessibility_faults(page) == []
    ground = page.evaluate("getComputedStyle(document.querySelector('.opblock')).backgroundColor")
    assert ground == "rgb(27, 36, 40)"


def test_tokens(open_page, alice, monkeypatch):
    # A secret without a hyphen: nowhere a browser would break the line by itself.
    monkeypatch.setattr("secrets.token_urlsafe", lambda _: "M" * 43)
    page = open_page("/account/tokens/", alice)
    page.get_by_label("Name").fill("My script")
    page.get_by_role("button", name="Make the token").click()
    secret = page.locator("#new-token").inner_text()
    assert ApiToken.objects.find(secret).user == alice
    assert accessibility_faults(page) == []
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("button", name="Revoke My script").click()
    page.wait_for_selector("text=My script was revoked.")
    assert ApiToken.objects.get().revoked_at is not None
