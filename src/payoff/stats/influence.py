"""Intervals of numbers that are smooth in the shares of rows by score and outcome, by linearisation.

A number T of independent rows moves with the share of rows in a cell; its derivative by that share, less its mean
over the rows, is the influence of a row there, and

    SE^2 = n / (n - 1) sum of w^2 influence^2 / (sum of w)^2

(the infinitesimal jackknife). Where the share of each outcome is given, the mean is that of the rows of its outcome and
n / (n - 1) is theirs. Where T is a minimum or a maximum over thresholds or over monotone curves, its
derivative is the one at the optimum, held fixed (Danskin).

Efron (1982). The Jackknife, the Bootstrap and Other Resampling Plans. https://doi.org/10.1137/1.9781611970319
Milgrom, Segal (2002). Envelope theorems. https://doi.org/10.1111/1468-0262.00296
"""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from payoff.stats.distributions import normal_ppf
from payoff.stats.estimates import Interval
from payoff.stats.jackknife import Scale, scaled_bounds
from payoff.stats.ranking import ScoreCells
from payoff.stats.resolved import spread_left

Floats = NDArray[np.float64]
TINY = float(np.finfo(np.float64).tiny)
# Below so many rows of the rarer outcome the normal interval of a linearised number is a rough guide.
FEW_EVENTS = 10
ROUGH = "rough: fewer than 10 rows of the rarer outcome"


def linearised_stderr(cells: ScoreCells, of_positives: Floats, of_negatives: Floats) -> float:
    """Return the standard error of a number from the influence of its rows.

    Parameters
    ----------
    cells : by score; rows must be independent.
    of_positives, of_negatives : (k,) derivative by the share of positives, of negatives, in each cell; centred here.

    >>> one = np.ones(1)
    >>> both = ScoreCells(score=one, positive=2 * one, negative=2 * one, positive_squared=2 * one,
    ...     negative_squared=2 * one, positives=2, negatives=2)
    >>> round(linearised_stderr(both, one, 0 * one) ** 2, 12)  # of the share of positives: 1/4 / (4 - 1)
    0.083333333333
    """
    weight = np.concatenate([cells.positive, cells.negative])
    squared = np.concatenate([cells.positive_squared, cells.negative_squared])
    moves = np.concatenate([of_positives, of_negatives])
    rows, total = cells.positives + cells.negatives, float(weight.sum())
    if rows < 2:
        return 0.0
    if cells.stratified:
        risen = within_outcomes(squared, (cells.positives, cells.negatives))
        return math.sqrt(spread_left(risen, about_outcomes(weight, moves), moves)) / total
    centred = moves - float(weight @ moves) / total
    return math.sqrt(spread_left(squared, centred, moves) * rows / (rows - 1)) / total


def about_outcomes(weight: Floats, moves: Floats) -> Floats:
    """Return (2 k,) numbers of positives, then of negatives, less the mean of their outcome.

    >>> about_outcomes(np.ones(4), np.array([1.0, 3.0, 10.0, 20.0])).tolist()
    [-1.0, 1.0, -5.0, 5.0]
    """
    held, x = weight.reshape(2, -1), moves.reshape(2, -1)
    mean = (held * x).sum(axis=1, keepdims=True) / np.maximum(held.sum(axis=1, keepdims=True), TINY)
    return np.asarray((x - mean).ravel())


def within_outcomes(squared: Floats, rows: tuple[int, int]) -> Floats:
    """Return (2 k,) squared weights, those of each outcome times n / (n - 1) of its rows; 0 of a single row."""
    n = np.array(rows, dtype=np.float64)[:, None]
    rise = np.divide(n, n - 1.0, out=np.zeros((2, 1)), where=n > 1)
    return np.asarray((squared.reshape(2, -1) * rise).ravel())


def with_interval(
    found: Interval, value: float, stderr: float, scale: Scale = "plain", note: str | None = None
) -> Interval:
    """Return ``found`` with a number and its normal interval on ``scale``; without one where it shows no error.

    With fewer than ten rows of the rarer outcome the tier is C, and the note says why.
    """
    if not stderr > 0.0:
        reason = "no interval: the rows show no error"
        return replace(found, value=value, note=f"{reason}; {note}" if note else reason, tier="C")
    low, high = scaled_bounds(value, stderr, float(normal_ppf(0.5 + found.level / 2.0)), scale)
    few = (found.events or 0) < FEW_EVENTS
    notes = [note, ROUGH if few else None]
    return replace(
        found,
        value=value,
        low=low,
        high=high,
        stderr=stderr,
        tier="C" if few else "A",
        note="; ".join(part for part in notes if part) or None,
    )
