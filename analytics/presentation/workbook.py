"""A page's metrics as a workbook: a sheet each, and one that says what they are and whose."""

from collections.abc import Iterator
from typing import BinaryIO

from django.conf import settings

from analytics import formatting
from analytics.access import Forbidden, TooFewPeople
from analytics.metrics.registry import METRICS
from analytics.metrics.results import Column, Result
from analytics.presentation import periods
from analytics.presentation.outcomes import accepted_scope
from analytics.presentation.page_body import visible_cards, visible_kpis
from analytics.presentation.pages import Page
from analytics.scope import Scope
from analytics.summaries.snapshots import current_state
from analytics.workbooks import Sheet, write_workbook


def page_workbook(page: Page, scope: Scope, *, address: str) -> BinaryIO:
    """The figures and cards of a page that the viewer may see, as the file of a workbook.

    ``address`` is where the page shows the same. Must be called inside a snapshot. Raises
    ``Forbidden`` and ``TooFewPeople`` where the page would, ``TooManyRows`` for a sheet.
    """
    kpi_metrics = [kpi.metric for kpi in visible_kpis(page, scope)]
    slugs = list(dict.fromkeys([*kpi_metrics, *visible_cards(page, scope)]))
    if not slugs:
        raise Forbidden("team", f"{page.title} is not among the team's totals; ask for your own")
    results: dict[str, Result] = {}
    refusal: TooFewPeople | None = None
    for slug in slugs:
        metric = METRICS[slug]
        if any(getattr(scope, parameter) is None for parameter in metric.needs):
            continue  # It is of one session, and the page of many.
        try:
            # Every row: a chart may be condensed, a workbook is not.
            results[slug] = metric(accepted_scope(metric, scope))
        except TooFewPeople as error:
            refusal = error
    if refusal is not None and not results:
        raise refusal
    return write_workbook(sheets(page, scope, results, address=address))


def sheets(
    page: Page, scope: Scope, results: dict[str, Result], *, address: str
) -> Iterator[Sheet]:
    """Yield the sheet about the others, then a sheet a metric."""
    yield Sheet(
        "About",
        ("Sheet", "What it is", "n", "What is left out"),
        ("text", "text", "text", "text"),
        about_rows(page, scope, results, address=address),
    )
    for slug, result in results.items():
        columns = METRICS[slug].for_viewer(scope.viewer).columns
        yield Sheet(
            METRICS[slug].title,
            [heading(column) for column in columns],
            [column.type for column in columns],
            ([row[column.name] for column in columns] for row in result.rows),
        )


def heading(column: Column) -> str:
    """The column's words, with its unit where they do not say it."""
    says_unit = not column.unit or column.unit in column.label.lower()
    return column.label if says_unit else f"{column.label} ({column.unit})"


def about_rows(
    page: Page, scope: Scope, results: dict[str, Result], *, address: str
) -> Iterator[tuple[str, str, str, str]]:
    """Yield whose data they are and of when, then a row for each sheet."""
    changed_at = current_state().changed_at
    yield page.title, periods.describe_scope(scope), "", ""
    yield "As of", changed_at.isoformat() if changed_at else "no data yet", "", ""
    yield "Days and times", settings.TIME_ZONE, "", ""
    yield "Address", address, "", ""
    for slug, result in results.items():
        metric = METRICS[slug]
        n = "" if result.n is None else f"{formatting.count(result.n)} {metric.counted}"
        yield metric.title, metric.definition, n, " ".join(map(str, result.notes))
