"""The statistics of the findings, by scipy, from what the database aggregated.

Samples are (n, mean, standard deviation), so nothing here grows with the data. Where several
things are compared at once the level is divided by their number (Bonferroni), in the test and in
the interval alike: an interval that leaves out 0 and a difference that counts are the same.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from analytics.insights.findings import MIN_N

#: Two-sided level of every test; intervals are of 1 - ALPHA.
ALPHA = 0.05


def stats() -> Any:
    """``scipy.stats``, imported when first needed.

    It takes a second and 70 MB, which a process that answers only metrics never spends.
    """
    from scipy import stats as scipy_stats

    return scipy_stats


@dataclass(frozen=True)
class Sample:
    """n values: their mean and standard deviation (n - 1; None below 2 values)."""

    n: int
    mean: float
    sd: float | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Sample | None":
        """The sample of a row with n, mean and sd as the database gave them; None of 0."""
        if not row["n"]:
            return None
        sd = row["sd"]
        return cls(row["n"], float(row["mean"]), None if sd is None else float(sd))

    @property
    def enough(self) -> bool:
        """Whether something may be claimed about it."""
        return self.n >= MIN_N

    @property
    def variance_of_mean(self) -> float:
        """The squared standard error; only of 2 values and more."""
        assert self.sd is not None
        return self.sd**2 / self.n


def mean_interval(sample: Sample) -> tuple[float, float] | None:
    """Return Student's 95 % interval of a mean; None below 2 values."""
    if sample.n < 2 or sample.sd is None:
        return None
    half = float(stats().t.ppf(1 - ALPHA / 2, sample.n - 1)) * math.sqrt(sample.variance_of_mean)
    return sample.mean - half, sample.mean + half


@dataclass(frozen=True)
class Difference:
    """How much ``a`` is above ``b``, with the interval and whether chance explains it.

    ``compared`` is how many comparisons were made at once; ``p`` is corrected for them.
    """

    a: Sample
    b: Sample
    value: float
    low: float
    high: float
    p: float
    compared: int

    @property
    def clear(self) -> bool:
        """Whether the difference is larger than chance explains."""
        return self.p < ALPHA


def difference(a: Sample, b: Sample, *, compared: int = 1) -> Difference:
    """Return Welch's comparison of two means (unequal variances), both of 2 values and more.

    B. L. Welch, The generalization of "Student's" problem, 1947; the degrees of freedom by
    Satterthwaite's formula.
    """
    value = a.mean - b.mean
    va, vb = a.variance_of_mean, b.variance_of_mean
    if va + vb == 0:
        # No spread at all: any difference is one.
        p = 1.0 if math.isclose(a.mean, b.mean, rel_tol=1e-12) else 0.0
        return Difference(a, b, value, value, value, p, compared)
    tested = stats().ttest_ind_from_stats(a.mean, a.sd, a.n, b.mean, b.sd, b.n, equal_var=False)
    freedom = (va + vb) ** 2 / (va**2 / (a.n - 1) + vb**2 / (b.n - 1))
    half = float(stats().t.ppf(1 - ALPHA / compared / 2, freedom)) * math.sqrt(va + vb)
    p = min(1.0, float(tested.pvalue) * compared)
    return Difference(a, b, value, value - half, value + half, p, compared)


def pairs(names: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Every pair."""
    return list(combinations(names, 2))


def corrected_words(compared: int) -> str:
    """``, corrected for 3 comparisons``; nothing to say of a single one."""
    return f", corrected for {compared} comparisons" if compared > 1 else ""
