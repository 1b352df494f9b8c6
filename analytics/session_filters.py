"""The filters of the session list besides the scope's, each declared once.

A new filter is an entry in ``SESSION_FILTERS``. From it come the field of the sessions page, the
parameter of the API's list with its description, and the filter of the admin's list.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet

from analytics.models import (
    SECOND_US,
    QueueAssignment,
    Session,
    SessionValue,
    StaleSession,
    Subject,
    VideoView,
)
from analytics.names import normalise

MINUTE_US = 60 * SECOND_US
MAX_MINUTES = 100_000

#: Where the list of sessions is shown: the portal's page, the REST API, the admin.
Face = Literal["page", "api", "admin"]


@dataclass(frozen=True)
class SessionFilter:
    """One filter; ``name`` is its parameter, ``page_name`` the page's where that differs.

    ``label`` stands beside the field of the page and the admin, ``description`` in the API's
    description. ``condition`` gets a name or an id as text, a duration in microseconds, a flag as
    bool; ``page_condition`` is the page's, where people may type less than programs. Durations are
    asked for in seconds by the API and in minutes by people. ``choices``: what people read for true
    and for false.
    """

    name: str
    label: str
    description: str
    type: Literal["id", "name", "duration", "flag"]
    condition: Callable[[Any], Q]
    page_name: str = ""
    placeholder: str = ""
    choices: tuple[str, str] = ("Yes", "No")
    page_condition: Callable[[Any], Q] | None = None
    faces: tuple[Face, ...] = ("page", "api", "admin")

    def parameter(self, face: Face) -> str:
        """The query parameter."""
        return self.page_name if face == "page" and self.page_name else self.name


def on_queue(name: str) -> Q:
    """The sessions that have an assignment to the queue."""
    return Q(Exists(QueueAssignment.objects.filter(session=OuterRef("pk"), name=name)))


def on_queue_like(text: str) -> Q:
    """The sessions on the queue of that name; where there is none, on any whose name holds it."""
    if QueueAssignment.objects.filter(name=text).exists():
        return on_queue(text)
    assigned = QueueAssignment.objects.filter(session=OuterRef("pk"), name__icontains=text)
    return Q(Exists(assigned))


def holds_status(status: str) -> Q:
    """The sessions with a video of that status, by their summaries where those are fresh."""
    summed = Q(
        Exists(
            SessionValue.objects.filter(
                session=OuterRef("pk"), subject=Subject.STATUS, value=status
            )
        )
    )
    if not StaleSession.objects.exists():
        # One condition can be joined; of two, both are tried for every session.
        return summed
    stale = Q(pk__in=StaleSession.objects.values("session_id"))
    views = VideoView.objects.filter(session=OuterRef("pk"), status=status)
    return (~stale & summed) | (stale & Q(Exists(views)))


SESSION_FILTERS = (
    SessionFilter(
        "session",
        label="Session id begins",
        description="How the session's public id begins.",
        type="id",
        condition=lambda text: Q(public_id__startswith=text),
        placeholder="Any session id",
        # The API's scope has the whole id, the admin's search the beginning.
        faces=("page",),
    ),
    SessionFilter(
        "queue",
        label="Queue",
        description="A queue that was assigned in the session.",
        type="name",
        condition=on_queue,
        page_condition=on_queue_like,
        placeholder="Any queue",
    ),
    SessionFilter(
        "status",
        label="Holds a video that is",
        description="The status of one of the session's videos.",
        type="name",
        condition=holds_status,
        placeholder="Any status",
    ),
    SessionFilter(
        "duration_min",
        label="Minimum minutes",
        description="The smallest duration, seconds.",
        type="duration",
        condition=lambda microseconds: Q(duration_us__gte=microseconds),
        page_name="longer",
    ),
    SessionFilter(
        "duration_max",
        label="Maximum minutes",
        description="The largest duration, seconds.",
        type="duration",
        condition=lambda microseconds: Q(duration_us__lte=microseconds),
        # Few ask for short sessions; the page's bar has room for the others.
        faces=("api", "admin"),
    ),
    SessionFilter(
        "open",
        label="State",
        description="`true`: only sessions without an end.",
        type="flag",
        condition=lambda is_open: Q(ended_at__isnull=is_open),
        choices=("Open, without an end", "Ended"),
    ),
)


def filters_of(face: Face) -> dict[str, django_filters.Filter]:
    """The filters of one face by their parameters."""
    return {
        entry.parameter(face): FILTERS[entry.type](entry, face)
        for entry in SESSION_FILTERS
        if face in entry.faces
    }


class SessionFilterSet(django_filters.FilterSet):
    """Filters of sessions, none yet."""

    class Meta:
        model = Session
        fields: tuple[str, ...] = ()


def filter_set(filters: Mapping[str, django_filters.Filter]) -> type[SessionFilterSet]:
    """The class that filters sessions by these."""
    return type("SessionFilters", (SessionFilterSet,), dict(filters))


def label_of(entry: SessionFilter, face: Face) -> str:
    """The filter's words: a label for people, the description for programs."""
    return entry.description if face == "api" else entry.label


def condition_method(
    entry: SessionFilter, face: Face, convert: Callable[[Any], Any]
) -> Callable[[QuerySet[Session], str, Any], QuerySet[Session]]:
    """The filter's ``method``, which converts the form's value before it is compared."""
    condition = (entry.page_condition if face == "page" else None) or entry.condition

    def method(rows: QuerySet[Session], name: str, value: Any) -> QuerySet[Session]:
        return rows.filter(condition(convert(value)))

    return method


def text_filter(entry: SessionFilter, face: Face) -> django_filters.Filter:
    """A text; names are normalised as the stored ones are."""
    return django_filters.CharFilter(
        label=label_of(entry, face),
        method=condition_method(entry, face, normalise if entry.type == "name" else str),
        # Ids are asked for as they are, with blanks at their ends.
        strip=False,
        widget=forms.TextInput({"placeholder": entry.placeholder}),
    )


def duration_filter(entry: SessionFilter, face: Face) -> django_filters.Filter:
    """A number of seconds for programs, of minutes for people."""
    unit = SECOND_US if face == "api" else MINUTE_US
    limits: dict[str, Any] = {} if face == "api" else {"min_value": 0, "max_value": MAX_MINUTES}

    def microseconds(value: Decimal) -> Decimal:
        return value * unit

    return django_filters.NumberFilter(
        label=label_of(entry, face), method=condition_method(entry, face, microseconds), **limits
    )


def flag_filter(entry: SessionFilter, face: Face) -> django_filters.Filter:
    """``true`` or ``false``."""
    return django_filters.ChoiceFilter(
        label=label_of(entry, face),
        method=condition_method(entry, face, lambda value: value == "true"),
        choices=list(zip(("true", "false"), entry.choices, strict=True)),
        empty_label="Any",
    )


FILTERS: dict[str, Callable[[SessionFilter, Face], django_filters.Filter]] = {
    "id": text_filter,
    "name": text_filter,
    "duration": duration_filter,
    "flag": flag_filter,
}
