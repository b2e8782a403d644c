"""Thresholds that a spec gives outright: they need no cut, and are known before any row is."""

from payoff.choices.classes import class_values, refuse_contradicted
from payoff.choices.policies import is_given
from payoff.choices.record import Choices
from payoff.spec.coefficients import Valuation
from payoff.spec.model import Candidate, Spec, Threshold, Thresholds
from payoff.tables import Cells


def given_thresholds(spec: Spec) -> Choices:
    """Return the choices that stand before any row is read."""
    choices = Choices()
    for one in spec.baselines:
        if is_given(one) and isinstance(one.policy, Threshold):
            choices = choices.with_threshold(one.name, float(one.policy.at), None, None)
    return choices


def refuse_given(spec: Spec, valuation: Valuation, cells: Cells) -> None:
    """Refuse a given threshold, or a capacity, on the wrong side of what acting is worth.

    ``cells`` are the policies table.

    Raises
    ------
    ContradictedThreshold
        As ``refuse_contradicted``.
    """
    for one in spec.baselines:
        if is_given(one) and isinstance(one.policy, Threshold):
            refuse_contradicted(one, one.policy, *class_values(cells, one.policy, valuation))
    if spec.data.classes is None:
        for one in spec.candidates:
            if isinstance(one.policy, Thresholds):
                _refuse_ladder(one, one.policy, valuation, cells)
        for one, limit in spec.limited:
            refuse_contradicted(one, limit, *class_values(cells, limit, valuation))


def _refuse_ladder(candidate: Candidate, policy: Thresholds, valuation: Valuation, cells: Cells) -> None:
    """Refuse a ladder on which a higher score brings an action that is worth less the likelier the outcome."""
    for below, (above, at) in zip(policy.ladder, policy.steps, strict=False):
        step = Threshold(at=at, do=above, otherwise=below)
        refuse_contradicted(candidate, step, *class_values(cells, step, valuation))
