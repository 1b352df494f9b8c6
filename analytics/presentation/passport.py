"""The passport of a number: what it is made of, how sure it is, what is left out, where to look.

All of it comes from the metric's declaration and result; nothing is written for one number only.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from analytics import formatting
from analytics.access import NotVisible
from analytics.figures.labels import format_value, get_column
from analytics.metrics.changes import MEASURES, ColumnChange, change_of
from analytics.metrics.coverage import period_before
from analytics.metrics.rate_intervals import RateInterval, rate_interval
from analytics.metrics.ratios import RATIOS
from analytics.metrics.records import Part, Rate, Ratio, Records
from analytics.metrics.registry import Metric
from analytics.metrics.results import Column, Row, Value, number_or_none
from analytics.metrics.row_keys import COLUMN, SCOPE_PARAMETERS
from analytics.presentation import periods
from analytics.rows.kinds import record_list
from analytics.rows.lists import RecordList
from analytics.rows.selection import ShownNumber, find_number, select_records
from analytics.rows.totals import left_out, totals_of
from analytics.scope import Scope

#: How a number is made of its records, in words.
WORDS = {
    "count": "How many {records} there are.",
    "distinct": "How many different {records} there are: each is counted once.",
    "sum": "The sum of {column} over {n} {records}.",
    "rate": "The share {counted} among the {records}.",
    "ratio": "{amount} divided by {weight}{times}, over {n} {records}.",
    "mean": "The sum of {column} over {n} {records}, divided by their number.",
    "median": "The length in the middle of all {records}, or the mean of the two in the middle.",
    "extreme": "The {column} of all {records}.",
}
#: The metric whose measures judge the change of a ratio of review sessions' counters.
REVIEW_MEASURES = "review-summary"


@dataclass(frozen=True)
class Term:
    """A part of a formula: a number, and what it is a number of."""

    value: str
    label: str


@dataclass(frozen=True)
class RowsLink:
    """How many records of which kind, and the page that lists them."""

    words: str
    url: str


@dataclass(frozen=True)
class Passport:
    """What ``portal/passport_body.html`` shows of a number."""

    title: str
    value: str
    in_words: str
    definition: str
    above: Term | None = None
    below: Term | None = None
    times: str = ""
    interval: str = ""
    interval_words: str = ""
    left_out: tuple[str, ...] = ()
    change: str = ""
    rows: tuple[RowsLink, ...] = ()


def passport_of(number: ShownNumber, values: Mapping[str, str]) -> Passport:
    """The passport of a number; ``values`` named it. Must be called inside a snapshot."""
    metric, column = number.metric, number.column
    notes = tuple(f"{note.removesuffix('.')}." for note in number.result.notes)
    interval, interval_words = interval_of(number)
    if column.records is None:
        shown = format_value(column, number.shown)
        return Passport(
            title=f"{title_of(number)}: {shown}",
            value=shown,
            in_words=column.without_records,
            definition=metric.definition,
            left_out=notes,
        )
    records = record_list(select_records(number))
    shown = format_value(column, records.shown)
    return Passport(
        title=f"{title_of(number)}: {shown}",
        value=shown,
        in_words=words_of(number, records),
        definition=metric.definition,
        **formula_of(number, records),
        interval=interval,
        interval_words=interval_words,
        left_out=(*left_out_words(number, records), *notes),
        change=change_words(number, records, values),
        rows=tuple(rows_links(number, records, values)),
    )


def key_words(column: Column, value: Value) -> str:
    """The value of a key as people read it."""
    text = format_value(column, value)
    return formatting.with_unit(text, column.unit) if column.type == "integer" else text


def title_of(number: ShownNumber) -> str:
    """The number's column, and of which row: ``Videos, Rejected``."""
    of_row = [
        key_words(get_column(number.metric, name), value) for name, value in number.keys.items()
    ]
    if number.asked.moderator is not None:
        of_row.append(number.asked.moderator.username)
    return ", ".join((number.column.label, *of_row))


def row_words(number: ShownNumber) -> str:
    """What names the number's row: ``decision Rejected``; empty of a whole scope."""
    return ", ".join(
        f"{(column := get_column(number.metric, name)).label.lower()} {key_words(column, value)}"
        for name, value in number.keys.items()
    )


def label_of(part: Part, records: Records) -> str:
    """What the records of a part are called."""
    return part.label or records.kind.label


def counted_label(number: ShownNumber, made: Rate) -> str:
    """What the records above the line are called; those of a row by its key."""
    if made.counted is not None:
        return label_of(made.counted, made)
    return f"with {row_words(number)}"


def words_of(number: ShownNumber, records: RecordList) -> str:
    """How the number is made of its records, in a sentence."""
    made = records.selection.records
    words: dict[str, str] = {
        "records": label_of(made.part, made),
        "column": number.column.label.lower(),
        "n": formatting.count(records.count),
    }
    if isinstance(made, Rate):
        label = counted_label(number, made)
        words["counted"] = label if by_key(made) else f"of {label}"
    if isinstance(made, Ratio):
        words |= {"amount": made.amount_label, "weight": made.weight_label.lower()}
        words["times"] = f", times {formatting.count(made.unit)}" if made.unit != 1 else ""
    sentence = WORDS[made.how].format_map(words)
    of_row = row_words(number)
    return f"{sentence[:-1]}; only {of_row}." if of_row and not by_key(made) else sentence


def by_key(made: Records) -> bool:
    """Whether the key says what is counted, not what is looked at."""
    return isinstance(made, Rate) and made.counted is None


def formula_of(number: ShownNumber, records: RecordList) -> dict[str, Any]:
    """The terms of the formula with this number's own values, as fields of ``Passport``.

    None of a count, a median and an extreme: their records and words say all of it.
    """
    made, totals = records.selection.records, totals_of(records)
    label = label_of(made.part, made)
    below = Term(plain_number(totals.below), label)
    match made.how:
        case "rate" if isinstance(made, Rate):
            above = Term(plain_number(totals.above), counted_label(number, made))
        case "ratio" if isinstance(made, Ratio):
            above = Term(plain_number(totals.above), made.amount_label.lower())
            below = Term(plain_number(totals.below), made.weight_label.lower())
            times = f"× {formatting.count(made.unit)}" if made.unit != 1 else ""
            return {"above": above, "below": below, "times": times}
        case "mean":
            above = Term(plain_number(totals.above), f"sum of {number.column.label.lower()}")
        case "sum":
            return {
                "above": Term(plain_number(totals.above), f"{number.column.label.lower()} together")
            }
        case _:
            return {}
    return {"above": above, "below": below}


def plain_number(value: float | None) -> str:
    """A whole number as one; any other with decimals."""
    if value is None or float(value).is_integer():
        return formatting.count(value)
    return formatting.number(value, 1 if abs(value) >= 1 else 3)


def interval_of(number: ShownNumber) -> tuple[str, str]:
    """The 95 % interval or the limits of a number, and how they are made; empty without any.

    Those of the metric's own columns; of a rate of a whole scope that has none they are computed.
    """
    ends = interval_columns(number.metric, number.column)
    if ends is not None:
        row = row_of(number, ends)
        if row is None or row[ends[0].name] is None:
            return "", ""
        low, high = (format_value(end, row[end.name]) for end in ends)
        return f"{low} to {high} ({ends[0].unit or '95 % interval'})", ends[0].without_records
    if number.columns:
        return "", ""
    interval = rate_interval(number.column.name, number.asked)
    return ("", "") if interval is None else (interval_text(interval), interval_reason(interval))


def interval_columns(metric: Metric, column: Column) -> tuple[Column, Column] | None:
    """The columns of the two ends of a column's interval."""
    columns = {each.name: each for each in (*metric.columns, *metric.summary_columns)}
    for stem in (column.name, column.name.removesuffix("_rate")):
        if f"{stem}_low" in columns and f"{stem}_high" in columns:
            return columns[f"{stem}_low"], columns[f"{stem}_high"]
    return None


def row_of(number: ShownNumber, ends: tuple[Column, Column]) -> Row | None:
    """The row that has the ends of the interval: the number's own, or the summary."""
    if len(number.rows) == 1 and ends[0].name in number.rows[0]:
        return number.rows[0]
    summary = number.result.summary
    return summary if summary is not None and ends[0].name in summary else None


def interval_text(interval: RateInterval) -> str:
    """The ends: ``32.9–34.2 %``."""
    ends = formatting.share_interval(interval.low, interval.high)
    return formatting.with_unit(ends, "%")


def interval_reason(interval: RateInterval) -> str:
    """How the interval of a rate is made, with its own n and design effect."""
    effect = formatting.number(interval.design_effect, 1)
    return (
        f"Wilson's interval, with {formatting.count(interval.n)} / {effect} videos, because those"
        f" of one session are alike ({formatting.plural(interval.sessions, 'session')})."
    )


def left_out_words(number: ShownNumber, records: RecordList) -> Iterator[str]:
    """Yield how many records of the kind are no part of the number, and why."""
    others = left_out(number, records)
    made = records.selection.records
    if others:
        yield (
            f"{formatting.count(others)} of {formatting.count(others + records.count)}"
            f" {records.kind.label}: only {label_of(made.part, made)} are taken."
        )


def change_words(number: ShownNumber, records: RecordList, values: Mapping[str, str]) -> str:
    """What the number was in the period before; empty for a row's number."""
    if number.columns or number.asked.session is not None:
        return ""
    before = period_before(number.metric.group, number.asked)
    if before.scope is None:
        return f"No comparison: {before.reason}." if before.reason else ""
    dates = {
        name: text for name, text in before.scope.as_params().items() if name in ("start", "end")
    }
    try:
        earlier = find_number(
            number.metric, {**values, **dates}, number.asked.viewer, with_records=False
        )
    except NotVisible:
        return ""
    then = number_or_none(record_list(select_records(earlier)).shown)
    now = number_or_none(records.shown)
    if now is None or then is None:
        return ""
    change = change_of(
        measuring_metric(number), number.column.name, (now, then), (number.asked, before.scope)
    )
    return describe_change(number.column, change, before.scope)


def measuring_metric(number: ShownNumber) -> str:
    """The metric by whose measure the change of the number is judged."""
    name = number.column.name
    if name not in MEASURES.get(number.metric.slug, {}) and name in RATIOS:
        return REVIEW_MEASURES
    return number.metric.slug


def describe_change(column: Column, change: ColumnChange, before: Scope) -> str:
    """The change in words: ``▲ 5.4 pts against 28.1 % (1 – 28 Oct); 95 %: 4.5 to 6.3 pts``."""
    assert change.change is not None
    arrow = "▲" if change.change > 0 else "▼" if change.change < 0 else "±"
    then = format_value(column, change.previous)
    dates = formatting.date_range(before.start, before.end)
    text = f"{arrow} {difference(column, abs(change.change))} against {then} ({dates})"
    if change.low is not None and change.high is not None:
        low, high = difference(column, change.low), difference(column, change.high)
        text += f"; 95 %: {low} to {high}"
        text += ", beyond chance" if change.beyond_chance else ", within chance"
    judged = {True: " It is for the better.", False: " It is for the worse."}
    return f"{text}.{judged.get(change.better, '') if change.better is not None else ''}"


def difference(column: Column, value: float) -> str:
    """The difference of two values of a column: of shares in points."""
    return formatting.points(value) if column.type == "share" else format_value(column, value)


def rows_links(
    number: ShownNumber, records: RecordList, values: Mapping[str, str]
) -> Iterator[RowsLink]:
    """Yield the link to the records, and of a rate the one to those that are counted."""
    made = records.selection.records
    base = {**values, COLUMN: number.column.name}
    count = f"{formatting.count(records.count)} {label_of(made.part, made)}"
    yield RowsLink(count, address("portal:metric-rows", number.metric, base))
    if isinstance(made, Rate) and (counting := counting_column(number, made)) is not None:
        words = f"{formatting.count(totals_of(records).above)} {counted_label(number, made)}"
        yield RowsLink(
            f"of which {words}",
            address("portal:metric-rows", number.metric, {**base, COLUMN: counting.name}),
        )


def counting_column(number: ShownNumber, made: Rate) -> Column | None:
    """The column of the same metric that counts the records above the line."""
    wanted = made.part if made.counted is None else made.counted
    columns = number.metric.columns
    if not number.columns:
        columns = (*columns, *number.metric.summary_columns)
    return next(
        (
            column
            for column in columns
            if column.records is not None
            and column.records.how == "count"
            and column.records.part == wanted
        ),
        None,
    )


def address(name: str, metric: Metric, values: Mapping[str, str]) -> str:
    """An address of a metric with parameters."""
    path = reverse(name, args=[metric.slug])
    query = urlencode(values)
    return f"{path}?{query}" if query else path


def api_addresses(number: ShownNumber, values: Mapping[str, str]) -> tuple[str, str]:
    """The API's addresses of the metric in this scope, and of the number's records ("" without)."""
    scope = {name: text for name, text in values.items() if name in SCOPE_PARAMETERS}
    rows = {**values, COLUMN: number.column.name}
    has_records = number.column.records is not None
    return (
        address("api:metric", number.metric, scope),
        address("api:metric-rows", number.metric, rows) if has_records else "",
    )


def passport_subtitle(number: ShownNumber) -> str:
    """Of what the passport is."""
    return f"Passport of this number · {periods.describe_scope(number.asked)}"
