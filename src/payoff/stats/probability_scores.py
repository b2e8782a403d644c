"""How good probabilities are, row by row: the Brier score and the log loss, from cells of equal score.

Both are means of a loss per row, so that their error is that of a mean; it is skewed, hence Hall's bounds.

Brier (1950). https://doi.org/10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2
Hall (1992). Journal of the Royal Statistical Society B 54(1), 221-228.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from payoff.stats.estimates import Interval
from payoff.stats.kish import kish
from payoff.stats.ranking import NO_ROWS, ScoreCells, undefined
from payoff.stats.weighted_means import by_outcome, mean_of_rows

Floats = NDArray[np.float64]
# As scikit-learn: a certain forecast is read as this far from certain.
EPSILON = float(np.finfo(np.float64).eps)


def brier_score(cells: ScoreCells, level: float = 0.95) -> Interval:
    """Return the mean of (outcome - score)^2, with Hall's interval. Rows must be independent.

    >>> one = np.ones(2)
    >>> brier_score(ScoreCells(score=np.array([0.0, 1.0]), positive=one, negative=one,
    ...     positive_squared=one, negative_squared=one, positives=2, negatives=2)).value
    0.5
    """
    positive, negative = cells.variances
    if_positive = (1.0 - cells.score_of_positives) ** 2 + positive
    return _mean_loss(cells, if_positive, cells.score_of_negatives**2 + negative, level)


def log_loss(cells: ScoreCells, level: float = 0.95) -> Interval:
    """Return the mean of -log(probability given to what happened), with Hall's interval.

    Scores are clipped to [EPSILON, 1 - EPSILON]. A row that was called impossible and happened would make the
    loss infinite: it is counted in the note and takes the interval's trust away.

    >>> one = np.ones(1)
    >>> round(log_loss(ScoreCells(score=np.array([0.5]), positive=one, negative=one,
    ...     positive_squared=one, negative_squared=one, positives=1, negatives=1)).value, 6)
    0.693147
    """
    hit = np.clip(cells.score_of_positives, EPSILON, 1.0 - EPSILON)
    miss = np.clip(cells.score_of_negatives, EPSILON, 1.0 - EPSILON)
    positive, negative = cells.variances
    # Within a cell of a grid the logarithm is taken about the mean, to the second order.
    if_positive = -np.log(hit) + positive / (2.0 * hit**2)
    if_negative = -np.log1p(-miss) + negative / (2.0 * (1.0 - miss) ** 2)
    found = _mean_loss(cells, if_positive, if_negative, level)
    wrong = _clipped(cells.positive, cells.positive_squared, cells.score < EPSILON)
    wrong += _clipped(cells.negative, cells.negative_squared, cells.score > 1.0 - EPSILON)
    if wrong == 0 or found.value is None:
        return found
    note = (
        f"{wrong:,} clipped rows were called impossible and happened: the loss rests on the clip at 2.2e-16"
    )
    return replace(found, tier="C", note=note)


def _clipped(weight: Floats, squared: Floats, where: NDArray[np.bool_]) -> int:
    """Return the rows in some cells: exact when unweighted, else by Kish's effective rows, at least one."""
    total, square = float(weight[where].sum()), float(squared[where].sum())
    return max(round(float(kish(total, square))), 1) if square > 0.0 else 0


def _mean_loss(cells: ScoreCells, if_positive: Floats, if_negative: Floats, level: float) -> Interval:
    """Return the weighted mean of a loss known by score and outcome."""
    found = undefined(cells, level, "hall_mean", NO_ROWS)
    if found.rows == 0 or not (cells.positive.sum() + cells.negative.sum()) > 0.0:
        return found
    return mean_of_rows(
        found, by_outcome(cells), np.concatenate([if_positive, if_negative]), min(cells.worth)
    )
