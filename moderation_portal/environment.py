"""Typed readers of environment variables, for the settings."""

import os

from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


def text(name: str, default: str = "") -> str:
    """The variable without surrounding blanks; empty counts as unset."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool = False) -> bool:
    """A yes or no; anything that is neither is an error, not a silent no."""
    value = os.environ.get(name)
    if value is None:
        return default
    word = value.strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}: expected 1 or 0 (or yes, no, true, false).")


def whole(name: str, default: int) -> int:
    """A whole number from 0."""
    value = text(name)
    if not value:
        return default
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} is {value!r}: expected a whole number from 0.")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """A list separated by commas, without empty items."""
    return [item.strip() for item in text(name, default).split(",") if item.strip()]
