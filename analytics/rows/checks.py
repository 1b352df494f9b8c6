"""The records behind accuracy: of each checked view the check that counts."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from operator import itemgetter
from typing import Any

from django.db.models import BooleanField, F, Func, Model, QuerySet, Value

from analytics.keyset import Ordering, Page, cut_page
from analytics.metrics.records import CountOfChecked, RatioOfChecked
from analytics.metrics.results import Value as Number
from analytics.models import QualityCheck
from analytics.quality.estimates import CheckedView, CheckedViews, read_checked_views
from analytics.rows.lists import Entry, RecordList


class CheckList(RecordList):
    """Checks, newest first; of a share with the decisions that each stands for."""

    summary = None

    @cached_property
    def views(self) -> CheckedViews:
        """The checked views of the row."""
        found = read_checked_views(self.selection.scope)
        if "queue" not in self.selection.keys:
            return found
        queue = self.selection.keys["queue"]
        return found.at(lambda place: place.queue == queue)

    @cached_property
    def chosen(self) -> dict[int, CheckedView]:
        """Those that the number is made of, by the key of the check that counts."""
        records = self.selection.records
        among: Callable[[CheckedView], bool] = CheckedView.is_representative
        if isinstance(records, CountOfChecked):
            among = records.among
        return {view.check: view for view in self.views.views if among(view)}

    @cached_property
    def count(self) -> int:
        """How many they are."""
        return len(self.chosen)

    @property
    def rows(self) -> QuerySet[Any]:
        """Their checks."""
        rows: QuerySet[Any] = self.kind.rows(self.selection.scope)
        return rows.filter(is_any_of(self.chosen))

    def read_page(self, ordering: Ordering, size: int, cursor: str | None) -> Page[Any]:
        """The ``size`` rows after a cursor in an order; of those alone the details are read."""
        page = cut_page(QualityCheck.objects.filter(is_any_of(self.chosen)), ordering, size, cursor)
        detailed = self.detailed_rows.in_bulk([row.pk for row in page.rows])
        return replace(page, rows=[detailed[row.pk] for row in page.rows])

    def entries(self, rows: Sequence[Model]) -> list[Entry]:
        """The checks; of a share with the decisions that each stands for."""
        records = self.selection.records
        if not isinstance(records, RatioOfChecked):
            return [Entry(row) for row in rows]
        entries = []
        for row in rows:
            view = self.chosen[row.pk]
            weight = self.views.weight(view)
            entries.append(Entry(row, weight if records.counted(view) else 0.0, weight))
        return entries

    @property
    def weighed(self) -> tuple[float, float]:
        """Of a share: how many decisions the counted views stand for, and how many all do."""
        records = self.selection.records
        assert isinstance(records, RatioOfChecked)
        views = [(records.counted(view), self.views.weight(view)) for view in self.chosen.values()]
        return sum(weight for counted, weight in views if counted), sum(map(itemgetter(1), views))

    @cached_property
    def shown(self) -> Number:
        """The metric's number, or of a whole scope that it shows none of the same of all."""
        records = self.selection.records
        if isinstance(records, RatioOfChecked):
            return self.views.share(records.counted).share
        return self.count


def is_any_of(keys: Iterable[int]) -> Func:
    """Whether a row's key is one of many, sent as one value: so many of them take long."""
    return Func(
        F("pk"),
        Value("{" + ",".join(map(str, keys)) + "}"),
        template="(%(expressions)s::bigint[]))",
        arg_joiner=" = ANY(",
        output_field=BooleanField(),
    )
