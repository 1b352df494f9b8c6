"""The marks over charts by day, made from what the findings watch: one source for both."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.utils.text import capfirst

from analytics import formatting
from analytics.figures.day_marks import DayMarks, OutsideDay, ShiftMark, WaveMark
from analytics.insights.timelines import (
    DAY_MEASURES,
    DayWave,
    Shift,
    Timeline,
    timelines,
)
from analytics.metrics.row_keys import COLUMN
from analytics.scope import Scope

#: The charts by day that have marks, with the axis of their lines.
MARKED_CHARTS = {"review-by-day": "y2"}
#: On either side of a day, for means of seven days.
HALF_WINDOW = timedelta(days=3)
#: The measure that is drawn over the columns of its chart.
DRAWN_OVER_COLUMNS = "reject_rate"
#: What a day of a measure opens; completion is no column of the chart's metric.
OPENS: Mapping[str, dict[str, Any]] = {
    "reject_rate": {"opens": {COLUMN: "reject_rate"}},
    "handle_seconds": {"opens": {COLUMN: "handle_seconds"}},
    "completion_rate": {
        "opens": {"status": "completed", COLUMN: "share"},
        "metric": "video-status",
    },
}


@dataclass(frozen=True)
class ChartMarks:
    """What is drawn over a chart, and each measure that it can show alone, by its button.

    ``first`` is the button of the chart itself.
    """

    over: Sequence[DayMarks]
    first: str
    alone: Mapping[str, DayMarks]


def chart_marks(slug: str, scope: Scope) -> ChartMarks | None:
    """The marks of a chart; None where there are none, or too few days to be watched."""
    if slug not in MARKED_CHARTS or scope.is_team_totals:
        return None
    by_button = {
        capfirst(DAY_MEASURES[name].words): replace(
            marks_of(
                line,
                DAY_MEASURES[name].write,
                title=capfirst(DAY_MEASURES[name].words),
                is_share=DAY_MEASURES[name].ratio.is_share,
            ),
            **OPENS[name],
        )
        for name, line in timelines(scope).items()
    }
    over = by_button.get(capfirst(DAY_MEASURES[DRAWN_OVER_COLUMNS].words))
    return ChartMarks([] if over is None else [over], "Videos", by_button) if by_button else None


def marks_of(
    line: Timeline, write: Callable[[float], str], *, title: str, is_share: bool
) -> DayMarks:
    """A timeline as marks; ``write`` puts a value in words."""
    texts = [
        f"{day:%a} {formatting.day(day)}: {write(float(value))}, ordinary {write(float(low))} to"
        f" {write(float(high))}"
        for day, value, low, high in zip(line.days, line.value, line.low, line.high, strict=True)
    ]
    return DayMarks(
        title=title,
        waves=[WaveMark(wave.first, wave.last, wave_text(wave, write)) for wave in line.waves],
        is_share=is_share,
        days=line.days,
        values=[float(value) for value in line.value],
        texts=texts,
        means=seven_day_means(line),
        level=[float(value) for value in line.level],
        low=[float(value) for value in line.low],
        high=[float(value) for value in line.high],
        outside=[
            OutsideDay(line.days[at], float(line.value[at]), texts[at]) for at in line.days_outside
        ],
        shifts=[
            ShiftMark(shift.day, shift.first, shift.last, shift_text(shift, write))
            for shift in line.shifts
        ],
    )


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
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}–{formatting.short_day(end)}"
    return f"{formatting.short_day(start)} – {formatting.short_day(end)}"


def wave_text(wave: DayWave, write: Callable[[float], str]) -> str:
    """``Wave 3–7 Sep: 62 % instead of 34 %``."""
    days = days_between(wave.first, wave.last)
    return f"Wave {days}: {write(wave.level)} instead of {write(wave.usual)}"
