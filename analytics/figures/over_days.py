"""What charts over days share: weeks and months, weekends, and the period before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from analytics.figures.labels import escape_text
from analytics.figures.layout import MAX_TICKS, Figure, Trace, hover_properties, plotly_date
from analytics.figures.opening import hover_templates
from analytics.figures.palette import Palette

DAY_MS = 86_400_000
#: Of more days weekends would be stripes that no one can count.
MAX_WEEKEND_DAYS = 190
PARTIAL_OPACITY = 0.45


@dataclass(frozen=True)
class DaySpan:
    """The days that a point stands for; ``is_partial``: a week or month has more."""

    first: date
    last: date
    is_partial: bool
    label: str

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    @property
    def middle(self) -> date:
        """The day in the middle."""
        return self.first + timedelta(days=self.days // 2)


def with_spans(figure: Figure, spans: Sequence[DaySpan]) -> Figure:
    """The figure whose points, one for each of ``spans``, are named and opened by their days."""
    layout = figure["layout"]
    if any(span.days > 1 for span in spans):
        xaxis = {name: value for name, value in layout["xaxis"].items() if name != "dtick"}
        if len(spans) <= MAX_TICKS:
            middles = [plotly_date(span.middle) for span in spans]
            texts = [span.label.split(",")[0].split(" (")[0] for span in spans]
            xaxis |= {"tickmode": "array", "tickvals": middles, "ticktext": texts}
        layout = {**layout, "xaxis": xaxis}
    data = [of_spans(trace, spans) for trace in figure["data"]]
    return {**figure, "data": data, "layout": layout}


def of_spans(trace: Trace, spans: Sequence[DaySpan]) -> Trace:
    """A trace with a point a span; longer ones than a day stand in their middle."""
    changed = {
        **trace,
        "x": [plotly_date(span.middle) for span in spans],
        "hovertext": [
            named(text, span) for text, span in zip(trace["hovertext"], spans, strict=True)
        ],
    }
    if any(span.days > 1 for span in spans) and "customdata" in trace:
        days = [[plotly_date(span.first), plotly_date(span.last)] for span in spans]
        changed |= {"customdata": days, "hovertemplate": hover_templates(days)}
        changed["meta"] = {**trace["meta"], "keys": ["start", "end"]}
    if trace["type"] == "bar":
        opacity = [PARTIAL_OPACITY if span.is_partial else 1.0 for span in spans]
        changed["marker"] = {**trace["marker"], "opacity": opacity}
        if any(span.days > 1 for span in spans):
            changed["width"] = [0.8 * span.days * DAY_MS for span in spans]
    return changed


def named(text: str, span: DaySpan) -> str:
    """A hover with the name of its days as heading."""
    heading, _, rest = text.partition("<br>")
    return f"<b>{escape_text(span.label)}</b><br>{rest}" if rest else heading


def with_weekends(figure: Figure, first: date, last: date, palette: Palette) -> Figure:
    """The figure with a shade behind Saturdays and Sundays."""
    days = (last - first).days + 1
    if days > MAX_WEEKEND_DAYS:
        return figure
    saturdays = [
        day
        for day in (first + timedelta(days=n) for n in range(-1, days))
        if day.isoweekday() == 6 and day + timedelta(days=1) >= first
    ]
    shapes = [
        weekend(max(day, first), min(day + timedelta(days=1), last), palette) for day in saturdays
    ]
    layout = figure["layout"]
    return {**figure, "layout": {**layout, "shapes": [*shapes, *layout.get("shapes", [])]}}


def weekend(first: date, last: date, palette: Palette) -> dict[str, Any]:
    """The shade of the days of a weekend."""
    return {
        "type": "rect",
        "x0": f"{first - timedelta(days=1)}T12:00",
        "x1": f"{last}T12:00",
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "layer": "below",
        "fillcolor": palette["field"],
        "line": {"width": 0},
    }


def earlier_trace(
    days: Sequence[date], values: Sequence[float], texts: Sequence[str], palette: Palette
) -> Trace:
    """The period before as dotted steps, each over the day of its weekday."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "earlier",
        "x": [plotly_date(day) for day in days],
        "y": list(values),
        "line": {"color": palette["edge"], "width": 1.6, "dash": "dot", "shape": "hvh"},
        **hover_properties([escape_text(text) for text in texts]),
    }
