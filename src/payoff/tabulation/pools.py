"""Pools of rows that compete for room: how it is filled, from the highest score down."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from payoff.tables import AS_IT_IS, HALF_WINDOW, LEVELS, Filled
from payoff.tabulation.queueing import Arrivals, queued

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Scores:
    """Sums by pool and score, pools in order and scores descending within each.

    Attributes
    ----------
    pool : (c,) number of the pool.
    cell : (c,) number of the cell of scores, rising with the score; 0 where every score stands by itself.
    score : (c,) the score, or the highest of the cell.
    cost, rows, known : (c,) sums of what acting takes, rows, and rows of known outcome.
    first, second, third : (c,) sums of values, of their squares and of their cubes over known rows.
    rows_of, deciding_of : (c, S) known rows of each class of outcome, and those on which both actions differ in value.
    parts : (c, K) sums of the parts of the value over them.
    """

    pool: Integers
    cell: Integers
    score: Floats
    cost: Floats
    rows: Integers
    known: Integers
    first: Floats
    second: Floats
    third: Floats
    rows_of: Integers
    deciding_of: Integers
    parts: Floats

    def take(self, index: NDArray[np.generic]) -> "Scores":
        """Return the cells at ``index``."""
        return Scores(**{one.name: getattr(self, one.name)[index] for one in fields(self)})


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Pools:
    """The pools of one capacity, in the order of period and team, with their room.

    ``room`` is (P, L + 2): at every one of ``LEVELS`` times the capacity, and a little below and above it.
    """

    period: Integers
    by: NDArray[np.generic]
    whole: Floats
    room: Floats


def filled_of(pools: Pools, scores: Scores) -> Filled:
    """Return what finds room in every pool.

    >>> one = np.ones(3)
    >>> scores = Scores(pool=np.zeros(3, int), cell=np.zeros(3, int), score=np.array([0.9, 0.5, 0.1]),
    ...     cost=np.array([1.0, 2.0, 1.0]),
    ...     rows=np.array([1, 2, 1]), known=np.array([1, 2, 1]), first=np.array([8.0, 2.0, -1.0]),
    ...     second=np.array([64.0, 4.0, 1.0]), third=np.array([512.0, 0.0, -1.0]),
    ...     rows_of=np.array([[0, 1], [1, 1], [1, 0]]), deciding_of=np.array([[0, 1], [1, 1], [1, 0]]),
    ...     parts=np.zeros((3, 0)))
    >>> pools = Pools(period=np.zeros(1, int), by=np.array([""]), whole=np.array([4.0]),
    ...     room=rooms(np.array([2.0]), np.array([4.0]), np.array([4.0])))
    >>> found = filled_of(pools, scores)
    >>> found.cut.tolist(), found.part.tolist(), found.worth[:, LEVELS.index(1.0)].tolist()
    ([0.5], [0.5], [9.0])
    """
    size, before = len(pools.whole), _before(scores, len(pools.whole))

    def total(column: Floats | Integers) -> Floats:
        return np.asarray(np.bincount(scores.pool, column, size), dtype=np.float64)

    taken = [_taken(scores, before, pools.room[:, j]) for j in range(pools.room.shape[1])]
    near, places = taken[-1] - taken[-2], pools.room[:, AS_IT_IS]
    at = _ends(scores, before, places, size)
    full = places < pools.whole
    return Filled(
        period=pools.period,
        by=pools.by,
        rows=total(scores.rows).astype(np.int64),
        known=total(scores.known).astype(np.int64),
        wanted=pools.whole,
        places=places,
        used=np.minimum(places, pools.whole),
        cut=np.where(full, scores.score[at], np.nan),
        part=np.where(full, taken[AS_IT_IS][at], 1.0),
        worth=np.stack([total(one * scores.first) for one in taken[: len(LEVELS)]], axis=1),
        worth_squared=np.stack([total(one * scores.second) for one in taken[: len(LEVELS)]], axis=1),
        reached=np.stack([total(one * scores.known) for one in taken[: len(LEVELS)]], axis=1),
        near=total(near * scores.first),
        near_squared=total(near * scores.second),
        near_rows=total(near * scores.known),
        **_trusted_by(scores, [*taken[: len(LEVELS)], near, np.ones(len(near))], size),
        parts_near=np.stack([total(near * column) for column in scores.parts.T], axis=1)
        if scores.parts.shape[1]
        else np.zeros((size, 0)),
        tied=np.where(full, scores.known[at], 0),
        tied_first=np.where(full, scores.first[at], 0.0),
        tied_second=np.where(full, scores.second[at], 0.0),
    )


def _trusted_by(scores: Scores, taken: list[Floats], size: int) -> dict[str, Floats]:
    """Return what tells how far money may be trusted, of the part of each cell that is taken in several ways."""

    def total(columns: NDArray[np.generic]) -> Floats:
        each = [np.bincount(scores.pool, one * column, size) for one in taken for column in columns.T]
        made = np.stack(each, axis=1).reshape(size, len(taken), columns.shape[1])
        return np.asarray(made, dtype=np.float64)

    return {
        "cubed": total(scores.third[:, None])[:, :, 0],
        "rows_of": total(scores.rows_of),
        "deciding_of": total(scores.deciding_of),
    }


def waited(pools: Pools, scores: Scores, patience: int) -> Filled:
    """Return what finds room where rows wait for it; of more or less room nothing is told."""
    turn = np.searchsorted(np.unique(pools.period), pools.period)
    team = np.unique(pools.by, return_inverse=True)[1]
    about = Arrivals(turn=turn, team=team, room=pools.room[:, AS_IT_IS], patience=patience)
    found = queued(scores.pool, scores.score, scores.cost, about)
    cut, part = found.cut[scores.pool], found.part[scores.pool]
    taken = np.where(np.isnan(cut) | (scores.score > cut), 1.0, np.where(scores.score == cut, part, 0.0))
    size = len(pools.whole)

    def level(column: Floats | Integers) -> Floats:
        out = np.zeros((size, len(LEVELS)))
        out[:, AS_IT_IS] = np.bincount(scores.pool, taken * column, size)
        return out

    none = np.zeros(size)
    return Filled(
        period=pools.period,
        by=pools.by,
        rows=np.bincount(scores.pool, scores.rows, size).astype(np.int64),
        known=np.bincount(scores.pool, scores.known, size).astype(np.int64),
        wanted=pools.whole,
        places=pools.room[:, AS_IT_IS],
        used=found.used,
        cut=found.cut,
        part=found.part,
        worth=level(scores.first),
        worth_squared=level(scores.second),
        reached=level(scores.known),
        near=none,
        near_squared=none,
        near_rows=none,
        **_trusted_by(scores, [np.zeros(len(taken))] * (len(LEVELS) + 2), size),
        parts_near=np.zeros((size, scores.parts.shape[1])),
        tied=none.astype(np.int64),
        tied_first=none,
        tied_second=none,
    )


def rooms(places: Floats, whole: Floats, rows: Floats) -> Floats:
    """Return (P, L + 2) the room at every level, and a hundredth of the pool (at least one row) below and above it."""
    window = np.maximum(HALF_WINDOW * whole, whole / rows)
    levels = [level * places for level in LEVELS]
    return np.stack([*levels, np.maximum(places - window, 0.0), places + window], axis=1)


def _before(scores: Scores, size: int) -> Floats:
    """Return (c,) what is taken in the same pool before each cell."""
    upto = np.cumsum(scores.cost)
    starts = np.searchsorted(scores.pool, np.arange(size))
    start = np.where(starts > 0, upto[np.maximum(starts, 1) - 1], 0.0)
    return np.asarray(upto - scores.cost - start[scores.pool])


def _taken(scores: Scores, before: Floats, room: Floats) -> Floats:
    """Return (c,) the part of each cell that finds room."""
    return np.clip((room[scores.pool] - before) / scores.cost, 0.0, 1.0)


def _ends(scores: Scores, before: Floats, room: Floats, size: int) -> NDArray[np.intp]:
    """Return (P,) the cell in which the room of each pool ends; its last one where it does not."""
    short = before + scores.cost < room[scores.pool]
    starts, ends = (np.searchsorted(scores.pool, np.arange(size), side=side) for side in ("left", "right"))
    held = np.bincount(scores.pool, short, size).astype(np.int64)
    return np.asarray(np.minimum(starts + held, ends - 1), dtype=np.intp)


def is_ending(cells: Scores, pools: Pools) -> NDArray[np.bool_]:
    """Return (c,) the cells in which the room ends; more or less of it takes a cell of other scores at its mean."""
    before, room = _before(cells, len(pools.whole)), pools.room[:, AS_IT_IS]
    here = np.where(room < pools.whole, room, np.inf)[cells.pool]
    return np.asarray(((before < here) & (here <= before + cells.cost)) | ((here == 0.0) & (before == 0.0)))


def descending(scores: Scores) -> Scores:
    """Return the cells in the order that ``Scores`` promises."""
    return scores.take(np.lexsort([-scores.score, -scores.cell, scores.pool]))


def joined(cells: Scores, single: Scores) -> Scores:
    """Return single scores in the place of the cells that they are of."""
    both = {
        one.name: np.concatenate([getattr(cells, one.name), getattr(single, one.name)])
        for one in fields(Scores)
    }
    return descending(Scores(**both))
