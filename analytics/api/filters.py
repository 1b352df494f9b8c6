"""What each list can be filtered by, besides the scope; named as the fields are."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import django_filters
from django.db.models import Model, QuerySet

from analytics.models import Decision, Sound


def text(field: str, label: str) -> django_filters.CharFilter:
    """Return a filter by the exact text."""
    # Whatever stands in the data can be asked for, blanks at the ends too.
    return django_filters.CharFilter(field_name=field, label=label, strip=False)


def choice(field: str, values: list[str], label: str) -> django_filters.ChoiceFilter:
    """Return a filter by one of a few values."""
    return django_filters.ChoiceFilter(
        field_name=field, label=label, choices=[(value, value) for value in values]
    )


def flag(field: str, label: str, *, lookup: str = "exact") -> django_filters.TypedChoiceFilter:
    """Return a filter by true or false."""
    return django_filters.TypedChoiceFilter(
        field_name=field,
        label=label,
        lookup_expr=lookup,
        choices=[("true", "true"), ("false", "false")],
        coerce=lambda value: value == "true",
    )


def least(field: str, label: str) -> django_filters.NumberFilter:
    """Return a filter by the least value."""
    return django_filters.NumberFilter(field_name=field, label=label, lookup_expr="gte")


def most(field: str, label: str) -> django_filters.NumberFilter:
    """Return a filter by the greatest value."""
    return django_filters.NumberFilter(field_name=field, label=label, lookup_expr="lte")


def seconds(field: str, lookup: str, label: str) -> django_filters.NumberFilter:
    """Return a filter of whole microseconds by seconds."""

    def by_seconds(rows: QuerySet[Model], name: str, value: Decimal) -> QuerySet[Model]:
        return rows.filter(**{f"{field}__{lookup}": value * 1_000_000})

    method: Callable[..., Any] = by_seconds
    return django_filters.NumberFilter(label=label, method=method)


class SessionFilters(django_filters.FilterSet):
    """Filters of sessions."""

    duration_min = seconds("duration_us", "gte", "The least duration, seconds.")
    duration_max = seconds("duration_us", "lte", "The greatest duration, seconds.")
    open = flag("ended_at", "`true`: only sessions without an end.", lookup="isnull")


class VideoFilters(django_filters.FilterSet):
    """Filters of views of videos."""

    videoId = text("video__public_id", "The content's id.")  # noqa: N815 - the contract's name
    status = text("status", "The status, as the portal has it: `completed`, `partial`, ...")
    decision = choice("decision", Decision.values, "What the keys decided.")
    soundMuted = choice("sound", Sound.values, "Whether the sound was off.")  # noqa: N815
    watched = flag("watched", "Whether it was watched.")


class InactivityFilters(django_filters.FilterSet):
    """Filters of idle intervals."""

    type = text("kind", "The type.")
    duration_min = seconds("duration_us", "gte", "The least duration, seconds.")
    duration_max = seconds("duration_us", "lte", "The greatest duration, seconds.")


class QueueFilters(django_filters.FilterSet):
    """Filters of queue assignments."""

    name = text("name", "The queue.")
    active = flag("active", "Whether the assignment is active.")
    count_min = least("item_count", "The least number of items.")
    count_max = most("item_count", "The greatest number of items.")


class ModeratorFilters(django_filters.FilterSet):
    """Moderators are filtered by the scope alone."""


class ActivityFilters(django_filters.FilterSet):
    """Filters of users' activity."""

    user_id = text("user_id", "The user.")
    session_id = text("session_id", "The chat session.")
    feedback_rating = django_filters.NumberFilter(
        field_name="feedback_rating", label="The rating, 1 to 6."
    )
    unrated = flag("feedback_rating", "`true`: only sessions without a rating.", lookup="isnull")
    session_length_min = least("length_minutes", "The least length, minutes.")
    session_length_max = most("length_minutes", "The greatest length, minutes.")
    messages_sent_min = least("messages_sent", "The least number of messages.")
    messages_sent_max = most("messages_sent", "The greatest number of messages.")


class RecommendationFilters(django_filters.FilterSet):
    """Filters of recommendations."""

    recommendation_id = text("recommendation_id", "The recommendation.")
    user_id = text("user_id", "The user.")
    recommendation_type = text("recommendation_type", "The type, in lower case.")
    click_through_rate_min = least("click_through_rate", "The least click-through rate, 0-1.")
    click_through_rate_max = most("click_through_rate", "The greatest click-through rate, 0-1.")


class PerformanceFilters(django_filters.FilterSet):
    """Filters of moderators' performance."""

    sessions_moderated_min = least("sessions_moderated", "The least number of sessions.")
    sessions_moderated_max = most("sessions_moderated", "The greatest number of sessions.")
    average_response_time_min = least("average_response_time", "The least response time, minutes.")
    average_response_time_max = most(
        "average_response_time", "The greatest response time, minutes."
    )
