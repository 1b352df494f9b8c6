"""What all figures share: background, font, axes, margins, hover."""

from collections.abc import Sequence
from typing import Any

from analytics.display import DateFormat, active
from analytics.figures.labels import tick_label
from analytics.figures.palette import Palette
from analytics.metrics.results import Row

Figure = dict[str, Any]
Trace = dict[str, Any]
Axis = dict[str, Any]

FONT = "Inter, system-ui, sans-serif"
TRANSPARENT = "rgba(0,0,0,0)"
# More bars than this are too thin for a label with their value.
MAX_LABELS = 10
MAX_TICKS = 16
#: How a day is written on an axis, in Plotly's words (D3).
DAY_TICKS: dict[str, str] = {
    DateFormat.NAMED_MONTH: "%-d %b",
    DateFormat.ISO: "%m-%d",
    DateFormat.MONTH_FIRST: "%m/%d",
}
#: The same of a month, in two lines.
MONTH_TICKS: dict[str, str] = {
    DateFormat.NAMED_MONTH: "%b\n%Y",
    DateFormat.ISO: "%Y-%m",
    DateFormat.MONTH_FIRST: "%b\n%Y",
}
# As the highest value of an axis: one with ticks between the whole numbers.
FRACTIONAL = 1.5


def layout(palette: Palette, **more: Any) -> dict[str, Any]:
    """The layout of a figure. It has no title and no legend, since its card has both."""
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
        "separators": active().decimal + active().thousands,
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


def value_axis(palette: Palette, title: str, highest: float | None, **more: Any) -> Axis:
    """An axis of amounts from zero, with a grid; few whole ones get a tick each."""
    top = highest or 0
    ticks: dict[str, Any] = {"tickformat": ",", "nticks": 6}
    if top <= 5 and float(top).is_integer():
        ticks["dtick"] = 1  # Half a video is none.
    return axis(palette, title, showgrid=True, gridcolor=palette["grid"], showline=False) | {
        **ticks,
        "rangemode": "tozero",
        **more,
    }


def share_axis(palette: Palette, title: str, **more: Any) -> Axis:
    """An axis of shares (0-1) in per cent."""
    return value_axis(palette, title, FRACTIONAL, **{"tickformat": ".0%", **more})


def plotly_date(value: object) -> str:
    """A day or month as Plotly's date axes read it: ``2026-03-01``."""
    return str(value)[:10]


def time_axis(palette: Palette, days: list[str]) -> dict[str, Any]:
    """An axis of days; a single day gets a range, since it spans none."""
    more: dict[str, Any] = {}
    if len(set(days)) == 1:
        more = {"tickmode": "array", "tickvals": days[:1]}
    elif len(set(days)) <= 8:
        more = {"dtick": 86_400_000}
    month_ticks = MONTH_TICKS[active().date_format].replace("\n", " ")
    return axis(
        palette,
        type="date",
        nticks=7,
        tickformatstops=[
            {"dtickrange": [None, "M1"], "value": DAY_TICKS[active().date_format]},
            {
                "dtickrange": ["M1", "M12"],
                "value": month_ticks,
            },
            {"dtickrange": ["M12", None], "value": "%Y"},
        ],
        **more,
    )


def category_ticks(names: Sequence[str], *, two_lines: bool = False) -> dict[str, Any]:
    """Ticks that put each name at its place (0, 1, ...), at most ``MAX_TICKS`` of them.

    ``two_lines``: the last word of each name on a line of its own, where many are side by side.
    """
    step = -(-len(names) // MAX_TICKS) or 1
    places = list(range(0, len(names), step))
    texts = ["<br>".join(tick_label(names[place]).rsplit(" ", int(two_lines))) for place in places]
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
    """The pattern of bars or slices: lines in the background's colour over the fill."""
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
    """The part of a trace that shows one given text for each point."""
    return {"hovertext": texts, "hovertemplate": "%{hovertext}<extra></extra>"}


def numbers(values: Sequence[object]) -> list[float | int | None]:
    """A column's values as numbers; None, which Plotly draws as a gap, for all others."""
    return [value if isinstance(value, int | float) else None for value in values]


def maximum(values: Sequence[object]) -> float:
    """The highest number; 0 when there is none."""
    return max((value for value in numbers(values) if value is not None), default=0)


def column_sum(rows: list[Row], name: str) -> float:
    """The sum of the numbers in a column."""
    return sum(value for value in numbers([row[name] for row in rows]) if value is not None)
