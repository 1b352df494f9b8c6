"""Legends of values."""

from analytics.figures import labels
from analytics.figures.layout import column_sum
from analytics.figures.palette import Palette
from analytics.figures.registry import Legend
from analytics.metrics.registry import Metric
from analytics.metrics.results import Result
from analytics.metrics.row_keys import COLUMN, key_columns, key_text

# Legends hold only the names of swatches, which both themes share.
LEGEND_PALETTE = Palette()


def value_legend(metric: Metric, result: Result, *, label: str, value: str, family: str) -> Legend:
    """Each value with its sum."""
    column, amounts = labels.get_column(metric, label), labels.get_column(metric, value)
    values = list(dict.fromkeys(row[label] for row in result.rows))
    colors = LEGEND_PALETTE.colors_of(family, list(values), result.seen)
    is_key = [key.name for key in key_columns(metric)] == [label]
    legend: Legend = []
    for name, color in zip(values, colors, strict=True):
        amount = int(column_sum([row for row in result.rows if row[label] == name], value))
        words = (labels.format_value(column, name), labels.format_value(amounts, amount))
        params = {label: key_text(name), COLUMN: value}
        legend.append((color.name, *words, params) if is_key else (color.name, *words))
    return legend
