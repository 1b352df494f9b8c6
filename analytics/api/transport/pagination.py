"""Keyset pagination: a page begins after the last row of the page before.

The cursor holds that row's values of the ordering, which always ends in something unique. Rows
that come in meanwhile shift nothing: what was there is seen once, nothing twice. Nothing is
counted, and page 10,000 costs what page 1 does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.core import signing
from django.db.models import F, Model, OrderBy, Q, QuerySet

from analytics.access import ScopeError
from analytics.api.transport.parameters import Parameter

Row = TypeVar("Row", bound=Model)

USUAL_SIZE = 100
LARGEST_SIZE = 1000

CURSOR = Parameter(
    "cursor", "Where the page begins: take it from `next` of the page before.", {"type": "string"}
)
PAGE_SIZE = Parameter(
    "page_size",
    f"Rows a page, {USUAL_SIZE} unless said otherwise.",
    {"type": "integer", "minimum": 1, "maximum": LARGEST_SIZE, "default": USUAL_SIZE},
)

_signer = signing.Signer(salt="analytics.api.cursor")


@dataclass(frozen=True)
class SortKey:
    """Something to order by: a field's path, and whether it may be null (nulls come last)."""

    path: str
    nullable: bool = False

    def ordered(self, *, descending: bool) -> OrderBy:
        """Return the ORDER BY of this key."""
        nulls_last = True if self.nullable else None
        field = F(self.path)
        if descending:
            return field.desc(nulls_last=nulls_last)
        return field.asc(nulls_last=nulls_last)

    def same(self, value: object) -> Q:
        """Return the condition that the key is ``value``."""
        return Q((f"{self.path}__isnull", True)) if value is None else Q((self.path, value))

    def beyond(self, value: object, *, descending: bool, inclusive: bool = False) -> Q | None:
        """Return the condition that the key comes after ``value``; None when nothing does."""
        if value is None:
            return self.same(None) if inclusive else None
        lookup = ("lt" if descending else "gt") + ("e" if inclusive else "")
        after = Q((f"{self.path}__{lookup}", value))
        return after | self.same(None) if self.nullable else after

    def value_of(self, row: Model) -> Any:
        """Return the key's value of a row."""
        value: Any = row
        for name in self.path.split("__"):
            value = getattr(value, name)
        return value


@dataclass(frozen=True)
class Ordering:
    """A way to order a list: ``name`` is the public one, the last of ``keys`` is unique."""

    name: str
    keys: tuple[SortKey, ...]
    descending: bool = False

    def apply(self, rows: QuerySet[Row]) -> QuerySet[Row]:
        """Return the rows in this order."""
        return rows.order_by(*(key.ordered(descending=self.descending) for key in self.keys))

    def after(self, values: Sequence[object]) -> Q:
        """Return the condition that a row comes after the one with these values."""
        condition, equal = Q(pk__in=()), Q()
        for key, value in zip(self.keys, values, strict=True):
            step = key.beyond(value, descending=self.descending)
            if step is not None:
                condition |= equal & step
            equal &= key.same(value)
        # Follows from the rest, and lets the database begin to read an index there.
        bound = self.keys[0].beyond(values[0], descending=self.descending, inclusive=True)
        return condition if bound is None else bound & condition

    def cursor(self, row: Model) -> str:
        """Return the cursor of the page after ``row``."""
        values = [_packed(key.value_of(row)) for key in self.keys]
        return _signer.sign_object([self.name, values])

    def values(self, cursor: str) -> list[object]:
        """Return the values in a cursor; raises ``ScopeError``."""
        try:
            name, values = _signer.unsign_object(cursor)
        except (signing.BadSignature, ValueError):
            raise ScopeError("cursor", "is none; take it from the page before") from None
        if name != self.name:
            raise ScopeError("cursor", f"belongs to a list ordered by {name}")
        return [_unpacked(value) for value in values]


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, and the cursor of those after them."""

    rows: list[Row]
    cursor: str | None


def page_of(rows: QuerySet[Row], ordering: Ordering, values: dict[str, str]) -> Page[Row]:
    """Return the page that the parameters ask for; raises ``ScopeError``."""
    size = page_size(values)
    rows = ordering.apply(rows)
    if "cursor" in values:
        rows = rows.filter(ordering.after(ordering.values(values["cursor"])))
    found = list(rows[: size + 1])
    if len(found) <= size:
        return Page(found, None)
    return Page(found[:size], ordering.cursor(found[size - 1]))


def page_size(values: dict[str, str]) -> int:
    """Return the size asked for; raises ``ScopeError``."""
    text = values.get("page_size", str(USUAL_SIZE))
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= LARGEST_SIZE):
        raise ScopeError("page_size", f"is not a whole number from 1 to {LARGEST_SIZE}")
    return int(text)


def _packed(value: object) -> object:
    """Return a value as JSON has it, times marked."""
    match value:
        case datetime():
            return {"time": value.isoformat()}
        case date():
            return {"day": value.isoformat()}
    return value


def _unpacked(value: Any) -> object:
    """Return what was packed."""
    match value:
        case {"time": text}:
            return datetime.fromisoformat(text)
        case {"day": text}:
            return date.fromisoformat(text)
    return value
