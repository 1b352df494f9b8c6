"""The forms of checking: a verdict, a dispute, and the answer to one."""

from django import forms

from analytics.models import DisputeOutcome, Verdict
from analytics.models.quality import MAX_CHECK_NOTE_LENGTH, MAX_CHECK_REASON_LENGTH


class OpinionForm(forms.Form):
    """What a checker says of a view."""

    verdict = forms.ChoiceField(
        choices=[
            (Verdict.ACCEPTED, "Accept"),
            (Verdict.REJECTED, "Reject"),
            (Verdict.UNSURE, "Unsure"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one."},
    )
    reason = forms.CharField(
        max_length=MAX_CHECK_REASON_LENGTH,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "list": "reasons"}),
    )
    note = forms.CharField(
        label="Note, if it helps",
        max_length=MAX_CHECK_NOTE_LENGTH,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "placeholder": "The person reads it"}),
    )


class DisputeForm(forms.Form):
    """Why somebody disputes a check of their decision."""

    reason = forms.CharField(
        label="Why the check is wrong, in a few sentences that leads read",
        max_length=MAX_CHECK_NOTE_LENGTH,
        widget=forms.Textarea({"rows": 3}),
    )


class DecisionForm(forms.Form):
    """What becomes of a dispute, and why."""

    outcome = forms.ChoiceField(
        label="Your decision",
        choices=[
            (DisputeOutcome.UPHELD, "Uphold the check"),
            (DisputeOutcome.REVERSED, "Reverse it"),
        ],
        widget=forms.RadioSelect,
    )
    reply = forms.CharField(
        label="Why, in a sentence that the person reads",
        max_length=MAX_CHECK_NOTE_LENGTH,
        widget=forms.Textarea({"rows": 3}),
    )


class WithdrawalForm(forms.Form):
    """That somebody takes back their dispute; nothing more is asked."""
