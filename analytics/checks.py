"""System checks: declarations of metrics, the summaries' time zone, the address of videos."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, register
from django.db import DatabaseError

from analytics.metrics.drawing import ColumnName, ColumnNames
from analytics.metrics.registry import METRICS, Metric
from analytics.models import SummaryState
from analytics.video_links import why_no_video_url

STANDBY_ROUTER = "analytics.summaries.standbys.StandbyRouter"


@register()
def check_routers(**_kwargs: Any) -> list[CheckMessage]:
    """Check that no other router sends reads to a database that may lag behind."""
    if settings.DATABASE_ROUTERS == [STANDBY_ROUTER]:
        return []
    return [
        Error(
            f"DATABASE_ROUTERS is {settings.DATABASE_ROUTERS!r}, expected {[STANDBY_ROUTER]!r}",
            hint="A router that does not compare versions shows old figures under the new version.",
            id="analytics.E008",
        )
    ]


@register()
def check_metrics(**_kwargs: Any) -> list[CheckMessage]:
    """Check that each declared metric explains itself and draws columns that it has."""
    return [message for declared in METRICS.values() for message in metric_errors(declared)]


def metric_errors(declared: Metric) -> Iterator[CheckMessage]:
    """The errors of one declaration."""
    if not declared.definition:
        yield Error(
            f"metric {declared.slug} has no definition",
            hint="Write one as the docstring of its function: people read it.",
            id="analytics.E001",
        )
    names = [column.name for column in declared.columns]
    if len(set(names)) != len(names):
        yield Error(f"metric {declared.slug} has a column twice", id="analytics.E002")
    for name in drawn_columns(declared):
        if name not in names:
            yield Error(
                f"metric {declared.slug} draws {name!r}, which is none of its columns",
                hint=f"Its columns are {', '.join(names)}.",
                id="analytics.E003",
            )
    for column in (*declared.columns, *declared.summary_columns):
        if sum(map(bool, (column.records, column.key, column.without_records))) != 1:
            yield Error(
                f"metric {declared.slug} does not say what {column.name!r} counts",
                hint="Give the column its records, its key, or the reason why it has none.",
                id="analytics.E006",
            )
    for name in declared.needs:
        if name not in declared.parameters:
            yield Error(
                f"metric {declared.slug} needs {name!r} and does not take it",
                id="analytics.E004",
            )


def drawn_columns(declared: Metric) -> Iterator[str]:
    """The columns that a metric's drawing names."""
    for field in fields(declared.drawing):
        value = getattr(declared.drawing, field.name)
        if field.type == ColumnName and value:
            yield value
        elif field.type == ColumnNames:
            yield from value


@register()
def check_video_url(**_kwargs: Any) -> list[CheckMessage]:
    """Check that VIDEO_URL is an https address with a place for a video's id."""
    reason = why_no_video_url(settings.VIDEO_URL)
    if not reason:
        return []
    hint = "Such as https://review.example.org/watch/{video}, or leave it empty."
    return [Error(f"VIDEO_URL {reason}", hint=hint, id="analytics.E007")]


@register(deploy=True)
def check_video_url_is_set(**_kwargs: Any) -> list[CheckMessage]:
    """Name a VIDEO_URL that is not set: pages of checks work without, and link no video."""
    if settings.VIDEO_URL:
        return []
    message = "VIDEO_URL is not set, so who checks decisions finds no link to the video"
    hint = "Such as https://review.example.org/watch/{video}."
    return [Info(message, hint=hint, id="analytics.I001")]


@register(Tags.database)
def check_time_zone(
    *, databases: Sequence[str] | None = None, **_kwargs: Any
) -> list[CheckMessage]:
    """Check that the summaries' days are cut by the TIME_ZONE of the settings."""
    if not databases:
        return []
    try:
        state = SummaryState.objects.first()
    except DatabaseError:
        # Not migrated yet: there is nothing to compare.
        return []
    if state is None or state.time_zone == settings.TIME_ZONE:
        return []
    return [
        Error(
            f"the summaries' days begin in {state.time_zone}, TIME_ZONE is {settings.TIME_ZONE}",
            hint="Run 'manage.py summaries rebuild', or set TIME_ZONE back.",
            id="analytics.E005",
        )
    ]
