"""The filter bar: a plain GET form whose values are checked by ``Scope.parse``, nowhere else."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.forms.renderers import BaseRenderer
from django.forms.utils import ErrorDict, flatatt
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from analytics.access import ScopeError, Viewer
from analytics.formatting import short_moment
from analytics.reads import read
from analytics.scope import Scope, visible_moderators
from analytics.scope_filters import SCOPE_FILTERS, ScopeFilter

# More people or sessions than this are found by typing, not by scrolling.
MAX_CHOICES = 200
MAX_SESSIONS = 100


class DateInput(forms.DateInput):
    """The browser's own date field."""

    input_type = "date"


class Select(forms.Select):
    """A list to choose one of; written at once, since each choice would cost two templates."""

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: BaseRenderer | None = None,
    ) -> SafeString:
        """The list with its choices."""
        chosen = {str(each) for each in self.format_value(value)}
        options = format_html_join(
            "\n",
            '<option value="{}"{}>{}</option>',
            (
                (choice, SafeString(" selected" if choice in chosen else ""), label)
                for choice, label in self.choices
            ),
        )
        own = self.build_attrs({"name": name, **self.attrs}, attrs)
        return format_html("<select{}>{}</select>", flatatt(own), options)


class SuggestInput(forms.TextInput):
    """A text field with suggestions, which ``suggestions.js`` fetches from ``address``."""

    def __init__(self, *, address: str, options: Sequence[str] = (), placeholder: str = "") -> None:
        super().__init__({"placeholder": placeholder, "autocomplete": "off"})
        self.address = address
        self.options = options

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: BaseRenderer | None = None,
    ) -> SafeString:
        """The field and the ``datalist`` that its suggestions are put into."""
        list_id = f"{(attrs or {}).get('id', name)}_list"
        all_attrs = {**(attrs or {}), "list": list_id, "data-suggest": self.address}
        options = format_html_join(
            "", '<option value="{}"></option>', ((option,) for option in self.options)
        )
        field = super().render(name, value, all_attrs, renderer)
        return format_html('{}<datalist id="{}">{}</datalist>', field, list_id, options)


class ScopeForm(forms.Form):
    """The fields that a page's scope takes, with what the viewer may choose.

    It shows and keeps what was typed and checks nothing; ``error`` puts the reason of a
    ``ScopeError`` beside its field. ``aside`` are filters that the page only hands on.
    """

    def __init__(
        self,
        params: Mapping[str, str],
        *,
        parameters: Sequence[str],
        viewer: Viewer,
        scope: Scope | None = None,
        aside: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(data={**params, **(aside or {})})
        for scope_filter in SCOPE_FILTERS:
            if scope_filter.name not in parameters or not is_offered(scope_filter, params, viewer):
                continue
            if scope_filter.name == "moderator":
                field = moderator_field(viewer, params.get("moderator", ""))
            elif scope_filter.name == "session":
                field = session_field(scope, params.get("session", ""))
            else:
                field = plain_field(scope_filter)
            self.fields[scope_filter.name] = field
        for name in aside or {}:
            if name not in self.fields:
                self.fields[name] = forms.CharField(required=False, widget=forms.HiddenInput)
        if params.get("team"):
            self.fields["team"] = forms.CharField(required=False, widget=forms.HiddenInput)
        self.label_suffix = ""
        # The choices are an offer; whether a value is allowed is decided by the scope.
        self._errors = ErrorDict()
        self.cleaned_data = {}

    def error(self, error: ScopeError) -> None:
        """Show why the scope was refused, at its field if the form has it."""
        field = error.field if error.field in self.fields else None
        message = error.message if field else f"{error.field}: {error.message}"
        self.add_error(field, f"{capfirst(message)}.")
        if field:
            self.fields[field].widget.attrs["aria-invalid"] = "true"


def is_offered(scope_filter: ScopeFilter, params: Mapping[str, str], viewer: Viewer) -> bool:
    """Whether there is anything to choose: people for leads, and only days of team totals."""
    if scope_filter.name == "moderator":
        return viewer.sees_everyone
    return scope_filter.type == "date" or not params.get("team")


def plain_field(scope_filter: ScopeFilter) -> forms.Field:
    """A field to type into: a day, or any text."""
    widget: forms.Widget = DateInput()
    if scope_filter.type == "text":
        widget = forms.TextInput({"placeholder": f"Any {scope_filter.label.lower()}"})
    return forms.CharField(label=scope_filter.label, required=False, widget=widget)


@read
def first_names(viewer: Viewer) -> list[str]:
    """The names of the moderators to choose from; one too many where they are too many."""
    people = visible_moderators(viewer)
    return list(people.values_list("username", flat=True)[: MAX_CHOICES + 1])


def moderator_field(viewer: Viewer, current: str) -> forms.Field:
    """A list of moderators; a search field when there are more than ``MAX_CHOICES``."""
    names = first_names(viewer)
    if len(names) > MAX_CHOICES:
        widget = SuggestInput(address=reverse("portal:moderator-names"), placeholder="Everyone")
        return forms.CharField(label="Moderator", required=False, widget=widget)
    choices = [("", f"Everyone ({len(names)})"), *((name, name) for name in names)]
    if current and current not in names:
        choices.append((current, current))
    return forms.CharField(label="Moderator", required=False, widget=Select(choices=choices))


@read
def first_sessions(scope: Scope) -> list[tuple[str, datetime]]:
    """Id and start of the newest sessions of a scope; one too many where they are too many."""
    newest = scope.sessions().order_by("-started_at", "-public_id")
    return list(newest.values_list("public_id", "started_at")[: MAX_SESSIONS + 1])


def session_field(scope: Scope | None, current: str) -> forms.Field:
    """The sessions of the moderator in the dates, newest first; without a moderator, any id."""
    if scope is None or scope.moderator is None:
        widget: forms.Widget = forms.TextInput({"placeholder": "Any session id"})
        return forms.CharField(label="Session", required=False, widget=widget)
    sessions = first_sessions(replace(scope, session=None))
    if len(sessions) > MAX_SESSIONS:
        widget = SuggestInput(
            address=f"{reverse('portal:session-ids')}?moderator={scope.moderator.pk}",
            options=[public_id for public_id, _ in sessions[:MAX_SESSIONS]],
            placeholder="Any session id",
        )
        return forms.CharField(label="Session", required=False, widget=widget)
    choices = [("", f"All ({len(sessions)})")]
    choices += [(public_id, f"{short_moment(at)} · {public_id}") for public_id, at in sessions]
    if current and current not in dict(choices):
        choices.append((current, current))
    return forms.CharField(label="Session", required=False, widget=Select(choices=choices))
