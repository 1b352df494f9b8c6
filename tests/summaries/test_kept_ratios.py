"""The sums of ratios that are kept with roll-ups: those of the sessions, after every change."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.access import PORTAL
from analytics.comparison.changes import ClusterSums
from analytics.metrics.ratios import RATIOS, SUMS, session_sums, sums_by_day
from analytics.models import DataChange, Moderator, RawTotals, Session
from analytics.scope import Scope
from analytics.summaries import writing
from analytics.summaries.reading import read_summaries
from analytics.summaries.selection import STATUS_QUERY
from analytics.summaries.snapshots import snapshot
from tests.reviewed import write_march
from tests.summaries.test_exact import History

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("keeping")]


def brute_sums(scope):
    """The sums of each ratio over the sessions of each day, and over all, row by row."""
    by_day, total = {}, dict.fromkeys((f"{name}_{of}" for name in RATIOS for of in SUMS), 0.0)
    for row in RawTotals.objects.filter(session_id__in=scope.sessions().values("pk")).values():
        of_day = by_day.setdefault(row["day"], {name: [0.0] * len(SUMS) for name in RATIOS})
        for name, ratio in RATIOS.items():
            if not any(row[column] > 0 for column in ratio.whole):
                continue
            whole, part = ratio.of_row(row)
            sums = (1, whole, part, whole * whole, part * part, whole * part)
            for at, (field, value) in enumerate(zip(SUMS, sums, strict=True)):
                of_day[name][at] += float(value)
                total[f"{name}_{field}"] += float(value)
    days = {
        day: [ClusterSums(round(sums[0]), *sums[1:]) for sums in each.values()]
        for day, each in by_day.items()
    }
    return days, total


def kept_sums(scope):
    """The portal's."""
    with snapshot():
        summaries = read_summaries(scope)
        return sums_by_day(summaries, RATIOS), dict(session_sums(summaries))


def flat(sums):
    """Every number by where it stands."""
    days, total = sums
    numbers = {
        (day, name, field): getattr(of_ratio, field)
        for day, each in days.items()
        for name, of_ratio in zip(RATIOS, each, strict=True)
        for field in SUMS
    }
    return numbers | total


def scopes():
    """Everyone and one person, over all days and a few."""
    ann = Moderator.objects.order_by("pk").first()
    days = list(RawTotals.objects.order_by("day").values_list("day", flat=True))
    some = {"start": days[0] + timedelta(days=1), "end": days[-1]} if days else {}
    yield from (
        Scope(PORTAL),
        Scope(PORTAL, **some),
        Scope(PORTAL, ann),
        Scope(PORTAL, ann, **some),
    )


@pytest.mark.parametrize("seed", range(3))
def test_after_every_change_the_sums_are_those_of_the_sessions(seed):
    history = History(seed)
    history.store()
    for _ in range(12):
        done = history.step()
        for scope in scopes():
            for _ in range(2):
                assert flat(kept_sums(scope)) == pytest.approx(flat(brute_sums(scope))), done


def reads_of_sums(asked):
    """The statements that read sums of sessions; where these may be used is asked in any case."""
    return [
        query for query in asked if "sessiontotals" in query["sql"] and query["sql"] != STATUS_QUERY
    ]


def test_after_a_change_elsewhere_no_session_is_read():
    write_march()
    writing.refresh()
    kept_sums(Scope(PORTAL))
    DataChange.objects.create()
    with CaptureQueriesContext(connection) as asked:
        kept_sums(Scope(PORTAL))
    assert not reads_of_sums(asked)
    Session.objects.order_by("pk").first().delete()
    writing.refresh()
    with CaptureQueriesContext(connection) as asked:
        kept_sums(Scope(PORTAL))
    # The days of the month that changed, and everybody's sums.
    assert len(reads_of_sums(asked)) == 2
