"""Generated sessions as the documents that the review tool would send."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.generator import Session, Speed

Document = dict[str, object]


def username(moderator: int) -> str:
    """A generated moderator's username."""
    return f"moderator{moderator:04d}"


def public_id(number: int) -> str:
    """A generated session's id; as long as MongoDB's."""
    return f"{number:024x}"


def video_id(video: int) -> str:
    """A generated video's id."""
    return f"vid-{video:08d}"


def document(session: Session) -> Document:
    """A session with its moderator's name, as one line of a file."""
    start = session.started_at
    ends = None if session.duration_ms is None else moment(start, session.duration_ms)
    body: Document = {
        "_id": public_id(session.number),
        "starttime": moment(start, 0),
        "endtime": ends,
        "videos": [
            {
                "videoId": None if view.video is None else video_id(view.video),
                **view.kind.document,
                **(
                    {"speeds": [said(speed, start) for speed in view.speeds]} if view.speeds else {}
                ),
            }
            for view in session.views
        ],
        "inactivity": [
            {
                "type": idle.kind,
                "duration": None if idle.duration_ms is None else idle.duration_ms / 1000,
                **({} if idle.after_ms is None else {"startedAt": moment(start, idle.after_ms)}),
            }
            for idle in session.idle
        ],
        "queues": [
            {
                "name": queue.name,
                "count": queue.items,
                "subqueues": json.loads(queue.subqueues),
                "active": queue.active,
                "createdAt": moment(start, 0),
            }
            for queue in session.queues
        ],
    }
    return {"username": username(session.moderator), "sessions": [body]}


def said(speed: Speed, start: datetime) -> object:
    """A speed as the tool says it: a number, or an object when the time is known."""
    if speed.after_ms is None:
        return speed.value
    return {"value": speed.value, "at": moment(start, speed.after_ms)}


def moment(start: datetime, after_ms: int) -> str:
    """The time so many milliseconds after ``start`` in ISO 8601."""
    at = start + timedelta(milliseconds=after_ms)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def write(sessions: Iterable[Session], path: Path) -> int:
    """Write JSON Lines, a session a line; return the bytes written."""
    with path.open("w", encoding="utf-8") as file:
        for session in sessions:
            file.write(json.dumps(document(session)) + "\n")
    return path.stat().st_size
