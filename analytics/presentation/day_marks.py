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


def marks_of(line: Timeline, write: Callable[[float], str]) -> DayMarks:
    """A timeline as marks; ``write`` puts a value in words."""
    return DayMarks(
        days=line.days,
        level=[float(value) for value in line.level],
        low=[float(value) for value in line.low],
        high=[float(value) for value in line.high],
        outside=[
            OutsideDay(
                line.days[at],
                float(line.value[at]),
                f"{formatting.day(line.days[at])}: {write(float(line.value[at]))}, ordinary"
                f" {write(float(line.low[at]))} to {write(float(line.high[at]))}",
            )
            for at in line.days_outside
        ],
        shifts=[
            ShiftMark(shift.day, shift.first, shift.last, shift_text(shift, write))
            for shift in line.shifts
        ],
    )


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
