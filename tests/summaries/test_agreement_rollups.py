"""When the agreement of months, years and all time is counted, and when it may be stored."""

from datetime import date

import pytest
from django.db import connection

from analytics.access import PORTAL
from analytics.metrics.registry import METRICS
from analytics.models import PendingDay, Period, PeriodAgreement
from analytics.scope import Scope
from analytics.summaries import agreement_rollups, rollups, writing
from tests.factory import NOON
from tests.metrics.test_agreement import write

LATER = [("s8", "fay", 5, [("v5", "q"), ("v3", "q")])]
LONGER = [Period.MONTH, Period.YEAR, Period.ALL]


def counted() -> list[str]:
    return sorted(PeriodAgreement.objects.values_list("period", flat=True))


def pairs_of_all() -> int:
    return METRICS["agreement-summary"](Scope(PORTAL)).rows[0]["pairs"]


def locks_held() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
        )
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
def test_no_writer_waits_for_the_counting(monkeypatch):
    held = []
    count = agreement_rollups.count_agreement

    def counting(span):
        held.append((span.period, locks_held()))
        return count(span)

    monkeypatch.setattr(agreement_rollups, "count_agreement", counting)
    write()
    assert held == [(period, 0) for period in LONGER]
    assert counted() == sorted(LONGER)


@pytest.mark.django_db
def test_what_was_built_anew_meanwhile_is_counted_by_the_next_refresh(monkeypatch):
    count = agreement_rollups.count_agreement

    def interrupted(span):
        found = count(span)
        monkeypatch.setattr(agreement_rollups, "count_agreement", count)
        rollups.build_days([NOON.date()])
        rollups.build_longer_periods()
        return found

    monkeypatch.setattr(agreement_rollups, "count_agreement", interrupted)
    write()
    assert counted() == sorted([Period.YEAR, Period.ALL])
    writing.refresh()
    assert counted() == sorted(LONGER)


@pytest.mark.django_db
def test_a_count_of_before_an_import_is_not_used(monkeypatch):
    count = agreement_rollups.count_agreement

    def importing(span):
        found = count(span)
        monkeypatch.setattr(agreement_rollups, "count_agreement", count)
        write(LATER, summed=False)
        writing.refresh_sessions()
        return found

    monkeypatch.setattr(agreement_rollups, "count_agreement", importing)
    write()
    assert PendingDay.objects.exists()
    # v3: 3 pairs, v5: 15, v1: 3, v2: 1.
    assert pairs_of_all() == 22
    writing.refresh()
    assert pairs_of_all() == 22
    assert counted() == sorted(LONGER)


@pytest.mark.django_db
def test_of_a_period_with_a_pending_day_nothing_is_counted():
    write()
    PeriodAgreement.objects.all().delete()
    PendingDay.objects.create(day=date(NOON.year, NOON.month, 28))
    assert agreement_rollups.periods_without_agreement() == []
