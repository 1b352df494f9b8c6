"""Everybody on the Moderators page: who stands out, and a table with each person's limits."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.text import capfirst

from analytics import formatting
from analytics.formatting import NBSP, plural
from analytics.insights.coaching import SCORES, judge_score
from analytics.insights.findings import Finding
from analytics.insights.people import REVIEW_MEASURES, Measure
from analytics.insights.registry import FindingData
from analytics.metrics.formulas import none_if_nan
from analytics.metrics.registry import METRICS
from analytics.metrics.results import number_or_none
from analytics.presentation.card_builder import (
    FOLDS_FROM,
    Card,
    build_card,
    fold_table,
    person_link,
)
from analytics.presentation.cells import Cell, Heading, LimitsBar, body_html
from analytics.presentation.findings import CLASSES
from analytics.presentation.row_links import RowLinks
from analytics.presentation.tables import MAX_ROWS, PersonLink
from analytics.scope import Scope
from analytics.summaries.snapshots import snapshot

COMPARISON = METRICS["moderator-comparison"]
PERFORMANCE = METRICS["moderator-performance"]
MEASURES: tuple[Measure, ...] = (*REVIEW_MEASURES, *(score.measure for score in SCORES))
#: So many who stand out are told at the head of the page.
MAX_STANDING_OUT = 6
#: Verdicts by urgency: a class of the style sheet, and the words in the last column.
VERDICTS = (
    ("act", "Coach"),
    ("watch", "Look together"),
    ("note", "Note"),
    ("plain", "Within limits"),
    ("few", "Not judged"),
)
ORDER = [level for level, _ in VERDICTS]
LEGEND = [
    ("within", "value", ""),
    ("limits", "the person's own limits", ""),
    ("expected", "expected from the same queues", ""),
    ("outside", "outside", ""),
]


@dataclass(frozen=True)
class Place:
    """One person's value in one measure; None where it is not known or not judged."""

    value: float
    low: float | None = None
    high: float | None = None
    expected: float | None = None
    is_outside: bool | None = None


@dataclass(frozen=True)
class Person:
    """One row of the table: ``places`` by the measure's column; ``level`` of ``VERDICTS``.

    ``answers``: what the notes say that answer what findings say of the person.
    """

    name: str
    sessions: int
    videos: int
    places: Mapping[str, Place]
    level: str
    answers: str = ""


@dataclass(frozen=True)
class StandingOut:
    """Somebody who stands out, in the words of the finding, with the address of their page.

    ``answer``: what a note says to it; ``is_quiet``: and what was agreed is not past.
    """

    level: str
    text: str
    href: str
    answer: str = ""
    is_quiet: bool = False


def everybody(scope: Scope, findings: Sequence[Finding], today: date) -> list[Person]:
    """Everybody with review sessions or performance rows, by verdict, then by name."""
    with snapshot():
        compared = {str(row["moderator"]): row for row in COMPARISON(scope).rows}
        places = {name: work_places(row) for name, row in compared.items()}
        data = FindingData(scope)
        for score in SCORES:
            judged = judge_score(data, score)
            for at, name in enumerate(judged.names):
                verdicts = judged.verdicts
                places.setdefault(name, {})[score.measure.column] = Place(
                    float(verdicts.value[at]),
                    none_if_nan(verdicts.low[at]),
                    none_if_nan(verdicts.high[at]),
                    none_if_nan(verdicts.expected[at]),
                    bool(verdicts.outside[at]) if verdicts.judged[at] else None,
                )
    levels, answers = urgency(findings), answers_by_name(findings, today)
    people = [
        Person(
            name,
            count_of(compared.get(name, {}), "sessions"),
            count_of(compared.get(name, {}), "videos"),
            person_places,
            levels.get(name) or level_of(person_places),
            answers.get(name, ""),
        )
        for name, person_places in places.items()
    ]
    return sorted(people, key=lambda person: (ORDER.index(person.level), person.name))


def work_places(row: Mapping[str, object]) -> dict[str, Place]:
    """The places of a row of the comparison."""
    places = {}
    for measure in REVIEW_MEASURES:
        name = measure.column
        value = row[name]
        if isinstance(value, int | float):
            low, high, expected = (row[f"{name}_{of}"] for of in ("low", "high", "expected"))
            outside = row[f"{name}_outside"]
            places[name] = Place(
                float(value),
                number_or_none(low),
                number_or_none(high),
                number_or_none(expected),
                outside if isinstance(outside, bool) else None,
            )
    return places


def count_of(row: Mapping[str, object], name: str) -> int:
    """A count of a row; 0 without a row."""
    value = row.get(name)
    return value if isinstance(value, int) else 0


def urgency(findings: Sequence[Finding]) -> dict[str, str]:
    """The most urgent level at which anybody is named."""
    levels: dict[str, str] = {}
    for finding in findings:
        level = CLASSES[finding.level]
        for person in finding.people:
            before = levels.get(person.moderator, ORDER[-1])
            levels[person.moderator] = min(before, level, key=ORDER.index)
    return levels


def answers_by_name(findings: Sequence[Finding], today: date) -> dict[str, str]:
    """What notes answer of what is said of somebody: ``until 26 Nov``."""
    answers: dict[str, list[str]] = {}
    for finding in findings:
        for person in finding.people:
            if person.note is not None:
                answers.setdefault(person.moderator, []).append(person.note.short_words(today))
    return {name: "; ".join(dict.fromkeys(words)) for name, words in answers.items()}


def level_of(places: Mapping[str, Place]) -> str:
    """The level of somebody whom no finding names: outside alone is no reason."""
    flags = [place.is_outside for place in places.values()]
    if True in flags:
        return "note"
    return "plain" if False in flags else "few"


def people_who_stand_out(
    findings: Sequence[Finding], link: PersonLink, today: date
) -> list[StandingOut]:
    """Those who stand out at ``act`` or ``watch``, each once, by what is most urgent.

    Those whom notes answer in everything come last.
    """
    by_name: dict[str, StandingOut] = {}
    named = [
        (level, person)
        for level in ("act", "watch")
        for finding in findings
        for person in (finding.people if finding.level == level else ())
    ]
    for level, person in sorted(named, key=lambda each: each[1].is_answered(today)):
        name, answer = person.moderator, "" if person.note is None else person.note.words(today)
        shown = StandingOut(
            level, person.sentence, link(name), answer, is_quiet=person.is_answered(today)
        )
        by_name.setdefault(name, shown)
    return list(by_name.values())


def summary(people: Sequence[Person]) -> str:
    """How many stand out, do not, and cannot be judged, in a sentence."""
    out = sum(person.level in ("act", "watch") for person in people)
    few = sum(person.level == "few" for person in people)
    within = len(people) - out - few
    verb = "stands" if out == 1 else "stand"
    sentence = f"{plural(out, 'person', 'people')} {verb} out"
    sentence += f", {within} {'does' if within == 1 else 'do'} not"
    return f"{sentence}, {few} cannot be judged." if few else f"{sentence}."


def people_card(scope: Scope, people: Sequence[Person], path: str) -> Card:
    """The table of everybody, by verdict, each value before the person's own limits."""
    card = build_card(COMPARISON, COMPARISON(scope), scope, path=path)
    card.slug, card.title, card.span, card.chart = "people", "Everyone", 12, False
    card.variants, card.notes = (), []
    if card.state != "ok":
        return card
    card.subtitle = "By verdict, then by name; not a ranking"
    card.legend = LEGEND
    card.columns = [
        Heading("Moderator"),
        Heading("Sessions", numeric=True),
        Heading("Videos", numeric=True),
        *(Heading(capfirst(measure.words), numeric=True, barred=True) for measure in MEASURES),
        Heading("Verdict", sorted="ascending"),
    ]
    scales = {measure.column: scale_of(measure.column, people) for measure in MEASURES}
    link = person_link(scope)
    opened = opened_of_people(scope, people[:MAX_ROWS])
    card.body = body_html(
        cells_of(person, scales, link, opened[person.name]) for person in people[:MAX_ROWS]
    )
    card.fold, card.fold_words = 0, ""
    if len(people) > FOLDS_FROM:
        fold_table(card, plural(len(people), "moderator"))
    return card


def opened_of_people(scope: Scope, people: Sequence[Person]) -> dict[str, dict[str, str]]:
    """The addresses of the records behind each person's numbers, by column."""
    opened: dict[str, dict[str, str]] = {person.name: {} for person in people}
    for metric in (COMPARISON, PERFORMANCE):
        links = RowLinks(metric, scope)
        for row in metric(scope).rows:
            if row["moderator"] in opened:
                opened[str(row["moderator"])] |= links.of_row(row)
    return opened


def scale_of(name: str, people: Sequence[Person]) -> Callable[[float], float]:
    """From a value to its place, so that everybody's values and limits fit."""
    ends = [
        end
        for person in people
        if (place := person.places.get(name)) is not None
        for end in (place.value, place.low, place.high)
        if end is not None
    ]
    low, high = min(ends, default=0.0), max(ends, default=1.0)
    room = (high - low) * 0.06 or 1.0
    return lambda value: (value - low + room) / (high - low + 2 * room)


def cells_of(
    person: Person,
    scales: Mapping[str, Callable[[float], float]],
    link: PersonLink | None,
    opened: Mapping[str, str],
) -> list[Cell]:
    """The cells of a person's row."""
    return [
        Cell(person.name, href="" if link is None else link(person.name)),
        count_cell(person.sessions, opened.get("sessions", "")),
        count_cell(person.videos, opened.get("videos", "")),
        *(
            place_cell(
                measure,
                person.places.get(measure.column),
                scales,
                person.level,
                opened.get(measure.column, ""),
            )
            for measure in MEASURES
        ),
        Cell(
            dict(VERDICTS)[person.level],
            level=person.level,
            sort=str(ORDER.index(person.level)),
            note=person.answers,
        ),
    ]


def count_cell(n: int, opened: str) -> Cell:
    """A count; ``opened`` is the address of its records."""
    return Cell(formatting.count(n), numeric=True, sort=repr(n), href=opened, opens=bool(opened))


def place_cell(
    measure: Measure,
    place: Place | None,
    scales: Mapping[str, Callable[[float], float]],
    level: str,
    opened: str,
) -> Cell:
    """A value before its limits; ``opened`` is the address of its records."""
    if place is None:
        return Cell(formatting.MISSING, numeric=True, barred=True, sort="")
    at = scales[measure.column]
    shape = "" if place.is_outside is False else "few"
    if place.is_outside:
        shape = level if level in ("act", "watch") else "note"
    return Cell(
        measure.write(place.value).replace(NBSP, " "),
        numeric=True,
        barred=True,
        sort=repr(place.value),
        href=opened,
        opens=bool(opened),
        limits=LimitsBar(
            at(place.value),
            None if place.low is None else at(place.low),
            None if place.high is None else at(place.high),
            None if place.expected is None else at(place.expected),
            shape,
        ),
    )
