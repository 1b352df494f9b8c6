"""How much more the rates of whole sessions vary than those of independent videos would."""

from collections.abc import Iterable

from analytics.comparison.changes import ClusterSums


def design_effect_of_rates(groups: Iterable[ClusterSums]) -> float:
    """D, one for all groups (people, queues): 1 or more, 1 where nothing tells.

    The groups' variances by their sessions over those of independent videos, each group about
    its own rate: Σ N V / Σ p (1 - p), with V = m / (m - 1) Σ (r - p n)² / N² over m sessions (L.
    Kish, Survey Sampling, 1965; a ratio of means: W. G. Cochran, Sampling Techniques, 1977, 6.3).
    """
    observed = assumed = 0.0
    for group in groups:
        if group.clusters >= 2 and 0 < group.part < group.whole:
            observed += group.whole * group.variance
            assumed += group.ratio * (1 - group.ratio)
    return max(1.0, observed / assumed) if assumed > 0 else 1.0
