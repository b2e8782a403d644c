"""Paired differences of shares: what two policies get right on the same rows."""

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

Floats = NDArray[np.float64]
# Shares of rows that are the same ones whatever a policy does, so that two of them are paired.
PAIRED_SHARES: tuple[str, ...] = ("act_rate", "accuracy", "recall", "specificity")
SMALLEST_SHOWN = 0.001
JACKKNIFE = "paired, delete-a-group jackknife"


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
    held = _shares_of(name, cells, np.zeros(len(cells)))[0]
    return weights_of(cells.where(held > 0.0))


def newcombe_difference(
    name: str, cells: Cells, acted: Floats, rival: Floats, level: float = 0.95
) -> Interval | None:
    """Return a paired difference of shares by Newcombe's method 10, or None where it does not hold.

    It holds for shares of rows that no policy chooses, without weights, clusters and actions by lot. The note tests the
    same rows for no difference (McNemar, the exact binomial one).
    """
    moments = cells.moments
    by_lot = ((acted > 0.0) & (acted < 1.0)) | ((rival > 0.0) & (rival < 1.0))
    weighted = not np.array_equal(moments.weight, moments.rows)
    if name not in PAIRED_SHARES or cells.cluster is not None or weighted or by_lot.any():
        return None
    held, right = _shares_of(name, cells, acted)
    also = _shares_of(name, cells, rival)[1]
    rows = moments.rows * held
    counts = (right * also, right * (1.0 - also), (1.0 - right) * also, (1.0 - right) * (1.0 - also))
    both, ours, theirs, neither = (float(rows @ part) for part in counts)
    return replace(
        newcombe_paired(both, ours, theirs, neither, level), note=_tested(round(ours), round(theirs))
    )


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
    made = delete_a_group(value, (gaps.sum() - gaps[bases > 0.0]) / left)
    return _with(about, value, jackknife_bounds(made, level) if made.stderr > 0.0 else None, None)


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
