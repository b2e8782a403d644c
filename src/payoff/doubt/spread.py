"""How far assumptions, and the draw of the rows with them, spread a gain; where in their box an answer holds."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from payoff.doubt.draws import Draws, drawn, points
from payoff.doubt.effects import cube
from payoff.doubt.judged import joint_confidence
from payoff.doubt.stake import Stake
from payoff.stats.distributions import normal_ppf
from payoff.stats.inference import Evidence

Floats = NDArray[np.float64]
Chance = Callable[[float], float | None]

ENDS = (0.05, 0.95)
# Points at which the box is looked at, and draws that stand for all in the search for a bound.
BOX_DOUBLINGS, SEARCHED = 8, 256
# A search ends this near, in normal deviates: the confidence errs by 0.0005 at the most then.
NEAR, MOST_STEPS = 5e-3, 30
CERTAIN = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Box:
    """The box that low and high of all assumptions span, each setting of it counting the same.

    Attributes
    ----------
    above : share of it in which the gain is above what is required.
    chances : (D,) confidence that it is, by the draw of the rows alone, at settings all over the box; None in tier C.
    """

    above: float
    chances: Floats | None


def chances_at(stake: Stake, evidence: Evidence, settings: Draws, required: float) -> Floats | None:
    """Return (D,) confidence that the gain exceeds ``required`` (in its own unit) at each setting; None in tier C."""
    return joint_confidence(evidence, stake.judged, required / stake.scale, settings)


def bounds(stake: Stake, evidence: Evidence, stderr: float) -> tuple[float, float] | None:
    """Return what the gain exceeds with 95% and with 5% confidence, both doubts together; None in tier C.

    It inverts the confidence that hurdles are judged by, on the first 256 of its points.

    Parameters
    ----------
    stderr : of the gain at likely, in its unit: where the search begins.
    """
    settings = stake.draw(points(len(stake.groups), SEARCHED)) if stake.groups else {}
    gains = stake.at(settings)
    if chances_at(stake, evidence, settings, 0.0) is None:
        return None
    middle, spread = float(gains.mean()), float(np.hypot(gains.std(), stderr))
    if not spread > 0.0:
        return middle, middle

    @cache
    def chance(required: float) -> float | None:
        found = chances_at(stake, evidence, settings, required)
        return None if found is None else float(found.mean())

    low, high = (_exceeded(chance, 1.0 - q, middle + spread * float(normal_ppf(q)), spread) for q in ENDS)
    return low, high


def box(stake: Stake, evidence: Evidence) -> Box:
    """Return how the gain compares with what is required all over the box."""
    u, settings = cube(len(stake.groups), BOX_DOUBLINGS), dict[str, Floats]()
    for column, names in enumerate(stake.groups):
        for name in names:
            flat = replace(stake.item(name), shape="uniform")
            settings |= drawn(stake.judged.valuation, flat, u[:, column])
    return Box(
        above=float(np.mean(stake.at(settings) > stake.required)),
        chances=chances_at(stake, evidence, settings, stake.required),
    )


def _exceeded(chance: Chance, wanted: float, start: float, step: float) -> float:
    """Return what is exceeded with the chance that is wanted, sought from ``start`` on."""
    low, high = start - step / 4.0, start + step / 4.0
    for _ in range(MOST_STEPS):
        if beyond(chance, wanted, low) < 0.0:
            low, high = low - step, low
        elif beyond(chance, wanted, high) > 0.0:
            low, high = high, high + step
        else:
            break
        step *= 2.0
    return where_chance_is(chance, wanted, low, high)


def beyond(chance: Chance, wanted: float, at: float) -> float:
    """Return by how many normal deviates the chance at a place is above what is wanted; nothing in tier C."""
    found = chance(at)
    if found is None:
        return 0.0
    ends = normal_ppf(np.clip([found, wanted], CERTAIN, 1.0 - CERTAIN))
    return float(ends[0] - ends[1])


def where_chance_is(chance: Chance, wanted: float, low: float, high: float) -> float:
    """Return where a chance that falls, or rises, between ``low`` and ``high`` is what is wanted.

    In normal deviates, in which a chance is nearly a line.
    """
    return where_zero(lambda at: beyond(chance, wanted, at), low, high)


def where_zero(gap: Callable[[float], float], first: float, last: float) -> float:
    """Return where something that changes its sign between two places is nothing.

    Regula falsi that halves the side which stays (Illinois).

    >>> where_zero(lambda at: 3.0 - at, 0.0, 7.0)
    3.0
    """
    begin, end, stayed = gap(first), gap(last), 0
    for _ in range(MOST_STEPS):
        if begin * end >= 0.0:
            break
        at = (first * end - last * begin) / (end - begin)
        found = gap(at)
        if abs(found) <= NEAR:
            return at
        if found * begin > 0.0:
            first, begin, end, stayed = at, found, end / 2.0 if stayed > 0 else end, 1
        else:
            last, end, begin, stayed = at, found, begin / 2.0 if stayed < 0 else begin, -1
    return (first + last) / 2.0
