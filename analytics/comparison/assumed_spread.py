"""Where one more person of a team would lie, where people of any team are known to differ little.

Of seven others' own values nobody can tell how much people ordinarily differ: the limits of
``spread.predict`` allow for any spread, and are wide. Where it is known beforehand that a large
spread is unlikely, what the others show is weighed with that (C. Röver, R. Bender, S. Dias, C. H.
Schmid, H. Schmidli, S. Sturtz, S. Weber, T. Friede, "On weakly informative prior distributions for
the heterogeneity parameter in Bayesian random-effects meta-analysis", Research Synthesis Methods
12, 2021). The variance of one more person is then a mixture, which is summed up as the scaled
inverse chi-squared distribution with its mean and variance: its quantiles are Student's.
"""

import numpy as np

from analytics.comparison.spread import Prediction
from analytics.comparison.work import Flags, Floats

#: Standard deviations between people that are tried, in units of the assumed one.
TRIED = np.linspace(0.0, 3.5, 36)
#: With more degrees of freedom Student's distribution is the normal one.
MAX_FREEDOM = 200.0


def predict_assuming(
    y: Floats,
    chance: Floats,
    others: Flags,
    *,
    assumed_sd: float,
    min_variance: float,
    unit_chance: float = 0.0,
    leverage: Floats | None = None,
    expected_variance: Floats | None = None,
    rows: slice = slice(None),
) -> Prediction:
    """Where each person of ``rows`` would lie, given the others; see ``spread.predict``.

    ``assumed_sd``: people's standard deviation is less than this in 68 of 100 teams, and less than
    twice as much in 95 (half-normal).
    """
    between = np.maximum((TRIED * assumed_sd) ** 2, min_variance)
    values, counted = np.where(others, y, 0.0), others.astype(np.float64)
    # Each of the following has a row a person and a column for each variance that is tried.
    variance = chance[:, None] + between
    total = counted @ (1 / variance)
    middle = (values @ (1 / variance)) / total
    squares = (values**2) @ (1 / variance) - total * middle**2
    log_density = -0.5 * (counted @ np.log(variance) + np.log(total) + squares + TRIED**2)
    weight = np.exp(log_density - log_density.max(axis=1, keepdims=True))
    weight /= weight.sum(axis=1, keepdims=True)
    centre = (weight * middle).sum(axis=1)
    of_middle = 1 / total
    if leverage is not None and expected_variance is not None:
        leverages = (np.where(others, leverage, 0.0) ** 2).sum(axis=1)
        of_expected = unit_chance * expected_variance[:, None] + between * leverages[:, None]
        of_middle = np.maximum(of_middle, of_expected)
    whole = variance[rows] + of_middle + (middle - centre[:, None]) ** 2
    mean = (weight * whole).sum(axis=1)
    spread_of_variance = np.maximum((weight * whole**2).sum(axis=1) - mean**2, 1e-300)
    freedom = np.minimum(4 + 2 * mean**2 / spread_of_variance, MAX_FREEDOM)
    return Prediction(
        centre,
        np.sqrt(mean * (freedom - 2) / freedom),
        freedom,
        (weight * between).sum(axis=1),
        counted.sum(axis=1),
    )
