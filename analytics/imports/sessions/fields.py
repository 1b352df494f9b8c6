"""The fields of session documents, one entry each.

Validation, COPY, reading back, rendering, the old database's reader, the REST serializers and
filters with their description, the admin's lists, a session's page and ``videos.csv`` are made
of these tables. ``docs/extending.md`` tells how a field is added.
"""

from __future__ import annotations

from collections import namedtuple
from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from typing import Any

from django.db.models import Model
from django.utils.text import capfirst

from analytics.imports.fields import BaseField
from analytics.imports.sessions import field_types as types
from analytics.models import Inactivity, PlaybackSpeed, QueueAssignment, Session, VideoView


@dataclass(frozen=True)
class Field(BaseField):
    """One field of documents, and what becomes of it.

    ``missing`` is what a field that is not there, or null, becomes; of a ``required`` one that is
    an error. ``null`` says what null becomes where that is something else.
    """

    type: types.FieldType
    _: KW_ONLY
    #: The heading of a column; empty: the attribute's words.
    heading: str = ""
    missing: Any = None
    null: Any = None
    required: bool = False
    #: Left out of a document that does not know it, rather than written as null.
    is_sparse: bool = False
    #: One of few values, also together with the other common ones of its part, which stand next to
    #: it: what is read and written of them together is remembered.
    is_common: bool = False
    #: The column of the old database; empty: the attribute; None: it has no such column.
    old_column: str | None = ""

    def __post_init__(self) -> None:
        """Use the attribute as the old database's column where none is given."""
        super().__post_init__()
        if self.old_column == "":
            object.__setattr__(self, "old_column", self.attribute)

    @property
    def label(self) -> str:
        """The heading of its column, for people."""
        return self.heading or capfirst(self.attribute.replace("_", " "))

    @property
    def column(self) -> str:
        """The column of the table."""
        return f"{self.attribute}_id" if self.reference else self.attribute


@dataclass(frozen=True, kw_only=True)
class Children:
    """A list of parts within another: its name in documents, and the record's attribute."""

    name: str
    attribute: str
    part: Part


@dataclass(frozen=True, kw_only=True)
class Part:
    """One kind of object in documents, the table its rows are in, and its fields.

    ``shorthand`` is the field that a bare value stands for. ``unread`` are names that are
    neither unknown nor fields: somebody else reads them.
    """

    name: str
    model: type[Model]
    fields: tuple[Field, ...]
    children: tuple[Children, ...] = ()
    shorthand: str = ""
    unread: tuple[str, ...] = ()

    @cached_property
    def names(self) -> frozenset[str]:
        """The names that documents may use."""
        lists = (child.name for child in self.children)
        return frozenset((*(field.name for field in self.fields), *lists, *self.unread))

    @cached_property
    def old_fields(self) -> dict[str, Field]:
        """The fields that the old database has columns for, by the columns' names."""
        return {field.old_column: field for field in self.fields if field.old_column}

    @cached_property
    def common(self) -> slice:
        """Which of the fields are common."""
        positions = [n for n, field in enumerate(self.fields) if field.is_common]
        return slice(positions[0], positions[-1] + 1) if positions else slice(0)

    @cached_property
    def record(self) -> Any:
        """The plain tuple that a part is read into: its fields, ``extra``, its children.

        Millions of them are made, and two are equal when storing the one over the other would
        change nothing. ``extra`` is canonical JSON text of what the columns do not say, or None.
        """
        return namedtuple(
            self.name.capitalize(),
            (
                *(field.attribute for field in self.fields),
                "extra",
                *(child.attribute for child in self.children),
            ),
        )

    def __getitem__(self, name: str) -> Field:
        """The field of a name. Raises KeyError."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)


SPEEDS = Part(
    name="speed",
    model=PlaybackSpeed,
    shorthand="value",
    fields=(
        Field(
            "value",
            types.SPEED,
            required=True,
            description="1 is the normal speed.",
            old_column="speed_value",
        ),
        Field(
            "at",
            types.TIME,
            attribute="chosen_at",
            is_sparse=True,
            description="ISO 8601: when it was chosen.",
            old_column="created_at",
        ),
    ),
)

VIDEOS = Part(
    name="view",
    model=VideoView,
    children=(Children(name="speeds", attribute="speeds", part=SPEEDS),),
    fields=(
        Field(
            "videoId",
            types.CONTENT_ID,
            attribute="video",
            reference="public_id",
            description="The content's id; may recur; null where it is unknown.",
            old_column="video_id",
        ),
        Field(
            "status",
            types.STATUS,
            missing="unknown",
            is_common=True,
            description="Completed, Partially Watched, Not Started, or any other text.",
        ),
        Field("watched", types.BOOLEAN, is_common=True),
        Field("loopTime", types.NUMBER, attribute="loop_time", is_common=True),
        Field(
            "keys",
            types.KEYS,
            missing=(),
            is_common=True,
            description="Keys pressed, in order: `a` accepts, `q` rejects.",
            old_column=None,
        ),
        Field(
            "soundMuted",
            types.SOUND,
            attribute="sound",
            missing="unknown",
            is_common=True,
            description="yes, true, 1, muted; no, false, 0, unmuted.",
            old_column="sound_muted",
        ),
        Field(
            "queue",
            types.NAME,
            is_sparse=True,
            description="The queue that the video came from; null where it is unknown.",
        ),
        Field(
            "reason",
            types.NAME,
            is_sparse=True,
            description="The policy or reason that the decision names; null where unknown.",
        ),
        Field(
            "startedAt",
            types.TIME,
            attribute="started_at",
            heading="Started",
            is_sparse=True,
            description="ISO 8601: when the video was put before the moderator.",
        ),
    ),
)

INACTIVITY = Part(
    name="idle",
    model=Inactivity,
    fields=(
        Field(
            "type",
            types.NAME,
            attribute="kind",
            missing="unknown",
            description="Any text.",
            old_column="type",
        ),
        Field(
            "duration",
            types.SECONDS,
            attribute="duration_us",
            description="Seconds; null where unknown.",
            old_column="duration",
        ),
        Field(
            "startedAt",
            types.TIME,
            attribute="started_at",
            is_sparse=True,
            description="ISO 8601.",
        ),
    ),
)

QUEUES = Part(
    name="queue",
    model=QueueAssignment,
    fields=(
        Field("name", types.REQUIRED_NAME, required=True, description="The queue."),
        Field(
            "count",
            types.COUNT,
            attribute="item_count",
            description="Items; null where unknown.",
            old_column="main_queue_count",
        ),
        Field(
            "subqueues",
            types.SUBQUEUES,
            missing="{}",
            description="Items by subqueue.",
            old_column=None,
        ),
        Field(
            "active",
            types.BOOLEAN,
            missing=True,
            null=False,
            description="Whether the assignment is active; null: it is not.",
        ),
        Field("createdAt", types.TIME, attribute="created_at", description="ISO 8601."),
    ),
)

SESSIONS = Part(
    name="session",
    model=Session,
    unread=("_id",),
    children=(
        Children(name="videos", attribute="views", part=VIDEOS),
        Children(name="inactivity", attribute="idle", part=INACTIVITY),
        Children(name="queues", attribute="queues", part=QUEUES),
    ),
    fields=(
        Field(
            "starttime",
            types.TIME,
            attribute="started_at",
            required=True,
            description="ISO 8601; without an offset: UTC.",
            old_column="starttime",
        ),
        Field(
            "endtime",
            types.TIME,
            attribute="ended_at",
            description="ISO 8601; null: an open session.",
            old_column="endtime",
        ),
        Field(
            "duration",
            types.SECONDS,
            attribute="duration_us",
            description="Seconds; null where unknown.",
            old_column="duration",
        ),
    ),
)

#: Every part; each list's after what it stands in.
PARTS = (SESSIONS, VIDEOS, SPEEDS, INACTIVITY, QUEUES)

#: What a document says of the person beside the sessions is kept; these it is read for.
DOCUMENT_NAMES = frozenset(("username", "sessions"))
