"""Review work by the hour of the week in which the sessions started, in TIME_ZONE."""

from collections import defaultdict
from datetime import date
from typing import Any

from django.db.models import F, Sum
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay
from django.utils import timezone

from analytics.models import HOUR_COUNTERS, PeriodValue, RawTotals, SessionTotals, Subject
from analytics.scope import WeekHour
from analytics.summaries.counters import CounterRow
from analytics.summaries.reading import SummaryReader

#: Where the videos of an hour are counted.
VIDEOS_NUMBER = next(number for number, pair in HOUR_COUNTERS.items() if pair[1] == "videos")
#: What is counted of each hour.
HOURLY = tuple(name for pair in HOUR_COUNTERS.values() for name in pair)


def counters_by_hour(summaries: SummaryReader) -> dict[WeekHour, CounterRow]:
    """The counters of ``HOURLY`` of each hour of the week that has a session, in order."""
    hours: dict[WeekHour, CounterRow] = defaultdict(lambda: dict.fromkeys(HOURLY, 0))
    if summaries.is_everyone:
        built = PeriodValue.objects.filter(summaries.rollups.built, subject=Subject.HOUR)
        rows = built.values_list("value", "number").annotate(Sum("n"), Sum("amount"))
        for value, number, *sums in rows.order_by():
            for name, amount in zip(HOUR_COUNTERS[number], sums, strict=True):
                hours[WeekHour.from_text(value)][name] += amount
    # Roll-ups have no hours by moderator: a moderator's sessions are few.
    by_session = summaries.is_one_moderator
    sources = summaries.session_sources if by_session else summaries.sources_beyond_rollups
    for source in sources(SessionTotals, RawTotals):
        for row in of_sessions(source):
            counters = hours[WeekHour(row.pop("weekday"), row.pop("hour"))]
            for name, amount in row.items():
                counters[name] += amount
    return dict(sorted(hours.items()))


def videos_by_hour_and_day(summaries: SummaryReader) -> dict[int, dict[date, int]]:
    """How many videos the sessions of each hour of the day have, by day."""
    hours: dict[int, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    if summaries.is_everyone:
        days = summaries.usable_rollups.day_rollups
        built = PeriodValue.objects.filter(days, subject=Subject.HOUR, number=VIDEOS_NUMBER)
        for value, day, n in built.values_list("value", "start", "amount"):
            hours[WeekHour.from_text(value).hour][day] += n
        sources = list(summaries.sources_beyond_rollups(SessionTotals, RawTotals))
    else:
        sources = list(summaries.session_sources(SessionTotals, RawTotals))
    for source in sources:
        at = ExtractHour("started_at", tzinfo=timezone.get_default_timezone())
        rows = source.annotate(hour=at).values_list("hour", "day").annotate(Sum("videos"))
        for hour, day, n in rows.order_by():
            hours[hour][day] += n
    return hours


def of_sessions(source: Any) -> Any:
    """The counters of sessions' own rows by weekday and hour."""
    zone = timezone.get_default_timezone()
    of_hour = source.values(
        weekday=ExtractIsoWeekDay("started_at", tzinfo=zone),
        hour=ExtractHour("started_at", tzinfo=zone),
    )
    summed = {f"sum_{name}": Sum(name) for name in HOURLY if name != "active_us"}
    summed["sum_active_us"] = Sum(F("logged_us") - F("idle_us"))
    for row in of_hour.annotate(**summed).order_by():
        yield {name.removeprefix("sum_"): value for name, value in row.items()}
