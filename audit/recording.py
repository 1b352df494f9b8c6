"""The one place that writes the audit."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.http import HttpRequest

from audit.context import Circumstances, Who, circumstances
from audit.models import Action, Entry, Person


def record(
    action: Action,
    *,
    subject: Who | None = None,
    about: tuple[str, object] = ("", ""),
    details: Mapping[str, Any] | None = None,
    request: HttpRequest | None = None,
    merge: Sequence[object] = (),
) -> None:
    """Write an entry, in the caller's transaction: it is as durable as what it tells of.

    ``about`` is the kind and key of a thing. Entries of the same ``merge`` are one.
    """
    how = circumstances(request)
    entry = new_entry(action, how, about=about, details=details, merge=merge)
    write([(entry, how.actor, subject)])


def new_entry(
    action: Action,
    how: Circumstances,
    *,
    about: tuple[str, object] = ("", ""),
    details: Mapping[str, Any] | None = None,
    merge: Sequence[object] = (),
) -> Entry:
    """An entry that is not written yet and names nobody yet."""
    return Entry(
        action=action,
        token=how.token,
        address=how.address,
        source=how.source,
        place=how.place,
        object_kind=about[0],
        object_key=str(about[1])[:300],
        details=dict(details or {}),
        request_id=how.request_id,
        merge_key=merge_key(merge) if merge else None,
    )


def merge_key(parts: Sequence[object]) -> int:
    """A number for these parts, of 64 bits: two of ten million are equal once in 400,000 tables."""
    text = "\0".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], signed=True)


def write(rows: Iterable[tuple[Entry, Who | None, Who | None]]) -> None:
    """Write entries, each with its actor and its subject; what merges with an older one is left."""
    rows = list(rows)
    numbers = people(
        who for _, actor, subject in rows for who in (actor, subject) if who is not None
    )
    for entry, actor, subject in rows:
        entry.actor_id = numbers[actor.kind, actor.number] if actor else None
        entry.subject_id = numbers[subject.kind, subject.number] if subject else None
    Entry.objects.bulk_create([entry for entry, *_ in rows], ignore_conflicts=True)


def people(everybody: Iterable[Who]) -> dict[tuple[str, int], int]:
    """The keys of people in the table of names, which is brought up to date with theirs."""
    by_key = {(who.kind, who.number): who for who in everybody}
    if not by_key:
        return {}
    condition = Q()
    for kind, number in by_key:
        condition |= Q(kind=kind, number=number)
    existing = {(row.kind, row.number): row for row in Person.objects.filter(condition)}
    stale = [
        Person(kind=who.kind, number=who.number, name=who.name)
        for key, who in sorted(by_key.items())
        if key not in existing or existing[key].name != who.name
    ]
    if stale:
        Person.objects.bulk_create(
            stale,
            update_conflicts=True,
            unique_fields=["kind", "number"],
            update_fields=["name"],
        )
        existing = {(row.kind, row.number): row for row in Person.objects.filter(condition)}
    return {key: row.pk for key, row in existing.items()}
