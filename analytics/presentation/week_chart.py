"""A person's measure by week as a drawing: own line, expected, ordinary limits, the others."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from analytics.formatting import count, short_day, without_zero_decimal
from analytics.metrics.person_work import Week
from analytics.metrics.team_spread import Spread

WIDTH, HEIGHT = 380, 210
# An upper bound for the mean letter of the words, 11 px high.
LETTER_WIDTH = 5.8
LEFT, RIGHT, TOP, BOTTOM = 46, 10, 22, 26
MAX_TICKS = 4
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)

Number = float | None


@dataclass(frozen=True)
class Tick:
    """A mark of an axis: its place, and its words."""

    at: float
    text: str


@dataclass(frozen=True)
class Dot:
    """A week's own value, with what a hover says of it, and the address of its records."""

    x: float
    y: float
    text: str
    rows_url: str = ""


@dataclass(frozen=True)
class WeekRow:
    """A week in words, for the table under the chart."""

    week: str
    n: str
    value: str
    expected: str
    limits: str
    others: str
    rows_url: str = ""


@dataclass(frozen=True)
class ShiftLine:
    """A level that shifted: its place, from where to where it may have been, and its words."""

    x: float
    start: float
    width: float
    text: str
    anchor: str
    words_x: float


@dataclass(frozen=True)
class WeekChart:
    """A drawing of ``WIDTH`` x ``HEIGHT``; lines and areas are SVG paths, empty without data."""

    title: str
    counted: str
    description: str
    own: str
    expected: str
    low: str
    high: str
    band: str
    others: str
    dots: Sequence[Dot]
    shifts: Sequence[ShiftLine]
    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]
    rows: Sequence[WeekRow]


@dataclass(frozen=True)
class ShiftedLevel:
    """A level that shifted about ``day``, between ``first`` and ``last``, in words."""

    day: date
    first: date
    last: date
    text: str


@dataclass(frozen=True)
class Axes:
    """From a day and a value to their places."""

    start: date
    days: int
    low: float
    high: float

    def x(self, day: date) -> float:
        """The place of a day; a week stands at its middle."""
        share = (day - self.start).days / self.days
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        """The place of a value."""
        share = (value - self.low) / (self.high - self.low)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def week_chart(
    title: str,
    counted: str,
    weeks: Sequence[Week],
    write: Callable[[float], str],
    *,
    shifts: Sequence[ShiftedLevel] = (),
    is_share: bool,
    rows_url: Callable[[date], str] = lambda monday: "",
) -> WeekChart | None:
    """The drawing of a measure; None with fewer than two weeks of work.

    ``rows_url`` gives the address of the records behind the value of a week.
    """
    if sum(week.value is not None for week in weeks) < 2:
        return None
    ticks = ticks_of(weeks, is_share=is_share)
    axes = Axes(weeks[0].monday, 7 * len(weeks), ticks[0], ticks[-1])
    middles = [axes.x(week.monday) + 3.5 / axes.days * (WIDTH - LEFT - RIGHT) for week in weeks]

    def line(values: Sequence[Number]) -> str:
        return path(middles, [None if value is None else axes.y(value) for value in values])

    def area(lows: Sequence[Number], highs: Sequence[Number]) -> str:
        places = [[None if v is None else axes.y(v) for v in side] for side in (lows, highs)]
        return areas(middles, *places)

    lows, highs = [week.low for week in weeks], [week.high for week in weeks]
    rows = [row_of(week, write, rows_url(week.monday)) for week in weeks]
    return WeekChart(
        title=title,
        counted=counted,
        description=describe(title, rows),
        own=line([week.value for week in weeks]),
        expected=line([week.expected for week in weeks]),
        low=line(lows),
        high=line(highs),
        band=area(lows, highs),
        others=area(
            [None if week.others is None else week.others.low for week in weeks],
            [None if week.others is None else week.others.high for week in weeks],
        ),
        dots=dots_of(weeks, rows, middles, axes),
        shifts=[shift_line(shift, axes) for shift in shifts if shift.day >= axes.start],
        x_ticks=[Tick(middles[at], short_day(weeks[at].monday)) for at in range(0, len(weeks), 4)],
        y_ticks=[Tick(axes.y(tick), without_zero_decimal(write(tick))) for tick in ticks],
        rows=rows,
    )


def ticks_of(weeks: Sequence[Week], *, is_share: bool) -> list[float]:
    """The marks of the value axis, around all that is drawn."""
    drawn = [
        value
        for week in weeks
        for value in (week.value, week.expected, week.low, week.high, *of_others(week.others))
        if value is not None
    ]
    return nice_ticks(min(drawn), max(drawn), most=1.0 if is_share else math.inf)


def dots_of(
    weeks: Sequence[Week], rows: Sequence[WeekRow], middles: Sequence[float], axes: Axes
) -> list[Dot]:
    """A dot for each week with work, at its middle."""
    return [
        Dot(x, axes.y(week.value), hover(row), row.rows_url)
        for x, week, row in zip(middles, weeks, rows, strict=True)
        if week.value is not None
    ]


def of_others(spread: Spread | None) -> tuple[float, ...]:
    """The ends of the others' middle half."""
    return () if spread is None else (spread.low, spread.high)


def nice_ticks(low: float, high: float, *, most: float) -> list[float]:
    """A few round numbers around what is drawn, within 0 and ``most``."""
    span = (high - low) or abs(high) or 1.0
    power = 10.0 ** math.floor(math.log10(span / MAX_TICKS))
    step = next(power * each for each in STEPS if span / (power * each) <= MAX_TICKS)
    first, last = math.floor(low / step), math.ceil(high / step)
    ticks = [step * place for place in range(first, max(last, first + 1) + 1)]
    return [tick for tick in ticks if tick <= most + step / 2 and tick >= -step / 2]


def path(xs: Sequence[float], ys: Sequence[Number]) -> str:
    """A line through the known points; a gap starts it anew."""
    parts, pen = [], "M"
    for x, y in zip(xs, ys, strict=True):
        if y is None:
            pen = "M"
            continue
        parts.append(f"{pen}{x:.1f} {y:.1f}")
        pen = "L"
    return "".join(parts)


def areas(xs: Sequence[float], lows: Sequence[Number], highs: Sequence[Number]) -> str:
    """The area between two lines, in pieces where either has gaps."""
    pieces, run = [], []
    for x, low, high in [*zip(xs, lows, highs, strict=True), (0.0, None, None)]:
        if low is not None and high is not None:
            run.append((x, low, high))
            continue
        if len(run) > 1:
            there = "L".join(f"{x:.1f} {high:.1f}" for x, _, high in run)
            back = "L".join(f"{x:.1f} {low:.1f}" for x, low, _ in reversed(run))
            pieces.append(f"M{there}L{back}Z")
        run = []
    return "".join(pieces)


def shift_line(shift: ShiftedLevel, axes: Axes) -> ShiftLine:
    """Where a shifted level stands; its words go to the side that has room, within the drawing."""
    x = axes.x(shift.day)
    start, end = axes.x(max(shift.first, axes.start)), axes.x(shift.last)
    words = len(shift.text) * LETTER_WIDTH
    is_right = x > WIDTH / 2
    words_x = min(max(x, words), WIDTH) if is_right else max(min(x, WIDTH - words), 0.0)
    anchor = "end" if is_right else "start"
    return ShiftLine(x, start, max(end - start, 1.0), shift.text, anchor, words_x)


def row_of(week: Week, write: Callable[[float], str], rows_url: str) -> WeekRow:
    """A week in words."""

    def words(*values: Number) -> str:
        known = [value for value in values if value is not None]
        return " – ".join(write(value) for value in known) if known else "—"

    return WeekRow(
        short_day(week.monday),
        count(week.n),
        words(week.value),
        words(week.expected),
        words(week.low, week.high),
        words(*of_others(week.others)),
        rows_url if week.value is not None else "",
    )


def hover(row: WeekRow) -> str:
    """What a dot says."""
    words = [f"Week from {row.week}: {row.value} ({row.n})"]
    if row.expected != "—":
        words.append(f"expected {row.expected}")
    if row.limits != "—":
        words.append(f"ordinary {row.limits}")
    return ", ".join(words)


def describe(title: str, rows: Sequence[WeekRow]) -> str:
    """The drawing in words, for those who do not see it."""
    known = [row for row in rows if row.value != "—"]
    return (
        f"{title} by week: {known[0].value} in the week from {known[0].week}, {known[-1].value} in"
        f" the week from {known[-1].week}. The table below has every week."
    )
