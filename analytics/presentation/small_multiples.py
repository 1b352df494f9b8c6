"""Queues over time: a small drawing for each, side by side."""

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from html import escape
from itertools import accumulate

from django.utils.safestring import SafeString

from analytics import formatting
from analytics.insights.timelines import DayWave, Shift, Timeline, items_words
from analytics.metrics.grains import Grain, Step, steps_of
from analytics.metrics.results import Result, Row
from analytics.models import Annotation
from analytics.presentation.row_links import link_to_rows
from analytics.scope import Scope

WIDTH, HEIGHT, GAP = 340, 74, 0.18
#: Of the mean; the window lies around its day.
WINDOW = 7
#: So many queues are drawn; the table has all.
MAX_QUEUES = 12
#: Of more bars each would be a link too narrow to meet.
MAX_LINKS = 62


@dataclass(frozen=True)
class Bar:
    """The items of a step: its place, and what a hover says of it."""

    x: float
    y: float
    width: float
    height: float
    title: str
    css: str
    href: str

    @property
    def html(self) -> str:
        """The bar, as a link where it leads somewhere."""
        title = escape(self.title)
        rect = (
            f'<rect\n      x="{self.x:.1f}" y="{self.y:.1f}" width="{self.width:.2f}"\n'
            f'      height="{self.height:.1f}" class="multiple-bar {self.css}">'
            f"<title>{title}</title></rect>\n      "
        )
        if not self.href:
            return rect
        return f'<a href="{escape(self.href)}" aria-label="{title}">{rect}</a>'


@dataclass(frozen=True)
class Note:
    """An annotation on the axis: its place, and its words."""

    x: float
    width: float
    title: str


@dataclass(frozen=True)
class Multiple:
    """One queue: drawn, and in words. ``mean`` and ``trend`` are SVG paths, empty without data."""

    name: str
    href: str
    total: str
    sign: str
    words: str
    title: str
    description: str
    bars: Sequence[Bar]
    mean: str
    trend: str
    shifts: Sequence[float]
    notes: Sequence[Note]
    first: str
    last: str

    @property
    def drawn_bars(self) -> SafeString:
        """The bars as HTML: by hand, since each of hundreds would cost a template as much again."""
        return SafeString("".join(bar.html for bar in self.bars))


@dataclass(frozen=True)
class SmallMultiples:
    """The drawings, all of one size, and how many queues have none; ``opens``: bars are links."""

    shown: Sequence[Multiple]
    left_out: int
    unit: str
    has_part: bool
    opens: bool


@dataclass(frozen=True)
class Frame:
    """The steps of the axis, and the day that the range begins with."""

    steps: Sequence[Step]
    grain: Grain
    first: date
    last: date
    scope: Scope
    annotations: Sequence[Annotation]

    @property
    def days(self) -> int:
        """How many days the axis spans."""
        return (self.last - self.first).days + 1

    def x(self, day: date) -> float:
        """Where a day begins."""
        return (day - self.first).days / self.days * WIDTH

    @cached_property
    def places(self) -> Sequence["Place"]:
        """Where the bar of each step stands, whatever the queue."""
        return [place_of(step, self) for step in self.steps]


@dataclass(frozen=True)
class Place:
    """Where the bars of a step stand, and how they look."""

    step: Step
    x: float
    width: float
    css: str


def place_of(step: Step, frame: Frame) -> Place:
    """The place of a step on the axis."""
    x, end = frame.x(step.first), frame.x(step.last + timedelta(days=1))
    is_weekend = frame.grain is Grain.DAY and step.first.isoweekday() > 5
    css = "part" if step.is_partial else "weekend" if is_weekend else ""
    return Place(step, x, end - x - min((end - x) * GAP, 2.0), css)


def small_multiples(
    result: Result,
    lines: Mapping[str, Timeline],
    scope: Scope,
    *,
    grain: Grain,
    is_common: bool,
    today: date,
    annotations: Sequence[Annotation] = (),
) -> SmallMultiples | None:
    """The queues with most items; ``is_common``: all on one scale, else each from 0 to its most."""
    by_queue: dict[str, dict[date, int]] = defaultdict(dict)
    for row in result.rows:
        by_queue[str(row["queue"])][day_of(row)] = int(str(row["items"]))
    if not by_queue:
        return None
    days = [day for items in by_queue.values() for day in items]
    first, last = scope.start or min(days), scope.end or max(days)
    last = max(first, min(last, max(max(days), today - timedelta(days=1))))
    frame = Frame(steps_of(grain, first, last, today=today), grain, first, last, scope, annotations)
    ordered = sorted(by_queue, key=lambda name: (-sum(by_queue[name].values()), name))
    shown = ordered[:MAX_QUEUES]
    sums = {name: step_sums(by_queue[name], frame.steps) for name in shown}
    common = max(max(values) for values in sums.values())
    return SmallMultiples(
        [
            multiple(
                name, by_queue[name], lines.get(name), frame,
                sums=sums[name], top=(common if is_common else max(sums[name])) or 1,
            )
            for name in shown
        ],
        len(ordered) - len(shown),
        grain.value,
        any(step.is_partial for step in frame.steps),
        len(frame.steps) <= MAX_LINKS,
    )  # fmt: skip


def day_of(row: Row) -> date:
    """The day of a row."""
    day = row["day"]
    assert isinstance(day, date)
    return day


def step_sums(items: Mapping[date, int], steps: Sequence[Step]) -> list[int]:
    """The items of each step."""
    days = sorted(items)
    until = [0, *accumulate(items[day] for day in days)]
    return [
        until[bisect_right(days, step.last)] - until[bisect_left(days, step.first)]
        for step in steps
    ]


def multiple(
    name: str,
    items: Mapping[date, int],
    line: Timeline | None,
    frame: Frame,
    *,
    sums: Sequence[int],
    top: float,
) -> Multiple:
    """The drawing of a queue; ``top`` is the value at the upper edge."""
    shifts = [] if line is None else [shift.day for shift in line.shifts]
    means = seven_day_means(items, frame, shifts) if frame.grain is Grain.DAY else {}
    sign, words = change_words(line)
    total = formatting.count(sum(items.values()))
    trend: dict[date, float] = {}
    if line is not None and line.growth is not None and frame.grain is Grain.DAY:
        trend = smooth(dict(zip(line.days, map(float, line.level), strict=True)))
    newest = means[max(means)] if means else None
    now = f"mean {formatting.count(round(newest))} a day" if newest is not None else ""
    end = formatting.short_day(frame.last)
    return Multiple(
        name=name,
        href=link_to_rows("queues", "items", frame.scope, row={"queue": name}),
        total=f"{total} items",
        sign=sign,
        words=words,
        title=f"{name}: {total} items, {words}",
        description=f"Items by {frame.grain.value}, from {formatting.count(min(sums))} to"
        f" {formatting.count(max(sums))}" + (f"; seven-day mean at the end {now}" if now else ""),
        bars=bars(name, frame, sums, top),
        mean=path(means, frame, top, breaks=shifts),
        trend=path(trend, frame, top),
        shifts=[frame.x(day) for day in shifts if frame.first < day <= frame.last],
        notes=list(notes(name, frame)),
        first=formatting.short_day(frame.first),
        last=f"{now} · {end}" if now else end,
    )


def notes(name: str, frame: Frame) -> Iterator[Note]:
    """Yield the annotations of the days that are about this queue, or about all."""
    for row in frame.annotations:
        start, end = max(row.start, frame.first), min(row.end, frame.last)
        if row.queue in ("", name) and start <= end:
            x = frame.x(start)
            days = formatting.date_range(row.start, row.end)
            yield Note(x, frame.x(end + timedelta(days=1)) - x, f"{days}: {row.text}")


def bars(name: str, frame: Frame, sums: Sequence[int], top: float) -> list[Bar]:
    """A bar a step, from 0."""
    drawn = []
    # The bars' addresses differ in their days only.
    first, last = frame.steps[0].first, frame.steps[-1].last
    all_days = replace(frame.scope, start=first, end=last)
    address = link_to_rows("queues", "items", all_days, row={"queue": name})
    days_of_all = f"start={first}&end={last}"
    for place, n in zip(frame.places, sums, strict=True):
        step = place.step
        href = ""
        if len(sums) <= MAX_LINKS and n:
            href = address.replace(days_of_all, f"start={step.first}&end={step.last}")
        height = n / top * HEIGHT
        title = f"{step.label}: {formatting.plural(n, 'item')}"
        drawn.append(Bar(place.x, HEIGHT - height, place.width, height, title, place.css, href))
    return drawn


def seven_day_means(
    items: Mapping[date, int], frame: Frame, shifts: Sequence[date]
) -> dict[date, float]:
    """The mean of the seven days around each day that has three on either side.

    A queue without a row has no items that day. A window never reaches over a shift.
    """
    half = WINDOW // 2
    days = [frame.first + timedelta(days=place) for place in range(frame.days)]
    until = [0, *accumulate(items.get(day, 0) for day in days)]
    means = {}
    for place in range(half, len(days) - half):
        start, end = place - half, place + half
        if not any(days[start] < shift <= days[end] for shift in shifts):
            means[days[place]] = (until[end + 1] - until[start]) / WINDOW
    return means


def smooth(level: Mapping[date, float]) -> dict[date, float]:
    """A fitted level without its weekdays: over whole weeks around each day."""
    half = timedelta(days=WINDOW // 2)
    days = sorted(level)
    means = {}
    for day in days:
        if days[0] + half <= day <= days[-1] - half:
            near = days[bisect_left(days, day - half) : bisect_right(days, day + half)]
            means[day] = sum(level[other] for other in near) / len(near)
    return means


def path(
    values: Mapping[date, float], frame: Frame, top: float, *, breaks: Sequence[date] = ()
) -> str:
    """A line through the middles of days; a break starts it anew."""
    parts, before = [], None
    for day, value in sorted(values.items()):
        if not (frame.first <= day <= frame.last and math.isfinite(value)):
            continue
        starts = before is None or any(before < shift <= day for shift in breaks)
        x = frame.x(day) + WIDTH / frame.days / 2
        parts.append(f"{'M' if starts else 'L'}{x:.1f} {HEIGHT - value / top * HEIGHT:.1f}")
        before = day
    return "".join(parts)


def change_words(line: Timeline | None) -> tuple[str, str]:
    """A sign and the words of what changed: growth first, then the last shift, then waves."""
    if line is None:
        return "?", "too few days to tell"
    if line.growth is not None:
        growth = line.growth
        days, low, high = (formatting.number(n, 0) for n in (growth.days, growth.low, growth.high))
        how = "doubles" if growth.rises else "halves"
        return "▲" if growth.rises else "▼", f"{how} in {days} days ({low}–{high})"
    if line.shifts:
        return shift_words(line.shifts[-1])
    if line.waves:
        return "=", wave_words(line.waves)
    return "=", "no trend or shift beyond chance"


def shift_words(shift: Shift) -> tuple[str, str]:
    """``rose from 410 to 580 a day about 17 Oct``."""
    rises = shift.after > shift.before
    moved = f"{'rose' if rises else 'fell'} from {items_words(shift.before)} to"
    words = f"{moved} {items_words(shift.after)} a day about {formatting.short_day(shift.day)}"
    return "▲" if rises else "▼", words


def wave_words(waves: Sequence[DayWave]) -> str:
    """``one wave, 10–14 Sep 2026; otherwise no shift``."""
    if len(waves) > 1:
        return f"{len(waves)} waves; otherwise no shift"
    return f"one wave, {formatting.date_range(waves[0].first, waves[0].last)}; otherwise no shift"
