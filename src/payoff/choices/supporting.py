"""Finite support of gains in which a share of the rows is acted on: declared values, less what a place is worth.

Where every value formula is constant given outcome and action, the influence of a row takes as few values as its
contribution does: from what acting on it moves, m is taken away, the value of the row at the cut that loses its place
to it.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from payoff.choices.policies import switches
from payoff.stats.inference import Support
from payoff.stats.support import FEWEST_ROWS
from payoff.tables import Cells

Floats = NDArray[np.float64]
Row = tuple[float, ...]
Pair = tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Taking:
    """What one policy of a gain does.

    Attributes
    ----------
    shares : (c, A) with which share it takes each action in each cell.
    options : (A,) each, what it can take on a row, seen or not; a limited policy's action first.
    do : the action that a limited policy has places for.
    room : (A*K,) parts of m, counted as the policy counts in the gain; zeros where no capacity limits it.
    """

    shares: Floats
    options: Sequence[Floats]
    do: int
    room: Floats

    @property
    def sure(self) -> list[Row]:
        """Return the options as keys."""
        return [tuple(one.tolist()) for one in self.options]

    def resolved(self, row: Row) -> list[tuple[Row, float]]:
        """Return how rows tied at the cut come out, and how often; a row that is not tied stays as it is."""
        if row in self.sure:
            return [(row, 1.0)]
        return [(self.sure[0], row[self.do]), (self.sure[-1], 1.0 - row[self.do])]


def support_of_share(cells: Cells, constants: Floats, policies: Sequence[Taking]) -> Support:
    """Return the support of the value of one policy, or of its gain over a second one.

    Parameters
    ----------
    cells : rows of which each is independent; pending ones are left out.
    constants : (C, K) parts by known state.
    policies : one of them or two; who takes room takes it from one pool of all rows.

    Rows tied at a cut stand as one value where each outcome holds ten of them, or none; fewer are shared out to those
    acted on and those not.

    """
    known, states = cells.known, len(constants)
    taken = np.stack([one.shares[known] for one in policies], axis=1)
    seen, code = np.unique(taken.reshape(len(taken), -1), axis=0, return_inverse=True)
    place = code.ravel() * states + cells.state[known]
    rows = np.bincount(place, cells.moments.rows[known], len(seen) * states).reshape(len(seen), states)
    held = {pair: np.zeros(states) for pair in product(*(one.sure for one in policies))}
    for flat, count in zip(seen, rows, strict=True):
        pair = tuple(tuple(one) for one in flat.reshape(taken.shape[1:]).tolist())
        enough = ((count == 0) | (count >= FEWEST_ROWS)).all()
        for each, part in [(pair, 1.0)] if enough else _shared_out(policies, pair):
            held[each] = held.get(each, np.zeros(states)) + part * count
    lost = np.array([_lost(policies, pair) for pair in held])
    moved = [np.outer(_switch(pair), each).ravel() for pair in held for each in constants]
    counts = np.array(list(held.values()))
    return Support(
        counts=counts.ravel(),
        parts=np.array(moved) - np.repeat(lost, states, axis=0),
        shift=counts.sum(axis=1) @ lost / counts.sum(),
    )


def _shared_out(policies: Sequence[Taking], pair: Pair) -> Iterator[tuple[Pair, float]]:
    """Yield what rows are decided as when ties are broken, and how often."""
    for way in product(*(one.resolved(row) for one, row in zip(policies, pair, strict=True))):
        yield tuple(row for row, _ in way), math.prod(part for _, part in way)


def _lost(policies: Sequence[Taking], pair: Pair) -> Floats:
    """Return what rows at the cuts lose by a row that is decided so."""
    lost = [row[one.do] * one.room for one, row in zip(policies, pair, strict=True)]
    return np.asarray(np.sum(lost, axis=0))


def _switch(pair: Pair) -> Floats:
    mine, *theirs = (np.array(row) for row in pair)
    return switches(mine, theirs[0] if theirs else None)
