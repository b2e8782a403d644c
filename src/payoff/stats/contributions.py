"""From cells to a contrast: what every unit adds to the value of a policy, or to its gain over another.

A row's contribution is ``sum_j switch_j * (coefficients_j @ parts)``. Switch 0 is 1 for the value of a policy
(what every row is worth when nothing is done) and 0 for a gain; switch 1 + a is the share with which the policy
takes action a, less the baseline's. Contributions are laid out as A*K numbers, switch by switch, as
``Valuation.contrast`` lays out their coefficients.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from payoff.stats.contrast import Contrast
from payoff.tables import Cells, Moments
from payoff.tables.cells import KNOWN_STATES

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
# Cluster numbers up to this many times the cells are used as they are rather than sorted.
SKIPPED = 4


@dataclass(frozen=True, slots=True, eq=False)
class Centred:
    """Linearised influence of all units: means, second moments about them, and the third at likely."""

    units: int
    mean: Floats
    second: Floats
    third: float
    scale: float
    freedom: float


def contrast_of(cells: Cells, switches: Floats, likely: Floats) -> Contrast:
    """Return the contrast of one rule.

    Parameters
    ----------
    cells : a table; pending cells are left out.
    switches : (c, A) per cell, as the module says.
    likely : (A*K,) coefficients at the likely assumptions.

    Units are rows; with a cluster key they are clusters, whose totals are summed first.
    """
    known = cells.known
    if not known.all():
        cells, switches = cells.where(known), switches[known]
    centred = (
        _by_rows(cells.moments, switches, likely)
        if cells.cluster is None
        else _by_clusters(cells, switches, likely)
    )
    n, scale = centred.units, centred.scale
    if n < 2 or scale <= 0:
        size = switches.shape[1] * cells.moments.shift.shape[1]
        covariance, skewness = np.full((size, size), np.nan), np.nan
    else:
        covariance = centred.second * n * n / scale**2 / (n - 1)
        variance = float(likely @ centred.second @ likely) / n
        skewness = centred.third / n / variance**1.5 if variance > 0 else 0.0
    return Contrast(
        units=n,
        rows=int(cells.moments.rows.sum()),
        mean=centred.mean[None],
        covariance=covariance[None],
        skewness=np.array([skewness]),
        deciding_events=np.array([deciding_events(cells, switches)]),
        degrees_of_freedom=centred.freedom,
        clustered=cells.cluster is not None,
    )


def deciding_events(cells: Cells, switches: Floats) -> int:
    """Return the units on which the policies differ and whose value differs, in the rarer class of outcome.

    A class none of whose rows can gain or lose by the decision is no class here.
    """
    counted = []
    differs = (switches[:, 1:] != 0).any(axis=1)
    matters = (cells.moments.nonzero * (switches[:, 1:] != 0)).max(axis=1)
    for state in KNOWN_STATES:
        here = cells.state == state
        if not cells.moments.nonzero[here].any():
            continue
        rows = np.where(here & differs, matters, 0)
        if cells.cluster is not None:
            counted.append(_units(*_coded(cells.cluster[rows > 0])))
        else:
            counted.append(int(rows.sum()))
    return min(counted, default=0)


def _by_rows(moments: Moments, switches: Floats, likely: Floats) -> Centred:
    cells, actions = switches.shape
    parts = moments.shift.shape[1]
    total = float(moments.weight.sum())
    sums = switches.T @ moments.part_sums()
    mean = sums / total if total > 0 else np.full((actions, parts), np.nan)
    centre = switches[:, :, None] * moments.shift[:, None, :] - mean
    first = switches[:, :, None] * moments.first2[:, None, :]
    flat, first = centre.reshape(cells, actions * parts), first.reshape(cells, actions * parts)
    pairs = (switches[:, :, None] * switches[:, None, :]).reshape(cells, actions * actions)
    inner = (pairs.T @ moments.second.reshape(cells, parts * parts)).reshape(actions, actions, parts, parts)
    second = (
        inner.transpose(0, 2, 1, 3).reshape(flat.shape[1], flat.shape[1]) + first.T @ flat + flat.T @ first
    )
    second += (flat * moments.weight2[:, None]).T @ flat
    n = int(moments.rows.sum())
    third = _third(moments, switches, flat @ likely)
    return Centred(n, mean.ravel(), second, third, total, n - 1)


def _third(moments: Moments, switches: Floats, centre: Floats) -> float:
    """Return the sum of w^3 (x - mean)^3 from thirds about each cell's own centre."""
    actions = switches.shape[1]
    values, differences = moments.third[:, :actions], moments.third[:, actions:]
    own = np.zeros((len(moments), 4))
    own[:, 0] = moments.third[:, 0, 0]
    # The value of a mixed policy has no third of its own: that of its actions, mixed on the scale of money.
    shares = np.concatenate([switches[:, 1:], 1.0 - switches[:, 1:].sum(axis=1, keepdims=True)], axis=1)
    source = np.where(switches[:, :1] != 0, 1.0, 0.0)
    for power in (1, 2, 3):
        of_value = (shares**power * values[:, :, power]).sum(axis=1)
        of_gain = (switches[:, 1:] ** power * differences[:, :, power]).sum(axis=1)
        own[:, power] = np.where(source[:, 0] > 0, of_value, of_gain)
    terms = own[:, 3] + 3 * centre * own[:, 2] + 3 * centre**2 * own[:, 1] + centre**3 * own[:, 0]
    return float(terms.sum())


def _by_clusters(cells: Cells, switches: Floats, likely: Floats) -> Centred:
    moments, cluster = cells.moments, cells.cluster
    if cluster is None:
        raise ValueError("cells have no cluster key")
    code, size = _coded(cluster)
    units = _units(code, size)
    per_cell = switches.T[:, None, :] * moments.part_sums().T[None, :, :]
    per_cell = per_cell.reshape(switches.shape[1] * moments.shift.shape[1], len(cells))
    totals = np.stack([np.bincount(code, column, size) for column in per_cell], axis=1)
    weight = np.bincount(code, moments.weight, size)
    total = float(weight.sum())
    mean = totals.sum(axis=0) / total if total > 0 else np.full(totals.shape[1], np.nan)
    influence = totals - weight[:, None] * mean
    effective = total**2 / float(weight @ weight) if total > 0 else 0.0
    lean = influence @ likely
    third = float((lean * lean) @ lean)
    return Centred(units, mean, influence.T @ influence, third, total, min(units, effective) - 1)


def _coded(cluster: Integers) -> tuple[Integers, int]:
    """Return a number for the cluster of each cell, and what all are below: their own where few are skipped.

    A number that no cell has adds nothing to any sum.
    """
    most = int(cluster.max(initial=0)) + 1
    if most <= SKIPPED * len(cluster) and cluster.min(initial=0) >= 0:
        return cluster, most
    numbers, code = np.unique(cluster, return_inverse=True)
    return code, len(numbers)


def _units(code: Integers, size: int) -> int:
    return int(np.count_nonzero(np.bincount(code, minlength=size)))


def covariance_between(cells: Cells, switches: Floats, likely: Floats) -> Floats:
    """Return (T, T) sum over units of psi psi', psi(t) the influence under rule t at the likely assumptions.

    Parameters
    ----------
    cells : known cells, few enough for T of them at once.
    switches : (T, c, A).
    likely : (A*K,).
    """
    rules, actions = switches.shape[0], switches.shape[2]
    weights = likely.reshape(actions, -1)
    moments = cells.moments
    gains = moments.part_sums() @ weights.T
    mean = np.einsum("tcj,cj->t", switches, gains) / moments.weight.sum()
    if cells.cluster is not None:
        code, size = _coded(cells.cluster)
        weight = np.bincount(code, moments.weight, size)
        influence = np.empty((size, rules))
        for t in range(rules):
            contribution = (switches[t] * gains).sum(axis=1)
            influence[:, t] = np.bincount(code, contribution, size) - weight * mean[t]
        return np.asarray(influence.T @ influence)
    centre = moments.shift @ weights.T
    first = moments.first2 @ weights.T
    second = np.einsum("jk,ckm,im->cji", weights, moments.second, weights, optimize=True)
    raw_first = first + centre * moments.weight2[:, None]
    raw_second = second + _cross(centre, first) + _cross(first, centre)
    raw_second += _cross(centre, centre) * moments.weight2[:, None, None]
    products = np.einsum("tcj,cji,uci->tu", switches, raw_second, switches, optimize=True)
    linear = np.einsum("tcj,cj->t", switches, raw_first)
    return np.asarray(
        products
        - np.outer(mean, linear)
        - np.outer(linear, mean)
        + np.outer(mean, mean) * moments.weight2.sum()
    )


def _cross(left: Floats, right: Floats) -> Floats:
    return left[:, :, None] * right[:, None, :]
