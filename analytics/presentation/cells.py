"""The cells of every table on the pages, as HTML.

Written by hand instead of by templates: a page holds some thousands of cells, and each include of a
template costs more than all the database work.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Django's own does the same to a str, after asking whether it is a lazy translation.
from html import escape

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from analytics import formatting
from analytics.templatetags.portal import icon, percent


@dataclass(frozen=True)
class Heading:
    """The heading of a column; ``numeric`` ones stand to the right, over bars to the left.

    ``sorted``: ``ascending`` or ``descending`` where the rows come in its order. ``href``: where
    the server sorts by it. ``passport_url``: what the column's number of all rows is made of.
    """

    label: str
    numeric: bool = False
    sortable: bool = True
    barred: bool = False
    sorted: str = ""
    href: str = ""
    passport_url: str = ""


def unsortable(*labels: str) -> list[Heading]:
    """The headings of a table whose order stays."""
    return [Heading(label, sortable=False) for label in labels]


@dataclass(frozen=True)
class LimitsBar:
    """A value before its limits: places as shares of the bar's length, None where there are none.

    ``shape``: the level of what lies outside, ``few`` for what is not judged, empty within limits.
    """

    value: float
    low: float | None
    high: float | None
    expected: float | None
    shape: str = ""


@dataclass(frozen=True)
class Cell:
    """A cell: its text, and what it is drawn with.

    ``sort`` is what its column is sorted by, if not its text: empty for a missing value. ``bar`` is
    a share (0-1), ``segments`` are swatches and shares of a bar, ``level`` makes the text a mark,
    with ``note`` beside it; ``limits`` draws the value before its limits; ``css_class`` is of a
    span around the text. ``opens``: ``href`` leads to the records behind the number.
    ``anchor`` is the id by which an address leads to its row.
    """

    text: str
    numeric: bool = False
    barred: bool = False
    sort: str | None = None
    href: str = ""
    opens: bool = False
    swatch: str = ""
    pill: bool = False
    indent: bool = False
    bar: float | None = None
    segments: Sequence[tuple[str, float]] = ()
    limits: LimitsBar | None = None
    level: str = ""
    note: str = ""
    css_class: str = ""
    anchor: str = ""


def body_html(rows: Iterable[Sequence[Cell]]) -> SafeString:
    """The rows of a table; the first cell of each is its heading."""
    # Every text in them went through escape() or format_html() below.
    return SafeString("".join(map(row_html, rows)))


def row_html(cells: Sequence[Cell]) -> str:
    """A row of a table, with its tag."""
    line = "".join(cell_html(cell, heading=place == 0) for place, cell in enumerate(cells))
    return f"<tr>{line}</tr>"


def cell_html(cell: Cell, *, heading: bool = False) -> str:
    """A cell with its tag."""
    classes = ""
    if cell.numeric:
        classes = ' class="num barred"' if cell.barred else ' class="num"'
    elif cell.indent:
        classes = ' class="indent"'
    sort = "" if cell.sort is None else f' data-sort="{escape(cell.sort)}"'
    tag, end = ('th scope="row"', "th") if heading else ("td", "td")
    if cell.anchor:
        tag += f' id="{escape(cell.anchor)}"'
    return f"<{tag}{classes}{sort}>{content(cell)}</{end}>"


def content(cell: Cell) -> str:
    """The inside of a cell."""
    if cell.level:
        return level_mark(cell)
    if cell.segments:
        return segments_bar(cell)
    if cell.limits is not None:
        return limits_bar(linked_text(cell), cell.limits)
    if cell.bar is not None:
        return bar(linked_text(cell), cell.bar)
    html: str = linked_text(cell)
    if cell.swatch:
        html = f'<i class="swatch swatch-{escape(cell.swatch)}"></i>{html}'
    if cell.pill:
        html = f'<span class="pill">{html}</span>'
    if cell.css_class:
        html = f'<span class="{escape(cell.css_class)}">{html}</span>'
    return html


def linked_text(cell: Cell) -> SafeString:
    """The text of a cell, as a link where it leads somewhere."""
    text = escape(cell.text)
    if not cell.href:
        return SafeString(text)
    opens = ' class="opens" data-panel' if cell.opens else ""
    return SafeString(f'<a href="{escape(cell.href)}"{opens}>{text}</a>')


def bar(text: SafeString, share: float) -> SafeString:
    """A bar (of 0-1, clipped) with its text after it."""
    return SafeString(
        f'<span class="with-bar"><span class="bar"><i style="--value:{percent(share)}"></i></span>'
        f"<span>{text}</span></span>"
    )


def limits_bar(text: str, limits: LimitsBar) -> SafeString:
    """A value's mark before its limits and what is expected, with its text after it."""
    band = expected = SafeString("")
    if limits.low is not None and limits.high is not None:
        band = format_html(
            '<i class="limits-band" style="--low:{};--high:{}"></i>',
            percent(limits.low),
            percent(limits.high),
        )
    if limits.expected is not None:
        expected = format_html(
            '<i class="limits-expected" style="--at:{}"></i>', percent(limits.expected)
        )
    return format_html(
        '<span class="with-limits"><span class="limits">{}{}<i class="limits-value{}"'
        ' style="--at:{}"></i></span><span>{}</span></span>',
        band,
        expected,
        f" limits-{limits.shape}" if limits.shape else "",
        percent(limits.value),
        text,
    )


def segments_bar(cell: Cell) -> SafeString:
    """A bar of several parts; the cell's text is its name."""
    return format_html(
        '<span class="segments" role="img" aria-label="{}">{}</span>',
        cell.text,
        format_html_join(
            "",
            '<i class="swatch-{}" style="--value:{}"></i>',
            ((name, percent(share)) for name, share in cell.segments),
        ),
    )


#: The other levels are told by their words alone.
LEVEL_ICONS = {"good": "check", "watch": "eye", "act": "act", "note": "note"}


def level_mark(cell: Cell) -> SafeString:
    """A mark with an icon, and the note beside it."""
    return format_html(
        '<span class="level level-{} level-quiet">{}{}</span>{}',
        cell.level,
        icon(LEVEL_ICONS[cell.level]) if cell.level in LEVEL_ICONS else "",
        cell.text,
        format_html(' <span class="quiet">{}</span>', cell.note) if cell.note else "",
    )


def decisions_cell(*, videos: int, accepted: int, rejected: int) -> Cell:
    """The decisions on some videos as a bar of three parts, their numbers as its name."""
    if not videos:
        return Cell(formatting.MISSING)
    parts = {"accepted": accepted, "rejected": rejected, "none": videos - accepted - rejected}
    labels = {"accepted": "accepted", "rejected": "rejected", "none": "without a decision"}
    return Cell(
        ", ".join(f"{formatting.count(n)} {labels[name]}" for name, n in parts.items()),
        segments=[(name, n / videos) for name, n in parts.items() if n],
    )
