"""Pages of lists whose tables may have millions of rows."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

#: Rows that a list can be paged through; with more it says "more than", and a search or a filter
#: finds the rest. A full count takes longer than the page, and so does the offset of a far page.
MAX_LISTED = 10_000


class BoundedPaginator(Paginator[Any]):
    """Counts up to ``MAX_LISTED`` rows and no further, whatever the size of the table."""

    @cached_property
    def bounded_count(self) -> int:
        """How many rows there are, or one more than ``MAX_LISTED``."""
        rows = self.object_list
        assert isinstance(rows, QuerySet)
        return rows.order_by().values("pk")[: MAX_LISTED + 1].count()

    @cached_property
    def count(self) -> int:
        """How many rows can be paged through."""
        return min(self.bounded_count, MAX_LISTED)

    @property
    def has_more(self) -> bool:
        """Whether there are rows beyond those that can be paged through."""
        return self.bounded_count > MAX_LISTED
