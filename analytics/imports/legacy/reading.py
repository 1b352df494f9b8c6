"""People and sessions out of the old database, as the store takes them.

The sorted tables are merged, so that memory holds one session, and a row that is there twice
multiplies nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from analytics.imports.legacy.children import Children
from analytics.imports.legacy.database import LegacyDatabase, Row
from analytics.imports.legacy.tables import document_of
from analytics.imports.legacy.values import as_text, plain
from analytics.imports.notices import Notices
from analytics.imports.report import Rejection, quoted
from analytics.imports.sessions import values
from analytics.imports.sessions.field_types import Json, at
from analytics.imports.sessions.fields import SESSIONS
from analytics.imports.sessions.records import ModeratorRecord, SessionRecord
from analytics.imports.sessions.validation import read_session, with_original
from analytics.imports.values import Invalid


class LegacyReader:
    """Reads the old database; ``notices`` collects what deserves a look."""

    def __init__(self, database: LegacyDatabase) -> None:
        self._database = database
        self._names: dict[str, set[object]] = {}
        self.notices = Notices()

    def people(self) -> Iterator[ModeratorRecord | Rejection]:
        """Yield everybody, those without sessions too."""
        for user, rows in groupby(self._database.user_rows(), key=itemgetter(0)):
            names = [plain(name) for _user, name in rows]
            place = f"users.id {user}"
            if user is None:
                yield from (Rejection("missing", "id", place="users") for _name in names)
                continue
            self._names[user] = set(map(as_text, names))
            if len(self._names[user]) > 1:
                yield Rejection("is there twice with different names", place=place)
                continue
            if len(names) > 1:
                self.notices.add("repeated rows", f"{place} is there {len(names)} times")
            try:
                yield ModeratorRecord(at("name", values.name, names[0]), None)
            except Invalid as reason:
                yield Rejection(reason.message, reason.path, place=place)

    def sessions(self) -> Iterator[SessionRecord | Rejection]:
        """Yield the sessions by id, validated; ``people`` must have been read."""
        children = Children(self._database, self.notices)
        for key, group in groupby(self._database.session_rows(), key=itemgetter(0)):
            rows = list(group)
            if key is None:
                yield from (Rejection("missing", "_id", place="sessions.id NULL") for _row in rows)
                continue
            # Taken even of a session that is left out: the streams stay beside one another.
            lists = children.of(key)
            if not self._is_early(rows[0]):
                yield self._session(key, rows, lists)

    def _is_early(self, row: Row) -> bool:
        """Whether a session began before the first day that was asked for."""
        if self._database.since is None:
            return False
        start = document_of(SESSIONS, row[2:])["starttime"]
        try:
            return values.instant(start) < self._database.since
        except Invalid:
            return False

    def _session(self, key: str, rows: list[Row], lists: Json) -> SessionRecord | Rejection:
        place = f"sessions.id {key}"
        if any(row != rows[0] for row in rows):
            return Rejection("is there twice with different content", "_id", key, place=place)
        if len(rows) > 1:
            self.notices.add("repeated rows", f"{place} is there {len(rows)} times")
        _key, user, *columns = rows[0]
        try:
            if isinstance(fault := lists.pop("fault", None), Invalid):
                raise fault
            original = at("users.name", values.identifier, self._name_of(user))
            username = at("users.name", values.name, original)
            document = {"_id": key, **document_of(SESSIONS, columns), **lists}
            public_id, content = read_session(document)
            if original != username:
                content = with_original(content, "username", original)
        except Invalid as reason:
            return Rejection(reason.message, reason.path, key, place=place)
        return SessionRecord(username, public_id, content, "_id", place)

    def _name_of(self, user: str | None) -> object:
        names = self._names.get(user, set()) if user is not None else set()
        if len(names) > 1:
            raise Invalid(f"users.id {quoted(str(user))} is there twice with different names")
        return next(iter(names), None)

    def find_orphans(self) -> None:
        """Note every table with rows of no session, or of no video: they cannot come."""
        for name, owner in self._database.owners():
            orphans = self._database.count_orphans(name, owner)
            if orphans:
                self.notices.add(
                    "orphans", f"{orphans} rows of {name} belong to no {owner} and were left out"
                )

    def find_missing(self) -> None:
        """Note which tables and columns of the script are not there: nothing is known of them."""
        if missing := self._database.missing():
            names = ", ".join(missing)
            self.notices.add("missing", f"the old database has no {names}: nothing is known of it")
