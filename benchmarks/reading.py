"""The portal's metrics against plain SQL and DuckDB: equal first, then how fast."""

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import cycle
from typing import Any, Self

from django.db import connection

from analytics.metrics import registry
from analytics.models import DataChange, VideoView
from analytics.summaries import writing
from analytics.summaries.snapshots import snapshot
from benchmarks.cases import Case
from benchmarks.engines import Engine
from benchmarks.queries import LINES, QUERIES
from benchmarks.timing import Times, interleaved

# Sums of floats differ in the last digits with the order of adding.
CLOSE = 1e-9


def metrics(case: Case, *, lines: bool) -> list[registry.Metric]:
    """The review metrics that a page shows of a scope."""
    return [
        metric
        for metric in registry.metrics_of_group("review")
        if metric.slug in QUERIES
        and (lines or metric.slug not in LINES)
        and (case.scope.session is not None or not QUERIES[metric.slug].needs_session)
    ]


def agreement_metrics(case: Case) -> list[registry.Metric]:
    """The metrics of agreement that take a scope."""
    return [
        metric
        for metric in registry.metrics_of_group("quality")
        if metric.slug in QUERIES and set(case.scope.as_params()) <= set(metric.parameters)
    ]


def compared_metrics(case: Case) -> list[registry.Metric]:
    """The metrics whose rows are compared in a scope."""
    return [*metrics(case, lines=True), *agreement_metrics(case)]


def portal(case: Case, *, lines: bool) -> Callable[[], object]:
    """What computes a scope's review metrics as drawn, from one state of the data."""
    return portal_runner(metrics(case, lines=lines), case)


def portal_runner(declared: Sequence[registry.Metric], case: Case) -> Callable[[], object]:
    """What computes some metrics as drawn, from one state of the data."""

    def run() -> None:
        with snapshot():
            for metric in declared:
                metric.for_chart(case.scope)

    return run


def in_sql(engine: Engine, case: Case, *, lines: bool) -> Callable[[], object]:
    """What computes the same by one statement a metric."""
    return engine_runner(engine, metrics(case, lines=lines), case)


def engine_runner(
    engine: Engine, declared: Sequence[registry.Metric], case: Case
) -> Callable[[], object]:
    """What computes some metrics by one statement each."""
    # Few sessions are drawn one by one.
    condensed = case.scope.moderator is None and case.scope.session is None
    statements = [
        QUERIES[metric.slug].for_chart(case.condition)
        if condensed
        else QUERIES[metric.slug].whole(case.condition)
        for metric in declared
    ]

    def run() -> None:
        for statement in statements:
            engine.rows(statement)

    return run


def change() -> None:
    """Make a new version of the data, as any write does: no kept result is good any more."""
    DataChange.objects.create()


class ChangingSession:
    """The newest session of a case, one of whose views is changed to and fro.

    A context: at its end the view is as it was, and the summaries hold that.
    """

    def __init__(self, case: Case) -> None:
        views = VideoView.objects.filter(session__in=case.scope.sessions())
        self.view = views.latest("session__started_at", "session_id", "position")
        others = [status for status in ("completed", "partial") if status != self.view.status]
        self.next = cycle((others[0], self.view.status))

    def __enter__(self) -> Self:
        return self

    def change(self) -> None:
        """Change the view in plain SQL, and bring the summaries up to date as an import does."""
        self.write(next(self.next))
        writing.refresh_sessions()
        writing.build_rollups()

    def write(self, status: str) -> None:
        """Give the view a status."""
        VideoView.objects.filter(pk=self.view.pk).update(status=status)

    def __exit__(self, *_error: object) -> None:
        self.write(self.view.status)
        writing.refresh()


# The portal's other turns: after one session has changed, and when nothing has since the last.
CHANGED, AGAIN = "portal, one session changed", "portal, again"


def first_and_again(
    label: str,
    ask: Callable[[], object],
    runners: Mapping[str, Callable[[], object]],
    rounds: int,
    once: Collection[str] = (),
    *,
    changing: ChangingSession | None = None,
) -> dict[str, dict[str, Times]]:
    """The times of the portal after a change of the data, and of asking it again.

    ``changing``: after a change of that session, too. Those in ``once`` are timed once.
    """
    turns, before = {"portal": ask, AGAIN: ask}, {"portal": change}
    if changing is not None:
        turns, before = {CHANGED: ask, **turns}, {CHANGED: changing.change, **before}
    times = interleaved({**turns, **runners}, rounds=rounds, once=once, before=before)
    changed, again = times.pop(CHANGED, None), times.pop(AGAIN)
    rows = {f"{label}, after a change": times}
    if changed is not None:
        rows[f"{label}, after one session changed"] = {**times, "portal": changed}
    return {**rows, f"{label}, again": {**times, "portal": again}}


def measure(
    case: Case, engines: Sequence[Engine], *, rounds: int, once: Collection[str] = ()
) -> dict[str, dict[str, Times]]:
    """The times of the portal and the engines, without and with the lines.

    Engines named in ``once`` are timed once.
    """
    times: dict[str, dict[str, Times]] = {}
    connection.ensure_connection()
    with ChangingSession(case) as changing:
        for lines in (False, True):
            label = "with the lines as drawn" if lines else "without the session lines"
            runners = {engine.name: in_sql(engine, case, lines=lines) for engine in engines}
            ask = portal(case, lines=lines)
            times |= first_and_again(label, ask, runners, rounds, once, changing=changing)
    return times


def measure_agreement(
    case: Case, engines: Sequence[Engine], *, rounds: int, once: Collection[str] = ()
) -> dict[str, dict[str, Times]]:
    """The times of the metrics of agreement, by the portal and by the engines."""
    declared = agreement_metrics(case)
    runners = {engine.name: engine_runner(engine, declared, case) for engine in engines}
    return first_and_again(case.name, portal_runner(declared, case), runners, rounds, once)


def differences(case: Case, engine: Engine) -> Iterator[str]:
    """Yield a sentence for every metric whose rows differ between the portal and an engine."""
    for metric in compared_metrics(case):
        query = QUERIES[metric.slug]
        ours = metric(case.scope).rows
        engine_rows = query.finish(engine.rows(query.whole(case.condition)))
        if len(ours) != len(engine_rows):
            yield f"{metric.slug}, {case.name}: {len(ours)} rows, {engine.name} {len(engine_rows)}"
            continue
        for our_row, engine_row in zip(ours, engine_rows, strict=True):
            if not same(our_row, engine_row):
                yield f"{metric.slug}, {case.name}: {our_row}, {engine.name} {engine_row}"
                break


def same(our_row: dict[str, Any], engine_row: dict[str, Any]) -> bool:
    """Whether two rows say the same."""
    return our_row.keys() == engine_row.keys() and all(
        equal(our_row[name], engine_row[name]) for name in our_row
    )


def equal(ours: Any, theirs: Any) -> bool:
    """Whether two values are equal; floats but for the last digits."""
    if isinstance(ours, float) and isinstance(theirs, float | int):
        return math.isclose(ours, theirs, rel_tol=CLOSE, abs_tol=CLOSE)
    return bool(ours == theirs)
