"""Differences between groups of rows that belong to clusters: users who appear in several groups.

A group is kept as sums by cluster, so that the database adds up and nothing here grows with the
rows. Sources: CR2 as in ``means``; B. L. Welch 1947 for degrees of freedom and 1951 for the test
of several means; P. A. Games and J. F. Howell 1976 for the widest of many differences.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from analytics.comparison.means import MISSES, POWER, satterthwaite
from analytics.comparison.spread import between_people
from analytics.comparison.studentized_range import critical_range, exceeds
from analytics.comparison.work import Floats


@dataclass(frozen=True)
class Group:
    """The rows of a group by cluster: ``sizes`` and ``sums``; 0 where a cluster has none.

    Groups that are compared have their clusters in one order.
    """

    sizes: Floats
    sums: Floats

    @property
    def n(self) -> int:
        """The number of rows."""
        return int(self.sizes.sum())

    @property
    def clusters(self) -> int:
        """The number of clusters that have rows."""
        return int((self.sizes > 0).sum())

    @property
    def mean(self) -> float:
        """The mean of the rows; NaN of none."""
        return float(self.sums.sum() / self.sizes.sum()) if self.sizes.sum() else float("nan")

    @property
    def influence(self) -> Floats:
        """What each cluster adds to the error of the mean, adjusted for its own share (CR2)."""
        part = self.sizes / self.sizes.sum()
        adjust = 1 / np.sqrt(np.maximum(1 - part, 1e-12))
        influence: Floats = (self.sums - self.sizes * self.mean) * adjust / self.sizes.sum()
        return influence

    @property
    def freedom(self) -> float:
        """The degrees of freedom of the mean's error."""
        own = self.sizes[self.sizes > 0]
        return satterthwaite(own, self.n) if len(own) > 1 else 0.0


@dataclass(frozen=True)
class Contrast:
    """A difference with its interval, which holds for all ``compared`` at once.

    ``p`` is corrected likewise. ``factor`` times ``error`` is half the interval. NaN where the
    groups have no spread or one cluster only.
    """

    value: float
    low: float
    high: float
    p: float
    error: float
    freedom: float
    factor: float
    compared: int

    @property
    def is_clear(self) -> bool:
        """Whether it is beyond chance."""
        return bool(self.p < MISSES)

    @property
    def is_known(self) -> bool:
        """Whether it has an interval."""
        return bool(np.isfinite(self.error) and self.error > 0)

    def within(self, margin: float | None) -> bool:
        """Whether it is shown to be smaller than ``margin`` either way."""
        return margin is not None and self.is_known and max(-self.low, self.high) < margin

    @property
    def would_show(self) -> float:
        """The least difference that four of five looks would have shown."""
        return float(self.factor + special.stdtrit(max(self.freedom, 1.0), POWER)) * self.error


def contrast(a: Group, b: Group, *, compared: int = 1) -> Contrast:
    """``a`` minus ``b``, corrected for so many comparisons at once (Bonferroni)."""
    value, error, freedom = _difference(a, b)
    if not error > 0:
        return _without_spread(a, b, compared)
    factor = float(special.stdtrit(freedom, 1 - MISSES / compared / 2))
    p = min(1.0, 2 * compared * float(special.stdtr(freedom, -abs(value) / error)))
    half = factor * error
    return Contrast(value, value - half, value + half, p, error, freedom, factor, compared)


def widest(high: Group, low: Group, *, groups: int) -> Contrast:
    """The difference of the highest and lowest of so many groups, chosen for being that."""
    value, error, freedom = _difference(high, low)
    if not error > 0:
        return _without_spread(high, low, groups)
    root = float(np.sqrt(2))
    factor = critical_range(MISSES, groups, freedom) / root
    p = exceeds(abs(value) / error * root, groups, freedom)
    half = factor * error
    return Contrast(value, value - half, value + half, p, error, freedom, factor, groups)


def _difference(a: Group, b: Group) -> tuple[float, float, float]:
    """The difference, its standard error (NaN: unknown) and degrees of freedom."""
    value = a.mean - b.mean
    freedoms = a.freedom, b.freedom
    if not min(freedoms) > 0:
        return value, float("nan"), 0.0
    own = float((a.influence**2).sum()), float((b.influence**2).sum())
    variance = float(((a.influence - b.influence) ** 2).sum())
    if not sum(own) > 1e-18:
        return value, float("nan"), 0.0
    freedom = sum(own) ** 2 / sum(part**2 / free for part, free in zip(own, freedoms, strict=True))
    return value, float(np.sqrt(variance)), max(freedom, 1.0)


def _without_spread(a: Group, b: Group, compared: int) -> Contrast:
    """A difference of groups in which all values are equal: clear by a sign test, or unknown."""
    nan, value = float("nan"), a.mean - b.mean
    clusters = min(a.clusters, b.clusters)
    are_equal = abs(value) <= 1e-12 * max(abs(a.mean), abs(b.mean))
    p = 1.0 if are_equal or clusters < 2 else min(1.0, compared * 2 * 0.5**clusters)
    return Contrast(value, nan, nan, p, nan, 0.0, nan, compared)


def heterogeneity(values: Floats, errors: Floats, freedoms: Floats) -> float:
    """The probability that equal effects would differ as much: Welch's test."""
    many = len(values)
    if many < 2:
        return 1.0
    weight = 1 / errors**2
    share = weight / weight.sum()
    middle = (share * values).sum()
    squares = float((weight * (values - middle) ** 2).sum()) / (many - 1)
    lack = float(((1 - share) ** 2 / np.maximum(freedoms, 1.0)).sum())
    f = squares / (1 + 2 * (many - 2) / (many**2 - 1) * lack)
    return float(special.fdtrc(many - 1, (many**2 - 1) / (3 * lack), f))


@dataclass(frozen=True)
class Shrunken:
    """Effects drawn towards their common one, the more the less they are known."""

    values: Floats
    errors: Floats
    common: float


def shrink(values: Floats, errors: Floats) -> Shrunken:
    """Empirical Bayes: B. Efron and C. Morris 1975; the spread by Paule and Mandel 1982."""
    chance = errors**2
    between = float(between_people(values[None], chance, np.ones((1, len(values)), bool), 0.0)[0])
    weight = 1 / (chance + between)
    common = float((weight * values).sum() / weight.sum())
    trust = between / (between + chance)
    spread = errors * np.sqrt(trust) if between > 0 else np.zeros(len(values))
    of_common = float(1 / np.sqrt(weight.sum()))
    shrunken = common + trust * (values - common)
    error = np.sqrt(spread**2 + ((1 - trust) * of_common) ** 2)
    return Shrunken(shrunken, error, common)


def groups_by_cluster(
    rows: Sequence[tuple[object, object, float, float]],
) -> tuple[dict[object, Group], list[object]]:
    """The groups of rows of (group, cluster, size, sum), and the clusters in their order."""
    clusters = {cluster: at for at, cluster in enumerate(dict.fromkeys(row[1] for row in rows))}
    names = list(dict.fromkeys(row[0] for row in rows))
    sizes = {name: np.zeros(len(clusters)) for name in names}
    sums = {name: np.zeros(len(clusters)) for name in names}
    for name, cluster, size, total in rows:
        sizes[name][clusters[cluster]] += size
        sums[name][clusters[cluster]] += total
    return {name: Group(sizes[name], sums[name]) for name in names}, list(clusters)
