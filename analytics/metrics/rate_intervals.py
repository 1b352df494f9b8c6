"""Intervals of reject rates, as wide as sessions make them: videos of one session are alike."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from analytics import formatting
from analytics.comparison.changes import ClusterSums
from analytics.comparison.design_effect import design_effect_of_rates, design_effect_of_sums
from analytics.display import for_reader
from analytics.metrics.formulas import wilson
from analytics.metrics.ratios import RATIOS, clusters_of
from analytics.scope import Scope
from analytics.summaries.counters import RATE_SUMS
from analytics.summaries.people import counter_of
from analytics.summaries.rollup_parts import PeopleRows


class Decided(Protocol):
    """Decided views and their sums over sessions: of a person, a queue, a reason."""

    @property
    def accepted(self) -> int:
        """Accepted views."""

    @property
    def rejected(self) -> int:
        """Rejected views."""

    @property
    def decided_sessions(self) -> int:
        """Sessions with decided views."""

    @property
    def decided_squares(self) -> int:
        """The sum of the squares of the sessions' decided views."""

    @property
    def rejected_squares(self) -> int:
        """The sum of the squares of their rejected views."""

    @property
    def decided_rejected(self) -> int:
        """The sum of the products of the two."""


def reject_design_effect(groups: Iterable[Decided]) -> float:
    """D of the reject rates of groups; see ``design_effect_of_rates``."""
    return design_effect_of_rates(
        ClusterSums(
            group.decided_sessions,
            group.accepted + group.rejected,
            group.rejected,
            group.decided_squares,
            group.rejected_squares,
            group.decided_rejected,
        )
        for group in groups
    )


def people_design_effect(rows: PeopleRows) -> float:
    """D of the reject rates of people; see ``design_effect_of_sums``."""
    decided = counter_of(rows, "accepted") + counter_of(rows, "rejected")
    rejected = counter_of(rows, "rejected")
    sessions, *squares = (counter_of(rows, name) for name in RATE_SUMS)
    return design_effect_of_sums(np.array([sessions, decided, rejected, *squares], np.float64))


def design_effect_note(effect: float) -> str:
    """The sentence about how much wider the intervals are than for independent videos."""
    return for_reader(
        lambda: (
            f"Intervals of reject rates: D = {formatting.number(effect, 3)}, how many times more"
            " the rates of sessions vary than those of independent videos would; n counts as n / D."
        )
    )


@dataclass(frozen=True)
class RateInterval:
    """The 95 % interval of a rate of a scope's views, and what it rests on."""

    low: float
    high: float
    n: int
    design_effect: float
    sessions: int


def rate_interval(name: str, scope: Scope) -> RateInterval | None:
    """The interval of one of the ``RATIOS`` that are shares; None for others and without views.

    Wilson's, with the design effect of the scope's own sessions.
    """
    rate = RATIOS.get(name)
    if rate is None or not rate.is_share:
        return None
    sums = clusters_of(rate, scope)[0]
    effect = design_effect_of_rates([sums])
    low, high = wilson(round(sums.part), sums.whole, design_effect=effect)
    if low is None or high is None:
        return None
    return RateInterval(low, high, round(sums.whole), effect, sums.clusters)
