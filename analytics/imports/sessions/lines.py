"""Sessions as lines for COPY, complete but for the ids that only the database gives.

They are made where sessions are read, which may be another process than the one that stores them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from operator import call
from typing import Any, NamedTuple

from analytics.imports.sessions.encoding import Remembered, encode_text
from analytics.imports.sessions.fields import (
    INACTIVITY,
    QUEUES,
    SESSIONS,
    SPEEDS,
    VIDEOS,
    Field,
    Part,
)

Encoders = tuple[Callable[[Any], str], ...]


class SessionLines(NamedTuple):
    """A session's content. Two are equal when storing the one over the other would change nothing.

    The lines of each kind are one text, "" where there are none. They begin with positions in place
    of ids: a view's with its own in the session, a speed's with its view's.
    """

    #: The values of the session's own columns, ``extra`` last.
    columns: tuple[Any, ...]
    #: The public id of each view's video.
    videos: tuple[str | None, ...]
    views: str
    speeds: str
    idle: str
    queues: str

    @property
    def weight(self) -> int:
        """How many rows it becomes, without the speeds."""
        return 1 + len(self.videos) + _count(self.idle) + _count(self.queues)


def split(lines: str) -> list[str]:
    """The lines of a text. Values hold no line feeds, which are escaped, but other line breaks."""
    return lines.split("\n") if lines else []


def _count(lines: str) -> int:
    """How many lines ``split`` gives."""
    return lines.count("\n") + 1 if lines else 0


def own_fields(part: Part) -> tuple[Field, ...]:
    """The fields that lines hold: all but references to other tables."""
    return tuple(field for field in part.fields if not field.reference)


def columns_of(part: Part) -> str:
    """The columns that a line holds behind its positions."""
    return ", ".join((*(field.column for field in own_fields(part)), "extra"))


def encoders_of(part: Part) -> Encoders:
    """The writers of the values of ``columns_of``."""
    return (*(field.type.encode for field in own_fields(part)), encode_text)


_SESSION, _VIEW, _SPEED, _IDLE, _QUEUE = map(
    encoders_of, (SESSIONS, VIDEOS, SPEEDS, INACTIVITY, QUEUES)
)
# A view's record begins with the one reference that there is, and goes on with what is common.
_COMMON = VIDEOS.common
_RARE = slice(_COMMON.stop, 1 + len(_VIEW))
assert own_fields(VIDEOS) == VIDEOS.fields[_COMMON.start :]
_ENCODE_RARE = _VIEW[_RARE.start - _RARE.stop :]
_NOTHING_RARE = (None,) * len(_ENCODE_RARE)


def lines_of(content: Any) -> SessionLines:
    """The lines of a session's record."""
    views = content.views
    speeds = [
        f"{view}\t{position}\t{_values(_SPEED, speed)}"
        for view, record in enumerate(views)
        if record.speeds
        for position, speed in enumerate(record.speeds)
    ]
    return SessionLines(
        columns=content[: len(_SESSION)],
        videos=tuple([view.video for view in views]),
        views=_lines_of_views(views),
        speeds="\n".join(speeds),
        idle=_lines(_IDLE, content.idle),
        queues=_lines(_QUEUE, content.queues),
    )


def _lines(encoders: Encoders, records: Iterable[Any]) -> str:
    """The lines of the records of a list, each with its position."""
    return "\n".join(
        [f"{position}\t{_values(encoders, record)}" for position, record in enumerate(records)]
    )


def _values(encoders: Encoders, values: Iterable[Any]) -> str:
    return "\t".join(map(call, encoders, values))


_common_values = Remembered[tuple[Any, ...], str](partial(_values, _VIEW)).__getitem__
_nothing_rare = _values(_ENCODE_RARE, _NOTHING_RARE)


def _lines_of_views(views: Sequence[Any]) -> str:
    """The lines of the views of a session: most of them are common values and nothing else."""
    lines = []
    for position, view in enumerate(views):
        rare = view[_RARE]
        rest = _nothing_rare if rare == _NOTHING_RARE else _values(_ENCODE_RARE, rare)
        lines.append(f"{position}\t{_common_values(view[_COMMON])}\t{rest}")
    return "\n".join(lines)


def encode_columns(columns: tuple[Any, ...]) -> str:
    """The values of a session's own columns."""
    return _values(_SESSION, columns)
