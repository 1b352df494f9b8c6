"""A metric's rows by day, week or month, with seven-day means and the period before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from django.utils import timezone

from analytics import formatting
from analytics.metrics.coverage import period_before
from analytics.metrics.drawing import ColumnsAndLine, Lines, SessionLine
from analytics.metrics.grains import Grain, Step, grain_of_range, moved, steps_of, windows_of
from analytics.metrics.registry import Metric
from analytics.metrics.results import Column, Result, Row, Value
from analytics.scope import Scope

#: The days of a mean, of which its own is the middle.
MEAN_DAYS = 7
TimeDrawing = ColumnsAndLine | Lines | SessionLine


@dataclass(frozen=True)
class Before:
    """The period before: its scope, and of each step of the chart the days and their row."""

    scope: Scope
    steps: Sequence[Step]
    rows: Sequence[Row | None]


@dataclass(frozen=True)
class OverTime:
    """What a chart draws of a metric at a grain: ``result`` has a row for each of ``steps``.

    ``metric``: with the columns that add up over steps, that of time named by the grain.
    """

    metric: Metric
    result: Result
    scope: Scope
    grain: Grain
    steps: Sequence[Step]

    def seven_day_means(self, value_of: Callable[[Row], float | None]) -> list[float | None]:
        """``value_of`` the seven days around each day, pooled; None at the ends."""
        return [None if row is None else value_of(row) for row in self._window_rows]

    @cached_property
    def _window_rows(self) -> Sequence[Row | None]:
        if self.grain is not Grain.DAY:
            return [None] * len(self.steps)
        windows = windows_of(self.steps, MEAN_DAYS)
        whole = [window for window in windows if window is not None]
        rows = iter(self.metric.of_steps(self.scope, whole)) if whole else iter(())
        return [None if window is None else next(rows) for window in windows]

    @cached_property
    def before(self) -> Before | None:
        """The period before the scope's, step by step, where the data cover it."""
        before = period_before(self.metric.group, self.scope).scope
        if before is None or before.start is None or self.scope.start is None:
            return None
        steps = moved(self.steps, (self.scope.start - before.start).days)
        return Before(before, steps, self.metric.of_steps(before, steps))


def default_grain(metric: Metric, result: Result) -> Grain | None:
    """What a chart opens with; None: a dot for each session."""
    match metric.drawing:
        case SessionLine() if not result.condensed:
            return None
        case Lines(time="month"):
            return Grain.MONTH
    return grain_of_range(*data_days(metric, result))


def chosen_grain(metric: Metric, result: Result, asked: str) -> Grain | None:
    """The grain asked for, or of those that the metric has the nearest; else what suits."""
    if not asked:
        return default_grain(metric, result)
    grain = Grain(asked)
    return grain if grain in metric.grains else metric.grains[0]


def over_time(
    metric: Metric, result: Result, scope: Scope, grain: Grain, *, today: date
) -> OverTime:
    """The rows of a metric by steps, from those of its own."""
    first, last = data_days(metric, result)
    begin, end = scope.start or first, scope.end or last
    steps = [
        replace(step, first=max(step.first, first), last=min(step.last, last))
        for step in steps_of(grain, begin, end, today=today)
        if step.first <= last and step.last >= first
    ]
    time = time_column(metric)
    if grain is Grain.DAY and time.type == "date":
        return OverTime(metric, result, scope, grain, steps)
    found = [
        (step, row)
        for step, row in zip(steps, metric.of_steps(scope, steps), strict=True)
        if row is not None
    ]
    rows = [row for _, row in found]
    columns = [
        replace(column, label=grain.value.capitalize(), type="date") if column is time else column
        for column in metric.columns
        if not rows or column.name in rows[0]
    ]
    is_condensed = isinstance(metric.drawing, SessionLine)
    return OverTime(
        metric if is_condensed else replace(metric, columns=tuple(columns)),
        replace(result, rows=rows, condensed=is_condensed),
        scope,
        grain,
        [step for step, _ in found],
    )


def time_column(metric: Metric) -> Column:
    """The column of a metric's rows that says when."""
    name = drawing_of(metric).time
    return next(column for column in metric.columns if column.name == name)


def drawing_of(metric: Metric) -> TimeDrawing:
    """The drawing of a metric with rows over time."""
    assert isinstance(metric.drawing, TimeDrawing)
    return metric.drawing


def drawn_value(metric: Metric, row: Row) -> float | None:
    """What a chart draws of a row as its main line: the height of a column, or a mean."""
    match drawing_of(metric):
        case ColumnsAndLine(stack=stack):
            return sum(number_of(row, name) or 0.0 for name in stack)
        case SessionLine():
            return number_of(row, "mean")
        case Lines(value=name):
            return number_of(row, name)


def number_of(row: Row, name: str) -> float | None:
    """A number of a row; None where it has none."""
    value = row[name]
    return float(value) if isinstance(value, int | float) else None


def data_days(metric: Metric, result: Result) -> tuple[date, date]:
    """The first and the last day of a result's rows."""
    name = "day" if result.condensed else drawing_of(metric).time
    spans = [days_of(row[name]) for row in result.rows]
    return min(first for first, _ in spans), max(last for _, last in spans)


def days_of(value: Value) -> tuple[date, date]:
    """The days of a day, a moment or a month (``2026-03``)."""
    if isinstance(value, datetime):
        day = timezone.localtime(value, timezone.get_default_timezone()).date()
        return day, day
    if isinstance(value, date):
        return value, value
    first = date.fromisoformat(f"{value}-01")
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def earlier_words(before: Before) -> str:
    """The name of the period before, for a legend: ``1–28 Oct 2026``."""
    return formatting.date_range(before.scope.start, before.scope.end)
