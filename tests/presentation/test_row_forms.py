"""Forms of rows: what is wrong stands once, beside its field."""

from datetime import date

import pytest

from analytics.models import Moderator
from analytics.presentation.row_forms import AnnotationForm, row_value

pytestmark = pytest.mark.django_db

FORM = {"start": "2026-03-10", "end": "2026-03-12", "text": "New rules", "queue": "Spam"}


def errors(**values):
    """Return the form's errors, as texts by field."""
    form = AnnotationForm({**FORM, **values})
    return {name: [str(error) for error in texts] for name, texts in form.errors.items()}


def cleaned(**values):
    """Return what the form would store."""
    form = AnnotationForm({**FORM, **values})
    assert form.is_valid()
    return form.cleaned_data


def test_values_are_cleaned_as_those_of_a_file():
    assert cleaned(text="  New   rules ", queue="") == {
        "start": date(2026, 3, 10),
        "end": date(2026, 3, 12),
        "text": "New   rules",
        "queue": "",
    }


def test_without_a_last_day_it_is_about_the_first_day_alone():
    assert cleaned(end="")["end"] == date(2026, 3, 10)


def test_what_a_file_would_be_refused_for_stands_beside_the_field():
    assert errors(end="2026-03-09") == {
        "end": ["2026-03-09 is before the first day, 2026-03-10."],
    }


def test_a_field_that_is_wrong_already_has_no_second_reason():
    # The row says "is empty" of both as well.
    assert errors(start="soon", text="") == {
        "start": ["Enter a valid date."],
        "text": ["This field is required."],
    }


def test_each_field_has_its_own_reason():
    Moderator.objects.create(username="tomas")
    told = (
        "Names the moderator tomas. Everybody reads annotations, so they say nothing about a"
        " person; what concerns one person belongs in a talk with them."
    )

    assert errors(text="Tomas is away", queue="for tomas") == {"text": [told], "queue": [told]}


@pytest.mark.parametrize(
    ("value", "row"),
    [
        (Moderator(username="ann"), "ann"),
        (date(2026, 3, 10), "2026-03-10"),
        (4.5, 4.5),
        (0, 0),
        (None, None),
    ],
)
def test_a_value_is_passed_on_as_a_file_has_it(value, row):
    assert row_value(value) == row
