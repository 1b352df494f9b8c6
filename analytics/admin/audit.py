"""The audit in the admin: searched, filtered, and nothing else."""

from ipaddress import ip_address
from typing import Any

from django.contrib import admin
from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.models import User
from analytics.admin.filters import date_range
from analytics.admin.listing import MAX_RELATED, LargeListAdmin
from analytics.models import Moderator
from audit.changes import CHANGED
from audit.models import Entry, Person


@admin.register(Entry)
class EntryAdmin(LargeListAdmin[Entry]):
    """Who did what, newest first."""

    list_display = ("at", "who", "action", "about", "thing", "changes", "source", "address")
    list_display_links = None
    list_filter = (date_range("at", "at"), "action")
    list_select_related = ("actor", "subject")
    sortable_by = ()
    # What is searched is said below.
    search_fields = ("object_key",)
    search_help_text = "How a name begins, or a whole address, or the whole key of a thing."
    actions = None

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """By the filters shown only: others have no index."""
        return lookup in ("action__exact", "at_from", "at_to")

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Newest first: by the order of writing, or by the index that finds the days asked for."""
        days = {"at_from", "at_to"} & set(request.GET)
        return ("-at", "-id") if days else ("-id",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Entry], search_term: str
    ) -> tuple[QuerySet[Entry], bool]:
        """The entries by or about people of this name, of this address, or about this thing."""
        term = search_term.strip()
        if not term:
            return queryset, False
        if is_address(term):
            return queryset.filter(address=term), False
        people = Person.objects.filter(name__startswith=term).order_by("name")
        ids = list(people.values_list("pk", flat=True)[:MAX_RELATED])
        # The index leaves out the entries that are about no thing.
        about = Q(object_key=term) & ~Q(object_kind="")
        return queryset.filter(Q(actor__in=ids) | Q(subject__in=ids) | about), False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        """With the moderators whose pages the names lead to."""
        return (
            super()
            .get_queryset(request)
            .annotate(actor_page=moderator_of("actor"), subject_page=moderator_of("subject"))
        )

    @admin.display(description="Actor")
    def who(self, entry: Entry) -> str:
        """Who did it."""
        return linked(entry.actor, entry.actor_page)  # type: ignore[attr-defined]  # annotated

    @admin.display(description="Subject")
    def about(self, entry: Entry) -> str:
        """Whom it was about."""
        return linked(entry.subject, entry.subject_page)  # type: ignore[attr-defined]  # annotated

    @admin.display(description="What")
    def thing(self, entry: Entry) -> str:
        """The thing it was about, and the page."""
        about = f"{entry.object_kind} {entry.object_key}".strip()
        return f"{about} ({entry.place})" if about else entry.place

    @admin.display(description="Values")
    def changes(self, entry: Entry) -> SafeString:
        """What changed, old and new; of other entries their particulars."""
        return format_html_join(
            "", "{}<br>", ((in_words(*item),) for item in entry.details.items())
        )

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Entries come by themselves."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        """Append-only."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        """Append-only."""
        return False


def moderator_of(column: str) -> Case:
    """The username of the moderator that a person of the audit is, or whose account it is."""
    number = OuterRef(f"{column}__number")
    moderators = Moderator.objects.filter(pk=number).values("username")
    accounts = User.objects.filter(pk=number).values("moderator__username")
    return Case(
        When(**{f"{column}__kind": Person.Kind.MODERATOR}, then=Subquery(moderators)),
        When(**{f"{column}__kind": Person.Kind.ACCOUNT}, then=Subquery(accounts)),
    )


def linked(person: Person | None, moderator: str | None) -> str:
    """A person's name; with a link to the moderator's page where there is one."""
    if person is None:
        return "-"
    if moderator is None:
        return person.name
    page = reverse("portal:person", args=[moderator])
    return format_html('<a href="{}">{}</a>', page, person.name)


def is_address(term: str) -> bool:
    """Whether a text is an IP address."""
    try:
        ip_address(term)
    except ValueError:
        return False
    return True


def in_words(name: str, value: Any) -> SafeString:
    """One particular of an entry."""
    if value == CHANGED:
        return format_html("{} changed", name)
    if isinstance(value, list) and len(value) == 2:
        return format_html("{}: {} → {}", name, *("—" if v in (None, "") else v for v in value))
    return format_html("{}: {}", name, value)
