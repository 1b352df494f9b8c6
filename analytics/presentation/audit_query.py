"""What is asked of the audit: the filters of its page, and the entries that pass them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from ipaddress import ip_address
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from analytics.keyset import Ordering, SortKey
from analytics.scope_filters import day_start
from audit.models import Action, Entry, Person

#: The newest first; each filter's index has this order.
NEWEST_FIRST = Ordering("audit", (SortKey("at"), SortKey("pk")), descending=True)
#: Names are searched by how they begin; so many people are found at the most.
MAX_PEOPLE = 100
MAX_TERM_LENGTH = 300
#: What changes a row.
CHANGES = (Action.CREATE, Action.CHANGE, Action.DELETE)
#: What entries tell of, in the words of the pages.
DEEDS = {
    Action.LOOK: "viewed",
    Action.EXPORT: "exported",
    Action.TOKEN: "used a token",
    Action.IMPORT: "imported",
    Action.CREATE: "added",
    Action.CHANGE: "changed",
    Action.DELETE: "deleted",
    Action.ERASE: "erased",
    Action.REFUSED: "was refused",
    Action.LOGIN: "signed in",
    Action.LOGIN_FAILED: "sign-in refused",
    Action.LOGOUT: "signed out",
}


def term_field(label: str, placeholder: str) -> forms.CharField:
    """A field for a name, an id or an address."""
    attrs = {"autocomplete": "off", "placeholder": placeholder}
    return forms.CharField(
        label=label, required=False, max_length=MAX_TERM_LENGTH, widget=forms.TextInput(attrs)
    )


def day_field(label: str) -> forms.DateField:
    """A field for a day."""
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )


class AuditForm(forms.Form):
    """The filters of the audit, as its page shows them."""

    q = term_field("Anything", "Name, id, address")
    who = term_field("Who", "Anybody")
    about = term_field("About", "Anybody, anything")
    did = forms.ChoiceField(label="Did", required=False)
    start = day_field("From")
    end = day_field("To, inclusive")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        did = self.fields["did"]
        assert isinstance(did, forms.ChoiceField)
        did.choices = [("", "Anything"), *((each.value, did_words(each)) for each in Action)]

    def clean(self) -> dict[str, Any]:
        """The days in their order."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        start, end = cleaned.get("start"), cleaned.get("end")
        if start and end and start > end:
            self.add_error("end", "The last day is before the first.")
        return cleaned


def did_words(action: Action) -> str:
    """``viewed``."""
    return DEEDS.get(action, action.label.lower())


def deed_words(entry: Entry) -> str:
    """What was done; what programs look at they read."""
    if entry.action == Action.LOOK and entry.source == "api":
        return "read"
    return did_words(Action(entry.action))


@dataclass(frozen=True)
class AuditQuery:
    """The filters that hold; empty ones let everything pass."""

    q: str = ""
    who: str = ""
    about: str = ""
    did: str = ""
    start: date | None = None
    end: date | None = None

    def entries(self) -> QuerySet[Entry]:
        """The entries that pass, in no order."""
        rows = Entry.objects.order_by()
        if self.did:
            rows = rows.filter(action=self.did)
        if self.start is not None:
            rows = rows.filter(at__gte=day_start(self.start))
        if self.end is not None and self.end < date.max:
            rows = rows.filter(at__lt=day_start(date.fromordinal(self.end.toordinal() + 1)))
        if self.who:
            rows = rows.filter(actor__in=people_named(self.who))
        if self.about:
            about = Q(subject__in=people_named(self.about)) | of_thing(self.about)
            rows = rows.filter(about)
        return rows.filter(found_by(self.q)) if self.q else rows


def people_named(term: str) -> list[int]:
    """The keys of the people of this name; without any of those whose name begins so."""
    exact = list(Person.objects.filter(name=term).values_list("pk", flat=True)[:MAX_PEOPLE])
    if exact:
        return exact
    begin = Person.objects.filter(name__startswith=term).order_by("name")
    return list(begin.values_list("pk", flat=True)[:MAX_PEOPLE])


def of_thing(key: str) -> Q:
    """The entries about things of this key; the index leaves out those about no thing."""
    return Q(object_key=key) & ~Q(object_kind="")


def found_by(term: str) -> Q:
    """By or about people of this name, from this address, or about this thing."""
    if is_address(term):
        return Q(address=term)
    people = people_named(term)
    return Q(actor__in=people) | Q(subject__in=people) | of_thing(term)


def in_batches(entries: QuerySet[Entry], size: int) -> Iterator[list[Entry]]:
    """Yield all entries, newest first, in parts: no query lasts as long as who takes them."""
    rows = NEWEST_FIRST.apply(entries)
    last: Entry | None = None
    while True:
        after = rows if last is None else rows.filter(NEWEST_FIRST.after([last.at, last.pk]))
        part = list(after[:size])
        yield part
        if len(part) < size:
            return
        last = part[-1]


def is_address(term: str) -> bool:
    """Whether a text is an IP address."""
    try:
        ip_address(term)
    except ValueError:
        return False
    return True
