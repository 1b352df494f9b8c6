"""The history of a row, for the admin."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.db.models import Model

from audit.changes import CHANGED
from audit.models import Action, Entry

register = template.Library()

MAX_SHOWN = 200
CHANGES = (Action.CREATE, Action.CHANGE, Action.DELETE)


@dataclass(frozen=True)
class Line:
    """One field of an entry: ``old`` and ``new`` are None where values are not recorded."""

    field: str
    old: Any = None
    new: Any = None
    hidden: bool = False


@register.simple_tag
def audit_history(row: Model) -> list[tuple[Entry, list[Line]]]:
    """The changes of a row, newest first, each with its fields."""
    entries = Entry.objects.filter(
        object_kind=row._meta.label_lower, object_key=str(row.pk), action__in=CHANGES
    ).select_related("actor")
    return [(entry, lines_of(entry)) for entry in entries[:MAX_SHOWN]]


def lines_of(entry: Entry) -> list[Line]:
    """What an entry says of each field."""
    return [
        Line(name, hidden=True) if both == CHANGED else Line(name, *both)
        for name, both in sorted(entry.details.items())
        if both == CHANGED or isinstance(both, list)
    ]
