"""The critical ratio: which quantile of the outcome the best quantity is, read off the value formula.

Where a unit too few costs ``under`` and a unit too many costs ``over``, whatever outcome and quantity are, the best
quantity is the under / (under + over) quantile (the newsvendor's), and the pinball loss at that level is the loss of
money up to a factor. Gneiting (2011), https://doi.org/10.1198/jasa.2011.r10138
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from payoff.engines import Engine
from payoff.formulas import double, to_sql
from payoff.tabulation.plan import Plan

OUTCOMES, QUANTITIES = 5, 12
SAME = 1e-6  # relative: what differences of sums of money lose to rounding
BEYOND = 0.1  # how far quantities are tried out beyond the outcomes, as a part of their range

Floats = NDArray[np.float64]


def critical_level(plan: Plan, engine: Engine) -> float | None:
    """Return the level that is stated, else the critical ratio at the likely assumptions, None where there is none.

    There is none where the value reads other columns, or where a unit too few or too many does not always cost the
    same within the range of the outcomes.
    """
    limits, formula = plan.spec.decision.quantity, plan.spec.of_quantity
    if limits is None or formula is None:
        return None
    if limits.level is not None:
        return limits.level
    if formula.columns:
        return None
    ends = engine.columns("select min(qty_y) as low, max(qty_y) as high from prepared where st >= 0")
    if ends["low"][0] is None or not np.isfinite([float(ends["low"][0]), float(ends["high"][0])]).all():
        return None
    low, high = float(ends["low"][0]), float(ends["high"][0])
    wide = max(high - low, abs(low), 1.0)
    outcomes = np.linspace(low, low + wide, OUTCOMES)
    quantities = np.linspace(low - BEYOND * wide, low + (1.0 + BEYOND) * wide, QUANTITIES)
    return ratio_of(_worth(plan, engine, outcomes, quantities), outcomes, quantities)


def ratio_of(worth: Floats, outcomes: Floats, quantities: Floats) -> float | None:
    """Return the critical ratio of a table of values, None where slopes on either side of the outcome differ.

    Parameters
    ----------
    worth : (y, q) value of each quantity at each outcome.

    >>> y, q = np.array([2.0, 4.0]), np.array([0.0, 1.0, 2.0, 3.0, 4.0, 5.0])
    >>> ratio_of(3.0 * np.minimum(y[:, None], q) - np.maximum(q - y[:, None], 0.0), y, q)
    0.75
    """
    below, above = [], []
    for row, outcome in zip(worth, outcomes, strict=True):
        for (q, v), (r, w) in pairwise(zip(quantities, row, strict=True)):
            slope = (w - v) / (r - q)
            below += [slope] if r <= outcome else []
            above += [-slope] if q >= outcome else []
    found = np.array([below[0] if below else np.nan, above[0] if above else np.nan])
    if not (found > 0.0).all() or not np.isfinite(worth).all():
        return None
    size = SAME * float(found.sum())
    if np.abs(np.array(below) - found[0]).max() > size or np.abs(np.array(above) - found[1]).max() > size:
        return None
    return float(f"{found[0] / found.sum():.9g}")


def _worth(plan: Plan, engine: Engine, outcomes: Floats, quantities: Floats) -> Floats:
    formula, likely = plan.spec.of_quantity, plan.valuation.likely
    if formula is None:
        raise ValueError("no quantity is decided")
    pieces = [
        to_sql(formula, names={"quantity": double(float(q))}, outcome=double(float(y)), values=likely)
        for y in outcomes
        for q in quantities
    ]
    found = engine.columns(
        "select " + ", ".join(f"cast({sql} as double) as v{i}" for i, sql in enumerate(pieces))
    )
    values = [found[f"v{i}"][0] for i in range(len(pieces))]
    held = [np.nan if one is None else float(one) for one in values]
    return np.array(held).reshape(len(outcomes), len(quantities))
