"""How many views to check: from what was decided in a scope and how alike its sessions are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from analytics import formatting
from analytics.access import ScopeError
from analytics.comparison.changes import ClusterSums
from analytics.comparison.session_samples import (
    Part,
    Precision,
    Sessions,
    likeness,
    overall_precision,
    plan_each,
    plan_whole,
    worth,
)
from analytics.formatting import NBSP, plural
from analytics.metrics.rate_intervals import Decided
from analytics.models import REPRESENTATIVE_METHODS, UNKNOWN_VALUE, SampleMethod, Subject
from analytics.presentation.cells import Cell, Heading, body_html
from analytics.presentation.plan_basis import (
    Known,
    PlanBasis,
    chosen_or_known,
    plan_basis,
    seconds_words,
)
from analytics.presentation.plan_chart import PlanChart, plan_chart
from analytics.presentation.plan_forms import EACH, PlanForm
from analytics.quality.chosen import MAX_SAMPLE
from analytics.quality.drawing import SampleDesign, plan_sample
from analytics.scope import Scope
from analytics.summaries.decided import decisions_by_name
from analytics.summaries.reading import read_summaries
from analytics.summaries.snapshots import snapshot

#: So many parts of a plan are listed.
MAX_LISTED = 200
UNKNOWN_QUEUE = "unknown"
PART_NAMES = {SampleMethod.BY_MODERATOR.value: "moderator", SampleMethod.BY_QUEUE.value: "queue"}


@dataclass(frozen=True)
class Population:
    """What may be checked: all of it, by moderator and by queue."""

    whole: Sessions
    by_moderator: Mapping[str, Sessions]
    by_queue: Mapping[str, Sessions]

    def parts(self, method: str) -> dict[str, Sessions]:
        """The parts that a method draws from; none of a sample of the whole."""
        by_method = {
            SampleMethod.BY_MODERATOR.value: self.by_moderator,
            SampleMethod.BY_QUEUE.value: self.by_queue,
        }
        return dict(by_method.get(method, {}))


@dataclass(frozen=True)
class Work:
    """What was decided in a scope: by moderator and by queue."""

    people: Mapping[str, Decided]
    queues: Mapping[str, Decided]

    @property
    def rejects_likeness(self) -> float:
        """How alike the rejects of a session are, by moderator."""
        return likeness(map(session_sums, self.people.values()))

    def population(self, alike: float) -> Population:
        """The decided views; ``alike``: how alike the mistakes of a session are."""
        rows = self.people.values()
        views, squares = sum(map(decided, rows)), sum(row.decided_squares for row in rows)
        return Population(
            whole=Sessions(views, squares, alike),
            by_moderator=parts_of(self.people, alike),
            by_queue=parts_of(self.queues, alike),
        )


def read_work(scope: Scope) -> Work:
    """The decided views of a scope."""
    with snapshot():
        summaries = read_summaries(scope)
        people = {person.username: person for person in summaries.by_moderator}
        queues = decisions_by_name(summaries, Subject.VIDEO_QUEUE)
    return Work(people, {UNKNOWN_QUEUE if q == UNKNOWN_VALUE else q: n for q, n in queues.items()})


def basis_of(scope: Scope) -> PlanBasis:
    """What a plan for a scope rests on where its form leaves it open."""
    return plan_basis(scope, read_work(scope).rejects_likeness)


def decided(row: Decided) -> int:
    """Accepted and rejected views."""
    return row.accepted + row.rejected


def session_sums(row: Decided) -> ClusterSums:
    """How the reject rate varies over sessions."""
    squares = (row.decided_squares, row.rejected_squares, row.decided_rejected)
    return ClusterSums(row.decided_sessions, decided(row), row.rejected, *squares)


def parts_of(rows: Mapping[str, Decided], alike: float) -> dict[str, Sessions]:
    """The sessions of each name with decided views."""
    return {
        name: Sessions(decided(row), row.decided_squares, alike)
        for name, row in sorted(rows.items())
        if decided(row)
    }


@dataclass(frozen=True)
class Grounds:
    """What a plan is made from: what is wanted, and what each number of it comes from."""

    wanted: Precision
    accuracy: Known
    likeness: Known
    seconds: Known

    @classmethod
    def of(cls, form: PlanForm, basis: PlanBasis) -> Self:
        """What a form without errors says, the rest from the checks."""
        said = form.cleaned_data
        expected = None if said["expected"] is None else float(said["expected"]) / 100
        alike = None if said["likeness"] is None else float(said["likeness"])
        accuracy = chosen_or_known(expected, basis.accuracy, formatting.share(basis.accuracy.value))
        return cls(
            Precision(form.half_width, accuracy.value),
            accuracy,
            chosen_or_known(alike, basis.likeness, formatting.number(basis.likeness.value, 3)),
            chosen_or_known(said["seconds"], basis.seconds, seconds_words(basis.seconds.value)),
        )

    def checking_words(self, n: int) -> str:
        """``About 11 hours of checking at 45 s a view``."""
        a_view = seconds_words(self.seconds.value)
        return f"About {hours(n, self.seconds.value)} of checking at {a_view} a view"

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The numbers that were expected, and where they come from."""
        accuracy = formatting.share(self.accuracy.value)
        return [
            ("Accuracy expected", f"{accuracy}: {self.accuracy.source}"),
            ("Seconds a check", f"{seconds_words(self.seconds.value)}: {self.seconds.source}"),
        ]


@dataclass(frozen=True)
class SamplePlan:
    """A plan in words: the number, what it gives, where it comes from, and the trade-off.

    ``drawn``: how many views, ``at_least`` of each part; 0 where there is nothing to draw.
    ``columns`` and ``body`` are a table of the parts.
    """

    drawn: int
    words: str
    facts: Sequence[tuple[str, str]]
    chart: PlanChart | None = None
    columns: Sequence[Heading] = ()
    body: str = ""
    table_title: str = ""
    more_parts: int = 0
    at_least: int = 0

    @property
    def is_too_large(self) -> bool:
        """Whether no sample holds so many views."""
        return self.drawn > MAX_SAMPLE


def make_plan(scope: Scope, form: PlanForm, basis: PlanBasis) -> SamplePlan:
    """The plan that a form without errors asks for."""
    grounds = Grounds.of(form, basis)
    if form.chosen_method not in REPRESENTATIVE_METHODS:
        return targeted_plan(scope, form.chosen_method, form.cleaned_data["at_most"], grounds)
    population = read_work(scope).population(grounds.likeness.value)
    if not population.whole.views:
        return SamplePlan(0, "Nothing was decided in these dates.", [population_fact(0, scope)])
    parts = population.parts(form.chosen_method)
    at_least = form.cleaned_data["at_least"]
    if form.chosen_method not in PART_NAMES:
        return whole_plan(scope, population, grounds)
    planned = (
        plan_each(parts, wanted=grounds.wanted, at_least=at_least)
        if form.cleaned_data["of"] == EACH
        else plan_whole(population.whole, parts, wanted=grounds.wanted, at_least=at_least)
    )
    return stratified_plan(scope, population, planned, form, grounds)


def targeted_plan(scope: Scope, method: str, at_most: int, grounds: Grounds) -> SamplePlan:
    """Views of a kind: they stand for nothing but themselves."""
    found = plan_sample(SampleDesign(method, scope, size=at_most))
    what = "rejected views" if method == SampleMethod.REJECTS else "decisions on disputed videos"
    words = f"There are no {what} in these dates."
    if found.size:
        words = (
            f"{grounds.checking_words(found.size)}. These are chosen for what they are: they are"
            " counted apart and say nothing of the accuracy."
        )
    facts = [("Population", f"{formatting.count(found.population)} {what}, {dates(scope)}")]
    return SamplePlan(found.size, words, [*facts, grounds.facts[-1]])


def whole_plan(scope: Scope, population: Population, grounds: Grounds) -> SamplePlan:
    """A random sample of everything."""
    whole, wanted = population.whole, grounds.wanted
    n = whole.sample_size(wanted.half_width, expected=wanted.expected)
    return SamplePlan(
        n,
        f"to know the accuracy to {plus_minus(wanted.half_width)}. {grounds.checking_words(n)}.",
        facts_of(scope, whole, n, grounds),
        plan_chart(whole, wanted, n),
    )


def stratified_plan(
    scope: Scope,
    population: Population,
    planned: Sequence[Part],
    form: PlanForm,
    grounds: Grounds,
) -> SamplePlan:
    """A sample from each moderator or queue."""
    name, wanted = PART_NAMES[form.chosen_method], grounds.wanted
    n = sum(part.drawn for part in planned)
    each = form.cleaned_data["of"] == EACH
    largest = max(planned, key=lambda part: (part.drawn, part.sessions.views))
    return SamplePlan(
        n,
        f"{stratified_words(planned, name, wanted, each=each)}. {grounds.checking_words(n)}.",
        facts_of(scope, population.whole, n, grounds),
        # Of each part the chart draws the one that takes the most, the table says the others.
        plan_chart(largest.sessions, wanted, largest.drawn, what=f"Views to check, of each {name}")
        if each
        else plan_chart(
            population.whole,
            wanted,
            n,
            reached=overall_precision(planned, expected=wanted.expected),
        ),
        [
            Heading(name.capitalize(), sortable=False),
            Heading("Decided views", numeric=True, sortable=False),
            Heading("To check", numeric=True, sortable=False),
            Heading("Gives", numeric=True, sortable=False),
        ],
        body_html(part_cells(part, wanted) for part in planned[:MAX_LISTED]),
        f"By {name}",
        max(0, len(planned) - MAX_LISTED),
        largest.drawn if each else form.cleaned_data["at_least"],
    )


def stratified_words(planned: Sequence[Part], name: str, wanted: Precision, *, each: bool) -> str:
    """What a sample from each part gives: of each, and of all together."""
    reached = overall_precision(planned, expected=wanted.expected)
    words = f"to know each {name}'s accuracy to {plus_minus(wanted.half_width)}" if each else ""
    if reached is None:
        return words or f"from {plural(len(planned), name)}; of some none"
    together = f"the accuracy of all together to {plus_minus(reached, places=1)}"
    return f"{words}, and {together}" if words else f"to know {together}"


def facts_of(scope: Scope, whole: Sessions, n: int, grounds: Grounds) -> list[tuple[str, str]]:
    """How a plan was computed."""
    return [
        population_fact(whole.views, scope),
        *effect_facts(whole, n, grounds.likeness),
        *grounds.facts,
    ]


def part_cells(part: Part, wanted: Precision) -> list[Cell]:
    """A row of the table of parts."""
    gives = part.sessions.precision(part.drawn, expected=wanted.expected)
    return [
        Cell(part.name),
        Cell(formatting.count(part.sessions.views), numeric=True),
        Cell(formatting.count(part.drawn), numeric=True),
        Cell(formatting.MISSING if gives is None else plus_minus(gives, places=1), numeric=True),
    ]


def population_fact(n: int, scope: Scope) -> tuple[str, str]:
    """What the sample stands for."""
    return "Population", f"{plural(n, 'decided view')}, {dates(scope)}"


def effect_facts(whole: Sessions, n: int, alike: Known) -> list[tuple[str, str]]:
    """Why so many: how much the views of a session are alike."""
    effect = whole.design_effect(n)
    fewer = (
        f"Views of one session are alike, so {plural(n, 'check')} are worth"
        f" {formatting.count(worth(n, effect))} independent ones (design effect"
        f" {formatting.number(effect, 2)}, correlation {formatting.number(alike.value, 3)}:"
        f" {alike.source})."
    )
    more = "Where a large part of all views is checked, less is left that is not known."
    return [("Why not fewer", fewer), ("Why not more", more)]


def dates(scope: Scope) -> str:
    """The dates of a scope in words."""
    return formatting.date_range(scope.start, scope.end)


def plus_minus(half_width: float, *, places: int = 0) -> str:
    """``± 3 points``."""
    text = formatting.number(half_width * 100, places)
    return f"±{NBSP}{text} point{'' if text == '1' else 's'}"


def hours(n: int, seconds: float) -> str:
    """How long so many checks take: ``11 hours``, ``40 minutes``."""
    minutes = max(1, round(n * seconds / 60))
    if minutes < 90:
        return plural(minutes, "minute")
    return plural(round(minutes / 60), "hour")


def sample_design(scope: Scope, form: PlanForm) -> SampleDesign:
    """What is drawn where a plan is followed; raises ``ScopeError`` where there is nothing."""
    plan = make_plan(scope, form, basis_of(scope))
    if not plan.drawn:
        raise ScopeError("start", "nothing was decided here, so there is nothing to draw")
    return SampleDesign(form.chosen_method, scope, size=plan.drawn, at_least=plan.at_least)
