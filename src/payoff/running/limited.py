"""Metrics of decisions where a capacity decides: by period, since rows of one period compete for the same room."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from payoff.catalogue import decision_metrics
from payoff.choices import GIVEN, coarser, shares
from payoff.comparison import Grounds
from payoff.spec.model import Candidate, Capacity
from payoff.stats.estimates import Interval
from payoff.tables import Cells


def decided_cells(grounds: Grounds, candidate: Candidate) -> list[Cells]:
    """Return the tables that a candidate's metrics are computed from: one, or two of which the wider interval counts.

    Under a capacity per period the period stands in the place of the cluster, beside the table by cluster if any.
    """
    policy, units = candidate.policy, grounds.limits.units
    if not isinstance(policy, Capacity) or policy.per is None or units is None:
        return [grounds.cells]
    period = coarser(np.asarray(units.keys["unit"], dtype=np.int64), str(grounds.spec.counted_by), policy.per)
    by_period = replace(units.cells, cluster=period)
    return [by_period] if grounds.cells.cluster is None else [by_period, grounds.cells]


def of_decisions(
    grounds: Grounds, candidate: Candidate, names: tuple[str, ...], beta: float = 1.0, exact: bool = False
) -> Iterator[tuple[str, Interval]]:
    """Yield every named metric of the decisions of one candidate over all rows; shares exact where asked."""
    tables = decided_cells(grounds, candidate)
    actions = grounds.spec.decision.actions
    each = [
        dict(decision_metrics(cells, shares(candidate, cells, actions)[:, 0], names, beta=beta, exact=exact))
        for cells in tables
    ]
    limited = isinstance(candidate.policy, Capacity)
    for name in names:
        widest = max((found[name] for found in each), key=_width)
        yield name, _noted(widest, candidate) if limited and name != "prevalence" else widest


def _noted(found: Interval, candidate: Candidate) -> Interval:
    """Return an interval with what a capacity makes of it; too few periods are not called clusters."""
    policy = candidate.policy
    timed = isinstance(policy, Capacity) and policy.per is not None
    note = (found.note or "").replace("clusters", "periods") if timed else found.note
    return replace(found, note="; ".join(text for text in (note, None if timed else GIVEN) if text) or None)


def _width(found: Interval) -> float:
    if found.tier == "C" or found.low is None or found.high is None:
        return float("inf")
    return found.high - found.low
