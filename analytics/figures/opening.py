"""What a click on a chart opens: the records behind a bar, a slice, a point, a bin.

A trace whose points open says so in ``meta``: ``column`` and other fixed parameters (``params``),
the names of a row's keys (``keys``), whose values ``customdata`` has for each point, and ``metric``
where the records are those of another. The script (``charts/points.js``) puts them together with
the address of the card's records, which has the scope.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from analytics.figures.layout import plotly_date
from analytics.metrics.grains import Step
from analytics.metrics.registry import Metric
from analytics.metrics.results import Row
from analytics.metrics.row_keys import COLUMN, column_opens, row_params

OPEN_HINT, TABLE_HINT = "<br><i>Click to open</i>", "<br><i>Click for the table</i>"


def hover_templates(opened: Sequence[object]) -> str | list[str]:
    """The hover of each point: its text, and below that it opens where it does."""
    plain, opening = (f"%{{hovertext}}{hint}<extra></extra>" for hint in (TABLE_HINT, OPEN_HINT))
    if None not in opened:
        return opening
    return [plain if values is None else opening for values in opened]


def opens(metric: Metric, column: str, rows: Sequence[Row | None]) -> dict[str, Any]:
    """The parts of a trace with a point a row, by which its points open a column's records.

    None instead of a row: a point of several rows, which opens the table. To be put after the
    trace's hovers. Empty where the column opens nothing.
    """
    if not column_opens(metric, column):
        return {}
    params = [None if row is None else row_params(metric, row) for row in rows]
    keys = next((list(each) for each in params if each is not None), [])
    values = [None if each is None else list(each.values()) for each in params]
    return {
        "customdata": values,
        "meta": {"params": {COLUMN: column}, "keys": keys},
        "hovertemplate": hover_templates(values),
    }


def opens_steps(
    steps: Sequence[Step], params: Mapping[str, str], *, metric: str = ""
) -> dict[str, Any]:
    """The same of a trace with a point a day, week or month, for fixed ``params`` of its column.

    ``metric``: whose column it is, if not the chart's.
    """
    if not params:
        return {}
    return {
        "customdata": [[plotly_date(step.first), plotly_date(step.last)] for step in steps],
        "meta": {
            "params": dict(params),
            "keys": ["start", "end"],
            **({"metric": metric} if metric else {}),
        },
        "hovertemplate": hover_templates(steps),
    }
