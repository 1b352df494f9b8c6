"""The rows that findings average, as sums by the people and users they belong to.

Rows of one user or moderator are alike, so intervals count those: the database adds up by them,
and nothing here grows with the rows.
"""

from typing import Any

import numpy as np
from django.db.models import Count, F, FloatField, QuerySet, Sum, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from analytics.comparison.contrasts import Group, groups_by_cluster
from analytics.comparison.means import Mean, mean_of_clusters

#: The scales that the data's format bounds.
RATING_BOUNDS = (1.0, 6.0)
SHARE_BOUNDS = (0.0, 1.0)


def mean_of(
    rows: QuerySet[Any],
    column: str | Combinable,
    by: str | Combinable,
    *,
    bounds: tuple[float, float] | None = None,
) -> Mean:
    """The mean of a column where it is known, with an interval over the clusters ``by``."""
    whole = clustered(rows, column, by).get("", Group(np.zeros(0), np.zeros(0)))
    return mean_of_clusters(whole.sizes, whole.sums, bounds=bounds)


def clustered(
    rows: QuerySet[Any],
    column: str | Combinable,
    by: str | Combinable,
    *,
    groups: str | Combinable | None = None,
) -> dict[Any, Group]:
    """The groups of rows in which a column is known, as sums by cluster; one group ``""``."""
    return clustered_with_names(rows, column, by, groups=groups)[0]


def clustered_with_names(
    rows: QuerySet[Any],
    column: str | Combinable,
    by: str | Combinable,
    *,
    groups: str | Combinable | None = None,
) -> tuple[dict[Any, Group], list[Any]]:
    """The same, with the clusters in their order.

    Of one user, or moderator, alone each row is a cluster: they say something of that one.
    """
    grouped = (
        rows.order_by()
        .annotate(
            averaged=Cast(as_expression(column), FloatField()),
            cluster_key=as_expression(by),
            group_key=Value("") if groups is None else as_expression(groups),
        )
        .filter(averaged__isnull=False)
        .values_list("group_key", "cluster_key")
        .annotate(Count("pk"), Sum("averaged"))
        .order_by("group_key", "cluster_key")
    )
    sums, clusters = groups_by_cluster(list(grouped))
    if len(clusters) == 1 and by != "pk":
        return clustered_with_names(rows, column, "pk", groups=groups)
    return sums, clusters


def as_expression(column: str | Combinable) -> Combinable:
    """A column by its name, or an expression as it is."""
    return F(column) if isinstance(column, str) else column
