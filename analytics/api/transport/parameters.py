"""Query parameters: declared once, checked at every request, described in the schema."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import django_filters
from drf_spectacular.utils import OpenApiExample, OpenApiParameter

from analytics.access import ScopeError


@dataclass(frozen=True)
class Parameter:
    """A parameter: ``schema`` is its JSON schema, ``example`` a value that makes sense."""

    name: str
    description: str
    schema: dict[str, Any]
    example: str | None = None
    in_path: bool = False
    required: bool = False

    def described(self) -> OpenApiParameter:
        """Return what the schema says of it."""
        examples = [] if self.example is None else [OpenApiExample(self.name, value=self.example)]
        return OpenApiParameter(
            name=self.name,
            type=self.schema,
            location=OpenApiParameter.PATH if self.in_path else OpenApiParameter.QUERY,
            description=self.description,
            required=self.required or self.in_path,
            examples=examples,
        )


TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
DATE: dict[str, Any] = {"type": "string", "format": "date"}
FLAG: dict[str, Any] = {"type": "string", "enum": ["true", "false"]}

MODERATOR = Parameter("moderator", "A moderator's username.", TEXT, "user1")
SESSION = Parameter("session", "A session's public id.", TEXT, "session123")
START = Parameter(
    "start",
    "The first day, YYYY-MM-DD, in the portal's time zone: by the session's start or the row's "
    "date.",
    DATE,
    "2025-10-01",
)
END = Parameter("end", "The last day, inclusive.", DATE, "2025-10-31")
TEAM = Parameter(
    "team",
    "`true`: everyone's totals, for moderators too; `start` and `end` are then whole calendar "
    "months, each with five moderators or more.",
    FLAG,
)
SCOPE = {parameter.name: parameter for parameter in (MODERATOR, SESSION, START, END)}


def one_of(values: Iterable[str]) -> dict[str, Any]:
    """Return the JSON schema of a choice."""
    return {"type": "string", "enum": list(values)}


def choice(values: dict[str, str], parameter: Parameter) -> str | None:
    """Return the value given, None without one; raises ``ScopeError`` when it is not offered."""
    value = values.get(parameter.name)
    offered = parameter.schema["enum"]
    if value is not None and value not in offered:
        raise ScopeError(parameter.name, f"{value!r} is none of {', '.join(offered)}")
    return value


def format_parameter(formats: Sequence[str]) -> Parameter:
    """Return the parameter that chooses the representation; the first is the usual one."""
    return Parameter(
        "format", f"`{formats[0]}` unless the `Accept` header asks otherwise.", one_of(formats)
    )


def fields_of(filterset: type[django_filters.FilterSet]) -> dict[str, django_filters.Filter]:
    """Return the fields of a filter set, by name."""
    fields: dict[str, django_filters.Filter] = getattr(filterset, "base_filters")  # noqa: B009
    return fields


def of_filters(filterset: type[django_filters.FilterSet]) -> tuple[Parameter, ...]:
    """Return the parameters that the fields of a filter set are."""
    return tuple(
        Parameter(name, str(field.label), schema_of(field))
        for name, field in fields_of(filterset).items()
    )


def schema_of(field: django_filters.Filter) -> dict[str, Any]:
    """Return the JSON schema of a filter's values."""
    if isinstance(field, django_filters.ChoiceFilter):
        return one_of(value for value, _ in field.extra["choices"])
    if isinstance(field, django_filters.NumberFilter):
        return {"type": "number"}
    return TEXT


def checked(filterset: django_filters.FilterSet) -> Any:
    """Return the filtered rows; raises ``ScopeError`` for the first value that makes no sense."""
    for field, messages in filterset.errors.items():
        raise ScopeError(field, str(messages[0]))
    return filterset.qs
