"""What charts over days share: weeks and months, weekends, means, and the period before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from analytics.figures.labels import escape_text
from analytics.figures.layout import MAX_TICKS, Figure, Trace, hover_properties, plotly_date
from analytics.figures.opening import opens_steps
from analytics.figures.palette import Palette
from analytics.metrics.grains import Step

DAY_MS = 86_400_000
#: Of more days weekends would be stripes that no one can count.
MAX_WEEKEND_DAYS = 190
PARTIAL_OPACITY = 0.45
MEAN_NAME = "mean of seven days"


@dataclass(frozen=True)
class Earlier:
    """The period before a chart's: a value for each of ``before``, drawn at one of ``steps``.

    ``opens``: the parameters by which a value opens its records, and ``metric`` the slug if it is
    not the chart's.
    """

    name: str
    steps: Sequence[Step]
    before: Sequence[Step]
    values: Sequence[float | None]
    texts: Sequence[str]
    opens: Mapping[str, str] = field(default_factory=dict)
    metric: str = ""


def with_steps(figure: Figure, steps: Sequence[Step]) -> Figure:
    """The figure whose points, one for each of ``steps``, stand in their middle with their name."""
    # Else a long word at a shift would widen the axis.
    ends = [f"{steps[0].first - timedelta(days=1)}T08:00", f"{steps[-1].last}T16:00"]
    xaxis = {**figure["layout"]["xaxis"], "range": ends}
    if any(step.days > 1 for step in steps):
        xaxis.pop("dtick", None)
        named_steps = steps[:: -(-len(steps) // MAX_TICKS)]
        xaxis |= {
            "tickmode": "array",
            "tickvals": [plotly_date(step.middle) for step in named_steps],
            "ticktext": [step.label.split(",")[0].split(" (")[0] for step in named_steps],
        }
    layout = {**figure["layout"], "xaxis": xaxis}
    data = [of_steps(trace, steps) for trace in figure["data"]]
    return {**figure, "data": data, "layout": layout}


def of_steps(trace: Trace, steps: Sequence[Step]) -> Trace:
    """A trace with a point a step."""
    changed = {**trace, "x": [plotly_date(step.middle) for step in steps]}
    if "hovertext" in trace:
        changed["hovertext"] = [
            named(text, step) for text, step in zip(trace["hovertext"], steps, strict=True)
        ]
    if trace["type"] == "bar":
        opacity = [PARTIAL_OPACITY if step.is_partial else 1.0 for step in steps]
        changed["marker"] = {**trace["marker"], "opacity": opacity}
        if any(step.days > 1 for step in steps):
            changed["width"] = [0.8 * step.days * DAY_MS for step in steps]
    return changed


def named(text: str, step: Step) -> str:
    """A hover with the name of its days as heading."""
    heading, _, rest = text.partition("<br>")
    return f"<b>{escape_text(step.label)}</b><br>{rest}" if rest else heading


def with_weekends(
    figure: Figure, first: date, last: date, palette: Palette, *, is_centred: bool = True
) -> Figure:
    """The figure with a shade behind Saturdays and Sundays.

    ``is_centred``: a day stands around its midnight, where days are drawn, not after it as where
    moments are.
    """
    days = (last - first).days + 1
    if days > MAX_WEEKEND_DAYS:
        return figure
    saturdays = [
        day
        for day in (first + timedelta(days=n) for n in range(-1, days))
        if day.isoweekday() == 6 and day + timedelta(days=1) >= first
    ]
    shapes = [
        weekend(max(day, first), min(day + timedelta(days=1), last), palette, is_centred=is_centred)
        for day in saturdays
    ]
    layout = figure["layout"]
    return {**figure, "layout": {**layout, "shapes": [*shapes, *layout.get("shapes", [])]}}


def weekend(first: date, last: date, palette: Palette, *, is_centred: bool) -> dict[str, Any]:
    """The shade of the days of a weekend."""
    one = timedelta(days=1)
    return {
        "type": "rect",
        "x0": f"{first - one}T12:00" if is_centred else plotly_date(first),
        "x1": f"{last}T12:00" if is_centred else plotly_date(last + one),
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "layer": "below",
        "fillcolor": palette["field"],
        "line": {"width": 0},
    }


def mean_trace(steps: Sequence[Step], means: Sequence[float | None], palette: Palette) -> Trace:
    """The means of the seven days around each day; without hovers, which its days have."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": MEAN_NAME,
        "x": [plotly_date(step.middle) for step in steps],
        "y": list(means),
        "line": {"color": palette["series"], "width": 2.2},
        "hoverinfo": "skip",
    }


def with_means(
    figure: Figure, steps: Sequence[Step], means: Sequence[float | None], palette: Palette
) -> Figure:
    """The figure with the means of seven days; over columns with a halo, over a line as the line.

    Of a line the days themselves are dots then.
    """
    mean = mean_trace(steps, means, palette)
    data = figure["data"]
    if any(trace["type"] == "bar" for trace in data):
        halo = {**mean, "line": {"color": palette["surface"], "width": 5}}
        return {**figure, "data": [*data, halo, mean]}
    dots = {**data[-1], "mode": "markers"}
    dots["marker"] = {"size": 5, "color": palette["series"], "opacity": 0.55}
    return {**figure, "data": [*data[:-1], dots, mean]}


def earlier_trace(earlier: Earlier, palette: Palette) -> Trace:
    """The period before as dotted steps, each over the days of its weekdays."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": escape_text(earlier.name),
        "x": [plotly_date(step.middle) for step in earlier.steps],
        "y": list(earlier.values),
        "line": {"color": palette["edge"], "width": 1.6, "dash": "dot", "shape": "hvh"},
        **hover_properties([escape_text(text) for text in earlier.texts]),
        **opens_steps(earlier.before, earlier.opens, metric=earlier.metric),
    }
