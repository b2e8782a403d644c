"""A table of two scores: rows by both of them at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from payoff.tables.cells import Spread
from payoff.tables.moments import Floats, Integers

Keys = NDArray[np.generic]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScorePair:
    """Rows by outcome state and two scores. All columns are (c,), in any order; each key occurs once.

    Attributes
    ----------
    state : class of outcome, as in ``Cells``.
    first, second : the scores, or whole numbers of the cells of a grid that they fall into.
    rows, weight, weight2 : rows, sums of weights and of squared weights.
    differ : rows whose two scores are not equal.
    first_spread, second_spread : the scores within each cell, None where the key is the score itself.
    """

    state: Integers
    first: Keys
    second: Keys
    rows: Integers
    weight: Floats
    weight2: Floats
    differ: Integers
    first_spread: Spread | None
    second_spread: Spread | None

    def take(self, index: NDArray[np.intp] | NDArray[np.bool_]) -> "ScorePair":
        """Return the cells at ``index``, in that order."""
        return ScorePair(
            state=self.state[index],
            first=self.first[index],
            second=self.second[index],
            rows=self.rows[index],
            weight=self.weight[index],
            weight2=self.weight2[index],
            differ=self.differ[index],
            first_spread=None if self.first_spread is None else self.first_spread.take(index),
            second_spread=None if self.second_spread is None else self.second_spread.take(index),
        )

    def swapped(self) -> "ScorePair":
        """Return the same rows with the second score first."""
        return ScorePair(
            state=self.state,
            first=self.second,
            second=self.first,
            rows=self.rows,
            weight=self.weight,
            weight2=self.weight2,
            differ=self.differ,
            first_spread=self.second_spread,
            second_spread=self.first_spread,
        )


def joined_pairs(several: Sequence[ScorePair]) -> ScorePair:
    """Return the rows of several tables of the same two scores as one, equal keys as one cell."""
    state, first, second, rows, weight, weight2, differ = (
        np.concatenate([getattr(one, name) for one in several])
        for name in ("state", "first", "second", "rows", "weight", "weight2", "differ")
    )
    ranks = [np.unique(column, return_inverse=True)[1] for column in (first, second)]
    keys, code = np.unique(np.stack([state, *ranks]), axis=1, return_inverse=True)
    size, code = keys.shape[1], code.reshape(-1)
    place = np.empty(size, dtype=np.intp)
    place[code[::-1]] = np.arange(len(code))[::-1]

    def total(column: Keys) -> Floats:
        return np.bincount(code, column, size).astype(np.float64)

    return ScorePair(
        state=state[place],
        first=first[place],
        second=second[place],
        rows=total(rows).astype(np.int64),
        weight=total(weight),
        weight2=total(weight2),
        differ=total(differ).astype(np.int64),
        first_spread=_joined_spread([one.first_spread for one in several], code, size),
        second_spread=_joined_spread([one.second_spread for one in several], code, size),
    )


def _joined_spread(several: Sequence[Spread | None], code: NDArray[np.intp], size: int) -> Spread | None:
    held = [one for one in several if one is not None]
    if not held:
        return None
    names = ("low", "high", "first", "second")
    return Spread(**{name: np.concatenate([getattr(one, name) for one in held]) for name in names}).merged(
        code, size
    )
