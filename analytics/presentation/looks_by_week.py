"""How often others looked at a person in each of the last weeks: bars that the server draws."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncWeek
from django.utils import timezone
from django.utils.timezone import get_default_timezone

from analytics.formatting import day, plural, short_day
from analytics.metrics.grains import Grain, bounds
from analytics.scope_filters import day_start
from audit.models import Entry

WEEKS = 13
WIDTH, HEIGHT = 340, 150
LEFT, TOP, BOTTOM = 26, 12, 122
#: The part of a week's width that its bar takes.
FILLED = 0.62
#: Every fourth week has its date below.
LABELLED = 4


@dataclass(frozen=True)
class WeekBar:
    """A week's bar: its place, its words, and the date below it (none below most)."""

    x: float
    y: float
    width: float
    height: float
    title: str
    middle: float
    label: str


@dataclass(frozen=True)
class LooksByWeek:
    """The bars, and the greatest number, which is the height of the axis."""

    bars: Sequence[WeekBar]
    most: int
    description: str
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    top: int = TOP
    bottom: int = BOTTOM


def looks_by_week(entries: QuerySet[Entry]) -> LooksByWeek:
    """Count the entries of the last ``WEEKS`` weeks, Monday to Sunday of ``TIME_ZONE``."""
    zone = get_default_timezone()
    today = timezone.localdate(timezone=zone)
    this_week, _sunday = bounds(Grain.WEEK, today)
    weeks = [this_week - timedelta(weeks=WEEKS - 1 - n) for n in range(WEEKS)]
    found = (
        entries.filter(at__gte=day_start(weeks[0]))
        .order_by()
        .values_list(TruncWeek("at", tzinfo=zone))
        .annotate(Count("pk"))
    )
    counts = {week.date(): number for week, number in found}
    numbers = [counts.get(week, 0) for week in weeks]
    most = max(1, *numbers)
    return LooksByWeek(
        bars=[bar(n, week, counts.get(week, 0), most) for n, week in enumerate(weeks)],
        most=most,
        description=f"{plural(sum(numbers), 'time')} in {WEEKS} weeks of {settings.TIME_ZONE}",
    )


def bar(n: int, week: date, number: int, most: int) -> WeekBar:
    """The bar of the ``n``-th week."""
    room = (WIDTH - LEFT) / WEEKS
    height = (BOTTOM - TOP) * number / most
    return WeekBar(
        x=LEFT + room * (n + (1 - FILLED) / 2),
        y=BOTTOM - height,
        width=room * FILLED,
        height=height,
        title=f"Week of {day(week)}: {plural(number, 'time')}",
        middle=LEFT + room * (n + 0.5),
        label=short_day(week) if n % LABELLED == 0 else "",
    )
