"""A real Chromium for the browser tests, and pages of people who are logged in.

Every page made here watches itself: an error in the console, an exception in a script or a
request to another host fails the test.
"""

import os
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from playwright.sync_api import expect, sync_playwright

from tests.browser import chromium

# Milliseconds; a machine that does much else at once takes more than the usual 5,000.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def browser():
    """Chromium, started once."""
    path = chromium.find()
    assert path, chromium.MISSING
    # Playwright's synchronous API keeps an event loop in this thread, which Django takes for
    # asynchronous code; nothing here runs concurrently.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        # While the loop runs, Django keeps other connections for this thread than before and after.
        connections.close_all()
        started.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(browser, live_server):
    """Open a page as a user (None: nobody), in a theme and a width; checks it at the end."""
    contexts, faults = [], []

    def watched(page):
        host = urlsplit(live_server.url).netloc
        page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "request",
            lambda request: (
                faults.append(f"asked another host: {request.url}")
                if request.url.startswith("http") and urlsplit(request.url).netloc != host
                else None
            ),
        )
        return page

    def opened(path, user=None, *, theme="light", width=1440, height=900):
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=theme,
            reduced_motion="reduce",
            base_url=live_server.url,
        )
        contexts.append(context)
        # The first page of a process waits for all that the server imports with it.
        context.set_default_navigation_timeout(60_000)
        if user is not None:
            client = Client()
            client.force_login(user)
            cookie = client.cookies[settings.SESSION_COOKIE_NAME]
            context.add_cookies(
                [{"name": cookie.key, "value": cookie.value, "url": live_server.url}]
            )
        page = watched(context.new_page())
        page.goto(path)
        return page

    opened.faults = faults
    yield opened
    for context in contexts:
        context.close()
    assert not faults, "\n".join(faults)
