"""JSON schemas of what is sent in: section by section as docs/api.md tells it.

As wide as what the portal takes: MongoDB's Extended JSON stands for a value anywhere.
"""

from typing import Any

from analytics.imports.rows.fields import RowKind
from analytics.imports.sessions.fields import SESSIONS, Field, Part

Schema = dict[str, Any]


def schema_of(field: Field) -> Schema:
    """Return the schema of a field: null where it may be missing, Extended JSON anywhere."""
    schema = dict(field.type.schema)
    if isinstance(kind := schema.get("type"), str):
        types = [kind] if kind == "object" else [kind, "object"]
        schema["type"] = types if field.required else [*types, "null"]
    return {**schema, **({"description": field.description} if field.description else {})}


def object_of(part: Part, **more: Schema) -> Schema:
    """Return the schema of a part: ``more`` fields first, then its own and its lists."""
    fields = {**more, **{field.name: schema_of(field) for field in part.fields}}
    for child in part.children:
        fields[child.name] = list_of(child.part)
    required = [*more, *(field.name for field in part.fields if field.required)]
    schema: Schema = {"type": "object", "properties": fields}
    return {**schema, **({"required": required} if required else {})}


def list_of(part: Part) -> Schema:
    """Return the schema of a list of parts."""
    item = object_of(part)
    if part.shorthand:
        item = {"anyOf": [part[part.shorthand].type.schema, item]}
    return {"type": ["array", "null"], "items": item}


SESSION = object_of(
    SESSIONS,
    _id={
        "type": ["string", "object"],
        "minLength": 1,
        "description": 'The public id, or `{"$oid": ...}`.',
    },
)
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
