"""One person's weeks: where they end, and what stands in each."""

from datetime import date

import pytest

from analytics.access import PORTAL
from analytics.models import Moderator, ModeratorPerformance
from analytics.presentation.trends import weekly_values
from analytics.scope import Scope
from analytics.summaries.snapshots import snapshot

pytestmark = pytest.mark.django_db

TODAY = date(2026, 4, 1)


def satisfaction(*, end):
    """The weeks of somebody who was rated 4 and 5 in one week, and 3 yesterday and today."""
    ann = Moderator.objects.create(username="ann")
    rated = {date(2026, 3, 24): 4, date(2026, 3, 25): 5, date(2026, 3, 31): 3, TODAY: 3}
    for day, score in rated.items():
        ModeratorPerformance.objects.create(
            moderator=ann, date=day, sessions_moderated=1, average_response_time=8,
            satisfaction_score=score,
        )  # fmt: skip
    with snapshot():
        return weekly_values(Scope(PORTAL, ann, end=end), TODAY)["average_satisfaction"]


@pytest.mark.parametrize("end", [None, TODAY, date(2026, 4, 30)])
def test_weeks_end_yesterday_and_hold_the_mean_of_their_rows(end):
    # 18 to 24 March, 25 to 31 March.
    assert satisfaction(end=end) == [None] * 11 + [4.0, 4.0]


def test_weeks_end_with_the_scope_where_that_ends_before():
    # 19 to 25 March: (4 + 5) / 2.
    assert satisfaction(end=date(2026, 3, 25)) == [None] * 12 + [4.5]
