"""The suggestions of the filter bar: as many as fit a list, and no more."""

from datetime import timedelta

import pytest

from analytics.models import Moderator
from tests.brute import PlainSession
from tests.factory import NOON, write_sessions

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("people", "suggested"), [(20, 20), (21, 20)])
def test_twenty_names_are_suggested(client, lea, people, suggested):
    Moderator.objects.bulk_create(Moderator(username=f"m{n:02d}") for n in range(people))
    client.force_login(lea)
    names = client.get("/suggest/moderators/").json()["suggestions"]
    assert names == [f"m{n:02d}" for n in range(suggested)]


@pytest.mark.parametrize(("sessions", "suggested"), [(20, 20), (21, 20)])
def test_twenty_sessions_are_suggested_newest_first(client, lea, sessions, suggested):
    write_sessions(
        [
            PlainSession(f"s{n:02d}", "amy", NOON + timedelta(days=n), None, [], [], [])
            for n in range(sessions)
        ]
    )
    client.force_login(lea)
    ids = client.get("/suggest/sessions/?q=s").json()["suggestions"]
    assert ids == [f"s{sessions - 1 - n:02d}" for n in range(suggested)]
