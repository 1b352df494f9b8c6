"""A number and its records in words: of which row it is, how they make it, in which order."""

from analytics import formatting
from analytics.figures.labels import format_value, get_column
from analytics.metrics.records import Rate, Ratio
from analytics.metrics.results import Column, Value
from analytics.rows.lists import RecordList
from analytics.rows.selection import Selection
from analytics.rows.things import ThingList, VideoThings

#: How records make a number, in words after it; ``{records}`` are how many of which kind.
SENTENCES = {
    "count": "{kind}, the same number as on the chart",
    "distinct": "different {kind}, the same number as on the chart",
    "sum": "is the sum over {records}",
    "rate": "{numerator} {counted} of {count} {of}",
    "ratio": "is {amount} over {weight}{times}, of {records}",
    "mean": "is the mean of {records}",
    "median": "is the middle of the lengths: {records}",
    "extreme": "is the value of {records}",
}


def key_text(column: Column, value: Value) -> str:
    """The value of a key as people read it."""
    text = format_value(column, value)
    return formatting.with_unit(text, column.unit) if column.type == "integer" else text


def row_words(selection: Selection) -> str:
    """The keys of the row as people read them: ``Rejected``."""
    return ", ".join(
        key_text(get_column(selection.metric, name), value)
        for name, value in selection.keys.items()
    )


def title_of(selection: Selection) -> str:
    """What is counted, and of which row: ``Videos: Rejected``."""
    moderator = selection.asked.moderator
    of_row = ", ".join(
        filter(None, (row_words(selection), moderator.username if moderator is not None else ""))
    )
    return ": ".join(filter(None, (selection.column.label, of_row)))


def sentence(records: RecordList) -> str:
    """How the records make the number, in words that follow it."""
    made, kind = records.selection.records, records.kind.label
    some = formatting.plural(records.count, kind.removesuffix("s"))
    words = {"kind": kind if records.count != 1 else kind.removesuffix("s"), "records": some}
    if isinstance(made, Ratio):
        words |= {"amount": made.amount_label.lower(), "weight": made.weight_label.lower()}
        words["times"] = f", times {formatting.count(made.unit)}" if made.unit != 1 else ""
    if isinstance(made, Rate):
        words |= {
            "numerator": formatting.count(records.numerator),
            "counted": made.counted_label or row_words(records.selection).lower(),
            "count": formatting.count(records.count),
            "of": made.label or words["kind"],
        }
    return SENTENCES[made.how].format_map(words)


def order_words(records: RecordList) -> str:
    """The order of the list in words."""
    if isinstance(records, VideoThings):
        return "in the order they came in"
    if isinstance(records, ThingList) or not records.kind.is_descending:
        return "by name"
    return "newest first" if records.ordering.descending else "oldest first"
