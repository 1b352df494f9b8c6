"""Login, logout, forgotten passwords, and what happens after wrong ones."""

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.core import mail
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.backends import PasswordBackend
from accounts.models import ResetRequest, Role, User
from accounts.reset_mail import send_waiting
from accounts.tokens import ApiToken
from tests.conftest import PASSWORD, make_user

NEW_PASSWORD = "a new and longer one"


def log_in(client, username, password=PASSWORD, **data):
    return client.post("/login/", {"username": username, "password": password, **data})


def is_logged_in(client) -> bool:
    return "_auth_user_id" in client.session


def test_login_leads_home_or_where_one_was_going(client, alice):
    assert log_in(client, "alice").headers["Location"] == "/start/"
    client.post("/logout/")
    assert log_in(client, "alice", next="/review/?start=2026-01-01").headers["Location"] == (
        "/review/?start=2026-01-01"
    )


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_login_never_leads_to_another_host(client, alice, address):
    assert log_in(client, "alice", next=address).headers["Location"] == "/start/"


def test_somebody_logged_in_is_not_asked_again(client, alice):
    client.force_login(alice)

    assert client.get("/login/").headers["Location"] == "/start/"


def test_an_expired_login_is_explained(client, db):
    words = "Your login has expired"
    assert words not in client.get("/login/").content.decode()
    assert words in client.get("/login/?expired=1").content.decode()


def test_every_page_asks_for_a_login(client, db):
    for path in ("/admin/", "/password/change/"):
        answer = client.get(path, follow=True)
        assert answer.redirect_chain[-1] == (f"/login/?next={path}", 302)


def test_logout_needs_a_post(client, alice):
    client.force_login(alice)

    assert client.get("/logout/").status_code == 405
    assert is_logged_in(client)
    assert client.post("/logout/").headers["Location"] == "/login/"
    assert not is_logged_in(client)


def test_five_wrong_passwords_lock_the_name_out_for_a_quarter_of_an_hour(client, alice, bob):
    statuses = [log_in(client, "alice", "wrong").status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 200, 429]

    locked = log_in(client, "alice")
    assert locked.status_code == 429
    assert not is_logged_in(client)
    assert log_in(client, "bob").status_code == 302
    client.post("/logout/")

    # Trying on does not make the wait longer.
    [until] = AccessAttempt.objects.values_list("attempt_time", flat=True)
    log_in(client, "alice", "wrong")
    assert AccessAttempt.objects.get().attempt_time == until
    earlier = timezone.now() - timedelta(minutes=16)
    AccessAttempt.objects.update(attempt_time=earlier)
    assert log_in(client, "alice").status_code == 302


def test_a_name_locked_out_at_one_address_works_at_another(client, alice):
    for _ in range(5):
        log_in(client, "alice", "wrong")

    assert (
        client.post(
            "/login/", {"username": "alice", "password": PASSWORD}, REMOTE_ADDR="192.0.2.7"
        ).status_code
        == 302
    )


@pytest.fixture
def passwords_looked_at(monkeypatch) -> list[str]:
    """The names whose password is looked at, which takes its time."""
    names: list[str] = []
    look = PasswordBackend.authenticate

    def slowly(self, request, username=None, **credentials):
        names.append(username)
        # Long enough for all others to have asked how many failures there were.
        connection.cursor().execute("SELECT pg_sleep(0.02)")
        return look(self, request, username, **credentials)

    monkeypatch.setattr(PasswordBackend, "authenticate", slowly)
    return names


def log_in_at_once(names, password) -> list[int]:
    """The statuses of a login of each name, all sent at the same time."""
    start = threading.Barrier(len(names))

    def attempt(name):
        try:
            start.wait()
            return log_in(Client(), name, password).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(names)) as pool:
        return sorted(pool.map(attempt, names))


@pytest.mark.django_db(transaction=True)
def test_sixteen_guesses_at_once_are_five(passwords_looked_at):
    make_user("alice", Role.MODERATOR)
    assert log_in_at_once(["alice"] * 16, "wrong") == [200] * 4 + [429] * 12
    assert passwords_looked_at == ["alice"] * 5


@pytest.mark.django_db(transaction=True)
def test_guesses_at_many_names_at_once_pass_the_limit_by_seven_at_most(
    passwords_looked_at, settings
):
    settings.LOGIN_FAILURES_PER_ADDRESS = 4
    log_in_at_once([f"name{number}" for number in range(24)], "wrong")
    assert 4 <= len(passwords_looked_at) <= 4 + 7


@pytest.mark.django_db(transaction=True)
def test_the_right_password_sixteen_times_at_once(passwords_looked_at):
    make_user("alice", Role.MODERATOR)
    assert log_in_at_once(["alice"] * 16, PASSWORD) == [302] * 16


def test_passwords_are_looked_at_in_one_place_only():
    """Whatever called ``authenticate`` by itself would have no limit for guesses at once."""
    calling = re.compile(r"(?<!def )(?<!\.)\b(?:authenticate|check_password)\(")
    found = {
        str(path.relative_to(settings.BASE_DIR))
        for room in ("accounts", "analytics", "audit", "moderation_portal")
        for path in (settings.BASE_DIR / room).rglob("*.py")
        if calling.search(path.read_text())
    }
    assert found == {"accounts/failed_logins.py"}


def test_an_address_has_a_limit_over_all_names(client, alice, settings):
    settings.LOGIN_FAILURES_PER_ADDRESS = 4
    statuses = [log_in(client, f"name{n}", "wrong").status_code for n in range(4)]
    assert statuses == [200, 200, 200, 429]
    assert log_in(client, "alice").status_code == 429
    other = {"username": "alice", "password": PASSWORD}
    assert client.post("/login/", other, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_behind_a_proxy_nobody_locks_others_out(client, alice, settings):
    settings.BEHIND_PROXY = True
    from_one, from_other = ({"x-forwarded-for": f"203.0.113.{n}"} for n in (1, 2))
    form = {"username": "alice", "password": "wrong"}
    for _ in range(5):
        locked = client.post("/login/", form, headers=from_one)
    assert locked.status_code == 429
    # What stands further left is the client's own invention.
    lie = {"x-forwarded-for": "203.0.113.2, 203.0.113.1"}
    assert client.post("/login/", form | {"password": PASSWORD}, headers=lie).status_code == 429
    right = client.post("/login/", form | {"password": PASSWORD}, headers=from_other)
    assert right.status_code == 302


def test_the_old_password_is_guessed_no_more_often_than_at_the_login(client, alice):
    client.force_login(alice)
    data = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    statuses = [
        client.post("/password/change/", {**data, "old_password": "wrong"}).status_code
        for _ in range(5)
    ]
    assert statuses == [200, 200, 200, 200, 429]
    assert client.post("/password/change/", {**data, "old_password": PASSWORD}).status_code == 429


def test_a_login_that_nobody_uses_ends(client, alice, monkeypatch):
    client.force_login(alice)
    now = time.time()
    for later, status in ((100 * 60, 200), (219 * 60, 200), (340 * 60, 302)):
        monkeypatch.setattr("accounts.session_limits.time.time", lambda: now + later)  # noqa: B023
        assert client.get("/password/change/").status_code == status, later


def test_a_login_does_not_live_again_with_its_account(client, alice):
    client.force_login(alice)
    for active in (False, True):
        User.objects.filter(pk=alice.pk).update(is_active=active)
    assert client.get("/password/change/").status_code == 302


@pytest.mark.parametrize("path", ["/login/", "/password/change/", "/password/reset/"])
def test_pages_with_passwords_are_kept_nowhere(client, alice, path):
    client.force_login(alice)
    if path == "/login/":
        client.logout()
    assert "no-store" in client.get(path).headers["Cache-Control"]


def test_a_deactivated_user_is_logged_out_at_once(client, alice):
    client.force_login(alice)
    alice.is_active = False
    alice.save()

    assert client.get("/password/change/").headers["Location"].startswith("/login/")
    client.logout()
    assert log_in(client, "alice").status_code == 200
    assert not is_logged_in(client)


def test_a_forgotten_password(client, alice):
    token, _ = ApiToken.objects.create_token(alice, "Script")
    other = Client()
    other.force_login(alice)
    assert client.post("/password/reset/", {"email": "ALICE@portal.example"}).status_code == 302
    assert mail.outbox == []
    assert send_waiting() == 1
    [message] = mail.outbox
    assert message.to == ["alice@portal.example"]
    link = re.search(r"http://testserver(/password/reset/\S+)", message.body)[1]

    form = client.get(link, follow=True)
    done = client.post(
        form.request["PATH_INFO"],
        {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD},
    )

    assert done.headers["Location"] == "/password/reset/complete/"
    assert client.get("/password/reset/complete/").status_code == 200
    assert log_in(client, "alice").status_code == 200
    assert log_in(client, "alice", NEW_PASSWORD).status_code == 302
    token.refresh_from_db()
    assert token.revoked_at is not None
    assert other.get("/password/change/").status_code == 302
    # For one use only.
    assert "new_password1" not in client.get(link, follow=True).content.decode()


def test_an_unknown_address_gets_the_same_answer_and_no_mail(client, alice):
    known = client.post("/password/reset/", {"email": "alice@portal.example"}, follow=True)
    unknown = client.post("/password/reset/", {"email": "nobody@portal.example"}, follow=True)

    assert known.redirect_chain == unknown.redirect_chain
    assert known.content == unknown.content
    assert send_waiting() == 2
    assert [message.to for message in mail.outbox] == [["alice@portal.example"]]


def test_both_ask_the_database_the_same(client, alice):
    asked = []
    for email in ("alice@portal.example", "nobody@portal.example"):
        with CaptureQueriesContext(connection) as queries:
            client.post("/password/reset/", {"email": email})
        statements = [query["sql"].replace(email, "?") for query in queries]
        # Savepoints are numbered.
        asked.append([re.sub(r'"s\d+_x\d+"', "", sql)[:60] for sql in statements])
    assert asked[0] == asked[1]


def test_links_lead_to_the_portal_whatever_the_host_header_says(client, alice):
    client.post("/password/reset/", {"email": alice.email}, headers={"host": "localhost:666"})
    send_waiting()
    assert "http://testserver/password/reset/" in mail.outbox[0].body
    assert "localhost:666" not in mail.outbox[0].body


def test_a_mailbox_gets_three_mails_an_hour(client, alice):
    for _ in range(5):
        assert client.post("/password/reset/", {"email": alice.email}).status_code == 302
    send_waiting()
    assert len(mail.outbox) == 3


def test_an_address_asks_for_twenty_mails_an_hour(client, db):
    for number in range(25):
        client.post("/password/reset/", {"email": f"{number}@portal.example"})
    assert ResetRequest.objects.count() == 20


def test_a_program_neither_logs_in_nor_gets_a_mail(client, tool):
    assert log_in(client, "tool").status_code == 200
    client.post("/password/reset/", {"email": tool.email})
    send_waiting()
    assert mail.outbox == []
    client.force_login(tool)
    assert client.get("/").headers["Location"].startswith("/login/")


def test_changing_ones_password_keeps_the_login(client, alice):
    client.force_login(alice)
    data = {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}

    assert client.post("/password/change/", data).headers["Location"] == "/password/change/done/"
    assert client.get("/password/change/done/").status_code == 200
    assert is_logged_in(client)


@pytest.mark.parametrize(
    "password",
    [
        *("short", "1234567890123", "password123", "alice@portal", "moderationportal"),
        *("alice-alice.alice", "Passw0rd!!", "Moderation.Alice-7", "qwertzuiop", "aaaaaaaaaaaaaaa"),
    ],
)
def test_weak_passwords_are_refused(client, alice, password):
    client.force_login(alice)
    data = {"old_password": PASSWORD, "new_password1": password, "new_password2": password}

    assert client.post("/password/change/", data).status_code == 200
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)
