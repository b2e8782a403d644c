"""The action of the largest expected value in a row, as SQL."""

import sys
from collections.abc import Sequence

from payoff.choices import Recalibration
from payoff.formulas import double, literal, to_sql
from payoff.tabulation.naming import column_names
from payoff.tabulation.plan import Plan

LEAST = sys.float_info.epsilon
MOST_LOGIT = 700.0  # exp() of more leaves the doubles on some engines


def either_values(plan: Plan) -> tuple[list[str], list[str]]:
    """Return what every action is worth in a row if its outcome is positive, and if it is negative."""
    names, likely = column_names(plan), plan.valuation.likely

    def values(side: str) -> list[str]:
        formulas = (plan.value[action] for action in plan.spec.decision.actions)
        written = (to_sql(one, names=names, outcome=side, values=likely) for one in formulas)
        return [f"cast({text} as double)" for text in written]

    return values("true"), values("false")


def maximised_sql(probability: str, positive: Sequence[str], negative: Sequence[str]) -> str:
    """Return the number of the action whose expected value is largest; NULL where a value is.

    Parameters
    ----------
    probability : of the positive outcome.
    positive, negative : what each action is worth under either outcome.

    Another action than the last is taken only where it is expected to bring more than the last one does, and of two
    that are expected to bring the same the later one, so that nothing is done without a gain to be had.
    Elkan (2001), The foundations of cost-sensitive learning, IJCAI.

    >>> maximised_sql("p", ["8.0", "0.0"], ["-2.0", "0.0"])[:39]
    'case when (p * ((8.0) - (0.0)) + (1.0e0'
    """
    more = [
        f"({probability} * (({yes}) - ({positive[-1]})) + (1.0e0 - {probability}) * (({no}) - ({negative[-1]})))"
        for yes, no in zip(positive[:-1], negative[:-1], strict=True)
    ]
    return _largest(more)


def weighed_sql(probabilities: Sequence[str], by_class: Sequence[Sequence[str]]) -> str:
    """Return the same for an outcome of several classes: the probability of each, and what each action is worth in it.

    Elkan (2001), as ``maximised_sql``; the Bayes decision of a cost matrix where values are constant by class.

    >>> weighed_sql(["p", "q"], [["8.0", "0.0"], ["-2.0", "0.0"]])[10:60]
    '(p * ((8.0) - (0.0)) + q * ((-2.0) - (0.0))) is nu'
    """
    weighed = []
    for a in range(len(by_class[0]) - 1):
        pairs = zip(probabilities, by_class, strict=True)
        weighed.append(f"({' + '.join(f'{p} * (({worth[a]}) - ({worth[-1]}))' for p, worth in pairs)})")
    return _largest(weighed)


def class_values(plan: Plan) -> list[list[str]]:
    """Return for each class what every action is worth in a row of it."""
    names, likely = column_names(plan), plan.valuation.likely
    formulas = [plan.value[action] for action in plan.spec.decision.actions]
    return [
        [
            f"cast({to_sql(one, names=names, outcome=literal(label), values=likely)} as double)"
            for one in formulas
        ]
        for label in plan.spec.data.outcomes
    ]


def _largest(more: Sequence[str]) -> str:
    """Return the number of the action that is expected to bring most more than the last, the last if none does."""
    known = " or ".join(f"{one} is null" for one in more)
    whens = "".join(
        f" when {' and '.join([f'{one} > 0.0e0', *(f'{one} > {other}' for other in more[a + 1 :])])} then {a}"
        for a, one in enumerate(more)
    )
    return f"case when {known} then null{whens} else {len(more)} end"


def recalibrated_sql(score: str, line: Recalibration | None) -> str:
    """Return a probability moved by a line through its logits; the score itself where none was found."""
    if line is None:
        return score
    within = f"least(greatest({score}, {double(LEAST)}), {double(1.0 - LEAST)})"
    logit = f"(ln({within}) - ln(1.0e0 - {within}))"
    moved = f"({double(line.intercept)} + {double(line.slope)} * {logit})"
    ends = f"least(greatest({moved}, {double(-MOST_LOGIT)}), {double(MOST_LOGIT)})"
    return f"(1.0e0 / (1.0e0 + exp(-({ends}))))"
