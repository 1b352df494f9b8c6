"""Typed readers of environment variables, for the settings."""

import os
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

import dj_database_url
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


def choice(name: str, default: str, allowed: Collection[str]) -> str:
    """One of a few words, in capitals."""
    value = text(name, default)
    if value.upper() not in allowed:
        raise ImproperlyConfigured(f"{name} is {value!r}: expected one of {', '.join(allowed)}.")
    return value.upper()


def folder(name: str, default: Path) -> Path:
    """A path; ``~`` is the home of this or, as ``~name``, of another user."""
    value = text(name)
    try:
        return Path(value).expanduser() if value else default
    except RuntimeError as error:
        raise ImproperlyConfigured(f"{name} is {value!r}: {error}") from error


def databases(name: str) -> list[dict[str, Any]]:
    """Django's settings of the PostgreSQLs whose addresses a list separated by commas holds.

    An address may hold commas itself, between the names of several hosts.
    """
    addresses = re.split(r"[\s,]+(?=postgres(?:ql)?://)", text(name)) if text(name) else []
    return [_database(name, address) for address in addresses]


def database(name: str) -> dict[str, Any]:
    """Django's settings of the PostgreSQL that an address names."""
    return _database(name, text(name))


def _database(name: str, address: str) -> dict[str, Any]:
    """Read an address; a bad one is not repeated: it may hold a password, and errors are logged."""
    expected = f"{name} must name a PostgreSQL: postgres://user:password@host:5432/name"
    try:
        settings = dict(dj_database_url.parse(address))
    except ValueError as error:
        raise ImproperlyConfigured(expected) from error
    if settings["ENGINE"] != "django.db.backends.postgresql" or not settings["NAME"]:
        raise ImproperlyConfigured(expected)
    return settings
