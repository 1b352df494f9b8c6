"""The portal's own 404 page, in debug mode too."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("debug", [True, False])
def test_what_is_not_there_has_the_portal_s_page(settings, lea, debug):
    settings.DEBUG = debug
    client = Client()
    client.force_login(lea)
    for path in ("/nope/", "/sessions/nobody-1/", "/review/?moderator=nobody", "/admin/nope/"):
        answer = client.get(path)
        page = answer.content.decode()
        assert answer.status_code in (404, 302), path
        if answer.status_code == 404:
            assert "Nothing here" in page, path
            assert "URLconf" not in page


def test_problems_of_the_api_stay_what_they_are(settings, lea):
    settings.DEBUG = True
    client = Client()
    client.force_login(lea)
    answer = client.get("/api/v1/metrics/nope/")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("application/problem+json")
