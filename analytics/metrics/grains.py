"""Days, weeks or months: how a range of days is cut for charts over days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from analytics import formatting

#: Of more days than these a chart opens by week, then by month.
MAX_DAYS, MAX_DAYS_IN_WEEKS = 190, 1100
ONE_DAY = timedelta(days=1)


class Grain(StrEnum):
    """How long each step of a chart over days is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True)
class Step:
    """A day, an ISO week or a calendar month: the days of it that are in the range."""

    first: date
    last: date
    is_partial: bool
    label: str

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1

    @property
    def middle(self) -> date:
        """The day in the middle."""
        return self.first + timedelta(days=self.days // 2)


def grain_of_range(first: date, last: date) -> Grain:
    """What suits a range of days."""
    days = (last - first).days + 1
    if days <= MAX_DAYS:
        return Grain.DAY
    return Grain.WEEK if days <= MAX_DAYS_IN_WEEKS else Grain.MONTH


def steps_of(grain: Grain, first: date, last: date, *, today: date) -> Sequence[Step]:
    """The steps that a range is made of; one that goes on beyond it, or until today, is partial."""
    steps = []
    start = first
    while start <= last:
        begin, end = bounds(grain, start)
        is_partial = begin < first or end > last or begin <= today <= end
        kept = (max(begin, first), min(end, last))
        steps.append(Step(*kept, is_partial, label(grain, *kept, is_partial=is_partial)))
        start = end + ONE_DAY
    return steps


def windows_of(steps: Sequence[Step], days: int) -> Sequence[Step | None]:
    """The days around each of some single days; None where they reach beyond the ends."""
    half = timedelta(days=days // 2)
    first, last = steps[0].first, steps[-1].last
    return [
        Step(step.first - half, step.last + half, False, "")
        if first <= step.first - half and step.last + half <= last
        else None
        for step in steps
    ]


def moved(steps: Sequence[Step], days: int) -> Sequence[Step]:
    """The steps by so many days earlier: as long, but no whole weeks or months."""
    back = timedelta(days=days)
    return [
        Step(first, last, False, label(Grain.DAY, first, last, is_partial=False))
        if first == last
        else Step(first, last, False, formatting.date_range(first, last))
        for first, last in ((step.first - back, step.last - back) for step in steps)
    ]


def bounds(grain: Grain, day: date) -> tuple[date, date]:
    """The first and the last day of the step that holds a day."""
    if grain is Grain.DAY:
        return day, day
    if grain is Grain.WEEK:
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - ONE_DAY


def label(grain: Grain, first: date, last: date, *, is_partial: bool) -> str:
    """``Tue 17 Oct 2026``, ``Week 42, 12–18 Oct 2026``, ``Oct 2026``; days of a part of one."""
    part = f" (part: {formatting.plural((last - first).days + 1, 'day')})" if is_partial else ""
    if grain is Grain.DAY:
        return f"{first:%a} {formatting.day(first)}{' (until now)' if is_partial else ''}"
    if grain is Grain.WEEK:
        return f"Week {first.isocalendar().week}, {formatting.date_range(first, last)}{part}"
    return f"{formatting.month(f'{first:%Y-%m}')}{part}"
