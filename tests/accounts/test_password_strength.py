"""Which passwords are too easy to guess."""

from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError

from accounts.password_strength import GuessableValidator, known_words, own_letters

ANN = SimpleNamespace(
    username="ann.lee", first_name="Ann", last_name="Lee", email="ann.lee@portal.example"
)


def refusal(password, user=ANN):
    """Return the code of the refusal; None where the password is accepted."""
    try:
        GuessableValidator().validate(password, user)
    except ValidationError as error:
        return error.code
    return None


@pytest.mark.parametrize(
    ("password", "code"),
    [
        # Five letters of one's own are too few, six are enough.
        ("moderator-ann-qzxvk", "password_too_similar"),
        ("moderator-ann-qzxvkw", None),
        ("Password1234", "password_too_common"),
        ("aaaaaaaaaaaa", "password_too_common"),
        ("copper lantern drifts", None),
    ],
)
def test_what_is_refused_and_why(password, code):
    assert refusal(password) == code


def test_the_words_of_a_person_are_whole_and_in_parts_the_longest_first():
    assert known_words(ANN) == [
        "ann.lee@portal.example",
        "moderationportal",
        "moderation",
        "moderator",
        "ann.lee",
        "example",
        "portal",
        "review",
        "admin",
        "ann",
        "lee",
    ]


def test_of_nobody_the_portals_words_are_known():
    assert known_words(None) == [
        "moderationportal", "moderation", "moderator", "portal", "review", "admin",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("password", "letters"),
    [("Ann-Lee_42!", 2), ("annlee", 0), ("A n n L e e x", 1), ("", 0), ("grüße", 5)],
)
def test_letters_and_digits_that_belong_to_no_known_word(password, letters):
    assert own_letters(password, ["ann.lee", "ann", "lee"]) == letters
