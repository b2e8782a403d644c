"""How far a number can be off for the order of scores that the cells of a grid hide.

Rows of one cell of a grid are taken as tied. Their scores may rank the positives first, last or anything between,
and what ranking metrics, hulls and isotonic regressions say can only rise as positives move up. So the number with
all positives of each untied cell above its negatives, and with all of them below, enclose the number by exact scores.
Cells whose ranges overlap (round scores stand apart from the rest of their stretch) are taken as one.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from payoff.stats.ranking import ScoreCells, grid_note

Floats = NDArray[np.float64]
Number = Callable[[ScoreCells], float | None]
_COLUMNS = ("positive", "negative", "positive_squared", "negative_squared")


def order_bound(cells: ScoreCells, number: Number) -> float:
    """Return how far ``number`` can be off; 0 where every cell is one score.

    Parameters
    ----------
    cells : by score.
    number : of cells; must not fall when a positive and a negative change places in its favour, and must not read
        the scores themselves.
    """
    shown = number(cells)
    if cells.within is None or shown is None:
        return 0.0
    ends = [number(ordered(cells, positives_above=above)) for above in (True, False)]
    return max((abs(end - shown) for end in ends if end is not None), default=0.0)


def order_note(cells: ScoreCells, number: Number) -> str | None:
    """Say how far ``number`` can be off; None where every cell is one score."""
    return None if cells.within is None else grid_note(cells, order_bound(cells, number))


def ordered(cells: ScoreCells, *, positives_above: bool) -> ScoreCells:
    """Return cells of which every untied one is two: its negatives and its positives, in the order asked for.

    ``score`` is the number of the cell. Cells of tied scores stay as they are.
    """
    if cells.within is None:
        return cells
    block, tied = _blocks(cells)
    key = np.concatenate(
        [np.where(tied, 2 * block, 2 * block + up) for up in (positives_above, not positives_above)]
    )
    columns = {
        name: np.concatenate(
            [side if name.startswith(outcome) else np.zeros_like(side) for outcome in ("pos", "neg")]
        )
        for name, side in ((name, getattr(cells, name)) for name in _COLUMNS)
    }
    size = 2 * int(block[-1] + 1)
    sums = {name: np.bincount(key, column, size).astype(np.float64) for name, column in columns.items()}
    held = sums["positive"] + sums["negative"] > 0.0
    return ScoreCells(
        score=np.flatnonzero(held).astype(np.float64),
        positive=sums["positive"][held],
        negative=sums["negative"][held],
        positive_squared=sums["positive_squared"][held],
        negative_squared=sums["negative_squared"][held],
        positives=cells.positives,
        negatives=cells.negatives,
    )


def _blocks(cells: ScoreCells) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return the block of every cell, cells of overlapping ranges in one, and whether that is one tied cell."""
    if cells.within is None:
        raise ValueError("exact scores hide no order")
    low, high = cells.within.low, cells.within.high
    apart = np.concatenate([[True], low[1:] >= np.maximum.accumulate(high)[:-1]])
    block = np.cumsum(apart) - 1
    alone = np.bincount(block)[block] == 1
    return block, alone & (low == high)
