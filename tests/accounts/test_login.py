"""Login, logout, forgotten passwords, and what happens after wrong ones."""

import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.core import mail
from django.utils import timezone

from tests.conftest import PASSWORD

NEW_PASSWORD = "a new and longer one"


def log_in(client, username, password=PASSWORD, **data):
    return client.post("/login/", {"username": username, "password": password, **data})


def is_logged_in(client) -> bool:
    return "_auth_user_id" in client.session


def test_login_leads_home_or_where_one_was_going(client, alice):
    assert log_in(client, "alice").headers["Location"] == "/"
    client.post("/logout/")
    assert log_in(client, "alice", next="/review/?start=2026-01-01").headers["Location"] == (
        "/review/?start=2026-01-01"
    )


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_login_never_leads_to_another_host(client, alice, address):
    assert log_in(client, "alice", next=address).headers["Location"] == "/"


def test_somebody_logged_in_is_not_asked_again(client, alice):
    client.force_login(alice)

    assert client.get("/login/").headers["Location"] == "/"


def test_an_expired_login_is_explained(client, db):
    assert "expired" not in client.get("/login/").content.decode()
    assert "expired" in client.get("/login/?expired=1").content.decode()


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


def test_a_deactivated_user_is_logged_out_at_once(client, alice):
    client.force_login(alice)
    alice.is_active = False
    alice.save()

    assert client.get("/password/change/").headers["Location"].startswith("/login/")
    client.logout()
    assert log_in(client, "alice").status_code == 200
    assert not is_logged_in(client)


def test_a_forgotten_password(client, alice):
    assert client.post("/password/reset/", {"email": "ALICE@portal.example"}).status_code == 302
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
    # For one use only.
    assert "new_password1" not in client.get(link, follow=True).content.decode()


def test_an_unknown_address_gets_the_same_answer_and_no_mail(client, alice):
    known = client.post("/password/reset/", {"email": "alice@portal.example"}, follow=True)
    unknown = client.post("/password/reset/", {"email": "nobody@portal.example"}, follow=True)

    assert known.redirect_chain == unknown.redirect_chain
    assert known.content == unknown.content
    assert len(mail.outbox) == 1


def test_changing_ones_password_keeps_the_login(client, alice):
    client.force_login(alice)
    data = {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}

    assert client.post("/password/change/", data).headers["Location"] == "/password/change/done/"
    assert client.get("/password/change/done/").status_code == 200
    assert is_logged_in(client)


@pytest.mark.parametrize("password", ["short", "1234567890123", "password123", "alice@portal"])
def test_weak_passwords_are_refused(client, alice, password):
    client.force_login(alice)
    data = {"old_password": PASSWORD, "new_password1": password, "new_password2": password}

    assert client.post("/password/change/", data).status_code == 200
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)
