"""Draws of all assumptions at once: points of the unit cube, tied together where the spec says so, by symbol."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from payoff.doubt.shapes import is_ranged, quantile, three_points
from payoff.spec.coefficients import Valuation
from payoff.spec.correlations import latent
from payoff.spec.model import Assumption, Spec
from payoff.spec.names import VOLUME
from payoff.spec.volume import World
from payoff.stats.copula import correlated

Floats = NDArray[np.float64]
Draws = Mapping[str, Floats]

DRAWS = 2_000


def draw(spec: Spec, valuation: Valuation, world: World, uniforms: Floats) -> Draws:
    """Return draws of every ranged assumption (and of the volume) by symbol.

    Parameters
    ----------
    uniforms : (D, J) points of the unit cube, J = ``len(dimensions(spec, world))``.

    Assumptions that move together share a column, those of ``correlated`` are tied by a Gaussian copula. Those
    bound to rows become their two switches: a three-point rule with the mean and, where it can, the variance.
    """
    out: dict[str, Floats] = {}
    tied = ties(spec, world)
    uniforms = uniforms if tied is None else correlated(uniforms, tied)
    for column, names in enumerate(dimensions(spec, world)):
        u = uniforms[:, column]
        for name in names:
            out |= drawn(valuation, ranged(spec, world, name), u)
    return out


def drawn(valuation: Valuation, item: Assumption, u: Floats) -> dict[str, Floats]:
    """Return one assumption at points of the unit interval, by symbol: its value, or its two switches."""
    if item.name not in valuation.expansion.bound:
        return {item.name: quantile(item, u)}
    low, high = three_points(item)
    return {f"{item.name}@low": (u < low).astype(float), f"{item.name}@high": (u >= 1.0 - high).astype(float)}


def dimensions(spec: Spec, world: World) -> tuple[tuple[str, ...], ...]:
    """Return groups of ranged assumptions that are drawn independently of each other."""
    doubtful = [name for name, item in spec.assumptions.items() if is_ranged(item)]
    groups = [tuple(name for name in group if name in doubtful) for group in spec.together]
    grouped = {name for group in groups for name in group}
    alone = [(name,) for name in doubtful if name not in grouped]
    volume = [(VOLUME,)] if world.low is not None and world.high is not None else []
    return (*(group for group in groups if group), *alone, *volume)


def ties(spec: Spec, world: World) -> Floats | None:
    """Return (J, J) correlations of the normals behind the groups, or None where all are independent."""
    groups = dimensions(spec, world)
    place = {name: column for column, names in enumerate(groups) for name in names}
    matrix = np.eye(len(groups))
    for tie in spec.correlated:
        first, second = place.get(tie.first), place.get(tie.second)
        if first is not None and second is not None:
            matrix[first, second] = matrix[second, first] = float(latent(tie.rank))
    return matrix if np.any(matrix != np.eye(len(groups))) else None


def points(dimension: int, count: int = DRAWS, skip: int = 0) -> Floats:
    """Return (count, dimension) quasi-random points: a Kronecker sequence on powers of the generalised golden ratio.

    Deterministic, so results need no seed here. Niederreiter 1992, doi:10.1137/1.9781611970081.

    >>> points(1, 3).round(3).tolist()
    [[0.118], [0.736], [0.354]]
    """
    root = 2.0
    for _ in range(60):
        root = (1.0 + root) ** (1.0 / (dimension + 1))
    steps = root ** -np.arange(1.0, dimension + 1.0)
    index = np.arange(1 + skip, count + 1 + skip)[:, None]
    return np.asarray((0.5 + index * steps) % 1.0)


def ranged(spec: Spec, world: World, name: str) -> Assumption:
    """Return an assumption, or the volume as one."""
    return _volume(world) if name == VOLUME else spec.assumptions[name]


def _volume(world: World) -> Assumption:
    return Assumption(name=VOLUME, likely=world.volume or 0.0, low=world.low, high=world.high)
