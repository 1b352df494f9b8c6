"""A metric's rows as a table for people."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType

from django.utils.safestring import SafeString

from analytics import formatting
from analytics.figures import result_columns
from analytics.figures.labels import axis_unit, format_value, is_numeric
from analytics.figures.palette import COLOR_FAMILIES, HATCHED_VALUES
from analytics.metrics.drawing import Drawing, Table
from analytics.metrics.registry import Metric
from analytics.metrics.results import Column, Result, Row, Value, number_in
from analytics.presentation.cells import Cell, Heading, row_html
from analytics.presentation.kept_rows import kept_rows
from analytics.presentation.row_links import RowLinks, keyed_address

# A page lists so many rows; the CSV has all.
MAX_ROWS = 500

# Columns whose values have a swatch, and the family of its colours.
SWATCHES = {"decision": "decision", "status": "status", "sound": "sound", "kind": "idle"}

PersonLink = Callable[[str], str]


@dataclass(frozen=True)
class MetricTable:
    """A table: its headings, its body as HTML, and how many rows it leaves out."""

    columns: list[Heading]
    body: SafeString
    rows: int
    left_out: int


@dataclass(frozen=True)
class IntervalColumn:
    """The columns of the two ends of an interval, shown as one."""

    low: Column
    high: Column


def other_end(column: Column) -> str:
    """The name of the column of the upper end of an interval; empty for any other column."""
    if column.name == "low" and column.unit == "95 % interval":
        return "high"
    stem = column.name.removesuffix("_low")
    return "" if stem == column.name else f"{stem}_high"


def merge_intervals(columns: Sequence[Column]) -> list[Column | IntervalColumn]:
    """Put the two ends of each interval together, at the place of the lower: ``x_low``, ``x_high``.

    Besides ``low`` and ``high``, where they are an interval and no extremes.
    """
    names = {column.name: column for column in columns}
    upper = {column.name: end for column in columns if (end := other_end(column)) in names}
    return [
        IntervalColumn(column, names[upper[column.name]]) if column.name in upper else column
        for column in columns
        if column.name not in upper.values()
    ]


def metric_table(
    metric: Metric,
    result: Result,
    *,
    moderator_link: PersonLink | None = None,
    row_links: RowLinks | None = None,
    words: Mapping[Value, str] = MappingProxyType({}),
    max_rows: int = MAX_ROWS,
) -> MetricTable:
    """The first ``max_rows`` rows of a metric as a table.

    ``moderator_link`` gives the address of a person's page, for viewers who may open it; equal
    ones give the same. Session
    and video ids lead to their pages, numbers to the records behind them. ``words``: what the
    days in the first column stand for.
    """
    columns = merge_intervals(result_columns(metric, result))
    links: dict[str, PersonLink] = {"session": session_link, "video": video_link}
    if moderator_link is not None:
        links["moderator"] = moderator_link
    tops = bar_tops(metric.drawing, result.rows)
    rows = result.rows[:max_rows]
    first = result_columns(metric, result)[0].name
    parts = segment_names(metric, result)

    def write(row: Row) -> str:
        opened = {} if row_links is None else row_links.numbers_of_row(row)
        cells = in_words(row_cells(columns, row, links, tops, opened), words.get(row.get(first)))
        return row_html([*cells, *segment_cells(row, parts)])

    made_of = (
        tuple(columns),
        moderator_link,
        tuple(tops.items()),
        None if row_links is None else row_links.made_of,
        tuple(parts),
    )
    return MetricTable(
        columns=[
            *(heading(column, tops, row_links) for column in columns),
            *([Heading("Decisions", sortable=False)] if parts else []),
        ],
        # Every text in them went through escape() or format_html().
        body=SafeString("".join(kept_rows(made_of, rows, words, first, write))),
        rows=len(result.rows),
        left_out=len(result.rows) - len(rows),
    )


def segment_names(metric: Metric, result: Result) -> Sequence[str]:
    """The columns whose counts are drawn as a bar's parts, where the result has them."""
    if not isinstance(metric.drawing, Table):
        return ()
    names = {column.name for column in result_columns(metric, result)}
    return metric.drawing.segments if names.issuperset(metric.drawing.segments) else ()


def segment_cells(row: Row, names: Sequence[str]) -> list[Cell]:
    """A bar of a row's counts by decision; none without ``names``."""
    counts = {name: number_in(row, name) or 0 for name in names}
    total = sum(counts.values())
    if not total:
        return []
    return [
        Cell(
            ", ".join(f"{formatting.count(n)} {name}" for name, n in counts.items()),
            segments=[(name, n / total) for name, n in counts.items() if n],
        )
    ]


def in_words(cells: list[Cell], words: str | None) -> list[Cell]:
    """The cells of a row, the first of them in ``words`` where there are any."""
    return cells if words is None else [replace(cells[0], text=words), *cells[1:]]


def heading(
    column: Column | IntervalColumn, tops: Mapping[str, float], links: RowLinks | None
) -> Heading:
    """A column's heading; ``tops`` has the columns with bars."""
    if isinstance(column, IntervalColumn):
        return Heading(column.low.unit or "Interval", numeric=True)
    return Heading(
        column.label,
        is_numeric(column),
        barred=bool(tops.get(column.name)),
        passport_url="" if links is None else links.passport(column),
    )


def session_link(public_id: str) -> str:
    """The address of a session's page."""
    return keyed_address("portal:session", public_id)


def video_link(public_id: str) -> str:
    """The address of a video's page."""
    return keyed_address("portal:video", public_id)


def bar_tops(drawing: Drawing, rows: list[Row]) -> dict[str, float]:
    """The value of a full bar by column: the greatest value, or 1 for shares."""
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
    opened: Mapping[str, str],
) -> list[Cell]:
    """A row's cells; the first is its heading. ``opened``: addresses of records by column."""
    return [
        interval_cell(
            column.low,
            row.get(column.low.name),
            row.get(column.high.name),
            opened.get(column.low.name, ""),
        )
        if isinstance(column, IntervalColumn)
        else value_cell(
            column, row.get(column.name), links, tops.get(column.name), opened.get(column.name, "")
        )
        for column in columns
    ]


def sort_key(value: Value) -> str | None:
    """What a column is sorted by: the value itself, not its words; None where those are it."""
    if value is None:
        return ""
    if isinstance(value, date | datetime):
        return value.isoformat()
    return repr(value) if isinstance(value, int | float) else None


def interval_cell(column: Column, low: Value, high: Value, opened: str = "") -> Cell:
    """An interval of a column's values: ``24.8–25.7 %``, ``31.0–48.5 s``; unknown is a dash."""
    text = formatting.MISSING
    if isinstance(low, int | float) and isinstance(high, int | float):
        if column.type == "share":
            text = formatting.with_unit(formatting.share_interval(low, high), "%")
        else:
            text = formatting.with_unit(formatting.interval(low, high), axis_unit(column))
    href = opened if text != formatting.MISSING else ""
    return Cell(text, numeric=True, sort=sort_key(low), href=href, opens=bool(href))


def value_cell(
    column: Column,
    value: Value,
    links: Mapping[str, PersonLink],
    top: float | None,
    opened: str = "",
) -> Cell:
    """A value of a column; ``top`` is what a full bar stands for, ``opened`` its records' page."""
    known_name = value if isinstance(value, str) else None
    return Cell(
        format_value(column, value),
        numeric=is_numeric(column),
        barred=bool(top),
        sort=sort_key(value),
        bar=value / top if top and isinstance(value, int | float) else None,
        swatch=swatch(SWATCHES[column.name], known_name)
        if known_name is not None and column.name in SWATCHES
        else "",
        href=links[column.name](known_name)
        if known_name is not None and column.name in links
        else opened,
        opens=bool(opened),
    )


def swatch(family: str, value: str) -> str:
    """The CSS name of a value's swatch; values without a colour of their own share one."""
    if value in COLOR_FAMILIES[family]:
        return value
    return "none" if value in HATCHED_VALUES else "other"
