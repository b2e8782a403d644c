"""A gain as a function of the assumptions, and the confidence that it exceeds a hurdle at each setting of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from payoff.doubt.draws import Draws
from payoff.spec.coefficients import Valuation
from payoff.spec.model import Assumption
from payoff.spec.names import VOLUME
from payoff.spec.volume import World
from payoff.stats.inference import Evidence, confidence

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A gain at one setting of the assumptions, as a function of them.

    ``point`` is (A*K,) mean parts per decision; ``cost`` is running cost per decision at the likely volume, less
    the baseline's; ``fixed_cost`` is that part of it which is stated per period, and so shrinks as volume grows;
    ``per_decision`` whether the hurdle is stated per decision, so that volume leaves it as it is.
    """

    valuation: Valuation
    world: World
    point: Floats
    cost: float
    fixed_cost: float
    per_decision: bool = False

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


def joint_confidence(
    evidence: Evidence, judged: Judged, required: float, settings: Draws, shift: Floats | None = None
) -> Floats | None:
    """Return (D,) confidence that the gain exceeds ``required`` per decision (at the likely volume) per draw.

    ``shift`` holds (A*K,) mean parts that are added to the gain, whose doubt stays as it is.
    """
    coefficients = np.atleast_2d(judged.valuation.contrast(_symbols(settings)))
    asked = required * (1.0 if judged.per_decision else judged.volume_factor(settings))
    hurdle = np.atleast_1d(asked + judged.cost_at(settings))
    if shift is not None:
        hurdle = hurdle - coefficients @ shift
    # Only the volume may be in doubt, or only assumptions: the other is one number then.
    draws = max(len(coefficients), len(hurdle))
    coefficients = np.broadcast_to(coefficients, (draws, coefficients.shape[1]))
    return confidence(evidence, coefficients, np.broadcast_to(hurdle, (draws,)))


def ends(judged: Judged, item: Assumption) -> tuple[float | None, float | None]:
    """Return the point gain per decision at low and at high, the others likely; None without a range."""
    if item.low is None or item.high is None:
        return None, None
    if item.name in judged.valuation.expansion.bound:
        settings = [{f"{item.name}@low": np.ones(1)}, {f"{item.name}@high": np.ones(1)}]
    else:
        settings = [{item.name: np.array([end])} for end in (item.low, item.high)]
    return float(judged.at(settings[0])[0]), float(judged.at(settings[1])[0])


def _symbols(settings: Draws) -> dict[str, float | Floats]:
    return {name: value for name, value in settings.items() if name != VOLUME}
