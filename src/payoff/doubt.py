"""Doubt in the assumptions: draws, joint confidence, break-even points, influence.

An assumption revalues decisions, it does not re-decide: everything here is arithmetic on sums, no row is read.
Background: JCGM 101:2008 (propagation of distributions); Saltelli et al. 2010, doi:10.1016/j.cpc.2009.09.018.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from payoff.spec.coefficients import Valuation
from payoff.spec.model import Assumption, Spec
from payoff.spec.volume import World
from payoff.stats.distributions import normal_ppf
from payoff.stats.inference import Evidence, confidence

Floats = NDArray[np.float64]
Draws = Mapping[str, Floats]

DRAWS = 2_000
VOLUME = "decision.volume"
P95 = 1.6448536269514722


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A gain at one setting of the assumptions, as a function of them.

    ``point`` is (A*K,) mean parts per decision; ``cost`` is running cost per decision at the likely volume, less
    the baseline's; ``fixed_cost`` is that part of it which is stated per period, and so shrinks as volume grows.
    """

    valuation: Valuation
    world: World
    point: Floats
    cost: float
    fixed_cost: float

    def at(self, settings: Draws) -> Floats:
        """Return (D,) gain per decision, net of cost."""
        gain = self.valuation.contrast(_symbols(settings)) @ self.point - self.cost_at(settings)
        shape = np.broadcast_shapes((1,), *(np.shape(value) for value in settings.values()))
        return np.asarray(np.broadcast_to(gain, shape))

    def cost_at(self, settings: Draws) -> Floats:
        """Return (D,) running cost per decision."""
        if not self.fixed_cost:
            return np.asarray(self.cost)
        return np.asarray(self.cost - self.fixed_cost + self.fixed_cost * self.volume_factor(settings))

    def volume_factor(self, settings: Draws) -> Floats:
        """Return (D,) likely volume over drawn volume: what per-period amounts are multiplied by per decision."""
        if VOLUME not in settings or self.world.volume is None:
            return np.ones(1)
        return np.asarray(self.world.volume / settings[VOLUME])


def draw(spec: Spec, valuation: Valuation, world: World, uniforms: Floats) -> Draws:
    """Return draws of every ranged assumption (and of the volume) by symbol.

    Parameters
    ----------
    uniforms : (D, J) points of the unit cube, J = ``len(dimensions(spec, world))``.

    Assumptions that move together share a column. Those bound to rows become their two switches: a three-point
    rule with the mean and, where it can, the variance of their shape.
    """
    out: dict[str, Floats] = {}
    for column, names in enumerate(dimensions(spec, world)):
        u = uniforms[:, column]
        for name in names:
            item = _volume(world) if name == VOLUME else spec.assumptions[name]
            if name in valuation.expansion.bound:
                low, high = three_points(item)
                out[f"{name}@low"] = (u < low).astype(float)
                out[f"{name}@high"] = (u >= 1.0 - high).astype(float)
            else:
                out[name] = quantile(item, u)
    return out


def dimensions(spec: Spec, world: World) -> tuple[tuple[str, ...], ...]:
    """Return groups of ranged assumptions that are drawn independently of each other."""
    ranged = [name for name, item in spec.assumptions.items() if is_ranged(item)]
    groups = [tuple(name for name in group if name in ranged) for group in spec.together]
    grouped = {name for group in groups for name in group}
    alone = [(name,) for name in ranged if name not in grouped]
    volume = [(VOLUME,)] if world.low is not None and world.high is not None else []
    return (*(group for group in groups if group), *alone, *volume)


def is_ranged(item: Assumption) -> bool:
    """Return whether low and high leave room for doubt."""
    return item.low is not None and item.high is not None and item.low < item.high


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


def quantile(item: Assumption, u: Floats) -> Floats:
    """Return the quantiles of an assumption's shape at ``u``.

    ``triangle`` and ``uniform`` end at low and high; ``p90`` puts 5% below low and above high each, with half a
    normal on either side of likely.

    >>> quantile(Assumption(name="x", likely=2.0, low=0.0, high=4.0), np.array([0.5, 1.0])).tolist()
    [2.0, 4.0]
    """
    if item.low is None or item.high is None or item.low >= item.high:
        return np.full(len(u), item.likely)
    low, mode, high = item.low, item.likely, item.high
    if item.shape == "uniform":
        return np.asarray(low + u * (high - low))
    if item.shape == "p90":
        z = normal_ppf(np.clip(u, 1e-12, 1 - 1e-12)) / P95
        return np.asarray(mode + np.where(z < 0, (mode - low) * z, (high - mode) * z))
    below = (mode - low) / (high - low)
    rising = low + np.sqrt(u * (high - low) * (mode - low))
    falling = high - np.sqrt((1 - u) * (high - low) * (high - mode))
    return np.asarray(np.where(u < below, rising, falling))


def three_points(item: Assumption) -> tuple[float, float]:
    """Return the weights of low and high of a three-point rule with the shape's mean and variance.

    Where the range is so lopsided that one weight would be negative, only the mean is kept: that end gets none.

    >>> three_points(Assumption(name="x", likely=0.0, low=-1.0, high=1.0))
    (0.08333333333333333, 0.08333333333333333)
    """
    if item.low is None or item.high is None or item.low >= item.high:
        return 0.0, 0.0
    below, above = item.likely - item.low, item.high - item.likely
    grid = quantile(item, (np.arange(4000) + 0.5) / 4000) - item.likely
    mean, square = float(grid.mean()), float((grid**2).mean())
    if item.shape == "triangle":
        mean, square = (above - below) / 3, (below**2 + above**2 - below * above) / 6
    if below == 0 or square < mean * above:
        return 0.0, mean / above
    if above == 0 or square < -mean * below:
        return -mean / below, 0.0
    low = (square - mean * above) / (below * (below + above))
    high = (square + mean * below) / (above * (below + above))
    return low, high


def joint_confidence(
    evidence: Evidence, judged: Judged, required: float, settings: Draws, shift: Floats | None = None
) -> Floats | None:
    """Return (D,) confidence that the gain exceeds ``required`` per decision (at the likely volume) per draw.

    ``shift`` holds (A*K,) mean parts that are added to the gain, whose doubt stays as it is.
    """
    coefficients = np.atleast_2d(judged.valuation.contrast(_symbols(settings)))
    hurdle = np.atleast_1d(required * judged.volume_factor(settings) + judged.cost_at(settings))
    if shift is not None:
        hurdle = hurdle - coefficients @ shift
    # Only the volume may be in doubt, or only assumptions: the other is one number then.
    draws = max(len(coefficients), len(hurdle))
    coefficients = np.broadcast_to(coefficients, (draws, coefficients.shape[1]))
    return confidence(evidence, coefficients, np.broadcast_to(hurdle, (draws,)))


def break_even(spec: Spec, judged: Judged, name: str, required: float) -> float | None:
    """Return where the point gain meets ``required`` when one assumption moves and the others stay likely.

    The nearest such value within ten ranges (or ten times the likely value) around it, None where there is none
    or where the assumption is bound to rows.
    """
    item = spec.assumptions[name]
    if name in judged.valuation.expansion.bound:
        return None
    width = 0.0 if item.low is None or item.high is None else item.high - item.low
    reach = 10 * max(width, abs(item.likely), 1e-9)
    grid = item.likely + np.linspace(-reach, reach, 4001)
    gap = judged.at({name: grid}) - required
    if np.ptp(gap) == 0:
        return None
    crossing = np.flatnonzero(np.sign(gap[:-1]) != np.sign(gap[1:]))
    if not len(crossing):
        return None
    nearest = crossing[np.argmin(np.abs(grid[crossing] - item.likely))]
    low, high = grid[nearest], grid[nearest + 1]
    for _ in range(60):
        middle = (low + high) / 2
        same = np.sign(judged.at({name: np.array([middle])})[0] - required) == np.sign(gap[nearest])
        low, high = (middle, high) if same else (low, middle)
    return float((low + high) / 2)


def ends(judged: Judged, item: Assumption) -> tuple[float | None, float | None]:
    """Return the point gain per decision at low and at high, the others likely; None without a range."""
    if item.low is None or item.high is None:
        return None, None
    if item.name in judged.valuation.expansion.bound:
        settings = [{f"{item.name}@low": np.ones(1)}, {f"{item.name}@high": np.ones(1)}]
    else:
        settings = [{item.name: np.array([end])} for end in (item.low, item.high)]
    return float(judged.at(settings[0])[0]), float(judged.at(settings[1])[0])


def influence(spec: Spec, judged: Judged) -> Mapping[str, float]:
    """Return each assumption's first-order share of the variance that the assumptions give to the gain.

    Pick-freeze estimator of Saltelli et al. 2010 on fixed points. Assumptions that move together share one number.
    """
    groups = dimensions(spec, judged.world)
    if not groups:
        return {}
    both = points(2 * len(groups))
    first, second = both[:, : len(groups)], both[:, len(groups) :]
    base = judged.at(draw(spec, judged.valuation, judged.world, first))
    other = judged.at(draw(spec, judged.valuation, judged.world, second))
    variance = float(np.var(np.concatenate([base, other])))
    out: dict[str, float] = {}
    for column, names in enumerate(groups):
        mixed = first.copy()
        mixed[:, column] = second[:, column]
        moved = judged.at(draw(spec, judged.valuation, judged.world, mixed))
        share = float(np.mean((other - other.mean()) * (moved - base))) / variance if variance > 0 else 0.0
        out |= dict.fromkeys(names, min(1.0, max(0.0, share)))
    return out


def _volume(world: World) -> Assumption:
    return Assumption(name=VOLUME, likely=world.volume or 0.0, low=world.low, high=world.high)


def _symbols(settings: Draws) -> dict[str, float | Floats]:
    return {name: value for name, value in settings.items() if name != VOLUME}
