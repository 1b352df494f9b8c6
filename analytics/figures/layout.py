"""What all figures share: ground, type, axes, margins, hover."""

from collections.abc import Sequence
from typing import Any

from analytics.figures.labels import tick_label
from analytics.figures.palette import Palette
from analytics.metrics.results import Row

Figure = dict[str, Any]
Trace = dict[str, Any]
Axis = dict[str, Any]

FONT = "Inter, system-ui, sans-serif"
TRANSPARENT = "rgba(0,0,0,0)"
# Up to here every bar carries its value.
MAX_LABELS = 10
MAX_TICKS = 16


def layout(palette: Palette, **more: Any) -> dict[str, Any]:
    """The layout of a figure; title and legend are the card's business."""
    return {
        "paper_bgcolor": TRANSPARENT,
        "plot_bgcolor": TRANSPARENT,
        "font": {"family": FONT, "size": 12, "color": palette["text"]},
        "margin": {"l": 48, "r": 14, "t": 12, "b": 8},
        "autosize": True,
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        "hoverlabel": {
            "bgcolor": palette["surface"],
            "bordercolor": palette["edge"],
            "font": {"family": FONT, "size": 12, "color": palette["text"]},
            "align": "left",
            "namelength": 0,
        },
        "barcornerradius": 3,
        "bargap": 0.3,
        "uniformtext": {"mode": "hide", "minsize": 10},
        **more,
    }


def axis(palette: Palette, title: str = "", **more: Any) -> Axis:
    """An axis without grid: names, or time."""
    # An empty title would still take its room.
    titled = {
        "text": title,
        "font": {"size": 11, "color": palette["quiet"]},
        "standoff": 8,
    }
    return {
        "automargin": True,
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "showline": True,
        "linecolor": palette["edge"],
        "ticks": "",
        "autotickangles": [0, -35, -90],
        "tickfont": {"size": 11, "color": palette["quiet"]},
        **({"title": titled} if title else {}),
        **more,
    }


def value_axis(
    palette: Palette, title: str, greatest: float | None, *, labelled: bool = False, **more: Any
) -> Axis:
    """An axis of amounts from zero, with a grid; ``labelled``: room for labels above."""
    top = greatest or 0
    extra: dict[str, Any] = {"tickformat": ",", "nticks": 6}
    if top <= 5 and float(top).is_integer():
        extra["dtick"] = 1  # Half a video is none.
    if labelled and top:
        extra["range"] = [0, top * 1.16]
    else:
        extra["rangemode"] = "tozero"
    return axis(palette, title, showgrid=True, gridcolor=palette["grid"], showline=False) | {
        **extra,
        **more,
    }


def share_axis(palette: Palette, title: str, **more: Any) -> Axis:
    """An axis of shares (0-1), written as per cent."""
    return value_axis(palette, title, 1.5, **{"tickformat": ".0%", **more})


def category_ticks(names: Sequence[str], *, broken: bool = False) -> dict[str, Any]:
    """Return ticks that put each name at its place (0, 1, ...), not more than fit.

    ``broken``: the last word of each on a line of its own, where many stand side by side.
    """
    step = -(-len(names) // MAX_TICKS) or 1
    places = list(range(0, len(names), step))
    texts = ["<br>".join(tick_label(names[place]).rsplit(" ", int(broken))) for place in places]
    return {
        # Names in two lines are short enough to stand upright.
        **({"tickangle": 0} if any("<br>" in text for text in texts) else {}),
        "tickmode": "array",
        "ticklabelstandoff": 2,
        "tickvals": places,
        "ticktext": texts,
        "range": [-0.5, len(names) - 0.5],
    }


def hatching(patterns: Sequence[str], palette: Palette) -> dict[str, Any]:
    """The pattern of bars or slices: lines of the ground's colour over the fill."""
    if not any(patterns):
        return {}
    return {
        "pattern": {
            # One for all the bars of a trace, or one a bar.
            "shape": patterns[0] if len(patterns) == 1 else list(patterns),
            "fillmode": "overlay",
            "fgcolor": palette["surface"],
            "fgopacity": 0.55,
            "size": 6,
            "solidity": 0.35,
        }
    }


def hover_properties(texts: list[str]) -> dict[str, Any]:
    """A trace's hover: one ready text a point."""
    return {"hovertext": texts, "hovertemplate": "%{hovertext}<extra></extra>"}


def numbers(values: Sequence[object]) -> list[float | int | None]:
    """The numbers of a column; what is none is a gap."""
    return [value if isinstance(value, int | float) else None for value in values]


def maximum(values: Sequence[object]) -> float:
    """The greatest number of a column, 0 when there is none."""
    return max((value for value in numbers(values) if value is not None), default=0)


def column_sum(rows: list[Row], name: str) -> float:
    """The sum of a column."""
    return sum(value for value in numbers([row[name] for row in rows]) if value is not None)
