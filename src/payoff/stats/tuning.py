"""The honest point of a tuned threshold: chosen on some groups, valued on the others.

The gain of the best threshold on the rows that chose it is optimistic: it is the largest of many noisy
numbers. Choosing on 19 groups and valuing on the twentieth, in turn, removes that bias of the point. It does
*not* give an interval: the folds' thresholds jump together, and mean +- 1.96 pooled standard errors covers
76% instead of 95% where the score has no skill. The interval is the simultaneous band
(``payoff.stats.band``).

Leeflang, Moons, Reitsma, Zwinderman (2008). Bias in sensitivity and specificity caused by data-driven
selection of optimal cutoff values. Clinical Chemistry 54(4), 729-737.
https://doi.org/10.1373/clinchem.2007.096032
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from payoff.stats.contrast import Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CrossFit:
    """What tuning gives honestly, beside what it claims. Cuts are indices into the candidates, ascending.

    Attributes
    ----------
    value : mean gain with every group decided by the cut that the other groups chose; NaN where one group holds all
        rows.
    chosen : (G,) that cut by group; -1 where a group is empty, or no other holds a row to choose it by.
    claimed, claimed_cut : the largest mean gain on all rows, and its cut.
    flat_low, flat_high : the first and last of the adjacent cuts around it whose gain is less than one
        standard error of the paired difference below it; that cut alone where one group tells no error.
    """

    value: float
    chosen: NDArray[np.int64]
    claimed: float
    claimed_cut: int
    flat_low: int
    flat_high: int

    @property
    def is_honest(self) -> bool:
        """Return whether any group was decided by what others chose."""
        return bool((self.chosen >= 0).any())


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfSplit:
    """A cut chosen on the even groups, and its mean gain on the odd ones."""

    chosen: int
    value: float


def cross_fit(gains: Floats, weights: Floats) -> CrossFit:
    """Choose by the other groups, value on this one, pool.

    Parameters
    ----------
    gains : (G, T) weighted sum of the gain over the baseline by group, under every candidate cut.
    weights : (G,) sum of weights (rows) by group; empty groups are 0 and left out.

    Where fewer than two groups hold a row nothing is left to choose on: what the best cut claims is told alone.

    Of equal gains the highest cut is chosen: it acts on the fewest rows.

    >>> fit = cross_fit(np.array([[3.0, 0.0], [1.0, 2.0]]), np.array([1.0, 1.0]))
    >>> fit.value, fit.claimed  # group 0 is decided by cut 1, group 1 by cut 0
    (0.5, 2.0)
    """
    full = np.flatnonzero(weights > 0)
    total, weight = gains.sum(axis=0), weights.sum()
    best = int(_highest_best(total[None])[0])
    chosen, value, (low, high) = np.full(len(weights), -1, np.int64), math.nan, (best, best)
    if len(full) > 1:
        others = (total - gains[full]) / (weight - weights[full])[:, None]
        chosen[full] = _highest_best(others)
        value = float(gains[full, chosen[full]].sum() / weight)
        low, high = _flat(gains, weights, best)
    return CrossFit(
        value=value,
        chosen=chosen,
        claimed=float(total[best] / weight),
        claimed_cut=best,
        flat_low=low,
        flat_high=high,
    )


def half_split(gains: Floats, weights: Floats) -> HalfSplit:
    """Choose on the even groups, value on the odd: for files too small for a band.

    The caller judges the odd groups' own moments at ``chosen`` as a fixed rule, tier A- at most
    (``Circumstances(least_widening=2)``). Parameters as in :func:`cross_fit`.

    Raises
    ------
    ValueError
        When the even groups or the odd ones hold no row.

    >>> half_split(np.array([[3.0, 0.0], [1.0, 2.0]]), np.array([1.0, 1.0]))
    HalfSplit(chosen=0, value=1.0)
    """
    if not (weights[0::2].sum() > 0 and weights[1::2].sum() > 0):
        raise ValueError("a half-split needs rows in even and in odd groups")
    chosen = int(_highest_best(gains[0::2].sum(axis=0)[None])[0])
    return HalfSplit(chosen=chosen, value=float(gains[1::2, chosen].sum() / weights[1::2].sum()))


def _highest_best(gains: Floats) -> NDArray[np.int64]:
    """Return the last index of each row's maximum."""
    return np.asarray(gains.shape[1] - 1 - np.argmax(gains[:, ::-1], axis=1), np.int64)


def _flat(gains: Floats, weights: Floats, best: int) -> tuple[int, int]:
    """Return the ends of the run of cuts around ``best`` that one standard error cannot tell from it."""
    full = weights > 0
    groups, weight = int(full.sum()), weights.sum()
    below = gains[:, [best]] - gains
    gap = below.sum(axis=0) / weight
    residual = below - weights[:, None] * gap
    stderr = np.sqrt(groups / (groups - 1) * (residual[full] ** 2).sum(axis=0)) / weight
    steep = np.flatnonzero(gap > stderr)
    low = steep[steep < best].max(initial=-1) + 1
    high = steep[steep > best].min(initial=gains.shape[1]) - 1
    return int(low), int(high)
