"""How an address names a number of a metric: the keys of its row, and its column.

``analytics.rows.selection`` reads what is written here.
"""

from datetime import date

from analytics.metrics.grains import Step
from analytics.metrics.registry import METRICS, Metric
from analytics.metrics.results import Column, Row, Value
from analytics.scope import REVIEW_PARAMETERS

#: Parameters of the scope, which name a row too where a metric has rows of people or sessions.
SCOPE_PARAMETERS = (*REVIEW_PARAMETERS, "team")
COLUMN = "column"
#: The first and the last day of a row by step.
STEP, STEP_END = "step", "step_end"
#: What a key without a value is called in an address.
UNKNOWN = "unknown"


def key_columns(metric: Metric) -> list[Column]:
    """The columns by whose values a row is asked for, without those of the scope."""
    return [
        column
        for column in metric.columns
        if column.key is not None and column.name not in SCOPE_PARAMETERS
    ]


def key_names() -> list[str]:
    """The names of all key columns of all metrics, in the order of their first declaration."""
    names = (column.name for metric in METRICS.values() for column in key_columns(metric))
    return list(dict.fromkeys(names))


def row_key_names(metric: Metric) -> list[str]:
    """The parameters that name a row, those of the scope among them; a session says whose it is."""
    names = [column.name for column in metric.columns if column.key is not None]
    return [name for name in names if not (name == "moderator" and "session" in names)]


def key_text(value: Value) -> str:
    """The value of a key in an address."""
    if value is None:
        return UNKNOWN
    return value.isoformat() if isinstance(value, date) else str(value)


def step_keys(step: Step) -> Row:
    """What names a row by step."""
    return {STEP: step.first, STEP_END: step.last}


def row_params(metric: Metric, row: Row) -> dict[str, str]:
    """The parameters that name a row of a metric; of a step or a day condensed, its days' scope."""
    if STEP in row:
        return {"start": key_text(row[STEP]), "end": key_text(row[STEP_END])}
    if any(name not in row for name in row_key_names(metric)):
        day = key_text(row["day"])
        return {"start": day, "end": day}
    return {name: key_text(row[name]) for name in row_key_names(metric)}


def opening_columns(metric: Metric) -> frozenset[str]:
    """The columns whose numbers open their records."""
    columns = (*metric.columns, *metric.summary_columns)
    return frozenset(column.name for column in columns if column.records is not None)


def column_opens(metric: Metric, name: str) -> bool:
    """Whether the numbers of a column open their records."""
    return name in opening_columns(metric)
