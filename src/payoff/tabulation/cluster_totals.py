"""Sums over clusters within slices, for slices by several columns: rows are added up by cluster in the engine first."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from payoff.engines import Columns
from payoff.formulas import double
from payoff.tabulation.answers import Asking

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# Of the total F of (gain less centre) and of the weight W of a cluster.
PRODUCTS = ("W", "WW", "WWW", "F", "FW", "FWW", "FF", "FFW", "FFF")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClusterTotals:
    """Sums over the clusters that have known rows in each of S slices.

    Attributes
    ----------
    centre : what the gain of every row is less by, before it is added up.
    clusters : (S,) clusters with known rows in the slice.
    powers : product of a cluster's W, the weight of its rows in the slice, and F, the weighted sum of their gains less
        the centre -> (S,) its sum over clusters.
    deciding : (S, C) clusters in which a row decides, by known outcome.
    adverse : (S,) clusters in which a row that decides loses.
    """

    centre: float
    clusters: Integers
    powers: dict[str, Floats]
    deciding: Integers
    adverse: Integers


def count_clusters(
    asking: Asking, source: str, names: Sequence[str], places: Integers, centre: float
) -> ClusterTotals:
    """Return the totals of the slices at ``places`` (S, D) of the columns ``names``.

    ``source`` is a query of rows with their ``gain`` and whether they decide, ``decides``. The engine holds one sum for
    every slice and cluster that meet, never more than rows; what comes back is one line for each slice.
    """
    states = range(len(asking.plan.spec.data.states))
    found = asking.engine.columns(_query(asking, source, names, centre, states))
    place = np.stack([np.asarray(found[name], dtype=np.int64) for name in names], axis=1)
    _, slot = np.unique(np.concatenate([places, place]), axis=0, return_inverse=True)
    at = slot.reshape(-1)[len(places) :]
    many = len(places)
    return ClusterTotals(
        centre=centre,
        clusters=_counts(found, "c_n", at, many),
        powers={name: _placed(found[f"s_{name.lower()}"], at, many) for name in PRODUCTS},
        deciding=np.stack([_counts(found, f"c_{state}", at, many) for state in states], axis=1),
        adverse=_counts(found, "c_lost", at, many),
    )


def _query(asking: Asking, source: str, names: Sequence[str], centre: float, states: range) -> str:
    weight = "w * " if asking.ready.weighted else ""
    inner = {
        "total": f"sum({weight}(gain - {double(centre)}))",
        "weight": "sum(w)" if asking.ready.weighted else "cast(count(*) as double)",
        **{f"d_{state}": f"max(case when st = {state} and decides then 1 else 0 end)" for state in states},
        "lost": "max(case when decides and gain < 0 then 1 else 0 end)",
    }
    outer = {"c_n": "count(*)", "c_lost": "count(case when lost = 1 then 1 end)"}
    outer |= {f"c_{state}": f"count(case when d_{state} = 1 then 1 end)" for state in states}
    outer |= {f"s_{name.lower()}": f"sum({_product(name)})" for name in PRODUCTS}
    keys = ", ".join(names)
    totals = f"select {keys}, k, {_listed(inner)} from ({source}) as rows where st >= 0 group by {keys}, k"
    return f"select {keys}, {_listed(outer)} from ({totals}) as clusters group by {keys}"


def _product(name: str) -> str:
    return " * ".join({"F": "total", "W": "weight"}[factor] for factor in name)


def _listed(aggregates: dict[str, str]) -> str:
    return ", ".join(f"{sql} as {name}" for name, sql in aggregates.items())


def _counts(found: Columns, name: str, at: Integers, size: int) -> Integers:
    return _placed(found[name], at, size).astype(np.int64)


def _placed(column: NDArray[np.generic], at: Integers, size: int) -> Floats:
    """Return a column in the order of the slices; 0 for those whose rows are all pending."""
    out = np.zeros(size)
    out[at] = np.asarray(column, dtype=np.float64)
    return out
