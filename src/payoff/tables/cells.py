"""A table: cells with keys. One shape serves policies, slices and scores."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from payoff.tables.moments import Floats, Integers, Moments

_Number = TypeVar("_Number", np.int64, np.float64)

PENDING = -1
NEGATIVE, POSITIVE = 0, 1


SHARED_STEPS = 2**50


def shared_code(part: float, actions: int) -> int:
    """Return the number that stands in a key for an action done on a ``part`` of the rows, and another on the rest.

    Whole numbers below ``actions`` are actions; ``part`` lies strictly between 0 and 1.

    >>> shared_code(0.5, 2) - 2 == SHARED_STEPS // 2
    True
    """
    return actions + int(part * SHARED_STEPS + 0.5)


def shared_parts(codes: Integers, actions: int) -> tuple[NDArray[np.bool_], Floats]:
    """Return which keys are shared actions, and the part of each (0 elsewhere).

    >>> shared, part = shared_parts(np.array([0, 1, shared_code(0.25, 2)]), 2)
    >>> shared.tolist(), part.tolist()
    ([False, False, True], [0.0, 0.0, 0.25])
    """
    shared = codes >= actions
    return shared, np.where(shared, (codes - actions) / SHARED_STEPS, 0.0)


def distinct(column: Floats) -> tuple[Floats, NDArray[np.intp]]:
    """Return the distinct numbers of a column, ascending, and which of them each entry is.

    One pass where the column ascends, as the scores of a table do; else it is sorted.

    >>> distinct(np.array([0.1, 0.1, 0.4]))[1]
    array([0, 0, 1])
    """
    if (column[1:] < column[:-1]).any():
        values, code = np.unique(column, return_inverse=True)
        return values, code
    rises = np.concatenate([np.ones(min(1, len(column)), dtype=np.bool_), column[1:] > column[:-1]])
    return column[rises], np.cumsum(rises) - 1


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Spread:
    """What the scores within each cell are, where a cell is more than one score.

    Attributes
    ----------
    low, high : (c,) least and greatest score; equal where all rows of the cell are tied.
    first, second : (c,) sums of w s and of w s^2.
    """

    low: Floats
    high: Floats
    first: Floats
    second: Floats

    def take(self, index: NDArray[np.intp] | NDArray[np.bool_]) -> "Spread":
        """Return the cells at ``index``, in that order."""
        return Spread(**{field.name: getattr(self, field.name)[index] for field in fields(self)})

    def merged(self, key: NDArray[np.intp], size: int) -> "Spread":
        """Return ``size`` cells, each the rows of the cells with that ``key``."""
        low, high = np.full(size, np.inf), np.full(size, -np.inf)
        np.minimum.at(low, key, self.low)
        np.maximum.at(high, key, self.high)
        return Spread(
            low=low,
            high=high,
            first=np.asarray(np.bincount(key, self.first, size), dtype=np.float64),
            second=np.asarray(np.bincount(key, self.second, size), dtype=np.float64),
        )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Cells:
    """Cells keyed by group, outcome state, joint actions and, where asked, score, cluster or slice.

    Attributes
    ----------
    group : (c,) salted group of the row, 0 to 19; 0 throughout where a table is not keyed by it.
    state : (c,) number of the class of outcome, from 0 on, or ``PENDING``. Of a binary outcome 0 is negative and 1
        positive; of one of several classes it is the place in ``data.classes``.
    actions : policy name -> (c,) index of the action that it takes, or the code of one that is shared between two (a
        tie where a capacity ends: ``shared_code``); constant policies need no key.
    score : (c,) score, or None. Where cells hold several scores it is their mean.
    cell : (c,) number of the score cell, rising with the score, or None where cells are exact scores.
    spread : the scores within every cell, or None where cells are exact scores.
    cluster : (c,) cluster number, or None.
    moments : the sums. In pending cells only rows and weights mean anything.
    pending_low, pending_high : (c,) sum over pending rows of the least and the most that acting can be worth
        more than doing nothing, whichever the outcome; zero elsewhere.
    prevalence : the share of positives where it is a given number (``data.prevalence``), which weights make so; else
        None. Rows of one outcome all weigh the same then, and only means within outcomes are in doubt.
    """

    group: Integers
    state: Integers
    actions: Mapping[str, Integers]
    moments: Moments
    score: Floats | None = None
    cell: Integers | None = None
    spread: Spread | None = None
    cluster: Integers | None = None
    pending_low: Floats | None = None
    pending_high: Floats | None = None
    prevalence: float | None = None

    def __post_init__(self) -> None:
        lengths = {len(self.group), len(self.state), *(len(column) for column in self.actions.values())}
        optional = (self.score, self.cell, self.cluster, self.pending_low, self.pending_high)
        lengths |= {len(column) for column in optional if column is not None}
        if lengths != {len(self.moments)}:
            raise ValueError("keys and sums of different lengths")

    def __len__(self) -> int:
        return len(self.moments)

    @property
    def known(self) -> NDArray[np.bool_]:
        """Return (c,) True where the outcome is known."""
        return np.asarray(self.state != PENDING)

    @property
    def states(self) -> range:
        """Return the classes of outcome up to the last one that occurs, two at the least."""
        return range(max(2, int(self.state.max(initial=PENDING)) + 1))

    def where(self, mask: NDArray[np.bool_]) -> "Cells":
        """Return the cells where ``mask`` is True, in the same order."""
        pick = np.flatnonzero(mask)
        return self if len(pick) == len(self) else self.take(pick)

    def take(self, index: NDArray[np.intp]) -> "Cells":
        """Return the cells at ``index``, in that order."""
        return Cells(
            group=self.group[index],
            state=self.state[index],
            actions={name: column[index] for name, column in self.actions.items()},
            moments=self.moments.take(index),
            score=_taken(self.score, index),
            cell=_taken(self.cell, index),
            spread=None if self.spread is None else self.spread.take(index),
            cluster=_taken(self.cluster, index),
            pending_low=_taken(self.pending_low, index),
            pending_high=_taken(self.pending_high, index),
            prevalence=self.prevalence,
        )


def _taken(column: NDArray[_Number] | None, index: NDArray[np.intp]) -> NDArray[_Number] | None:
    return None if column is None else column[index]
