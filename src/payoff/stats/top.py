"""The top of rankings: precision, recall, lift, value and NDCG of the best k rows, ties as their mean over all orders.

Rows of one score share the places that are left, each in part, which is the mean over all orders in which the tie could
be broken (McSherry, Najork 2008); discounts are averaged in the same way, so that NDCG is the ``ndcg_score`` of
scikit-learn.

McSherry, Najork (2008). https://doi.org/10.1007/978-3-540-78646-7_38
Jarvelin, Kekalainen (2002). https://doi.org/10.1145/582415.582418
"""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Rankings:
    """Rows of known outcome by ranking and score, rankings in order and scores descending within each.

    Attributes
    ----------
    pool : (c,) number of the ranking, from 0.
    period : (P,) number of the period of each ranking, 0 where they are no periods.
    group : (c,) salted group of the rows, for one ranking of all; 0 elsewhere.
    score : (c,) the score.
    rows, positives : (c,) rows, and positive ones.
    value, squared, cubed : (c,) sums of what acting is worth more than doing nothing, of its squares and its cubes.
    deciding : (c, 2) negative and positive rows on which it is worth something, or costs something.
    """

    pool: Integers
    period: Integers
    group: Integers
    score: Floats
    rows: Integers
    positives: Integers
    value: Floats
    squared: Floats
    cubed: Floats
    deciding: Integers

    @property
    def size(self) -> int:
        """Return P, how many rankings there are."""
        return len(self.period)

    def without(self, group: int) -> "Rankings":
        """Return the rows of all other groups."""
        return self.take(self.group != group)

    def take(self, index: NDArray[np.generic]) -> "Rankings":
        """Return the cells at ``index``."""
        cells = {one.name: getattr(self, one.name)[index] for one in fields(self) if one.name != "period"}
        return Rankings(period=self.period, **cells)


def top_of(rankings: Rankings, name: str, k: float | None) -> Floats:
    """Return (P,) one metric of every ranking; NaN where it is undefined.

    Parameters
    ----------
    name : ``precision_at_k``, ``recall_at_k``, ``lift_at_k``, ``value_at_k`` or ``ndcg``.
    k : places, a fraction of one too; a ranking of fewer rows has as many as it has rows. None for all of them.

    A ranking without positives has no recall and no lift; its NDCG is 0, as scikit-learn has it.

    >>> one = Rankings(pool=np.zeros(2, int), period=np.zeros(1, int), group=np.zeros(2, int),
    ...     score=np.array([0.9, 0.1]), rows=np.array([4, 4]), positives=np.array([2, 0]), value=np.array([8.0, -4.0]),
    ...     squared=np.array([32.0, 4.0]), cubed=np.array([128.0, -4.0]), deciding=np.array([[0, 2], [4, 0]]))
    >>> top_of(one, "precision_at_k", 2).tolist(), top_of(one, "value_at_k", 2).tolist()
    ([0.5], [4.0])
    """
    size = rankings.size

    def total(column: NDArray[np.generic]) -> Floats:
        return np.asarray(np.bincount(rankings.pool, column, size), dtype=np.float64)

    rows, positives = total(rankings.rows), total(rankings.positives)
    places = rows if k is None else np.minimum(rows, float(k))
    part = part_of_top(rankings, places)
    if name == "value_at_k":
        return total(part * rankings.value)
    if name == "ndcg":
        return _ndcg(rankings, _before(rankings), positives, k)
    caught = total(part * rankings.positives)
    with np.errstate(divide="ignore", invalid="ignore"):
        if name == "precision_at_k":
            return np.asarray(caught / places)
        if name == "recall_at_k":
            return np.asarray(caught / positives)
        return np.asarray((caught / places) / (positives / rows))


def part_of_top(rankings: Rankings, places: Floats) -> Floats:
    """Return (c,) the part of every cell that is among the best so many rows, (P,), of its ranking."""
    free = places[rankings.pool] - _before(rankings)
    return np.asarray(np.clip(free / np.maximum(rankings.rows, 1), 0.0, 1.0), dtype=np.float64)


def _ndcg(rankings: Rankings, before: Floats, positives: Floats, k: float | None) -> Floats:
    """Return the discounted gain of every ranking over that of the best order."""
    most = int((before + rankings.rows).max(initial=0))
    upto = np.concatenate([[0.0], np.cumsum(1.0 / np.log2(np.arange(most) + 2.0))])
    last = float(most) if k is None else min(k, float(most))

    def discounts(place: Floats) -> Floats:
        """Return the sum of the discounts of that many first places, the last one in part."""
        return np.asarray(np.interp(np.minimum(place, last), np.arange(most + 1), upto))

    discount = (discounts(before + rankings.rows) - discounts(before)) / np.maximum(rankings.rows, 1)
    gained = np.bincount(rankings.pool, discount * rankings.positives, rankings.size)
    ideal = discounts(positives)
    return np.where(ideal > 0.0, gained / np.where(ideal > 0.0, ideal, 1.0), 0.0)


def _before(rankings: Rankings) -> Floats:
    """Return (c,) the rows of the same ranking with a higher score; cells of one score stand as one tie."""
    upto = np.cumsum(rankings.rows)
    starts = np.searchsorted(rankings.pool, np.arange(rankings.size))
    start = np.where(starts > 0, upto[np.maximum(starts, 1) - 1], 0)
    return np.asarray(upto - rankings.rows - start[rankings.pool], dtype=np.float64)


def tied(rankings: Rankings) -> Rankings:
    """Return one cell for every score of a ranking, whatever the groups of its rows."""
    change = np.ones(len(rankings.pool), dtype=np.bool_)
    change[1:] = (np.diff(rankings.pool) != 0) | (np.diff(rankings.score) != 0)
    code, count = np.cumsum(change) - 1, int(change.sum())

    def total(column: NDArray[np.generic]) -> Floats:
        return np.asarray(np.bincount(code, column, count), dtype=np.float64)

    return Rankings(
        pool=rankings.pool[change],
        period=rankings.period,
        group=np.zeros(count, dtype=np.int64),
        score=rankings.score[change],
        rows=total(rankings.rows).astype(np.int64),
        positives=total(rankings.positives).astype(np.int64),
        value=total(rankings.value),
        squared=total(rankings.squared),
        cubed=total(rankings.cubed),
        deciding=np.stack([total(one) for one in rankings.deciding.T], axis=1).astype(np.int64),
    )
