"""Keyset pagination: a page begins after the last row of the page before.

The cursor holds that row's values of the ordering, which always ends in something unique. Rows
that come in meanwhile shift nothing: what was there is seen once, nothing twice. Nothing is
counted, and page 10,000 costs what page 1 does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.core import signing
from django.db.models import F, Model, OrderBy, Q, QuerySet

from analytics.access import ScopeError

Row = TypeVar("Row", bound=Model)

DEFAULT_PAGE_SIZE = 100
MAX_PAGE_SIZE = 1000
# In the name of an ordering, so that its cursors are not taken for those of the other.
REVERSED = ":reversed"


@dataclass(frozen=True)
class SortKey:
    """Something to order by: a field's path, and whether it may be null (nulls come last)."""

    path: str
    nullable: bool = False

    def order_by(self, *, descending: bool) -> OrderBy:
        """The ORDER BY of this key."""
        nulls_last = True if self.nullable else None
        field = F(self.path)
        if descending:
            return field.desc(nulls_last=nulls_last)
        return field.asc(nulls_last=nulls_last)

    def equals(self, value: object) -> Q:
        """The condition that the key is ``value``."""
        return Q((f"{self.path}__isnull", True)) if value is None else Q((self.path, value))

    def comes_after(self, value: object, *, descending: bool, inclusive: bool = False) -> Q | None:
        """The condition that the key comes after ``value``; None when nothing does."""
        if value is None:
            return self.equals(None) if inclusive else None
        lookup = ("lt" if descending else "gt") + ("e" if inclusive else "")
        after = Q((f"{self.path}__{lookup}", value))
        return after | self.equals(None) if self.nullable else after

    def value_of(self, row: Model) -> Any:
        """The key's value of a row."""
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

    @property
    def reversed(self) -> "Ordering":
        """The other way round; of keys without nulls, which come last either way."""
        name = self.name.removesuffix(REVERSED)
        if name == self.name:
            name += REVERSED
        return replace(self, name=name, descending=not self.descending)

    def apply(self, rows: QuerySet[Row]) -> QuerySet[Row]:
        """Sort the rows."""
        return rows.order_by(*(key.order_by(descending=self.descending) for key in self.keys))

    def after(self, values: Sequence[object]) -> Q:
        """The condition that a row comes after the one with these values."""
        condition, equal = Q(pk__in=()), Q()
        for key, value in zip(self.keys, values, strict=True):
            step = key.comes_after(value, descending=self.descending)
            if step is not None:
                condition |= equal & step
            equal &= key.equals(value)
        # Follows from the rest, and lets the database begin to read an index there.
        bound = self.keys[0].comes_after(values[0], descending=self.descending, inclusive=True)
        return condition if bound is None else bound & condition

    def encode_cursor(self, row: Model) -> str:
        """The cursor of the page after ``row``."""
        return self._signer.sign_object([_encode(key.value_of(row)) for key in self.keys])

    def decode_cursor(self, cursor: str) -> list[object]:
        """The values in a cursor; raises ``ScopeError`` for one that another ordering made."""
        try:
            values = self._signer.unsign_object(cursor)
        except (signing.BadSignature, ValueError):
            raise ScopeError(
                "cursor", "belongs to no list in this order; take it from `next` of the page before"
            ) from None
        return [_decode(value) for value in values]

    @property
    def _signer(self) -> signing.Signer:
        """Signs for this ordering alone: other keys have other values."""
        paths = ",".join(key.path for key in self.keys)
        return signing.Signer(salt=f"analytics.api.cursor:{self.name}:{paths}")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, and the cursor of those after them."""

    rows: list[Row]
    cursor: str | None


def cut_page(
    rows: QuerySet[Row], ordering: Ordering, size: int, cursor: str | None = None
) -> Page[Row]:
    """The ``size`` rows after a cursor, or the first; raises ``ScopeError`` for a bad cursor."""
    rows = ordering.apply(rows)
    if cursor is not None:
        rows = rows.filter(ordering.after(ordering.decode_cursor(cursor)))
    page_rows = list(rows[: size + 1])
    if len(page_rows) <= size:
        return Page(page_rows, None)
    return Page(page_rows[:size], ordering.encode_cursor(page_rows[size - 1]))


def _encode(value: object) -> object:
    """Write a value as JSON, times and days marked as such."""
    match value:
        case datetime():
            return {"time": value.isoformat()}
        case date():
            return {"day": value.isoformat()}
    return value


def _decode(value: Any) -> object:
    """Read what ``_encode`` wrote."""
    match value:
        case {"time": text}:
            return datetime.fromisoformat(text)
        case {"day": text}:
            return date.fromisoformat(text)
    return value
