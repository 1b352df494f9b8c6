"""The form of a sample to plan: what to check, how exactly, at the least how many of each."""

from collections.abc import Mapping
from typing import Any

from django import forms

from analytics.comparison.session_samples import Precision
from analytics.models import SampleMethod
from analytics.models.quality import MAX_SAMPLE_NAME_LENGTH
from analytics.quality.chosen import MAX_SAMPLE

METHODS = (
    (SampleMethod.RANDOM, "A random sample of decided views"),
    (SampleMethod.BY_MODERATOR, "A random sample by moderator"),
    (SampleMethod.BY_QUEUE, "A random sample by queue"),
    (SampleMethod.REJECTS, "All rejected views"),
    (SampleMethod.DISPUTED, "Views of disputed videos"),
)
TOGETHER, EACH = "together", "each"
POINTS = ("1", "2", "3", "4", "5", "7", "10")
DEFAULT_POINTS = "3"
DEFAULT_EXPECTED = 90
DEFAULT_AT_LEAST = 20
DEFAULT_AT_MOST = 100


class PlanForm(forms.Form):
    """What a plan takes beside the scope; what an address leaves out is the field's initial."""

    method = forms.ChoiceField(label="What to check", choices=METHODS, initial=SampleMethod.RANDOM)
    points = forms.ChoiceField(
        label="Precision wanted",
        choices=[(text, f"± {text} point{'' if text == '1' else 's'}") for text in POINTS],
        initial=DEFAULT_POINTS,
    )
    of = forms.ChoiceField(
        label="Precision of",
        choices=[(TOGETHER, "everything together"), (EACH, "each moderator or queue")],
        initial=TOGETHER,
        help_text="Each: in samples by moderator or queue.",
    )
    expected = forms.DecimalField(
        label="Accuracy expected, %",
        min_value=50,
        max_value=99,
        max_digits=4,
        decimal_places=1,
        initial=DEFAULT_EXPECTED,
        help_text="Nearer to 50 % is more careful: it takes more checks.",
    )
    at_least = forms.IntegerField(
        label="At least, from each moderator or queue",
        min_value=0,
        max_value=1000,
        initial=DEFAULT_AT_LEAST,
        help_text="In samples by moderator or queue. Of fewer than 20 nothing is said of a person.",
    )
    at_most = forms.IntegerField(
        label="At most, of rejected or disputed views",
        min_value=1,
        max_value=MAX_SAMPLE,
        initial=DEFAULT_AT_MOST,
        help_text="Of rejected views drawn at random, of disputed videos the most divided.",
    )

    def __init__(self, params: Mapping[str, Any], **initial: Any) -> None:
        given = {name: params[name] for name in self.base_fields if name in params}
        first = {name: field.initial for name, field in self.base_fields.items()} | initial
        super().__init__({**first, **given}, label_suffix="")

    @property
    def chosen_method(self) -> str:
        """The method of a form without errors."""
        return str(self.cleaned_data["method"])

    @property
    def wanted(self) -> Precision:
        """The precision that a form without errors asks for."""
        return Precision(
            int(self.cleaned_data["points"]) / 100, float(self.cleaned_data["expected"]) / 100
        )


class DrawForm(forms.Form):
    """What a sample takes beside its plan."""

    name = forms.CharField(
        label="Name",
        max_length=MAX_SAMPLE_NAME_LENGTH,
        required=False,
        help_text="Empty: how it was drawn, and how many views.",
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    second_checks = forms.IntegerField(
        label="Checked by two people",
        min_value=0,
        max_value=MAX_SAMPLE,
        required=False,
        initial=0,
        help_text="So many of the views, to see how well checkers agree.",
    )
    is_blind = forms.BooleanField(
        label="Blind: nobody sees the first decision or the person while checking",
        required=False,
        initial=True,
    )
