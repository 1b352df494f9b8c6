"""What session documents and rows share: why a value is refused, and texts that can be stored."""

from __future__ import annotations

from datetime import datetime

from analytics.imports.report import MAX_ECHO

#: The longest id, name or status, in characters: an index row holds at most 2704 bytes.
MAX_TEXT_LENGTH = 500
#: The one character that PostgreSQL's texts cannot hold.
NUL = "\0"


class Invalid(ValueError):
    """A value that is not taken in: ``path`` inside the thing that was looked at, and why."""

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.path = path

    def under(self, parent: str) -> Invalid:
        """The same reason with the path seen from one level further out."""
        separator = "." if self.path and not self.path.startswith("[") else ""
        return Invalid(self.message, f"{parent[:MAX_ECHO]}{separator}{self.path}")


def kind_of(value: object) -> str:
    """The type of a value in JSON's words, for messages: ``an object``."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case list():
            return "a list"
        case dict():
            return "an object"
        case datetime():
            return "a time"
        case _:
            return f"a {type(value).__name__}"


def check_text(text: str) -> str:
    """The same text. Raises Invalid for one that PostgreSQL cannot hold."""
    if NUL in text:
        raise Invalid("contains a NUL character")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise Invalid("contains a lone surrogate, or bytes that are not UTF-8") from None
    return text


def check_short_text(text: str) -> str:
    """The same text. Raises Invalid for one that an index cannot hold either."""
    check_text(text)
    if len(text) > MAX_TEXT_LENGTH:
        raise Invalid(f"longer than {MAX_TEXT_LENGTH} characters ({len(text):,})")
    return text


def check_filled(text: str) -> str:
    """The same text. Raises Invalid for one of white space alone."""
    if not text or text.isspace():
        raise Invalid("is empty")
    return text
