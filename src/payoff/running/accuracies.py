"""What accuracy is worth under a score model, point by point, and against what a point costs."""

import numpy as np
from numpy.typing import NDArray

from payoff.errors.judging import PlanLacks
from payoff.quantities import Amount
from payoff.running.footing import Footing
from payoff.stats.frontier import most
from payoff.stats.score_models import best_threshold
from payoff.verdicts.plans import Accuracies, Accuracy

Floats = NDArray[np.float64]

POINT = 0.01
LAST = 0.99
STEP = 5
"""Every how many points the worth of the next one is told."""

NOTHING = 1e-9
"""Of what perfect decisions are worth: less than that is said to be nothing."""


def accuracies(footing: Footing, over: str, cost: Amount | None) -> Accuracies | None:
    """Return what accuracy is worth under the binormal model; None where no score helps."""
    stakes = footing.stakes({})
    if not stakes.is_choice:
        return None
    yearly = footing.world.scale("year")
    per, factor = ("decision", 1.0) if yearly is None else ("year", yearly)
    asked = _cost(cost, per)
    own = float(footing.baseline(over, {}))
    fine = np.round(np.arange(0.5, LAST + POINT / 2, POINT), 2)
    worth = best_threshold("binormal", stakes, fine).value
    adds = np.diff(worth) * factor
    pays = None if asked is None else adds >= asked
    steps = [
        Accuracy(
            auc=float(auc),
            gain=_nothing(float(worth[place]) - own, float(most(stakes))) * factor,
            next_point=_nothing(float(adds[place]), float(most(stakes)) * factor),
            worth_it=None if pays is None else bool(pays[place]),
        )
        for place, auc in enumerate(fine[:-1])
        if place % STEP == 0
    ]
    return Accuracies(
        over=over,
        unit=f"{footing.spec.decision.unit} per {per}",
        steps=tuple(steps),
        recall_point=POINT * footing.prevalence * float(stakes.on_positive) * factor,
        cost=asked,
        worth_it=() if pays is None else tuple(_runs(fine, pays)),
    )


def _nothing(amount: float, scale: float) -> float:
    return amount if abs(amount) > NOTHING * scale else 0.0


def _cost(cost: Amount | None, per: str) -> float | None:
    if cost is None:
        return None
    if per == "decision":
        raise PlanLacks(
            where="--point-costs",
            found=f"{cost} and no volume",
            expected="decisions per period, to weigh it against what they gain",
            fix='state it: --volume "45000 per year", or decision.volume.',
        )
    return cost.yearly()


def _runs(fine: Floats, pays: NDArray[np.bool_]) -> list[tuple[float, float]]:
    """Return the ranges of AUC in which every next point is worth its cost."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], pays, [False]])))
    return [(float(fine[a]), float(fine[b])) for a, b in zip(edges[::2], edges[1::2], strict=True)]
