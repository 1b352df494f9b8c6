"""Numbers, durations, dates and changes as people read them.

Pages, chart hovers and insights share them. They write as the reader wants it
(``analytics.display``); the examples are those of its ``DEFAULT``. An unknown number (None) is
always an em dash, never 0, and a unit stays on the line of its number (no-break space). Month
names are English whatever the locale.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from analytics.display import DateFormat, NumberFormat, active, separator_table

NBSP = "\u00a0"
MISSING = "—"
#: A name that nobody gave: a queue, a reason.
UNKNOWN = "unknown"
MINUS = "\u2212"
#: Decimals that are kept before rounding: the same mean, added up in another order, differs after.
NOISE_PLACES = 9
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

Direction = Literal["better", "worse", "neutral"]
Number = int | float


def _unknown(value: Number | None) -> bool:
    return value is None or (isinstance(value, float) and not math.isfinite(value))


def _digits(value: Number, places: int) -> str:
    """Thousands separated, a real minus sign, never a negative zero.

    What only the order of a sum adds (9.950000000000001 for 9.95) does not change what is read.
    """
    text = f"{round(abs(value), NOISE_PLACES):,.{places}f}"
    negative = value < 0 and any(digit in "123456789" for digit in text)
    return _separated(f"{MINUS}{text}" if negative else text)


def _separated(text: str) -> str:
    """A number written with comma and point, with the reader's separators instead."""
    number_format = active().number_format
    if number_format == NumberFormat.COMMA_POINT:
        return text
    return text.translate(separator_table(number_format))


def count(value: Number | None) -> str:
    """A whole number: ``38,412``."""
    if value is None or _unknown(value):
        return MISSING
    return _digits(value, 0)


def number(value: Number | None, places: int = 1) -> str:
    """A number with a fixed number of decimals: ``4.0``."""
    if value is None or _unknown(value):
        return MISSING
    return _digits(value, places)


def as_given(value: Number) -> str:
    """A number with the decimals that it has: ``2``, ``1.25``."""
    return _separated(f"{value:g}")


def score(value: Number | None) -> str:
    """A rating or score, or a difference of two: ``3.38``."""
    return number(value, 2)


def with_unit(text: str, unit: str) -> str:
    """The number and its unit, kept together; an unknown number has no unit."""
    return text if text == MISSING or not unit else f"{text}{NBSP}{unit}"


def share(value: Number | None, places: int = 1) -> str:
    """A share from 0 to 1 as a percentage: ``64.9 %``."""
    return with_unit(number(None if value is None else value * 100, places), "%")


def points(value: Number | None, places: int = 1) -> str:
    """The size of a change of a share (0-1), in percentage points: ``1.9 pts``."""
    return with_unit(number(None if value is None else value * 100, places), "pts")


def seconds(value: Number | None, places: int = 1) -> str:
    """Seconds with decimals, for averages: ``41.8 s``."""
    return with_unit(number(value, places), "s")


def minutes(value: Number | None, places: int = 1) -> str:
    """Minutes with decimals, for averages: ``8.4 min``."""
    return with_unit(number(value, places), "min")


def duration(value: Number | None) -> str:
    """A length of time, given in seconds, in its two largest units.

    ``41.8 s``, ``31 min 26 s``, ``1 h 04 min``; from 100 hours ``437 h``.
    """
    if value is None or _unknown(value):
        return MISSING
    sign, seconds = (MINUS if value < 0 else ""), abs(value)
    if round(seconds, 1) < 60:
        places = 0 if round(seconds, 1) == round(seconds) else 1
        return _digits(-seconds if sign else seconds, places) + f"{NBSP}s"
    rounded = round(seconds)
    if rounded < 3600:
        return f"{sign}{rounded // 60}{NBSP}min{NBSP}{rounded % 60:02d}{NBSP}s"
    whole_minutes = round(seconds / 60)
    if whole_minutes < 6000:
        return f"{sign}{whole_minutes // 60}{NBSP}h{NBSP}{whole_minutes % 60:02d}{NBSP}min"
    return f"{sign}{_digits(seconds / 3600, 0)}{NBSP}h"


def round_duration(value: Number) -> str:
    """A length of time, given in seconds, without the units that are zero: ``1 min``, ``2 h``."""
    text = duration(value)
    return text.removesuffix(f"{NBSP}00{NBSP}s").removesuffix(f"{NBSP}00{NBSP}min")


def speed(value: Number | None, places: int | None = None) -> str:
    """A playback speed: ``1.25×``; with ``places`` always that many decimals."""
    if value is None or _unknown(value):
        return MISSING
    if places is not None:
        return f"{_digits(value, places)}×"
    return f"{_digits(value, 2).rstrip('0').rstrip(active().decimal)}×"


def without_zero_decimal(text: str) -> str:
    """A number with one decimal, with or without unit, without it where it is 0: ``5 min``."""
    number_text, space, unit = text.partition(NBSP)
    return f"{number_text.removesuffix(f'{active().decimal}0')}{space}{unit}"


def interval(low: Number | None, high: Number | None, places: int = 1) -> str:
    """An interval: ``24.8–25.7``; a bound that is not known makes it unknown."""
    if low is None or high is None or _unknown(low) or _unknown(high):
        return MISSING
    return f"{_digits(low, places)}–{_digits(high, places)}"


def share_interval(low: Number | None, high: Number | None, places: int = 1) -> str:
    """An interval of shares (0-1) in per cent, without the unit: ``24.8–25.7``."""
    if low is None or high is None:
        return MISSING
    return interval(low * 100, high * 100, places)


def plural(value: int, singular: str, plural_form: str | None = None) -> str:
    """A count and its noun: ``1 session``, ``1,284 sessions``."""
    noun = singular if value == 1 else (plural_form or f"{singular}s")
    return f"{count(value)}{NBSP}{noun}"


def join_names(names: list[str], max_names: int = 3) -> str:
    """Names in a sentence: ``a``, ``a and b``, ``a, b and 3 others``."""
    if len(names) > max_names:
        others = len(names) - max_names + 1
        return f"{', '.join(names[: max_names - 1])} and {others} others"
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def day(value: date | None) -> str:
    """A date: ``21 Nov 2026``."""
    if value is None:
        return MISSING
    match active().date_format:
        case DateFormat.ISO:
            return value.isoformat()
        case DateFormat.MONTH_FIRST:
            return f"{value.month:02d}/{value.day:02d}/{value.year:04d}"
    return f"{value.day}{NBSP}{MONTHS[value.month - 1]}{NBSP}{value.year}"


def short_day(value: date | None) -> str:
    """A date without its year, where the year is shown beside it: ``21 Nov``."""
    if value is None:
        return MISSING
    match active().date_format:
        case DateFormat.ISO:
            return f"{value.month:02d}-{value.day:02d}"
        case DateFormat.MONTH_FIRST:
            return f"{value.month:02d}/{value.day:02d}"
    return f"{value.day}{NBSP}{MONTHS[value.month - 1]}"


def named_day(value: date, *, beside: date | None = None) -> str:
    """A date in a sentence: ``29 July``; with its year where ``beside`` is of another.

    Who reads days as numbers gets the whole one: "about 07-29" could be anything.
    """
    if active().date_format != DateFormat.NAMED_MONTH:
        return day(value)
    text = f"{value.day}{NBSP}{MONTH_NAMES[value.month - 1]}"
    return text if beside is None or beside.year == value.year else f"{text}{NBSP}{value.year}"


def long_day(value: date) -> str:
    """A date with its weekday: ``Saturday 21 Nov 2026``."""
    return f"{WEEKDAYS[value.weekday()]} {day(value)}"


def month(value: str) -> str:
    """A month given as ``2026-11``: ``Nov 2026``."""
    if active().date_format == DateFormat.ISO:
        return value
    year, number_of_month = value.split("-")
    return f"{MONTHS[int(number_of_month) - 1]}{NBSP}{year}"


def local_day(value: datetime) -> date:
    """The day of a moment in the reader's zone."""
    return value.astimezone(active().zone).date()


def local_day_words(value: datetime | None) -> str:
    """The day of a moment in the reader's zone: ``21 Nov 2026``."""
    return MISSING if value is None else day(local_day(value))


def time_of_day(value: datetime) -> str:
    """A time of day, 24 hours, in the reader's zone: ``23:12``."""
    return value.astimezone(active().zone).strftime("%H:%M")


def zone_name(value: datetime) -> str:
    """The short name of the reader's zone at that moment: ``UTC``, ``CET``."""
    return value.astimezone(active().zone).tzname() or ""


def moment(value: datetime | None) -> str:
    """A moment with its zone: ``21 Nov 2026, 23:12 UTC``."""
    if value is None:
        return MISSING
    return f"{day(local_day(value))}, {time_of_day(value)}{NBSP}{zone_name(value)}"


def short_moment(value: datetime | None) -> str:
    """A moment in a table whose zone is named elsewhere: ``21 Nov, 21:04``."""
    if value is None:
        return MISSING
    return f"{short_day(local_day(value))},{NBSP}{time_of_day(value)}"


def short_moment_in_zone(value: datetime | None) -> str:
    """A moment with its zone, of the year that is known: ``26 Nov, 21:23 UTC``."""
    return MISSING if value is None else f"{short_moment(value)} {zone_name(value)}"


def date_range(start: date | None, end: date | None) -> str:
    """A range of days, inclusive: ``23 Oct – 21 Nov 2026``; open ends in words."""
    if start is None and end is None:
        return "all dates"
    if start is None:
        return f"up to {day(end)}"
    if end is None:
        return f"from {day(start)}"
    if start == end:
        return day(start)
    is_short = start.year == end.year and active().date_format == DateFormat.NAMED_MONTH
    start_text = short_day(start) if is_short else day(start)
    return f"{start_text} – {day(end)}"


def ago(value: Number) -> str:
    """How long ago, given in seconds: ``just now``, ``4 minutes ago``, ``26 hours ago``."""
    return "just now" if value < 60 else f"{age(value)} ago"


def age(value: Number) -> str:
    """A rough age, given in seconds: ``4 minutes``, ``26 hours``, ``3 days``."""
    if value < 3600:
        return plural(max(1, int(value // 60)), "minute")
    if value < 48 * 3600:
        return plural(int(value // 3600), "hour")
    return plural(int(value // 86400), "day")


@dataclass(frozen=True)
class Change:
    """A change against an earlier period, in words.

    ``level`` says whether it is ``better`` or ``worse``; ``neutral`` within chance, and when
    neither direction is. ``text`` is the size without a sign, the arrow carries that.
    ``beyond_chance``: None where nothing is known of chance.
    """

    arrow: str
    text: str
    level: Direction
    beyond_chance: bool | None = None

    @property
    def words(self) -> str:
        """``2.9 s, better`` or ``2.9 s, within chance``; the colour never says it alone."""
        if self.level != "neutral":
            return f"{self.text}, {self.level}"
        return f"{self.text}, within chance" if self.beyond_chance is False else self.text


def change(
    now: Number | None,
    before: Number | None,
    *,
    write: Callable[[Number], str],
    better: bool | None = None,
    beyond_chance: bool | None = None,
    relative: bool = False,
) -> Change | None:
    """The change from ``before`` to ``now``; None when either is unknown.

    ``write`` words the difference (or, with ``relative``, the difference as a share
    of ``before``). What reads as zero after rounding is no change: ``± 0``. ``better``: whether
    it is for the better, beyond chance.
    """
    if now is None or before is None or _unknown(now) or _unknown(before):
        return None
    difference = now - before
    if relative:
        if before == 0:
            return None
        difference = difference / abs(before)
    text = write(abs(difference))
    if not any(digit in "123456789" for digit in text):
        return Change(arrow="±", text="0", level="neutral", beyond_chance=beyond_chance)
    level: Direction = "neutral"
    if better is not None:
        level = "better" if better else "worse"
    return Change("▲" if difference > 0 else "▼", text, level, beyond_chance)
