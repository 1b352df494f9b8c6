"""Pages answer 304 while nothing has changed, and never when something has."""

from datetime import UTC, datetime

import pytest
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.contrib.sessions.backends.db import SessionStore

from analytics.models import Target
from analytics.summaries.version import data_version
from analytics.web.conditional import page_etag
from tests.reviewed import write_march

PATH = "/review/?start=2026-03-01&end=2026-03-31"


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    now = datetime(2026, 3, 20, 12, tzinfo=UTC)
    monkeypatch.setattr("analytics.web.conditional.timezone.now", lambda: now)


@pytest.fixture
def first(client, lea, db):
    write_march()
    client.force_login(lea)
    client.get(PATH)  # Gives the browser its token.
    return client.get(PATH)


def again(client, first, path=PATH):
    return client.get(path, headers={"if-none-match": first["ETag"]})


def test_the_same_page_is_not_made_again(client, first, django_assert_max_num_queries):
    assert first["Cache-Control"] == "private, no-cache"
    # Login, user, version of the data; a savepoint, where outside of tests a transaction begins.
    with django_assert_max_num_queries(5):
        answer = again(client, first)
    assert answer.status_code == 304
    assert answer.content == b""


def test_a_304_varies_by_the_same_headers_as_its_page(client, first):
    def varies(answer):
        return {name.strip() for name in answer["Vary"].split(",")}

    assert varies(again(client, first)) == varies(first)
    assert "Accept-Encoding" in varies(first)


def test_a_compressed_page_is_known_by_its_weak_etag(client, first):
    answer = client.get(PATH, headers={"if-none-match": f"W/{first['ETag']}"})
    assert answer.status_code == 304


def test_other_filters_people_roles_and_data_are_other_pages(client, first, lea, ada):
    assert again(client, first, "/review/?start=2026-03-01").status_code == 200
    Target.objects.update(value=1)
    changed = again(client, first)
    assert changed.status_code == 200
    lea.role = "admin"
    lea.save()
    assert again(client, changed).status_code == 302
    client.force_login(lea)
    assert again(client, changed).status_code == 200
    client.force_login(ada)
    assert again(client, changed).status_code == 200


def test_a_new_name_in_the_bar_makes_another_page(client, first, lea):
    settings = {
        "display_name": "Lea L.",
        "number_format": lea.number_format,
        "date_format": lea.date_format,
    }
    assert client.post("/account/settings/", settings).status_code == 302
    client.get("/account/settings/")  # Shows the message.
    changed = again(client, first)
    assert changed.status_code == 200
    assert '<span class="user-name">Lea L.</span>' in changed.content.decode()
    assert again(client, changed).status_code == 304


def test_a_minute_later_the_page_is_made_again(client, first, monkeypatch):
    later = datetime(2026, 3, 20, 12, 1, tzinfo=UTC)
    monkeypatch.setattr("analytics.web.conditional.timezone.now", lambda: later)
    assert again(client, first).status_code == 200


def test_a_page_with_a_message_is_made(client, first, monkeypatch):
    waiting = [Message(constants.INFO, "Saved.")]
    monkeypatch.setattr("analytics.web.conditional.get_messages", lambda request: waiting)
    assert again(client, first).status_code == 200


def test_refusals_have_no_etag(client, lea, db):
    client.force_login(lea)
    assert "ETag" not in client.get("/review/?start=x")


def test_a_page_is_of_one_login(rf, alice):
    """Its forms hold a token of the login: another one needs a page of its own."""

    def etag(session_key, token="t" * 32):
        request = rf.get("/")
        request.user, request.session = alice, SessionStore(session_key)
        request.META["CSRF_COOKIE"] = token
        return page_etag(request, data_version())

    assert etag("first-login") == etag("first-login")
    assert etag("second-login") != etag("first-login")
    assert etag("first-login", token="u" * 32) != etag("first-login")
