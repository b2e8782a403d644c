"""A part of the rows with the share of positives that is given of all of them."""

from dataclasses import fields, replace

import numpy as np
from numpy.typing import NDArray

from payoff.tables.cells import NEGATIVE, POSITIVE, Cells
from payoff.tables.moments import Moments

# Weights that make the share but for so much make it.
ROUNDING = 1e-12
# Columns that hold sums over w, w^2 and w^3 times something; the others do not depend on weights.
POWERS = {"weight": 1, "first": 1, "weight2": 2, "first2": 2, "second": 2, "weight3": 3, "third": 3}


def at_given_shares(cells: Cells) -> Cells:
    """Return cells whose positives again make up the share that is given, by one factor for each outcome.

    A part that was drawn without looking at outcomes (a half, all groups but one) holds a little more or less of them
    by luck, which the given share takes out. Cells without a given share, or with rows of one outcome alone, are
    returned as they are; pending rows keep their weight.
    """
    if cells.prevalence is None:
        return cells
    held = [float(cells.moments.weight[cells.state == state].sum()) for state in (NEGATIVE, POSITIVE)]
    if not min(held) > 0.0:
        return cells
    by_outcome = factors((held[0], held[1]), cells.prevalence)
    if np.abs(by_outcome - 1.0).max() <= ROUNDING:
        return cells
    factor = np.where(cells.known, by_outcome[np.maximum(cells.state, 0)], 1.0)
    spread = cells.spread
    if spread is not None:
        spread = replace(spread, first=spread.first * factor, second=spread.second * factor)
    return replace(cells, moments=_times(cells.moments, factor), spread=spread)


def factors(held: tuple[float, float], prevalence: float) -> NDArray[np.float64]:
    """Return (2,) what rows of each outcome have to weigh more, of whom there is so much weight, negatives first.

    >>> factors((3.0, 1.0), 0.5).round(3).tolist()
    [0.667, 2.0]
    """
    return np.asarray(np.array([1.0 - prevalence, prevalence]) * sum(held) / np.array(held))


def _times(moments: Moments, factor: NDArray[np.float64]) -> Moments:
    """Return the moments of rows that weigh ``factor`` (c,) times as much."""
    columns = {field.name: getattr(moments, field.name) for field in fields(moments)}
    for name, power in POWERS.items():
        shape = (len(factor), *(1,) * (columns[name].ndim - 1))
        columns[name] = columns[name] * (factor**power).reshape(shape)
    return Moments(**columns)
