"""A metric's rows by day, week or month."""

from datetime import date

import pytest

from analytics.access import PORTAL
from analytics.metrics.grains import Grain
from analytics.metrics.registry import METRICS
from analytics.models import ChatSession
from analytics.presentation.over_time import over_time
from analytics.presentation.row_links import RowLinks
from analytics.rows.selection import select
from analytics.scope import Scope
from analytics.summaries.snapshots import snapshot

pytestmark = pytest.mark.django_db


def test_the_last_month_ends_where_the_range_ends_and_opens_what_it_counts():
    for number, day in enumerate((date(2026, 2, 10), date(2026, 3, 5), date(2026, 3, 28))):
        ChatSession.objects.create(
            session_id=f"S{number}", date=day, user_id="U1", length_minutes=10,
            messages_sent=4, feedback_rating=3,
        )  # fmt: skip
    metric = METRICS["rating-by-month"]
    scope = Scope(PORTAL, start=date(2026, 2, 1), end=date(2026, 3, 26))
    with snapshot():
        over = over_time(metric, metric(scope), scope, Grain.MONTH, today=date(2030, 1, 1))
        *_, march = over.steps
        assert (march.first, march.last) == (date(2026, 3, 1), date(2026, 3, 26))
        assert march.label == "Mar\u00a02026 (part: 26\u00a0days)"
        assert over.result.rows[-1]["sessions"] == 1
        address = RowLinks(over.metric, scope).of_row(over.result.rows[-1])["sessions"]
        assert "start=2026-03-01&end=2026-03-26&column=sessions" in address
        shown = select(
            metric, {"start": "2026-03-01", "end": "2026-03-26", "column": "sessions"}, PORTAL
        ).shown
    assert shown == 1
