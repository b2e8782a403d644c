"""How many labelled rows are needed to show something, before there are any. One-sided, by the normal formulas.

Each returns a number of rows as it comes out; whoever tells rounds up. ``confidence`` is one-sided, such as 0.95, and
``power`` the probability to succeed if things are as planned.
"""

import math

import numpy as np

from payoff.stats.distributions import normal_cdf, normal_ppf

POWER = 0.8
MOST_ROWS = 1e15
"""Beyond it no number of rows is said to do."""

# Nodes and weights of an expectation over a standard normal number; smooth integrands need far fewer.
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(80)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


def rows_for_mean(gap: float, spread: float, confidence: float, power: float = POWER) -> float:
    """Return the rows that show a mean to be above a limit: ((z_a + z_b) sd / gap)^2; infinite without a gap.

    Parameters
    ----------
    gap : planned mean less the limit.
    spread : standard deviation per row.

    >>> math.ceil(rows_for_mean(1.0, 1.0, 0.95, 0.90))  # 8.6: R's power.t.test, which knows no sd, says 10
    9
    """
    return math.inf if gap <= 0.0 else (_deviates(confidence, power) * spread / gap) ** 2


def rows_for_share(planned: float, limit: float, confidence: float, power: float = POWER) -> float:
    """Return the rows that show one proportion to be above a limit; infinite where it is planned no higher.

    (z_a sqrt(p0 (1 - p0)) + z_b sqrt(p1 (1 - p1)))^2 / (p1 - p0)^2: Fleiss, Levin, Paik (2003), Statistical Methods
    for Rates and Proportions, chapter 2.

    >>> math.ceil(rows_for_share(0.6, 0.5, 0.95))
    153
    """
    if planned <= limit:
        return math.inf
    spreads = math.sqrt(limit * (1.0 - limit)), math.sqrt(planned * (1.0 - planned))
    return _combined(spreads, planned - limit, confidence, power)


def rows_for_auc(
    planned: float, least: float, prevalence: float, confidence: float, power: float = POWER
) -> float:
    """Return the rows of both classes together that show an AUC to be above a limit; infinite where it is not.

    Variances at the limit and at the planned AUC (:func:`auc_variance`): Hanley and McNeil (1982),
    https://doi.org/10.1148/radiology.143.1.7063747. Positives are the prevalence of the rows.

    >>> rows_for_auc(0.7, 0.7, 0.1, 0.95)
    inf
    """
    if planned <= least:
        return math.inf

    def is_enough(rows: float) -> bool:
        z_a, z_b = (float(normal_ppf(np.float64(p))) for p in (confidence, power))
        low, high = (math.sqrt(auc_variance(auc, rows, prevalence)) for auc in (least, planned))
        return z_a * low + z_b * high <= planned - least

    few, many = 2.0 / min(prevalence, 1.0 - prevalence), MOST_ROWS
    if is_enough(few) or not is_enough(many):
        return few if is_enough(few) else math.inf
    while many - few > 1e-9 * many:
        middle = math.sqrt(few * many)
        few, many = (few, middle) if is_enough(middle) else (middle, many)
    return many


def auc_variance(auc: float, rows: float, prevalence: float) -> float:
    """Return the variance of an AUC from rows of which the prevalence are positive, for binormal scores.

    Hanley and McNeil's formula with the two probabilities that it asks for worked out for normal scores of equal
    spread, where both are E Phi(d + Z)^2; their own approximation of them is for exponential scores and up to half as
    large again where positives are few.

    >>> round(auc_variance(0.5, 4.0, 0.5), 12)  # of two and two: 5 / 48, as of Wilcoxon's statistic without ties
    0.104166666667
    """
    positives, negatives = rows * prevalence, rows * (1.0 - prevalence)
    both = float(_WEIGHTS @ normal_cdf(math.sqrt(2.0) * normal_ppf(auc) + _NODES) ** 2)
    pairs = (positives + negatives - 2.0) * (both - auc**2)
    return (auc * (1.0 - auc) + pairs) / (positives * negatives)


def _deviates(confidence: float, power: float) -> float:
    return float(normal_ppf(np.array([confidence, power])).sum())


def _combined(spreads: tuple[float, float], gap: float, confidence: float, power: float) -> float:
    z_a, z_b = (float(normal_ppf(np.float64(p))) for p in (confidence, power))
    return ((z_a * spreads[0] + z_b * spreads[1]) / gap) ** 2
