"""The portal's metrics against plain SQL and DuckDB: equal first, then how fast."""

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from django.db import connection

from analytics.metrics import registry
from analytics.models import DataChange
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


def portal(case: Case, *, lines: bool) -> Callable[[], object]:
    """What computes a scope's review metrics as drawn, from one state of the data."""
    wanted = metrics(case, lines=lines)

    def run() -> None:
        with snapshot():
            for metric in wanted:
                metric.for_chart(case.scope)

    return run


def in_sql(engine: Engine, case: Case, *, lines: bool) -> Callable[[], object]:
    """What computes the same by one statement a metric."""
    whole = metrics(case, lines=lines)
    # Few sessions are drawn one by one.
    condensed = case.scope.moderator is None and case.scope.session is None
    statements = [
        QUERIES[metric.slug].for_chart(case.condition)
        if condensed
        else QUERIES[metric.slug].whole(case.condition)
        for metric in whole
    ]

    def run() -> None:
        for statement in statements:
            engine.rows(statement)

    return run


def change() -> None:
    """Make a new version of the data, as any write does: nothing that was kept is good any more."""
    DataChange.objects.create()


# The portal's second turn: nothing changed since its first.
AGAIN = "portal, again"


def first_and_again(
    what: str,
    ask: Callable[[], object],
    others: Mapping[str, Callable[[], object]],
    rounds: int,
    once: Collection[str] = (),
) -> dict[str, dict[str, Times]]:
    """The times of the portal after a change of the data, and of asking it again.

    Those in ``once`` are timed once.
    """
    times = interleaved(
        {"portal": ask, AGAIN: ask, **others}, rounds=rounds, once=once, before={"portal": change}
    )
    again = times.pop(AGAIN)
    return {f"{what}, after a change": times, f"{what}, again": {**times, "portal": again}}


def measure(
    case: Case, engines: Sequence[Engine], *, rounds: int, once: Collection[str] = ()
) -> dict[str, dict[str, Times]]:
    """The times of the portal and the engines, without and with the lines.

    Engines named in ``once`` are timed once.
    """
    found: dict[str, dict[str, Times]] = {}
    connection.ensure_connection()
    for lines in (False, True):
        what = "with the lines as drawn" if lines else "without the session lines"
        others = {engine.name: in_sql(engine, case, lines=lines) for engine in engines}
        found |= first_and_again(what, portal(case, lines=lines), others, rounds, once)
    return found


def differences(case: Case, engine: Engine) -> Iterator[str]:
    """Yield a sentence for every metric whose rows differ between the portal and an engine."""
    for metric in metrics(case, lines=True):
        query = QUERIES[metric.slug]
        ours = metric(case.scope).rows
        theirs = query.finish(engine.rows(query.whole(case.condition)))
        if len(ours) != len(theirs):
            yield f"{metric.slug}, {case.name}: {len(ours)} rows, {engine.name} {len(theirs)}"
            continue
        for mine, other in zip(ours, theirs, strict=True):
            if not same(mine, other):
                yield f"{metric.slug}, {case.name}: {mine}, {engine.name} {other}"
                break


def same(mine: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two rows say the same."""
    return mine.keys() == other.keys() and all(equal(mine[name], other[name]) for name in mine)


def equal(mine: Any, other: Any) -> bool:
    """Whether two values are equal; floats but for the last digits."""
    if isinstance(mine, float) and isinstance(other, float | int):
        return math.isclose(mine, other, rel_tol=CLOSE, abs_tol=CLOSE)
    return bool(mine == other)
