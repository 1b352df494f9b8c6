"""The form of a sample to plan: what to check, how exactly, at the least how many of each."""

from collections.abc import Mapping
from typing import Any

from django import forms

from analytics.comparison.rates import MIN_TRIALS
from analytics.models import SampleMethod
from analytics.models.quality import MAX_SAMPLE_NAME_LENGTH
from analytics.presentation.plan_basis import PlanBasis, in_percent
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
DEFAULT_AT_LEAST = MIN_TRIALS
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
        required=False,
        help_text="Nearer to 50 % is more careful: it takes more checks.",
    )
    likeness = forms.DecimalField(
        label="How alike mistakes of a session are, 0 to 1",
        min_value=0,
        max_value=1,
        max_digits=4,
        decimal_places=3,
        required=False,
        help_text="0: not at all. The more alike, the more checks.",
    )
    seconds = forms.IntegerField(
        label="Seconds a check",
        min_value=1,
        max_value=3600,
        required=False,
        help_text="For the hours of checking.",
    )
    at_least = forms.IntegerField(
        label="At least, from each moderator or queue",
        min_value=0,
        max_value=1000,
        initial=DEFAULT_AT_LEAST,
        help_text=f"In samples by moderator or queue. Nobody is judged on fewer than {MIN_TRIALS}.",
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
    def half_width(self) -> float:
        """The precision that a form without errors asks for, 0-1."""
        return int(self.cleaned_data["points"]) / 100

    def suggest(self, basis: PlanBasis) -> None:
        """Show in the fields that may stay empty what holds then, and where it comes from."""
        for name, known, written in (
            ("expected", basis.accuracy, in_percent(basis.accuracy.value)),
            ("likeness", basis.likeness, f"{basis.likeness.value:.3f}"),
            ("seconds", basis.seconds, f"{basis.seconds.value:.0f}"),
        ):
            field = self.fields[name]
            field.widget.attrs["placeholder"] = written
            field.help_text = f"Empty: {written}, {known.source}. {field.help_text}"


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
