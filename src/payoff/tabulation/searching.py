"""Tables for a search over slices: money by every pair of columns, and its gain by hash bucket, in one scan."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from payoff.choices import Choices
from payoff.engines import Columns
from payoff.spec.model import Always, Candidate, Naive, Quantity, Random
from payoff.tables import Cells, Keyed, merge
from payoff.tabulation.acting import action_columns, action_keys
from payoff.tabulation.answers import Asking, Columned, ask, keyed_cells
from payoff.tabulation.grouping import Grouping
from payoff.tabulation.plan import Plan
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
    gain, weight : (S, buckets) sums over known rows of the weighted gain, and of weights.
    """

    columns: tuple[int, ...]
    places: Integers
    cells: Cells
    part: Integers
    gain: Floats
    weight: Floats


def count_searched(
    asking: Asking, choices: Choices, of: str, over: str, columns: int, depth: int
) -> list[Searched]:
    """Return the cells of every column and, at depth two, of every pair, counted in one scan.

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
    gained = f", {_gain_sql(plan, of, over)} as gain"
    columned = Columned(first=action_columns(plan, varying, choices), then=gained)
    answer = ask(asking, columned, money, buckets)
    tables = list(zip(deepest, keyed_cells(answer, asking), answer.plain, strict=True))
    found = [_searched(*one) for one in tables]
    if len(deepest[0]) > 1:
        found = [*_coarser(found, columns), *found]
    return found


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


def _gain_sql(plan: Plan, of: str, over: str) -> str:
    mine, theirs = (_value_sql(plan, plan.spec.candidate(name)) for name in (of, over))
    return f"({mine}) - ({theirs})"


def _value_sql(plan: Plan, candidate: Candidate) -> str:
    """Return what a row is worth under the candidate's action at the likely assumptions."""
    actions, policy = plan.spec.decision.actions, candidate.policy
    if isinstance(policy, Always):
        return f"v{actions.index(policy.action)}"
    if isinstance(policy, Quantity | Naive):
        return f"v{actions.index(candidate.name)}"
    if isinstance(policy, Random):
        do, otherwise = (actions.index(name) for name in (policy.do, policy.otherwise))
        return f"{policy.share!r}e0 * v{do} + {1.0 - policy.share!r}e0 * v{otherwise}"
    whens = " ".join(f"when {number} then v{number}" for number in range(len(actions)))
    return f"case {action_keys(plan, [candidate.name])[0]} {whens} end"
