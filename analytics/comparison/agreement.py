"""How far people who decided the same videos agree, from counts of patterns.

A pattern is how many people accepted and how many rejected a video; nothing else of a video
matters. Knows no Django. Krippendorff's alpha for nominal values: K. Krippendorff, Content
Analysis, 4th ed. 2019, chapter 12; with two values and patterns (a, r) its coincidences come to
``1 - (n - 1) Σ a r / (a + r - 1) / (n_a n_r)``, n being the decisions of which n_a accept.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.comparison.sampling import Z_95

#: How many videos there are of each (accepted, rejected).
Patterns = Mapping[tuple[int, int], int]

RESAMPLES = 1_000
SEED = 20_261_127
LIMITS = (0.025, 0.975)


@dataclass(frozen=True)
class Agreement:
    """The agreement on some videos, each decided by two people or more.

    ``pairs``: of two people who decided the same video. ``agreement``: the share of them that
    decided alike; None without pairs. ``alpha``: 1 for full agreement, 0 for what chance gives;
    None for fewer than two videos, and where all decisions are the same.
    """

    videos: int
    pairs: int
    agreement: float | None
    alpha: float | None


@dataclass(frozen=True)
class PatternTable:
    """Patterns as columns of whole numbers, sorted, those with one decision or none left out."""

    accepted: NDArray[np.int64]
    rejected: NDArray[np.int64]
    videos: NDArray[np.int64]

    @classmethod
    def of(cls, patterns: Patterns) -> "PatternTable":
        """The table of a mapping, whatever its order."""
        rows = [
            (accepted, rejected, n)
            for (accepted, rejected), n in sorted(patterns.items())
            if accepted + rejected >= 2 and n > 0
        ]
        columns = np.array(rows, np.int64).reshape(-1, 3).T
        return cls(*columns)

    @property
    def discord(self) -> NDArray[np.float64]:
        """How much a video of each pattern adds to the disagreement."""
        return self.accepted * self.rejected / (self.accepted + self.rejected - 1)

    def alphas(self, videos: NDArray[np.int64]) -> NDArray[np.float64]:
        """Alpha for each row of ``videos``, counts of the patterns; NaN where there is none."""
        n_accepted = (videos @ self.accepted).astype(np.float64)
        n_rejected = (videos @ self.rejected).astype(np.float64)
        observed = videos @ self.discord
        chance = n_accepted * n_rejected
        alphas = np.full(len(videos), np.nan)
        known = (chance > 0) & (videos.sum(axis=1) >= 2)
        decisions = (n_accepted + n_rejected)[known]
        alphas[known] = 1 - (decisions - 1) * observed[known] / chance[known]
        return alphas


def agreement_of(patterns: Patterns) -> Agreement:
    """The agreement on the videos of ``patterns``."""
    table = PatternTable.of(patterns)
    decisions = table.accepted + table.rejected
    pairs = int((table.videos * decisions * (decisions - 1) // 2).sum())
    divided = int((table.videos * table.accepted * table.rejected).sum())
    alpha = float(table.alphas(table.videos[np.newaxis])[0])
    return Agreement(
        videos=int(table.videos.sum()),
        pairs=pairs,
        agreement=(pairs - divided) / pairs if pairs else None,
        alpha=None if np.isnan(alpha) else alpha,
    )


def alpha_interval(patterns: Patterns) -> tuple[float | None, float | None]:
    """The 95 % interval of alpha: percentiles over videos drawn again; Nones without an alpha.

    The same numbers on every machine: patterns are sorted, and ``RandomState`` is the generator
    whose stream NumPy keeps (NEP 19). A draw in which all decisions are the same has no alpha and
    does not count.
    """
    if agreement_of(patterns).alpha is None:
        return None, None
    table = PatternTable.of(patterns)
    total = int(table.videos.sum())
    drawn = np.random.RandomState(SEED).multinomial(total, table.videos / total, size=RESAMPLES)
    low, high = np.nanquantile(table.alphas(drawn), LIMITS)
    return float(low), float(high)


def quick_alpha_interval(patterns: Patterns) -> tuple[float | None, float | None]:
    """The 95 % interval of alpha, linearised; Nones without an alpha.

    For many periods at once: to a hundredth that of ``alpha_interval`` for some hundred videos, in
    a thousandth of its time. What each video adds to alpha is the derivative of alpha by the three
    sums that it is made of (C.-E. Särndal and others, Model Assisted Survey Sampling, 1992, 5.5).
    """
    alpha = agreement_of(patterns).alpha
    if alpha is None:
        return None, None
    table = PatternTable.of(patterns)
    n_accepted = float(table.videos @ table.accepted)
    n_rejected = float(table.videos @ table.rejected)
    decisions, chance = n_accepted + n_rejected, n_accepted * n_rejected
    observed = float(table.videos @ table.discord)
    added = -(
        observed * (table.accepted + table.rejected) + (decisions - 1) * table.discord
    ) / chance + (decisions - 1) * observed / chance * (
        table.accepted / n_accepted + table.rejected / n_rejected
    )
    mean = float(table.videos @ added) / float(table.videos.sum())
    margin = Z_95 * float(np.sqrt(table.videos @ (added - mean) ** 2))
    return alpha - margin, min(1.0, alpha + margin)
