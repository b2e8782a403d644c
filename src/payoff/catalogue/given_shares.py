"""Metrics of decisions where the share of positives is declared: two binomial shares are left in doubt."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from payoff.stats.confusion import Confusion, Design, decision_metric
from payoff.stats.distributions import normal_ppf
from payoff.stats.estimates import Interval
from payoff.stats.given_mix import Bounds, Within, added, predictive
from payoff.stats.proportions import clopper_pearson_lower, clopper_pearson_upper, wilson_bounds
from payoff.tables import PENDING, Cells, Moments
from payoff.tables.cells import NEGATIVE, POSITIVE

Floats = NDArray[np.float64]
Limits = Callable[[float, float], Bounds]
DECLARED = "declared, not estimated: no sampling error"
# Places of the positives, and of the negatives, among the four counts.
OUTCOMES: tuple[tuple[int, int], ...] = ((0, 2), (1, 3))
# What is a mix of the shares of positives and of negatives acted on, and what these shares alone tell.
MIXED: tuple[str, ...] = ("act_rate", "accuracy", "precision")
WITHIN: tuple[str, ...] = (
    "recall",
    "specificity",
    "balanced_accuracy",
    "positive_likelihood_ratio",
    "negative_likelihood_ratio",
)


def declared(share: float, rows: int, events: int, level: float) -> Interval:
    """Return a declared share of positives: a given number."""
    return Interval(
        value=share,
        low=share,
        high=share,
        level=level,
        rows=rows,
        events=events,
        method="declared",
        tier="A",
        note=DECLARED,
        stderr=0.0,
    )


def rows_at_given(quarter: Floats, moments: Moments, rows: NDArray[np.int64]) -> Design:
    """Return how the four totals vary about the means of outcomes, for independent rows.

    Parameters
    ----------
    quarter : (c, 4) shares of the known rows of every cell that are true and false positives, false and true negatives.
    moments : of these cells; rows of one outcome weigh the same.
    rows : (4,) rows of each.
    """
    covariance, unit, freedom = np.zeros((4, 4)), np.ones(4), np.inf
    for sides in OUTCOMES:
        here = quarter[:, sides].sum(axis=1) > 0.0
        own, weight = quarter[here] * np.isin(np.arange(4), sides), moments.weight[here]
        n = int(moments.rows[here].sum())
        if n > 1:
            apart = own - own.T @ weight / weight.sum()
            covariance += (apart.T * moments.weight2[here]) @ apart * n / (n - 1)
        unit[list(sides)] = weight.sum() / max(n, 1)
        freedom = min(freedom, n - 1.0)
    return Design(covariance=covariance, degrees_of_freedom=freedom, units=rows, unit=unit)


def clustered_at_given(design: Design, quarter: Floats, weight: Floats, cluster: NDArray[np.int64]) -> Design:
    """Return the same for the rows of clusters: what each adds beyond the means of its rows' outcomes."""
    numbers, code = np.unique(cluster, return_inverse=True)
    size = len(numbers)
    per_unit = np.zeros((size, 4))
    for sides in OUTCOMES:
        own = quarter * np.isin(np.arange(4), sides)
        held = weight * own.sum(axis=1)
        mean = own.T @ weight / max(float(held.sum()), np.finfo(np.float64).tiny)
        added_up = [np.bincount(code, weight * column, size) for column in own.T]
        per_unit += np.stack(added_up, axis=1) - np.bincount(code, held, size)[:, None] * mean
    plain = float(design.covariance.sum() / (quarter.T @ weight).sum())
    return replace(
        design, covariance=per_unit.T @ per_unit * (size / max(size - 1, 1)), unit=np.full(4, plain)
    )


def by_rows(table: Confusion) -> Confusion:
    """Return the table of rows that count once each, for what does not depend on how common outcomes are."""
    return Confusion(totals=table.rows.astype(np.float64), rows=table.rows)


def is_mixed(name: str, cells: Cells) -> bool:
    """Return whether a metric of some cells is one of :func:`mixed`: by rows, at a given share of positives."""
    return name in MIXED and cells.prevalence is not None and cells.cluster is None


def mixed(
    name: str, cells: Cells, acted: Floats, table: Confusion, level: float, *, exact: bool = False
) -> Interval:
    """Return act rate, accuracy or precision with bounds from those of the shares within outcomes.

    Parameters
    ----------
    cells : whose positives make up a given share; rows are independent.
    acted : (c,) share of the cell's rows on which the policy takes the first action.
    table : of the same rows, for what the number rests on.
    level : two-sided.
    exact : whether the shares within outcomes have Clopper and Pearson's bounds in place of Wilson's.
    """
    found = replace(
        decision_metric(name, table, level), method="mover_clopper_pearson" if exact else "mover_wilson"
    )
    if found.value is None:
        return found
    tail = 0.5 + level / 2.0
    value, (low, high), error = _mix(name, cells, acted, exact_limits(tail) if exact else wilson_limits(tail))
    return replace(found, value=value, low=low, high=high, stderr=error or None)


def mixed_bounds(
    name: str, cells: Cells, acted: Floats, table: Confusion, confidence: float
) -> tuple[float | None, float | None]:
    """Return one-sided bounds of the same, as guardrails are judged: from Clopper and Pearson's."""
    if decision_metric(name, table).value is None:
        return None, None
    return _mix(name, cells, acted, exact_limits(confidence))[1]


def wilson_limits(tail: float) -> Limits:
    """Return Wilson's bounds of a share as a function of successes and rows; each errs with 1 - ``tail``."""
    quantile = float(normal_ppf(tail))
    return lambda successes, rows: wilson_bounds(successes / rows, rows, quantile)


def exact_limits(tail: float) -> Limits:
    """Return Clopper and Pearson's bounds in the same way."""
    return lambda successes, rows: (
        clopper_pearson_lower(successes, rows, tail),
        clopper_pearson_upper(successes, rows, tail),
    )


def _mix(name: str, cells: Cells, acted: Floats, limits: Limits) -> tuple[float, Bounds, float]:
    held = {state: cells.state == state for state in (NEGATIVE, POSITIVE, PENDING)}
    rows = {state: float(cells.moments.rows[here].sum()) for state, here in held.items()}
    taken = {state: float(cells.moments.rows[here] @ acted[here]) for state, here in held.items()}
    share = float(cells.prevalence or 0.0)
    if name == "precision":
        return predictive(share, *(Within.of(taken[one], rows[one], limits) for one in (POSITIVE, NEGATIVE)))
    if name == "accuracy":
        right = {POSITIVE: taken[POSITIVE], NEGATIVE: rows[NEGATIVE] - taken[NEGATIVE]}
        return added(
            (share, 1.0 - share), [Within.of(right[one], rows[one], limits) for one in (POSITIVE, NEGATIVE)]
        )
    # Pending rows have no outcome that could be given a share: they count by how many they are.
    known = (rows[NEGATIVE] + rows[POSITIVE]) / sum(rows.values())
    weights = {NEGATIVE: (1.0 - share) * known, POSITIVE: share * known, PENDING: 1.0 - known}
    there = [state for state in weights if rows[state] > 0.0]
    return added(
        [weights[state] for state in there], [Within.of(taken[state], rows[state], limits) for state in there]
    )
