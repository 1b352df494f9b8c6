"""Saved views: the form that keeps one, whom they are shown to, and what each opens."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.text import capfirst

from accounts.models import Role, User
from analytics.access import Forbidden, ScopeError
from analytics.annotations import PeopleNames
from analytics.models import FirstPage, SavedView, SharedWith
from analytics.names import normalise
from analytics.presentation.view_addresses import read_address
from analytics.scope import visible_moderators

MAX_VIEWS = 100
#: What a role is shown of what is shared.
SHOWN_TO: dict[str, tuple[str, ...]] = {
    Role.MODERATOR: (SharedWith.MODERATORS,),
    Role.LEAD: (SharedWith.MODERATORS, SharedWith.LEADS),
    Role.ADMIN: (SharedWith.MODERATORS, SharedWith.LEADS, SharedWith.ADMINS),
}
FOR_PEOPLE_WHO_SEE_NAMES = "names a person: shared with leads and admins only"


class SavedViewForm(forms.ModelForm[SavedView]):
    """A view of one owner, its address read as a request by them."""

    class Meta:
        model = SavedView
        fields = ("name", "address", "shared_with")

    def __init__(self, *args: Any, owner: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner = owner
        if self.instance._state.adding:
            self.instance.owner = owner

    def clean_name(self) -> str:
        """The name without blanks around it."""
        name = normalise(self.cleaned_data["name"])
        if not name or not name.isprintable():
            raise forms.ValidationError("Is empty or holds characters that nobody sees.")
        return name

    def clean_address(self) -> str:
        """The address, if it is one of a page that the owner may open."""
        try:
            self.page = read_address(self.cleaned_data["address"], self.owner)
        except ScopeError as error:
            raise forms.ValidationError(f"{capfirst(error.message)}.") from None
        return self.page.address

    def clean(self) -> dict[str, Any]:
        """Refuse to show a person to those who may not see names, and too many views."""
        cleaned = super().clean() or self.cleaned_data
        name, address = cleaned.get("name"), cleaned.get("address")
        if cleaned.get("shared_with") == SharedWith.MODERATORS:
            if address is not None and (
                self.page.names_person or any(map(self.names_somebody, self.page.values))
            ):
                self.add_error("shared_with", f"The address {FOR_PEOPLE_WHO_SEE_NAMES}.")
            elif name is not None and self.names_somebody(name):
                self.add_error("shared_with", f"The name {FOR_PEOPLE_WHO_SEE_NAMES}.")
        own = SavedView.objects.filter(owner=self.owner).exclude(pk=self.instance.pk)
        if name is not None and own.filter(name=name).exists():
            self.add_error("name", "You have a view of this name.")
        if self.instance._state.adding and own.count() >= MAX_VIEWS:
            self.add_error(None, f"You have {MAX_VIEWS} views already; delete one first.")
        return cleaned

    def names_somebody(self, text: str) -> bool:
        """Whether a text has a name in it that the owner may see; others' are not told."""
        try:
            people = visible_moderators(self.owner)
        except Forbidden:
            return False
        return PeopleNames(people).find(text) is not None


@dataclass(frozen=True)
class ShownView:
    """A view as it is listed; ``closed`` says why it cannot be opened any more.

    ``key`` opens it from the menu.
    """

    view: SavedView
    page: str
    closed: str = ""
    is_first: bool = False
    is_own: bool = False
    by: str = ""
    key: str = ""


def visible_views(user: User) -> QuerySet[SavedView]:
    """The user's own views, and those shared with their role."""
    shared = Q(shared_with__in=SHOWN_TO.get(user.role, ()))
    return SavedView.objects.filter(Q(owner=user) | shared).select_related("owner")


def shown_views(user: User, views: Iterable[SavedView]) -> Iterator[ShownView]:
    """Yield the views as the user sees them: of those shared, only what they may open."""
    first = FirstPage.objects.filter(user=user).values_list("view_id", flat=True).first()
    for view in views:
        is_own = view.owner_id == user.pk
        page, closed = "", ""
        try:
            page = read_address(view.address, user).title
        except ScopeError as error:
            closed = error.message
        if closed and not is_own:
            continue
        by = "" if is_own or not user.sees_everyone else view.owner.get_username()
        yield ShownView(view, page, closed, view.pk == first, is_own, by)


def first_address(user: User) -> tuple[str, str]:
    """The address that the user's login opens with, and why it cannot be: either is empty."""
    chosen = FirstPage.objects.filter(user=user).first()
    view = visible_views(user).filter(pk=chosen.view_id).first() if chosen else None
    if view is None:
        return "", "it is not shared with you any more" if chosen else ""
    try:
        return read_address(view.address, user).address, ""
    except ScopeError as error:
        return "", error.message
