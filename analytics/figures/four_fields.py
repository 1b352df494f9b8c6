"""Two differences from what is expected, as a dot a person in four fields: no order among them."""

import math
from dataclasses import dataclass
from typing import Any

from analytics.figures import labels
from analytics.figures.layout import Figure, Trace, hover_properties, layout, value_axis
from analytics.figures.palette import Palette
from analytics.figures.registry import Legend, register_rendering
from analytics.formatting import MINUS, number
from analytics.metrics.drawing import FourFields
from analytics.metrics.registry import Metric
from analytics.metrics.results import Result, Row, number_in

#: The least that an axis shows to either side of what is expected.
MIN_REACH = 0.25
#: Beyond the outermost dots: to the sides, and up and down, where the fields' names stand.
ROOM = 1.2
ROOM_FOR_NAMES = 1.45
#: Neither side is shorter than this part of the other: the fields' names have to fit.
MIN_SIDE = 0.6
#: The most people outside the box whose names stand beside their dots.
MAX_NAMES = 6
#: Where the four names stand, as parts of the picture, with the side they are aligned to.
CORNERS = ((0.0, 1.0), (1.0, 1.0), (0.0, 0.0), (1.0, 0.0))


def four_fields(drawing: FourFields, metric: Metric, result: Result, palette: Palette) -> Figure:
    """A dot a row that has both differences; those that are flagged are diamonds with a name."""
    rows = [
        row
        for row in result.rows
        if None not in (number_in(row, drawing.x), number_in(row, drawing.y))
    ]
    box = result.summary
    flagged = [row for row in rows if row[drawing.flag]]
    unflagged = [row for row in rows if not row[drawing.flag]]
    halo = {"color": palette["surface"], "width": 1.5}
    inside = {"size": 10, "opacity": 0.85, "color": palette["series"], "line": halo}
    outside = {"symbol": "diamond", "size": 14, "color": palette["act"], "line": halo}
    traces = []
    if unflagged:
        beyond = names_beyond(drawing, unflagged, box)
        traces.append(dots(drawing, metric, unflagged, inside, palette) | beyond)
    if flagged:
        traces.append(dots(drawing, metric, flagged, outside, palette) | names(drawing, flagged))
    x, y = (labels.get_column(metric, name) for name in (drawing.x, drawing.y))
    reach_x = reach(rows, drawing.x, ROOM, box_ends(box, "time"))
    reach_y = reach(rows, drawing.y, ROOM_FOR_NAMES, box_ends(box, "completion"))
    return {
        "data": traces,
        "layout": layout(
            palette,
            meta={"opens": "person"},
            shapes=[shaded_field(reach_x, reach_y, palette), *ordinary_box(box, palette)],
            annotations=[
                corner(name, at, palette) for name, at in zip(drawing.fields, CORNERS, strict=True)
            ],
            xaxis=difference_axis(f"{x.label}, % (slower →)", reach_x, palette),
            yaxis=difference_axis(f"{y.label}, points", reach_y, palette),
        ),
    }


@dataclass(frozen=True)
class Reach:
    """How far an axis goes below and above zero, which is what is expected."""

    low: float
    high: float


def box_ends(box: Row | None, of: str) -> list[float]:
    """Between which differences it is ordinary; empty where that is not known."""
    ends = () if box is None else (number_in(box, f"{of}_low"), number_in(box, f"{of}_high"))
    return [end for end in ends if end is not None]


def ordinary_box(box: Row | None, palette: Palette) -> list[dict[str, Any]]:
    """The dashed box in which somebody with the usual amount of work lies."""
    across, up = box_ends(box, "time"), box_ends(box, "completion")
    if not across or not up:
        return []
    corners = {"x0": across[0], "x1": across[1], "y0": up[0], "y1": up[1]}
    line = {"color": palette["limit"], "width": 1.2, "dash": "dot"}
    return [{"type": "rect", "layer": "below", "line": line, **corners}]


def names_beyond(drawing: FourFields, rows: list[Row], box: Row | None) -> dict[str, Any]:
    """The names beside the dots outside the box; nothing where nobody is, or too many are."""
    across, up = box_ends(box, "time"), box_ends(box, "completion")
    if not across or not up:
        return {}
    texts = [
        ""
        if across[0] <= (number_in(row, drawing.x) or 0.0) <= across[1]
        and up[0] <= (number_in(row, drawing.y) or 0.0) <= up[1]
        else labels.tick_label(str(row[drawing.label]))
        for row in rows
    ]
    if not 0 < sum(map(bool, texts)) <= MAX_NAMES:
        return {}
    return {"mode": "markers+text", "text": texts}


def reach(rows: list[Row], name: str, room: float, ends: list[float]) -> Reach:
    """An axis on which all values of a column, and the box's ends, have room."""
    values = [*ends, *(float(row[name]) for row in rows)]  # type: ignore[arg-type]  # ``known``
    low, high = min([-MIN_REACH, *values]) * room, max([MIN_REACH, *values]) * room
    return Reach(min(low, -MIN_SIDE * high), max(high, -MIN_SIDE * low))


def dots(
    drawing: FourFields, metric: Metric, rows: list[Row], marker: dict[str, Any], palette: Palette
) -> Trace:
    """Some rows as one trace."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [row[drawing.x] for row in rows],
        "y": [row[drawing.y] for row in rows],
        "customdata": [str(row[drawing.label]) for row in rows],
        "marker": marker,
        "textposition": "top center",
        "textfont": {"size": 11, "color": palette["ink"]},
        "cliponaxis": False,
        **hover_properties([hover(drawing, metric, row) for row in rows]),
    }


def names(drawing: FourFields, rows: list[Row]) -> dict[str, Any]:
    """The names beside the dots."""
    return {
        "mode": "markers+text",
        "text": [labels.tick_label(str(row[drawing.label])) for row in rows],
    }


def hover(drawing: FourFields, metric: Metric, row: Row) -> str:
    """Who it is, both differences in words, and the amount of work."""
    x, y = float(row[drawing.x]), float(row[drawing.y])  # type: ignore[arg-type]  # ``known``
    speed, care = speed_words(x), care_words(y)
    work = labels.format_with_label(labels.get_column(metric, drawing.n), row[drawing.n])
    return labels.hover_text(str(row[drawing.label]), speed, care, work)


def speed_words(difference: float) -> str:
    """How much slower than expected; not "0%", which is neither."""
    size = f"{abs(difference):.0%}"
    if size == "0%":
        return "as fast as expected"
    return f"{size} {'slower' if difference > 0 else 'faster'} than expected"


def care_words(difference: float) -> str:
    """How much more is completed than expected, of a difference of shares."""
    size = number(abs(difference) * 100)
    if size == number(0):
        return "completes as much as expected"
    return f"completes {size} points {'more' if difference > 0 else 'less'} than expected"


def shaded_field(reach_x: Reach, reach_y: Reach, palette: Palette) -> dict[str, Any]:
    """The ground of the field in which flagged dots lie."""
    return {
        "type": "rect",
        "layer": "below",
        "x0": reach_x.low,
        "x1": 0,
        "y0": reach_y.low,
        "y1": 0,
        "fillcolor": palette["field"],
        "line": {"width": 0},
    }


def corner(name: str, at: tuple[float, float], palette: Palette) -> dict[str, Any]:
    """The name of a field in its corner, in two lines: both have to fit beside each other."""
    x, y = at
    return {
        "xref": "paper",
        "yref": "paper",
        "x": x,
        "y": y,
        "xanchor": "right" if x else "left",
        "yanchor": "top" if y else "bottom",
        "showarrow": False,
        "text": name.replace(", ", ",<br>"),
        "align": "right" if x else "left",
        "font": {"size": 11, "color": palette["quiet"]},
    }


def difference_axis(title: str, reach: Reach, palette: Palette) -> dict[str, Any]:
    """An axis of differences around zero."""
    length = reach.high - reach.low
    step = next(step for step in (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, length) if length / step <= 6)
    places = range(math.ceil(reach.low / step), math.floor(reach.high / step) + 1)
    ticks = [step * place for place in places]
    return value_axis(palette, title, None) | {
        "range": [reach.low, reach.high],
        "rangemode": "normal",
        "tickmode": "array",
        "tickvals": ticks,
        "ticktext": [signed(tick) for tick in ticks],
        "showgrid": False,
        "zeroline": True,
        "zerolinecolor": palette["edge"],
        "zerolinewidth": 1.2,
    }


def signed(tick: float) -> str:
    """A difference in per cent with its sign: ``+25``."""
    sign = "+" if tick > 0 else MINUS if tick < 0 else "±"
    return f"{sign}{abs(tick) * 100:.0f}"


def subtitle(drawing: FourFields, metric: Metric, result: Result) -> str:
    """What a dot is, and that the fields have no order."""
    return (
        f"Each dot is a {drawing.label}, compared with what others do in the same queues; not a"
        " ranking"
    )


def legend(drawing: FourFields, metric: Metric, result: Result) -> Legend:
    """The shapes, with how many there are."""
    flags = [row[drawing.flag] for row in result.rows]
    flagged = sum(flag is True for flag in flags)
    few = sum(flag is None for flag in flags)
    shapes: Legend = [("within", "ordinary, slower or faster", str(len(flags) - flagged - few))]
    shapes.append(("act", labels.get_column(metric, drawing.flag).label.lower(), str(flagged)))
    if few:
        shapes.append(("few", "not judged, not drawn", str(few)))
    if box_ends(result.summary, "time"):
        shapes.append(("limits", "ordinary for the usual amount of work", ""))
    return shapes


register_rendering(FourFields, four_fields, subtitle=subtitle, legend=legend)
