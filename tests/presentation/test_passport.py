"""Every number of the catalogue has a passport that says what its records and its metric say."""

import random
from math import isclose

import pytest

from accounts.models import Role
from analytics.access import Forbidden
from analytics.figures.labels import format_value
from analytics.metrics.columns import INTERVAL_END
from analytics.metrics.registry import METRICS, Metric
from analytics.metrics.results import Column
from analytics.presentation.passport import Passport, RowsLink, Term, passport_of
from analytics.rows.kinds import record_list
from analytics.rows.selection import find_number, select_records
from analytics.rows.totals import totals_of
from analytics.scope import Scope
from analytics.summaries.snapshots import snapshot
from tests.conftest import make_user
from tests.reviewed import write_march
from tests.rows.test_every_number import (
    added_up,
    all_pages,
    has_same_keys,
    scopes_of,
    values_of,
    write_checks,
    write_sessions,
    write_tables,
)

MARCH = {"start": "2026-03-01", "end": "2026-03-31"}


def check_totals(metric: Metric, values: dict[str, str], lead) -> None:
    """What stands above and below the line is what the listed rows add up to."""
    number = find_number(metric, values, lead)
    records = record_list(select_records(number))
    entries = all_pages(records, 200)
    totals = totals_of(records)
    where = (metric.slug, values, totals)
    match records.selection.records.how:
        case "rate":
            assert totals.above == sum(bool(entry.counted) for entry in entries), where
            assert totals.below == len(entries), where
        case "ratio":
            for total, name in ((totals.above, "amount"), (totals.below, "weight")):
                added = sum(getattr(entry, name) for entry in entries)
                assert isclose(total or 0, added, rel_tol=1e-9, abs_tol=1e-9), where
        case "mean":
            added = sum(entry.amount for entry in entries)
            assert isclose(totals.above or 0, added, rel_tol=1e-9, abs_tol=1e-9), where
            assert totals.below == len(entries), where
        case "sum":
            added = added_up(records, entries)
            assert isclose(totals.above or 0, added, rel_tol=1e-9, abs_tol=1e-9), where
        case _:
            assert (totals.above, totals.below) == (len(entries), None), where


def check_passport(
    metric: Metric, scope: Scope, row: dict | None, column: Column, shown: object
) -> None:
    """The passport of one number: its value, its formula, what it says without records."""
    values = values_of(metric, scope, row, column)
    number = find_number(metric, values, scope.viewer, with_records=False)
    passport = passport_of(number, values)
    assert passport.value == format_value(column, shown), (metric.slug, values)
    assert passport.in_words, (metric.slug, values)
    assert passport.definition == metric.definition
    if column.records is None:
        assert (passport.in_words, passport.rows) == (column.without_records, ())
        assert passport.above is None
    else:
        has_formula = column.records.how in ("rate", "ratio", "mean", "sum")
        assert (passport.above is not None) == has_formula
        assert passport.rows[0].url.startswith(f"/rows/{metric.slug}/?")
        check_totals(metric, values, scope.viewer)


def numbers_of(metric: Metric, scope: Scope, rng: random.Random):
    """Yield row, column and value: all columns of a row, and of the summary."""
    result = metric(scope)
    single = [
        row
        for row in result.rows
        if sum(has_same_keys(metric, other, row) for other in result.rows) == 1
    ]
    for row in [rng.choice(single)] if single else result.rows[:1]:
        for column in metric.columns:
            if column.key is None:
                yield row, column, row[column.name]
    for column in metric.summary_columns:
        yield None, column, result.summary[column.name]


def test_every_number_of_the_catalogue(db):
    rng = random.Random(11)
    write_sessions(rng)
    write_tables(rng)
    write_checks(random.Random(12))
    lead = make_user("lea", Role.LEAD)
    with snapshot():
        for metric in METRICS.values():
            tried = 0
            for scope in scopes_of(metric, lead)[:2]:
                for row, column, shown in numbers_of(metric, scope, rng):
                    check_passport(metric, scope, row, column, shown)
                    tried += 1
            assert tried, metric.slug


@pytest.fixture
def march(db):
    return write_march()


def read(lead, slug, **values):
    values = {**MARCH, **values}
    with snapshot():
        number = find_number(METRICS[slug], values, lead, with_records=False)
        return passport_of(number, values)


def test_a_rate_of_a_whole_scope(lea, march):
    passport = read(lea, "review-by-day", column="reject_rate")
    assert passport == Passport(
        title="Reject rate: 40.0\xa0%",
        value="40.0\xa0%",
        in_words="The share of rejected videos among the decided videos.",
        definition=METRICS["review-by-day"].definition,
        above=Term("2", "rejected videos"),
        below=Term("5", "decided videos"),
        # Wilson's interval of 2 in 5.
        interval="11.8–76.9\xa0%",
        interval_words="Wilson's interval, with 5 / 1.0 videos, because those of one session are"
        " alike (3\xa0sessions).",
        left_out=("3 of 8 videos: only decided videos are taken.",),
        change="No comparison: data begin on 10\xa0March.",
        rows=(
            RowsLink(
                "5 decided videos",
                "/rows/review-by-day/?start=2026-03-01&end=2026-03-31&column=reject_rate",
            ),
            RowsLink(
                "of which 2 rejected videos",
                "/rows/review-by-day/?start=2026-03-01&end=2026-03-31&column=rejected",
            ),
        ),
    )


def test_a_share_of_a_row(lea, march):
    passport = read(lea, "decisions", decision="rejected", column="share")
    assert passport.title == "Share, Rejected: 25.0\xa0%"
    assert passport.in_words == "The share with decision Rejected among the videos."
    assert (passport.above, passport.below) == (
        Term("2", "with decision Rejected"),
        Term("8", "videos"),
    )
    assert [link.words for link in passport.rows] == [
        "8 videos",
        "of which 2 with decision Rejected",
    ]
    assert (passport.interval, passport.left_out, passport.change) == ("", (), "")


def test_a_ratio(lea, march):
    passport = read(lea, "review-summary", column="handle_seconds")
    # alice-1: 600 s for 4 videos, 3 of them decided; bob-1: 100 s, 1 decided; 90 s idle.
    assert (passport.above, passport.below) == (
        Term("610", "active seconds"),
        Term("4", "decided videos"),
    )
    assert passport.value == "2\xa0min\xa032\xa0s"
    assert passport.left_out[0] == (
        "1 of 3 review sessions: only review sessions of known length are taken."
    )


def test_a_change_and_its_interval(lea, march):
    values = {"start": "2026-03-11", "end": "2026-03-17"}
    passport = read(lea, "review-by-day", column="videos", **values)
    assert passport.change == "No comparison: data begin on 10\xa0March."


def test_an_interval_of_the_metric_itself(lea, march):
    passport = read(lea, "moderator-review", column="reject_rate", moderator="alice")
    assert passport.title == "Reject rate, alice: 50.0\xa0%"
    assert passport.interval_words == INTERVAL_END
    assert passport.interval.endswith("(95 % interval)")


def test_a_number_without_records(lea, march):
    passport = read(lea, "moderator-review", column="reject_low", moderator="alice")
    assert (passport.in_words, passport.above, passport.rows) == (INTERVAL_END, None, ())


@pytest.mark.parametrize("slug", METRICS)
def test_a_teams_totals_have_none_for_a_moderator(bob, slug):
    team = {"start": "2026-02-01", "end": "2026-02-28", "team": "true"}
    with snapshot(), pytest.raises(Forbidden):
        find_number(METRICS[slug], team, bob, with_records=False)
