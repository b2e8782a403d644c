"""Means of what a score says of every row, by score and outcome: Hall's interval, exact for any weights.

With x the row's number (a loss, or outcome less score), m the mean and w the weight, a row's influence is w (x - m), so
that the variance needs sums of w^2 and the skewness sums of w^3. The tier is that of METHODS' rule of A: 50 rows of the
rarer outcome, by weight Kish's, and r = |sum w^3 (x - m)^3| / (sum w^2 (x - m)^2)^(3/2) at most 0.40.

Hall (1992). Journal of the Royal Statistical Society B 54(1), 221-228.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from payoff.stats.distributions import t_ppf
from payoff.stats.estimates import Interval, Tier
from payoff.stats.influence import about_outcomes
from payoff.stats.kish import kish
from payoff.stats.means import hall_bounds
from payoff.stats.ranking import ScoreCells
from payoff.stats.resolved import spread_left
from payoff.stats.tiers import EVENTS_TO_JUDGE, too_few, widening

Floats = NDArray[np.float64]
TIERS: dict[int, Tier] = {0: "C", 1: "A"}
NOTES = {0: "the tail is too heavy for the interval", 1: None}
WIDENED = "widened for a heavy tail"
CUT = "the interval is cut at what is possible"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ByOutcome:
    """Sums of w, w^2 and w^3 of the positives of some cells, then of the negatives: (2 k,) each.

    ``rows`` are those of each outcome where their shares are given (``ScoreCells.stratified``), else None.
    """

    weight: Floats
    squared: Floats
    cubed: Floats
    rows: tuple[int, int] | None = None

    @property
    def kish(self) -> float:
        """Return the rows that the weights are worth; 0 where there is no weight."""
        return float(kish(self.weight.sum(), self.squared.sum()))


def by_outcome(cells: ScoreCells, held: slice = slice(None)) -> ByOutcome:
    """Return the sums over some cells."""
    positive, negative = cells.cubes
    return ByOutcome(
        weight=np.concatenate([cells.positive[held], cells.negative[held]]),
        squared=np.concatenate([cells.positive_squared[held], cells.negative_squared[held]]),
        cubed=np.concatenate([positive[held], negative[held]]),
        rows=(cells.positives, cells.negatives) if cells.stratified and held == slice(None) else None,
    )


def mean_of_rows(found: Interval, sums: ByOutcome, x: Floats, least: float) -> Interval:
    """Return ``found`` with the weighted mean of x and Hall's bounds, widened where the tail asks for it.

    Parameters
    ----------
    found : rows, events and level.
    sums : over the rows, one of whose weights at least is above 0.
    x : (2 k,) the number of the positives, then of the negatives, of each cell.
    least : events that the interval must rest on to be trusted; see :func:`rarer`.
    """
    total, rows = float(sums.weight.sum()), found.rows
    mean = float(sums.weight @ x) / total
    off = x - mean
    if sums.rows is not None:
        return _of_outcomes(found, sums, x, mean, least)
    square = spread_left(sums.squared, off, x)
    if rows < 2 or not square > 0.0:
        none = "no interval: one row" if rows < 2 else "no interval: rows do not differ"
        return replace(found, value=mean, note=none)
    ratio = float(sums.cubed @ off**3) / square**1.5
    stderr = math.sqrt(square * rows / (rows - 1)) / total
    made = _bounded(found, mean, stderr, ratio, rows, max(min(sums.kish, rows) - 1.0, 1.0))
    return few_rows(made, least, min(sums.kish, rows))


def _of_outcomes(found: Interval, sums: ByOutcome, x: Floats, mean: float, least: float) -> Interval:
    """Return the same where the share of each outcome is given: a stratified mean (``payoff.stats.centred``)."""
    total, rows = float(sums.weight.sum()), np.array(sums.rows, dtype=np.float64)
    off = about_outcomes(sums.weight, x)
    squares = (sums.squared * off * off).reshape(2, -1).sum(axis=1)
    square = spread_left(sums.squared, off, x)
    if rows.min() < 2 or not square > 0.0:
        none = "no interval: one row of an outcome" if rows.min() < 2 else "no interval: rows do not differ"
        return replace(found, value=mean, note=none)
    ratio = float(sums.cubed @ off**3) / square**1.5
    stderr = math.sqrt(float(squares @ (rows / (rows - 1.0)))) / total
    freedom = square**2 / float(squares**2 @ (1.0 / (rows - 1.0)))
    made = _bounded(found, mean, stderr, ratio, found.rows, freedom)
    return few_rows(made, least, float(rows.sum()))


def _bounded(
    found: Interval, mean: float, stderr: float, ratio: float, rows: int, freedom: float
) -> Interval:
    """Return a mean with Hall's bounds, which hold it; ``ratio`` is its skewness over the root of the rows."""
    factor = int(widening(abs(ratio)))
    quantile = float(t_ppf(1.0 - 0.5 * (1.0 - found.level) / max(factor, 1), freedom))
    low, high = hall_bounds(mean, stderr, ratio * math.sqrt(rows), rows, (-quantile, quantile))
    return replace(
        found,
        value=mean,
        low=min(float(low), mean),
        high=max(float(high), mean),
        stderr=stderr,
        tier=TIERS.get(factor, "A-"),
        note=NOTES.get(factor, WIDENED),
    )


def few_rows(found: Interval, events: float, units: float) -> Interval:
    """Return an interval without trust where it rests on too few rows of the rarer outcome, or on too few at all.

    Parameters
    ----------
    events : rows of the rarer outcome, those that weights leave; infinite where none are asked for.
    units : rows that the weights are worth.
    """
    enough = events >= EVENTS_TO_JUDGE
    few = (
        too_few(units) if enough else f"{events:.0f} rows of the rarer outcome, {EVENTS_TO_JUDGE} are needed"
    )
    if few is None:
        return found
    return replace(found, tier="C", note=f"{few}; {found.note}" if found.note else few)


def kept_within(found: Interval, least: float, most: float) -> Interval:
    """Return an interval without what its number cannot be, which the note says.

    >>> wide = Interval(value=0.4, low=-2.0, high=3.0, level=0.95, rows=2, events=1, method="hall_mean", tier="C")
    >>> cut = kept_within(wide, 0.0, 1.0)
    >>> cut.low, cut.high, cut.note
    (0.0, 1.0, 'the interval is cut at what is possible')
    """
    if found.low is None or found.high is None or (found.low >= least and found.high <= most):
        return found
    note = f"{found.note}; {CUT}" if found.note else CUT
    return replace(found, low=max(found.low, least), high=min(found.high, most), note=note)
