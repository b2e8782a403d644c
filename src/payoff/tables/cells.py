"""A table: cells with keys. One shape serves policies, slices and scores."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from payoff.tables.moments import Floats, Integers, Moments

NEGATIVE, POSITIVE, PENDING = 0, 1, 2
STATES = ("negative", "positive", "pending")
KNOWN_STATES = (NEGATIVE, POSITIVE)


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
class Cells:
    """Cells keyed by group, outcome state, joint actions and, where asked, score, cluster or slice.

    Attributes
    ----------
    group : (c,) salted group of the row, 0 to 19.
    state : (c,) index into ``STATES``.
    actions : policy name -> (c,) index of the action that it takes; constant policies need no key.
    score : (c,) score, ascending within the table, or None.
    cluster : (c,) cluster number, or None.
    moments : the sums. In pending cells only rows and weights mean anything.
    pending_low, pending_high : (c,) sum over pending rows of the least and the most that acting can be worth
        more than doing nothing, whichever the outcome; zero elsewhere.
    """

    group: Integers
    state: Integers
    actions: Mapping[str, Integers]
    moments: Moments
    score: Floats | None = None
    cluster: Integers | None = None
    pending_low: Floats | None = None
    pending_high: Floats | None = None

    def __post_init__(self) -> None:
        lengths = {len(self.group), len(self.state), *(len(column) for column in self.actions.values())}
        lengths |= {len(column) for column in (self.score, self.cluster) if column is not None}
        if lengths != {len(self.moments)}:
            raise ValueError("keys and sums of different lengths")

    def __len__(self) -> int:
        return len(self.moments)

    @property
    def known(self) -> NDArray[np.bool_]:
        """Return (c,) True where the outcome is known."""
        return np.asarray(self.state != PENDING)

    def where(self, mask: NDArray[np.bool_]) -> "Cells":
        """Return the cells where ``mask`` is True, in the same order."""
        pick = np.flatnonzero(mask)
        if len(pick) == len(self):
            return self
        return Cells(
            group=self.group[pick],
            state=self.state[pick],
            actions={name: column[pick] for name, column in self.actions.items()},
            moments=self.moments.take(pick),
            score=None if self.score is None else self.score[pick],
            cluster=None if self.cluster is None else self.cluster[pick],
            pending_low=None if self.pending_low is None else self.pending_low[pick],
            pending_high=None if self.pending_high is None else self.pending_high[pick],
        )
