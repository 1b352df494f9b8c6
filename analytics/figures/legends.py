"""Legends of values and of measures."""

from analytics.figures import labels
from analytics.figures.frame import whole
from analytics.figures.palette import Palette
from analytics.figures.registry import Legend
from analytics.metrics.registry import Metric
from analytics.metrics.results import Result

# Legends hold only the names of swatches, which both themes share.
PALETTE = Palette()


def value_legend(metric: Metric, result: Result, *, label: str, value: str, family: str) -> Legend:
    """Each value with its sum."""
    column, amounts = labels.column_of(metric, label), labels.column_of(metric, value)
    values = list(dict.fromkeys(row[label] for row in result.rows))
    colors = PALETTE.values(family, list(values))
    return [
        (
            color.name,
            labels.formatted(column, name),
            labels.formatted(
                amounts, int(whole([row for row in result.rows if row[label] == name], value))
            ),
        )
        for name, color in zip(values, colors, strict=True)
    ]
