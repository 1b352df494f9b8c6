"""The fields of session documents, one entry each.

Validation, COPY, reading back, rendering, the old database's reader, the REST serializers and
filters with their description, the admin's lists, a session's page and ``videos.csv`` are made
of these tables. ``docs/extending.md`` tells how a field is added.
"""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Model

from analytics.imports.sessions.field_types import (
    BOOLEAN,
    CONTENT_ID,
    COUNT,
    KEYS,
    NAME,
    NUMBER,
    REQUIRED_NAME,
    SECONDS,
    SOUND,
    SPEED,
    STATUS,
    SUBQUEUES,
    TIME,
    FieldType,
)
from analytics.models import (
    Inactivity,
    PlaybackSpeed,
    QueueAssignment,
    Session,
    VideoView,
)


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field: its name in documents and in REST, and what becomes of it.

    ``attribute`` is the model's field and the record's. ``missing`` is what a field that is not
    there, or null, becomes; of a ``required`` one that is an error. ``null`` says what null
    becomes where that is something else.
    """

    name: str
    attribute: str
    type: FieldType
    description: str = ""
    #: The heading of a column; empty: the attribute's words.
    heading: str = ""
    missing: Any = None
    null: Any = None
    required: bool = False
    #: Left out of a document that does not know it, rather than written as null.
    is_sparse: bool = False
    #: Where the model's field is a reference: what of the other model the value is.
    reference: str = ""
    #: The column of the old database, where it has one.
    old_column: str = ""

    @property
    def label(self) -> str:
        """The field for people."""
        return self.heading or self.attribute.replace("_", " ").capitalize()

    @property
    def column(self) -> str:
        """The column of the table."""
        return f"{self.attribute}_id" if self.reference else self.attribute

    @property
    def lookup(self) -> str:
        """The value as the ORM finds it."""
        return f"{self.attribute}__{self.reference}" if self.reference else self.attribute


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
            name="value",
            attribute="value",
            type=SPEED,
            required=True,
            description="1 is the normal speed.",
            old_column="speed_value",
        ),
        Field(
            name="at",
            attribute="chosen_at",
            type=TIME,
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
            name="videoId",
            attribute="video",
            reference="public_id",
            type=CONTENT_ID,
            description="The content's id; may recur; null where it is unknown.",
            old_column="video_id",
        ),
        Field(
            name="status",
            attribute="status",
            type=STATUS,
            missing="unknown",
            description="Completed, Partially Watched, Not Started, or any other text.",
            old_column="status",
        ),
        Field(name="watched", attribute="watched", type=BOOLEAN, old_column="watched"),
        Field(name="loopTime", attribute="loop_time", type=NUMBER, old_column="loop_time"),
        Field(
            name="keys",
            attribute="keys",
            type=KEYS,
            missing=(),
            description="Keys pressed, in order: `a` accepts, `q` rejects.",
        ),
        Field(
            name="soundMuted",
            attribute="sound",
            type=SOUND,
            missing="unknown",
            description="yes, true, 1, muted; no, false, 0, unmuted.",
            old_column="sound_muted",
        ),
        Field(
            name="queue",
            attribute="queue",
            type=NAME,
            is_sparse=True,
            description="The queue that the video came from; null where it is unknown.",
            old_column="queue",
        ),
        Field(
            name="reason",
            attribute="reason",
            type=NAME,
            is_sparse=True,
            description="The policy or reason that the decision names; null where unknown.",
            old_column="reason",
        ),
        Field(
            name="startedAt",
            attribute="started_at",
            type=TIME,
            heading="Started",
            is_sparse=True,
            description="ISO 8601: when the video was put before the moderator.",
            old_column="started_at",
        ),
    ),
)

INACTIVITY = Part(
    name="idle",
    model=Inactivity,
    fields=(
        Field(
            name="type",
            attribute="kind",
            type=NAME,
            missing="unknown",
            description="Any text.",
            old_column="type",
        ),
        Field(
            name="duration",
            attribute="duration_us",
            type=SECONDS,
            description="Seconds; null where unknown.",
            old_column="duration",
        ),
        Field(
            name="startedAt",
            attribute="started_at",
            type=TIME,
            is_sparse=True,
            description="ISO 8601.",
            old_column="started_at",
        ),
    ),
)

QUEUES = Part(
    name="queue",
    model=QueueAssignment,
    fields=(
        Field(
            name="name",
            attribute="name",
            type=REQUIRED_NAME,
            required=True,
            description="The queue.",
            old_column="name",
        ),
        Field(
            name="count",
            attribute="item_count",
            type=COUNT,
            description="Items; null where unknown.",
            old_column="main_queue_count",
        ),
        Field(
            name="subqueues",
            attribute="subqueues",
            type=SUBQUEUES,
            missing="{}",
            description="Items by subqueue.",
        ),
        Field(
            name="active",
            attribute="active",
            type=BOOLEAN,
            missing=True,
            null=False,
            description="Whether the assignment is active; null: it is not.",
            old_column="active",
        ),
        Field(
            name="createdAt",
            attribute="created_at",
            type=TIME,
            description="ISO 8601.",
            old_column="created_at",
        ),
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
            name="starttime",
            attribute="started_at",
            type=TIME,
            required=True,
            description="ISO 8601; without an offset: UTC.",
            old_column="starttime",
        ),
        Field(
            name="endtime",
            attribute="ended_at",
            type=TIME,
            description="ISO 8601; null: an open session.",
            old_column="endtime",
        ),
        Field(
            name="duration",
            attribute="duration_us",
            type=SECONDS,
            description="Seconds; null where unknown.",
            old_column="duration",
        ),
    ),
)

#: What a document says of the person beside the sessions is kept; these it is read for.
DOCUMENT_NAMES = frozenset(("username", "sessions"))
