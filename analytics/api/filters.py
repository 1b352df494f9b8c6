"""What each list can be filtered by, besides the scope; named as the fields are."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import django_filters
from django.db.models import Model, QuerySet

from analytics.models import Decision, Sound


def text_filter(field: str, label: str) -> django_filters.CharFilter:
    """A filter by the exact text."""
    # Whatever stands in the data can be asked for, blanks at the ends too.
    return django_filters.CharFilter(field_name=field, label=label, strip=False)


def choice_filter(field: str, values: list[str], label: str) -> django_filters.ChoiceFilter:
    """A filter by one of a few values."""
    return django_filters.ChoiceFilter(
        field_name=field, label=label, choices=[(value, value) for value in values]
    )


def flag_filter(
    field: str, label: str, *, lookup: str = "exact"
) -> django_filters.TypedChoiceFilter:
    """A filter by `true` or `false`."""
    return django_filters.TypedChoiceFilter(
        field_name=field,
        label=label,
        lookup_expr=lookup,
        choices=[("true", "true"), ("false", "false")],
        coerce=lambda value: value == "true",
    )


def min_filter(field: str, label: str) -> django_filters.NumberFilter:
    """A filter by the smallest value, inclusive."""
    return django_filters.NumberFilter(field_name=field, label=label, lookup_expr="gte")


def max_filter(field: str, label: str) -> django_filters.NumberFilter:
    """A filter by the largest value, inclusive."""
    return django_filters.NumberFilter(field_name=field, label=label, lookup_expr="lte")


def seconds_filter(field: str, lookup: str, label: str) -> django_filters.NumberFilter:
    """A filter in seconds of a field in microseconds."""

    def by_seconds(rows: QuerySet[Model], name: str, value: Decimal) -> QuerySet[Model]:
        return rows.filter(**{f"{field}__{lookup}": value * 1_000_000})

    method: Callable[..., Any] = by_seconds
    return django_filters.NumberFilter(label=label, method=method)


class SessionFilters(django_filters.FilterSet):
    """Filters of sessions."""

    duration_min = seconds_filter("duration_us", "gte", "The smallest duration, seconds.")
    duration_max = seconds_filter("duration_us", "lte", "The largest duration, seconds.")
    open = flag_filter("ended_at", "`true`: only sessions without an end.", lookup="isnull")


class VideoFilters(django_filters.FilterSet):
    """Filters of views of videos."""

    videoId = text_filter("video__public_id", "The content's id.")  # noqa: N815 - the contract's name
    status = text_filter("status", "The status, as the portal has it: `completed`, `partial`, ...")
    decision = choice_filter("decision", Decision.values, "What the keys decided.")
    soundMuted = choice_filter("sound", Sound.values, "Whether the sound was off.")  # noqa: N815
    watched = flag_filter("watched", "Whether it was watched.")


class InactivityFilters(django_filters.FilterSet):
    """Filters of idle intervals."""

    type = text_filter("kind", "The type.")
    duration_min = seconds_filter("duration_us", "gte", "The smallest duration, seconds.")
    duration_max = seconds_filter("duration_us", "lte", "The largest duration, seconds.")


class QueueFilters(django_filters.FilterSet):
    """Filters of queue assignments."""

    name = text_filter("name", "The queue.")
    active = flag_filter("active", "Whether the assignment is active.")
    count_min = min_filter("item_count", "The smallest number of items.")
    count_max = max_filter("item_count", "The largest number of items.")


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
