"""Tables, which are no charts."""

from analytics.figures.registry import register_rendering
from analytics.metrics.drawing import AccuracyTable, Table
from analytics.metrics.registry import Metric
from analytics.metrics.results import Result


def subtitle(drawing: Table, metric: Metric, result: Result) -> str:
    """How to sort, where there is something to sort."""
    return "Click a column to sort" if len(result.rows) > 1 else ""


register_rendering(Table, subtitle=subtitle)


def accuracy_subtitle(drawing: AccuracyTable, metric: Metric, result: Result) -> str:
    """In which order its rows come."""
    order = "By verdict, then by name; not a ranking" if metric.names_people else "By name"
    return f"{order} · Click a column to sort" if len(result.rows) > 1 else ""


register_rendering(AccuracyTable, subtitle=accuracy_subtitle)
