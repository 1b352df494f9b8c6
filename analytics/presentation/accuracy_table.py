"""Tables of accuracies: of queues before their intervals, of people before their own limits."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from analytics import formatting
from analytics.comparison.rates import MIN_TRIALS
from analytics.metrics.drawing import AccuracyTable
from analytics.metrics.registry import METRICS, Metric
from analytics.metrics.results import Column, Result, Row, number_in
from analytics.presentation.accuracy_findings import people_below
from analytics.presentation.card_builder import Card, person_link
from analytics.presentation.cells import Cell, Heading, LimitsBar, body_html
from analytics.presentation.people import ORDER, VERDICTS
from analytics.presentation.row_links import RowLinks
from analytics.presentation.tables import MAX_ROWS, PersonLink, interval_cell, value_cell
from analytics.scope import Scope

ACCURACY = "accuracy"
SUMMARY = METRICS["quality-summary"]
#: Shorter than the columns' own labels: the table says what it is of.
LABELS = {
    "wrongly_accepted": "Wrong accepts",
    "wrongly_rejected": "Wrong rejects",
    "accuracy_expected": "Expected",
}
PEOPLE_LEGEND = [
    ("within", "accuracy", ""),
    ("limits", "the person's own limits", ""),
    ("expected", "the others' in the same queues and weeks", ""),
    ("few", "not judged", ""),
]
#: Verdicts come after the accuracy, so that a narrow screen shows them.
VERDICT_AT = 3
QUEUE_LEGEND = [
    ("within", "accuracy", ""),
    ("limits", "95 % interval", ""),
    ("expected", "all together", ""),
]


@dataclass(frozen=True)
class Marks:
    """What stands around an accuracy: a band, and the mark of what it is compared with."""

    low: float | None
    high: float | None
    expected: float | None


@dataclass(frozen=True)
class Table:
    """What the cells of the table are made of. ``levels`` of ``VERDICTS`` by name, of people."""

    metric: Metric
    rows: Sequence[Row]
    links: RowLinks
    names: Mapping[str, PersonLink]
    levels: Mapping[str, str] = field(default_factory=dict)
    overall: float | None = None

    @property
    def is_of_people(self) -> bool:
        """Whether its rows are people, who have limits of their own."""
        return self.metric.names_people

    def marks(self, row: Row) -> Marks:
        """The own limits of a person, the interval of anything else."""
        if self.is_of_people:
            return Marks(
                *(number_in(row, f"{ACCURACY}_{of}") for of in ("low", "high", "expected"))
            )
        return Marks(number_in(row, "low"), number_in(row, "high"), self.overall)


def show_accuracies(card: Card, result: Result, scope: Scope) -> None:
    """Exchange the table of a card for one that draws the accuracies."""
    metric = METRICS[card.slug].for_viewer(scope.viewer)
    assert isinstance(metric.drawing, AccuracyTable)
    link = person_link(scope)
    table = Table(
        metric,
        result.rows,
        RowLinks(metric, scope),
        {} if link is None or not metric.names_people else {metric.drawing.label: link},
        levels_of(result.rows, scope) if metric.names_people else {},
        None if metric.names_people else number_in(SUMMARY(scope).rows[0], ACCURACY),
    )
    rows = sorted(result.rows, key=lambda row: order_of(table, row))[:MAX_ROWS]
    place = scale_of([table.marks(row) for row in rows], rows)
    columns = shown_columns(table)
    card.legend = PEOPLE_LEGEND if table.is_of_people else QUEUE_LEGEND
    if "act" in table.levels.values():
        card.legend = [*card.legend, ("act", "below the limits", "")]
    card.columns = [heading(table, column) for column in columns]
    if table.is_of_people:
        card.columns.insert(VERDICT_AT, Heading("Verdict", sorted="ascending"))
    card.body = body_html(cells_of(table, row, columns, place) for row in rows)


def levels_of(rows: Sequence[Row], scope: Scope) -> dict[str, str]:
    """The level of each person's verdict: to be named takes to lie below the limits."""
    below = {person.moderator for person in people_below(scope)}
    levels = {}
    for row in rows:
        outside = row[f"{ACCURACY}_outside"]
        level = "few" if outside is None else "note" if outside else "plain"
        levels[str(row["moderator"])] = "act" if row["moderator"] in below else level
    return levels


def order_of(table: Table, row: Row) -> int:
    """The place of a row's verdict; what has none keeps the metric's order."""
    return ORDER.index(table.levels[str(row["moderator"])]) if table.is_of_people else 0


def shown_columns(table: Table) -> list[Column]:
    """The columns that are shown as they are: without what nothing of is there."""
    by_name = {column.name: column for column in table.metric.columns}
    names = [table.metric.columns[0].name, "checked", ACCURACY, "low"]
    if any(number_in(row, f"{ACCURACY}_expected") is not None for row in table.rows):
        names += [f"{ACCURACY}_expected", f"{ACCURACY}_low"]
    names += ["wrongly_accepted", "wrongly_rejected"]
    if any(row["targeted"] for row in table.rows):
        names.append("targeted")
    return [by_name[name] for name in names]


def heading(table: Table, column: Column) -> Heading:
    """The heading of a column."""
    if column.name == "low":
        return Heading("95 %", numeric=True)
    if column.name == f"{ACCURACY}_low":
        return Heading("Own limits", numeric=True)
    is_name = column is table.metric.columns[0]
    return Heading(
        LABELS.get(column.name, column.label),
        numeric=not is_name,
        barred=column.name == ACCURACY,
        passport_url="" if is_name else table.links.passport(column),
    )


def scale_of(marks: Sequence[Marks], rows: Sequence[Row]) -> Callable[[float], float]:
    """From an accuracy to its place, so that everything that is drawn fits."""
    ends = [end for each in marks for end in (each.low, each.high, each.expected)]
    known = [end for end in (*ends, *(number_in(row, ACCURACY) for row in rows)) if end is not None]
    low, high = min(known, default=0.0), max(known, default=1.0)
    room = (high - low) * 0.06 or 1.0
    return lambda value: (value - low + room) / (high - low + 2 * room)


def cells_of(
    table: Table, row: Row, columns: Sequence[Column], place: Callable[[float], float]
) -> list[Cell]:
    """The cells of a row."""
    opened = table.links.numbers_of_row(row)
    cells = []
    for column in columns:
        name = column.name
        if name in ("low", f"{ACCURACY}_low"):
            high = number_in(row, name.removesuffix("low") + "high")
            cells.append(interval_cell(column, number_in(row, name), high, opened.get(name, "")))
        elif name == ACCURACY:
            cells.append(accuracy_cell(table, row, place, opened.get(name, "")))
        else:
            cells.append(value_cell(column, row[name], table.names, None, opened.get(name, "")))
    if table.is_of_people:
        cells.insert(VERDICT_AT, verdict_cell(table, row))
    return cells


def accuracy_cell(table: Table, row: Row, place: Callable[[float], float], opened: str) -> Cell:
    """An accuracy before its interval or limits; ``opened`` is the address of its checks."""
    value = number_in(row, ACCURACY)
    if value is None:
        return Cell(formatting.MISSING, numeric=True, barred=True, sort="")
    marks = table.marks(row)
    level = table.levels.get(str(row.get("moderator")), "plain")
    return Cell(
        formatting.share(value),
        numeric=True,
        barred=True,
        sort=repr(value),
        href=opened,
        opens=bool(opened),
        limits=LimitsBar(
            place(value),
            None if marks.low is None else place(marks.low),
            None if marks.high is None else place(marks.high),
            None if marks.expected is None else place(marks.expected),
            "" if level == "plain" else level,
        ),
    )


def verdict_cell(table: Table, row: Row) -> Cell:
    """The verdict on a person; of few checks with how many it takes."""
    level = table.levels[str(row["moderator"])]
    checked = int(number_in(row, "checked") or 0)
    note = f"{checked} of {MIN_TRIALS}" if level == "few" and checked < MIN_TRIALS else ""
    return Cell(dict(VERDICTS)[level], level=level, note=note, sort=str(ORDER.index(level)))
