"""What is declared for each kind of drawing: its chart and the words around it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from analytics.figures.layout import Figure
from analytics.figures.palette import Palette
from analytics.metrics.drawing import Drawing
from analytics.metrics.registry import Metric
from analytics.metrics.results import Column, Result

# The class of the swatch (``swatch-<name>`` in the style sheet), the words, the count; where the
# count opens its records, the parameters that name it in their address.
LegendEntry = tuple[str, str, str] | tuple[str, str, str, Mapping[str, str]]
Legend = list[LegendEntry]

# The ways to draw something: of each choice the words of its buttons, the first one shown first.
Variants = tuple[tuple[str, ...], ...]

D = TypeVar("D", bound=Drawing)


def no_subtitle(drawing: Drawing, metric: Metric, result: Result) -> str:
    """No subtitle."""
    return ""


def no_variants(drawing: Drawing, metric: Metric) -> Variants:
    """There is one way to draw it."""
    return ()


def no_legend(drawing: Drawing, metric: Metric, result: Result) -> Legend:
    """No legend: the axis names the values."""
    return []


@dataclass(frozen=True)
class Rendering:
    """How one kind of drawing is shown; see ``render``. Without ``draw`` it is no chart."""

    draw: Callable[[Any, Metric, Result, Palette], Figure] | None = None
    subtitle: Callable[[Any, Metric, Result], str] = no_subtitle
    legend: Callable[[Any, Metric, Result], Legend] = no_legend
    legend_below: bool = False
    variants: Callable[[Any, Metric], Variants] = no_variants
    condensed_columns: Callable[[Any, Metric], tuple[Column, ...]] | None = None
    is_table: bool = False


NO_CHART = Rendering()
RENDERINGS: dict[type[Drawing], Rendering] = {}


def register_rendering(
    drawing: type[D],
    draw: Callable[[D, Metric, Result, Palette], Figure] | None = None,
    *,
    subtitle: Callable[[D, Metric, Result], str] = no_subtitle,
    legend: Callable[[D, Metric, Result], Legend] = no_legend,
    legend_below: bool = False,
    variants: Callable[[D, Metric], Variants] = no_variants,
    condensed_columns: Callable[[D, Metric], tuple[Column, ...]] | None = None,
    is_table: bool = False,
) -> None:
    """Declare how a kind of drawing is shown.

    ``draw`` makes the Plotly figure. ``subtitle`` is one line under the card's title.
    ``legend_below`` puts the legend under the chart instead of beside its title. ``variants``
    gives the ways to draw it; all but the first are in ``layout.meta.variants`` of the figure, the
    last choice running fastest. ``condensed_columns`` are the columns of a result that is condensed
    by day. ``is_table``: pages show it as HTML, and the figure is for the API alone.
    """
    RENDERINGS[drawing] = Rendering(
        draw, subtitle, legend, legend_below, variants, condensed_columns, is_table
    )


def get_rendering(drawing: Drawing) -> Rendering:
    """How a drawing is shown; kinds that nothing was declared for have no chart and no words."""
    return RENDERINGS.get(type(drawing), NO_CHART)
