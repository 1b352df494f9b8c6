"""Sums whose SQL is written once are those that the ORM gives."""

import pytest
from django.db.models import Count, Q, Sum

from analytics.models import RawTotals, SessionTotals
from analytics.summaries.prepared_sums import PreparedSums
from analytics.summaries.writing import refresh
from tests.reviewed import write_march


@pytest.mark.django_db
@pytest.mark.parametrize("model", [SessionTotals, RawTotals])
def test_the_sums_of_a_query(model, django_assert_num_queries):
    sessions = write_march()
    refresh()
    sums = PreparedSums(
        {"videos": Sum("videos", default=0), "with": Count("pk", filter=Q(rejected__gt=0))}
    )
    for _ in range(2):
        with django_assert_num_queries(1):
            assert sums.over(model.objects.all()) == {"videos": 8, "with": 2}
    some = model.objects.filter(session=sessions["bob-1"]).order_by("started_at")
    assert sums.over(some) == {"videos": 3, "with": 0}
