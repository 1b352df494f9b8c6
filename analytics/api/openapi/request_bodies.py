"""JSON schemas of what is sent in: section by section as docs/api.md tells it.

As wide as what the portal takes: MongoDB's Extended JSON stands for a value anywhere.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from drf_spectacular.utils import OpenApiExample, OpenApiRequest

from analytics.api.transport.parameters import DATE, TEXT
from analytics.imports.rows.fields import Column, RowKind
from analytics.imports.rows.readers import MAX_NUMBER, MAX_WHOLE
from analytics.imports.sessions.fields import SESSIONS, Field, Part

Schema = dict[str, Any]


def json_request(schema: Schema, example: Mapping[str, Any]) -> OpenApiRequest:
    """A body, as ``@extend_schema`` takes requests."""
    return OpenApiRequest(
        schema, examples=[OpenApiExample("request", value=dict(example), request_only=True)]
    )


def schema_of(field: Field) -> Schema:
    """The schema of a field: null where it may be missing, Extended JSON anywhere."""
    schema = dict(field.type.schema)
    if isinstance(kind := schema.get("type"), str):
        types = [kind] if kind == "object" else [kind, "object"]
        schema["type"] = types if field.required else [*types, "null"]
    return {**schema, **({"description": field.description} if field.description else {})}


def object_of(part: Part, **more: Schema) -> Schema:
    """The schema of a part: ``more`` fields first, then its own and its lists."""
    fields = {**more, **{field.name: schema_of(field) for field in part.fields}}
    for child in part.children:
        fields[child.name] = list_of(child.part)
    required = [*more, *(field.name for field in part.fields if field.required)]
    schema: Schema = {"type": "object", "properties": fields}
    return {**schema, **({"required": required} if required else {})}


def list_of(part: Part) -> Schema:
    """The schema of a list of parts."""
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
    """The schema of a row: as its model has it, and numbers as texts too, as in CSV."""
    return {
        "type": "object",
        "required": [column.name for column in kind.columns if not column.optional],
        "properties": {column.name: column_schema(kind, column) for column in kind.columns},
        "additionalProperties": False,
    }


#: A number written as a text; that it lies within the limits of numbers is not for a pattern.
NUMBER_AS_TEXT = r"^\s*[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?\s*$"


def column_schema(kind: RowKind, column: Column) -> Schema:
    """The schema of a column of rows, from the field of the model and its validators."""
    field = kind.model._meta.get_field(column.attribute)
    schema: Schema
    match field:
        case models.Field(choices=choices) if choices:
            schema = {"type": "string", "pattern": one_of([value for value, _label in choices])}
        case models.DateField():
            schema = dict(DATE)
        case models.FloatField() | models.IntegerField():
            is_integer = isinstance(field, models.IntegerField)
            schema = {
                "type": ["integer" if is_integer else "number", "string"],
                **limits(field, greatest=MAX_WHOLE if is_integer else MAX_NUMBER),
                "pattern": NUMBER_AS_TEXT,
            }
        case _:
            # Something other than white space.
            schema = {**TEXT, "pattern": r"^[^\u0000]*[^\s\u0000][^\u0000]*$"}
    if column.help_text:
        schema["description"] = column.help_text
    if not column.optional:
        return schema
    return {"anyOf": [schema, {"type": ["string", "null"], "pattern": r"^\s*$"}]}


def one_of(values: Sequence[str]) -> str:
    """The pattern of one of some words, whatever their case, with blanks around it."""
    words = ("".join(f"[{letter}{letter.upper()}]" for letter in value) for value in values)
    return rf"^\s*({'|'.join(words)})\s*$"


def limits(field: models.Field[Any, Any], *, greatest: float) -> Schema:
    """The smallest and the largest number that a field of a model takes."""
    schema: Schema = {"minimum": 0, "maximum": greatest}
    for validator in field.validators:
        match validator:
            case MinValueValidator(limit_value=int(limit)):
                schema["minimum"] = limit
            case MaxValueValidator(limit_value=int(limit)):
                schema["maximum"] = min(limit, schema["maximum"])
    return schema
