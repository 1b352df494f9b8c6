"""The parameters that cut a page out of a list (``analytics.keyset``)."""

from collections.abc import Mapping
from typing import TypeVar

from django.db.models import Model, QuerySet

from analytics.api.transport.parameters import Parameter
from analytics.keyset import DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE, Ordering, Page, cut_page

Row = TypeVar("Row", bound=Model)

CURSOR = Parameter(
    "cursor",
    "Where the page begins: take it from `next` of the page before.",
    {"type": "string", "pattern": "^[A-Za-z0-9_-]+:[A-Za-z0-9_-]{43}$"},
)
PAGE_SIZE = Parameter(
    "page_size",
    f"Rows a page, {DEFAULT_PAGE_SIZE} unless said otherwise.",
    {
        "type": "integer",
        "minimum": 1,
        "maximum": MAX_PAGE_SIZE,
        "default": DEFAULT_PAGE_SIZE,
    },
)


def page_size(values: Mapping[str, str]) -> int:
    """How many rows a page is to have."""
    return int(values.get(PAGE_SIZE.name, DEFAULT_PAGE_SIZE))


def paginate(rows: QuerySet[Row], ordering: Ordering, values: Mapping[str, str]) -> Page[Row]:
    """Cut the page out that the parameters ask for; raises ``ScopeError``."""
    return cut_page(rows, ordering, page_size(values), values.get(CURSOR.name))
