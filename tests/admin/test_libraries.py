"""What libraries register themselves is not in the way."""

import re

import pytest
from axes.models import AccessAttempt
from django.contrib import admin

pytestmark = pytest.mark.django_db
ATTEMPTS = "/admin/axes/accessattempt/"


def test_only_what_the_portal_means_to_administer():
    labels = {model._meta.app_label for model in admin.site._registry}
    assert labels == {"accounts", "analytics", "axes"}
    assert [m for m in admin.site._registry if m._meta.app_label == "axes"] == [AccessAttempt]


def test_the_overview_names_the_failed_logins(admin_client):
    page = admin_client.get("/admin/").text

    assert "Failed logins" in page
    assert "Stateless" not in page
    assert not re.search(r"\bAxes\b", page)


def test_who_is_locked_out_is_let_in_again(client, ada, lea):
    for _ in range(5):
        client.post("/login/", {"username": "lea", "password": "guessed"})
    client.force_login(ada)

    attempt = AccessAttempt.objects.get()
    page = client.get(f"{ATTEMPTS}?locked_out=yes").text
    assert "lea" in page
    detail = client.get(f"{ATTEMPTS}{attempt.pk}/change/")
    assert "post_data" not in str(detail.context["adminform"].fieldsets)
    assert client.post(f"{ATTEMPTS}{attempt.pk}/change/", {"username": "x"}).status_code == 403

    client.post(f"{ATTEMPTS}{attempt.pk}/delete/", {"post": "yes"})
    client.logout()
    assert (
        client.post("/login/", {"username": "lea", "password": "correct horse battery"}).status_code
        == 302
    )
