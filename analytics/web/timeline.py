"""The timeline of a session: speed, decision and sound of each video, and idle gaps.

Pure geometry for an SVG; ``templates/portal/timeline.html`` draws it. Documents tell no time of a
video, so all have the same width. An idle interval has a place when it says when it started: then
it stands before the video that was reviewed next, found by the times that are known (the session's
start and end, and when speeds were chosen) with the videos in between spread evenly.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from html import escape

from django.utils.safestring import SafeString

from analytics.figures.labels import value_label as named
from analytics.formatting import duration, speed
from analytics.presentation.tables import swatch

WIDTH = 1060.0
LEFT = 54.0
# Gaps never take more than this share of the drawing, however long they were.
MAX_GAPS = 0.4
SPEED_TOP, SPEED_BOTTOM = 14.0, 88.0
BAND_TOP, BAND_HEIGHT = 136.0, 82.0
MUTED_TOP, MUTED_HEIGHT = 234.0, 16.0
HEIGHT = 292.0
# Fewer units than this under a gap have no room for its words.
WORDS_FROM = 26.0
# A letter over a gap, as the drawing is lettered on narrow screens.
LETTER = 8.0


@dataclass(frozen=True)
class TimelineVideo:
    """What the drawing needs of one view; ``speed_chosen_at``: the first choice of a speed.

    ``words`` are what a hover says, ``href`` is what a click opens.
    """

    decision: str
    muted: bool
    speeds: Sequence[float] = ()
    speed_chosen_at: datetime | None = None
    words: str = ""
    href: str = ""


@dataclass(frozen=True)
class TimelineIdle:
    """What the drawing needs of an idle interval; seconds."""

    kind: str
    seconds: float | None
    started: datetime | None


@dataclass(frozen=True)
class Box:
    """A rectangle, the class of its colour, its words, and where it leads."""

    x: float
    width: float
    kind: str
    label: str = ""
    words: str = ""
    href: str = ""

    @property
    def middle(self) -> float:
        """Where words over it stand."""
        return self.x + self.width / 2

    @property
    def video_html(self) -> str:
        """A video's rectangle, as a link."""
        hatching = ' fill="url(#hatch-none)"' if self.kind == "none" else ""
        return (
            f'<a href="{escape(self.href)}" tabindex="-1"><title>{escape(self.words)}</title>\n'
            f'    <rect x="{self.x:.1f}" y="136" width="{self.width:.1f}" height="82" rx="1"\n'
            f'      class="fill-{escape(self.kind)}"{hatching}/></a>'
        )

    @property
    def muted_html(self) -> str:
        """The rectangle of a video without sound."""
        return (
            f'\n    <rect x="{self.x:.1f}" y="234" width="{self.width:.1f}" height="16"'
            ' class="fill-muted"/>'
        )


@dataclass(frozen=True)
class Tick:
    """A mark on an axis: where, and its words."""

    at: float
    words: str


@dataclass
class Timeline:
    """The drawing, in units of an SVG of WIDTH by HEIGHT."""

    videos: list[Box] = field(default_factory=list)
    gaps: list[Box] = field(default_factory=list)
    muted: list[Box] = field(default_factory=list)
    # SVG paths: the speeds that were chosen, and those carried on from an earlier choice.
    chosen_speeds: str = ""
    carried_speeds: str = ""
    speeds: list[Tick] = field(default_factory=list)
    numbers: list[Tick] = field(default_factory=list)
    # For each idle interval: the number of the video it stands before; None when unknown.
    places: list[int | None] = field(default_factory=list)

    # By hand, since each of hundreds of boxes would cost a template as much again.

    @property
    def drawn_videos(self) -> SafeString:
        """The videos as SVG."""
        return SafeString("".join(box.video_html for box in self.videos))

    @property
    def drawn_muted(self) -> SafeString:
        """The videos without sound as SVG."""
        return SafeString("".join(box.muted_html for box in self.muted))


def draw_timeline(
    views: Sequence[TimelineVideo],
    idle: Sequence[TimelineIdle],
    *,
    started: datetime,
    seconds: float | None,
) -> Timeline:
    """The drawing of a session that ``started`` then and took ``seconds``, if known."""
    timeline = Timeline()
    timeline.places = [
        place(views, idle, interval, started=started, seconds=seconds) for interval in idle
    ]
    if not views:
        return timeline
    widths, step = gap_widths(views, idle, timeline.places, seconds)
    x = LEFT
    starts = []
    for number, view in enumerate(views, start=1):
        for nth, before in enumerate(timeline.places):
            if before == number and widths[nth]:
                timeline.gaps.append(gap_box(x, widths[nth], idle[nth]))
                x += widths[nth]
        starts.append(x)
        width = step * (0.9 if step > 4 else 1)
        timeline.videos.append(Box(x, width, view.decision, words=view.words, href=view.href))
        x += step
    for nth, before in enumerate(timeline.places):
        if before == len(views) + 1 and widths[nth]:
            timeline.gaps.append(gap_box(x, widths[nth], idle[nth]))
            x += widths[nth]
    timeline.gaps = without_collisions(timeline.gaps)
    timeline.muted = muted_runs(views, starts, step)
    draw_speeds(timeline, views, starts, step)
    timeline.numbers = number_ticks(starts, step)
    return timeline


def gap_box(x: float, width: float, idle: TimelineIdle) -> Box:
    """An idle gap; a narrow one has no words."""
    words = duration(idle.seconds)
    label = named("kind", idle.kind) if width >= len(words) * 6 else ""
    return Box(x, width, swatch("idle", idle.kind), label, words if width >= WORDS_FROM else "")


def without_collisions(gaps: Sequence[Box]) -> list[Box]:
    """The gaps, those without words whose words would run into the ones before."""
    labelled: list[Box] = []
    end = 0.0
    for gap in gaps:
        half = len(max(gap.label, gap.words, key=len)) * LETTER / 2
        if gap.words and gap.middle - half < end:
            labelled.append(replace(gap, label="", words=""))
            continue
        labelled.append(gap)
        end = gap.middle + half if gap.words else end
    return labelled


def gap_widths(
    views: Sequence[TimelineVideo],
    idle: Sequence[TimelineIdle],
    places: Sequence[int | None],
    seconds: float | None,
) -> tuple[list[float], float]:
    """The widths of the idle gaps (0: not drawn) and of one video.

    To the videos' scale, one video being the mean active time of a video, unless the gaps would
    take too much room; to one scale among themselves always.
    """
    lengths = [
        interval.seconds or 0.0 if before is not None else 0.0
        for interval, before in zip(idle, places, strict=True)
    ]
    total = sum(lengths)
    room = WIDTH - LEFT
    if not total:
        return lengths, room / len(views)
    active = (seconds or 0.0) - sum(interval.seconds or 0.0 for interval in idle)
    share = total / (total + active) if active > 0 else MAX_GAPS
    gaps = room * min(share, MAX_GAPS)
    return [length / total * gaps for length in lengths], (room - gaps) / len(views)


def place(
    views: Sequence[TimelineVideo],
    idle: Sequence[TimelineIdle],
    interval: TimelineIdle,
    *,
    started: datetime,
    seconds: float | None,
) -> int | None:
    """The number of the video before which an interval stands; None when unknown.

    ``len(views) + 1``: after the last one.
    """
    if interval.started is None or interval.seconds is None:
        return None
    at = (interval.started - started).total_seconds()
    if at < 0 or (seconds is not None and at > seconds):
        return None
    fixed_points = [(0.0, 0.0)]
    for number, view in enumerate(views):
        if view.speed_chosen_at is not None:
            moment = (view.speed_chosen_at - started).total_seconds()
            if moment > fixed_points[-1][0]:
                fixed_points.append((moment, float(number)))
    if seconds is not None and seconds > fixed_points[-1][0]:
        fixed_points.append((seconds, float(len(views))))
    pauses = [
        ((pause.started - started).total_seconds(), pause.seconds)
        for pause in idle
        if pause.started is not None and pause.seconds is not None
    ]
    for (start, before), (end, after) in itertools.pairwise(fixed_points):
        if start <= at <= end:
            busy = active_between(start, end, pauses)
            share = active_between(start, at, pauses) / busy if busy else 0.0
            return round(before + share * (after - before)) + 1
    # After the last time that is known, in an open session.
    return int(fixed_points[-1][1]) + 2 if len(fixed_points) > 1 else None


def active_between(start: float, end: float, pauses: Sequence[tuple[float, float]]) -> float:
    """The seconds from ``start`` to ``end`` without the pauses in them."""
    idle = sum(max(0.0, min(end, at + length) - max(start, at)) for at, length in pauses)
    return max(0.0, end - start - idle)


def muted_runs(views: Sequence[TimelineVideo], starts: Sequence[float], step: float) -> list[Box]:
    """A bar for each run of muted videos; an idle gap in a run parts it."""
    runs: list[Box] = []
    for view, x in zip(views, starts, strict=True):
        if not view.muted:
            continue
        last_run = runs[-1] if runs else None
        if last_run is not None and abs(last_run.x + last_run.width - x) < 0.01:
            runs[-1] = Box(last_run.x, last_run.width + step, "muted")
        else:
            runs.append(Box(x, step, "muted"))
    return runs


def draw_speeds(
    timeline: Timeline, views: Sequence[TimelineVideo], starts: Sequence[float], step: float
) -> None:
    """Draw the speed of each video: as chosen there, or carried on from the last choice."""
    speeds = [value for view in views for value in view.speeds]
    if not speeds:
        return
    low, high = min(1.0, *speeds), max(1.0, *speeds)
    spread = high - low or 1.0

    def height(value: float) -> float:
        return SPEED_BOTTOM - (value - low) / spread * (SPEED_BOTTOM - SPEED_TOP)

    timeline.speeds = [Tick(height(mark), speed(mark)) for mark in speed_marks(low, high)]
    solid, faint = [], []
    current: float | None = None
    end = 0.0
    for view, x in zip(views, starts, strict=True):
        joined = abs(end - x) < 0.01
        end = x + step
        if view.speeds:
            before, width = current, step / len(view.speeds)
            for nth, value in enumerate(view.speeds):
                at = x + nth * width
                begin = f"M{at:.1f} {height(value):.1f}"
                if before is not None and (joined or nth):
                    begin = f"M{at:.1f} {height(before):.1f}V{height(value):.1f}"
                solid.append(f"{begin}H{at + width:.1f}")
                before = value
            current = view.speeds[-1]
        elif current is not None:
            faint.append(f"M{x:.1f} {height(current):.1f}H{end:.1f}")
    timeline.chosen_speeds, timeline.carried_speeds = "".join(solid), "".join(faint)


def speed_marks(low: float, high: float) -> list[float]:
    """The speeds that the axis names: the ends, the normal speed, round ones between."""
    apart = (high - low) / 5
    marks = {low, 1.0, high}
    for half in range(math.ceil(low * 2), math.floor(high * 2) + 1):
        if all(abs(half / 2 - mark) > apart for mark in marks):
            marks.add(half / 2)
    return sorted(marks)


def number_ticks(starts: Sequence[float], step: float) -> list[Tick]:
    """The numbers under the videos: the first, the last and round ones between."""
    count = len(starts)
    every = next(
        (size for size in (1, 2, 5, 10, 20, 50, 100, 200, 500) if count / size <= 12), 1000
    )
    numbers = {1, count, *range(every, count + 1, every)}
    if count - max((n for n in numbers if n < count), default=0) < every * 0.6:
        numbers -= {max((n for n in numbers if 1 < n < count), default=0)}
    return [Tick(starts[n - 1] + step / 2, str(n)) for n in sorted(numbers)]
