"""What the records of a number add up to: what stands above and below the line of its formula."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F, FloatField
from django.db.models import Sum as SumOf
from django.db.models.functions import Cast

from analytics.metrics.columns import EVERY_SESSION, EVERY_VIEW
from analytics.metrics.records import Amount, Mean, Part, Rate, Ratio, RatioOfChecked, Sum
from analytics.models import RawTotals, SessionTotals
from analytics.rows.checks import CheckList
from analytics.rows.lists import RecordList
from analytics.rows.selection import ShownNumber, records_of_row
from analytics.summaries.rollups import COUNTERS

#: The kinds whose records the summaries count, with all of them.
EVERY_PART = {"videos": EVERY_VIEW, "sessions": EVERY_SESSION}


@dataclass(frozen=True)
class Totals:
    """What a number is divided from: ``above`` over ``below``, times the records' unit.

    ``below`` is None where nothing is divided; either is None where it is not known.
    """

    above: float | None
    below: float | None = None


def totals_of(records: RecordList) -> Totals:
    """What the records of a number add up to; must be called inside a snapshot."""
    made = records.selection.records
    if isinstance(records, CheckList) and isinstance(made, RatioOfChecked):
        return Totals(*records.weighed)
    if isinstance(made, Rate):
        return Totals(records.numerator, records.count)
    if isinstance(made, Ratio):
        return Totals(sum_of(records, made.amount), sum_of(records, made.weight))
    if isinstance(made, Mean):
        return Totals(sum_of(records, made.amount), records.count)
    if isinstance(made, Sum):
        return Totals(sum_of(records, made.amount))
    return Totals(records.count)


def sum_of(records: RecordList, amount: Amount) -> float | None:
    """The sum of an amount over the records; None over nothing."""
    if not callable(amount):
        # An annotation may be a null without a type.
        value = Cast(F(str(amount)), FloatField())
        total: float | None = records.rows.aggregate(total=SumOf(value))["total"]
        return total
    selection = records.selection
    if selection.part.condition == selection.records.part.condition:
        return sum(map(amount, records.reader.by_day.values()))
    # The amounts are linear in the counters: that of the sums is the sum of those.
    sums: dict[str, Any] = dict.fromkeys(COUNTERS, 0)
    keys = records.rows.values("pk")
    for source in records.reader.session_sources(SessionTotals, RawTotals):
        found = source.filter(session_id__in=keys).aggregate(
            **{f"{name}_sum": SumOf(name, default=0) for name in COUNTERS}
        )
        for name in COUNTERS:
            sums[name] += found[f"{name}_sum"]
    return float(amount(sums))


def left_out(number: ShownNumber, records: RecordList) -> int | None:
    """How many records of the same kind, scope and row are no part of the number.

    None where only a count of the whole table would tell.
    """
    selection = records.selection
    if selection.records.how == "distinct":
        return None
    key_part, _ = records_of_row(number.columns, number.asked, number.rows)
    if isinstance(selection.records, Rate) and selection.records.counted is None:
        key_part = Part()
    every = EVERY_PART.get(records.kind.name)
    if every is None and records.kind.session is not None:
        return None
    whole = records.kind.rows(selection.scope)
    if every is None:
        return int(whole.filter(key_part.condition).count()) - records.count
    return records.count_of(every & key_part) - records.count
