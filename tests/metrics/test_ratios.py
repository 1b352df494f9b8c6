"""Ratios of counters by session and by day, as sums of hand-made sessions."""

from datetime import timedelta

import pytest

from analytics.access import PORTAL
from analytics.comparison.changes import ClusterSums
from analytics.metrics.ratios import RATIOS, clusters_of
from analytics.scope import Scope
from analytics.summaries.snapshots import snapshot
from tests.brute import PlainSession, PlainView
from tests.factory import NOON, write_sessions


def view(status):
    return PlainView(video=None, status=status, keys=[], sound="unknown", speeds=[])


def session(number, day):
    """One of four videos completed."""
    return PlainSession(
        public_id=f"s{number}",
        moderator="ann",
        started_at=NOON + timedelta(days=day),
        duration_us=60_000_000,
        views=[view("completed"), *[view("partial")] * 3],
        idle=[],
        queues=[],
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("days", "second"),
    [
        # Eight sessions of 4 and 1. On six days they are all the clusters there are.
        (6, ClusterSums(8, 32.0, 8.0, 128.0, 8.0, 32.0)),
        # On seven days: six of one session, one of two: 6 * 16 + 64, 6 + 4, 6 * 4 + 16.
        (7, ClusterSums(7, 32.0, 8.0, 160.0, 10.0, 40.0)),
    ],
)
def test_days_are_clusters_from_seven_on(days, second):
    write_sessions([session(number, min(number, days - 1)) for number in range(8)])

    with snapshot():
        clusters = clusters_of(RATIOS["completion_rate"], Scope(PORTAL))

    assert clusters == [
        ClusterSums(8, 32.0, 8.0, 128.0, 8.0, 32.0),
        second,
    ]
