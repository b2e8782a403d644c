"""Sums of contributions over parts of the rows that are all rows together, and over the clusters within them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from payoff.stats.flows import flows
from payoff.stats.thirds import third_by_cell
from payoff.tables import Cells

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PartSums:
    """Sums over the rows of S parts that are all rows together.

    ``centre`` is the mean over all rows, that sums are about.

    Attributes
    ----------
    rows : (S,) known rows.
    weights : (S, 4) rows, and sums of w, w^2 and w^3.
    first : (S, 3) sums of (x - centre) times w, w^2 and w^3.
    second : (S, 2) sums of (x - centre)^2 times w^2 and w^3.
    third : (S,) sum of w^3 (x - centre)^3.
    deciding, possible : (S, 2) rows (clusters) by known outcome on which the policies differ and the value differs, and
        rows on which it could.
    by_cluster : the same by cluster, where there are any.
    """

    centre: float
    rows: Integers
    weights: Floats
    first: Floats
    second: Floats
    third: Floats
    deciding: Integers
    possible: Integers
    by_cluster: "ClusterSums | None" = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClusterSums:
    """Sums of every cluster in every part that it touches, E pairs, and of all C clusters.

    Attributes
    ----------
    part, cluster : (E,) of each pair.
    first, weight : (E,) sums of w (x - centre) and of w.
    all_first, all_weight : (C,) the same over all parts.
    outside : (S, 2) clusters by known outcome that decide in other parts.
    """

    part: Integers
    cluster: Integers
    first: Floats
    weight: Floats
    all_first: Floats
    all_weight: Floats
    outside: Integers


def part_sums(cells: Cells, switches: Floats, likely: Floats, part: Integers, parts: int) -> PartSums:
    """Return the sums of contributions at the likely assumptions by part.

    Parameters
    ----------
    cells : of all rows; pending cells are left out.
    switches, likely : as of ``payoff.stats.contributions.contrast_of``.
    part : (c,) the part of each cell.
    parts : S.
    """
    known = cells.known
    cells, switches, part = cells.where(known), switches[known], part[known]
    held = cells.moments
    along = np.einsum("cj,jk->ck", switches, likely.reshape(switches.shape[1], -1))
    at_shift = (along * held.shift).sum(axis=1)
    own_first, own_first2 = (along * held.first).sum(axis=1), (along * held.first2).sum(axis=1)
    total = float(held.weight.sum())
    centre = float((own_first + at_shift * held.weight).sum() / total) if total > 0.0 else 0.0
    away = at_shift - centre
    own_second = np.einsum("ck,ckm,cm->c", along, held.second, along)
    cubes = third_by_cell(held, switches, away)

    def summed(*columns: Floats) -> Floats:
        return np.stack([np.bincount(part, column, parts) for column in columns], axis=1)

    moved = flows(switches) != 0
    matters, possible = (held.nonzero * moved).max(axis=1), (held.nonzero * moved.any(axis=0)).max(axis=1)
    states = [cells.state == state for state in cells.states]
    rows = held.rows.astype(np.float64)
    by_cluster, deciding = None, summed(*(matters * here for here in states)).astype(np.int64)
    if cells.cluster is not None:
        first = own_first + away * held.weight
        by_cluster, deciding = _by_cluster(cells, part, parts, first, matters)
    return PartSums(
        centre=centre,
        rows=np.bincount(part, rows, parts).astype(np.int64),
        weights=summed(rows, held.weight, held.weight2, held.weight3),
        first=summed(own_first + away * held.weight, own_first2 + away * held.weight2, cubes[0]),
        second=summed(own_second + away * (2.0 * own_first2 + away * held.weight2), cubes[1]),
        third=sum_by(part, cubes[2], parts),
        deciding=deciding,
        possible=summed(*(possible * here for here in states)).astype(np.int64),
        by_cluster=by_cluster,
    )


def _by_cluster(
    cells: Cells, part: Integers, parts: int, first: Floats, matters: Integers
) -> tuple[ClusterSums, Integers]:
    """Return sums by cluster and part, and (S, 2) clusters that decide in each part."""
    names, cluster = np.unique(np.asarray(cells.cluster), return_inverse=True)
    pairs, code = np.unique(part * len(names) + cluster, return_inverse=True)
    of_part, of_cluster = pairs // len(names), pairs % len(names)
    deciding, outside = [], []
    for state in cells.states:
        here = matters * (cells.state == state)
        by_pair, whole = np.bincount(code, here, len(pairs)), np.bincount(cluster, here, len(names))
        within = (by_pair > 0) & (by_pair == whole[of_cluster])
        deciding.append(np.bincount(of_part, by_pair > 0, parts))
        outside.append((whole > 0).sum() - np.bincount(of_part, within, parts))
    found = ClusterSums(
        part=of_part,
        cluster=of_cluster,
        first=sum_by(code, first, len(pairs)),
        weight=sum_by(code, cells.moments.weight, len(pairs)),
        all_first=sum_by(cluster, first, len(names)),
        all_weight=sum_by(cluster, cells.moments.weight, len(names)),
        outside=np.stack(outside, axis=1).astype(np.int64),
    )
    return found, np.stack(deciding, axis=1).astype(np.int64)


def sum_by(code: Integers, column: NDArray[np.generic], size: int) -> Floats:
    """Return (size,) sums of a column by whole numbers below ``size``."""
    return np.bincount(code, column, size).astype(np.float64)
