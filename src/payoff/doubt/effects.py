"""Which assumptions the doubt about a gain comes from."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from payoff.doubt.draws import points, ties
from payoff.doubt.judged import Judged
from payoff.doubt.stake import Stake, stake_of
from payoff.quantities import Amount
from payoff.spec.model import Spec
from payoff.stats.copula import deviate, factor, uniform
from payoff.stats.effects import Effects, saltelli, shapley
from payoff.stats.sobol_points import DIMENSIONS, sobol_points

Floats = NDArray[np.float64]

# 2^11 points for effects; every set of tied assumptions takes 2^10 of its own.
DOUBLINGS, FEWER = 11, 10
PER_DECISION = Amount(0.0, "decision")


@dataclass(frozen=True, slots=True, eq=False)
class Contributions:
    """Shares of the variance that the assumptions give to a gain, one per group that moves as one.

    Attributes
    ----------
    groups : their names.
    first, total : of independent assumptions; None where some are tied, as these shares cannot be read then.
    shapley : Shapley effects where some are tied, else None.
    """

    groups: tuple[tuple[str, ...], ...]
    first: Floats | None
    total: Floats | None
    shapley: Floats | None

    @property
    def shares(self) -> Floats:
        """Return the one share per group that orders them: first order, or Shapley's."""
        found = self.first if self.shapley is None else self.shapley
        return np.zeros(len(self.groups)) if found is None else np.clip(found, 0.0, 1.0)

    def by_name(self) -> Mapping[str, float]:
        """Return the share of every assumption; those that move as one have the same."""
        shares = self.shares.tolist()
        return {name: share for names, share in zip(self.groups, shares, strict=True) for name in names}


def contributions(stake: Stake) -> Contributions:
    """Return what each group of assumptions contributes to the doubt about a gain."""
    groups, tied = stake.groups, ties(stake.spec, stake.judged.world)
    if not groups:
        return Contributions((), None, None, None)
    if tied is None:
        found = _independent(stake)
        return Contributions(groups, np.clip(found.first, 0.0, 1.0), np.clip(found.total, 0.0, 1.0), None)
    return Contributions(groups, None, None, _tied(stake, tied))


def influence(spec: Spec, judged: Judged, amount: Amount = PER_DECISION) -> Mapping[str, float]:
    """Return each assumption's share of the variance that all of them give to the gain, in the period of ``amount``.

    First order, or Shapley effects where some are correlated. Assumptions that move together share one number.
    """
    return contributions(stake_of(spec, judged, amount)).by_name()


def cube(dimension: int, doublings: int) -> Floats:
    """Return 2^doublings quasi-random points: Sobol's, or the Kronecker sequence in more dimensions than these have."""
    if dimension <= DIMENSIONS:
        return sobol_points(dimension, doublings)
    return points(dimension, 1 << doublings)


def _independent(stake: Stake) -> Effects:
    size = len(stake.groups)
    both = cube(2 * size, DOUBLINGS)
    first, second = stake.draw(both[:, :size]), stake.draw(both[:, size:])
    mixed = []
    for names in stake.groups:
        own = {symbol: second[symbol] for symbol in second if symbol.partition("@")[0] in names}
        mixed.append(stake.at({**first, **own}))
    return saltelli(stake.at(first), stake.at(second), mixed)


def _tied(stake: Stake, matrix: Floats) -> Floats:
    """Return Shapley effects; Var(E[gain | u]) is the covariance of two gains that share u and draw the rest anew."""
    size = len(matrix)
    normals = deviate(cube(2 * size, FEWER))

    def gain(held: list[int], rest: list[int], redrawn: bool) -> Floats:
        order = [*held, *rest]
        own = normals[:, : len(held)]
        others = normals[:, size + len(held) : size + len(order)] if redrawn else normals[:, len(held) : size]
        tied = np.hstack([own, others]) @ factor(matrix[np.ix_(order, order)]).T
        settings: dict[str, Floats] = {}
        for column, number in enumerate(order):
            u = uniform(tied[:, column])
            for name in stake.groups[number]:
                settings |= stake.drawn(name, u)
        return stake.at(settings)

    def explained(held: frozenset[int]) -> float:
        inside, rest = sorted(held), sorted(set(range(size)) - held)
        one = gain(inside, rest, redrawn=False)
        two = gain(inside, rest, redrawn=True) if rest else one
        middle = (one.mean() + two.mean()) / 2.0
        return float(np.mean((one - middle) * (two - middle)))

    found = shapley(explained, size)
    return found / found.sum() if found.sum() > 0.0 else np.zeros(size)
