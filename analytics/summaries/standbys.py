"""Reading from standbys: streaming copies of the database, used only while they are current.

A snapshot is read from a standby when, and only when, the standby's data version is the primary's.
The same version means the same data, so that what a page shows is as current as the primary, and
whoever has just written something sees it. ``docs/operating.md`` says how to set standbys up.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from analytics.models import FirstPage, RefusedId, SavedView, UploadedFile

_reading_alias: ContextVar[str] = ContextVar("reading_alias", default=DEFAULT_DB_ALIAS)

#: What changes without a new version, so that an equal version says nothing about it.
UNVERSIONED: tuple[type[models.Model], ...] = (FirstPage, RefusedId, SavedView, UploadedFile)


def reading_connection() -> BaseDatabaseWrapper:
    """The connection that is read from: the open snapshot's, otherwise the primary's."""
    return connections[_reading_alias.get()]


@contextmanager
def reading_from(alias: str) -> Iterator[None]:
    """Read the analytics models, and ``reading_connection``, from this database."""
    token = _reading_alias.set(alias)
    try:
        yield
    finally:
        _reading_alias.reset(token)


def is_standby(alias: str) -> bool:
    """Whether the settings made this alias of an address in ``READ_DATABASE_URLS``."""
    return alias.startswith("standby")


def standbys_in_random_order() -> list[str]:
    """The aliases of ``READ_DATABASE_URLS``, so that each is asked first as often as the others."""
    aliases = list(filter(is_standby, connections))
    return random.sample(aliases, len(aliases))


class StandbyRouter:
    """Django's choice of a database for each query: all but the reads of a snapshot go to one."""

    def db_for_read(self, model: type[models.Model], **_hints: Any) -> str:
        """The snapshot's database for what its version covers."""
        versioned = model._meta.app_label == "analytics" and model not in UNVERSIONED
        return _reading_alias.get() if versioned else DEFAULT_DB_ALIAS

    def db_for_write(self, _model: type[models.Model], **_hints: Any) -> str:
        """The primary."""
        return DEFAULT_DB_ALIAS

    def allow_relation(self, *_objects: models.Model, **_hints: Any) -> bool:
        """All databases hold the same rows."""
        return True

    def allow_migrate(self, db: str, _app_label: str, **_hints: Any) -> bool:
        """A standby receives its tables from the primary."""
        return not is_standby(db)
