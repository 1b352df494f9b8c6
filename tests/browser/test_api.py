"""The API's reference and the page of tokens, in a real browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from moderation_portal.accounts.tokens import ApiToken

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


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_reference_is_for_everyone(open_page, alice, theme):
    page = open_page("/api/v1/docs/", alice, theme=theme)
    page.wait_for_selector(".swagger-ui .opblock")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert (
        page.evaluate("getComputedStyle(document.body).backgroundColor")
        == {
            "light": "rgb(245, 247, 248)",
            "dark": "rgb(15, 20, 23)",
        }[theme]
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_tokens(open_page, alice, theme):
    page = open_page("/account/tokens/", alice, theme=theme)
    page.get_by_label("Name").fill("My script")
    page.get_by_role("button", name="Make the token").click()
    secret = page.locator("#new-token").inner_text()
    assert ApiToken.objects.find(secret).user == alice
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.get_by_role("button", name="Revoke My script").click()
    page.wait_for_selector("text=My script was revoked.")
    assert ApiToken.objects.get().revoked_at is not None
