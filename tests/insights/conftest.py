"""What the tests of the findings share: makers of rows, and one finding by its slug."""

from datetime import date

import pytest

from analytics.access import PORTAL
from analytics.insights import FINDINGS
from analytics.insights.registry import FindingData
from analytics.models import ChatSession, Moderator, ModeratorPerformance, Recommendation
from analytics.scope import Scope

DAY = date(2026, 3, 11)  # a Wednesday
EVERYTHING = Scope(PORTAL)


class Report:
    """Inserts rows of the engagement report; every call continues the numbering."""

    def chats(self, *values, **common):
        """Insert a chat session for each mapping of values."""
        first = ChatSession.objects.count()
        ChatSession.objects.bulk_create(
            ChatSession(
                session_id=f"S{first + place}",
                **{
                    "user_id": "U1",
                    "date": DAY,
                    "length_minutes": 10.0,
                    "messages_sent": 5,
                    **common,
                    **each,
                },
            )
            for place, each in enumerate(values)
        )

    def recommendations(self, kind, *values, **common):
        """Insert a recommendation of a type for each mapping of values."""
        first = Recommendation.objects.count()
        Recommendation.objects.bulk_create(
            Recommendation(
                recommendation_id=f"R{first + place}",
                recommendation_type=kind,
                **{"date": DAY, "click_through_rate": 0.5, **common, **each},
            )
            for place, each in enumerate(values)
        )

    def performed(self, username, sessions, response, satisfaction=None, day=DAY):
        """Insert a performance row."""
        moderator, _new = Moderator.objects.get_or_create(username=username)
        ModeratorPerformance.objects.create(
            moderator=moderator,
            date=day,
            sessions_moderated=sessions,
            average_response_time=response,
            satisfaction_score=satisfaction,
        )


@pytest.fixture
def report(db):
    """Makers of rows in an empty database."""
    return Report()


def finding_of(slug, scope=EVERYTHING):
    """Return a finding for a scope."""
    return FINDINGS[slug](FindingData(scope))


def plain(text):
    """Return a text with ordinary spaces and minus signs."""
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{MINUS SIGN}", "-")


def spread_around(mean, sd, n):
    """Return n values, n even, of exactly this mean and (n - 1) standard deviation."""
    step = sd * ((n - 1) / n) ** 0.5
    return [mean + step if place % 2 else mean - step for place in range(n)]
