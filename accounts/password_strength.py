"""Which passwords are too easy to guess."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from zxcvbn import zxcvbn

# What somebody who attacks this portal tries first.
PORTAL_WORDS = ("moderation", "moderator", "portal", "moderationportal", "admin", "review")
# Of 4; from 3 on a password withstands 10^8 guesses, and logins are limited besides.
MIN_SCORE = 3
# Letters that a password needs beside the words that are known of its person and of the portal.
MIN_OWN_LETTERS = 6
# The estimate's time grows with the square of the length.
MAX_ESTIMATED = 72


class GuessableValidator:
    """Refuses what a guesser finds early: common passwords, names and the portal's words.

    The estimate is zxcvbn's, which knows the commonest passwords, words, names, keyboard patterns,
    repetitions and the usual exchanges of letters (``Passw0rd``).
    """

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ``ValidationError`` with the reason."""
        words = known_words(user)
        if own_letters(password, words) < MIN_OWN_LETTERS:
            raise ValidationError(
                "This password is made of your name or the portal's.", code="password_too_similar"
            )
        if zxcvbn(password[:MAX_ESTIMATED], user_inputs=words)["score"] < MIN_SCORE:
            raise ValidationError(
                "This password is too easy to guess. Several words that have nothing to do with "
                "each other are better than one with digits.",
                code="password_too_common",
            )

    def get_help_text(self) -> str:
        """What the form says beside the field."""
        return "Don't use your name, the portal's, or a common password."


def known_words(user: Any) -> list[str]:
    """The portal's words and those of the person's names, whole and in parts; longest first."""
    names = [
        str(getattr(user, field, "") or "")
        for field in ("username", "first_name", "last_name", "email")
    ]
    parts = [part for name in names for part in re.split(r"[\W_]+", name)]
    words = {word.lower() for word in (*PORTAL_WORDS, *names, *parts) if len(word) > 1}
    return sorted(words, key=lambda word: (-len(word), word))


def own_letters(password: str, words: list[str]) -> int:
    """How many letters and digits of a password belong to none of these words."""
    letters = re.sub(r"[\W_]+", "", password.lower())
    for word in words:
        letters = letters.replace(re.sub(r"[\W_]+", "", word) or " ", "")
    return len(letters)
