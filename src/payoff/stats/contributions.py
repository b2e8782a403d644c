"""From cells to a contrast: what every unit adds to the value of a policy, or to its gain over another.

A row's contribution is ``sum_j switch_j * (coefficients_j @ parts)``. Switch 0 is 1 for the value of a policy
(what every row is worth when nothing is done) and 0 for a gain; switch 1 + a is the share with which the policy
takes action a, less the baseline's. Contributions are laid out as A*K numbers, switch by switch, as
``Valuation.contrast`` lays out their coefficients.

Where the share of each outcome is given (``Cells.prevalence``), contributions are centred at the mean of their outcome:
the shares are in no doubt (``payoff.stats.centred``).
"""

from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from payoff.stats.centred import Centred, within_outcomes
from payoff.stats.contrast import Contrast
from payoff.stats.flows import flows
from payoff.stats.kish import kish
from payoff.stats.thirds import third_by_cell
from payoff.tables import Cells, Moments

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
# Cluster numbers up to this many times the cells are used as they are rather than sorted.
SKIPPED = 4
NO_CLASS = np.iinfo(np.int64).max


# What cancels of a sum of squares below this part of it is rounding.
ROUNDING = 1e-13
# Numbers held at once when many rules are looked at together: 32 MB.
CHUNK = 4_000_000


def contrast_of(cells: Cells, switches: Floats, likely: Floats, offset: Floats | None = None) -> Contrast:
    """Return the contrast of one rule.

    Parameters
    ----------
    cells : a table; pending cells are left out.
    switches : (c, A) per cell, as the module says.
    likely : (A*K,) coefficients at the likely assumptions.
    offset : (c, A*K) what a row's influence is less by than its contribution, where the rule moves with the rows (a
        cut that leaves room for a share of them: METHODS of top-k); the mean is not touched. None where it does not.

    Units are rows; with a cluster key they are clusters, whose totals are summed first.

    The skewness is that of the contributions, whatever the offset: the value at the cut is a mean of few rows, and one
    great loss among them would drown the tail of all others.
    """
    found = contrast_of_rules(cells, switches[None], likely, offset)
    if offset is None:
        return found
    return replace(found, skewness=contrast_of_rules(cells, switches[None], likely).skewness)


def contrast_of_rules(
    cells: Cells, switches: Floats, likely: Floats, offset: Floats | None = None
) -> Contrast:
    """Return one contrast of T rules on the same rows: ``switches`` is (T, c, A)."""
    known = cells.known
    if not known.all():
        cells, switches = cells.where(known), switches[:, known]
        offset = None if offset is None else offset[known]
    wide = len(cells) * switches.shape[2] * cells.moments.shift.shape[1]
    size = max(1, CHUNK // max(wide, 1))
    if cells.cluster is not None:
        found = [_by_clusters(cells, one, likely, offset) for one in switches]
        events = np.array([deciding_events(cells, one) for one in switches], dtype=np.int64)
    else:
        chunks = [switches[start : start + size] for start in range(0, len(switches), size)]
        found = [_of_rows(cells, chunk, likely, offset) for chunk in chunks]
        events = np.concatenate([_deciding_rows(cells.moments, cells.state, chunk) for chunk in chunks])
    covariance, skewness = (
        np.concatenate(each) for each in zip(*(_scaled(one, likely) for one in found), strict=True)
    )
    return Contrast(
        units=int(found[0].units[0]),
        rows=int(cells.moments.rows.sum()),
        mean=np.concatenate([one.mean for one in found]),
        covariance=covariance,
        skewness=skewness,
        deciding_events=events,
        degrees_of_freedom=min(float(one.freedom.min()) for one in found),
        clustered=cells.cluster is not None,
    )


def contrasts_of(
    cells: Cells, switches: Floats, likely: Floats, part: Integers, parts: int
) -> tuple[Contrast, ...]:
    """Return the contrast of one rule in each of many parts of the rows, such as slices.

    Parameters
    ----------
    cells, switches, likely : as of :func:`contrast_of`; few cells to a part where rows are no clusters.
    part : (c,) the part of each cell, ascending from 0.
    parts : how many there are; one without cells has no rows.
    """
    if parts == 1:
        return (contrast_of(cells, switches, likely),)
    known = cells.known
    cells, switches, part = cells.where(known), switches[known], part[known]
    ends = np.searchsorted(part, np.arange(parts + 1))
    if cells.cluster is not None:
        # The shares of outcomes are given of all rows, not of a part.
        cells = replace(cells, prevalence=None)
        slices = [np.arange(first, last) for first, last in pairwise(ends)]
        return tuple(contrast_of(cells.take(one), switches[one], likely) for one in slices)
    most = int(np.diff(ends).max(initial=1))
    place = ends[:-1, None] + np.arange(most)
    held = place < ends[1:, None]
    place = np.where(held, place, 0)
    moments = cells.moments.take(place).emptied(~held)
    switches = switches[place]
    if cells.prevalence is None:
        found = _by_rows(moments, switches, likely)
    else:
        whole = np.bincount(cells.state, cells.moments.rows, len(cells.states))
        each = [
            _by_rows(moments.emptied(cells.state[place] != state), switches, likely) for state in cells.states
        ]
        found = within_outcomes(each, likely, whole)
    covariance, skewness = _scaled(found, likely)
    events = _deciding_rows(moments, cells.state[place], switches)
    rows = moments.rows.sum(axis=1)
    return tuple(
        Contrast(
            units=int(found.units[j]),
            rows=int(rows[j]),
            mean=found.mean[j : j + 1],
            covariance=covariance[j : j + 1],
            skewness=skewness[j : j + 1],
            deciding_events=events[j : j + 1],
            degrees_of_freedom=float(found.freedom[j]),
        )
        for j in range(parts)
    )


def _scaled(centred: Centred, likely: Floats) -> tuple[Floats, Floats]:
    """Return covariances of the means, and the skewness at likely; NaN where there are no two units."""
    n, scale = centred.units.astype(np.float64), centred.scale
    enough = (n >= 2) & (scale > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        square = (centred.second @ likely) @ likely if centred.square is None else centred.square
        factor, variance = n[:, None, None], square / n
        covariance = centred.second * factor * factor / scale[:, None, None] ** 2 / (factor - 1)
        skewness = np.where(variance > 0, centred.third / n / variance**1.5, 0.0)
    return np.where(enough[:, None, None], covariance, np.nan), np.where(enough, skewness, np.nan)


def deciding_events(cells: Cells, switches: Floats) -> int:
    """Return the units on which the policies differ and whose value differs, in the rarer class of outcome.

    A class none of whose rows can gain or lose by the actions that are exchanged is no class here.
    """
    if cells.cluster is None:
        return int(_deciding_rows(cells.moments, cells.state, switches[None])[0])
    counted = []
    moved = flows(switches) != 0
    matters = (cells.moments.nonzero * moved).max(axis=1)
    for state in cells.states:
        here = cells.state == state
        if (cells.moments.nonzero[here] * moved.any(axis=0)).any():
            counted.append(_units(*coded(cells.cluster[here & (matters > 0)])))
    return min(counted, default=0)


def adverse_clusters(cells: Cells, switches: Floats, likely: Floats) -> Integers:
    """Return (T,) the clusters that hold a row which loses under each rule; of rows, 0.

    Parameters
    ----------
    cells : in each of which all rows are worth the same, as where values are constant given outcome.
    switches : (T, c, A).
    likely : (A*K,).
    """
    found = np.zeros(len(switches), dtype=np.int64)
    if cells.cluster is None:
        return found
    gains = cells.moments.part_sums() @ likely.reshape(switches.shape[2], -1).T
    for rule, one in enumerate(switches):
        losing = ((one * gains).sum(axis=1) < 0) & cells.known
        found[rule] = _units(*coded(cells.cluster[losing]))
    return found


def _deciding_rows(moments: Moments, state: Integers, switches: Floats) -> Integers:
    """Return (T,) deciding rows, for independent rows."""
    moved = flows(switches) != 0
    matters = (moments.nonzero * moved).max(axis=-1)
    counted, exchanged = [], moved.any(axis=-2)
    for one in range(max(2, int(state.max(initial=0)) + 1)):
        here = state == one
        is_class = ((moments.nonzero * here[..., None]).any(axis=-2) & exchanged).any(axis=-1)
        counted.append(np.where(is_class, (matters * here).sum(axis=-1), NO_CLASS))
    rarer = np.min(counted, axis=0)
    return np.asarray(np.where(rarer == NO_CLASS, 0, rarer), dtype=np.int64)


def _of_rows(cells: Cells, switches: Floats, likely: Floats, offset: Floats | None) -> Centred:
    """Return the influence of known rows under each of (T, c, A) switches."""
    if cells.prevalence is None:
        return _by_rows(cells.moments, switches, likely, offset)
    held = [np.flatnonzero(cells.state == state) for state in cells.states]
    each = [_by_rows(cells.moments.take(one), switches[:, one], likely) for one in held]
    return within_outcomes(each, likely)


def _by_rows(moments: Moments, switches: Floats, likely: Floats, offset: Floats | None = None) -> Centred:
    """Return the influence of rows under each rule: (T, c, A) switches of cells (c, ...), or of cells (T, c, ...)."""
    rules, cells, actions = switches.shape
    parts = moments.shift.shape[-1]
    total = np.broadcast_to(moments.weight.sum(axis=-1), (rules,))
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = (_turned(switches) @ moments.part_sums()) / total[:, None, None]
    mean[~(total > 0)] = np.nan
    centre = switches[..., None] * moments.shift[..., None, :] - mean[:, None]
    if offset is not None:
        moved = offset - _weighted_mean(offset, moments.weight)
        centre = centre - moved.reshape(cells, actions, parts)
    first = switches[..., None] * moments.first2[..., None, :]
    flat, first = (each.reshape(rules, cells, actions * parts) for each in (centre, first))
    pairs = (switches[..., :, None] * switches[..., None, :]).reshape(rules, cells, actions * actions)
    inner = _turned(pairs) @ moments.second.reshape(*moments.second.shape[:-2], parts * parts)
    inner = inner.reshape(rules, actions, actions, parts, parts).transpose(0, 1, 3, 2, 4)
    cross = _turned(first) @ flat
    second = inner.reshape(cross.shape) + cross + _turned(cross)
    second += _turned(flat * moments.weight2[..., None]) @ flat
    units = np.broadcast_to(moments.rows.sum(axis=-1), (rules,))
    third = _third(moments, switches, flat @ likely)
    return Centred(units, mean.reshape(rules, actions * parts), second, third, total, units - 1.0)


def _turned(matrices: Floats) -> Floats:
    return np.swapaxes(matrices, -1, -2)


def _third(moments: Moments, switches: Floats, centre: Floats) -> Floats:
    """Return (T,) the sum of w^3 (x - mean)^3 from thirds about each cell's own centre."""
    return np.asarray(third_by_cell(moments, switches, centre)[2].sum(axis=-1))


def _weighted_mean(column: Floats, weight: Floats) -> Floats:
    return np.asarray(weight @ column / weight.sum())


def _by_clusters(cells: Cells, switches: Floats, likely: Floats, offset: Floats | None = None) -> Centred:
    moments, cluster = cells.moments, cells.cluster
    if cluster is None:
        raise ValueError("cells have no cluster key")
    code, size = coded(cluster)
    units = _units(code, size)
    per_cell = switches.T[:, None, :] * moments.part_sums().T[None, :, :]
    per_cell = per_cell.reshape(switches.shape[1] * moments.shift.shape[1], len(cells))
    totals = np.stack([np.bincount(code, column, size) for column in per_cell], axis=1)
    weight = np.bincount(code, moments.weight, size)
    total = float(weight.sum())
    mean = totals.sum(axis=0) / total if total > 0 else np.full(totals.shape[1], np.nan)
    influence = totals - weight[:, None] * mean
    if cells.prevalence is not None:
        influence = totals - _at_outcome_means(cells, per_cell, code, size)
    if offset is not None:
        moved = (offset - _weighted_mean(offset, moments.weight)) * moments.weight[:, None]
        influence = influence - np.stack([np.bincount(code, one, size) for one in moved.T], axis=1)
    effective = float(kish(total, weight @ weight))
    lean = influence @ likely
    third = np.array([(lean * lean) @ lean])
    freedom = np.array([min(units, effective) - 1.0])
    second = (influence.T @ influence)[None]
    return Centred(np.array([units]), mean[None], second, third, np.array([total]), freedom)


def _at_outcome_means(cells: Cells, per_cell: Floats, code: Integers, size: int) -> Floats:
    """Return (size, n) what rows of each cluster would add if each added the mean of its outcome.

    Parameters
    ----------
    per_cell : (n, c) sums of contributions in every cell.
    """
    out = np.zeros((size, len(per_cell)))
    for state in cells.states:
        weight = cells.moments.weight * (cells.state == state)
        if weight.sum() > 0.0:
            mean = per_cell[:, cells.state == state].sum(axis=1) / weight.sum()
            out += np.bincount(code, weight, size)[:, None] * mean
    return out


def coded(cluster: Integers) -> tuple[Integers, int]:
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
        code, size = coded(cells.cluster)
        weight = np.bincount(code, moments.weight, size)
        influence = np.empty((size, rules))
        for t in range(rules):
            contribution = (switches[t] * gains).sum(axis=1)
            centre = weight * mean[t]
            if cells.prevalence is not None:
                centre = _at_outcome_means(cells, contribution[None], code, size)[:, 0]
            influence[:, t] = np.bincount(code, contribution, size) - centre
        return np.asarray(influence.T @ influence)
    if cells.prevalence is not None:
        return _between_by_outcome(cells, switches, likely)
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


def _between_by_outcome(cells: Cells, switches: Floats, likely: Floats) -> Floats:
    """Return the same of rows whose outcomes have given shares: that of each outcome about its own mean, added up."""
    out, size = np.zeros((len(switches), len(switches))), np.zeros(len(switches))
    gains = cells.moments.part_sums() @ likely.reshape(switches.shape[2], -1).T
    for state in cells.states:
        here = np.flatnonzero(cells.state == state)
        rows = int(cells.moments.rows[here].sum())
        if rows > 1:
            alone = replace(cells.take(here), prevalence=None)
            out += covariance_between(alone, switches[:, here], likely) * rows / (rows - 1)
            size += np.einsum("tcj,cj->tc", switches[:, here], gains[here]) ** 2 @ (1.0 / alone.moments.rows)
    # A rule that decides all rows of an outcome alike, each worth the same, leaves nothing but rounding.
    told = np.diagonal(out) > ROUNDING * size
    return out * told[:, None] * told


def _cross(left: Floats, right: Floats) -> Floats:
    return left[:, :, None] * right[:, None, :]
