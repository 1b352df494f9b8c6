"""People and sessions, validated: what every import hands to the store.

The contents of sessions are the tuples that ``fields.Part.record`` makes.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class ModeratorRecord(NamedTuple):
    """A person; ``extra`` is canonical JSON of the document's unknown fields."""

    username: str
    extra: str | None


class SessionRecord(NamedTuple):
    """A session to be stored, and where its id stands in the input, should it be refused."""

    username: str
    public_id: str
    content: Any
    path: str = "_id"
    place: str = ""
    document_index: int | None = None
