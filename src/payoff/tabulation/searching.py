"""Tables for a search over slices: money by every pair of columns, and its gain by hash bucket, in one scan."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from payoff.choices import Choices
from payoff.engines import Columns
from payoff.tables import Cells, Keyed, merge
from payoff.tabulation.acting import action_columns, action_keys
from payoff.tabulation.answers import Asking, Columned, ask, keyed_cells
from payoff.tabulation.cluster_totals import ClusterTotals, count_clusters
from payoff.tabulation.counts import CENTRE_DIGITS
from payoff.tabulation.grouping import Grouping
from payoff.tabulation.row_gains import decides_sql, gain_sql
from payoff.tabulation.rows import BUCKETS

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Searched:
    """The cells of all slices of one or two columns.

    Attributes
    ----------
    places : (S, D) number of the value of each column in every slice.
    cells, part : the cells, and which slice (c,) each is of, ascending.
    gain, weight : (S, buckets) sums over known rows of the weighted gain, and of weights; a cluster lies in one bucket.
    clusters : sums over clusters, where rows come in them.
    """

    columns: tuple[int, ...]
    places: Integers
    cells: Cells
    part: Integers
    gain: Floats
    weight: Floats
    clusters: ClusterTotals | None = None


def count_searched(
    asking: Asking, choices: Choices, of: str, over: str, columns: int, depth: int
) -> list[Searched]:
    """Return the cells of every column and, at depth two, of every pair, counted in one scan.

    Where rows come in clusters a further query for each column and pair adds rows up by cluster, one after the other:
    the sums that the engine holds at once are those of one of them.

    Parameters
    ----------
    of, over : the policies compared: theirs are the only actions that are keys.
    columns : how many slicing columns ``prepared`` has.
    """
    plan = asking.plan
    varying = [name for name in dict.fromkeys((of, over)) if name in plan.keyed]
    deepest = list(combinations(range(columns), min(depth, columns)))
    always = ("st", *action_keys(plan, varying))
    money = [Grouping((*_names(one), *always), {}) for one in deepest]
    weight = "w" if asking.ready.weighted else "1.0e0"
    sums = {
        "s_gain": f"coalesce(sum(case when st >= 0 then {weight} * gain end), 0.0e0)",
        "s_weight": f"coalesce(sum(case when st >= 0 then {weight} end), 0.0e0)",
    }
    buckets = [Grouping((*_names(one), "e"), sums) for one in deepest]
    actions, gained = action_columns(plan, varying, choices), f", {gain_sql(plan, of, over)} as gain"
    answer = ask(asking, Columned(first=actions, then=gained), money, buckets)
    tables = zip(deepest, keyed_cells(answer, asking), answer.plain, strict=True)
    found = [_searched(*one) for one in tables]
    if len(deepest[0]) > 1:
        found = [*_coarser(found, columns), *found]
    if not asking.clustered:
        return found
    decided = f"{gained}, {decides_sql(plan, of, over)} as decides"
    source = Columned(first=actions, then=decided).query("prepared")
    return [_with_clusters(asking, source, one) for one in found]


def _with_clusters(asking: Asking, source: str, one: Searched) -> Searched:
    """Return the slices with the sums over their clusters, about the mean gain of all rows."""
    total = float(one.weight.sum())
    centre = float(f"{one.gain.sum() / total:.{CENTRE_DIGITS}g}") if total > 0.0 else 0.0
    return replace(one, clusters=count_clusters(asking, source, _names(one.columns), one.places, centre))


def _names(columns: Sequence[int]) -> tuple[str, ...]:
    return tuple(f"x{j}" for j in columns)


def _searched(columns: tuple[int, ...], keyed: Keyed, buckets: Columns) -> Searched:
    keys = np.stack([np.asarray(keyed.keys[name], dtype=np.int64) for name in _names(columns)], axis=1)
    places, part = np.unique(keys, axis=0, return_inverse=True)
    part = part.reshape(-1)
    merged = merge(Keyed(cells=keyed.cells, keys={"part": part.astype(np.int64)}), group=False)
    of_bucket = np.stack([np.asarray(buckets[name], dtype=np.int64) for name in _names(columns)], axis=1)
    _, slot = np.unique(np.concatenate([places, of_bucket]), axis=0, return_inverse=True)
    at = slot.reshape(-1)[len(places) :] * BUCKETS + np.asarray(buckets["e"], dtype=np.int64)
    gain, weight = (
        _summed(at, buckets[name], len(places) * BUCKETS).reshape(-1, BUCKETS)
        for name in ("s_gain", "s_weight")
    )
    return Searched(
        columns=columns,
        places=places,
        cells=merged.cells,
        part=np.asarray(merged.keys["part"], dtype=np.int64),
        gain=gain,
        weight=weight,
    )


def _summed(at: Integers, column: NDArray[np.generic], size: int) -> Floats:
    return np.bincount(at, np.asarray(column, dtype=np.float64), size).astype(np.float64)


def _coarser(pairs: Sequence[Searched], columns: int) -> list[Searched]:
    """Return the slices of single columns, added up from the first pair that holds each."""
    out = []
    for column in range(columns):
        pair = next(one for one in pairs if column in one.columns)
        values, slot = np.unique(pair.places[:, pair.columns.index(column)], return_inverse=True)
        merged = merge(Keyed(cells=pair.cells, keys={"part": slot[pair.part].astype(np.int64)}), group=False)
        gain, weight = np.zeros((len(values), BUCKETS)), np.zeros((len(values), BUCKETS))
        np.add.at(gain, slot, pair.gain)
        np.add.at(weight, slot, pair.weight)
        out.append(
            Searched(
                columns=(column,),
                places=values[:, None],
                cells=merged.cells,
                part=np.asarray(merged.keys["part"], dtype=np.int64),
                gain=gain,
                weight=weight,
            )
        )
    return out
