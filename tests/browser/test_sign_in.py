"""The second step in a browser, with an authenticator that Chromium plays."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from playwright.sync_api import expect

from audit.models import Entry
from tests.browser.accessibility import accessibility_faults
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def with_authenticator(page):
    """Give the browser a device that asks for a finger and gets one."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return page


def log_in(page, user):
    # To a page without charts, which would still be asking when the next login begins.
    page.goto("/login/?next=/account/second-factor/")
    page.get_by_label("Username").fill(user.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()


def test_a_passkey_is_made_and_logs_in_with_and_without_the_password(open_page, lea, settings):
    settings.REQUIRE_SECOND_FACTOR = "lead"
    page = with_authenticator(open_page("/login/"))
    log_in(page, lea)
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill("This laptop")
    page.get_by_role("button", name="Make the passkey").click()
    page.get_by_role("heading", name="Keep these recovery codes").wait_for()
    assert page.locator(".recovery-codes li").count() == 10
    with page.expect_download() as download:
        page.get_by_role("link", name="Download them").click()
    assert download.value.suggested_filename == "moderation-portal-recovery-codes.txt"
    assert Authenticator.objects.get(type="webauthn").wrap().name == "This laptop"

    page.context.clear_cookies()
    log_in(page, lea)
    page.get_by_role("button", name="Use your passkey").click()
    page.get_by_role("heading", name="Your second step").wait_for()
    assert last_login() == ("lea", ["password", "webauthn"])

    page.context.clear_cookies()
    page.goto("/login/?next=/account/second-factor/")
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("heading", name="Your second step").wait_for()
    assert last_login() == ("lea", ["webauthn"])


def last_login():
    entry = Entry.objects.filter(action="login").select_related("subject").latest("pk")
    return entry.subject.name, entry.details["by"]


def test_a_device_without_a_passkey_says_so(open_page, lea):
    page = open_page("/login/")
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("alert").filter(has_text="The passkey was not used").wait_for()
    # The keyboard is where it was.
    expect(page.get_by_role("button", name="Use a passkey")).to_be_focused()


def test_the_pages_stand_in_nobody_s_way(open_page, lea):
    """Each by axe-core in both themes, and on a narrow phone."""
    faults = {}
    page = open_page("/login/")
    faults["login"] = accessibility_faults(page)
    log_in(page, lea)
    page.get_by_role("heading", name="Your second step").wait_for()
    for path in ("", "app/", "passkey/"):
        page.goto(f"/account/second-factor/{path}")
        faults[path] = accessibility_faults(page)
    page.goto("/account/confirm/?next=/account/")
    faults["confirm"] = accessibility_faults(page)
    TOTP.activate(lea, SECRET)
    RecoveryCodes.activate(lea)
    for path in ("codes/", "codes/new/", "app/remove/"):
        page.goto(f"/account/second-factor/{path}")
        faults[path] = accessibility_faults(page)
    page.context.clear_cookies()
    log_in(page, lea)
    page.get_by_label("6 digits").fill("000")
    faults["code"] = accessibility_faults(page)
    code = format_hotp_value(hotp_value(SECRET, int(time.time()) // 30))
    page.get_by_label("6 digits").fill(code)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="Your second step").wait_for()
    assert {name: found for name, found in faults.items() if found} == {}


def test_the_second_step_works_without_javascript(browser, live_server, lea):
    TOTP.activate(lea, SECRET)
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    log_in(page, lea)
    assert page.get_by_role("button", name="Use a passkey").count() == 0
    code = format_hotp_value(hotp_value(SECRET, int(time.time()) // 30))
    page.get_by_label("6 digits").fill(code)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="Your second step").wait_for()
    context.close()
