"""The form of a sample to plan: what to check, how exactly, at the least how many of each."""

from collections.abc import Mapping
from typing import Any

from django import forms

from analytics.comparison.session_samples import Precision

#: What may be drawn; the last two stand for nothing but themselves.
RANDOM, BY_MODERATOR, BY_QUEUE = "random", "by-moderator", "by-queue"
REJECTS, DISPUTED = "rejects", "disputed"
METHODS = (
    (RANDOM, "A random sample of decided views"),
    (BY_MODERATOR, "A random sample by moderator"),
    (BY_QUEUE, "A random sample by queue"),
    (REJECTS, "All rejected views"),
    (DISPUTED, "Views of disputed videos"),
)
TARGETED = frozenset({REJECTS, DISPUTED})
STRATIFIED = frozenset({BY_MODERATOR, BY_QUEUE})
TOGETHER, EACH = "together", "each"
POINTS = ("1", "2", "3", "4", "5", "7", "10")
DEFAULT_POINTS = "3"
DEFAULT_EXPECTED = 90
DEFAULT_AT_LEAST = 20


class PlanForm(forms.Form):
    """What a plan takes beside the scope; what an address leaves out is the field's initial."""

    method = forms.ChoiceField(label="What to check", choices=METHODS, initial=RANDOM)
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
