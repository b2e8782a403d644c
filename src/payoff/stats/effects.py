"""What each input of a function contributes to the variance of its answer.

For independent inputs the first-order and the total effect, by the estimators that Saltelli et al. (2010) recommend,
Variance based sensitivity analysis of model output, Comput. Phys. Commun. 181, 259-270, doi:10.1016/j.cpc.2009.09.018.
For dependent ones these shares cannot be read: Shapley effects stand in their place. Owen (2014), Sobol' indices and
Shapley value, SIAM/ASA J. Uncertainty Quantification 2, 245-251, doi:10.1137/130936233; Song, Nelson, Staum (2016),
Shapley effects for global sensitivity analysis, ibid. 4, 1060-1083, doi:10.1137/15M1048070.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """Shares of a variance, one per input.

    Attributes
    ----------
    first : (J,) share that fixing the input alone would take away, on average.
    total : (J,) share that would be left if all others were fixed: with its interactions.
    variance : of the answer.
    """

    first: Floats
    total: Floats
    variance: float


def saltelli(base: Floats, other: Floats, mixed: Sequence[Floats]) -> Effects:
    """Return the effects of independent inputs from answers at pick-freeze points.

    Parameters
    ----------
    base, other : (N,) answers at two independent sets A and B of points.
    mixed : J times (N,) answers at A with the j-th input from B.

    First order is mean(f_B (f_AB - f_A)) / variance, with f_B centred, total is mean((f_A - f_AB)^2) / 2 variance
    (Jansen). Errors fall like 1 / N on 2^k quasi-random points where the function is smooth; estimates may lie
    slightly outside 0 to 1.

    >>> a, b = np.array([0.0, 0.0, 1.0, 1.0]), np.array([0.0, 1.0, 0.0, 1.0])
    >>> one = saltelli(a, b, [b])  # one input is all there is
    >>> one.first.tolist(), one.total.tolist()
    ([1.0], [1.0])
    """
    both = np.concatenate([base, other])
    variance, centred = float(both.var()), other - both.mean()
    moved = [one - base for one in mixed]
    if not variance > 0.0:
        return Effects(np.zeros(len(moved)), np.zeros(len(moved)), 0.0)
    first = np.array([float(np.mean(centred * one)) for one in moved]) / variance
    total = np.array([float(np.mean(one**2)) for one in moved]) / (2.0 * variance)
    return Effects(first, total, variance)


def shapley(worth: Callable[[frozenset[int]], float], players: int, most: int = 8) -> Floats:
    """Return how the worth of all players together is shared among them.

    Parameters
    ----------
    worth : of any set of players, that of none being 0; asked once for every set.
    players : their number.
    most : up to so many every set is asked for; beyond, 16 fixed orders and their reverses stand for all orders.

    With ``worth(u)`` = Var(E[answer | inputs u]) these are Shapley effects: they add up to the variance, whatever
    ties the inputs together.

    >>> shapley(lambda held: float(len(held) == 2), 2).tolist()
    [0.5, 0.5]
    """
    known: dict[frozenset[int], float] = {frozenset(): 0.0}

    def asked(held: frozenset[int]) -> float:
        if held not in known:
            known[held] = worth(held)
        return known[held]

    if players > most:
        return _by_orders(asked, players)
    out = np.zeros(players)
    for number in range(1 << players):
        held = frozenset(j for j in range(players) if number >> j & 1)
        share = (
            math.factorial(len(held)) * math.factorial(players - len(held) - 1) if len(held) < players else 0
        )
        for j in set(range(players)) - held:
            out[j] += share * (asked(held | {j}) - asked(held))
    return out / math.factorial(players)


def _by_orders(asked: Callable[[frozenset[int]], float], players: int) -> Floats:
    generator, out = np.random.default_rng(1), np.zeros(players)
    orders = [generator.permutation(players) for _ in range(16)]
    for order in (*orders, *(one[::-1] for one in orders)):
        for place, j in enumerate(order.tolist()):
            before = frozenset(order[:place].tolist())
            out[j] += asked(before | {j}) - asked(before)
    return np.asarray(out / (2 * len(orders)))
