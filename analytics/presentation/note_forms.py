"""The forms of notes; the API's bodies go through them too."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.text import capfirst

from analytics.insights.people import MEASURES
from analytics.models import MAX_NOTE_LENGTH, MAX_STEP_LENGTH
from analytics.notes import NoteWords

#: A step is agreed for so long at the most.
MAX_AHEAD = timedelta(days=366)


class NoteForm(forms.Form):
    """A note: what was said, which finding it answers, and what was agreed until when."""

    text = forms.CharField(
        label="New note", max_length=MAX_NOTE_LENGTH, widget=forms.Textarea({"rows": 3})
    )
    measure = forms.ChoiceField(
        label="Answers what is said about",
        choices=[
            ("", "Nothing in particular"),
            *((column, capfirst(measure.words)) for column, measure in MEASURES.items()),
        ],
        required=False,
        help_text="The finding then shows the note with its date, until the note is settled.",
    )
    step = forms.CharField(
        label="Agreed step, if there is one",
        max_length=MAX_STEP_LENGTH,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    until = forms.DateField(
        label="Agreed until",
        required=False,
        widget=forms.DateInput({"type": "date"}),
        help_text="From the day after, the finding stands out again.",
    )

    def __init__(self, *args: Any, today: date, name: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        if name:
            self.fields["text"].widget.attrs["placeholder"] = f"{name} reads it and may answer"

    def clean(self) -> dict[str, Any]:
        """A step has a date, and a date a step."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        step, until = cleaned.get("step"), cleaned.get("until")
        if step and until is None and "until" not in self.errors:
            self.add_error("until", "An agreed step needs its date.")
        if until is not None and not step and "step" not in self.errors:
            self.add_error("step", "Say what is agreed until then.")
        if until is not None and not self.today <= until <= self.today + MAX_AHEAD:
            self.add_error("until", "The date lies between today and a year ahead.")
        return cleaned

    def words(self) -> NoteWords:
        """What a valid form says."""
        return NoteWords(**self.cleaned_data)


class ReplyForm(forms.Form):
    """An answer to a note."""

    text = forms.CharField(
        label="Your answer", max_length=MAX_NOTE_LENGTH, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, data: Any = None, *, note: int | None = None) -> None:
        # Several stand on one page.
        super().__init__(data, auto_id="id_%s" if note is None else f"note_{note}_%s")
