"""What a capacity was filled with: one record of sums per pool, and what follows from them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
LEVELS = (0.25, 0.5, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0)
"""Multiples of a capacity at which its value is counted; 1 is among them."""
AS_IT_IS = LEVELS.index(1.0)
AT_THE_CUT, ALL = len(LEVELS), len(LEVELS) + 1
"""Places behind those of the levels: of the rows near the cut, and of all rows of known outcome."""
HALF_WINDOW = 0.01
"""Rows to either side of a cut, as a share of the pool, over which the worth of one more place is a mean."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Filled:
    """One policy under a capacity, pool by pool. A pool is a period, or all rows, perhaps of one team.

    Places are rows, or whole quanta of money under a budget. Values are those of ``do`` less ``otherwise`` over rows
    of known outcome, at the likely assumptions.

    Attributes
    ----------
    period : (P,) number of the period, 0 for a share of all rows.
    by : (P,) the text that tells teams apart, empty without them.
    rows, known : (P,) rows, and those of known outcome.
    wanted : (P,) places that all rows of the pool would take.
    places : (P,) places that there are, and ``used`` those that are taken, be it by rows of an earlier period.
    cut : (P,) score in which they end; NaN where there is room for every row.
    part : (P,) of the rows at the cut that is acted on.
    worth, worth_squared, reached : (P, L) values of the rows acted on at every one of ``LEVELS`` times the places,
        their squares, and how many rows these are, in part where a score is shared.
    near, near_squared, near_rows : (P,) the same of the rows near the cut: those that a little more room would take and
        a little less would not.
    cubed : (P, L + 2) sums of the cubes of values over the rows acted on at every level, over those near the cut, and
        over all rows of known outcome.
    rows_of, deciding_of : (P, L + 2, S) how many of these rows are of each class of outcome, and on how many of them
        the two actions differ in value.
    parts_near : (P, K) sums of the value's parts over these.
    tied : (P,) rows of known outcome at the cut; ``tied_first``, ``tied_second`` sums of their values and squares.
    """

    period: Integers
    by: NDArray[np.generic]
    rows: Integers
    known: Integers
    wanted: Floats
    places: Floats
    used: Floats
    cut: Floats
    part: Floats
    worth: Floats
    worth_squared: Floats
    reached: Floats
    near: Floats
    near_squared: Floats
    near_rows: Floats
    cubed: Floats
    rows_of: Floats
    deciding_of: Floats
    parts_near: Floats
    tied: Integers
    tied_first: Floats
    tied_second: Floats

    def __len__(self) -> int:
        return len(self.period)

    @property
    def full(self) -> NDArray[np.bool_]:
        """Return (P,) whether some row finds no room, so that one more place is worth something."""
        return np.isfinite(self.cut)

    def tie_stderr(self) -> float:
        """Return by how much one way of breaking the ties varies about the mean over all ways, in total money.

        A draw of k of n tied rows without putting back has the variance k (1 - k / n) S^2.
        """
        n = np.maximum(self.tied, 1).astype(np.float64)
        spread = np.where(
            self.tied > 1,
            (self.tied_second - self.tied_first**2 / n) / np.maximum(n - 1.0, 1.0),
            0.0,
        )
        drawn = np.where(self.full, np.clip(self.part, 0.0, 1.0), 0.0) * self.tied
        variance = drawn * (1.0 - drawn / n) * np.maximum(spread, 0.0)
        return float(np.sqrt(variance.sum()))
