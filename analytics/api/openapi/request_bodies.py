"""JSON schemas of what is sent in: section by section as docs/api.md tells it.

As wide as what the portal takes: MongoDB's Extended JSON stands for a value anywhere.
"""

from typing import Any

from analytics.imports.rows.fields import RowKind

Schema = dict[str, Any]

EXTENDED: Schema = {
    "type": "object",
    "description": "MongoDB Extended JSON: `$oid`, `$date`, `$numberInt`, `$numberLong`, "
    "`$numberDouble`.",
}


def or_null(*types: str, **rest: Any) -> Schema:
    """The schema of a value that may be missing, or be Extended JSON."""
    return {"type": [*types, "object", "null"], **rest}


SPEED: Schema = {
    "anyOf": [
        {"type": "number", "exclusiveMinimum": 0},
        {
            "type": "object",
            "description": "`value`: the speed; `at`: when it was chosen. Or Extended JSON.",
        },
    ]
}
VIDEO: Schema = {
    "type": "object",
    "properties": {
        "videoId": or_null("string", description="The content; may recur. Missing: unknown."),
        "status": or_null(
            "string", description="Completed, Partially Watched, Not Started, or any other text."
        ),
        "watched": {"type": ["boolean", "null"]},
        "loopTime": or_null("number", minimum=0),
        "keys": {
            "type": ["array", "null"],
            "items": {"type": "string"},
            "description": "Keys pressed, in order: `a` accepts, `q` rejects.",
        },
        "soundMuted": {"description": "yes, true, 1, muted; no, false, 0, unmuted."},
        "speeds": {"type": ["array", "null"], "items": SPEED},
    },
}
IDLE: Schema = {
    "type": "object",
    "properties": {
        "type": or_null("string"),
        "duration": or_null("number", minimum=0, description="Seconds."),
        "startedAt": or_null("string", "number", description="ISO 8601."),
    },
}
QUEUE: Schema = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": ["string", "object"], "minLength": 1},
        "count": or_null("integer", minimum=0, description="Items."),
        "subqueues": {
            "type": ["object", "null"],
            "description": "Items by subqueue.",
            "additionalProperties": or_null("integer", minimum=0),
        },
        "active": {"type": ["boolean", "null"]},
        "createdAt": or_null("string", "number", description="ISO 8601."),
    },
}
SESSION: Schema = {
    "type": "object",
    "required": ["_id", "starttime"],
    "properties": {
        "_id": {
            "type": ["string", "object"],
            "minLength": 1,
            "description": 'The public id, or `{"$oid": ...}`.',
        },
        "starttime": {
            "type": ["string", "object"],
            "description": "ISO 8601; without an offset: UTC.",
        },
        "endtime": or_null("string", description="ISO 8601; missing: an open session."),
        "duration": or_null("number", minimum=0, description="Seconds; missing: end minus start."),
        "videos": {"type": ["array", "null"], "items": VIDEO},
        "inactivity": {"type": ["array", "null"], "items": IDLE},
        "queues": {"type": ["array", "null"], "items": QUEUE},
    },
}
DOCUMENT: Schema = {
    "type": "object",
    "required": ["username"],
    "properties": {
        "username": {"type": ["string", "object"], "minLength": 1},
        "sessions": {"type": ["array", "null"], "items": SESSION},
    },
}


def one_or_list(item: Schema) -> Schema:
    """The schema of a thing or a list of things."""
    return {"anyOf": [item, {"type": "array", "items": item}]}


def row(kind: RowKind) -> Schema:
    """The schema of a row: texts are read as in CSV."""
    return {
        "type": "object",
        "required": [field.name for field in kind.fields if not field.optional],
        "properties": {
            field.name: {
                "type": ["string", "number", "null"] if field.optional else ["string", "number"],
                **({"description": field.unit.capitalize() + "."} if field.unit else {}),
            }
            for field in kind.fields
        },
        "additionalProperties": False,
    }
