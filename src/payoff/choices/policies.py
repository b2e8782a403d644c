"""Who does what in which cell: policies as shares of actions."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from payoff.spec.model import (
    Always,
    Candidate,
    Capacity,
    Decided,
    Maximise,
    Naive,
    Quantity,
    Random,
    Rule,
    Threshold,
    Thresholds,
)
from payoff.tables import Cells, shared_parts

Floats = NDArray[np.float64]


def shares(candidate: Candidate, cells: Cells, actions: tuple[str, ...]) -> Floats:
    """Return (c, A) with which share the candidate takes each action in each cell.

    Where a quantity is decided, each candidate's own quantity is an action of its own, which it always takes.

    Raises
    ------
    KeyError
        When its action varies by row and is no key of the table.
    """
    out = np.zeros((len(cells), len(actions)))
    policy = candidate.policy
    if isinstance(policy, Always):
        out[:, actions.index(policy.action)] = 1.0
    elif isinstance(policy, Random):
        out[:, actions.index(policy.do)] += policy.share
        out[:, actions.index(policy.otherwise)] += 1.0 - policy.share
    elif isinstance(policy, (Quantity, Naive)):
        out[:, actions.index(candidate.name)] = 1.0
    elif isinstance(policy, Capacity):
        codes = cells.actions[candidate.name]
        shared, part = shared_parts(codes, len(actions))
        out[np.arange(len(cells)), np.where(shared, 0, codes)] = ~shared
        out[:, actions.index(policy.do)] += part
        out[:, actions.index(policy.otherwise)] += np.where(shared, 1.0 - part, 0.0)
    else:
        out[np.arange(len(cells)), cells.actions[candidate.name]] = 1.0
    return out


def switches(taken: Floats, instead: Floats | None) -> Floats:
    """Return the switches of contributions: of a gain over ``instead``, or of the value where that is None."""
    gain = taken[..., :-1] if instead is None else taken[..., :-1] - instead[..., :-1]
    first = np.full((*gain.shape[:-1], 1), 1.0 if instead is None else 0.0)
    return np.concatenate([first, gain], axis=-1)


def options(candidate: Candidate, actions: tuple[str, ...]) -> list[Floats]:
    """Return the shares of actions that a policy can take on a row, seen or not."""
    policy, one = candidate.policy, np.eye(len(actions))
    if isinstance(policy, Always):
        return [one[actions.index(policy.action)]]
    if isinstance(policy, Quantity | Naive):
        return [one[actions.index(candidate.name)]]
    if isinstance(policy, Random):
        return [
            policy.share * one[actions.index(policy.do)]
            + (1 - policy.share) * one[actions.index(policy.otherwise)]
        ]
    if isinstance(policy, Maximise):
        return list(one)
    if isinstance(policy, Decided):
        named: Sequence[str] = tuple(policy.mapping.values())
    else:
        named = policy.ladder if isinstance(policy, Thresholds) else (policy.do, policy.otherwise)
    return [one[actions.index(name)] for name in dict.fromkeys(named)]


def is_given(candidate: Candidate) -> bool:
    """Return whether the candidate is a baseline that decides without anything being chosen from the rows."""
    policy = candidate.policy
    return candidate.role == "baseline" and not (isinstance(policy, Threshold) and isinstance(policy.at, str))


def kind_of(candidate: Candidate) -> str:
    """Return the kind of policy in one word of the grammar."""
    policy = candidate.policy
    if isinstance(policy, Capacity):
        return "capacity" if policy.cost is None else "budget"
    return {
        Always: "always",
        Rule: "when",
        Decided: "decided",
        Random: "random",
        Threshold: "threshold",
        Quantity: "quantity",
        Naive: "naive",
        Thresholds: "thresholds",
        Maximise: "maximise",
    }[type(policy)]


def definition(candidate: Candidate, row: str) -> str:
    """Return the policy as a sentence part: 'call where p >= 0.2, else skip'."""
    policy = candidate.policy
    if isinstance(policy, Always):
        return f"{policy.action} for {row if row != 'a row' else 'every row'}, always"
    if isinstance(policy, Rule):
        return f"{policy.do} where {policy.when.text}, else {policy.otherwise}"
    if isinstance(policy, Decided):
        listed = ", ".join(f"{label} = {action}" for label, action in policy.mapping.items())
        return f"as recorded in {policy.column} ({listed})"
    if isinstance(policy, Random):
        return f"{policy.do} for a random share of {policy.share:g}, else {policy.otherwise}"
    if isinstance(policy, Quantity):
        column = next(iter(policy.formula.columns), "")
        return column if policy.formula.text == f'"{column}"' else policy.formula.text
    if isinstance(policy, Naive):
        return _naive_words(policy)
    if isinstance(policy, Capacity):
        return f"{policy.do} for the {ceiling(policy)} of highest {candidate.score}, else {policy.otherwise}"
    if isinstance(policy, Thresholds):
        steps = (f"{action} where {candidate.score} >= {at:g}" for action, at in reversed(policy.steps))
        return f"{', else '.join(steps)}, else {policy.otherwise}"
    if isinstance(policy, Maximise):
        weighed = ", ".join(candidate.scores or (str(candidate.score),))
        weighed += " recalibrated" if policy.recalibrated else ""
        return f"whatever has the largest expected value in the row, by {weighed}"
    at = policy.at if isinstance(policy.at, str) else f"{policy.at:g}"
    return f"{policy.do} where {candidate.score} >= {at}, else {policy.otherwise}"


def _naive_words(policy: Naive) -> str:
    """Return a naive rule as a sentence part: 'the last value of an earlier day, by store'."""
    words = {
        "last value": "the last outcome of an earlier day",
        "last season": f"the outcome of {policy.season_days} days before",
        "mean": "the mean outcome of all earlier days",
        "quantile": f"the {policy.level:g}-quantile of outcomes of earlier months" if policy.level else "",
    }[policy.rule]
    otherwise = "" if policy.otherwise is None else f", else {policy.otherwise:g}"
    return words + (f", by {' and '.join(policy.by)}" if policy.by else "") + otherwise


def ceiling(policy: Capacity) -> str:
    """Return a capacity as people say it.

    >>> ceiling(Capacity(limit=200.0, per="day", do="call", otherwise="skip", by="branch", carry_over=2))
    '200 per day in each branch, unworked ones waiting up to 2 days'
    """
    by = f" in each {policy.by}" if policy.by else ""
    if policy.per is None:
        return f"{100 * policy.limit:.10g}%{by}"
    plural = "s" if policy.carry_over != 1 else ""
    waiting = (
        f", unworked ones waiting up to {policy.carry_over} {policy.per}{plural}" if policy.carry_over else ""
    )
    money = "" if policy.cost is None else f" at a cost of {policy.cost.text} each"
    return f"{policy.limit:.10g} per {policy.per}{by}{money}{waiting}"
