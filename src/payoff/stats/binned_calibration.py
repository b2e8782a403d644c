"""Calibration by bins of equal mass: the debiased root mean square gap of outcome and score.

In every bin the squared gap of mean outcome and mean score is too large by the variance of the mean outcome, whether
or not the score is right. That variance is estimated, m (1 - m) / (n - 1) for n rows of mean outcome m, and taken off.
What is left may be negative, which says no more than that none is shown. There is no interval: near zero, where it
matters, none is known to hold. Instead the number is held against what right scores would show.

Kumar, Liang, Ma (2019). https://doi.org/10.48550/arXiv.1909.10155
Broecker, Smith (2007), draws under a right forecast. https://doi.org/10.1175/WAF993.1
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from payoff.stats.estimates import Interval
from payoff.stats.kish import kish
from payoff.stats.ranking import NO_ROWS, ScoreCells, undefined

Floats = NDArray[np.float64]
BINS = 15
PARTS = 100
NULL_DRAWS = 400
SEED = 20_251_125


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bins:
    """Cells of like score together. All arrays are (b,), in rising order.

    Attributes
    ----------
    start : first cell of each bin.
    weight : of its rows.
    score, outcome : means over its rows.
    noise : variance of the mean outcome, m (1 - m) / (n - 1); with weights by sums of squared ones; 0 of one row.
    within : variance of the scores less twice their covariance with the outcome.
    """

    start: NDArray[np.intp]
    weight: Floats
    score: Floats
    outcome: Floats
    noise: Floats
    within: Floats


def equal_mass(cells: ScoreCells, bins: int = BINS) -> Bins:
    """Return at most ``bins`` bins of whole cells, each as near to an equal share of the weight as its cells allow.

    A cell goes where the middle of its mass lies. No more cells than bins are bins of their own, as Murphy (1973)
    takes them. Cells must hold rows.

    >>> one = np.ones(4)
    >>> equal_mass(ScoreCells(score=one.cumsum() / 5, positive=one, negative=one, positive_squared=one,
    ...     negative_squared=one, positives=4, negatives=4), 2).score.round(2).tolist()
    [0.3, 0.7]
    """
    weight = cells.positive + cells.negative
    middle = (np.cumsum(weight) - weight / 2.0) / weight.sum()
    held = np.flatnonzero(weight > 0.0)
    number = np.minimum(np.floor(middle[held] * bins), bins - 1)
    if len(held) <= bins:
        number = np.arange(len(held), dtype=np.float64)
    start = np.flatnonzero(np.concatenate([[True], number[1:] != number[:-1]]))

    def summed(column: Floats) -> Floats:
        return np.asarray(np.add.reduceat(column[held], start), dtype=np.float64)

    up, down = cells.score_of_positives, cells.score_of_negatives
    mass, hits = summed(weight), summed(cells.positive)
    first = summed(cells.positive * up + cells.negative * down)
    spread = cells.variances
    second = summed(cells.positive * (up**2 + spread[0]) + cells.negative * (down**2 + spread[1]))
    outcome, score = hits / mass, first / mass
    covariance = summed(cells.positive * up) / mass - outcome * score
    squares = summed(cells.positive_squared + cells.negative_squared)
    rows = kish(mass, squares)
    # Squared weights by outcome: sum of w^2 (y - m)^2 is exact.
    off = summed(cells.positive_squared) * (1.0 - outcome) ** 2 + summed(cells.negative_squared) * outcome**2
    several = rows > 1.0
    noise = np.where(several, off / mass**2 * rows / np.where(several, rows - 1.0, 1.0), 0.0)
    return Bins(
        start=held[start],
        weight=mass,
        score=score,
        outcome=outcome,
        noise=noise,
        within=second / mass - score**2 - 2.0 * covariance,
    )


def squared_error(bins: Bins) -> float:
    """Return the debiased mean squared gap of mean outcome and mean score, which may be negative."""
    return float(bins.weight @ ((bins.outcome - bins.score) ** 2 - bins.noise)) / float(bins.weight.sum())


def binned_calibration_error(cells: ScoreCells, level: float = 0.95, bins: int = BINS) -> Interval:
    """Return the debiased root mean square gap of mean outcome and mean score over equal-mass bins, without interval.

    Parameters
    ----------
    cells : of probabilities, by score; rows must be independent.
    level : of the limit that luck alone stays below.
    bins : at most so many, of whole cells.

    It is 0 where the debiased square is not positive; the note then says so, and what right scores would show in
    any case (``NULL_DRAWS`` seeded draws of the outcomes). What happens within a bin is not seen.
    """
    if not (cells.positive + cells.negative).sum() > 0.0:
        return undefined(cells, level, "debiased_bins", NO_ROWS)
    held = equal_mass(cells, bins)
    square = squared_error(held)
    luck = _by_luck(cells, held, bins)
    above = math.sqrt(max(float(np.quantile(luck, level)), 0.0))
    p = (1 + int((luck >= square).sum())) / (NULL_DRAWS + 1)
    note = f"no interval: {len(held.weight)} bins; by luck alone up to {above:.2g} ({level:.0%}), p = {p:.3f}"
    if square <= 0.0:
        note = f"none is shown: the debiased square is {square:.1g}; {note}"
    return replace(undefined(cells, level, "debiased_bins", note), value=math.sqrt(max(square, 0.0)))


def _by_luck(cells: ScoreCells, held: Bins, bins: int) -> Floats:
    """Return the debiased square in draws of which the scores are right.

    Outcomes are drawn by neighbourhoods of one bin, ``PARTS`` to a bin, so that its scores may differ. With weights
    a neighbourhood counts as the rows that it is worth.
    """
    generator = np.random.default_rng(SEED)
    fine, own = equal_mass(cells, PARTS * bins), np.add.reduceat
    inside = np.searchsorted(fine.start, held.start)
    squares = cells.positive_squared + cells.negative_squared
    rows = np.maximum(np.rint(kish(fine.weight, own(squares, fine.start))), 1.0)
    right = np.clip(fine.score, 0.0, 1.0)
    drawn = generator.binomial(rows.astype(np.int64), right, (NULL_DRAWS, len(rows))) / rows * fine.weight
    rate = own(drawn, inside, axis=1) / held.weight
    worth = kish(held.weight, own(squares, held.start))
    noise = rate * (1.0 - rate) / np.maximum(worth - 1.0, 1.0)
    return np.asarray(((rate - held.score) ** 2 - noise) @ held.weight / held.weight.sum())
