"""The filters, the order and the pages of the list of sessions."""

from datetime import date, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, F, OuterRef, QuerySet

from analytics.access import Viewer
from analytics.models import SECOND_US, QueueAssignment, Session
from analytics.presentation.filters import DateInput, moderator_field
from analytics.scope import day_start, visible_moderator

MINUTE_US = 60 * SECOND_US
PAGE_SIZE = 50

# What the list is sorted by: the parameter, and the fields of the order.
ORDERS: dict[str, tuple[str, ...]] = {
    "started": ("started_at", "public_id"),
    "length": ("duration_us", "started_at", "public_id"),
    "moderator": ("moderator__username", "started_at", "public_id"),
    "session": ("public_id",),
}


def field(widget: type[forms.Widget] = forms.TextInput, **attrs: str) -> dict[str, Any]:
    """Return the arguments of a filter that shows a field with these attributes."""
    return {"widget": widget(attrs=attrs)}


class SessionFilter(django_filters.FilterSet):
    """Filters sessions; made with the sessions that the viewer may see.

    Dates are of the start of a session, inclusive, in TIME_ZONE; lengths are in minutes.
    """

    moderator = django_filters.CharFilter(method="of_moderator", label="Moderator")
    session = django_filters.CharFilter(
        field_name="public_id",
        lookup_expr="startswith",
        label="Session id begins",
        **field(placeholder="Any session id"),
    )
    queue = django_filters.CharFilter(
        method="of_queue", label="Queue", **field(placeholder="Any queue")
    )
    longer = django_filters.NumberFilter(
        method="at_least", label="At least, minutes", min_value=0, max_value=100_000
    )
    start = django_filters.DateFilter(method="from_day", label="From", **field(DateInput))
    end = django_filters.DateFilter(method="to_day", label="To, inclusive", **field(DateInput))

    class Meta:
        model = Session
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        if viewer.sees_everyone:
            current = str((self.data or {}).get("moderator", ""))
            self.form.fields["moderator"] = moderator_field(viewer, current)
        else:
            self.form.fields["moderator"].widget = forms.HiddenInput()
        self.form.label_suffix = ""

    def of_moderator(self, rows: QuerySet[Session], name: str, value: str) -> QuerySet[Session]:
        """Keep one moderator's; raises ``NotVisible`` for somebody else's or nobody's name."""
        return rows.filter(moderator=visible_moderator(value, self.viewer, accepts=(name,)))

    def of_queue(self, rows: QuerySet[Session], name: str, value: str) -> QuerySet[Session]:
        """Keep the sessions that worked on a queue."""
        named = QueueAssignment.objects.filter(session=OuterRef("pk"), name=value)
        return rows.filter(Exists(named))

    def at_least(self, rows: QuerySet[Session], name: str, value: Any) -> QuerySet[Session]:
        """Keep the sessions of so many minutes or more."""
        return rows.filter(duration_us__gte=int(value * MINUTE_US))

    def from_day(self, rows: QuerySet[Session], name: str, value: date) -> QuerySet[Session]:
        """Keep the sessions from a day on."""
        return rows.filter(started_at__gte=day_start(value))

    def to_day(self, rows: QuerySet[Session], name: str, value: date) -> QuerySet[Session]:
        """Keep the sessions up to a day."""
        return rows.filter(started_at__lt=day_start(value + timedelta(days=1)))


def ordered(rows: QuerySet[Session], order: str) -> QuerySet[Session]:
    """Return the rows in an order of ``ORDERS``, ``-`` before it for the other way round.

    Raises ``KeyError`` for any other. Unknown lengths come last either way.
    """
    backwards = order.startswith("-")
    names = ORDERS[order.removeprefix("-")]
    if backwards:
        return rows.order_by(*(F(name).desc(nulls_last=True) for name in names))
    return rows.order_by(*(F(name).asc(nulls_last=True) for name in names))
