"""Differences of two scores from cells that hold several scores: what the cells lose, and on which side.

A cell of two grids knows the mean, the least and the greatest of each score. The points come from each score's own,
finer table. Of the errors only what the two scores have in common comes from here:

* a row's DeLong placement is read off its score's own table at the mean score of the cell. Placements bend little
  within a cell, so that what is lost is of second order;
* a row's difference in loss is that at the mean scores, and the variance within a cell the most that its ranges
  allow (Popoviciu), so that the interval is never narrower than that by exact scores.

Where every cell is one pair of scores nothing is lost.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from payoff.stats.paired_scores import Loss, PairCells, PairSums, PlacementProducts, loss_sums, losses
from payoff.stats.ranking import ScoreCells, placements

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairRanges:
    """Least and greatest of each score in every entry of some ``PairCells``. All arrays are (k,)."""

    first_low: Floats
    first_high: Floats
    second_low: Floats
    second_high: Floats


def placement_products(pairs: PairCells, first: ScoreCells, second: ScoreCells) -> PlacementProducts:
    """Return the products of the rows' placements, read off both scores' own tables.

    Parameters
    ----------
    pairs : mean scores by cell; an entry holds rows of one outcome where cells hold several scores.
    first, second : each score's own table, of the same rows and of both outcomes.

    >>> one = np.ones(2)
    >>> own = ScoreCells(score=np.array([0.1, 0.9]), positive=one, negative=one, positive_squared=one,
    ...     negative_squared=one, positives=2, negatives=2)
    >>> same = PairCells(first=own.score, second=own.score, positive=one, negative=one, positive_squared=one,
    ...     negative_squared=one, positives=2, negatives=2)
    >>> placement_products(same, own, own).positive  # (1/4)^2 + (3/4)^2
    0.625
    """
    products = []
    for side, outcome in enumerate(("positive", "negative")):
        squared = getattr(pairs, f"{outcome}_squared")
        ours, theirs = (
            _at(score, own, placements(own)[side], getattr(own, f"{outcome}_squared"), squared)
            for score, own in ((pairs.first, first), (pairs.second, second))
        )
        products.append(float(squared @ (ours * theirs)))
    return PlacementProducts(positive=products[0], negative=products[1])


def _at(score: Floats, own: ScoreCells, place: Floats, held: Floats, squared: Floats) -> Floats:
    """Return (k,) placements at the mean scores of cells, moved so that their mean is that of the score's own table."""
    found = np.interp(score, own.score, place)
    total = float(squared.sum())
    return np.asarray(
        found + (float(held @ place) - float(squared @ found)) / total if total > 0.0 else found
    )


def widened_loss_sums(pairs: PairCells, ranges: PairRanges, loss: Loss, mean: float) -> PairSums:
    """Return the sums of the difference in loss with the most variance that the cells can hide.

    Parameters
    ----------
    mean : the difference itself, from each score's own table.
    """
    sums, size = loss_sums(pairs, loss), len(pairs.first)
    reach = np.zeros(2 * size)
    for low, high in ((ranges.first_low, ranges.first_high), (ranges.second_low, ranges.second_high)):
        reach += np.abs(losses(high, loss)[0] - losses(low, loss)[0]) / 2.0
    weight = np.concatenate([pairs.positive, pairs.negative])
    squared = np.concatenate([pairs.positive_squared, pairs.negative_squared])
    return replace(
        sums,
        mean=mean,
        spread=sums.spread + float(weight @ reach**2),
        squared_spread=sums.squared_spread + float(squared @ reach**2),
    )
