"""Paired differences of shares: what two policies get right on the same rows."""

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from payoff.catalogue.clusters import clusters_of
from payoff.catalogue.weights import Trust, Weights, weights_of
from payoff.stats.estimates import Interval
from payoff.stats.jackknife import delete_a_group, jackknife_bounds
from payoff.stats.proportions import mcnemar, newcombe_paired
from payoff.tables import Cells
from payoff.tables.cells import NEGATIVE, POSITIVE
from payoff.tables.given_shares import at_given_shares

Floats = NDArray[np.float64]
# Shares of rows that are the same ones whatever a policy does, so that two of them are paired.
PAIRED_SHARES: tuple[str, ...] = ("act_rate", "accuracy", "recall", "specificity")
SMALLEST_SHOWN = 0.001
JACKKNIFE = "paired, delete-a-group jackknife"
ADDED = "newcombe_paired_mover"


def paired_shares(cells: Cells, acted: Floats, rival: Floats, level: float = 0.95) -> Mapping[str, Interval]:
    """Return every paired share of one policy less that of another.

    Parameters
    ----------
    cells : a table keyed by the actions behind both.
    acted, rival : (c,) share of the cell's rows on which each policy takes the first action.
    level : two-sided.

    Newcombe's interval of the same rows; with weights, clusters or actions by lot the jackknife over groups.
    """
    return {name: paired_share(name, cells, acted, rival, level) for name in PAIRED_SHARES}


def paired_share(name: str, cells: Cells, acted: Floats, rival: Floats, level: float = 0.95) -> Interval:
    """Return one of them; see :func:`paired_shares`."""
    found = newcombe_difference(name, cells, acted, rival, level)
    if found is not None:
        return found
    trust = Trust(clusters_of(cells), _weights(name, cells))
    inner = level if trust.clusters is None else trust.clusters.level(level)
    return trust.trusted(jackknifed_share(name, cells, acted, rival, inner), level)


def _weights(name: str, cells: Cells) -> Weights | None:
    """Return what unequal weights leave a difference of shares; groups of rows tell its error, by 20 of them."""
    if cells.prevalence is not None:
        return None
    held = _shares_of(name, cells, np.zeros(len(cells)))[0]
    return weights_of(cells.where(held > 0.0))


def newcombe_difference(
    name: str, cells: Cells, acted: Floats, rival: Floats, level: float = 0.95
) -> Interval | None:
    """Return a paired difference of shares by Newcombe's method 10, or None where it does not hold.

    It holds for shares of rows that no policy chooses, without weights, clusters and actions by lot. The note tests the
    same rows for no difference (McNemar, the exact binomial one). Where the share of positives is given, it holds
    within outcomes.
    """
    moments, given = cells.moments, cells.prevalence is not None
    by_lot = ((acted > 0.0) & (acted < 1.0)) | ((rival > 0.0) & (rival < 1.0))
    # Rows of one outcome weigh the same where its share is given: they are counted within it.
    weighted = not given and not np.array_equal(moments.weight, moments.rows)
    if name not in PAIRED_SHARES or cells.cluster is not None or weighted or by_lot.any():
        return None
    held, right = _shares_of(name, cells, acted)
    also = _shares_of(name, cells, rival)[1]
    if given and name in ("act_rate", "accuracy"):
        return _added(cells, right, also, level) if cells.known.all() or name == "accuracy" else None
    found, apart = _newcombe(cells, held, right, also, level)
    return replace(found, note=_tested(*apart))


def _newcombe(
    cells: Cells, held: Floats, right: Floats, also: Floats, level: float
) -> tuple[Interval, tuple[int, int]]:
    """Return the interval of rows that count once each, and the rows that either alone gets right."""
    rows = cells.moments.rows * held
    counts = (right * also, right * (1.0 - also), (1.0 - right) * also, (1.0 - right) * (1.0 - also))
    both, ours, theirs, neither = (float(rows @ part) for part in counts)
    return newcombe_paired(both, ours, theirs, neither, level), (round(ours), round(theirs))


def _added(cells: Cells, right: Floats, also: Floats, level: float) -> Interval | None:
    """Return the difference where the share of positives is given: those within outcomes, whose bounds square and add.

    Zou, Donner (2008), https://doi.org/10.1002/sim.3095.
    """
    share = float(cells.prevalence or 0.0)
    outcomes = [
        _newcombe(cells, (cells.state == state).astype(np.float64), right, also, level)[0]
        for state in (POSITIVE, NEGATIVE)
    ]
    value, below, above = 0.0, 0.0, 0.0
    for weight, one in zip((share, 1.0 - share), outcomes, strict=True):
        if one.value is None or one.low is None or one.high is None:
            return None
        value += weight * one.value
        below += (weight * (one.value - one.low)) ** 2
        above += (weight * (one.high - one.value)) ** 2
    rows, events = (sum(getattr(one, name) or 0 for one in outcomes) for name in ("rows", "events"))
    low, high = max(value - math.sqrt(below), -1.0), min(value + math.sqrt(above), 1.0)
    return replace(outcomes[0], value=value, low=low, high=high, rows=rows, events=events, method=ADDED)


def _tested(ours: int, theirs: int) -> str | None:
    """Return McNemar's exact test in words; nothing where no row tells the two apart."""
    if not ours + theirs:
        return None
    p = mcnemar(ours, theirs)
    if p < SMALLEST_SHOWN:
        return f"McNemar's exact test on {ours + theirs:,} rows that tell them apart: p < {SMALLEST_SHOWN}"
    return f"McNemar's exact test on {ours + theirs:,} rows that tell them apart: p = {p:.3f}"


def jackknifed_share(name: str, cells: Cells, acted: Floats, rival: Floats, level: float = 0.95) -> Interval:
    """Return a paired difference of weighted or clustered shares by the jackknife over groups."""
    held, right = _shares_of(name, cells, acted)
    weight = cells.moments.weight * held
    size = int(cells.group.max(initial=0)) + 1
    gaps = np.bincount(cells.group, weight * (right - _shares_of(name, cells, rival)[1]), size)
    bases = np.bincount(cells.group, weight, size)
    about = Interval(
        value=None,
        low=None,
        high=None,
        level=level,
        rows=int(cells.moments.rows[held > 0.0].sum()),
        events=None,
        method=JACKKNIFE,
        tier="C",
        note="undefined: no rows",
    )
    if not bases.sum() > 0.0:
        return about
    value = float(gaps.sum() / bases.sum())
    left = bases.sum() - bases[bases > 0.0]
    if len(left) < 2 or not (left > 0.0).all():
        return _with(about, value, None, "no interval: fewer than two groups hold rows")
    without = (gaps.sum() - gaps[bases > 0.0]) / left
    if cells.prevalence is not None:
        gap = right - _shares_of(name, cells, rival)[1]
        without = np.array([_left(cells, held, gap, group) for group in np.flatnonzero(bases > 0.0).tolist()])
    made = delete_a_group(value, without)
    return _with(about, value, jackknife_bounds(made, level) if made.stderr > 0.0 else None, None)


def _left(cells: Cells, held: Floats, gap: Floats, group: int) -> float:
    """Return the difference without one group, whose positives have the given share again."""
    kept = cells.group != group
    weight = at_given_shares(cells.where(kept)).moments.weight * held[kept]
    return float(weight @ gap[kept] / weight.sum())


def _with(about: Interval, value: float, bounds: tuple[float, float] | None, note: str | None) -> Interval:
    none = "no interval: no group tells the two apart from the others"
    low, high = (None, None) if bounds is None else bounds
    return Interval(
        value=value,
        low=low,
        high=high,
        level=about.level,
        rows=about.rows,
        events=about.events,
        method=about.method,
        tier="A" if note is None and bounds is not None else "C",
        note=note or (none if bounds is None else None),
    )


def _shares_of(name: str, cells: Cells, acted: Floats) -> tuple[Floats, Floats]:
    """Return (c,) whether a share is of the cell's rows, and the part of them that counts in it."""
    positive, negative = (
        np.asarray(cells.state == state, dtype=np.float64) for state in (POSITIVE, NEGATIVE)
    )
    return {
        "act_rate": (np.ones(len(cells)), acted),
        "accuracy": (positive + negative, positive * acted + negative * (1.0 - acted)),
        "recall": (positive, acted),
        "specificity": (negative, 1.0 - acted),
    }[name]
