"""Many sums over one query's rows, whose SQL is written once.

The ORM takes ten times as long to write forty sums as PostgreSQL to answer a short query for them.
"""

from collections.abc import Mapping
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Aggregate, FloatField, Model, QuerySet
from django.db.models.expressions import RawSQL


class PreparedSums:
    """Aggregates by name, all of them numbers that may be floats; of several models' rows."""

    def __init__(self, aggregates: Mapping[str, Aggregate]) -> None:
        self.aggregates = aggregates
        self._written: dict[type[Model], tuple[str, tuple[Any, ...]]] = {}

    def over(self, rows: QuerySet[Any]) -> dict[str, float]:
        """The sums over all rows of a queryset, which joins no other table."""
        sql, params = self.written_for(rows.model)
        array = RawSQL(sql, params, ArrayField(FloatField()))  # noqa: S611  # the ORM's own words
        (values,) = rows.order_by().values_list(array, flat=True)
        return dict(zip(self.aggregates, values, strict=True))

    def written_for(self, model: type[Model]) -> tuple[str, tuple[Any, ...]]:
        """The SQL of an array of the sums, and its parameters."""
        if model not in self._written:
            query = model._default_manager.all().query.chain()
            for name, aggregate in self.aggregates.items():
                query.add_annotation(aggregate, name)
            compiler = query.get_compiler(DEFAULT_DB_ALIAS)
            compiler.setup_query()
            parts = [compiler.compile(query.annotations[name]) for name in self.aggregates]
            self._written[model] = (
                f"ARRAY[{', '.join(f'({sql})::float8' for sql, _ in parts)}]",
                tuple(param for _, params in parts for param in params),
            )
        return self._written[model]
