"""Two forecasts of the same rows, by where both lie and where the outcome does: what Murphy diagrams are made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Duel:
    """Known rows in c cells. u is how many more pieces ``over`` is short of the outcome than ``of``, o how many more
    it has too many: both are what ``of`` saves.

    Attributes
    ----------
    of, over : the two candidates.
    at : (T,) thresholds, ascending.
    mine, theirs, outcome : (c,) how many thresholds lie below the quantity of ``of``, of ``over``, and the outcome.
    rows, differing : (c,) rows, and those on which the two decide differently.
    weight, weight2, weight3 : (c,) sums of w, w^2, w^3.
    first, first2, first3 : (c, 2) sums of w, w^2, w^3 times u, o.
    second, second3 : (c, 3) sums of w^2, w^3 times u^2, u o, o^2.
    third : (c, 4) sums of w^3 times u^3, u^2 o, u o^2, o^3.
    cluster : (c,) number of the cluster, None where rows are independent.
    """

    of: str
    over: str
    at: Floats
    mine: Integers
    theirs: Integers
    outcome: Integers
    rows: Integers
    differing: Integers
    weight: Floats
    weight2: Floats
    weight3: Floats
    first: Floats
    first2: Floats
    first3: Floats
    second: Floats
    second3: Floats
    third: Floats
    cluster: Integers | None = None


def joined_duels(several: Sequence[Duel]) -> Duel:
    """Return the cells of several parts of the rows, one after the other.

    Raises
    ------
    ValueError
        When their thresholds differ, or they hold clusters, whose numbers mean something in one part only.
    """
    first = several[0]
    if any(not np.array_equal(one.at, first.at) or one.cluster is not None for one in several):
        raise ValueError("duels by other thresholds, or by cluster, cannot be added")
    kept = ("of", "over", "at", "cluster")
    sums: Mapping[str, Any] = {
        one.name: np.concatenate([getattr(each, one.name) for each in several])
        for one in fields(Duel)
        if one.name not in kept
    }
    return replace(first, **sums)
