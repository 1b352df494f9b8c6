"""Erasing somebody in the admin: admins only, after typing the name."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from analytics.imports.sessions.store import store_documents
from analytics.models import Moderator
from audit.models import Entry
from tests.conftest import make_user


@pytest.fixture
def address(alice):
    store_documents(
        [
            {
                "username": "alice",
                "sessions": [{"_id": "s1", "starttime": "2026-03-01T10:00:00Z", "team": "alice"}],
            }
        ]
    )
    return reverse("admin:analytics_moderator_erase", args=[alice.moderator.pk])


@pytest.mark.parametrize("method", ["get", "post"])
def test_only_admins_open_it(address, alice, bob, lea, ada, method):
    for viewer, status in ((None, 302), (alice, 302), (bob, 302), (lea, 302), (ada, 200)):
        client = Client()
        if viewer is not None:
            client.force_login(viewer)
        answer = getattr(client, method)(address)
        assert answer.status_code == status, viewer
    assert Moderator.objects.filter(username="alice").exists()


def test_the_page_says_what_goes(address, ada, client):
    client.force_login(ada)
    page = " ".join(client.get(address).content.decode().split())
    assert "<strong>1</strong> review session stays under the pseudonym" in page
    assert "The account <strong>alice</strong> goes" in page
    moderator = Moderator.objects.get(username="alice")
    change = client.get(reverse("admin:analytics_moderator_change", args=[moderator.pk]))
    assert f'href="{address}"' in change.content.decode()


def test_another_name_erases_nobody(address, ada, client):
    client.force_login(ada)
    answer = client.post(address, {"name": "Alice"})
    assert "This is not the name alice." in answer.content.decode()
    assert Moderator.objects.filter(username="alice").exists()
    assert User.objects.filter(username="alice").exists()


def test_the_name_erases(address, ada, client):
    client.force_login(ada)
    answer = client.post(address, {"name": "alice"}, follow=True)
    pseudonym = Moderator.objects.get().username
    message = f"Erased. Now of {pseudonym}: 1\N{NO-BREAK SPACE}session."
    assert message in answer.content.decode()
    assert not User.objects.filter(username="alice").exists()
    entry = Entry.objects.filter(action="erase", subject__kind="moderator").get()
    assert (entry.actor.name, entry.subject.name) == ("ada", pseudonym)


def test_nobody_erases_themselves(db, client):
    admin = make_user("root", "admin", moderates=True)
    client.force_login(admin)
    address = reverse("admin:analytics_moderator_erase", args=[admin.moderator.pk])
    assert "another admin has to do it" in client.post(address, {"name": "root"}).content.decode()
    assert User.objects.filter(username="root").exists()


def test_somebody_who_is_not_there(ada, client):
    client.force_login(ada)
    address = reverse("admin:analytics_moderator_erase", args=[999_999])
    assert client.get(address).status_code == 404
