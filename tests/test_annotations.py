"""Names of people in texts."""

import pytest

from analytics.annotations import PeopleNames
from analytics.models import Moderator

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Training by Ann", "Ann"),
        ("ANN, and others", "Ann"),
        ("Annual review", None),
        # Two letters are a word of any text.
        ("Al began", None),
        ("A policy", None),
    ],
)
def test_a_name_of_three_letters_or_more_is_found_as_a_word(text, name):
    for username in ("Ann", "Al"):
        Moderator.objects.create(username=username)
    assert PeopleNames().find(text) == name
