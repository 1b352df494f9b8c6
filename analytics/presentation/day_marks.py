"""The marks over charts by day, made from what the findings watch: one source for both."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from analytics import formatting
from analytics.display import DateFormat, active
from analytics.figures.day_marks import DayMarks, OutsideDay, ShiftMark, WaveMark
from analytics.figures.over_days import Earlier
from analytics.insights.timelines import (
    DayWave,
    Shift,
    Timeline,
    timelines,
)
from analytics.metrics.grains import Grain, Step
from analytics.metrics.row_keys import COLUMN
from analytics.presentation.over_time import Before, OverTime, earlier_words, number_of

#: The charts by day that have marks, with the axis of their lines.
MARKED_CHARTS = {"review-by-day": "y2"}
#: On either side of a day, for means of seven days.
HALF_WINDOW = timedelta(days=3)
#: The measure that is drawn over the columns of its chart.
DRAWN_OVER_COLUMNS = "reject_rate"


@dataclass(frozen=True)
class Alone:
    """A measure that a chart by day can show alone; ``opens`` as in ``DayMarks``."""

    title: str
    write: Callable[[float], str]
    is_share: bool
    opens: Mapping[str, str]
    metric: str = ""
    unit: str = ""


ALONE = {
    "reject_rate": Alone("Reject rate", formatting.share, True, {COLUMN: "reject_rate"}),
    "handle_seconds": Alone(
        "Handle time", formatting.seconds, False, {COLUMN: "handle_seconds"}, unit="s"
    ),
    # No columns of the chart's metric.
    "completion_rate": Alone(
        "Completion",
        formatting.share,
        True,
        {"status": "completed", COLUMN: "share"},
        "video-status",
    ),
    "idle_share": Alone(
        "Idle share", formatting.share, True, {COLUMN: "idle_seconds"}, "review-summary"
    ),
}


@dataclass(frozen=True)
class ChartMarks:
    """What is drawn over a chart, and each measure that it can show alone, by its button.

    ``first`` is the button of the chart itself.
    """

    over: Sequence[DayMarks]
    first: str
    alone: Mapping[str, DayMarks]


def chart_marks(over: OverTime, *, shows_earlier: bool = False) -> ChartMarks | None:
    """The marks of a chart; None where there are none."""
    if over.metric.slug not in MARKED_CHARTS or over.scope.is_team_totals:
        return None
    lines = timelines(over.scope)
    alone = {
        measure.title: marks
        for name, measure in ALONE.items()
        if (marks := measure_marks(over, name, lines.get(name), shows_earlier=shows_earlier))
    }
    watched = alone.get(ALONE[DRAWN_OVER_COLUMNS].title)
    is_watched = watched is not None and DRAWN_OVER_COLUMNS in lines
    # Ordinary days say nothing of weeks; when the level shifted stays.
    return ChartMarks([watched] if watched and is_watched else [], "Videos", alone)


def measure_marks(
    over: OverTime, name: str, line: Timeline | None, *, shows_earlier: bool
) -> DayMarks | None:
    """A measure at the chart's grain, by day with the limits of ordinary days where it is watched.

    None without any value.
    """
    measure = ALONE[name]
    if line is not None and over.grain is Grain.DAY:
        marks = marks_of(line, measure)
    else:
        marks = plain_marks(over, name, line)
    if not marks.values:
        return None
    before = over.before if shows_earlier else None
    return marks if before is None else replace(marks, earlier=earlier_of(over, before, name))


def plain_marks(over: OverTime, name: str, line: Timeline | None) -> DayMarks:
    """A measure without limits; what shifted by day is marked over weeks and months too."""
    measure = ALONE[name]
    rows = over.metric.of_steps(over.scope, over.steps)
    found = [
        (step, value, mean)
        for step, row, mean in zip(
            over.steps, rows, over.seven_day_means(lambda row: number_of(row, name)), strict=True
        )
        if row is not None and (value := number_of(row, name)) is not None
    ]
    marks = DayMarks(
        title=measure.title,
        is_share=measure.is_share,
        unit=measure.unit,
        steps=[step for step, _, _ in found],
        values=[value for _, value, _ in found],
        texts=[f"{step.label}: {measure.write(value)}" for step, value, _ in found],
        means=[mean for _, _, mean in found],
        opens=measure.opens,
        metric=measure.metric,
    )
    return marks if line is None else replace(marks, **changes_of(line, measure))


def earlier_of(over: OverTime, before: Before, name: str) -> Earlier:
    """A measure in the period before."""
    measure = ALONE[name]
    values = [None if row is None else number_of(row, name) for row in before.rows]
    return Earlier(
        name=earlier_words(before),
        steps=over.steps,
        before=before.steps,
        values=values,
        texts=[
            f"Earlier, {step.label}: {'–' if value is None else measure.write(value)}"
            for step, value in zip(before.steps, values, strict=True)
        ],
        opens=measure.opens,
        metric=measure.metric,
    )


def marks_of(line: Timeline, measure: Alone) -> DayMarks:
    """A timeline as marks."""
    write = measure.write
    texts = [
        f"{day:%a} {formatting.day(day)}: {write(float(value))}, ordinary {write(float(low))} to"
        f" {write(float(high))}"
        for day, value, low, high in zip(line.days, line.value, line.low, line.high, strict=True)
    ]
    marks = DayMarks(
        title=measure.title,
        is_share=measure.is_share,
        unit=measure.unit,
        steps=[Step(day, day, False, "") for day in line.days],
        values=[float(value) for value in line.value],
        texts=texts,
        means=seven_day_means(line),
        level=[float(value) for value in line.level],
        low=[float(value) for value in line.low],
        high=[float(value) for value in line.high],
        outside=[
            OutsideDay(line.days[at], float(line.value[at]), texts[at]) for at in line.days_outside
        ],
        opens=measure.opens,
        metric=measure.metric,
    )
    return replace(marks, **changes_of(line, measure))


def changes_of(line: Timeline, measure: Alone) -> dict[str, Any]:
    """The shifts and waves of a timeline, as parts of marks."""
    return {
        "waves": [
            WaveMark(wave.first, wave.last, wave_text(wave, measure.write)) for wave in line.waves
        ],
        "shifts": [
            ShiftMark(shift.day, shift.first, shift.last, shift_text(shift, measure.write))
            for shift in line.shifts
        ],
    }


def seven_day_means(line: Timeline) -> list[float | None]:
    """The mean of the seven days around each day, weighted by what each day counts.

    None at the ends and around a shift, where seven days would mix two levels.
    """
    means: list[float | None] = []
    for day in line.days:
        first, last = day - HALF_WINDOW, day + HALF_WINDOW
        inside = [at for at, other in enumerate(line.days) if first <= other <= last]
        is_whole = line.days[0] <= first and last <= line.days[-1]
        is_mixed = any(first < shift.day <= last for shift in line.shifts)
        n = float(line.n[inside].sum())
        pooled = float((line.value[inside] * line.n[inside]).sum()) / n if n else None
        means.append(pooled if is_whole and not is_mixed else None)
    return means


def shift_text(shift: Shift, write: Callable[[float], str]) -> str:
    """``Shift about 17 Oct (16–18 Oct): 23.9 % to 34.2 %``."""
    when = formatting.short_day(shift.day)
    if shift.first != shift.last:
        when += f" ({days_between(shift.first, shift.last)})"
    return f"Shift about {when}: {write(shift.before)} to {write(shift.after)}"


def days_between(start: date, end: date) -> str:
    """``16–18 Oct``, or ``30 Sep – 2 Oct``."""
    is_one_month = (start.year, start.month) == (end.year, end.month)
    if is_one_month and active().date_format == DateFormat.NAMED_MONTH:
        return f"{start.day}–{formatting.short_day(end)}"
    return f"{formatting.short_day(start)} – {formatting.short_day(end)}"


def wave_text(wave: DayWave, write: Callable[[float], str]) -> str:
    """``Wave 3–7 Sep: 62 % instead of 34 %``."""
    days = days_between(wave.first, wave.last)
    return f"Wave {days}: {write(wave.level)} instead of {write(wave.usual)}"
