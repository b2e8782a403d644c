"""Grids: which scores share a cell, as a function of the spec and of the number of rows, or edges from the rows.

A probability's cell is ``floor((s^1/4 - (1 - s)^1/4 + 1) * steps)``, a rank's ``floor(sign(s) |s|^1/32 * steps)``.
Both follow scores where they crowd, as a logarithm would, and rest on square roots alone, which IEEE 754 rounds in
one way: a row has the same cell on every engine, and cells rise with scores. Fewer steps, halved, are a coarser grid
of the same cells. A grid by edges divides the stretch between two neighbouring edges evenly.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from payoff.choices.policies import is_given
from payoff.spec.model import Candidate, Threshold
from payoff.stats.ranking import ScoreCells, auc_grid_bound, delong
from payoff.tables import Cells, Keyed
from payoff.tables.cells import NEGATIVE, POSITIVE

# Up to so many rows each score is a cell of its own.
EXACT_ROWS = 200_000
# Cells per unit for each square root of the rows: the printed bound then stays below a tenth of the error.
STEPS_PER_ROOT = 16
RANK_STEPS = 8
COARSE_STEPS = 512
COARSE_RANK_STEPS = 1_024
EDGES = 64
STEPS_BETWEEN_EDGES = 512
COARSE_BETWEEN_EDGES = 8
BOUND_SHARE = 0.1

Kind = Literal["exact", "probability", "rank", "edges"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Which scores share a cell.

    Attributes
    ----------
    kind : ``exact`` where each score is a cell of its own.
    steps : cells per unit of the transformed score, or between two edges.
    coarse : neighbouring cells whose money is summed as one stretch, a power of two.
    edges : for ``edges``, ascending.
    at : a threshold in use, on which cells are split.
    """

    kind: Kind
    steps: int = 0
    coarse: int = 1
    edges: tuple[float, ...] = ()
    at: float | None = None


def grid_for(candidate: Candidate, rows: int) -> Grid:
    """Return the grid of a candidate's score for a number of rows, split at a threshold that stands already.

    A threshold given for a baseline splits nothing: no money is summed between cuts of it.
    """
    at = candidate.policy.at if isinstance(candidate.policy, Threshold) else None
    given = None if at is None or isinstance(at, str) or is_given(candidate) else float(at)
    if rows <= EXACT_ROWS:
        return Grid(kind="exact", at=given)
    steps = 2 ** int(np.ceil(np.log2(STEPS_PER_ROOT * np.sqrt(rows))))
    if candidate.score_is == "probability":
        return Grid(kind="probability", steps=steps, coarse=steps // COARSE_STEPS, at=given)
    steps *= RANK_STEPS
    return Grid(kind="rank", steps=steps, coarse=steps // COARSE_RANK_STEPS, at=given)


def least_scores(grid: Grid, cells: Cells) -> dict[int, float]:
    """Return the least score of known rows in every coarse cell, from the cells of a scores table on the grid."""
    known = cells.where(cells.known)
    if known.cell is None or known.spread is None:
        raise ValueError("exact scores have no coarse cells")
    coarse = (known.cell >> 2) // grid.coarse * 2 + ((known.cell >> 1) & 1)
    numbers, code = np.unique(coarse, return_inverse=True)
    low = known.spread.merged(code, len(numbers)).low
    return dict(zip(numbers.tolist(), low.tolist(), strict=True))


def split_at(
    grid: Grid, at: float, cells: Cells, stretches: tuple[Keyed, ...]
) -> tuple[Cells, tuple[Keyed, ...]]:
    """Return the tables of a score as a grid split at ``at`` counts them, where ``at`` is the least of a stretch.

    Known rows of that stretch are all at or above it, so that only the numbers of cells change.
    """
    if cells.cell is None:
        raise ValueError("exact scores need no splitting")
    least = least_scores(grid, cells)
    begin = next(number for number, score in sorted(least.items()) if score == at)
    reached = (cells.cell >> 2) // grid.coarse * 2 >= begin
    return (
        replace(cells, cell=np.where(reached, cells.cell | 2, cells.cell)),
        tuple(replace(one, keys={**one.keys, "b": _split(one.keys["b"], begin)}) for one in stretches),
    )


def _split(number: NDArray[np.generic], begin: int) -> NDArray[np.int64]:
    numbers = np.asarray(number, dtype=np.int64)
    return np.where(numbers >= begin, numbers | 1, numbers)


def is_fine_enough(cells: Cells, by_score: ScoreCells) -> bool:
    """Return whether the bound that the grid puts on the AUC is below a tenth of its error.

    Parameters
    ----------
    cells : a scores table on a grid.
    by_score : the same by score.
    """
    if by_score.positives < 2 or by_score.negatives < 2 or cells.spread is None:
        return True
    variance = delong(by_score)[1]
    return auc_grid_bound(by_score) <= BOUND_SHARE * float(np.sqrt(variance))


def finer(grid: Grid, cells: Cells) -> Grid:
    """Return the next finer grid: edges where rows and positives crowd, and after that every score by itself."""
    if grid.kind == "edges" or cells.spread is None:
        return Grid(kind="exact", at=grid.at)
    order = np.argsort(cells.spread.low, kind="stable")
    low, high = cells.spread.low[order], cells.spread.high[order]
    ends: list[NDArray[np.float64]] = []
    for state in (POSITIVE, NEGATIVE):
        rows = cells.moments.rows[order] * (cells.state[order] == state)
        below = np.cumsum(rows)
        if below.size and below[-1] > 0:
            places = np.searchsorted(below, np.linspace(0, below[-1], EDGES // 2))
            ends += [low[np.minimum(places, len(low) - 1)], high[np.minimum(places, len(low) - 1)]]
    edges = np.unique(np.concatenate([*ends, low[:1], [float(high.max())]]))
    kept = edges[np.unique(np.linspace(0, len(edges) - 1, min(EDGES, len(edges))).round().astype(int))]
    return replace(
        grid,
        kind="edges",
        steps=STEPS_BETWEEN_EDGES,
        coarse=STEPS_BETWEEN_EDGES // COARSE_BETWEEN_EDGES,
        edges=tuple(float(edge) for edge in kept),
    )
