"""The metrics of the time in which nothing happened: idle intervals, their lengths and kinds."""

from collections.abc import Mapping

from django.db.models import Q

from analytics.metrics import drawing
from analytics.metrics.columns import INTERVALS, KIND, MEASURED_INTERVALS
from analytics.metrics.formulas import seconds
from analytics.metrics.notes import unknown_idle_length_note
from analytics.metrics.records import (
    IDLE_INTERVALS,
    SECONDS_LONG,
    Key,
    Median,
    Part,
    RowValues,
    Sum,
)
from analytics.metrics.registry import metric
from analytics.metrics.results import Column, Result, Row
from analytics.metrics.seen_values import seen_values
from analytics.models import SECOND_US, Subject
from analytics.scope import Scope
from analytics.summaries.reading import read_summaries
from analytics.summaries.snapshots import snapshot

MAX_BINS = 20
BIN_WIDTHS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)


def bin_width(longest: int) -> int:
    """The width in seconds that gives at most 20 bins [from, to) up to ``longest``."""
    width = next((width for width in BIN_WIDTHS if longest < width * MAX_BINS), BIN_WIDTHS[-1])
    while longest >= width * MAX_BINS:
        width *= 2
    return width


def idle_histogram(
    counts: Mapping[tuple[str, float], tuple[int, int]],
) -> list[tuple[str, int, int, int]]:
    """(kind, from seconds, to seconds, intervals) of every bin, by kind, then from.

    ``counts``: (n, microseconds) of each (kind, step). Every kind has every bin.
    """
    if not counts:
        return []
    longest = int(max(step for _kind, step in counts))
    width = bin_width(longest)
    bins = longest // width + 1
    by_kind: dict[str, list[int]] = {}
    for (kind, step), (n, _amount) in counts.items():
        by_kind.setdefault(kind, [0] * bins)[int(step) // width] += n
    return [
        (kind, index * width, (index + 1) * width, n)
        for kind in sorted(by_kind)
        for index, n in enumerate(by_kind[kind])
    ]


def intervals_of_bin(row: RowValues) -> Part:
    """The idle intervals of a bin; each is made of whole steps of the summaries."""
    start, stop = row["from_seconds"], row["to_seconds"]
    return Part(
        Q(duration_us__gte=start * SECOND_US, duration_us__lt=stop * SECOND_US),
        values=Q(number__gte=start, number__lt=stop),
    )


@metric(
    title="Idle intervals by length",
    group="review",
    counted="intervals",
    drawing=drawing.Histogram(
        start="from_seconds",
        stop="to_seconds",
        value="intervals",
        series="kind",
        color_family="idle",
    ),
    columns=(
        KIND,
        Column("from_seconds", "From", "integer", "s", key=Key(intervals_of_bin, is_bin=True)),
        Column("to_seconds", "To", "integer", "s", without_records="It is the end of a bin."),
        INTERVALS,
    ),
)
def idle_time(scope: Scope) -> Result:
    """How long the idle intervals were, by kind.

    Bins [from, to) from 0 to the longest interval in scope; the width is the smallest of 1, 2,
    5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600 seconds, then doubling, that gives at most 20.
    """
    with snapshot():
        summaries = read_summaries(scope)
        counts = summaries.values.get("idle", {})
        notes = unknown_idle_length_note(summaries)
        seen = seen_values(Subject.IDLE)
    rows: list[Row] = [
        {"kind": kind, "from_seconds": start, "to_seconds": stop, "intervals": n}
        for kind, start, stop, n in idle_histogram(counts)
    ]
    return Result(rows, notes=notes, n=sum(n for n, _us in counts.values()), seen=seen)


@metric(
    title="Idle time by kind",
    group="review",
    counted="intervals",
    drawing=drawing.Table(),
    columns=(
        KIND,
        INTERVALS,
        Column(
            "seconds",
            "Total",
            "seconds",
            "s",
            Sum(
                IDLE_INTERVALS,
                MEASURED_INTERVALS,
                amount=SECONDS_LONG,
            ),
        ),
        Column(
            "median_seconds",
            "Median",
            "seconds",
            "s",
            Median(IDLE_INTERVALS, MEASURED_INTERVALS, amount=SECONDS_LONG, needs_key=True),
        ),
    ),
)
def idle_summary(scope: Scope) -> Result:
    """How much time the idle intervals took, by kind.

    Lengths as recorded: overlaps count twice and nothing is clipped to the session, unlike the
    idle time of the summary.
    """
    with snapshot():
        summaries = read_summaries(scope)
        counts = summaries.values.get("idle", {})
        notes = unknown_idle_length_note(summaries)
        medians = summaries.idle_medians_us
        rows: list[Row] = []
        for kind in sorted(medians):
            of_kind = [count for (named, _step), count in counts.items() if named == kind]
            rows.append(
                {
                    "kind": kind,
                    "intervals": sum(n for n, _us in of_kind),
                    "seconds": seconds(sum(us for _n, us in of_kind)),
                    "median_seconds": seconds(medians[kind]),
                }
            )
    return Result(rows, notes=notes, n=sum(n for n, _us in counts.values()))
