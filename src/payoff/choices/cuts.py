"""Cuts: the thresholds that are looked at, and the score cells merged between them.

No more than ``MOST`` cuts: all distinct scores where they are few, else quantiles of all rows and of the
positives in equal parts. Every cut is a score that occurs, so decisions at a cut are exact.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from payoff.spec.model import Threshold
from payoff.tables import Cells
from payoff.tables.cells import POSITIVE

MOST = 120


@dataclass(frozen=True, slots=True, eq=False)
class Cuts:
    """Cells between cuts.

    Attributes
    ----------
    at : (T,) cut scores, ascending; a row is above a cut when its score >= the cut.
    cells : known cells merged by (block, state, joint actions, cluster); groups are kept apart in ``by_group``.
    block : (c,) number of cuts at or below the cell's score, 0 to T.
    by_group, group_block : the same cells with groups kept, for cross-fitting.
    """

    at: NDArray[np.float64]
    cells: Cells
    block: NDArray[np.int64]
    by_group: Cells
    group_block: NDArray[np.int64]


def make_cuts(cells: Cells, also: tuple[float, ...] = ()) -> Cuts:
    """Return the cuts of a scores table, ``also`` (thresholds in use) among them; pending cells are left out."""
    known = cells.where(cells.known)
    if known.score is None:
        raise ValueError("cuts need a scores table")
    at = np.union1d(_cut_scores(known), np.array(also, dtype=np.float64))
    block = np.searchsorted(at, known.score, side="right").astype(np.int64)
    merged, merged_block = _merged(known, block, keep_groups=False)
    grouped, grouped_block = _merged(known, block, keep_groups=True)
    return Cuts(at, merged, merged_block, grouped, grouped_block)


def cut_switches(
    block: NDArray[np.int64], count: int, policy: Threshold, actions: tuple[str, ...]
) -> NDArray[np.float64]:
    """Return (T, c, A) shares of actions under each of ``count`` cuts."""
    above = block[None, :] > np.arange(count)[:, None]
    out = np.zeros((count, len(block), len(actions)))
    out[:, :, actions.index(policy.do)] += above
    out[:, :, actions.index(policy.otherwise)] += ~above
    return out


def _cut_scores(cells: Cells) -> NDArray[np.float64]:
    score = np.asarray(cells.score)
    distinct, code = np.unique(score, return_inverse=True)
    if len(distinct) <= MOST:
        return distinct
    rows = np.bincount(code, cells.moments.rows, len(distinct))
    positive = np.bincount(code, cells.moments.rows * (cells.state == POSITIVE), len(distinct))
    picks = [np.zeros(1, dtype=np.int64)]
    for counts in (rows, positive):
        above = np.cumsum(counts[::-1])[::-1]
        steps = np.linspace(0, above[0], MOST // 2, endpoint=False)[1:]
        picks.append(np.searchsorted(-above, -steps, side="right") - 1)
    return distinct[np.unique(np.clip(np.concatenate(picks), 0, len(distinct) - 1))]


def _merged(cells: Cells, block: NDArray[np.int64], *, keep_groups: bool) -> tuple[Cells, NDArray[np.int64]]:
    columns = [block, cells.state, *cells.actions.values()]
    columns += [cells.group] if keep_groups else []
    columns += [] if cells.cluster is None else [cells.cluster]
    code = np.zeros(len(cells), dtype=np.int64)
    for column in columns:
        values, inverse = np.unique(column, return_inverse=True)
        code = code * len(values) + inverse
    _, first, key = np.unique(code, return_index=True, return_inverse=True)
    merged = Cells(
        group=cells.group[first],
        state=cells.state[first],
        actions={name: column[first] for name, column in cells.actions.items()},
        moments=cells.moments.merged(key, len(first)),
        cluster=None if cells.cluster is None else cells.cluster[first],
    )
    return merged, block[first]
