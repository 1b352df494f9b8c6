"""Query and path parameters: declared once, checked at every request, described in the schema."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, OpenApiParameter

from analytics.access import ScopeError
from analytics.scope import single_values
from analytics.scope_filters import SCOPE_FILTERS


@dataclass(frozen=True)
class Parameter:
    """A parameter: ``schema`` is its JSON schema, ``example`` a value that makes sense."""

    name: str
    description: str
    schema: dict[str, Any]
    example: str | None = None
    in_path: bool = False

    def as_openapi(self) -> OpenApiParameter:
        """The parameter as drf-spectacular describes it."""
        examples = [] if self.example is None else [OpenApiExample(self.name, value=self.example)]
        return OpenApiParameter(
            name=self.name,
            type=self.schema,
            location=OpenApiParameter.PATH if self.in_path else OpenApiParameter.QUERY,
            description=self.description,
            required=self.in_path,
            examples=examples,
        )

    def check(self, text: str) -> None:
        """Raise ``ScopeError`` when the schema does not allow ``text``.

        Of the schema's words only those are looked at that nothing behind it checks: choices,
        ranges of whole numbers and the length of texts. Dates and decimals are read, and refused,
        where they are used.
        """
        if "enum" in self.schema and text not in self.schema["enum"]:
            raise ScopeError(self.name, f"{text!r} is none of {', '.join(self.schema['enum'])}")
        if self.schema["type"] == "integer":
            self._check_integer(text)
        if len(text) > self.schema.get("maxLength", len(text)):
            raise ScopeError(self.name, f"is longer than {self.schema['maxLength']} characters")

    def _check_integer(self, text: str) -> None:
        """Raise ``ScopeError`` for what is no whole number in the schema's range."""
        low, high = self.schema["minimum"], self.schema["maximum"]
        if not (INTEGER.fullmatch(text) and low <= int(text) <= high):
            raise ScopeError(self.name, f"is not a whole number from {low} to {high}")


# Not longer than any number that is allowed; Python refuses to read thousands of digits.
INTEGER = re.compile(r"-?(0|[1-9]\d{0,18})", re.ASCII)

#: No name and no id is longer, and none holds a NUL.
TEXT: dict[str, Any] = {
    "type": "string",
    "minLength": 1,
    "maxLength": 500,
    "pattern": r"^[^\u0000]*$",
}
#: The years of which every day begins and ends somewhere in each time zone.
DATE: dict[str, Any] = {
    "type": "string",
    "format": "date",
    "pattern": r"^(?!000[01]|9999)[0-9]{4}-[0-9]{2}-[0-9]{2}$",
}
FLAG: dict[str, Any] = {"type": "string", "enum": ["true", "false"]}

#: The parameters of a scope, by name.
SCOPE = {
    each.name: Parameter(
        each.name, each.description, DATE if each.type == "date" else TEXT, each.example
    )
    for each in SCOPE_FILTERS
}
TEAM = Parameter(
    "team",
    "`true`: everyone's totals. Moderators may ask it of a few metrics, over calendar months that "
    "have ended, each with five people or more behind the figures.",
    FLAG,
)


def check_query(params: Mapping[str, str], parameters: Iterable[Parameter]) -> dict[str, str]:
    """The parameters of a request by name.

    Raises ``ScopeError`` for one that is not declared, is empty or given twice, or is not what
    its schema says.
    """
    declared = {parameter.name: parameter for parameter in parameters}
    values = single_values(params, declared)
    for name, text in values.items():
        declared[name].check(text)
    return values


def enum_schema(values: Iterable[str]) -> dict[str, Any]:
    """The JSON schema of one of a few texts."""
    return {"type": "string", "enum": list(values)}


def format_parameter(formats: Sequence[str]) -> Parameter:
    """The parameter that chooses the representation; the first of ``formats`` is the default."""
    return Parameter(
        "format", f"`{formats[0]}` unless the `Accept` header asks otherwise.", enum_schema(formats)
    )


def filter_parameters(filterset: type[django_filters.FilterSet]) -> tuple[Parameter, ...]:
    """A parameter for each filter of a filter set."""
    return tuple(
        Parameter(name, str(field.label), filter_schema(field))
        for name, field in declared_filters(filterset).items()
    )


def declared_filters(filterset: type[django_filters.FilterSet]) -> dict[str, django_filters.Filter]:
    """The filters of a filter set, by name."""
    # The stubs do not know the attribute.
    filters: dict[str, django_filters.Filter] = getattr(filterset, "base_filters")  # noqa: B009
    return filters


def filter_schema(field: django_filters.Filter) -> dict[str, Any]:
    """The JSON schema of a filter's values."""
    if "choices" in field.extra:
        return enum_schema(value for value, _ in field.extra["choices"])
    if isinstance(field, django_filters.IsoDateTimeFilter):
        return {"type": "string", "format": "date-time", "pattern": "^(?!000[01]|9999)"}
    if isinstance(field, django_filters.NumberFilter):
        # The filters' own limit; anything beyond any value finds nothing, or everything.
        return {"type": "number", "maximum": 1e50}
    return TEXT


def apply_filters(
    filterset: type[django_filters.FilterSet], values: Mapping[str, str], rows: QuerySet[Any]
) -> QuerySet[Any]:
    """The rows that pass the filters given in ``values``.

    Raises ``ScopeError`` for the first value that makes no sense.
    """
    filter_values = {name: values[name] for name in declared_filters(filterset) if name in values}
    filters = filterset(filter_values, queryset=rows)
    for field, messages in filters.errors.items():
        raise ScopeError(field, str(messages[0]))
    filtered: QuerySet[Any] = filters.qs
    return filtered
