"""Which number somebody asks about, and which records it is made of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from analytics.access import NotVisible, ScopeError, Viewer
from analytics.metrics.records import EVERY, Part, Rate, Records
from analytics.metrics.registry import METRICS, Metric
from analytics.metrics.results import Column, Result, Row, Value
from analytics.metrics.row_keys import COLUMN, SCOPE_PARAMETERS, UNKNOWN, key_columns
from analytics.names import normalise
from analytics.scope import Scope, parse_date

NOTHING = Part(Q(pk__in=()))


@dataclass(frozen=True)
class Selection:
    """One number of a metric, and its records.

    ``scope`` is what the row stands for: narrower than the one asked for where its key is a day or
    a month. ``counted`` tells the records that a rate counts, ``numerator`` are those. ``keys`` are
    the row's values by the names of its key columns, ``shown`` the number, None also where the
    metric shows none of a whole scope.
    """

    metric: Metric
    column: Column
    records: Records
    asked: Scope
    scope: Scope
    keys: Row
    part: Part
    counted: Part | None
    numerator: Part | None
    shown: Value


@dataclass(frozen=True)
class ShownNumber:
    """One number of a metric, with records or without.

    ``columns`` are the key columns that name its row, none of a whole scope; ``rows`` the metric's
    rows that they name. ``shown``: the number, None also where the metric shows none of a whole
    scope.
    """

    metric: Metric
    column: Column
    asked: Scope
    columns: list[Column]
    rows: list[Row]
    shown: Value
    result: Result

    @property
    def keys(self) -> Row:
        """The row's values by the names of its key columns."""
        return {each.name: self.rows[0][each.name] for each in self.columns}


def select(metric: Metric, values: Mapping[str, str], viewer: Viewer) -> Selection:
    """What ``values`` (scope, keys and column) ask for; must be called inside a snapshot.

    Raises ``ScopeError`` for what makes no sense, ``NotVisible`` for a number without records and
    a key that names no row, ``Forbidden`` for a team's totals.
    """
    return select_records(find_number(metric, values, viewer))


def find_number(
    metric: Metric, values: Mapping[str, str], viewer: Viewer, *, with_records: bool = True
) -> ShownNumber:
    """The number that ``values`` ask for; raises as ``select``.

    ``with_records``: of those only, and as the metric of ``same_numbers`` says, which is quicker.
    """
    metric = metric.for_viewer(viewer)
    scope_values = {name: values[name] for name in SCOPE_PARAMETERS if name in values}
    scope = Scope.parse(scope_values, viewer, accepts=metric.parameters)
    scope.require_records()
    given = {name: text for name, text in values.items() if name not in (*scope_values, COLUMN)}
    columns = check_keys(metric, given)
    column = choose_column(metric, values.get(COLUMN), has_keys=bool(columns))
    if column.records is None and with_records:
        raise NotVisible(COLUMN, f"{column.name} has no records: {column.without_records}")
    if column.records is not None and column.records.needs_key and not columns:
        names = ", ".join(each.name for each in key_columns(metric))
        raise ScopeError(COLUMN, f"{column.name} is of a row: name it by {names}")
    needs_moderator = column.records is not None and column.records.needs_moderator
    if needs_moderator and scope.moderator is None:
        raise ScopeError(COLUMN, f"{column.name} is of a person: name the moderator")
    metric.check(scope)
    source = METRICS[metric.same_numbers] if with_records and metric.same_numbers else metric
    # Of a whole scope no row is looked for: a line of many sessions need not be read whole.
    result = source.with_keys(scope, given) if columns else source.for_chart(scope)
    rows = find_rows(metric, columns, given, result.rows)
    shown = shown_value(column, result, rows, has_keys=bool(columns))
    return ShownNumber(metric, column, scope, columns, rows, shown, result)


def select_records(number: ShownNumber) -> Selection:
    """The records of a number that has some."""
    records, columns = number.column.records, number.columns
    assert records is not None
    part, counted = records.part, records.counted if isinstance(records, Rate) else None
    numerator: Part | None = None
    key_part, narrowed = records_of_row(columns, number.asked, number.rows)
    if isinstance(records, Rate):
        # The key last: it narrows to the values that it names.
        numerator = part & key_part if counted is None else part & counted & key_part
    if isinstance(records, Rate) and records.counted is None:
        counted = key_part
    else:
        part &= key_part
    if isinstance(records, Rate) and columns and number.shown is None:
        part = numerator = NOTHING
    return Selection(
        number.metric,
        number.column,
        records,
        number.asked,
        narrowed,
        number.keys,
        part,
        counted,
        numerator,
        number.shown,
    )


def check_keys(metric: Metric, given: Mapping[str, str]) -> list[Column]:
    """The key columns of the row asked for; none without keys. Raises ``ScopeError``."""
    columns = key_columns(metric)
    names = [column.name for column in columns]
    for name in given:
        if name not in names:
            by = f"its rows are named by {', '.join(names)}" if names else "no key names its rows"
            raise ScopeError(name, f"names no row of {metric.slug}: {by}")
    if not given:
        return []
    for name in names:
        if name not in given:
            raise ScopeError(
                name, f"a row of {metric.slug} is named by {', '.join(names)} together"
            )
    return columns


def choose_column(metric: Metric, name: str | None, *, has_keys: bool) -> Column:
    """The column that is asked about; raises ``ScopeError``, ``NotVisible`` where none opens."""
    columns = metric.columns if has_keys else (*metric.columns, *metric.summary_columns)
    if name is None:
        return first_column(metric, columns)
    chosen = next((column for column in columns if column.name == name), None)
    if chosen is None:
        names = ", ".join(column.name for column in columns if column.records)
        raise ScopeError(COLUMN, f"{metric.slug} has no column {name!r} here; it has {names}")
    if chosen.key is not None:
        raise ScopeError(COLUMN, f"{name} names the rows of {metric.slug}; it is no number")
    return chosen


def first_column(metric: Metric, columns: Iterable[Column]) -> Column:
    """The first column that is a count, else the first that opens."""
    numbers = [column for column in columns if column.records is not None]
    if not numbers:
        raise NotVisible(COLUMN, f"no number of {metric.slug} has records")
    counts = [c for c in numbers if c.records is not None and c.records.how == "count"]
    return (counts or numbers)[0]


def find_rows(
    metric: Metric, columns: list[Column], given: Mapping[str, str], rows: list[Row]
) -> list[Row]:
    """The rows of the keys: one, but where a session has a queue twice; all without keys."""
    for column in columns:
        rows = [row for row in rows if is_value(column, given[column.name], row[column.name])]
        if not rows and column.key is not None and column.key.is_bin:
            raise ScopeError(column.name, f"{given[column.name]!r} begins no bin of {metric.slug}")
        if not rows:
            raise NotVisible(
                column.name, f"no row of {metric.slug} has the {column.name} {given[column.name]!r}"
            )
    if any(row[column.name] is None for row in rows for column in columns):
        # The word stands for the missing value; a thing of that name has to do without.
        rows = [row for row in rows if any(row[column.name] is None for column in columns)]
    return rows


def is_value(column: Column, text: str, value: Value) -> bool:
    """Whether a key's text is a row's value; raises ``ScopeError`` for what can be none."""
    if value is None:
        return text == UNKNOWN
    match column.type:
        case "date":
            return parse_date(column.name, text) == value
        case "integer" | "number":
            return parse_number(column.name, text) == value
    return text == value or normalise(text) == value


def parse_number(field: str, text: str) -> float:
    """The number that is written; raises ``ScopeError``."""
    try:
        return float(text)
    except ValueError:
        raise ScopeError(field, f"{text!r} is not a number") from None


def records_of_row(columns: list[Column], scope: Scope, rows: list[Row]) -> tuple[Part, Scope]:
    """The records that the keys of a row name, and the scope that it stands for."""
    part = EVERY
    for column in columns:
        assert column.key is not None
        if column.key.part is not None:
            part &= column.key.part(rows[0])
        if column.key.narrow is not None:
            scope = column.key.narrow(scope, rows[0])
    return part, scope


def shown_value(column: Column, result: Result, rows: list[Row], *, has_keys: bool) -> Value:
    """The number that the metric shows: a row's, the summary's, or what its rows add up to."""
    if not has_keys and result.summary is not None and column.name in result.summary:
        return result.summary[column.name]
    if result.condensed:
        return None
    values: list[Any] = [row[column.name] for row in rows]
    if len(values) == 1:
        only_value: Value = values[0]
        return only_value
    if column.records is not None and column.records.how in ("count", "sum"):
        known = [value for value in values if value is not None]
        return sum(known) if known or not has_keys else None
    return None
