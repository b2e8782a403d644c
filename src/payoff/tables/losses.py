"""Sums of the losses of candidates that decide a quantity: errors, squares, pinball losses, covered outcomes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

ABSOLUTE, SQUARED, PINBALL, ERROR, COVERED = "absolute", "squared", "pinball", "error", "covered"
PAIRED = (ABSOLUTE, SQUARED, PINBALL)
"""Losses by which candidates are compared: a skill is one less the ratio of two of them."""

_SUMS = ("rows", "weight", "weight2", "weight3")
_BY_LOSS = ("first", "first2", "first3", "second", "second3", "third")
_BY_PAIR = ("cross2", "cross3", "cross21", "cross12")
_ALL = (*_SUMS, *_BY_LOSS, *_BY_PAIR)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Losses:
    """Sums over known rows, in c cells: all rows, or one cell per cluster or slice.

    Attributes
    ----------
    columns : (candidate, kind of loss) of each of L losses x.
    pairs : places of the two losses x, z of each of P pairs.
    level : the quantile that the pinball loss is for, None where there is none.
    shift : (L,) what losses are centred by.
    rows : (c,); weight, weight2, weight3 : (c,) sums of w, w^2, w^3.
    first, first2, first3 : (c, L) sums of w x, w^2 x, w^3 x, x centred.
    second, second3 : (c, L) sums of w^2 x^2, w^3 x^2; third : (c, L) sums of w^3 x^3.
    cross2, cross3, cross21, cross12 : (c, P) sums of w^2 x z, w^3 x z, w^3 x^2 z, w^3 x z^2.
    cluster : (c,) number of the cluster, None where rows are independent. Then only ``first`` and the weights mean
        anything: what a cluster adds up to is one observation.
    """

    columns: tuple[tuple[str, str], ...]
    pairs: tuple[tuple[int, int], ...]
    level: float | None
    shift: Floats
    rows: Integers
    weight: Floats
    weight2: Floats
    weight3: Floats
    first: Floats
    first2: Floats
    first3: Floats
    second: Floats
    second3: Floats
    third: Floats
    cross2: Floats
    cross3: Floats
    cross21: Floats
    cross12: Floats
    cluster: Integers | None = None

    def place(self, candidate: str, kind: str) -> int | None:
        """Return the place of a loss, None where the candidate has none of that kind."""
        return self.columns.index((candidate, kind)) if (candidate, kind) in self.columns else None

    def take(self, index: NDArray[np.intp]) -> "Losses":
        """Return the cells at ``index``."""
        cluster = None if self.cluster is None else self.cluster[index]
        return replace(_with(self, {name: getattr(self, name)[index] for name in _ALL}), cluster=cluster)

    def added(self) -> "Losses":
        """Return all cells as one, where rows are independent; cells of clusters stay what they are."""
        if self.cluster is not None or len(self.rows) == 1:
            return self
        return _with(self, {name: getattr(self, name).sum(axis=0)[None] for name in _ALL})


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SlicedLosses:
    """The losses of one slice entry: text of every slice, and (c,) the slice of each cell."""

    entry: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]
    index: NDArray[np.int64]
    losses: Losses

    def part(self, number: int) -> Losses:
        """Return the losses of one slice."""
        return self.losses.take(np.flatnonzero(self.index == number))


def joined_losses(several: Sequence[Losses]) -> Losses:
    """Return the cells of several parts of the rows, one after the other.

    Raises
    ------
    ValueError
        When they are centred by different numbers, or hold clusters, whose numbers mean something in one part only.
    """
    first = several[0]
    if any(not np.array_equal(one.shift, first.shift) or one.cluster is not None for one in several):
        raise ValueError("losses about different centres, or by cluster, cannot be added")
    return _with(first, {name: np.concatenate([getattr(one, name) for one in several]) for name in _ALL})


def _with(losses: Losses, sums: Mapping[str, Any]) -> Losses:
    return replace(losses, **sums)
