"""Notes on a person as pages show them: each with its answers, its step, and what can be done."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from accounts.models import User
from analytics import formatting
from analytics.access import is_own, may_write_notes
from analytics.insights.people import MEASURES
from analytics.models import Moderator, Note
from analytics.notes import notes_in, with_replies
from analytics.presentation.note_forms import NoteForm, ReplyForm
from analytics.scope import Scope

#: So many stand on the person's own page, the newest.
MAX_ON_PAGE = 3


@dataclass(frozen=True)
class ShownReply:
    """An answer; ``by`` is the account's name."""

    by: str
    on: str
    text: str


@dataclass(frozen=True)
class ShownNote:
    """A note as ``portal/notes_thread.html`` shows it.

    ``answers``: the measure of the finding that it answers; ``is_past``: its step should have been
    done by now; ``reply_form`` and ``settles`` are for who may answer and who may settle it.
    """

    key: int
    by: str
    on: str
    text: str
    answers: str
    step: str
    until: str
    is_past: bool
    settled: str
    replies: Sequence[ShownReply]
    reply_form: ReplyForm
    settles: bool


def show_notes(notes: Iterable[Note], viewer: User, today: date) -> list[ShownNote]:
    """Notes with their answers, as a viewer who may read them sees them."""
    return [show_note(note, viewer, today) for note in notes]


def show_note(note: Note, viewer: User, today: date) -> ShownNote:
    """One note."""
    settled = ""
    if note.settled_at is not None:
        settled = f"Settled by {name_of(note.settled_by)} on {on_day(note.settled_at)}"
    return ShownNote(
        key=note.pk,
        by=name_of(note.created_by),
        on=on_day(note.created_at),
        text=note.text,
        answers=MEASURES[note.measure].words if note.measure in MEASURES else "",
        step=note.step,
        until=formatting.day(note.until) if note.until else "",
        is_past=note.until is not None and note.until < today and not settled,
        settled=settled,
        replies=[
            ShownReply(name_of(reply.created_by), on_day(reply.created_at), reply.text)
            for reply in note.replies.all()
        ],
        reply_form=ReplyForm(note=note.pk),
        settles=not settled and may_write_notes(viewer, note.moderator_id),
    )


def name_of(account: User | None) -> str:
    """The name of an account; of one that is deleted that it is."""
    return "a deleted account" if account is None else account.get_username()


def on_day(moment: datetime) -> str:
    """The day of a moment."""
    return formatting.day(timezone.localdate(moment))


def person_notes(moderator: Moderator, viewer: User, today: date) -> dict[str, Any]:
    """The newest notes for the person's page, with the form of a new one for who writes them."""
    rows = list(with_replies(notes_in(Scope(viewer, moderator)))[: MAX_ON_PAGE + 1])
    form = None
    if may_write_notes(viewer, moderator.pk):
        form = NoteForm(today=today, name=moderator.username)
    return {
        "notes": show_notes(rows[:MAX_ON_PAGE], viewer, today),
        "has_more_notes": len(rows) > MAX_ON_PAGE,
        "note_form": form,
        "notes_subtitle": notes_subtitle(moderator, viewer),
    }


def notes_subtitle(moderator: Moderator, viewer: User) -> str:
    """Who reads them, in the words of the card's head."""
    if is_own(viewer, moderator.pk):
        return "Between you and the leads: you read these and may answer"
    return f"{moderator.username} reads these and may answer"
