"""Entries of the audit as its page shows them: who did what about whom, old and new values."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import User
from analytics import formatting
from analytics.models import Moderator
from analytics.presentation.audit_query import CHANGES, deed_words, in_batches
from analytics.presentation.who_looked import kind_words, place_words
from audit.changes import CHANGED
from audit.models import Action, Entry, Person

#: The icons of what was done.
ICONS = {
    Action.LOOK: "eye",
    Action.EXPORT: "download",
    Action.TOKEN: "key",
    Action.IMPORT: "data",
    Action.CREATE: "plus",
    Action.CHANGE: "diff",
    Action.DELETE: "close",
    Action.ERASE: "close",
    Action.REFUSED: "warning",
    Action.LOGIN: "key",
    Action.LOGIN_FAILED: "warning",
    Action.LOGOUT: "key",
}
#: The columns of the CSV: an entry whole.
CSV_COLUMNS = (
    *("id", "at", "actor_kind", "actor_number", "actor", "token", "action"),
    *("subject_kind", "subject_number", "subject", "object_kind", "object_key"),
    *("details", "source", "place", "address", "request_id"),
)
ROWS_AT_ONCE = 2_000
#: Columns that hold keys, by how they end, and whose.
KEYS = (
    ("moderator_id", Person.Kind.MODERATOR),
    ("_by_id", Person.Kind.ACCOUNT),
    ("user_id", Person.Kind.ACCOUNT),
    ("owner_id", Person.Kind.ACCOUNT),
)
MAX_VALUE_LENGTH = 200
#: What a look at the audit is about (``analytics.subjects``).
AUDIT_KIND = "audit.entry"


@dataclass(frozen=True)
class ShownPerson:
    """A name of the audit; ``url`` leads to whom it is, ``note`` says that there is nobody."""

    name: str
    url: str = ""
    note: str = ""


@dataclass(frozen=True)
class ShownChange:
    """One field of an entry: its values before and after, or only that it changed."""

    label: str
    old: str = ""
    new: str = ""
    hidden: bool = False


@dataclass(frozen=True)
class ShownEntry:
    """An entry as ``portal/audit.html`` shows it."""

    at: str
    who: ShownPerson
    icon: str
    did: str
    about: ShownPerson
    what: str
    changes: Sequence[ShownChange]
    address: str


@dataclass(frozen=True)
class People:
    """What is known of the people of some entries: names, and the addresses of their pages."""

    names: Mapping[tuple[str, int], str] = field(default_factory=dict)
    pages: Mapping[tuple[str, int], str] = field(default_factory=dict)


def shown_entries(entries: Iterable[Entry]) -> list[ShownEntry]:
    """A page's entries in words; three queries for all."""
    entries = list(entries)
    people = people_of(entries)
    return [shown_entry(entry, people) for entry in entries]


def people_of(entries: Sequence[Entry]) -> People:
    """Whom entries name, by kind and number: the people themselves, and those in the values."""
    keys = {
        (person.kind, person.number)
        for entry in entries
        for person in (entry.actor, entry.subject)
        if person is not None
    }
    numbers = {key for entry in entries for key in keys_in(entry)}
    moderators = [number for kind, number in keys | numbers if kind == Person.Kind.MODERATOR]
    accounts = [number for kind, number in keys | numbers if kind == Person.Kind.ACCOUNT]
    names: dict[tuple[str, int], str] = {}
    pages: dict[tuple[str, int], str] = {}
    for moderator in Moderator.objects.filter(pk__in=moderators):
        key = (Person.Kind.MODERATOR.value, moderator.pk)
        names[key], pages[key] = moderator.username, person_page(moderator.username)
    for user in User.objects.filter(pk__in=accounts).select_related("moderator"):
        key = (Person.Kind.ACCOUNT.value, user.pk)
        names[key] = user.username
        pages[key] = (
            reverse("admin:accounts_user_change", args=[user.pk])
            if user.moderator is None
            else person_page(user.moderator.username)
        )
    missing = {number for _kind, number in numbers - names.keys()}
    if missing:
        for person in Person.objects.filter(number__in=missing):
            names.setdefault((person.kind, person.number), person.name)
    return People(names, pages)


def person_page(username: str) -> str:
    """The page of a moderator."""
    return reverse("portal:person", args=[username])


def keys_in(entry: Entry) -> Iterator[tuple[str, int]]:
    """Yield whose keys stand in the values of a change."""
    for name, values in entry.details.items():
        kind = kind_of_key(name)
        if kind is not None and isinstance(values, list):
            yield from ((kind, value) for value in values if isinstance(value, int))


def kind_of_key(name: str) -> str | None:
    """Whose key a column holds; None where it holds none."""
    return next((kind.value for end, kind in KEYS if name.endswith(end)), None)


def shown_entry(entry: Entry, people: People) -> ShownEntry:
    """One entry."""
    return ShownEntry(
        at=formatting.moment(entry.at),
        who=shown_actor(entry, people),
        icon=ICONS.get(Action(entry.action), "info"),
        did=deed_words(entry),
        about=shown_about(entry, people),
        what=what_words(entry),
        changes=[
            shown_change(name, value, people) for name, value in sorted(entry.details.items())
        ],
        address=entry.address or ("server" if entry.source == "command" else ""),
    )


def shown_actor(entry: Entry, people: People) -> ShownPerson:
    """Who did it: an account, by its token or not; a command; or nobody known."""
    if entry.actor is None:
        return ShownPerson(entry.place if entry.source == "command" else "somebody unknown")
    shown = shown_person(entry.actor, people)
    if entry.token is None:
        return shown
    return ShownPerson(shown.name, shown.url, f"token {entry.token}")


def shown_person(person: Person, people: People) -> ShownPerson:
    """A name; of an account or moderator that is gone that it is."""
    key = (person.kind, person.number)
    if key in people.pages:
        return ShownPerson(person.name, people.pages[key])
    gone = "erased" if person.is_erased else "deleted"
    return ShownPerson(person.name, note=f"{gone} {person.kind} {person.number}")


def shown_about(entry: Entry, people: People) -> ShownPerson:
    """Whom or what it was about."""
    if entry.subject is not None:
        return shown_person(entry.subject, people)
    if entry.object_kind == AUDIT_KIND:
        return ShownPerson("the audit")
    if entry.object_kind:
        return ShownPerson(f"{kind_words(entry)} {entry.object_key}".strip())
    if entry.action in (Action.LOOK, Action.EXPORT):
        return ShownPerson("everyone")
    return ShownPerson(formatting.MISSING)


def what_words(entry: Entry) -> str:
    """The page or kind of rows; of a row that changed which."""
    if entry.object_kind and entry.action in CHANGES:
        return f"{kind_words(entry)} {entry.object_key}"
    if entry.action in (Action.LOGIN, Action.LOGOUT, Action.LOGIN_FAILED):
        return ""
    return place_words(entry) if entry.place else ""


def shown_change(name: str, value: Any, people: People) -> ShownChange:
    """One particular of an entry."""
    label = name.removesuffix("_id").replace("_", " ")
    if value == CHANGED:
        return ShownChange(label, hidden=True)
    if isinstance(value, list) and len(value) == 2:
        old, new = (value_words(name, each, people) for each in value)
        return ShownChange(label, old, new)
    return ShownChange(label, new=value_words(name, value, people))


def value_words(name: str, value: Any, people: People) -> str:
    """A value as people read it; empty where there is none; long ones are cut."""
    if value is None or value == "":
        return ""
    kind = kind_of_key(name)
    if kind is not None and isinstance(value, int):
        return people.names.get((kind, value), str(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= MAX_VALUE_LENGTH else f"{text[: MAX_VALUE_LENGTH - 1]}…"


def csv_rows(entries: QuerySet[Entry]) -> Iterator[Sequence[object]]:
    """Yield all entries, newest first."""
    for part in in_batches(entries.select_related("actor", "subject"), ROWS_AT_ONCE):
        yield from map(csv_row, part)


def csv_row(entry: Entry) -> Sequence[object]:
    """An entry whole."""
    actor, subject = entry.actor, entry.subject
    return (
        entry.pk,
        entry.at,
        *((actor.kind, actor.number, actor.name) if actor else (None, None, None)),
        entry.token,
        entry.action,
        *((subject.kind, subject.number, subject.name) if subject else (None, None, None)),
        entry.object_kind or None,
        entry.object_key or None,
        entry.details or None,
        entry.source,
        entry.place or None,
        entry.address,
        entry.request_id or None,
    )
