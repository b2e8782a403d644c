"""Sums over the rows of each cell: counts, weights, exact money and centred moments of the parts.

Value under action a is ``sum_k coefficient[a, k] * part_k``. Sums of money are whole quanta, so they are
equal in any order; higher moments are doubles about a shift fixed beforehand, so they do not cancel
(Chan, Golub, LeVeque 1983, doi:10.2307/2683386).
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

BASE = 10**12

_Number = TypeVar("_Number", np.int64, np.float64)

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Moments:
    """One entry per cell (leading axis c) for K parts and A actions.

    Attributes
    ----------
    rows : (c,) rows.
    weight, weight2, weight3 : (c,) sums of w, w^2 and w^3; equal to ``rows`` where there is no weight.
    total_high, total_low : (c, A) exact sum of the value under each action in quanta,
        ``total_high * BASE + total_low``; values rounded to the quantum row by row, unweighted.
    nonzero : (c, D) rows on which the two actions of a pair differ in value, pairs as in ``payoff.tables.duels``.
    shift : (c, K) the constant that the parts were centred by.
    first, first2 : (c, K) sums of w (p - shift) and of w^2 (p - shift).
    second : (c, K, K) sums of w^2 (p - shift)(p - shift)'.
    third : (c, A+D, 4) sums of w^3 y^j for j = 0..3 at the likely assumptions, y the centred value under
        each action and then the centred difference in value of each pair of actions.
    """

    rows: Integers
    weight: Floats
    weight2: Floats
    weight3: Floats
    total_high: Integers
    total_low: Integers
    nonzero: Integers
    shift: Floats
    first: Floats
    first2: Floats
    second: Floats
    third: Floats

    def __post_init__(self) -> None:
        lengths = {len(getattr(self, field.name)) for field in fields(self)}
        if len(lengths) != 1:
            raise ValueError(f"columns of different lengths: {sorted(lengths)}")
        if (self.rows < 0).any():
            raise ValueError("a cell cannot hold a negative number of rows")

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, index: NDArray[np.intp] | NDArray[np.bool_]) -> Self:
        """Return the cells at ``index``, in that order."""
        return type(self)(**{field.name: getattr(self, field.name)[index] for field in fields(self)})

    def emptied(self, where: NDArray[np.bool_]) -> Self:
        """Return the same cells, without a row in those where ``where`` is True."""
        held = ~where
        columns = {field.name: getattr(self, field.name) for field in fields(self)}
        shapes = {name: (*held.shape, *(1,) * (column.ndim - held.ndim)) for name, column in columns.items()}
        return type(self)(**{name: column * held.reshape(shapes[name]) for name, column in columns.items()})

    @classmethod
    def joined(cls, several: Sequence["Moments"]) -> "Moments":
        """Return all cells of ``several`` one after the other."""
        names = [field.name for field in fields(cls)]
        return cls(**{name: np.concatenate([getattr(one, name) for one in several]) for name in names})

    def merged(self, key: NDArray[np.intp], size: int) -> "Moments":
        """Return ``size`` cells, each the sum of the cells with that ``key``.

        Raises
        ------
        ValueError
            When cells of different shift would be added: their moments are about different points.
        """
        shift = np.zeros((size, self.shift.shape[1]))
        shift[key] = self.shift
        if not np.array_equal(shift[key], self.shift):
            raise ValueError("cells with different shifts cannot be added")
        runs = _runs(key, size)
        carry, low = np.divmod(_summed(self.total_low, runs, size), BASE)
        return Moments(
            rows=_summed(self.rows, runs, size),
            weight=_summed(self.weight, runs, size),
            weight2=_summed(self.weight2, runs, size),
            weight3=_summed(self.weight3, runs, size),
            total_high=_summed(self.total_high, runs, size) + carry,
            total_low=low,
            nonzero=_summed(self.nonzero, runs, size),
            shift=shift,
            first=_summed(self.first, runs, size),
            first2=_summed(self.first2, runs, size),
            second=_summed(self.second, runs, size),
            third=_summed(self.third, runs, size),
        )

    def exact_totals(self) -> tuple[int, ...]:
        """Return the sum over all cells of the value under each action, in quanta, as exact integers."""
        high, low = self.total_high.sum(axis=0), self.total_low.sum(axis=0)
        return tuple(int(h) * BASE + int(rest) for h, rest in zip(high, low, strict=True))

    def part_sums(self) -> Floats:
        """Return (c, K) sums of w times the parts."""
        return self.first + self.shift * self.weight[..., None]


def _runs(key: NDArray[np.intp], size: int) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Return the order that brings equal keys together, where each run of them starts, and its key."""
    # NumPy sorts 16-bit integers by radix, several times faster than longer ones.
    narrow = key.astype(np.uint16) if size <= np.iinfo(np.uint16).max else key
    order = np.argsort(narrow, kind="stable")
    ordered = key[order]
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    return order, starts, ordered[starts]


def _summed(
    column: NDArray[_Number],
    runs: tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]],
    size: int,
) -> NDArray[_Number]:
    """Return (size, ...) sums of the rows of ``column`` by key; in key order, so equal in any order of cells."""
    order, starts, keys = runs
    out = np.zeros((size, *column.shape[1:]), dtype=column.dtype)
    if len(starts):
        out[keys] = np.add.reduceat(column[order], starts, axis=0)
    return out
