"""The best of several: at what level each of several intervals must hold, for all of them to hold at once.

Whoever picks the best of several candidates on the rows that judge them reads the largest of several noisy numbers.
Intervals that hold for all candidates at once hold for whichever was picked, by whatever rule. The draws of candidates
that decide the same rows move together, so the level follows from the maxima of their joint multiplier process
(``payoff.stats.band``), and lies between that of one interval and Bonferroni's.

Chernozhukov, Chetverikov, Kato (2013). https://doi.org/10.1214/13-AOS1161
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from payoff.stats.band import critical_value, multiplier_maxima_from_covariance
from payoff.stats.contrast import Floats
from payoff.stats.distributions import normal_cdf

SEED = 20_260_101
# Candidates whose gains are as good as never apart are one: the correlation of their rows' contributions lacks no more.
ALIKE = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """Two-sided levels: ``joint`` of every candidate that the covariance holds, ``apart`` of every other one."""

    joint: float
    apart: float


def levels_of_each(covariance: Floats, apart: int, level: float, seed: int = SEED) -> Levels:
    """Return the levels at which every interval must stand for all of them to hold at once at ``level``.

    Parameters
    ----------
    covariance : (T, T) sum over units of psi psi' of fixed candidates on the same rows, as
        ``payoff.stats.contributions.covariance_between`` gives it; every candidate must vary.
    apart : further candidates of which no joint covariance is known, such as tuned ones: they share the error with
        the others by their number (Bonferroni).
    level : two-sided, of all together: each of the two tails errs as often for any candidate as for one alone.
    seed : of the draws.

    Candidates that decide every row alike count once, so a copy costs nothing, and one candidate alone stands at
    ``level``. The order of candidates does not matter: they are sorted by how much they vary.

    >>> levels_of_each(np.array([[9.0]]), 0, 0.95)
    Levels(joint=0.95, apart=0.95)
    >>> both = levels_of_each(np.array([[9.0]]), 1, 0.95)
    >>> round(both.joint, 12), round(both.apart, 12)
    (0.975, 0.975)
    """
    kept = _distinct(covariance)
    count, tail = len(kept) + apart, (1.0 - level) / 2.0
    if count <= 1:
        return Levels(joint=level, apart=level)
    one = 1.0 - (1.0 - level) / count
    if len(kept) < 2:
        return Levels(joint=one, apart=one)
    maxima = multiplier_maxima_from_covariance(covariance[np.ix_(kept, kept)], seed)
    critical = critical_value(maxima, len(kept), tail * len(kept) / count)
    return Levels(joint=1.0 - 2.0 * float(normal_cdf(np.float64(-critical))), apart=one)


def _distinct(covariance: Floats) -> NDArray[np.intp]:
    """Return the candidates that differ from all before them, in the order of their variance."""
    root = np.sqrt(np.diagonal(covariance))
    scale = np.outer(root, root)
    # Those that do not vary are alike, and like no other.
    still = np.equal.outer(root, root).astype(np.float64)
    correlation = np.divide(covariance, scale, out=still, where=scale > 0.0)
    order = np.lexsort((correlation.sum(axis=0).round(9), root))
    kept: list[int] = []
    for one in order:
        if all(correlation[one, other] < 1.0 - ALIKE for other in kept):
            kept.append(int(one))
    return np.array(kept, dtype=np.intp)
