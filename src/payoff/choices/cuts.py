"""Cuts: the thresholds that are looked at, and the score cells merged between them.

No more than ``MOST`` cuts: all distinct scores where they are few, else quantiles of all rows and of the
positives in equal parts. Every cut is a score that occurs, so decisions at a cut are exact.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from payoff.spec.model import Threshold
from payoff.tables import Cells, distinct
from payoff.tables.cells import POSITIVE

MOST = 120


@dataclass(frozen=True, slots=True, eq=False)
class Cuts:
    """Cells between cuts.

    Attributes
    ----------
    at : (T,) cut scores, ascending; a row is above a cut when its score >= the cut.
    cells : known cells by (block, state, joint actions, cluster); groups are kept apart in ``by_group``.
    block : (c,) number of cuts at or below the cell's score, 0 to T.
    by_group, group_block : the same cells with groups kept, for cross-fitting.
    """

    at: NDArray[np.float64]
    cells: Cells
    block: NDArray[np.int64]
    by_group: Cells
    group_block: NDArray[np.int64]


def make_cuts(at: NDArray[np.float64], cells: Cells, block: NDArray[np.int64]) -> Cuts:
    """Return the cuts ``at`` with the cells between them; pending cells are left out."""
    known = cells.known
    grouped, block = cells.where(known), block[known]
    merged, merged_block = _without_groups(grouped, block)
    return Cuts(at, merged, merged_block, grouped, block)


def cut_scores(cells: Cells, also: tuple[float, ...] = ()) -> NDArray[np.float64]:
    """Return (T,) cut scores of a scores table, ascending, ``also`` (thresholds in use) among them.

    Scores of pending rows are no cuts of their own.
    """
    known = cells.where(cells.known)
    if known.score is None:
        raise ValueError("cuts need a scores table")
    return np.union1d(_spread(known), np.array(also, dtype=np.float64))


def cut_switches(
    block: NDArray[np.int64], count: int, policy: Threshold, actions: tuple[str, ...]
) -> NDArray[np.float64]:
    """Return (T, c, A) shares of actions under each of ``count`` cuts."""
    above = block[None, :] > np.arange(count)[:, None]
    out = np.zeros((count, len(block), len(actions)))
    out[:, :, actions.index(policy.do)] += above
    out[:, :, actions.index(policy.otherwise)] += ~above
    return out


def _spread(cells: Cells) -> NDArray[np.float64]:
    score, code = distinct(np.asarray(cells.score))
    if len(score) <= MOST:
        return score
    rows = np.bincount(code, cells.moments.rows, len(score))
    positive = np.bincount(code, cells.moments.rows * (cells.state == POSITIVE), len(score))
    picks = [np.zeros(1, dtype=np.int64)]
    for counts in (rows, positive):
        above = np.cumsum(counts[::-1])[::-1]
        steps = np.linspace(0, above[0], MOST // 2, endpoint=False)[1:]
        picks.append(np.searchsorted(-above, -steps, side="right") - 1)
    return score[np.unique(np.clip(np.concatenate(picks), 0, len(score) - 1))]


def _without_groups(cells: Cells, block: NDArray[np.int64]) -> tuple[Cells, NDArray[np.int64]]:
    columns = [block, cells.state, *cells.actions.values()]
    columns += [] if cells.cluster is None else [cells.cluster]
    sizes = tuple(int(column.max(initial=0)) + 1 for column in columns)
    code = np.zeros(len(cells), dtype=np.int64)
    for column, size in zip(columns, sizes, strict=True):
        code = code * size + column
    held, key = np.unique(code, return_inverse=True)
    found = [np.asarray(column, dtype=np.int64) for column in np.unravel_index(held, sizes)]
    merged = Cells(
        group=np.zeros(len(held), dtype=np.int64),
        state=found[1],
        actions=dict(zip(cells.actions, found[2:], strict=False)),
        moments=cells.moments.merged(key, len(held)),
        cluster=None if cells.cluster is None else found[-1],
    )
    return merged, found[0]
