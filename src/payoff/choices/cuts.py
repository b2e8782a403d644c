"""Cuts: the thresholds that are looked at, and the score cells merged between them.

No more than ``MOST`` cuts: all distinct scores where they are few, else quantiles of all rows and of the
positives in equal parts. Every cut is a score that occurs, so decisions at a cut are exact.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from payoff.spec.model import Threshold
from payoff.tables import Cells, Keyed, distinct, merge
from payoff.tables.cells import POSITIVE

MOST = 120


@dataclass(frozen=True, slots=True, eq=False)
class Between:
    """All known rows between cuts, keyed by the actions of some baselines.

    Attributes
    ----------
    cells : by (block, state, joint actions, cluster); groups are kept apart in ``by_group``.
    block : (c,) number of cuts at or below the cell's score, 0 to T.
    by_group, group_block : the same cells with groups kept, for cross-fitting.
    """

    cells: Cells
    block: NDArray[np.int64]
    by_group: Cells
    group_block: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Cuts:
    """Cells between cuts.

    Attributes
    ----------
    at : (T,) cut scores, ascending; a row is above a cut when its score >= the cut.
    parts : the same rows several times, each keyed by the actions of a few baselines; at least one.
    """

    at: NDArray[np.float64]
    parts: tuple[Between, ...]

    @property
    def actions(self) -> frozenset[str]:
        """Return the baselines by whose actions any of the cells are keyed."""
        return frozenset(name for part in self.parts for name in part.cells.actions)

    @property
    def blocks(self) -> tuple[Keyed, ...]:
        """Return the cells with groups, with the block as key ``b``."""
        return tuple(Keyed(cells=part.by_group, keys={"b": part.group_block}) for part in self.parts)

    @property
    def cells(self) -> Cells:
        """Return the cells of all rows, by some of the baselines."""
        return self.parts[0].cells

    @property
    def block(self) -> NDArray[np.int64]:
        """Return the block of each of ``cells``."""
        return self.parts[0].block

    def part(self, name: str) -> Between:
        """Return the cells keyed by the actions of one baseline and perhaps others; any where none is keyed by it."""
        return next((one for one in self.parts if name in one.cells.actions), self.parts[0])


def make_cuts(at: NDArray[np.float64], blocks: tuple[Keyed, ...]) -> Cuts:
    """Return the cuts ``at`` with the cells between them, of which ``b`` is the block; pending cells are left out."""
    return Cuts(at, tuple(_between(one) for one in blocks))


def _between(keyed: Keyed) -> Between:
    known = keyed.cells.known
    grouped, block = keyed.cells.where(known), np.asarray(keyed.keys["b"], dtype=np.int64)[known]
    merged = merge(Keyed(cells=replace(grouped, score=None, spread=None), keys={"b": block}), group=False)
    return Between(merged.cells, np.asarray(merged.keys["b"], dtype=np.int64), grouped, block)


def keyed_by(cuts: Cuts, name: str) -> Cuts:
    """Return the same cuts with ``cells`` keyed by the action of one baseline alone, where they are keyed by it.

    What a score gains over one baseline does not depend on what the others do: with ten of them cells are few again.
    Those by group stay as they are: they are added up once and no more.
    """
    part = cuts.part(name)
    kept = {name} & set(part.cells.actions)
    if len(kept) < len(part.cells.actions):
        bare = replace(part.cells, score=None, spread=None)
        merged = merge(Keyed(cells=bare, keys={"b": part.block}), group=False, actions=kept)
        part = replace(part, cells=merged.cells, block=np.asarray(merged.keys["b"], dtype=np.int64))
    return Cuts(cuts.at, (part,))


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


def make_block_cuts(
    blocks: tuple[Keyed, ...], least: Mapping[int, float], also: tuple[float, ...] = ()
) -> Cuts:
    """Return the cuts of a score on a grid: among the least scores of its coarse cells.

    Parameters
    ----------
    blocks : cells with the key ``b``, the number of the coarse cell; the same rows several times.
    least : coarse cell -> the least score of known rows in it.
    also : thresholds in use, at which coarse cells are split; they stand for the coarse cell that begins there.
    """
    known = blocks[0].cells.known
    cells, number = blocks[0].cells.where(known), _numbers(blocks[0])[known]
    numbers, code = np.unique(number, return_inverse=True)
    scores = np.array([least[int(one)] for one in numbers])
    rows = np.bincount(code, cells.moments.rows, len(numbers))
    positive = np.bincount(code, cells.moments.rows * (cells.state == POSITIVE), len(numbers))
    picked = _evenly(rows, positive) if len(numbers) > MOST else np.arange(len(numbers))
    at, first = scores[picked], numbers[picked]
    for threshold in also:
        begins, place = np.searchsorted(scores, threshold), np.searchsorted(at, threshold)
        if place == len(at) or at[place] != threshold:
            begin = numbers[begins] if begins < len(numbers) else numbers[-1] + 1
            at, first = np.insert(at, place, threshold), np.insert(first, place, begin)
    return make_cuts(at, tuple(_cut_at(first, one) for one in blocks))


def _cut_at(first: NDArray[np.int64], keyed: Keyed) -> Keyed:
    """Return cells keyed by block in place of coarse cell; ``first`` are the coarse cells that cuts begin at."""
    return Keyed(
        cells=keyed.cells, keys={"b": np.searchsorted(first, _numbers(keyed), side="right").astype(np.int64)}
    )


def _numbers(keyed: Keyed) -> NDArray[np.int64]:
    return np.asarray(keyed.keys["b"], dtype=np.int64)


def _spread(cells: Cells) -> NDArray[np.float64]:
    score, code = distinct(np.asarray(cells.score))
    if len(score) <= MOST:
        return score
    rows = np.bincount(code, cells.moments.rows, len(score))
    positive = np.bincount(code, cells.moments.rows * (cells.state == POSITIVE), len(score))
    return score[_evenly(rows, positive)]


def _evenly(rows: NDArray[np.generic], positive: NDArray[np.generic]) -> NDArray[np.intp]:
    """Return the places of cuts that part the rows, and the positives, into equal shares."""
    picks = [np.zeros(1, dtype=np.intp)]
    for counts in (rows, positive):
        above = np.cumsum(np.asarray(counts, dtype=np.float64)[::-1])[::-1]
        steps = np.linspace(0, above[0], MOST // 2, endpoint=False)[1:]
        picks.append(np.searchsorted(-above, -steps, side="right") - 1)
    return np.unique(np.clip(np.concatenate(picks), 0, len(rows) - 1))
