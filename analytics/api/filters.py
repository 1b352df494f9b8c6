"""What each list can be filtered by, besides the scope; named as the fields are."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import django_filters
import django_filters.fields
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet

from analytics.imports.sessions.field_types import (
    BOOLEAN,
    CONTENT_ID,
    COUNT,
    NAME,
    NUMBER,
    REQUIRED_NAME,
    SECONDS,
    SOUND,
    STATUS,
    TIME,
    FieldType,
)
from analytics.imports.sessions.fields import INACTIVITY, QUEUES, VIDEOS, Field, Part
from analytics.insights.people import MEASURES
from analytics.models import SECOND_US, Decision, DisputeOutcome, Sound, Verdict
from analytics.names import normalise
from analytics.session_filters import filter_set, filters_of

FilterSetClass = type[django_filters.FilterSet]


def text_filter(field: str, label: str) -> django_filters.CharFilter:
    """The exact text, blanks at its ends included: whatever stands in the data can be asked for."""
    return django_filters.CharFilter(field_name=field, label=label, strip=False)


class NameFilter(django_filters.CharFilter):
    """Names, normalised as the stored ones are."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, strip=False, **kwargs)

    def filter(self, qs: QuerySet[Model], value: str) -> QuerySet[Model]:
        """The rows of this name."""
        # Not by the class above: a name of blanks is the empty one there, and so no filter at all.
        return qs.filter(**{str(self.field_name): normalise(value)}) if value else qs


def choice_filter(field: str, values: list[str], label: str) -> django_filters.ChoiceFilter:
    """One of ``values``; anything else is an error."""
    return django_filters.ChoiceFilter(
        field_name=field, label=label, choices=[(value, value) for value in values]
    )


def flag_filter(
    field: str, label: str, *, lookup: str = "exact"
) -> django_filters.TypedChoiceFilter:
    """`true` or `false`, in lower case only."""
    return django_filters.TypedChoiceFilter(
        field_name=field,
        label=label,
        lookup_expr=lookup,
        choices=[("true", "true"), ("false", "false")],
        coerce=lambda value: value == "true",
    )


def min_filter(field: str, label: str) -> django_filters.NumberFilter:
    """This value and greater ones; rows without a value never match."""
    return django_filters.NumberFilter(field_name=field, label=label, lookup_expr="gte")


def max_filter(field: str, label: str) -> django_filters.NumberFilter:
    """This value and smaller ones; rows without a value never match."""
    return django_filters.NumberFilter(field_name=field, label=label, lookup_expr="lte")


def seconds_filter(field: str, lookup: str, label: str) -> django_filters.NumberFilter:
    """Asked for in seconds; ``field`` holds microseconds."""

    def by_seconds(rows: QuerySet[Model], name: str, value: Decimal) -> QuerySet[Model]:
        return rows.filter(**{f"{field}__{lookup}": value * SECOND_US})

    method: Callable[..., Any] = by_seconds
    return django_filters.NumberFilter(label=label, method=method)


class UTCField(django_filters.fields.IsoDateTimeField):
    """A time, taken to UTC: PostgreSQL reads no offset of 16 hours or more."""

    def clean(self, value: Any) -> datetime | None:
        """Refuse the years at whose ends UTC may be in a year that there is not."""
        time: datetime | None = super().clean(value)
        if time is not None and not 2 <= time.year <= 9998:
            raise ValidationError("Enter a time of the years 2 to 9998.")
        return time and time.astimezone(UTC)


class TimeFilter(django_filters.IsoDateTimeFilter):
    """Times with their offset; one without is of TIME_ZONE."""

    field_class = UTCField


def time_from(field: str, label: str) -> django_filters.IsoDateTimeFilter:
    """This moment and later ones."""
    return TimeFilter(field_name=field, label=label, lookup_expr="gte")


def time_to(field: str, label: str) -> django_filters.IsoDateTimeFilter:
    """This moment and earlier ones."""
    return TimeFilter(field_name=field, label=label, lookup_expr="lte")


Filters = dict[str, django_filters.Filter]


def by_name(field: Field) -> Filters:
    """The filter of a name: as it is stored, so normalised in the same way."""
    return {field.name: NameFilter(field_name=field.lookup, label=field.description)}


def by_range(field: Field) -> Filters:
    """The filters of a number, from and to."""
    label = field.label.lower()
    return {
        f"{field.name}_min": min_filter(field.lookup, f"The smallest {label}."),
        f"{field.name}_max": max_filter(field.lookup, f"The largest {label}."),
    }


def by_seconds(field: Field) -> Filters:
    """The filters of a duration, from and to."""
    return {
        f"{field.name}_min": seconds_filter(field.lookup, "gte", "The smallest duration, seconds."),
        f"{field.name}_max": seconds_filter(field.lookup, "lte", "The largest duration, seconds."),
    }


def by_time(field: Field) -> Filters:
    """The filters of a time, from and to."""
    return {
        f"{field.name}_min": time_from(field.lookup, "ISO 8601: this time or later."),
        f"{field.name}_max": time_to(field.lookup, "ISO 8601: this time or earlier."),
    }


def exactly(field: Field) -> Filters:
    """The filter of an exact text."""
    return {field.name: text_filter(field.lookup, field.description)}


#: What rows can be filtered by, by the type of a field; other types by nothing.
FILTERS: dict[FieldType, Callable[[Field], Filters]] = {
    CONTENT_ID: exactly,
    STATUS: exactly,
    NAME: by_name,
    REQUIRED_NAME: by_name,
    SOUND: lambda field: {field.name: choice_filter(field.lookup, Sound.values, field.description)},
    BOOLEAN: lambda field: {field.name: flag_filter(field.lookup, f"{field.label}.")},
    NUMBER: by_range,
    COUNT: by_range,
    SECONDS: by_seconds,
    TIME: by_time,
}


def part_filters(name: str, part: Part, **more: django_filters.Filter) -> FilterSetClass:
    """The filters of a part's rows."""
    fields: Filters = {}
    for field in part.fields:
        if field.type in FILTERS:
            fields |= FILTERS[field.type](field)
    return type(name, (django_filters.FilterSet,), {**fields, **more})


SessionFilters = filter_set(filters_of("api"))
VideoFilters = part_filters(
    "VideoFilters",
    VIDEOS,
    decision=choice_filter("decision", Decision.values, "What the keys decided."),
)
InactivityFilters = part_filters("InactivityFilters", INACTIVITY)
QueueFilters = part_filters("QueueFilters", QUEUES)


class SpeedFilters(django_filters.FilterSet):
    """Filters of the playback speeds chosen."""

    value_min = min_filter("value", "The smallest speed.")
    value_max = max_filter("value", "The largest speed.")
    videoId = text_filter("view__video__public_id", "The video.")  # noqa: N815  # the list's name


class ModeratorFilters(django_filters.FilterSet):
    """Moderators are filtered by the scope alone."""


class ActivityFilters(django_filters.FilterSet):
    """Filters of users' activity."""

    user_id = text_filter("user_id", "The user.")
    session_id = text_filter("session_id", "The chat session.")
    feedback_rating = django_filters.NumberFilter(
        field_name="feedback_rating", label="The rating, 1 to 6."
    )
    unrated = flag_filter(
        "feedback_rating", "`true`: only sessions without a rating.", lookup="isnull"
    )
    session_length_min = min_filter("length_minutes", "The smallest length, minutes.")
    session_length_max = max_filter("length_minutes", "The largest length, minutes.")
    messages_sent_min = min_filter("messages_sent", "The smallest number of messages.")
    messages_sent_max = max_filter("messages_sent", "The largest number of messages.")


class RecommendationFilters(django_filters.FilterSet):
    """Filters of recommendations."""

    recommendation_id = text_filter("recommendation_id", "The recommendation.")
    user_id = text_filter("user_id", "The user.")
    recommendation_type = text_filter("recommendation_type", "The type, in lower case.")
    click_through_rate_min = min_filter(
        "click_through_rate", "The smallest click-through rate, 0-1."
    )
    click_through_rate_max = max_filter(
        "click_through_rate", "The largest click-through rate, 0-1."
    )


class AnnotationFilters(django_filters.FilterSet):
    """Filters of annotations."""

    queue = NameFilter(field_name="queue", label="The queue that it names.")


class NoteFilters(django_filters.FilterSet):
    """Filters of notes on moderators."""

    measure = choice_filter("measure", list(MEASURES), "The measure whose finding it answers.")
    open = flag_filter("settled_at", "Whether it is not settled.", lookup="isnull")


class PerformanceFilters(django_filters.FilterSet):
    """Filters of moderators' performance."""

    sessions_moderated_min = min_filter("sessions_moderated", "The smallest number of sessions.")
    sessions_moderated_max = max_filter("sessions_moderated", "The largest number of sessions.")
    average_response_time_min = min_filter(
        "average_response_time", "The smallest response time, minutes."
    )
    average_response_time_max = max_filter(
        "average_response_time", "The largest response time, minutes."
    )


class QualityCheckFilters(django_filters.FilterSet):
    """Filters of checks of decisions."""

    videoId = text_filter("video", "The video.")  # noqa: N815  # the list's name
    queue = NameFilter(field_name="queue_name", label="The queue that the video came from.")
    decision = choice_filter(
        "decision", [Decision.ACCEPTED, Decision.REJECTED], "The decision that was judged."
    )
    verdict = choice_filter("verdict", Verdict.values, "What the checker would have decided.")
    sample = django_filters.NumberFilter(
        field_name="sampled__sample", label="The sample that the check answers, by its `id`."
    )
    correct = flag_filter("is_correct", "Whether the decision was right.")
    stale = flag_filter("is_stale", "Whether the view says something else by now.")
    dispute = choice_filter("dispute__outcome", DisputeOutcome.values, "What became of a dispute.")
