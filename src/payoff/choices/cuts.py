"""Cuts: the thresholds that are looked at, and the score cells merged between them.

No more than ``MOST`` cuts: all distinct scores where they are few, else quantiles of all rows and of the
positives in equal parts. Every cut is a score that occurs, so decisions at a cut are exact.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from payoff.spec.model import Threshold
from payoff.tables import Cells, distinct
from payoff.tables.cells import POSITIVE

MOST = 120
# Codes up to this many beyond the cells are counted in one array rather than sorted.
DENSE = 100_000


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
    grouped, grouped_block = _merged(known, block, keep_groups=True)
    merged, merged_block = _merged(grouped, grouped_block, keep_groups=False)
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


def _merged(cells: Cells, block: NDArray[np.int64], *, keep_groups: bool) -> tuple[Cells, NDArray[np.int64]]:
    columns = [block, cells.state, *cells.actions.values()]
    columns += [cells.group] if keep_groups else []
    columns += [] if cells.cluster is None else [cells.cluster]
    sizes = tuple(int(column.max(initial=0)) + 1 for column in columns)
    code = np.zeros(len(cells), dtype=np.int64)
    for column, size in zip(columns, sizes, strict=True):
        code = code * size + column
    held, key = _numbered(code, math.prod(sizes))
    found = [np.asarray(column, dtype=np.int64) for column in np.unravel_index(held, sizes)]
    merged = Cells(
        group=found[2 + len(cells.actions)] if keep_groups else np.zeros(len(held), dtype=np.int64),
        state=found[1],
        actions=dict(zip(cells.actions, found[2:], strict=False)),
        moments=cells.moments.merged(key, len(held)),
        cluster=None if cells.cluster is None else found[-1],
    )
    return merged, found[0]


def _numbered(code: NDArray[np.int64], size: int) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """Return the codes below ``size`` that occur, ascending, and which of them each entry is."""
    if size > len(code) + DENSE:
        held, key = np.unique(code, return_inverse=True)
        return held, key
    occurs = np.bincount(code, minlength=size) > 0
    return np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[code]
