"""What isotonic pooling says of every row, and how much it flatters: the optimism of a fit to its own rows.

Isotonic regression gives each cell the rate r of its block; that is also the share of positives on the convex hull of
the ROC curve. The mean of a proper score at r is too good, since r follows the rows' own luck. For a score whose
excess at a rate off by e is (1/2) w(r) e^2, and noise of variance s, let D be the number of blocks. The projection's
squared length has expectation with derivative E D by s (the heat equation), and D falls as s^(-1/3) where true rates
rise (Groeneboom), so that the optimism is

    3/2 * sum over blocks of (1/2) w(r) * variance of r * share of rows.

Where true rates are level the factor is 1, but there blocks are few and the difference is small.

Meyer, Woodroofe (2000), degrees of freedom in shape-restricted regression. Annals of Statistics 28(4).
Groeneboom, Jongbloed (2014). Nonparametric Estimation under Shape Constraints. https://doi.org/10.1017/CBO9781139020893
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from payoff.stats.calibration import isotonic
from payoff.stats.ranking import ScoreCells

Floats = NDArray[np.float64]
RISING = 1.5
LEFT_OUT, KEPT = "which the interval leaves out", "which the interval keeps"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pooled:
    """The isotonic regression of outcomes on scores.

    Attributes
    ----------
    rate : (k,) of positives in the block of each cell, rising; 0 in cells without rows.
    block_rate : (b,) of each block.
    block_noise : (b,) variance of that rate, were its rows alike, times the block's share of all rows.
    """

    rate: Floats
    block_rate: Floats
    block_noise: Floats


def pooled(cells: ScoreCells) -> Pooled:
    """Return the isotonic regression; cells must hold rows, which are independent.

    >>> one = np.ones(2)
    >>> found = pooled(ScoreCells(score=np.array([0.1, 0.9]), positive=one, negative=one, positive_squared=one,
    ...     negative_squared=one, positives=2, negatives=2))
    >>> found.rate.tolist(), found.block_noise.tolist()  # 1/2 (1 - 1/2) / 4 rows
    ([0.5, 0.5], [0.0625])
    """
    weight = cells.positive + cells.negative
    held = np.flatnonzero(weight > 0.0)
    starts, rates = isotonic(cells.positive[held], weight[held])
    out = np.zeros(len(weight))
    out[held] = np.repeat(rates, np.diff(np.append(starts, len(held))))
    squared = np.add.reduceat((cells.positive_squared + cells.negative_squared)[held], starts)
    own = np.add.reduceat(weight[held], starts)
    return Pooled(
        rate=out, block_rate=rates, block_noise=rates * (1.0 - rates) * squared / own / float(weight.sum())
    )


def optimism(fit: Pooled, curvature: Callable[[Floats], Floats]) -> float:
    """Return how much too low the mean of a proper score is at the pooled rates.

    Parameters
    ----------
    curvature : w(r), the second derivative of the score's expectation about a right rate r; 2 for the Brier score.
    """
    return RISING / 2.0 * float(curvature(fit.block_rate) @ fit.block_noise)


def hull_rates(cells: ScoreCells) -> Floats:
    """Return (k,) the share of positives on the ROC curve's hull where each cell lies on it; rising with the score.

    >>> one = np.ones(2)
    >>> hull_rates(ScoreCells(score=np.array([0.1, 0.9]), positive=one, negative=one, positive_squared=one,
    ...     negative_squared=one, positives=2, negatives=2)).tolist()
    [0.5, 0.5]
    """
    return pooled(cells).rate
