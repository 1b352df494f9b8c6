"""Where people are logged in: what pages say of it, and that an ended session is over at once."""

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session as DjangoSession
from django.test import Client
from django.utils import timezone

from accounts.login_sessions import (
    BEGUN,
    LAST_USE,
    LoginSession,
    SessionStore,
    device_words,
    end_sessions,
    open_sessions,
)
from accounts.models import Role
from audit.models import Entry
from tests.conftest import PASSWORD
from tests.reviewed import write_march
from tests.web.dash.test_guard import SAME, UPDATE, body_of

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like"
    " Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)
CHROME = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0"
    " Safari/537.36"
)


def log_in(name: str, browser: str = FIREFOX, address: str = "192.0.2.7") -> Client:
    """A client that has logged in by the page."""
    client = Client(headers={"user-agent": browser}, REMOTE_ADDR=address)
    assert client.post("/login/", {"username": name, "password": PASSWORD}).status_code == 302
    return client


def key_of(client: Client) -> str:
    return client.session.session_key


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        (IPHONE, "Safari on iOS"),
        (CHROME, "Chrome on Linux"),
        ("curl/8.4.0", "curl"),
        ("<script>", "Unknown device"),
        ("", "Unknown device"),
    ],
)
def test_devices_are_named_in_words(header, words):
    assert device_words(header) == words


def test_a_session_knows_whose_it_is_and_what_it_was_last_used_with(alice):
    client = log_in("alice")
    [session] = LoginSession.objects.filter(user=alice)
    assert (session.address, session.device) == ("192.0.2.7", "Firefox on Windows")
    assert session.begun_at == session.last_used_at
    assert timezone.now() - session.begun_at < timedelta(minutes=1)
    assert session.session_key == key_of(client)
    assert session.session_key not in session.handle


def test_the_key_of_the_session_changes_with_the_login(client, alice):
    store = SessionStore()
    store["planted"] = True
    store.create()
    client.cookies["sessionid"] = store.session_key
    client.post("/login/", {"username": "alice", "password": PASSWORD})
    assert key_of(client) != store.session_key
    assert not LoginSession.objects.filter(pk=store.session_key).exists()


def test_only_open_sessions_are_listed_the_last_used_first(alice, bob):
    first, second = log_in("alice"), log_in("alice", IPHONE)
    log_in("bob")
    too_old, idle = log_in("alice"), log_in("alice")
    age(too_old, BEGUN, hours=13)
    age(idle, LAST_USE, hours=3)
    age(first, LAST_USE, minutes=5)
    assert [s.session_key for s in open_sessions(alice)] == [key_of(second), key_of(first)]
    alice.set_password("another correct horse")
    alice.save()
    assert open_sessions(alice) == []


def age(client: Client, what: str, **ago: int) -> None:
    """Let a session have begun, or been used, so long ago."""
    session = client.session
    session[what] = int((timezone.now() - timedelta(**ago)).timestamp())
    session.save()


def test_the_page_lists_them_and_ends_one(alice, bob):
    here, there, bobs = log_in("alice"), log_in("alice", IPHONE, "2001:db8::7"), log_in("bob")
    page = here.get("/account/").text
    assert re.search(r"Firefox on Windows\s+<span class=\"pill\">this one", page)
    assert "Safari on iOS" in page
    assert "2001:db8::7" in page
    for client in (here, there, bobs):
        assert key_of(client) not in page
    [handle] = re.findall(r'name="session" value="(\w+)"', page)
    answer = here.post("/account/sessions/end/", {"session": handle}, follow=True)
    assert "Safari on iOS is logged out." in answer.text
    assert there.get("/").status_code == 302
    assert here.get("/account/").status_code == 200
    entry = Entry.objects.filter(action="logout").get()
    assert (entry.actor.name, entry.subject.name) == ("alice", "alice")
    assert entry.details == {"sessions ended": 1}


def test_nobody_ends_somebody_else_s_session(alice, bob):
    bobs = log_in("bob")
    [session] = LoginSession.objects.filter(user=bob)
    alices = log_in("alice")
    for name in (session.handle, session.session_key, "", "x" * 5000):
        answer = alices.post("/account/sessions/end/", {"session": name}, follow=True)
        assert "That session has ended already." in answer.text
    assert bobs.get("/account/").status_code == 200
    assert not Entry.objects.filter(action="logout").exists()


def test_all_others_end_at_once(alice, bob):
    here, others, bobs = log_in("alice"), [log_in("alice") for _ in range(2)], log_in("bob")
    answer = here.post("/account/sessions/end/", {"all": "1"}, follow=True)
    assert "2 sessions were ended." in answer.text
    assert [each.get("/account/").status_code for each in others] == [302, 302]
    assert here.get("/account/").status_code == bobs.get("/account/").status_code == 200


def ways_in(client: Client) -> list[int]:
    """The statuses of a page, a chart callback and the API, asked with the same session."""
    callback = body_of("review", search="", n=1)
    return [
        client.get("/review/").status_code,
        client.post(UPDATE, callback, content_type="application/json", headers=SAME).status_code,
        client.get("/api/v1/metrics/").status_code,
        client.get("/export/sessions.csv").status_code,
    ]


OUT = [302, 401, 401, 302]


def test_an_ended_session_opens_nothing_any_more(lea):
    write_march()
    client = log_in("lea")
    assert ways_in(client) == [200, 200, 200, 200]
    end_sessions(lea)
    assert ways_in(client) == OUT


def test_a_new_password_ends_every_other_session(lea):
    here, stolen = log_in("lea"), log_in("lea")
    new = "another correct horse"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    before = key_of(here)
    assert here.post("/password/change/", form).status_code == 302
    assert ways_in(stolen) == OUT
    assert here.get("/account/").status_code == 200
    assert key_of(here) != before
    assert [s.session_key for s in LoginSession.objects.filter(user=lea)] == [key_of(here)]


@pytest.mark.parametrize("change", [{"role": Role.MODERATOR}, {"is_active": False}])
def test_a_demoted_or_deactivated_admin_loses_what_is_open_at_once(ada, lea, change):
    """The open page, its charts, the API, a CSV, the admin's form: with the next request."""
    client = log_in("ada")
    user_form = f"/admin/accounts/user/{lea.pk}/change/"
    assert client.get(user_form).status_code == 200
    for name, value in change.items():
        setattr(ada, name, value)
    ada.save()
    assert ways_in(client) == OUT
    answer = client.post(user_form, {"username": "lea", "role": "admin", "is_active": "on"})
    assert answer.status_code == 302
    lea.refresh_from_db()
    assert lea.role == Role.LEAD


def test_the_use_is_written_once_a_minute_whatever_is_asked(
    alice, monkeypatch, django_assert_num_queries
):
    client = log_in("alice")
    client.get("/account/data/")
    now = timezone.now().timestamp()
    # The session, the user, their moderator.
    with django_assert_num_queries(3):
        client.get("/account/data/")
    monkeypatch.setattr("accounts.session_limits.time.time", lambda: now + 61)
    # And one UPDATE in a savepoint of its own.
    with django_assert_num_queries(6):
        client.get("/account/data/")
    with django_assert_num_queries(3):
        client.get("/account/data/")
    [session] = LoginSession.objects.filter(user=alice)
    assert session.last_used_at.timestamp() == int(now + 61)


def test_a_request_on_its_way_does_not_bring_an_ended_session_back(alice):
    client = log_in("alice")
    session = client.session
    session["late"] = True
    end_sessions(alice)
    with pytest.raises(UpdateError):
        session.save()
    assert client.get("/account/").status_code == 302


def test_an_admin_ends_another_s_session_and_the_audit_has_it(ada, bob, lea):
    bobs, admins = log_in("bob"), log_in("ada")
    address = f"/admin/accounts/user/{bob.pk}/sessions/"
    page = admins.get(address).text
    assert "Firefox on Windows" in page
    assert key_of(bobs) not in page
    [handle] = re.findall(r'name="session" value="(\w+)"', page)
    assert log_in("lea").post(address, {"session": handle}).status_code == 302
    assert bobs.get("/account/").status_code == 200
    admins.post(address, {"session": handle})
    assert bobs.get("/account/").status_code == 302
    entry = Entry.objects.filter(action="logout").get()
    assert (entry.actor.name, entry.subject.name, entry.source) == ("ada", "bob", "admin")
    bobs = log_in("bob")
    assert "1\u00a0session" in admins.get(f"/admin/accounts/user/{bob.pk}/change/").text
    admins.post(address, {"all": "1"})
    assert bobs.get("/account/").status_code == 302


def test_django_s_own_table_stays_empty(alice):
    log_in("alice")
    assert not DjangoSession.objects.exists()


def test_the_list_says_what_a_login_was_made_with(alice):
    client = log_in("alice")
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": 1.0},
        {"method": "mfa", "type": "totp", "at": 2.0},
        {"method": "something new", "at": 3.0},
    ]
    session.save()
    [row] = open_sessions(alice)
    assert row.methods == "password and code"
    assert "· password and code" in client.get("/account/").text
