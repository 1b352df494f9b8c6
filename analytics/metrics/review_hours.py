"""Review work by weekday and hour."""

from analytics.metrics import drawing
from analytics.metrics.columns import (
    ACCEPTED,
    HANDLE,
    HOUR,
    REJECT_RATE,
    REJECTED,
    SESSIONS,
    VIDEOS,
    WEEKDAY,
)
from analytics.metrics.formulas import handle_seconds, ratio
from analytics.metrics.registry import metric
from analytics.metrics.results import Result, Row
from analytics.scope import Scope, WeekHour
from analytics.summaries.by_hour import counters_by_hour
from analytics.summaries.counters import CounterRow
from analytics.summaries.reading import read_summaries
from analytics.summaries.snapshots import snapshot


@metric(
    title="Review by weekday and hour",
    group="review",
    counted="videos",
    drawing=drawing.HeatMap(
        row="weekday",
        column="hour",
        values=("reject_rate", "videos", "handle_seconds"),
        counted=(("accepted", "rejected"), ("videos",), ("accepted", "rejected")),
    ),
    columns=(WEEKDAY, HOUR, SESSIONS, VIDEOS, ACCEPTED, REJECTED, REJECT_RATE, HANDLE),
)
def review_by_hour(scope: Scope) -> Result:
    """What was reviewed in each hour of the week, by the start of the session.

    Weekday 1 is Monday, 7 is Sunday; hour 14 is from 14:00 to before 15:00, both in the portal's
    time zone. An hour that the clock repeats in autumn counts both times. All videos of a session
    count in the hour it started in. Hours without a session have no row. Reject rate: rejected
    over decided videos. Handle time as in the summary.
    """
    with snapshot():
        summaries = read_summaries(scope)
        hours = counters_by_hour(summaries)
        n = summaries.totals["videos"]
    return Result([hour_row(hour, counters) for hour, counters in hours.items()], n=n)


def hour_row(hour: WeekHour, counters: CounterRow) -> Row:
    """A row of ``review_by_hour``."""
    return {
        "weekday": hour.weekday,
        "hour": hour.hour,
        **{name: counters[name] for name in ("sessions", "videos", "accepted", "rejected")},
        "reject_rate": ratio(counters["rejected"], counters["accepted"] + counters["rejected"]),
        "handle_seconds": handle_seconds(counters["active_us"], counters["timed_decided"]),
    }
