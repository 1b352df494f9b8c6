"""The overview as it is served, and the page of definitions."""

import re
from datetime import date

import pytest

from analytics.metrics.registry import METRICS
from analytics.models import ModeratorPerformance
from tests.brute import PlainSession, PlainView
from tests.factory import NOON, write_session

pytestmark = pytest.mark.django_db
SCOPE = {"start": "2026-03-01", "end": "2026-03-31"}


@pytest.fixture
def reviewed():
    """One session of each of fourteen moderators; the last is slow and unloved."""
    for nth in range(14):
        name = f"m{nth:02}"
        session = write_session(
            PlainSession(
                public_id=f"s-{nth}",
                moderator=name,
                started_at=NOON,
                duration_us=60_000_000,
                views=[
                    PlainView(f"v{place}", status="completed", keys=["a"], sound="muted")
                    for place in range(3)
                ],
                idle=[],
                queues=[],
            )
        )
        ModeratorPerformance.objects.bulk_create(
            ModeratorPerformance(
                moderator=session.moderator,
                date=date(2026, 3, day),
                sessions_moderated=100,
                average_response_time=(40.0 if nth == 13 else 9.0) + (day - 11) / 4,
                satisfaction_score=4.5,
            )
            for day in (10, 11, 12)
        )


def test_a_lead_sees_the_team_folded_with_who_needs_coaching(client, lea, reviewed):
    client.force_login(lea)
    page = client.get("/", SCOPE).content.decode()
    assert page.count('<th scope="row">') >= 14
    assert "10 of 14\u00a0moderators" in page
    assert 'level-act level-quiet"' in page
    assert "On target" not in page
    assert "1\u00a0finding needs action." in page
    assert "last session" in page
    assert '<a href="/moderators/m13/?start=2026-03-01&amp;end=2026-03-31">m13</a>' in page


def test_a_moderator_sees_nobody_else(client, alice, reviewed):
    client.force_login(alice)
    page = client.get("/", SCOPE).content.decode()
    assert "card-moderator-review" not in page
    # Not a token or a drawing that begins so.
    assert not re.search(r"\bm13\b(?!\.)", page)


def test_every_definition_is_on_its_page(client, alice):
    client.force_login(alice)
    page = client.get("/metrics/").content.decode()
    for metric in METRICS.values():
        assert f'<div id="{metric.slug}">' in page
        assert f"<code>{metric.slug}</code>" in page
        assert f"n counts {metric.counted}" in page
