"""The reference of all metrics as Markdown: docs/metrics.md, made from the registry."""

from collections.abc import Iterator

from analytics.metrics.registry import Metric, group_names, metrics_of_group
from analytics.metrics.results import Column

HEADING = """# Metrics

Made from the declarations by `manage.py document_metrics`; don't edit.

Every figure of the portal is declared once and is the same on page, chart, REST, CSV and admin.
Ratios are pooled (sum over sum). A rate over nothing is null, never 0. Shares and rates are 0-1.
Durations are summed as whole microseconds, so that sums are exact, and given in seconds.
Days begin in TIME_ZONE; a session belongs to the day it started on.

Every number opens the records that it is made of (`metrics/{slug}/rows/`, `/rows/{slug}/`); the
last column says which, and how they make it: a *count* of them; the *sum* of an amount; a *rate*,
the share of them that is marked; a *ratio* of an amount to a weight; the *mean* of an amount; a
*distinct* count, a row for each thing; the *median*, the one or two in the middle; an *extreme*,
all that have the value.
"""


def column_table(columns: tuple[Column, ...]) -> Iterator[str]:
    """The lines of a Markdown table of columns."""
    yield "| column | meaning | type | unit | records |"
    yield "|---|---|---|---|---|"
    for column in columns:
        yield (
            f"| `{column.name}` | {column.label} | {column.type} | {column.unit or '-'} "
            f"| {records_words(column)} |"
        )


def records_words(column: Column) -> str:
    """What is behind a column's numbers, and how it adds up."""
    if column.key is not None:
        return "names the row"
    if column.records is None:
        return "none"
    return f"{column.records.how}: {column.records.kind.label}"


def metric_section(declared: Metric) -> Iterator[str]:
    """The Markdown lines about one metric."""
    yield f"### `{declared.slug}`: {declared.title}"
    yield ""
    yield declared.definition
    yield ""
    taken = ", ".join(f"`{name}`" for name in declared.parameters)
    needed = "".join(f"; needs `{name}`" for name in declared.needs)
    people = "; names people" if declared.names_people else ""
    yield f"Counts {declared.counted}. Takes {taken}{needed}{people}."
    yield ""
    yield from column_table(declared.columns)
    if declared.summary_columns:
        yield ""
        yield "Summary:"
        yield ""
        yield from column_table(declared.summary_columns)
    yield ""


def metrics_reference() -> str:
    """The whole page."""
    lines = [HEADING]
    for group in group_names():
        lines.extend((f"## Group `{group}`", ""))
        for declared in metrics_of_group(group):
            lines.extend(metric_section(declared))
    return "\n".join(lines).rstrip() + "\n"
