"""Signs of the value that can be seen without data.

Values are worked out for a row with and a row without the outcome, at the likely assumptions, by walking the
formula's own tree; no text is ever evaluated.
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from math import prod

from payoff.errors.spec import ActionNeverBest, GainCountedTwice, MissingPays, NotLinted
from payoff.formulas import Formula, Node, is_constant_given_outcome
from payoff.spec.findings import Finding
from payoff.spec.model import Spec

STAND_IN = 1.0
"""What a column holds while the direction in which a value moves is tried out."""

STEP = 0.5
"""By how much (relative, at least absolute) a name is moved to see the direction; any size would do."""

_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_COMBINE: Mapping[str, Callable[[list[float]], float]] = {
    "+": sum,
    "*": prod,
    "neg": lambda args: -args[0],
    "abs": lambda args: abs(args[0]),
    "greatest": max,
    "least": min,
    "and": lambda args: float(all(args)),
    "or": lambda args: float(any(args)),
    "not": lambda args: float(not args[0]),
}


class _Unknown(Exception):
    """The tree holds what only an engine can work out."""


def signs(spec: Spec) -> Iterator[Finding]:
    """Yield what the value's signs give away: a gain counted twice, a miss that pays, an action never best."""
    if spec.of_quantity is not None:
        return
    likely = {name: assumption.likely for name, assumption in spec.assumptions.items()}
    yield from _counted_twice(spec, likely)
    table = values_by_outcome(spec)
    if table is None:
        varying = [action for action in spec.value if not is_constant_given_outcome(spec.value[action])]
        yield Finding.of(
            NotLinted,
            "note",
            "value",
            f"not checked without data: values of {', '.join(varying or spec.value)} vary by row",
            "read the gains in the result: acting should pay on positives.",
        )
        return
    yield from _ordered(spec, table)


def values_by_outcome(spec: Spec) -> dict[str, tuple[float, float]] | None:
    """Return per action its likely value on a positive and on a negative row; None where it varies by row."""
    likely = {name: assumption.likely for name, assumption in spec.assumptions.items()}
    if not all(is_constant_given_outcome(formula) for formula in spec.value.values()):
        return None
    try:
        return {
            action: (_value(formula.tree, likely, True), _value(formula.tree, likely, False))
            for action, formula in spec.value.items()
        }
    except _Unknown:
        return None


def _ordered(spec: Spec, table: Mapping[str, tuple[float, float]]) -> Iterator[Finding]:
    """Compare what the actions are worth on a positive and on a negative row."""
    act, skip = spec.decision.actions[0], spec.decision.actions[-1]
    (act_yes, act_no), (skip_yes, skip_no) = table[act], table[skip]
    shown = f"on a positive {act} is worth {act_yes:g}, {skip} {skip_yes:g}; on a negative {act_no:g}, {skip_no:g}"
    if skip_yes > act_yes and act_no > skip_no:
        yield Finding.of(
            MissingPays,
            "warning",
            "value",
            f"{shown}: it pays to miss",
            "check the signs: costs are negative, gains positive; or data.positive names the wrong label.",
        )
        return
    for action, other in ((act, skip), (skip, act)):
        if all(mine < theirs for mine, theirs in zip(table[action], table[other], strict=True)):
            yield Finding.of(
                ActionNeverBest,
                "warning",
                f"value.{action}",
                f"{shown}: {action} is never best",
                f"check the formulas; if they are right, {other} is best for every row and needs no model.",
            )


def _counted_twice(spec: Spec, likely: Mapping[str, float]) -> Iterator[Finding]:
    """Yield what acting earns on positives and doing nothing is charged for on positives."""
    act, skip = (spec.value[action] for action in (spec.decision.actions[0], spec.decision.actions[-1]))
    shared = (act.assumptions & skip.assumptions) | (act.columns & skip.columns)
    for name in sorted(shared):
        if _moves(act, name, likely) > 0 > _moves(skip, name, likely):
            yield Finding.of(
                GainCountedTwice,
                "warning",
                act.where,
                f"`{name}` is earned by {spec.decision.actions[0]} on a positive row and charged to "
                f"{spec.decision.actions[-1]} on a positive row: the same money twice",
                "keep one of the two: what a case is worth when caught, or what it costs when missed.",
            )


def _moves(formula: Formula, name: str, likely: Mapping[str, float]) -> float:
    """Return by how much the value of a positive row moves when a name does; 0 where that cannot be told."""
    at = likely.get(name, STAND_IN)
    try:
        moved = _value(formula.tree, {**likely, name: at + max(abs(at), 1.0) * STEP}, True)
        return moved - _value(formula.tree, likely, True)
    except _Unknown:
        return 0.0


def _value(tree: Node, known: Mapping[str, float], outcome: bool) -> float:
    """Work out a tree on a row of that outcome; columns hold the stand-in where nothing else is known."""
    if tree.op == "outcome":
        return float(outcome)
    if tree.op in ("number", "boolean"):
        return float(tree.value or 0)
    if tree.op in ("assumption", "column"):
        return known.get(str(tree.value), STAND_IN)
    if tree.op == "case":
        return _case(tree, known, outcome)
    args = [_value(arg, known, outcome) for arg in tree.args]
    if tree.op in _COMPARE:
        return float(_COMPARE[tree.op](args[0], args[1]))
    if tree.op in _COMBINE:
        return _COMBINE[tree.op](args)
    if tree.op == "/" and args[1] != 0:
        return args[0] / args[1]
    raise _Unknown


def _case(tree: Node, known: Mapping[str, float], outcome: bool) -> float:
    *branches, otherwise = tree.args
    for condition, value in zip(branches[::2], branches[1::2], strict=True):
        if _value(condition, known, outcome):
            return _value(value, known, outcome)
    return _value(otherwise, known, outcome)
