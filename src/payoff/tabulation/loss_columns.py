"""Which losses of quantities are counted, and what one row adds to each of them."""

import math
from collections.abc import Sequence

import numpy as np

from payoff.formulas import double
from payoff.spec.model import NOBODY
from payoff.tables.losses import ABSOLUTE, COVERED, ERROR, PAIRED, PINBALL, SQUARED
from payoff.tabulation.counts import CENTRE_DIGITS, Counts
from payoff.tabulation.plan import Plan

THRESHOLDS = 40
SPREAD = 3.0  # standard deviations about the mean outcome that thresholds span, within the outcomes


def loss_columns(plan: Plan, level: float | None) -> tuple[tuple[str, str], ...]:
    """Return (candidate, kind) of every loss that is counted. Nobody forecasts nothing."""
    kinds = (ABSOLUTE, SQUARED, ERROR, *(() if level is None else (PINBALL,)))
    out: list[tuple[str, str]] = []
    for name in plan.quantities:
        if name != NOBODY:
            covered = () if plan.spec.candidate(name).interval is None else (COVERED,)
            out += [(name, kind) for kind in (*kinds, *covered)]
    return tuple(out)


def loss_pairs(plan: Plan, columns: Sequence[tuple[str, str]]) -> tuple[tuple[int, int], ...]:
    """Return the places of every two losses that a skill is made of: model and challengers against every other."""
    judged = [one.name for one in (plan.spec.model, *plan.spec.challengers)]
    others = [name for name in plan.quantities if name != NOBODY]
    return tuple(
        (columns.index((name, kind)), columns.index((rival, kind)))
        for name in judged
        for rival in others
        for kind in PAIRED
        if rival != name and (name, kind) in columns
    )


def loss_sql(plan: Plan, candidate: str, kind: str, level: float | None) -> str:
    """Return one loss of a row of ``prepared``."""
    j = list(plan.quantities).index(candidate)
    error = f"(qty_{j} - qty_y)"
    if kind == PINBALL:
        tau = 0.0 if level is None else level
        return f"greatest({double(-tau)} * {error}, {double(1.0 - tau)} * {error})"
    return {
        ABSOLUTE: f"abs({error})",
        SQUARED: f"{error} * {error}",
        ERROR: error,
        COVERED: f"case when qty_y >= qty_lo{j} and qty_y <= qty_hi{j} then 1.0e0 else 0.0e0 end",
    }[kind]


def centres_of_losses(plan: Plan, counts: Counts, level: float | None) -> tuple[float, ...]:
    """Return what every loss is centred by: about its mean, from sums of the first look; any number would do."""
    rows, out = max(counts.count("n0"), 1), []
    for name, kind in loss_columns(plan, level):
        j = list(plan.quantities).index(name)
        under, over, square = (float(counts[f"{one}{j}"] or 0.0) for one in ("under", "over", "square"))
        tau = level or 0.0
        total = {
            ABSOLUTE: under + over,
            SQUARED: square,
            ERROR: over - under,
            PINBALL: tau * under + (1.0 - tau) * over,
            COVERED: 0.0,
        }[kind]
        mean = total / rows
        out.append(float(f"{mean:.{CENTRE_DIGITS}g}") if np.isfinite(mean) else 0.0)
    return tuple(out)


def thresholds_of(plan: Plan, counts: Counts) -> tuple[float, ...]:
    """Return the thresholds of a Murphy diagram, evenly spaced over where most outcomes lie; none if all are equal."""
    rows, low, high = counts.count("n0"), counts.values.get("lo_y"), counts.values.get("hi_y")
    if not plan.quantities or not rows or low is None or high is None:
        return ()
    mean = float(counts["sum_y"] or 0.0) / rows
    spread = math.sqrt(max(float(counts["sum_yy"] or 0.0) / rows - mean**2, 0.0))
    ends = max(float(low), mean - SPREAD * spread), min(float(high), mean + SPREAD * spread)
    if not ends[0] < ends[1] or not np.isfinite(ends).all():
        return ()
    return tuple(float(f"{one:.{CENTRE_DIGITS}g}") for one in np.linspace(*ends, THRESHOLDS + 2)[1:-1])
