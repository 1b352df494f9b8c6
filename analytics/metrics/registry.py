"""The registry of metrics: each is declared once, and everything shown comes from here.

A metric is a function from a ``Scope`` to a ``Result``, decorated with ``@metric``. Its name is
the slug, its docstring the definition that people read; page, chart, REST, CSV and
``docs/metrics.md`` are made from the declaration.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from analytics.access import ScopeError, Viewer
from analytics.metrics.drawing import Drawing
from analytics.metrics.grains import Grain, Step
from analytics.metrics.result_cache import Compute, ComputeSteps, cached_result, cached_steps
from analytics.metrics.results import Column, Result, Row
from analytics.metrics.team_totals import TEAM_METRICS, is_metric_allowed, require_team_metric
from analytics.scope import REVIEW_PARAMETERS, Scope
from analytics.summaries.snapshots import snapshot

#: The rows of some keys (texts by the names of the key columns), found without the others.
Find = Callable[[Scope, Mapping[str, str]], Result]

# Charts of more points than a screen can show are condensed by day.
MAX_POINTS = 500


@dataclass(frozen=True)
class Metric:
    """A declared metric. Call it with a scope."""

    # Templates call what can be called, without arguments.
    do_not_call_in_templates: ClassVar[bool] = True

    slug: str
    title: str
    group: str
    definition: str
    columns: tuple[Column, ...]
    summary_columns: tuple[Column, ...]
    parameters: tuple[str, ...]
    needs: tuple[str, ...]
    drawing: Drawing
    counted: str
    names_people: bool
    compute: Compute
    condensed_compute: Compute | None = None
    own_compute: Compute | None = None
    find: Find | None = None
    own_columns: tuple[Column, ...] = ()
    named_by: str = ""
    same_numbers: str = ""
    by_step: ComputeSteps | None = None
    grains: tuple[Grain, ...] = ()
    shows_edits: bool = False

    def __call__(self, scope: Scope) -> Result:
        """The complete rows for ``scope``.

        Raises ``ScopeError`` when the metric does not take the scope, ``Forbidden`` when it is
        not among a team's totals, ``TooFewPeople`` when too few people are behind these.
        """
        self.check(scope)
        return cached_result(self.compute_for(scope), scope, shows_edits=self.shows_edits)

    def for_viewer(self, viewer: Viewer) -> "Metric":
        """The metric with the columns of the viewer's rows: of the own only they may be others."""
        if not self.own_columns or viewer.sees_everyone:
            return self
        return replace(self, columns=self.own_columns)

    def compute_for(self, scope: Scope) -> Compute:
        """The function for the viewer of a scope: what one may see of others differs."""
        if scope.is_team_totals:
            return TEAM_METRICS.get(self.slug, self.compute)
        if self.own_compute is not None and not scope.viewer.sees_everyone:
            return self.own_compute
        return self.compute

    def for_chart(self, scope: Scope) -> Result:
        """The rows of a chart, condensed by day above ``MAX_POINTS`` points."""
        is_own = self.compute_for(scope) is not self.compute
        if self.condensed_compute is None or scope.is_team_totals or is_own:
            return self(scope)
        self.check(scope)
        condensed = cached_result(self.condensed_compute, scope)
        if (condensed.n or 0) <= MAX_POINTS:
            return self(scope)
        return replace(condensed, condensed=True)

    def of_steps(self, scope: Scope, steps: Sequence[Step]) -> Sequence[Row | None]:
        """A row for each of some days, weeks or months; None where it has nothing."""
        self.check(scope)
        # What is told of others differs: nothing finer may be computed of it.
        if self.by_step is None or self.compute_for(scope) is not self.compute:
            raise ScopeError("grain", f"{self.slug} has no rows by week or month")
        return cached_steps(self.by_step, scope, tuple(steps))

    def with_keys(self, scope: Scope, keys: Mapping[str, str]) -> Result:
        """Rows among which are those of some keys: only these where they can be found so."""
        if self.find is None or self.compute_for(scope) is not self.compute:
            return self(scope)
        self.check(scope)
        with snapshot():
            return self.find(scope, keys)

    def has_card(self, result: Result) -> bool:
        """Whether a page shows it: not where nothing is known of what its rows are named by."""
        return not self.named_by or any(row[self.named_by] is not None for row in result.rows)

    def check(self, scope: Scope) -> None:
        """Raise ``ScopeError`` or ``Forbidden`` unless the metric takes ``scope``."""
        params = scope.as_params()
        for name in self.needs:
            if name not in params:
                raise ScopeError(name, f"{self.slug} needs a {name}")
        for name in params:
            if name not in (*self.parameters, "team"):
                raise ScopeError(name, f"{self.slug} takes {', '.join(self.parameters)} only")
        require_team_metric(self.slug, self.group, scope)

    def is_allowed(self, scope: Scope) -> bool:
        """Whether the viewer may see it for ``scope``: of team totals, a few metrics only."""
        return is_metric_allowed(self.slug, self.group, scope)


METRICS: dict[str, Metric] = {}


def unwrap_paragraphs(docstring: str) -> str:
    """A docstring with each paragraph on one line, so that pages and Markdown wrap it."""
    return "\n\n".join(" ".join(part.split()) for part in docstring.split("\n\n"))


# Long for its many parameters only: nothing in it branches.
def metric(
    *,
    title: str,
    group: str,
    columns: Sequence[Column],
    drawing: Drawing,
    counted: str,
    summary: Sequence[Column] = (),
    parameters: Sequence[str] = REVIEW_PARAMETERS,
    needs: Sequence[str] = (),
    names_people: bool = False,
    condensed: Compute | None = None,
    own: Compute | None = None,
    find: Find | None = None,
    own_columns: Sequence[Column] = (),
    named_by: str = "",
    same_numbers: str = "",
    by_step: ComputeSteps | None = None,
    grains: Sequence[Grain] = tuple(Grain),
    shows_edits: bool = False,
) -> Callable[[Compute], Metric]:
    """Declare the decorated function as a metric and return the ``Metric`` in its place.

    ``counted`` is what ``Result.n`` counts ("videos"); ``needs`` are parameters that must be
    given; ``names_people``: its rows are people or sessions; ``condensed`` gives the rows
    condensed by day, with ``Result.n`` the number of points that they stand for. ``own`` gives the
    rows of somebody who sees their own only, where what they tell of the others differs,
    ``own_columns`` the columns of those rows where they differ too.
    ``find`` gives the rows of some keys where all rows are many.
    ``same_numbers`` names a quicker metric whose rows have the columns with records too.
    ``by_step`` gives a row for each of some steps of time, pooled from what is counted, of which a
    chart offers ``grains``; the rows may have more than the columns, which charts draw alone.
    ``shows_edits``: it is made of what people add to the data, such as checks.
    ``named_by`` is a column that few portals know: where no row has a value in it there is no card.
    """

    def register(compute: Compute) -> Metric:
        slug = compute.__name__.replace("_", "-")
        if slug in METRICS:
            raise ValueError(f"two metrics are named {slug}")
        declared = Metric(
            slug=slug,
            title=title,
            group=group,
            definition=unwrap_paragraphs(inspect.getdoc(compute) or ""),
            columns=tuple(columns),
            summary_columns=tuple(summary),
            parameters=tuple(parameters),
            needs=tuple(needs),
            drawing=drawing,
            counted=counted,
            names_people=names_people,
            compute=compute,
            condensed_compute=condensed,
            own_compute=own,
            find=find,
            own_columns=tuple(own_columns),
            named_by=named_by,
            same_numbers=same_numbers,
            by_step=by_step,
            grains=tuple(grains) if by_step is not None else (),
            shows_edits=shows_edits,
        )
        METRICS[slug] = declared
        return declared

    return register


def metrics_of_group(group: str) -> list[Metric]:
    """The metrics of a group in the order they were declared."""
    return [declared for declared in METRICS.values() if declared.group == group]


def group_names() -> list[str]:
    """The groups in the order their first metric was declared."""
    return list(dict.fromkeys(declared.group for declared in METRICS.values()))
