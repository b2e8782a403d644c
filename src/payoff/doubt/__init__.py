"""Doubt in the assumptions: draws, joint confidence, break-even points, effects, the worth of learning them; shift.

An assumption revalues decisions, it does not re-decide: everything here is arithmetic on sums, no row is read.
Background: JCGM 101:2008 (propagation of distributions).
"""

from payoff.doubt.crossings import crossings, nearest, pair
from payoff.doubt.draws import DRAWS, Draws, dimensions, draw, points, ties
from payoff.doubt.effects import Contributions, contributions, cube, influence
from payoff.doubt.judged import Judged, ends, joint_confidence
from payoff.doubt.learning import expected, value_of_knowing, values_of_learning
from payoff.doubt.shapes import is_ranged, quantile, three_points
from payoff.doubt.spread import Box, bounds, box, chances_at
from payoff.doubt.stake import Stake, stake_of
from payoff.quantities import Amount
from payoff.spec.model import Spec
from payoff.spec.names import VOLUME

__all__ = [
    "Box",
    "Contributions",
    "DRAWS",
    "Draws",
    "Judged",
    "Stake",
    "VOLUME",
    "bounds",
    "box",
    "break_even",
    "chances_at",
    "contributions",
    "crossings",
    "cube",
    "dimensions",
    "draw",
    "ends",
    "expected",
    "influence",
    "is_ranged",
    "joint_confidence",
    "nearest",
    "pair",
    "points",
    "quantile",
    "stake_of",
    "three_points",
    "ties",
    "value_of_knowing",
    "values_of_learning",
]


def break_even(spec: Spec, judged: Judged, name: str, required: float) -> float | None:
    """Return where the gain per decision meets ``required`` when one assumption moves and the others stay likely.

    The nearest such value within ten ranges (or ten times the likely value) around it, None where there is none
    or where the assumption is bound to rows.
    """
    return nearest(stake_of(spec, judged, Amount(required, "decision")), name)
