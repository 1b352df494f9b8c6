"""The overview's table of the team: each moderator's work, and what the findings say of them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from analytics import formatting
from analytics.formatting import plural
from analytics.insights.findings import NamedPerson
from analytics.insights.people import MEASURES
from analytics.metrics.registry import METRICS
from analytics.metrics.results import Result, Row, Value, number_in
from analytics.presentation.card_builder import (
    FOLDS_FROM,
    Card,
    build_card,
    fold_table,
    person_link,
)
from analytics.presentation.cells import Cell, Heading, body_html, decisions_cell
from analytics.presentation.findings import ShownFinding
from analytics.presentation.row_links import RowLinks
from analytics.presentation.tables import MAX_ROWS, sort_key
from analytics.scope import Scope
from analytics.summaries.snapshots import snapshot

REVIEW = METRICS["moderator-review"]
PERFORMANCE = METRICS["moderator-performance"]
COLUMNS = [
    Heading("Moderator", numeric=False),
    Heading("Sessions", numeric=True, barred=True, sorted="descending"),
    Heading("Videos", numeric=True),
    Heading("Decisions", numeric=False, sortable=False),
    Heading("Response", numeric=True),
    Heading("Satisfaction", numeric=True),
    Heading("Finding", numeric=False),
]
LEGEND = [
    ("accepted", "Accepted", ""),
    ("rejected", "Rejected", ""),
    ("none", "No decision", ""),
]
# A level, its label and the reasons; ``ORDER`` is how the column sorts the levels.
Mark = tuple[str, str, str]
MARKS = (("act", "Coach"), ("watch", "Look together"), ("note", "Note"))
ORDER = tuple(level for level, _ in MARKS)


def team_card(scope: Scope, path: str, findings: Sequence[ShownFinding], today: date) -> Card:
    """The table of everyone in scope, most sessions first.

    ``findings`` are the scope's; what they say of a person is the mark in the last column.
    Its CSV, API and definition are those of ``moderator-review``.
    """
    with snapshot():
        reviewed = REVIEW(scope).rows
        performed = PERFORMANCE(scope).rows
    rows = merge_people(reviewed, performed)
    card = build_card(REVIEW, Result(rows=rows, n=len(rows)), scope, path=path)
    if card.state != "ok":
        return card
    card.title, card.subtitle = "The team", "Most sessions first, not a ranking of people"
    card.legend, card.columns = LEGEND, COLUMNS
    link = person_link(scope)
    review_links, performance_links = RowLinks(REVIEW, scope), RowLinks(PERFORMANCE, scope)
    top = max((number_in(row, "sessions") or 0 for row in rows), default=0)

    def cells_of(row: Row) -> list[Cell]:
        address = "" if link is None else link(str(row["moderator"]))
        opened = {**review_links.of_row(row), **performance_links.of_row(row)}
        mark = person_mark(str(row["moderator"]), findings, today)
        return person_cells(row, address, top, mark, opened)

    card.body = body_html(cells_of(row) for row in rows[:MAX_ROWS])
    card.fold, card.fold_words = 0, ""
    if len(rows) > FOLDS_FROM:
        fold_table(card, plural(len(rows), "moderator"))
    return card


def merge_people(reviewed: Sequence[Row], performed: Sequence[Row]) -> list[Row]:
    """Join the rows of both metrics by moderator, most sessions first, then by name."""
    people: dict[Value, Row] = {row["moderator"]: dict(row) for row in reviewed}
    for row in performed:
        people.setdefault(row["moderator"], {"moderator": row["moderator"]}).update(row)
    return sorted(
        people.values(),
        key=lambda row: (-(number_in(row, "sessions") or 0), str(row["moderator"])),
    )


def person_mark(name: str, findings: Sequence[ShownFinding], today: date) -> Mark:
    """What the findings say of a person, the most urgent first; nothing where they say nothing.

    What a note answers comes last, as quiet as a note.
    """
    answered: Mark = ("", "", "")
    for level, label in MARKS:
        named = [
            person
            for finding in findings
            if finding.level == level
            for person in finding.people
            if person.moderator == name
        ]
        still_open = [person for person in named if not person.is_answered(today)]
        if still_open:
            return level, label, reasons_of(still_open, today)
        if named and not answered[0]:
            answered = ("note", label, reasons_of(named, today))
    return answered


def reasons_of(named: Sequence[NamedPerson], today: date) -> str:
    """The measures, and what the notes on them say: ``reject rate: agreed until 26 Nov 2026``."""
    reasons = {}
    for person in named:
        words = MEASURES[person.measure].words
        reasons[words] = words if person.note is None else f"{words}: {person.note.words(today)}"
    return ", ".join(reasons.values())


def person_cells(
    row: Row, address: str, top: float, mark: Mark, opened: Mapping[str, str]
) -> list[Cell]:
    """The cells of a person's row; ``top`` is the sessions of a full bar.

    ``opened`` has the addresses of the records behind the numbers, by column.
    """
    sessions = number_in(row, "sessions")
    videos, accepted, rejected = (
        int(number_in(row, name) or 0) for name in ("videos", "accepted", "rejected")
    )
    return [
        Cell(str(row["moderator"]), href=address),
        Cell(
            formatting.count(sessions),
            numeric=True,
            barred=True,
            sort=sort_key(sessions),
            bar=(sessions or 0) / top if top else 0,
            href=opened.get("sessions", ""),
            opens="sessions" in opened,
        ),
        number_cell(row, "videos", formatting.count, opened),
        decisions_cell(videos=videos, accepted=accepted, rejected=rejected),
        number_cell(row, "average_response_minutes", formatting.minutes, opened),
        number_cell(row, "average_satisfaction", lambda value: formatting.number(value, 2), opened),
        mark_cell(mark),
    ]


def number_cell(
    row: Row, name: str, write: Callable[[float | None], str], opened: Mapping[str, str]
) -> Cell:
    """A number of a row, written by ``write``, sorted by its value."""
    value = number_in(row, name)
    return Cell(
        write(value),
        numeric=True,
        sort=sort_key(value),
        href=opened.get(name, ""),
        opens=name in opened,
    )


def mark_cell(mark: Mark) -> Cell:
    """The cell of a mark; rows without one are sorted last."""
    level, label, reasons = mark
    if not level:
        return Cell(formatting.MISSING, sort=str(len(ORDER)))
    return Cell(label, sort=str(ORDER.index(level)), level=level, note=reasons)
