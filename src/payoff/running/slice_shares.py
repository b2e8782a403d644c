"""Shares of the model in a slice less those in all other rows: two groups of rows that have none in common."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from payoff.catalogue import every_row
from payoff.choices import shares
from payoff.comparison import Grounds
from payoff.stats.confusion import SHARES
from payoff.stats.distributions import normal_cdf
from payoff.stats.estimates import Estimate, Interval
from payoff.stats.multiplicity import benjamini_hochberg
from payoff.stats.proportions import newcombe_independent
from payoff.tables.cells import POSITIVE
from payoff.tabulation import SliceTable

ASKED = "slice_differences"
OF_SLICES = ("prevalence", "act_rate", "precision", "recall")
LEVEL = 0.95
FEWEST = 10
HALVINGS = 60
FURTHEST = 8.0
SMALLEST_SHOWN = 0.001
TOO_FEW = "not evaluated: fewer than 10 rows in this slice, or in the others"
NOT_INDEPENDENT = "not evaluated: rows carry weights or come in clusters, and it takes each as one of its own"

Floats = NDArray[np.float64]


def share_differences(grounds: Grounds, table: SliceTable) -> Iterator[Estimate]:
    """Yield, for every slice of one entry, the model's shares less those in all other rows.

    Newcombe's interval of two independent groups, plain and at Bonferroni's level for the slices of the entry; the note
    holds the share of false findings (Benjamini and Hochberg) if this slice and all that differ more were called
    different. For exploring: what is to be ruled out is a guardrail's.
    """
    if ASKED not in grounds.spec.metrics:
        return
    places = [where for where, _ in table.parts()]
    refused = grounds.weighted or table.cells.cluster is not None
    for name in OF_SLICES:
        counts = _counts(grounds, table, name)
        rest = counts.sum(axis=0) - counts
        usable = [j for j in range(len(places)) if min(counts[j, 1], rest[j, 1]) >= FEWEST and not refused]
        adjusted = dict(zip(usable, _false_findings(counts[usable], rest[usable]), strict=True))
        for j, where in enumerate(places):
            if j not in adjusted:
                about = newcombe_independent((0, 0), (0, 0))
                note = NOT_INDEPENDENT if refused else TOO_FEW
                yield _keyed(grounds, name, where, replace(about, rows=round(counts[j, 1]), note=note))
                continue
            yield _one(grounds, name, where, (counts[j], rest[j]), (adjusted[j], len(usable)))


def _one(
    grounds: Grounds,
    name: str,
    where: dict[str, str],
    groups: tuple[Floats, Floats],
    found: tuple[float, int],
) -> Estimate:
    (k, n), (j, m) = ((float(one[0]), float(one[1])) for one in groups)
    made, wide = (
        newcombe_independent((k, n), (j, m), level) for level in (LEVEL, 1.0 - (1.0 - LEVEL) / found[1])
    )
    note = f"q < {SMALLEST_SHOWN} over {found[1]} slices (Benjamini and Hochberg)"
    if found[0] >= SMALLEST_SHOWN:
        note = f"q = {found[0]:.3f} over {found[1]} slices (Benjamini and Hochberg)"
    told = _keyed(grounds, name, where, replace(made, rows=round(n), note=note))
    adjustment = f"Bonferroni over {found[1]} slices"
    return replace(told, low_adjusted=wide.low, high_adjusted=wide.high, adjustment=adjustment)


def _keyed(grounds: Grounds, name: str, where: dict[str, str], found: Interval) -> Estimate:
    return found.keyed(f"{name}_difference", grounds.spec.model.name, slice=where)


def _counts(grounds: Grounds, table: SliceTable, name: str) -> Floats:
    """Return (S, 2) successes and rows of a share in every slice."""
    cells = every_row(table.cells) if name == "act_rate" else table.cells
    acted = shares(grounds.spec.model, cells, grounds.spec.decision.actions)[:, 0]
    positive, rows = cells.state == POSITIVE, cells.moments.rows * cells.known
    four = (acted * positive, acted * ~positive, (1.0 - acted) * positive, (1.0 - acted) * ~positive)
    size = len(table.values)
    by_cell = np.stack([np.bincount(table.index, rows * one, size) for one in four], axis=1)
    return np.asarray(np.stack([by_cell @ np.array(side) for side in SHARES[name]], axis=1), dtype=np.float64)


def _false_findings(counts: Floats, rest: Floats) -> list[float]:
    p = [_p_value((k, n), (j, m)) for (k, n), (j, m) in zip(counts.tolist(), rest.tolist(), strict=True)]
    return [float(one) for one in benjamini_hochberg(p)] if p else []


def _p_value(first: tuple[float, float], second: tuple[float, float]) -> float:
    """Return the two-sided p-value of no difference: one less the level at which the interval ends at zero."""
    low, high = 0.0, FURTHEST
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        found = newcombe_independent(first, second, 1.0 - 2.0 * float(normal_cdf(np.float64(-middle))))
        apart = found.low is not None and found.high is not None and (found.low > 0.0 or found.high < 0.0)
        low, high = (middle, high) if apart else (low, middle)
    return 2.0 * float(normal_cdf(np.float64(-low)))
