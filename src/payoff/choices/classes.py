"""What acting is worth in each class of outcome, and whether a threshold stands on the wrong side of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from payoff.errors.data import ContradictedThreshold
from payoff.spec.coefficients import Valuation
from payoff.spec.model import Candidate, Capacity, Threshold
from payoff.tables import Cells, Moments
from payoff.tables.cells import NEGATIVE, POSITIVE

SHOWN = 4.0
"""Standard errors beyond which means of the two classes differ by more than the luck of the rows."""
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class ClassValue:
    """Mean worth of ``do`` over ``otherwise`` among known rows of one class, and its standard error."""

    mean: float
    stderr: float


def class_values(
    cells: Cells, policy: Threshold | Capacity, valuation: Valuation
) -> tuple[ClassValue | None, ClassValue | None]:
    """Return what acting is worth among negatives and among positives, None without rows."""
    values = valuation.values()
    weights = values[valuation.actions.index(policy.do)] - values[valuation.actions.index(policy.otherwise)]
    # The rows of one class are centred by one shift, so their moments add.
    known = cells.where(cells.known)
    by_state = known.moments.merged(known.state.astype(np.intp), len(known.states))
    return _class_value(by_state, NEGATIVE, weights), _class_value(by_state, POSITIVE, weights)


def refuse_contradicted(
    candidate: Candidate,
    policy: Threshold | Capacity,
    negative: ClassValue | None,
    positive: ClassValue | None,
) -> None:
    """Refuse a threshold or capacity that acts on high scores although acting is worth less the likelier the outcome.

    Where value varies by row the classes' means differ by luck alone, so the contradiction must be beyond that.

    Raises
    ------
    ContradictedThreshold
        When it is.
    """
    if negative is None or positive is None:
        return
    doubt = float(np.hypot(negative.stderr, positive.stderr))
    rounding = ROUNDING * max(abs(negative.mean), abs(positive.mean))
    if positive.mean < negative.mean - SHOWN * doubt - rounding:
        raise ContradictedThreshold(
            where=f"{candidate.name}.policy",
            found=f"{policy.do} is worth {negative.mean:g} more than {policy.otherwise} on negatives "
            f"and {positive.mean:g} on positives",
            expected="more on positives, for a policy that acts on high scores",
            fix="swap `do` and `otherwise`, name the other label in data.positive, or check the signs in `value`.",
        )


def _class_value(by_state: Moments, state: int, weights: NDArray[np.float64]) -> ClassValue | None:
    total = float(by_state.weight[state])
    if total <= 0:
        return None
    offset = float(by_state.first[state] @ weights) / total
    second = float(weights @ by_state.second[state] @ weights)
    squares = second - 2 * offset * float(by_state.first2[state] @ weights)
    squares += offset**2 * float(by_state.weight2[state])
    mean = float(by_state.shift[state] @ weights) + offset
    return ClassValue(mean, float(np.sqrt(max(squares, 0.0))) / total)
