"""What each candidate does in a row, as SQL."""

from collections.abc import Sequence

from payoff.choices import Choices
from payoff.formulas import double
from payoff.spec.model import Candidate, Threshold
from payoff.tabulation.maximising import maximised_sql, recalibrated_sql
from payoff.tabulation.plan import Plan


def action_keys(plan: Plan, names: Sequence[str]) -> tuple[str, ...]:
    """Return the columns that hold the actions of these candidates."""
    return tuple(f"d{plan.keyed.index(name)}" for name in names)


def action_columns(plan: Plan, names: Sequence[str], choices: Choices) -> str:
    """Return those columns as text that adds them to ``prepared``."""
    written = zip(action_keys(plan, names), names, strict=True)
    return "".join(f", {_action_sql(plan, name, choices)} as {key}" for key, name in written)


def score_column(plan: Plan, candidate: Candidate) -> str:
    """Return the column of ``prepared`` that holds the score of a candidate."""
    own = candidate.variant_of or candidate.name
    return f"s{[other.name for other in plan.spec.columns_scored].index(own)}"


def _action_sql(plan: Plan, name: str, choices: Choices) -> str:
    candidate = plan.spec.candidate(name)
    if plan.is_counted(name) or plan.is_limited(name):
        return f"a_{plan.keyed.index(name)}"
    actions, score = plan.spec.decision.actions, score_column(plan, candidate)
    if not isinstance(candidate.policy, Threshold):
        probability = recalibrated_sql(score, choices.recalibrations[name])
        values = ([f"{side}v{a}" for a in range(len(actions))] for side in ("y", "z"))
        return f"cast({maximised_sql(probability, *values)} as integer)"
    do, otherwise = actions.index(candidate.policy.do), actions.index(candidate.policy.otherwise)
    # A threshold of None acts on nobody: no score reaches it.
    threshold = choices.thresholds[name]
    reached = "false" if threshold is None else f"{score} >= {double(threshold)}"
    return f"cast(case when {reached} then {do} else {otherwise} end as integer)"
