"""One batch of sessions: its outcome, given what is stored, and the writing of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from analytics.imports.memory import digest
from analytics.imports.refused import refused_ids
from analytics.imports.report import Counts, Rejection
from analytics.imports.sessions import stored
from analytics.imports.sessions.copying import allocate, copy_children, copy_sessions, copy_videos
from analytics.imports.sessions.deletion import delete_children
from analytics.imports.sessions.fields import SESSIONS
from analytics.imports.sessions.lines import lines_of
from analytics.imports.sessions.records import ModeratorRecord, SessionRecord
from analytics.imports.sessions.values import canonical, compact, parsed
from analytics.models import Moderator, RefusedKind, Session, Video
from analytics.summaries.writing import summarise
from audit import changes

Entry = ModeratorRecord | SessionRecord | Rejection


class Known(NamedTuple):
    """A session that is stored, or came before in the input: ``content`` or the digest of it."""

    username: str
    content: Any

    def equals(self, content: Any) -> bool:
        """Whether storing ``content`` would change nothing."""
        if isinstance(self.content, bytes):
            return self.content == digest(content)
        return bool(self.content == content)


@dataclass(slots=True)
class BatchOutcome:
    """The counts of a batch, and its rejections."""

    counts: Counts = field(default_factory=Counts)
    rejections: list[Rejection] = field(default_factory=list)

    def reject(self, rejection: Rejection) -> None:
        """Count and keep a rejection."""
        self.counts.rejected += 1
        self.rejections.append(rejection)


def public_ids(entries: Iterable[Entry]) -> set[str]:
    """The ids of the sessions of a batch."""
    return {entry.public_id for entry in entries if isinstance(entry, SessionRecord)}


def any_stored(ids: Iterable[str]) -> bool:
    """Whether any of these sessions is stored. The names travel as in ``video_ids``."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM analytics_session"
            " WHERE public_id = ANY (ARRAY(SELECT jsonb_array_elements_text(%s::jsonb))))",
            [compact(list(ids))],
        )
        (found,) = cursor.fetchone()
    return bool(found)


def refused_sessions(ids: Iterable[str]) -> dict[str, str]:
    """Those of these sessions that were deleted for good, each with the reason."""
    return refused_ids(RefusedKind.SESSION, ids)


def why_rejected(
    record: SessionRecord, before: Known | None, refused: Mapping[str, str]
) -> str | None:
    """Why a session that is good in itself is not taken; None where it is."""
    if record.public_id in refused:
        return refused[record.public_id]
    if before is not None and before.username != record.username:
        return "is the id of another moderator's session"
    return None


def plan(
    entries: Iterable[Entry], known: Mapping[str, Known], refused: Mapping[str, str]
) -> tuple[BatchOutcome, dict[str, SessionRecord]]:
    """The outcome of a batch, and the sessions to write, by id: of one that recurs the last.

    An id that recurs counts each time, in order. ``refused``: see ``refused_sessions``.
    """
    outcome = BatchOutcome()
    pending: dict[str, SessionRecord] = {}
    for entry in entries:
        if isinstance(entry, Rejection):
            outcome.reject(entry)
        elif isinstance(entry, SessionRecord):
            before = known.get(entry.public_id)
            earlier = pending.get(entry.public_id)
            if earlier is not None:
                before = Known(earlier.username, earlier.content)
            if reason := why_rejected(entry, before, refused):
                outcome.reject(
                    Rejection(
                        reason,
                        entry.path,
                        entry.public_id,
                        place=entry.place,
                        index=entry.document_index,
                    )
                )
                continue
            if before is None:
                outcome.counts.created += 1
            elif before.equals(entry.content):
                outcome.counts.unchanged += 1
                continue
            else:
                outcome.counts.updated += 1
            pending[entry.public_id] = entry
    return outcome, pending


def known_sessions(
    ids: Collection[str], *, lock: bool = False
) -> tuple[dict[str, Known], dict[str, int]]:
    """Those of these sessions that are stored, and their primary keys, both by public id.

    ``lock``: nobody may delete them before the end of the transaction.
    """
    rows = Session.objects.filter(public_id__in=ids).order_by("pk")
    if lock:
        rows = rows.select_for_update(of=("self",), no_key=True)
    columns = list(rows.values_list("public_id", "pk", "moderator__username"))
    keys = {public_id: pk for public_id, pk, _username in columns}
    contents = stored.contents(keys.values()) if keys else {}
    known = {
        public_id: Known(username, lines_of(contents[pk])) for public_id, pk, username in columns
    }
    return known, keys


def store_batch(entries: Sequence[Entry]) -> BatchOutcome:
    """Store a batch and sum it up. Must be called inside ``write_lock``."""
    ids = public_ids(entries)
    known, keys = known_sessions(ids, lock=True)
    refused = refused_sessions(ids)
    outcome, pending = plan(entries, known, refused)
    moderators = add_people(entries, refused)
    if not pending:
        return outcome
    replaced = {keys[name]: record for name, record in pending.items() if name in keys}
    new = [record for name, record in pending.items() if name not in keys]
    created = dict(zip(allocate(Session, len(new)), new, strict=True))
    _replace(replaced)
    copy_sessions(created, moderators, timezone.now())
    written = {**replaced, **created}
    videos, new_videos = video_ids(written.values())
    copy_videos(new_videos)
    copy_children(written, videos | new_videos)
    summarise(written.keys())
    return outcome


def with_refused_only(entries: Iterable[Entry], refused: Collection[str]) -> set[str]:
    """The names under which a batch has sessions, all of them refused."""
    if not refused:
        return set()
    is_refused: dict[str, bool] = {}
    for entry in entries:
        if isinstance(entry, SessionRecord):
            before = is_refused.get(entry.username, True)
            is_refused[entry.username] = before and entry.public_id in refused
    return {username for username, refused_only in is_refused.items() if refused_only}


def add_people(
    entries: Sequence[Entry], refused: Collection[str], new_ids: Mapping[str, int] | None = None
) -> dict[str, int]:
    """The primary keys of everybody in a batch, by username; creates those that are new.

    Nobody is created for sessions that are all ``refused``: who was erased does not come back with
    an old file. ``new_ids`` are keys for the new, where they are chosen already.
    Unknown fields of a person's documents are merged into what is stored of them.
    """
    unwanted = with_refused_only(entries, refused)
    extras: dict[str, dict[str, object]] = {}
    for entry in entries:
        if not isinstance(entry, Rejection):
            extra = extras.setdefault(entry.username, {})
            if isinstance(entry, ModeratorRecord):
                extra.update(parsed(entry.extra))
    people = Moderator.objects.filter(username__in=extras).order_by()
    by_name = {person.username: person for person in people}
    new = [
        Moderator(pk=(new_ids or {}).get(username), username=username, extra=extra or None)
        for username, extra in extras.items()
        if username not in by_name and username not in unwanted
    ]
    if new:
        # Somebody else may be adding the same people, without our lock. The audit has the import
        # as a whole, from whoever stores.
        with changes.summarised():
            Moderator.objects.bulk_create(new, ignore_conflicts=True)
        by_name = {person.username: person for person in people.all()}
    for username, person in by_name.items():
        extra = extras[username]
        merged = {**(person.extra or {}), **extra}
        if extra and canonical(merged) != canonical(person.extra or {}):
            person.extra = merged
            person.save(update_fields=["extra"])
    return {username: person.pk for username, person in by_name.items()}


def _replace(replaced: Mapping[int, SessionRecord]) -> None:
    """Update the columns of sessions, and delete what happened in them, to be written again."""
    if not replaced:
        return
    now = timezone.now()
    delete_children(replaced)
    rows = Session.objects.in_bulk(replaced.keys())
    columns = [field.attribute for field in SESSIONS.fields]
    for pk, record in replaced.items():
        row = rows[pk]
        *values, extra = record.content.columns
        for name, value in zip(columns, values, strict=True):
            setattr(row, name, value)
        row.extra = parsed(extra) or None
        row.imported_at = now
    Session.objects.bulk_update(rows.values(), [*columns, "extra", "imported_at"], batch_size=500)


def video_ids(
    records: Iterable[SessionRecord], coming: Mapping[str, int] | None = None
) -> tuple[dict[str, int], dict[str, int]]:
    """The primary keys of the videos in sessions, by public id: those known, and those to add.

    ``coming`` are known, too. Only the missing are to be added: ON CONFLICT would use up an id for
    each that is there, and the ids must stay dense. The names travel as one JSON text, since the
    ORM would send tens of thousands of parameters.
    """
    shown = dict.fromkeys(chain.from_iterable(record.content.videos for record in records))
    shown.pop(None, None)
    names = list(shown)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT public_id, id FROM analytics_video"
            " WHERE public_id = ANY (ARRAY(SELECT jsonb_array_elements_text(%s::jsonb)))",
            [compact(names)],
        )
        known: dict[str, int] = {**(coming or {}), **dict(cursor.fetchall())}
    missing = [name for name in names if name not in known]
    return known, dict(zip(missing, allocate(Video, len(missing)), strict=True))
