"""What it would be worth to know an assumption exactly before deciding.

One decides for the policy where its expected gain is above zero (a hurdle is a wish, not a loss). Knowing an
assumption lets one decide by the expectation given its value; the value of that, averaged over what its owner holds
possible, is the expected value of perfect information about it. Sampling doubt plays no part: rows cannot teach an
assumption, and no assumption teaches about rows (METHODS 7 keeps the two apart).

Raiffa, Schlaifer (1961), Applied Statistical Decision Theory; Strong, Oakley (2013), doi:10.1177/0272989X12465755.
"""

import numpy as np
from numpy.typing import NDArray

from payoff.doubt.draws import ties
from payoff.doubt.effects import cube
from payoff.doubt.stake import Stake, product
from payoff.stats.copula import deviate, factor, uniform

Floats = NDArray[np.float64]

# Of one assumption alone: middles of so many equal steps.
STEPS = 1_024
# Of tied ones: values of the one, and draws of the others at each.
OUTER, INNER_DOUBLINGS = 64, 8


def expected(stake: Stake) -> float:
    """Return the gain expected over all that the assumptions may be."""
    groups = stake.groups
    return float(np.mean(_curves(stake)[0])) if groups else float(stake.at({})[0])


def values_of_learning(stake: Stake) -> tuple[float, ...]:
    """Return for each group of assumptions what knowing it exactly could be worth, in the unit of the gain."""
    return tuple(value_of_knowing(curve) for curve in _curves(stake))


def value_of_knowing(curve: Floats) -> float:
    """Return what deciding at each of many equally likely gains wins over deciding once for all of them.

    >>> value_of_knowing(np.array([-1.0, 3.0]))
    0.5
    """
    return max(0.0, float(np.mean(np.maximum(curve, 0.0)) - max(float(np.mean(curve)), 0.0)))


def _curves(stake: Stake) -> list[Floats]:
    """Return for each group the gain expected given its value, over equally likely values of it."""
    tied = ties(stake.spec, stake.judged.world)
    if tied is None:
        return _independent(stake)
    return [_given(stake, tied, number) for number in range(len(stake.groups))]


def _independent(stake: Stake) -> list[Floats]:
    """Return the curves where groups are independent: the expectation of a product is that of its factors."""
    u = (np.arange(STEPS) + 0.5) / STEPS
    drawn = [{s: v for name in names for s, v in stake.drawn(name, u).items()} for names in stake.groups]
    factors, fixed = [], []
    for powers, coefficient in stake.terms:
        free = [one for one in powers if not any(one[0] in held for held in drawn)]
        fixed.append(coefficient * float(np.asarray(product(tuple(free), stake.likely))))
        by_group = [
            np.broadcast_to(product(tuple(one for one in powers if one[0] in held), held), (STEPS,))
            for held in drawn
        ]
        factors.append(by_group)
    means = [[float(one.mean()) for one in by_group] for by_group in factors]
    curves = []
    for number in range(len(drawn)):
        curve = np.zeros(STEPS)
        for coefficient, by_group, mean in zip(fixed, factors, means, strict=True):
            others = float(np.prod([one for place, one in enumerate(mean) if place != number]))
            curve += coefficient * others * by_group[number]
        curves.append(curve)
    return curves


def _given(stake: Stake, matrix: Floats, number: int) -> Floats:
    """Return the curve of one group where some are tied: the others are drawn given its value."""
    size = len(matrix)
    order = [number, *(other for other in range(size) if other != number)]
    outer = deviate((np.arange(OUTER) + 0.5) / OUTER)
    inner = deviate(cube(max(1, size - 1), INNER_DOUBLINGS))[:, : size - 1]
    grid = np.hstack([np.repeat(outer, len(inner))[:, None], np.tile(inner, (OUTER, 1))])
    tied = grid @ factor(matrix[np.ix_(order, order)]).T
    settings: dict[str, Floats] = {}
    for column, group in enumerate(order):
        u = uniform(tied[:, column])
        for name in stake.groups[group]:
            settings |= stake.drawn(name, u)
    return np.asarray(np.broadcast_to(stake.at(settings), (len(grid),)).reshape(OUTER, -1).mean(axis=1))
