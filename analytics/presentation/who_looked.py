"""Who opened, exported or changed what about a person: the audit's entries in words."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils.text import capfirst

from accounts.models import User
from analytics.formatting import day
from analytics.models import Dispute, Moderator, Note, NoteReply, QualityCheck, Session
from analytics.presentation.audit_query import CHANGES, deed_words, in_batches
from analytics.presentation.pages import PAGES
from analytics.subjects import FINDERS
from audit.models import Action, Entry, Person

#: What is listed. Refused attempts got nothing to see.
LISTED = (Action.LOOK, Action.EXPORT, *CHANGES)
#: The views that are no pages of charts, in words.
PLACES = {
    "portal:person": "The moderator's page",
    "portal:session": "Review session",
    "portal:audit": "The audit",
    "portal:audit-csv": "The audit, CSV",
    "portal:notes": "Notes",
    "portal:personal-data": "All that is kept about the person",
    "portal:metric-csv": "A metric, CSV",
    "portal:metric-rows": "The records behind a number",
    "portal:videos-csv": "Videos, CSV",
    "portal:sessions-csv": "Review sessions, CSV",
    "portal:sessions-xlsx": "Review sessions, XLSX",
    "portal:page-xlsx": "A page's metrics, XLSX",
}
#: Rows that are notes, and what is said to them.
NOTE_KINDS = (Note._meta.label_lower, NoteReply._meta.label_lower)
COLUMNS = ("at", "who", "did", "what")
#: What people say of the decisions of others, in words. Nobody learns who said it of their own.
VERDICT_KINDS = {
    QualityCheck._meta.label_lower: "A check of a decision",
    Dispute._meta.label_lower: "The answer to a dispute",
}
A_CHECKER = "somebody who checks decisions"
PORTAL_COMMAND = "a command of the portal"


class Deed(NamedTuple):
    """One line of the list."""

    at: datetime
    who: str
    did: str
    what: str


def entries_about(moderator: Moderator) -> QuerySet[Entry]:
    """What others did that concerns a moderator, newest first.

    About the moderator or their accounts; and exports of everybody's work, which hold theirs too.
    Pages that show many people are not among them: the audit keeps one line a day of those.
    """
    accounts = list(User.objects.filter(moderator=moderator).values_list("pk", flat=True))
    own = Q(kind=Person.Kind.ACCOUNT, number__in=accounts)
    subjects = list(
        Person.objects.filter(own | Q(kind=Person.Kind.MODERATOR, number=moderator.pk)).values_list(
            "pk", flat=True
        )
    )
    actors = list(Person.objects.filter(own).values_list("pk", flat=True))
    about = Q(subject__in=subjects, action__in=LISTED) | Q(
        subject=None, action=Action.EXPORT, place__in=list(FINDERS)
    )
    # ``exclude`` would lose what commands did: they have no actor.
    by_others = Q(actor=None) | ~Q(actor__in=actors)
    return Entry.objects.filter(about & by_others).select_related("actor").order_by("-at", "-id")


def newest_deeds(moderator: Moderator, n: int) -> list[Deed]:
    """The last that others did, for the person's own page."""
    return deeds_of(entries_about(moderator)[:n])


def deeds_of(entries: Iterable[Entry]) -> list[Deed]:
    """A page's entries in words; one query for all ids of sessions."""
    entries = list(entries)
    sessions = session_ids(entries)
    return [deed(entry, sessions) for entry in entries]


def deed_rows(entries: QuerySet[Entry], batch: int = 500) -> Iterator[Sequence[object]]:
    """Yield all of them for a CSV file, ``batch`` at a time."""
    for chunk in in_batches(entries, batch):
        yield from deeds_of(chunk)


def deed(entry: Entry, sessions: dict[str, str]) -> Deed:
    """An entry in words."""
    noted = entry.object_kind in NOTE_KINDS and entry.action != Action.LOOK
    did = "noted" if noted else deed_words(entry)
    return Deed(entry.at, who(entry), did, what(entry, sessions))


def who(entry: Entry) -> str:
    """The account, and that it was a program with its token where it was."""
    if is_verdict(entry):
        return A_CHECKER
    if entry.actor is None:
        return PORTAL_COMMAND
    return f"{entry.actor.name} (by token)" if entry.token is not None else entry.actor.name


def is_verdict(entry: Entry) -> bool:
    """Whether somebody checked a decision or judged a dispute: whom it is about sees no name."""
    return entry.object_kind in VERDICT_KINDS and entry.action in CHANGES


def what(entry: Entry, sessions: dict[str, str]) -> str:
    """What was seen, in words: "Review session s-12", "Everyone's videos, CSV"."""
    words = place_words(entry)
    if entry.object_kind == Session._meta.label_lower and entry.object_key in sessions:
        words = f"{words} {sessions[entry.object_key]}"
    if entry.subject_id is None:
        words = f"Everyone's: {words[:1].lower()}{words[1:]}"
    return words


def note_words(entry: Entry) -> str:
    """``Agreed step by 1 Dec 2026``, ``A note``, ``A note settled``, ``An answer to a note``."""
    if entry.object_kind != Note._meta.label_lower:
        return "An answer to a note"
    if entry.action == Action.CHANGE:
        return "A note settled"
    _, until = entry.details.get("until") or (None, None)
    return f"Agreed step by {day(date.fromisoformat(until))}" if until else "A note"


def place_words(entry: Entry) -> str:
    """The page, the kind of rows of the API, or the kind of row in the admin."""
    if entry.object_kind in NOTE_KINDS and entry.action not in (Action.LOOK, Action.EXPORT):
        return note_words(entry)
    if is_verdict(entry):
        return VERDICT_KINDS[entry.object_kind]
    if entry.place in PLACES:
        return PLACES[entry.place]
    room, _, name = entry.place.partition(":")
    if room == "portal" and name in PAGES:
        return PAGES[name].title
    if room == "admin":
        return f"{kind_words(entry)} in the admin"
    if room not in ("portal", "api"):
        return kind_words(entry)
    words = str(capfirst(name.removesuffix("-detail").replace("-", " ")))
    return f"{words}, by the API" if room == "api" else words


def kind_words(entry: Entry) -> str:
    """What kind of row it was; without one it was the account itself."""
    if not entry.object_kind:
        return "Account"
    try:
        return str(capfirst(apps.get_model(entry.object_kind)._meta.verbose_name))
    except LookupError:
        return "A row"


def session_ids(entries: Iterable[Entry]) -> dict[str, str]:
    """The public ids of the sessions that entries are about, by key."""
    kind = Session._meta.label_lower
    # An erasure may have written a pseudonym into a key.
    keys = {
        int(entry.object_key)
        for entry in entries
        if entry.object_kind == kind and entry.object_key.isdecimal()
    }
    found = Session.objects.filter(pk__in=keys).values_list("pk", "public_id")
    return {str(key): public_id for key, public_id in found}
