"""A metric by weekday and hour as a table of shaded links."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from analytics.figures.heat_map import MIN_N, STEPS, hover, is_shaded, shade, shade_range
from analytics.figures.labels import format_value, get_column
from analytics.formatting import MISSING, count
from analytics.formatting import number as decimal_number
from analytics.metrics.drawing import HeatMap
from analytics.metrics.registry import Metric
from analytics.metrics.results import Column, Result, Row, number_in
from analytics.presentation.kept_rows import kept_rows
from analytics.presentation.row_links import RowLinks
from analytics.scope import Scope

Ends = tuple[float, float] | None


@dataclass(frozen=True)
class HeatTable:
    """The table of one value: its headings, its body, and the ends of its scale in words."""

    caption: str
    headings: Sequence[str]
    body: SafeString
    low: str
    high: str
    steps: Sequence[int]
    few: str


def heat_table(metric: Metric, result: Result, scope: Scope, value: str) -> HeatTable | None:
    """The table of ``value``; None for metrics that are drawn otherwise."""
    drawing = metric.drawing
    if not isinstance(drawing, HeatMap) or not result.rows:
        return None
    measured, across = get_column(metric, value), get_column(metric, drawing.column)
    ends = shade_range(drawing, value, result.rows)
    places = [int(number_in(row, drawing.column) or 0) for row in result.rows]
    columns = range(min(places), max(places) + 1)
    links = RowLinks(metric, scope)
    body = format_html_join(
        "",
        "<tr>{}{}</tr>",
        heat_rows(metric, result, value, columns=columns, ends=ends, links=links),
    )
    low, high = ends or (None, None)
    counted = "videos" if value == "videos" else "decided videos"
    return HeatTable(
        caption=f"{measured.label} by weekday and hour, {timezone.get_default_timezone_name()}",
        headings=[f"{at:02}" for at in columns] if across.name == "hour" else [],
        body=body,
        low=format_value(measured, low),
        high=format_value(measured, high),
        steps=range(STEPS),
        few=f"fewer than {MIN_N} {counted}",
    )


def heat_rows(
    metric: Metric, result: Result, value: str, *, columns: range, ends: Ends, links: RowLinks
) -> Iterator[tuple[SafeString, SafeString]]:
    """Yield the heading and the cells of each row, those without data too."""
    drawing = metric.drawing
    assert isinstance(drawing, HeatMap)
    name = get_column(metric, drawing.row)

    def write(row: Row) -> str:
        return heat_cell(metric, value, row, ends=ends, links=links)

    made_of = ("heat", metric.columns, value, ends, links.made_of)
    html = kept_rows(made_of, result.rows, {}, drawing.row, write)
    places = [(row[drawing.row], row[drawing.column]) for row in result.rows]
    by_place = dict(zip(places, html, strict=True))
    nothing = '<td class="none"><span class="visually-hidden">no sessions</span></td>'
    for at in range(1, 8):
        cells = [by_place.get((at, column), nothing) for column in columns]
        heading = format_html('<th scope="row">{}</th>', format_value(name, at)[:3])
        yield heading, SafeString("".join(cells))


def heat_cell(metric: Metric, value: str, row: Row, *, ends: Ends, links: RowLinks) -> SafeString:
    """A cell: its number in the colour of its step, leading to its records."""
    drawing = metric.drawing
    assert isinstance(drawing, HeatMap)
    number = number_in(row, value)
    css = "few"
    if number is not None and ends is not None and is_shaded(drawing, value, row):
        css = f"heat-{shade(number, ends)}"
    text = short_number(get_column(metric, value), number)
    title = hover(drawing, metric, value, row).replace("<br>", ", ").replace("<b>", "")
    title = title.replace("</b>", "")
    href = links.of_row(row).get(value, "")
    title = escape(title)
    if not href:
        return SafeString(f'<td class="{css}" title="{title}">{text}</td>')
    return SafeString(
        f'<td class="{css}"><a href="{escape(href)}" title="{title}" aria-label="{title}">{text}'
        "</a></td>"
    )


def short_number(column: Column, number: float | None) -> str:
    """A number without its unit, which the scale below names; thousands as ``1.2k``."""
    if number is None:
        return MISSING
    if column.type == "share":
        return f"{100 * number:.0f}"
    if column.type == "seconds":
        return f"{number:.0f}"
    return count(int(number)) if number < 1000 else f"{decimal_number(number / 1000)}k"
