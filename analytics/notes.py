"""Notes on moderators: who writes, answers and settles them, and who finds them."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from accounts.models import User
from analytics.access import Forbidden, NotVisible, ScopeError, is_own, may_write_notes
from analytics.models import Moderator, Note, NoteReply
from analytics.scope import Scope

#: More than this is a talk, and no note.
MAX_REPLIES = 100


@dataclass(frozen=True)
class NoteWords:
    """What a note says; ``step`` and ``until`` come together or not at all."""

    text: str
    measure: str = ""
    step: str = ""
    until: date | None = None


def notes_in(scope: Scope) -> QuerySet[Note]:
    """The notes on the scope's moderator, or on everybody, written in its dates."""
    rows = Note.objects.all()
    if scope.moderator is not None:
        rows = rows.filter(moderator=scope.moderator)
    if scope.start is not None:
        rows = rows.filter(created_at__date__gte=scope.start)
    if scope.end is not None:
        rows = rows.filter(created_at__date__lte=scope.end)
    return rows


def with_replies(notes: QuerySet[Note]) -> QuerySet[Note]:
    """Each with whom it is about, who wrote it, and its answers, the oldest first."""
    replies = NoteReply.objects.select_related("created_by").order_by("created_at", "pk")
    return notes.select_related("moderator", "created_by", "settled_by").prefetch_related(
        Prefetch("replies", replies)
    )


def find_note(key: int, viewer: User) -> Note:
    """The note, for leads and for the person; raises ``NotVisible`` and ``Forbidden``.

    Whether a note on somebody else exists is not told.
    """
    scope = Scope.parse({}, viewer, accepts=("moderator",))
    note = with_replies(notes_in(scope)).filter(pk=key).first()
    if note is None:
        raise NotVisible("note", "no such note")
    return note


def write_note(moderator: Moderator, words: NoteWords, *, by: User) -> Note:
    """Write a note; raises ``Forbidden`` for moderators, and for one on oneself."""
    require_writer(by, moderator.pk)
    return Note.objects.create(
        moderator=moderator,
        text=words.text,
        measure=words.measure,
        step=words.step,
        until=words.until,
        created_by=by,
    )


def reply_to(note: Note, text: str, *, by: User) -> NoteReply:
    """Answer a note, which was found for this account; raises ``ScopeError`` after very many."""
    with transaction.atomic():
        # Of two at once the second counts the first.
        Note.objects.select_for_update().get(pk=note.pk)
        if NoteReply.objects.filter(note=note).count() >= MAX_REPLIES:
            raise ScopeError("text", f"this note has {MAX_REPLIES} answers; write a new one")
        return NoteReply.objects.create(note=note, text=text, created_by=by)


def settle(note: Note, *, by: User) -> None:
    """Say that what a note is about is done with; raises ``ScopeError`` the second time."""
    require_writer(by, note.moderator_id)
    with transaction.atomic():
        locked = Note.objects.select_for_update().get(pk=note.pk)
        if locked.settled_at is not None:
            raise ScopeError("note", "this note is settled")
        locked.settled_at, locked.settled_by = timezone.now(), by
        locked.save()


def require_writer(viewer: User, moderator: int) -> None:
    """Raise ``Forbidden`` unless the viewer writes notes on the moderator with this key."""
    if may_write_notes(viewer, moderator):
        return
    if is_own(viewer, moderator):
        raise Forbidden("viewer", "notes on you are written by others; you may answer them")
    raise Forbidden("viewer", "notes are written by leads and admins")
