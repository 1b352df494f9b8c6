"""A metric's rows as a table for people.

The cells are written by hand instead of by templates: a page holds some thousands of them, and
each include of a template costs more than all the database work.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from analytics import formatting
from analytics.figures import result_columns
from analytics.figures.labels import formatted, numeric
from analytics.figures.palette import FAMILIES, HATCHED
from analytics.metrics.drawing import Drawing, Table
from analytics.metrics.registry import Metric
from analytics.metrics.results import Column, Result, Row, Value
from analytics.templatetags.portal import percent

# A page lists so many rows; the CSV has all.
MAX_ROWS = 500

# Columns whose values have a swatch, and the family of its colours.
SWATCHES = {"decision": "decision", "status": "status", "sound": "sound", "kind": "idle"}

PersonLink = Callable[[str], str]


@dataclass(frozen=True)
class Heading:
    """The heading of a column; ``numeric`` ones stand to the right, over bars to the left.

    ``sorted``: ``ascending`` or ``descending`` where the rows come in its order.
    """

    label: str
    numeric: bool
    sortable: bool = True
    barred: bool = False
    sorted: str = ""


@dataclass(frozen=True)
class TableOf:
    """A table: its headings, its body as HTML, and how many rows it leaves out."""

    columns: list[Heading]
    body: SafeString
    rows: int
    left_out: int


@dataclass(frozen=True)
class IntervalColumn:
    """Two neighbouring columns, ``x_low`` and ``x_high``, told as one."""

    low: Column
    high: Column


def merge_intervals(columns: Sequence[Column]) -> list[Column | IntervalColumn]:
    """Return the columns with the two bounds of an interval put together."""
    told: list[Column | IntervalColumn] = []
    names = {column.name: column for column in columns}
    for column in columns:
        stem = column.name.removesuffix("_low")
        if stem != column.name and f"{stem}_high" in names:
            told.append(IntervalColumn(column, names[f"{stem}_high"]))
        elif not (
            column.name.endswith("_high") and f"{column.name.removesuffix('_high')}_low" in names
        ):
            told.append(column)
    return told


def table(
    metric: Metric,
    result: Result,
    *,
    moderator_link: PersonLink | None = None,
    most: int = MAX_ROWS,
) -> TableOf:
    """Return the table of a metric's rows.

    ``moderator_link`` gives the address of a person's view, for those who may follow it. Session
    ids lead to their pages.
    """
    columns = merge_intervals(result_columns(metric, result))
    links: dict[str, PersonLink] = {"session": session_link}
    if moderator_link is not None:
        links["moderator"] = moderator_link
    tops = bar_tops(metric.drawing, result.rows)
    shown = result.rows[:most]
    lines = ["".join(row_cells(columns, row, links, tops)) for row in shown]
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return TableOf(
        columns=[heading(column, tops) for column in columns],
        # Every text in it went through escape() in the functions below.
        body=mark_safe(body),  # noqa: S308
        rows=len(result.rows),
        left_out=len(result.rows) - len(shown),
    )


def heading(column: Column | IntervalColumn, tops: Mapping[str, float]) -> Heading:
    """Return the heading of a column; ``tops`` has the columns with bars."""
    if isinstance(column, IntervalColumn):
        return Heading(column.low.unit or "Interval", numeric=True)
    return Heading(column.label, numeric(column), barred=bool(tops.get(column.name)))


def session_link(public_id: str) -> str:
    """Return the address of a session's page."""
    return reverse("portal:session", args=[public_id])


def bar_tops(drawing: Drawing, rows: list[Row]) -> dict[str, float]:
    """Return what a full bar stands for, by column: the greatest value, or the whole."""
    if not isinstance(drawing, Table):
        return {}
    tops = {}
    for name in drawing.bars:
        values = [v for row in rows if isinstance(v := row.get(name), int | float)]
        top = max(values, default=0)
        # Shares are of 1: bars over the greatest share would make small differences look big.
        tops[name] = 1.0 if all(isinstance(v, float) for v in values) and top <= 1 else float(top)
    return tops


def row_cells(
    columns: list[Column | IntervalColumn],
    row: Row,
    links: dict[str, PersonLink],
    tops: dict[str, float],
) -> list[str]:
    """Return the cells of a row as HTML; the first is its heading."""
    cells: list[str] = []
    for place, column in enumerate(columns):
        inner: str
        if isinstance(column, IntervalColumn):
            low, high = row.get(column.low.name), row.get(column.high.name)
            inner, sort = escape(interval_words(low, high)), sort_key(low)
            kind = ' class="num"'
        else:
            value = row.get(column.name)
            top = tops.get(column.name)
            inner, sort = cell_inner(column, value, links, top), sort_key(value)
            kind = f' class="num{" barred" if top else ""}"' if numeric(column) else ""
        tag = 'th scope="row"' if place == 0 else "td"
        cells.append(f"<{tag}{kind}{sort}>{inner}</{tag[:2]}>")
    return cells


def sort_key(value: Value) -> str:
    """Return the attribute a column is sorted by: the value itself, not its words."""
    if value is None:
        return ' data-sort=""'
    if isinstance(value, date | datetime):
        return f' data-sort="{value.isoformat()}"'
    if isinstance(value, int | float):
        return f' data-sort="{value!r}"'
    return ""


def interval_words(low: Value, high: Value) -> str:
    """Return an interval of shares: ``24.8–25.7 %``; unknown is a dash."""
    if not isinstance(low, int | float) or not isinstance(high, int | float):
        return formatting.MISSING
    return formatting.with_unit(formatting.share_interval(low, high), "%")


def cell_inner(
    column: Column, value: Value, links: dict[str, PersonLink], top: float | None
) -> str:
    """Return the inside of a cell as HTML: a text, a link, a swatch or a bar with its text."""
    text = escape(formatted(column, value))
    if top and isinstance(value, int | float):
        return bar(formatted(column, value), value / top)
    if column.name in SWATCHES and isinstance(value, str):
        return f'<i class="swatch swatch-{swatch(SWATCHES[column.name], value)}"></i>{text}'
    if column.name in links and isinstance(value, str):
        return f'<a href="{escape(links[column.name](value))}">{text}</a>'
    return text


def bar(text: str, share: float) -> SafeString:
    """Return a bar (of 0-1, clipped) with its text after it, as HTML."""
    return format_html(
        '<span class="with-bar"><span class="bar"><i style="--value:{}"></i></span>'
        "<span>{}</span></span>",
        percent(share),
        text,
    )


def swatch(family: str, value: str) -> str:
    """Return the class of a value's swatch; names without a colour of their own share one."""
    if value in FAMILIES[family]:
        return value
    return "none" if value in HATCHED else "other"
