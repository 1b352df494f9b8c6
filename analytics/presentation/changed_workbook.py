"""What changed as a workbook: a sheet a list, and one that says how it was judged."""

from collections.abc import Iterator
from typing import BinaryIO

from django.conf import settings

from analytics.insights.period_changes import ChangeList, PeriodChanges
from analytics.insights.since import since_words
from analytics.presentation import periods
from analytics.presentation.changed import CHANGE_UNITS, evidence, verdict
from analytics.summaries.snapshots import current_state
from analytics.workbooks import Sheet, write_workbook

COLUMNS = ("What", "Before", "Now", "Change", "Low", "High", "Unit", "Verdict")
TYPES = ("text", "number", "number", "number", "number", "number", "text", "text")


def changed_workbook(changes: PeriodChanges, *, address: str) -> BinaryIO:
    """The lists as the file of a workbook; ``address``: where the page shows the same.

    Without a period before it says why. Must be called inside a snapshot.
    """
    return write_workbook(sheets(changes, address=address))


def sheets(changes: PeriodChanges, *, address: str) -> Iterator[Sheet]:
    """Yield the sheet about the others, then a sheet a list."""
    text = ("text", "text", "text")
    yield Sheet("About", ("Sheet", "What it is", "n"), text, about(changes, address=address))
    for one in changes.lists:
        yield Sheet(one.title, COLUMNS, TYPES, list_rows(one, changes))


def about(changes: PeriodChanges, *, address: str) -> Iterator[tuple[str, str, str]]:
    """Yield whose data they are and how they were judged, then a row for each sheet."""
    changed_at = current_state().changed_at
    yield "What changed", periods.describe_scope(changes.scope), ""
    if changes.before is not None:
        yield "Compared with", periods.describe_dates(changes.before), ""
        yield "How it is judged", evidence(changes), ""
    if changes.reason:
        yield "Not compared", changes.reason, ""
    yield "As of", changed_at.isoformat() if changed_at else "no data yet", ""
    yield "Days and times", settings.TIME_ZONE, ""
    yield "Address", address, ""
    for one in changes.lists:
        yield one.title, one.subtitle, f"{one.compared} compared, {len(one.changed)} changed"


def list_rows(one: ChangeList, changes: PeriodChanges) -> Iterator[tuple[str | float | None, ...]]:
    """Yield a list's rows: numbers as they are, changes of counts and shares as shares."""
    since = since_words(changes)
    for each in one.shown:
        candidate = each.candidate
        unit = "of before" if candidate.kind == "count" else CHANGE_UNITS[candidate.kind][2]
        yield (
            candidate.name, candidate.before, candidate.now, each.change, each.low, each.high,
            unit, verdict(each, since),
        )  # fmt: skip
