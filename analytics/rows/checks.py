"""The records behind accuracy: of each checked view the check that counts."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.db.models import Case, FloatField, QuerySet, Value, When

from analytics.metrics.records import CountOfChecked, RatioOfChecked
from analytics.metrics.results import Value as Number
from analytics.quality.estimates import CheckedView, CheckedViews, read_checked_views
from analytics.rows.lists import RecordList


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

    @property
    def chosen(self) -> list[CheckedView]:
        """Those that the number is made of."""
        records = self.selection.records
        among: Callable[[CheckedView], bool] = CheckedView.is_representative
        if isinstance(records, CountOfChecked):
            among = records.among
        return [view for view in self.views.views if among(view)]

    @property
    def rows(self) -> QuerySet[Any]:
        """Their checks."""
        rows: QuerySet[Any] = self.kind.rows(self.selection.scope)
        rows = rows.filter(pk__in=[view.check for view in self.chosen])
        records = self.selection.records
        if not isinstance(records, RatioOfChecked):
            return rows
        weights = {view.check: self.views.weight(view) for view in self.chosen}
        counted = {view.check for view in self.chosen if records.counted(view)}
        amounts = {check: weight if check in counted else 0.0 for check, weight in weights.items()}
        weighted: QuerySet[Any] = rows.annotate(
            weight_stood_for=by_key(weights), amount_stood_for=by_key(amounts)
        )
        return weighted

    @cached_property
    def shown(self) -> Number:
        """The metric's number, or of a whole scope that it shows none of the same of all."""
        records = self.selection.records
        if isinstance(records, RatioOfChecked):
            return self.views.share(records.counted).share
        return self.count


def by_key(values: dict[int, float]) -> Case:
    """The value of each key, which many have in common."""
    keys: dict[float, list[int]] = {}
    for key, value in values.items():
        keys.setdefault(value, []).append(key)
    whens = [When(pk__in=some, then=Value(value)) for value, some in keys.items()]
    return Case(*whens, output_field=FloatField())
