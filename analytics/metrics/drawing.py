"""How a metric is drawn: a description, from which ``analytics.figures`` makes a Plotly figure.

``color_family`` names a family of values with fixed colours ("decision", "status", "sound",
"idle"), empty for a plain series.
"""

from dataclasses import dataclass
from typing import Annotated

# A field of this type names a column of the metric; a system check compares them.
ColumnName = Annotated[str, "names a column"]
ColumnNames = Annotated[tuple[str, ...], "names columns"]


@dataclass(frozen=True)
class Drawing:
    """Base of all drawings. ``span``: how many of the page's 12 columns the card takes."""

    span: int = 4


@dataclass(frozen=True)
class KpiStrip(Drawing):
    """A strip of numbers, one for each column; no chart."""

    span: int = 12


@dataclass(frozen=True)
class Table(Drawing):
    """A table; no chart. ``bars``: columns that get a bar in their cells.

    ``segments``: columns of counts by decision, drawn as the parts of a bar at a row's end.
    """

    bars: ColumnNames = ()
    segments: ColumnNames = ()


@dataclass(frozen=True)
class AccuracyTable(Table):
    """A table of accuracies before their intervals, of people before their own limits.

    ``label``: the column that names a row.
    """

    label: ColumnName = ""


@dataclass(frozen=True)
class HeatMap(Drawing):
    """A table of ``values``, one shown at a time, with a shade a cell, by ``row`` and ``column``.

    ``counted``: for each of ``values`` the columns whose sum is what its number rests on.
    """

    row: ColumnName = ""
    column: ColumnName = ""
    values: ColumnNames = ()
    counted: tuple[tuple[str, ...], ...] = ()
    span: int = 12


@dataclass(frozen=True)
class Pie(Drawing):
    """A ring of shares; the first row's share stands in the middle."""

    label: ColumnName = ""
    value: ColumnName = ""
    color_family: str = ""


@dataclass(frozen=True)
class Bars(Drawing):
    """Bars of one series; ``share`` is written under the value; ``horizontal`` for names."""

    label: ColumnName = ""
    value: ColumnName = ""
    share: ColumnName = ""
    color_family: str = ""
    horizontal: bool = False


@dataclass(frozen=True)
class PieAndBars(Drawing):
    """A ring of the shares among the known, beside bars of all."""

    label: ColumnName = ""
    value: ColumnName = ""
    share: ColumnName = ""
    color_family: str = ""


@dataclass(frozen=True)
class Histogram(Drawing):
    """Bins from ``start`` to ``stop`` (seconds), stacked by ``series``."""

    start: ColumnName = ""
    stop: ColumnName = ""
    value: ColumnName = ""
    series: ColumnName = ""
    color_family: str = ""
    span: int = 6


@dataclass(frozen=True)
class SessionLine(Drawing):
    """A dot for each session in order of time, and a running mean.

    Condensed results have the columns day, sessions, mean, low and high instead.
    """

    time: ColumnName = ""
    value: ColumnName = ""
    reference: float | None = None
    span: int = 8


@dataclass(frozen=True)
class ColumnsAndLine(Drawing):
    """Stacked columns by day, and a rate as a line on an axis of its own.

    ``total``: the column that the stack adds up to.
    """

    time: ColumnName = ""
    stack: ColumnNames = ()
    total: ColumnName = ""
    line: ColumnName = ""
    color_family: str = ""
    span: int = 12


@dataclass(frozen=True)
class Lines(Drawing):
    """A line for each series over time; ``n``: the column with the number behind each point.

    ``low`` and ``high``: the columns with the ends of each point's 95 % interval.
    """

    time: ColumnName = ""
    value: ColumnName = ""
    series: ColumnName = ""
    n: ColumnName = ""
    span: int = 12
    low: ColumnName = ""
    high: ColumnName = ""


@dataclass(frozen=True)
class SmallMultiples(Lines):
    """A small drawing for each series on pages; one figure of lines for those who ask for it."""


@dataclass(frozen=True)
class StackedColumns(Drawing):
    """Columns stacked from several measures of different units, or side by side."""

    label: ColumnName = ""
    values: ColumnNames = ()
    span: int = 6


@dataclass(frozen=True)
class ClusteredBars(Drawing):
    """Bars of several measures side by side, each on its own axis."""

    label: ColumnName = ""
    values: ColumnNames = ()
    span: int = 6


@dataclass(frozen=True)
class Gauge(Drawing):
    """A gauge with the lowest, the average, the highest and the target.

    ``target`` is looked up in the result's summary first, then in its row.
    """

    low: ColumnName = ""
    value: ColumnName = ""
    high: ColumnName = ""
    target: str = ""


@dataclass(frozen=True)
class Scatter(Drawing):
    """A dot for each row, with the least-squares line; ``label`` names the dot."""

    x: ColumnName = ""
    y: ColumnName = ""
    label: ColumnName = ""
    span: int = 8


@dataclass(frozen=True)
class Funnel(Drawing):
    """A dot a row: each of ``measures`` against its own amount of work, with limits.

    A measure ``x`` is judged by the columns ``x_expected``, ``x_low``, ``x_high`` and
    ``x_outside``; ``counted`` says what its amounts (``Result.amounts``) count.
    """

    label: ColumnName = ""
    measures: ColumnNames = ()
    counted: tuple[str, ...] = ()
    span: int = 7


@dataclass(frozen=True)
class FourFields(Drawing):
    """A dot a row in four fields around zero; ``x`` and ``y`` are differences from the expected.

    ``flag``: a column of flags; where it holds, the dot is one to act on. ``fields`` name the four
    in the order of reading; the third, where flagged dots lie, is shaded.
    """

    label: ColumnName = ""
    n: ColumnName = ""
    x: ColumnName = ""
    y: ColumnName = ""
    flag: ColumnName = ""
    fields: tuple[str, str, str, str] = ("", "", "", "")
    span: int = 5
