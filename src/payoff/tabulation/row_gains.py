"""What one policy gains over another in a row, at the likely assumptions, as SQL over ``prepared`` and its actions."""

from payoff.formulas import double
from payoff.spec.model import Always, Candidate, Capacity, Naive, Quantity, Random
from payoff.tables.cells import SHARED_STEPS
from payoff.tabulation.acting import action_keys
from payoff.tabulation.plan import Plan


def gain_sql(plan: Plan, of: str, over: str) -> str:
    """Return what a row gains under ``of`` over ``over``; where an action is shared out, on average over the lot."""
    mine, theirs = (_value_sql(plan, plan.spec.candidate(name)) for name in (of, over))
    return f"({mine}) - ({theirs})"


def decides_sql(plan: Plan, of: str, over: str) -> str:
    """Return whether some action is taken in place of another one that is worth something else.

    Values are compared as they are, never their difference with zero: a mean over a lot rounds.
    """
    one, other = plan.spec.candidate(of), plan.spec.candidate(over)
    if not _by_lot(one) and not _by_lot(other):
        return f"({_value_sql(plan, one)}) <> ({_value_sql(plan, other)})"
    mine, theirs = _shares(plan, one), _shares(plan, other)
    pairs = [(i, j) for i in range(len(mine)) for j in range(len(mine)) if i != j]
    exchanged = (f"({mine[i]} > {theirs[i]} and {mine[j]} < {theirs[j]} and v{i} <> v{j})" for i, j in pairs)
    return f"({' or '.join(exchanged)})"


def _by_lot(candidate: Candidate) -> bool:
    """Return whether the candidate may take several actions on one row."""
    return isinstance(candidate.policy, Random | Capacity)


def _value_sql(plan: Plan, candidate: Candidate) -> str:
    """Return what a row is worth under the candidate's action."""
    actions, policy = plan.spec.decision.actions, candidate.policy
    if isinstance(policy, Always):
        return f"v{actions.index(policy.action)}"
    if isinstance(policy, Quantity | Naive):
        return f"v{actions.index(candidate.name)}"
    if isinstance(policy, Random):
        do, otherwise = (actions.index(name) for name in (policy.do, policy.otherwise))
        return f"{double(policy.share)} * v{do} + {double(1.0 - policy.share)} * v{otherwise}"
    key = action_keys(plan, [candidate.name])[0]
    whens = " ".join(f"when {number} then v{number}" for number in range(len(actions)))
    if not isinstance(policy, Capacity):
        return f"case {key} {whens} end"
    do, otherwise = (actions.index(name) for name in (policy.do, policy.otherwise))
    part = _part_sql(key, len(actions))
    return f"case {key} {whens} else {part} * v{do} + (1.0e0 - {part}) * v{otherwise} end"


def _part_sql(key: str, actions: int) -> str:
    """Return the part of a row on which a shared action is done (``payoff.tables.shared_parts``)."""
    return f"(cast({key} - {actions} as double) / {double(float(SHARED_STEPS))})"


def _shares(plan: Plan, candidate: Candidate) -> list[str]:
    """Return the share with which each action is taken."""
    actions, policy = plan.spec.decision.actions, candidate.policy
    if isinstance(policy, Random):
        held = {policy.do: policy.share, policy.otherwise: 1.0 - policy.share}
        return [double(held.get(name, 0.0)) for name in actions]
    if isinstance(policy, Always):
        return [double(float(name == policy.action)) for name in actions]
    if isinstance(policy, Quantity | Naive):
        return [double(float(name == candidate.name)) for name in actions]
    key = action_keys(plan, [candidate.name])[0]
    parts = {}
    if isinstance(policy, Capacity):
        part = _part_sql(key, len(actions))
        parts = {policy.do: part, policy.otherwise: f"(1.0e0 - {part})"}
    return [
        f"(case when {key} = {number} then 1.0e0 when {key} < {len(actions)} then 0.0e0 "
        f"else {parts.get(name, '0.0e0')} end)"
        for number, name in enumerate(actions)
    ]
