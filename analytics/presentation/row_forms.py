"""Forms of rows, held to the rules of files; the portal's pages and the admin share them."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.forms.widgets import DateInput
from django.urls import reverse
from django.utils.text import capfirst

from analytics.annotations import PeopleNames
from analytics.imports.rows.fields import ANNOTATIONS, InvalidRow, RowKind, validate
from analytics.models import Annotation, Moderator
from analytics.presentation.filters import SuggestInput
from moderation_portal.advisory_locks import AdvisoryLock, take_turn


class RowForm(forms.ModelForm[Any]):
    """One row, held to the rules of files."""

    kind: ClassVar[RowKind]

    def clean(self) -> dict[str, Any]:
        """The values as a file's would be stored; adds what is wrong to the fields."""
        cleaned = super().clean() or self.cleaned_data
        values = {
            column.name: row_value(cleaned.get(column.attribute)) for column in self.kind.columns
        }
        try:
            record = validate(self.kind, values)
        except InvalidRow as row:
            attributes = {column.name: column.attribute for column in self.kind.columns}
            for reason in row.reasons:
                self.refuse(attributes[reason.path], reason.message)
            return cleaned
        return {**cleaned, **{k: v for k, v in record.items() if k != "moderator"}}

    def refuse(self, attribute: str, message: str) -> None:
        """Say what is wrong beside the field, unless something is said there already."""
        if attribute not in self.errors:
            self.add_error(attribute, f"{capfirst(message)}.")


def row_value(value: object) -> object:
    """A form's value as a file has it."""
    if isinstance(value, Moderator):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


class AnnotationForm(RowForm):
    """An annotation by somebody who may see names: it has to name nobody.

    To be validated and saved in one transaction, in which others who write rows wait.
    """

    kind = ANNOTATIONS
    end = forms.DateField(
        label="Last day",
        required=False,
        widget=DateInput(attrs={"type": "date"}),
        help_text="Empty: the first day alone.",
    )

    class Meta:
        model = Annotation
        fields = ("start", "end", "text", "queue")
        widgets = {
            "start": DateInput(attrs={"type": "date"}),
            "text": forms.TextInput(attrs={"autocomplete": "off"}),
        }
        help_texts = {
            "text": "What happened, in one line that everybody may read: nothing about a person.",
            "queue": "The queue that it concerns. Empty: all of them.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The addresses are not known yet when the class is made.
        self.fields["queue"].widget = SuggestInput(address=reverse("portal:queue-names"))

    def clean(self) -> dict[str, Any]:
        """As a row; names nobody."""
        # Whether it is there already can't change until it is stored.
        take_turn(AdvisoryLock.ROWS, bulk=False)
        cleaned = super().clean()
        people = PeopleNames()
        for name in ("text", "queue"):
            if reason := people.why_refused(str(cleaned.get(name) or "")):
                self.refuse(name, reason)
        return cleaned
