"""The marks over charts by day, made from what the findings watch: one source for both."""

from collections.abc import Callable
from datetime import date

from analytics import formatting
from analytics.figures.day_marks import DayMarks, OutsideDay, ShiftMark
from analytics.insights.timelines import DAY_MEASURES, Shift, Timeline, timelines
from analytics.scope import Scope

#: The charts by day that have marks: the measure watched, and the axis of its line.
MARKED_CHARTS = {"review-by-day": ("reject_rate", "y2")}

#: The buttons of their cards: with the columns, and the line alone.
MARKED_VARIANTS = (("Videos", "Reject rate and its limits"),)


def day_marks(slug: str, scope: Scope) -> DayMarks | None:
    """The marks of a chart; None where there are none, or too few days to be watched."""
    marked = MARKED_CHARTS.get(slug)
    if marked is None or scope.is_team_totals:
        return None
    line = timelines(scope).get(marked[0])
    return None if line is None else marks_of(line, DAY_MEASURES[marked[0]].size)


def marks_of(line: Timeline, size: Callable[[float], str]) -> DayMarks:
    """A timeline as marks; ``size`` puts a value in words."""
    return DayMarks(
        days=line.days,
        level=[float(value) for value in line.level],
        low=[float(value) for value in line.low],
        high=[float(value) for value in line.high],
        outside=[
            OutsideDay(
                line.days[at],
                float(line.value[at]),
                f"{formatting.day(line.days[at])}: {size(float(line.value[at]))}, ordinary"
                f" {size(float(line.low[at]))} to {size(float(line.high[at]))}",
            )
            for at in line.days_outside
        ],
        shifts=[
            ShiftMark(shift.day, shift.first, shift.last, shift_words(shift, size))
            for shift in line.shifts
        ],
    )


def shift_words(shift: Shift, size: Callable[[float], str]) -> str:
    """``Shift about 17 Oct (16–18 Oct): 23.9 % to 34.2 %``."""
    when = formatting.short_day(shift.day)
    if shift.first != shift.last:
        when += f" ({days_between(shift.first, shift.last)})"
    return f"Shift about {when}: {size(shift.before)} to {size(shift.after)}"


def days_between(first: date, last: date) -> str:
    """``16–18 Oct``, or ``30 Sep – 2 Oct``."""
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{formatting.short_day(last)}"
    return f"{formatting.short_day(first)} – {formatting.short_day(last)}"
