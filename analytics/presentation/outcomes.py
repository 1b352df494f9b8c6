"""Metrics computed for a page, all from one state of the data; each fails for itself alone."""

import logging
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from analytics.access import ScopeError, TooFewPeople
from analytics.figures import is_empty
from analytics.metrics.registry import METRICS, Metric
from analytics.metrics.results import Result
from analytics.scope import Scope
from analytics.summaries.snapshots import savepoint, snapshot
from moderation_portal.error_handlers import Overloaded
from moderation_portal.postgres import ConnectionLost

logger = logging.getLogger(__name__)

# Not of one metric: the page of it is another one.
OF_THE_WHOLE_ANSWER = (ScopeError, ConnectionLost, Overloaded)


@dataclass(frozen=True)
class Failure:
    """A metric that could not be computed; ``reference`` finds the error in the log."""

    reference: str


@dataclass(frozen=True)
class Refused:
    """A metric whose team totals rest on too few people; ``reason`` is a sentence."""

    reason: str


MetricOutcome = Result | Failure | Refused
# A metric's slug, and the scope to compute it for.
MetricRequest = tuple[str, Scope]


def accepted_scope(metric: Metric, scope: Scope) -> Scope:
    """The scope without what the metric does not take: a page shows metrics of several groups."""
    dropped: dict[str, Any] = {
        scope_filter.name: None
        for scope_filter, _ in scope.filters()
        if scope_filter.name not in metric.parameters
    }
    return replace(scope, **dropped)


def compute(requests: Iterable[MetricRequest]) -> dict[MetricRequest, MetricOutcome]:
    """Compute each metric for its scope, condensed for charts, all in one snapshot.

    When one fails its savepoint is undone and each is tried alone, still in the same snapshot:
    the error stays that metric's own, and no result is of another version of the data.
    """
    distinct = list(dict.fromkeys(requests))
    with snapshot():
        try:
            with savepoint():
                return {
                    (slug, scope): compute_one(METRICS[slug], scope) for slug, scope in distinct
                }
        except OF_THE_WHOLE_ANSWER:
            raise
        # Whatever went wrong in a metric: the page shows the others, and the log has the error.
        except Exception:
            logger.exception("Metrics failed together; trying each by itself")
        return {
            (slug, scope): compute_in_savepoint(METRICS[slug], scope) for slug, scope in distinct
        }


def compute_one(metric: Metric, scope: Scope) -> MetricOutcome:
    """Compute a metric unless it rests on too few people."""
    try:
        return metric.for_chart(accepted_scope(metric, scope))
    except TooFewPeople as error:
        return Refused(error.message)


def compute_in_savepoint(metric: Metric, scope: Scope) -> MetricOutcome:
    """Compute a metric in a savepoint of its own; a failure is logged under its reference."""
    try:
        with savepoint():
            return compute_one(metric, scope)
    except OF_THE_WHOLE_ANSWER:
        raise
    # The card says that it failed and by which reference the log knows why.
    except Exception:
        reference = secrets.token_hex(4)
        logger.exception("Metric %s failed, reference %s", metric.slug, reference)
        return Failure(reference)


def successful_results(outcomes: Mapping[str, MetricOutcome]) -> dict[str, Result]:
    """Only the metrics that were computed."""
    return {slug: outcome for slug, outcome in outcomes.items() if isinstance(outcome, Result)}


def has_no_rows(outcome: MetricOutcome) -> bool:
    """Whether a metric was computed and found nothing; a failure is something else."""
    return isinstance(outcome, Result) and is_empty(outcome)
