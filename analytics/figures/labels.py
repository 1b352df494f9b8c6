"""Values as texts: in tables, on axes and in hovers."""

from datetime import date, datetime
from html import escape

from django.utils.dates import WEEKDAYS

from analytics import formatting
from analytics.metrics.registry import Metric
from analytics.metrics.results import Column, Value

# What people read for the values of a column. Every other name, and every name in
# another column (a queue called "none"), is shown as it was given.
VALUE_LABELS: dict[str, dict[str, str]] = {
    "decision": {"accepted": "Accepted", "rejected": "Rejected", "none": "No decision"},
    "status": {
        "completed": "Completed",
        "partial": "Partial",
        "not_started": "Not started",
        "unknown": "Unknown",
    },
    "sound": {"muted": "Muted", "unmuted": "Unmuted", "unknown": "Unknown"},
    "kind": {"inactivity": "Inactivity", "pause": "Pause", "unknown": "Unknown"},
    "bucket": {
        "0-30s": "≤ 30 s",
        "31-60s": "≤ 1 min",
        "61-120s": "≤ 2 min",
        "121-300s": "≤ 5 min",
        "301-600s": "≤ 10 min",
        "601-1800s": "≤ 30 min",
        "1801-3600s": "≤ 1 h",
        "3601-7200s": "≤ 2 h",
        ">7200s": "> 2 h",
        "unknown": "unknown",
    },
}
# The same for numbers that stand for a name.
NUMBER_LABELS: dict[str, dict[int, str]] = {
    "weekday": {number: str(name) for number, name in enumerate(WEEKDAYS.values(), start=1)},
    "hour": {hour: f"{hour:02}:00" for hour in range(24)},
}
MAX_TICK_LENGTH = 26


def value_label(column: str, value: str) -> str:
    """What people read for a column's value; an unknown name stays as it is."""
    return VALUE_LABELS.get(column, {}).get(value, value)


def decimal_places(value: float) -> int:
    """How many decimals an average is shown with: three digits or so."""
    return 2 if abs(value) < 10 else 1


def format_value(column: Column, value: Value) -> str:
    """A value as people read it, by the column's type and unit.

    Without a value a number is a dash, a key has words: "unknown".
    """
    if value is None:
        return column.key.null_label if column.key is not None else formatting.MISSING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return formatting.short_moment(value)
    if isinstance(value, date):
        return formatting.day(value)
    if isinstance(value, str):
        return (
            formatting.month(value) if column.type == "month" else value_label(column.name, value)
        )
    return format_number(column, value)


def format_when(column: Column, value: Value) -> str:
    """A day, a moment or a month for a hover: days with their weekday."""
    text = format_value(column, value)
    if isinstance(value, datetime):
        value = formatting.local_day(value)
    return f"{value:%a} {text}" if isinstance(value, date) else text


def format_number(column: Column, value: float) -> str:
    """A number as people read it; an average of seconds has a decimal."""
    match column.type:
        case "integer" if column.name in NUMBER_LABELS:
            return NUMBER_LABELS[column.name].get(int(value), formatting.count(value))
        case "integer":
            return formatting.count(value)
        case "share":
            return formatting.share(value)
        case "seconds" if isinstance(value, float) and abs(value) < 59.95:
            return formatting.seconds(value)
        case "seconds":
            return formatting.duration(value)
        case "minutes":
            return formatting.minutes(value)
        case _ if column.unit == "×":
            return formatting.speed(value)
    return formatting.number(value, decimal_places(value))


def format_with_label(column: Column, value: Value) -> str:
    """A value with its column's label: ``24,918 videos``, ``Reject rate 25.2 %``."""
    text = format_value(column, value)
    if column.type == "integer":
        noun = column.label.lower()
        # "1 video": the labels of counts are plurals.
        return f"{text} {noun.removesuffix('s') if value == 1 and ' ' not in noun else noun}"
    unit = column.unit if column.type == "number" and column.unit != "×" else ""
    return f"{column.label} {formatting.with_unit(text, unit)}"


def get_column(metric: Metric, name: str) -> Column:
    """The metric's column; raises ``KeyError`` when the drawing names none."""
    for column in metric.columns:
        if column.name == name:
            return column
    raise KeyError(f"{metric.slug} has no column {name!r}")


def is_numeric(column: Column) -> bool:
    """Whether the column holds numbers, which stand to the right."""
    return column.type in ("integer", "number", "share", "seconds", "minutes")


def escape_text(text: str) -> str:
    """HTML escaped, because Plotly reads some tags in every text it draws."""
    return escape(text, quote=False)


def tick_label(text: str) -> str:
    """An axis label: escaped, and shortened to ``MAX_TICK_LENGTH``; the hover has all of it."""
    return escape_text(text if len(text) <= MAX_TICK_LENGTH else f"{text[: MAX_TICK_LENGTH - 1]}…")


def hover_text(*lines: str) -> str:
    """A hover text: what it is (bold), then its value, then of how many."""
    heading, *details = (escape_text(line) for line in lines if line)
    return "<br>".join([f"<b>{heading}</b>", *details])


def axis_unit(column: Column) -> str:
    """The unit that an axis gives a column's values in."""
    return {"share": "%", "minutes": "min", "seconds": "s"}.get(column.type, column.unit)


def axis_title(column: Column) -> str:
    """The title of a column's axis, with its unit."""
    unit = axis_unit(column)
    # "Sessions, sessions" says nothing more.
    return (
        f"{column.label}, {unit}"
        if unit and unit.lower() not in column.label.lower()
        else column.label
    )


def clock_format(longest: float) -> tuple[str, int]:
    """How to write lengths up to ``longest`` seconds: ``("min:s", 60)`` or ``("h:min", 3600)``.

    The number is the size of the unit before the colon, in seconds.
    """
    return ("h:min", 3600) if longest > 2 * 3600 else ("min:s", 60)


def format_clock(seconds: float, unit: int) -> str:
    """A length as ``2:30``; ``unit`` is what stands before the colon, in seconds."""
    before, rest = divmod(seconds, unit)
    return f"{int(before)}:{int(rest // (unit // 60)):02d}"
