"""Metrics of decisions, from the policies table."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from payoff.catalogue.clusters import Clusters, clusters_of
from payoff.catalogue.given_shares import (
    OUTCOMES,
    WITHIN,
    by_rows,
    clustered_at_given,
    declared,
    is_mixed,
    mixed,
    mixed_bounds,
    rows_at_given,
)
from payoff.catalogue.weights import Trust, Weights
from payoff.spec.parameters import default_of
from payoff.stats.confusion import (
    SHARES,
    Confusion,
    Design,
    decision_metric,
    exact_share,
    fewest_units,
    is_share,
    kish_rows,
    lower_bound,
    upper_bound,
)
from payoff.stats.distributions import t_ppf
from payoff.stats.estimates import Interval
from payoff.stats.jackknife import Jackknife, delete_a_group
from payoff.stats.kish import counted, kish
from payoff.stats.proportions import clopper_pearson
from payoff.tables import Cells
from payoff.tables.cells import NEGATIVE, POSITIVE
from payoff.tables.given_shares import at_given_shares

Floats = NDArray[np.float64]


def decision_metrics(
    cells: Cells,
    acted: Floats,
    names: tuple[str, ...],
    level: float = 0.95,
    beta: float = 1.0,
    exact: bool = False,
) -> Iterator[tuple[str, Interval]]:
    """Yield every named metric of decisions.

    Parameters
    ----------
    cells : a table keyed by the actions behind ``acted``.
    acted : (c,) share of the cell's rows on which the policy takes the first action.
    beta : of ``f_beta``.
    exact : whether shares have Clopper and Pearson's interval; the others are left as they are.

    Pending rows count in the act rate alone, whose outcome it does not need. The prevalence of outcomes of one
    class has the exact interval. Under 30 effective clusters an interval is shown and not to be trusted, under 100
    it is widened. A declared prevalence has no error, and where there is one the others rest on what is in doubt: the
    shares acted on within outcomes.
    """
    known = (confusion_of(cells, acted), clusters_of(cells))
    every = every_row(cells)
    for name in names:
        table, clusters = (confusion_of(every, acted), clusters_of(every)) if name == "act_rate" else known
        if name == "prevalence" and cells.prevalence is not None:
            yield name, declared(cells.prevalence, *_rests_on(table), level)
            continue
        if is_mixed(name, cells):
            yield name, mixed(name, cells, acted, table, level, exact=exact)
            continue
        if name in WITHIN and cells.prevalence is not None and clusters is None:
            table = by_rows(table)
        if name == "prevalence" and table.design is None and _one_class(table):
            yield name, clopper_pearson(float(table.rows[[0, 2]].sum()), float(table.rows.sum()), level)
            continue
        trust = trust_behind(name, table, clusters)
        inner = trust.level(level)
        if exact and name in SHARES:
            found = exact_share(name, table, inner)
        else:
            found = decision_metric(name, table, inner, beta)
        yield name, trust.trusted(found, level)


def decision_bounds(
    cells: Cells, acted: Floats, name: str, at: Mapping[str, float] | None, confidence: float
) -> tuple[float | None, float | None]:
    """Return one-sided lower and upper bounds of a metric, as guardrails are judged."""
    if name == "prevalence" and cells.prevalence is not None:
        return cells.prevalence, cells.prevalence
    every = every_row(cells) if name == "act_rate" else cells
    table, clusters = confusion_of(every, acted), clusters_of(every)
    if is_mixed(name, cells):
        return mixed_bounds(name, cells, acted, table, confidence)
    if name in WITHIN and cells.prevalence is not None and clusters is None:
        table = by_rows(table)
    beta, trust = beta_of(at), trust_behind(name, table, clusters)
    if trust.few is not None:
        return None, None
    confidence = trust.confidence(confidence)
    return lower_bound(name, table, confidence, beta), upper_bound(name, table, confidence, beta)


def trust_behind(name: str, table: Confusion, clusters: Clusters | None) -> Trust:
    """Return what clusters and weights leave a metric to rest on; of a linearised one the clusters of its margins."""
    held = None if clusters is None else Clusters(min(clusters.effective, fewest_units(name, table)))
    return Trust(held, weights_behind(name, table))


def weights_behind(name: str, table: Confusion) -> Weights | None:
    """Return what unequal weights leave a metric to rest on; of a share n* counts it already."""
    effective, rows = kish_rows(name, table)
    return None if math.isinf(effective) else Weights(effective, rows, counted=is_share(name))


def beta_of(at: Mapping[str, float] | None) -> float:
    """Return the parameter of F-beta, 1 where none is given."""
    return float((at or {}).get("beta", 1.0))


def every_row(cells: Cells) -> Cells:
    """Return the cells with pending rows as negatives, for what needs no outcome; no share of these is given then."""
    if cells.known.all():
        return cells
    return replace(cells, state=np.where(cells.known, cells.state, NEGATIVE), prevalence=None)


def _one_class(table: Confusion) -> bool:
    return bool(table.rows.sum() > 0 and 0 in (table.rows[[0, 2]].sum(), table.rows[[1, 3]].sum()))


def _rests_on(table: Confusion) -> tuple[int, int]:
    """Return rows, and those of the rarer outcome."""
    positives = int(table.rows[[0, 2]].sum())
    return int(table.rows.sum()), min(positives, int(table.rows.sum()) - positives)


def at_of(name: str) -> Mapping[str, float] | None:
    """Return the parameters that a metric is computed at by default.

    >>> at_of("f_beta"), at_of("recall")
    ({'beta': 1.0}, None)
    """
    return dict(default_of(name)) or None


def confusion_of(cells: Cells, acted: Floats) -> Confusion:
    """Return the confusion table of known rows, with the design that weights or clusters call for."""
    known = cells.known
    acted, positive = acted[known], cells.state[known] == POSITIVE
    moments = cells.moments.take(known)
    quarter = np.stack(
        [acted * positive, acted * ~positive, (1 - acted) * positive, (1 - acted) * ~positive], axis=1
    )
    totals = quarter.T @ moments.weight
    rows = _whole_rows(quarter, moments.rows)
    weighted = not np.array_equal(moments.weight, moments.weight2) or not np.array_equal(
        moments.weight, moments.rows
    )
    squares = quarter.T @ moments.weight2 if weighted else None
    if cells.cluster is not None:
        design = _clustered(quarter, moments.weight, cells.cluster[known])
        if cells.prevalence is not None:
            design = clustered_at_given(design, quarter, moments.weight, cells.cluster[known])
            return Confusion(totals=totals, rows=rows, design=design)
        return Confusion(totals=totals, rows=rows, design=replace(design, squares=squares))
    if cells.prevalence is not None:
        return Confusion(totals=totals, rows=rows, design=rows_at_given(quarter, moments, rows))
    if weighted:
        n = int(rows.sum())
        covariance = np.asarray(
            (quarter.T * moments.weight2) @ quarter * (n / max(n - 1, 1)), dtype=np.float64
        )
        return Confusion(
            totals=totals,
            rows=rows,
            design=Design(covariance=covariance, degrees_of_freedom=n - 1, units=rows, squares=squares),
        )
    return Confusion(totals=totals, rows=rows)


def _whole_rows(quarter: Floats, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return (4,) rows by outcome and action, whole where parts of rows are acted on, that add up to all rows.

    Those acted on are rounded to the nearest, and so are the positives among them; the rest are what is left.
    """
    positive, negative = (np.rint(quarter[:, sides].sum(axis=1) @ rows) for sides in OUTCOMES)
    hits, alarms, _, _ = quarter.T @ rows
    acted, true = (np.floor(counted(one) + 0.5) for one in (hits + alarms, hits))
    return np.array([true, acted - true, positive - true, negative - (acted - true)], dtype=np.int64)


def _clustered(quarter: Floats, weight: Floats, cluster: NDArray[np.int64]) -> Design:
    numbers, code = np.unique(cluster, return_inverse=True)
    size = len(numbers)
    by_cell = [np.bincount(code, weight * column, size).astype(np.float64) for column in quarter.T]
    per_unit: Floats = np.stack(by_cell, axis=1)
    total = np.bincount(code, weight, size)
    effective = float(kish(total.sum(), total @ total))
    return Design(
        covariance=per_unit.T @ per_unit * (size / max(size - 1, 1)),
        degrees_of_freedom=max(min(size, effective) - 1, 1.0),
        units=(per_unit > 0).sum(axis=0).astype(np.int64),
    )


def jackknifed(
    cells: Cells, number: Callable[[Cells], float | None], confidence: float
) -> tuple[Jackknife, float, float] | None:
    """Return a number without a formula, with one-sided bounds by the delete-a-group jackknife.

    None where it is undefined on all rows, or on all but one group, or where fewer than two groups hold rows.
    """
    full = number(cells)
    groups = np.unique(cells.group)
    without = [number(at_given_shares(cells.where(cells.group != group))) for group in groups]
    if full is None or len(groups) < 2 or any(one is None for one in without):
        return None
    found = delete_a_group(full, np.array(without, dtype=np.float64))
    reach = float(t_ppf(confidence, found.degrees_of_freedom)) * found.stderr
    return found, full - reach, full + reach
