"""Net benefit of one score less that of another at one threshold probability, on the same rows.

With A and B = 1 where the first and the second score are at least t, a row adds (y - (1 - y) t / (1 - t)) (A - B): only
rows that the two decide differently count, and the error is that of a mean over rows (``payoff.stats.net_benefit``).
"""

import numpy as np
from numpy.typing import NDArray

from payoff.stats.contrast import Contrast
from payoff.stats.kish import kish
from payoff.stats.paired_scores import PairCells

Floats = NDArray[np.float64]


def net_benefit_gap(pairs: PairCells, threshold: float, *, stratified: bool = False) -> Contrast:
    """Return the difference with its moments, as one rule of one part.

    Parameters
    ----------
    pairs : known rows by both scores, exact ones; rows must be independent.
    threshold : from 0 on and below 1.
    stratified : whether prevalence is given and weights make it so: rows of each outcome are then a sample of their
        own, and no doubt of prevalence is left.

    Raises
    ------
    ValueError
        For a threshold outside [0, 1), or where there are not two rows.

    >>> one = np.ones(2)
    >>> both = PairCells(first=np.array([0.9, 0.9]), second=np.array([0.9, 0.1]), positive=2 * one, negative=one,
    ...     positive_squared=2 * one, negative_squared=one, positives=4, negatives=2)
    >>> float(net_benefit_gap(both, 0.5).mean[0, 0])  # two positives and a negative more, of six rows
    0.16666666666666666
    """
    if not 0.0 <= threshold < 1.0:
        raise ValueError("threshold probabilities lie from 0 on and below 1")
    rows = pairs.positives + pairs.negatives
    weight = np.stack([pairs.positive, pairs.negative])
    if rows < 2 or not weight.sum() > 0.0:
        raise ValueError("a difference of net benefit needs two rows")
    squared = np.stack([pairs.positive_squared, pairs.negative_squared])
    differs = (pairs.first >= threshold).astype(np.float64) - (pairs.second >= threshold)
    added = np.stack([differs, -differs * threshold / (1.0 - threshold)])
    mean = float((weight * added).sum() / weight.sum())
    centre = np.full((2, 1), mean)
    if stratified:
        sides = weight.sum(axis=1, keepdims=True)
        centre = (weight * added).sum(axis=1, keepdims=True) / np.where(sides > 0.0, sides, 1.0)
    away = added - centre
    counts = np.array([pairs.positives, pairs.negatives]) if stratified else np.array([rows, rows])
    spread = (squared * away**2).sum(axis=1) * counts / np.maximum(counts - 1, 1)
    variance = float(spread.sum()) / float(weight.sum()) ** 2
    second, third = (float((weight * away**power).sum() / weight.sum()) for power in (2, 3))
    units = max(round(float(kish(weight.sum(), squared.sum()))), 2)
    return Contrast(
        units=units,
        rows=rows,
        mean=np.array([[mean]]),
        covariance=np.array([[[variance * units]]]),
        # Cubes of weights are not in the cells: weights count as what they are worth.
        skewness=np.array([third / second**1.5 if second > 0.0 else 0.0]),
        deciding_events=np.array([_deciding(weight, squared, differs != 0.0)]),
        degrees_of_freedom=float(rows - 1),
    )


def _deciding(weight: Floats, squared: Floats, differs: NDArray[np.bool_]) -> int:
    """Return the rows decided differently of the rarer outcome, by Kish's number where they have weights."""
    held, square = (weight * differs).sum(axis=1), (squared * differs).sum(axis=1)
    return int(np.rint(kish(held, square)).min())
