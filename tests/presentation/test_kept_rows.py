"""Rows of tables: written once, and again for whatever else they are made of."""

from datetime import UTC, date, datetime

import pytest

from analytics.access import PORTAL
from analytics.display import DEFAULT, DateFormat, Display, NumberFormat, activate
from analytics.keeping import KeptThings
from analytics.metrics.registry import METRICS
from analytics.metrics.results import Result
from analytics.presentation import kept_rows
from analytics.presentation.card_builder import PersonLinks
from analytics.presentation.kept_rows import forget_rows
from analytics.presentation.row_links import RowLinks
from analytics.presentation.tables import metric_table
from analytics.scope import Scope

FORMATS = (
    DEFAULT,
    Display(NumberFormat.SPACE_COMMA),
    Display(date_format=DateFormat.ISO),
    Display(time_zone="Asia/Tokyo"),
)


@pytest.fixture(autouse=True)
def cold():
    forget_rows()


def written_by(rows):
    """What is written for a metric's rows, and what stands on the page."""
    written = []

    def write(row):
        written.append(row)
        return f"<tr>{row}</tr>"

    return written, kept_rows.kept_rows("table", rows, {}, "day", write)


def test_only_rows_that_changed_are_written_again():
    first, second, changed = ({"day": date(2026, 3, day), "n": 5} for day in (1, 2, 2))
    changed["n"] = 6
    assert written_by([first, second])[0] == [first, second]
    written, html = written_by([first, changed])
    assert (written, html) == ([changed], [f"<tr>{first}</tr>", f"<tr>{changed}</tr>"])
    # Rows that a table no longer has are not kept.
    assert written_by([second])[0] == [second]


@pytest.mark.parametrize(
    ("value", "other"), [(1, 1.0), (1, True), (0, False), ("2026-03-01", date(2026, 3, 1))]
)
def test_values_alike_of_two_types_are_two(value, other):
    written_by([{"day": 0, "n": value}])
    assert written_by([{"day": 0, "n": other}])[0] == [{"day": 0, "n": other}]


def test_the_same_values_under_other_names_are_another_row():
    written_by([{"day": 0, "start": 5}])
    assert written_by([{"day": 0, "end": 5}])[0] == [{"day": 0, "end": 5}]


def test_what_is_kept_has_a_limit(monkeypatch):
    monkeypatch.setattr(kept_rows, "_tables", KeptThings(4_000, kept_rows.bytes_of))
    written_by([{"n": number} for number in range(10)])
    assert len(written_by([{"n": number} for number in range(10)])[0]) == 10
    written_by([{"n": number} for number in range(3)])
    assert written_by([{"n": number} for number in range(3)])[0] == []


def tables():
    """Tables that differ in one thing each: metric, rows, scope, links, bars, words."""
    day = date(2026, 3, 1)
    days = [{"day": day, "videos": 1234, "reject_rate": 0.25}]
    shares = [{"decision": "accepted", "videos": 1234, "share": 0.5}]
    people = [{"moderator": "ann", "sessions": 1, "at": datetime(2026, 3, 1, 20, tzinfo=UTC)}]
    scopes = [Scope(PORTAL), Scope(PORTAL, start=day), Scope(PORTAL, start=day, team=True)]
    for slug, rows in (
        ("review-by-day", days),
        ("decisions", shares),
        ("moderator-review", people),
        ("moderator-review", [*people, {**people[0], "moderator": "bob", "sessions": 2}]),
    ):
        metric = METRICS[slug]
        yield lambda metric=metric, rows=rows: metric_table(metric, Result(rows))
        yield lambda metric=metric, rows=rows: metric_table(
            metric, Result(rows), words={day: "One <day>"}
        )
        for query in ("start=", "start=2026-03-01"):
            yield lambda metric=metric, rows=rows, query=query: metric_table(
                metric, Result(rows), moderator_link=PersonLinks(query)
            )
        for scope in scopes:
            yield lambda metric=metric, rows=rows, scope=scope: metric_table(
                metric, Result(rows), row_links=RowLinks(metric, scope)
            )


def test_a_table_is_the_same_whatever_was_kept_before():
    made = []
    for table in tables():
        for display in FORMATS:
            forget_rows()
            with activate(display):
                made.append(table())
    forget_rows()
    for _ in range(2):
        kept = []
        for table in tables():
            for display in FORMATS:
                with activate(display):
                    kept.append(table())
        assert kept == made
