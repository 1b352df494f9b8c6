"""When things changed: levels that shifted, days and waves that stand out, queues that grow."""

from collections.abc import Callable, Iterator, Sequence

from django.utils.text import capfirst

from analytics.formatting import join_names, number, plural, short_day
from analytics.insights.findings import Finding, FindingLevel, Interval, too_few
from analytics.insights.noted import noted
from analytics.insights.registry import FindingData, finding
from analytics.insights.timelines import (
    DAY_MEASURES,
    MIN_DAY_N,
    MIN_DAYS,
    MIN_ITEMS,
    DayWave,
    Growth,
    Shift,
    Timeline,
    items_words,
)

#: So many days outside are named.
MAX_DAYS = 5
ITEMS_UNIT = " items a day"


def shift_words(shift: Shift, subject: str, write: Callable[[float], str], unit: str = "") -> str:
    """``the reject rate rose from 23.9 % to 34.2 % about 17 Oct (16–18 Oct) and has stayed``."""
    moved = "rose" if shift.after > shift.before else "fell"
    when = short_day(shift.day)
    if shift.first != shift.last:
        when += f" ({short_day(shift.first)} to {short_day(shift.last)})"
    end = "and has stayed" if shift.stayed else "until the next shift"
    return (
        f"{subject} {moved} from {write(shift.before)} to {write(shift.after)}{unit}"
        f" about {when} {end}"
    )


def wave_words(wave: DayWave, subject: str, write: Callable[[float], str], unit: str = "") -> str:
    """``Spam was at 1,930 instead of 410 items a day from 3 Sep to 7 Sep, then as before``."""
    return (
        f"{subject} was at {write(wave.level)} instead of {write(wave.usual)}{unit} from"
        f" {short_day(wave.first)} to {short_day(wave.last)}, then as before"
    )


def growth_words(queue: str, growth: Growth) -> str:
    """``Appeals doubles in 45 days (38–55)``."""
    how = "doubles" if growth.rises else "halves"
    return (
        f"{queue} {how} in {number(growth.days, 0)} days"
        f" ({number(growth.low, 0)}–{number(growth.high, 0)})"
    )


def outside_words(line: Timeline, write: Callable[[float], str], unit: str = "") -> Iterator[str]:
    """A line for each day outside its limits."""
    for at in line.days_outside:
        yield (
            f"{short_day(line.days[at])}: {write(float(line.value[at]))}, ordinary"
            f" {write(float(line.low[at]))} to {write(float(line.high[at]))}{unit}"
        )


def days_words(subject: str, line: Timeline) -> str:
    """``the reject rate was unusual on 3 Sep and 4 Sep``."""
    days = [short_day(line.days[at]) for at in line.single_days_outside]
    return f"{subject} was unusual on {join_names(days, max_names=MAX_DAYS)}"


def line_words(
    line: Timeline, subject: str, write: Callable[[float], str], unit: str = ""
) -> Iterator[str]:
    """What changed, shifts first; ``unit`` follows values that ``write`` gives without one."""
    yield from (shift_words(shift, subject, write, unit) for shift in line.shifts)
    yield from (wave_words(wave, subject, write, unit) for wave in line.waves)
    if line.single_days_outside:
        yield days_words(subject, line)


def change_of_measure(data: FindingData, column: str) -> Finding:
    """The finding about one measure's days."""
    measure = DAY_MEASURES[column]
    line = data.timelines.get(column)
    if line is None:
        return too_few(
            0,
            "days",
            about=f"to see whether the {measure.words} changed",
            needs=f"{MIN_DAYS} days with {MIN_DAY_N} or more are needed",
        )
    subject = f"the {measure.words}"
    changes = [*line_words(line, subject, measure.write)]
    details = [*outside_words(line, measure.write)]
    return change_finding(
        changes or [f"no change in {subject} was seen"],
        level="watch" if line.days_outside or line.waves else "note",
        lines=[line],
        details=details,
        limits=Interval(
            float(line.low[-1]), float(line.high[-1]), of="an ordinary day, at the end"
        ),
    )


def change_finding(
    changes: Sequence[str],
    *,
    level: FindingLevel,
    lines: Sequence[Timeline],
    details: Sequence[str],
    limits: Interval | None,
    are_queues: bool = False,
) -> Finding:
    """A finding about days; each of the changes becomes a sentence."""
    days = sorted({day for line in lines for day in line.days})
    sentence = " ".join(f"{capfirst(change)}." for change in changes)
    return Finding(
        level=level,
        sentence=sentence,
        n=len(days),
        counted="days",
        evidence=(
            f"{noted(lines, are_queues=are_queues)} "
            f"n = {plural(len(days), 'day')} from {short_day(days[0])} to {short_day(days[-1])};"
            " limits allow for each day's size, for ordinary days that differ, and for all days at"
            " once"
        ).lstrip(),
        interval=limits,
        numbers={
            "shifts": sum(len(line.shifts) for line in lines),
            "days_outside": sum(len(line.days_outside) for line in lines),
            "waves": sum(len(line.waves) for line in lines),
            "trends": sum(line.growth is not None for line in lines),
        },
        details=tuple(details),
    )


@finding(title="Changes of the reject rate", metric="review-by-day")
def reject_rate_changes(data: FindingData) -> Finding:
    """When the reject rate changed: days or waves that stand out, and levels that shifted.

    Each day's limits allow for its own size and for ordinary days that differ; a shift needs 7
    days on each side, a wave is 2 to 13 days after which it is as before. With nothing in the
    data, a look finds anything in at most 6 of 100 cases, all measures and queues together.
    """
    return change_of_measure(data, "reject_rate")


@finding(title="Changes of the handle time", metric="review-by-day")
def handle_time_changes(data: FindingData) -> Finding:
    """When the handle time changed, by the day; limits as for the reject rate."""
    return change_of_measure(data, "handle_seconds")


@finding(title="Changes of completion", metric="review-by-day")
def completion_changes(data: FindingData) -> Finding:
    """When the completion rate changed, by the day; limits as for the reject rate."""
    return change_of_measure(data, "completion_rate")


@finding(title="Changes of the queues", metric="queue-by-day")
def queue_changes(data: FindingData) -> Finding:
    """When the items of queues changed: days, waves, shifts, and queues that grow steadily.

    By the logarithm of the items of each day; all queues share one error rate.
    """
    lines = list(data.queue_timelines.values())
    if not lines:
        return too_few(
            0,
            "days",
            about="to see whether the queues changed",
            needs=f"{MIN_DAYS} days with {MIN_ITEMS} items or more in a queue are needed",
        )
    changes: list[str] = []
    details: list[str] = []
    for line in lines:
        if line.growth is not None:
            changes.append(growth_words(line.name, line.growth))
        changes += line_words(line, line.name, items_words, ITEMS_UNIT)
        outside = outside_words(line, items_words, ITEMS_UNIT)
        details += [f"{line.name}, {words}" for words in outside]
    has_changed = any(line.growth or line.days_outside or line.waves for line in lines)
    return change_finding(
        changes or ["no change in the queues was seen"],
        level="watch" if has_changed else "note",
        lines=lines,
        details=details,
        limits=None,
        are_queues=True,
    )


#: The findings about the days of a scope.
CHANGES = (reject_rate_changes, handle_time_changes, completion_changes, queue_changes)
