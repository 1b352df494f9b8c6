"""How a metric is drawn: a description, from which ``analytics.figures`` makes a Plotly figure.

Each field names a column of the metric. ``colours`` names a family of fixed meanings
("decision", "status", "sound", "idle"), empty for a plain series.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Drawing:
    """Base of all drawings. ``span``: how many of the page's 12 columns the card takes."""

    span: int = 4


@dataclass(frozen=True)
class FigureStrip(Drawing):
    """A strip of figures, one a column; no chart."""

    span: int = 12


@dataclass(frozen=True)
class Table(Drawing):
    """A table; no chart. ``bars``: columns that get a bar in their cells."""

    bars: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pie(Drawing):
    """A ring of shares; the first row's share stands in the middle."""

    label: str = ""
    value: str = ""
    colours: str = ""


@dataclass(frozen=True)
class Bars(Drawing):
    """Bars of one series; ``share`` is written under the value; ``horizontal`` for names."""

    label: str = ""
    value: str = ""
    share: str = ""
    colours: str = ""
    horizontal: bool = False


@dataclass(frozen=True)
class PieAndBars(Drawing):
    """A ring of the shares among the known, beside bars of all."""

    label: str = ""
    value: str = ""
    share: str = ""
    colours: str = ""


@dataclass(frozen=True)
class Histogram(Drawing):
    """Bins from ``start`` to ``stop`` (seconds), stacked by ``series``."""

    start: str = ""
    stop: str = ""
    value: str = ""
    series: str = ""
    colours: str = ""
    span: int = 6


@dataclass(frozen=True)
class SessionLine(Drawing):
    """A dot a session in order of time, and a running mean.

    Condensed results have the columns day, sessions, mean, low and high instead.
    """

    time: str = ""
    value: str = ""
    reference: float | None = None
    span: int = 8


@dataclass(frozen=True)
class ColumnsAndLine(Drawing):
    """Stacked columns by day, and a rate as a line on an axis of its own."""

    time: str = ""
    stack: tuple[str, ...] = ()
    line: str = ""
    colours: str = ""
    span: int = 12


@dataclass(frozen=True)
class Lines(Drawing):
    """A line a series over time; ``n``: the column with the number behind each point."""

    time: str = ""
    value: str = ""
    series: str = ""
    n: str = ""
    span: int = 12


@dataclass(frozen=True)
class StackedColumns(Drawing):
    """Columns stacked from several measures of different units, or side by side."""

    label: str = ""
    values: tuple[str, ...] = ()
    span: int = 6


@dataclass(frozen=True)
class ClusteredBars(Drawing):
    """Bars of several measures side by side, each on its own axis."""

    label: str = ""
    values: tuple[str, ...] = ()
    span: int = 6


@dataclass(frozen=True)
class Gauge(Drawing):
    """A gauge with the least, the average, the greatest and the target."""

    low: str = ""
    value: str = ""
    high: str = ""
    target: str = ""


@dataclass(frozen=True)
class Scatter(Drawing):
    """A dot a row with the least-squares line; ``label`` names the dot."""

    x: str = ""
    y: str = ""
    label: str = ""
    span: int = 8
