"""Tables of decisions: by policy, by slice and by period, and the hash of the rows, in one scan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from payoff.choices import Choices
from payoff.engines import Columns
from payoff.tables import Cells, Keyed, merge
from payoff.tabulation.acting import action_columns, action_keys
from payoff.tabulation.answers import Asking, Columned, ask, keyed_cells
from payoff.tabulation.grouping import Grouping, grouped
from payoff.tabulation.hashing import hash_sql, is_sliced_text, text_weight
from payoff.tabulation.plan import Plan
from payoff.tabulation.preparing import Prepared
from payoff.tabulation.rows import period_name, slice_entries, sliced_columns
from payoff.tabulation.slices import SliceTable, slice_table

HASH = {"h_sum": f"cast(sum({hash_sql('h')}) as bigint)"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Decided:
    """All decisions: by policy, by slice, and by period where there is a time.

    ``policies`` holds group x state x joint actions of all policies that vary by row. ``hashed`` is the sum of the
    hashes of all rows. ``units`` and ``teams`` are what capacities are judged by: see ``Tabulated``.
    """

    policies: Cells
    slices: tuple[SliceTable, ...]
    periods: SliceTable | None
    hashed: int
    units: Keyed | None = None
    teams: Mapping[str, Keyed] = field(default_factory=dict)


def count_decisions(asking: Asking, choices: Choices) -> Decided:
    """Return the policies table, and the same by slice entry and by period."""
    plan = asking.plan
    always = (*asking.clustered, "st", *action_keys(plan, plan.keyed))
    timed = ("t",) if plan.spec.data.time else ()
    # An entry whose columns are all in another one's adds up from it.
    finest = _finest(slice_entries(plan))
    named = {entry: _keys_of(plan, entry) for entry in slice_entries(plan)}
    grouping = ("g",) if _jackknifed_slices(plan) else ()
    sliced = [Grouping((*named[entry], *grouping, *always), HASH) for entry in finest]
    whole = Grouping((*timed, "g", *always), {} if sliced else HASH)
    columned = Columned(then=action_columns(plan, plan.keyed, choices))
    limited = _limited_by(plan)
    pooled = [Grouping((*asking.clustered, key, "st", *action_keys(plan, plan.keyed)), {}) for key in limited]
    answer = ask(asking, columned, [whole, *sliced, *pooled])
    found = keyed_cells(answer, asking)
    tables = dict(zip(finest, found[1 : 1 + len(finest)], strict=True))
    by_key = dict(zip(limited, found[1 + len(finest) :], strict=True))
    slices = []
    for entry, names in named.items():
        source = tables[next(one for one in finest if set(entry) <= set(one))]
        slices.append(slice_table(entry, [source.keys[name] for name in names], source.cells))
    return Decided(
        policies=merge(found[0], keep=()).cells,
        slices=tuple(slices),
        periods=_periods(asking.ready, found[0]) if timed else None,
        units=by_key.get("unit"),
        teams={name: _as_team(by_key[key], key) for key, name in limited.items() if name},
        hashed=_hash_of([found for found in answer.counted or answer.summed if "h_sum" in found], plan),
    )


def _limited_by(plan: Plan) -> dict[str, str]:
    """Return the keys that capacities are judged by -> the candidate, empty for periods, which serve all of them."""
    out = {"unit": ""} if plan.spec.counted_by is not None else {}
    for candidate, policy in plan.spec.limited:
        if policy.per is None and policy.by is not None:
            out[f"by_{plan.keyed.index(candidate.name)}"] = candidate.name
    return out


def _as_team(keyed: Keyed, key: str) -> Keyed:
    return Keyed(cells=keyed.cells, keys={"by": keyed.keys[key]})


def count_hash(asking: Asking) -> int:
    """Return the sum of the hashes of all rows, where nothing else is counted of them."""
    plan = asking.plan
    keys = [_keys_of(plan, entry) for entry in _finest(slice_entries(plan))] or [("st",)]
    groupings = [Grouping(one, HASH) for one in keys]
    return _hash_of(grouped(asking.engine, "select * from prepared", groupings, asking.texts), plan)


def _keys_of(plan: Plan, entry: Sequence[str]) -> tuple[str, ...]:
    columns = sliced_columns(plan)
    return tuple(f"x{columns.index(column)}" for column in entry)


def _hash_of(several: Sequence[Columns], plan: Plan) -> int:
    """Return the sum of the hashes of all rows.

    Where rows are sliced, those of one slice are added once as they are and once for every entry, multiplied by a
    number made from the slice's text.
    """
    sliced = any(name.startswith("x") for found in several for name in found)
    total = sum(int(hashed) for hashed in several[0]["h_sum"].tolist()) if sliced else 0
    for found in several:
        columns = [
            found[f"x{j}"]
            for j, column in enumerate(sliced_columns(plan))
            if f"x{j}" in found and is_sliced_text(plan, column)
        ]
        sums: dict[tuple[str, ...], int] = {}
        for *texts, hashed in zip(*columns, found["h_sum"].tolist(), strict=True):
            key = tuple(str(text) for text in texts)
            sums[key] = sums.get(key, 0) + int(hashed)
        total += sum(text_weight(texts) * hashed for texts, hashed in sums.items())
    return total


def _periods(ready: Prepared, whole: Keyed) -> SliceTable:
    by_period = merge(whole, group=False)
    numbers, code = np.unique(by_period.keys["t"], return_inverse=True)
    names = np.array([period_name(int(number), str(ready.facts.period)) for number in numbers], dtype=object)
    return slice_table(("period",), [names[code]], by_period.cells)


def _finest(entries: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return the entries whose columns are not all in another entry; of two alike the first."""
    return [
        entry
        for place, entry in enumerate(entries)
        if not any(
            set(entry) < set(other) or (set(entry) == set(other) and earlier < place)
            for earlier, other in enumerate(entries)
        )
    ]


def _jackknifed_slices(plan: Plan) -> bool:
    """Return whether a guardrail compares a metric in every slice, which the jackknife over groups judges."""
    return any(rail.in_every and rail.over for rail in plan.spec.guardrails)
