"""A person's work by week and by queue, as the person's page shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.utils.text import capfirst

from analytics.formatting import NBSP, UNKNOWN, number, share
from analytics.insights.people import REVIEW_MEASURES, Measure
from analytics.insights.timelines import Shift, timelines
from analytics.metrics.person_work import (
    QueueMeasure,
    QueueWork,
    queues_of_person,
    weeks_of_person,
    whole_weeks,
)
from analytics.metrics.registry import METRICS
from analytics.presentation.cells import Cell, Heading, body_html
from analytics.presentation.day_marks import shift_text
from analytics.presentation.row_links import RowLinks, link_to_rows
from analytics.presentation.week_chart import ShiftedLevel, WeekChart, week_chart
from analytics.scope import Scope

#: So many queues are listed.
MAX_QUEUES = 12
#: Of fewer videos nothing is told of how somebody works in a queue.
MIN_VIDEOS = 10
MISSING = Cell("—", numeric=True, sort="")


def work_context(scope: Scope, today: date) -> dict[str, Any]:
    """The drawings by week, and the table of queues."""
    queues = queues_of_person(scope)
    opened = opened_of_queues(scope, queues)
    charts = week_charts(scope, today)
    return {
        "week_charts": charts,
        "weeks_have_limits": any(chart.band for chart in charts),
        "weeks_have_others": any(chart.others for chart in charts),
        "queue_columns": queue_columns(queues),
        "queue_body": body_html(
            queue_cells(queue, queues, opened.get(queue.name, {})) for queue in queues[:MAX_QUEUES]
        ),
        "queues_left_out": max(0, len(queues) - MAX_QUEUES),
        "has_queues": any(queue.name is not None for queue in queues),
        "queues_have_few": any(queue.videos < MIN_VIDEOS for queue in queues[:MAX_QUEUES]),
        "min_videos": MIN_VIDEOS,
        "queues_are_shared": any(not float(queue.videos).is_integer() for queue in queues),
    }


def week_charts(scope: Scope, today: date) -> list[WeekChart]:
    """A drawing for each measure with two weeks of work or more."""
    by_measure = weeks_of_person(scope, today)
    shifted = timelines(whole_weeks(scope, today))
    charts = []
    for measure in REVIEW_MEASURES:
        line = shifted.get(measure.column)
        chart = week_chart(
            capfirst(measure.words),
            measure.counted[1],
            by_measure.get(measure.column, []),
            measure.write,
            shifts=[shifted_level(shift, measure) for shift in line.shifts] if line else [],
            is_share=measure.is_rate,
            rows_url=partial(rows_of_week, scope, measure.column),
        )
        if chart is not None:
            charts.append(chart)
    return charts


def rows_of_week(scope: Scope, column: str, monday: date) -> str:
    """The address of the records behind a person's number of a week."""
    week = replace(scope, start=monday, end=monday + timedelta(days=6))
    return link_to_rows("moderator-review", column, week)


def shifted_level(shift: Shift, measure: Measure) -> ShiftedLevel:
    """A shift of the person's own days."""
    return ShiftedLevel(shift.day, shift.first, shift.last, shift_text(shift, measure.write))


def opened_of_queues(
    scope: Scope, queues: Sequence[QueueWork]
) -> dict[str | None, Mapping[str, str]]:
    """By queue the addresses of the records behind its numbers, by column.

    Of videos that are known to be of one queue: those that are divided are no list of records.
    """
    metric = METRICS["decisions-by-queue"]
    links, rows = RowLinks(metric, scope), {row["queue"]: row for row in metric(scope).rows}
    return {
        queue.name: links.of_row(rows[queue.name])
        for queue in queues
        if queue.name in rows and rows[queue.name]["videos"] == queue.videos
    }


def queue_columns(queues: Sequence[QueueWork]) -> list[Heading]:
    """The headings; what the others' work is made of only where the viewer may see it."""
    headings = [Heading("Queue"), Heading("Videos", numeric=True, barred=True)]
    if shows_others(queues):
        headings.append(Heading("Others' share", numeric=True))
    for measure in REVIEW_MEASURES:
        headings += [
            Heading(capfirst(measure.words), numeric=True),
            Heading("Expected", numeric=True),
        ]
    return headings


def shows_others(queues: Sequence[QueueWork]) -> bool:
    """Whether the viewer sees how the others' work divides among the queues."""
    return any(queue.others_share is not None for queue in queues)


def queue_cells(
    queue: QueueWork, queues: Sequence[QueueWork], opened: Mapping[str, str]
) -> list[Cell]:
    """The row of a queue; ``opened`` has the addresses of the records behind its numbers."""
    videos = number(queue.videos, 0)
    cells = [
        Cell(queue.name) if queue.name else Cell(UNKNOWN, sort="", css_class="quiet"),
        Cell(
            f"{videos}{NBSP}({share(queue.share)})",
            numeric=True,
            barred=True,
            bar=queue.share,
            sort=repr(queue.videos),
            href=opened.get("videos", ""),
            opens="videos" in opened,
        ),
    ]
    if shows_others(queues):
        others = queue.others_share
        cells.append(MISSING if others is None else Cell(share(others), True, sort=repr(others)))
    has_few = queue.videos < MIN_VIDEOS
    for measure in REVIEW_MEASURES:
        value, expected = measure_cells(queue.measures, measure, opened.get(measure.column, ""))
        cells += [MISSING if has_few else value, expected]
    return cells


def measure_cells(
    measures: Mapping[str, QueueMeasure], measure: Measure, opened: str
) -> list[Cell]:
    """What the person did in the queue, and what is expected there."""
    in_queue = measures.get(measure.column, QueueMeasure(None, None))
    return [
        MISSING
        if value is None
        else Cell(measure.write(value), numeric=True, sort=repr(value), href=href, opens=bool(href))
        for value, href in ((in_queue.value, opened), (in_queue.expected, ""))
    ]
