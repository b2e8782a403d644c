"""Two forecasts counted against each other: cells of where both and the outcome lie."""

from collections.abc import Mapping, Sequence

import numpy as np

from payoff.engines import Columns
from payoff.formulas import double
from payoff.spec.model import NOBODY
from payoff.tables.forecast_duels import Duel
from payoff.tabulation.answers import Asking
from payoff.tabulation.grouping import Grouping, grouped


def count_duels(asking: Asking, at: Sequence[float]) -> tuple[Duel, ...]:
    """Return the model against every other candidate that forecasts."""
    model, names = asking.plan.spec.model.name, list(asking.plan.quantities)
    if not at:
        return ()
    return tuple(_duel(asking, model, name, at) for name in names if name not in (model, NOBODY))


def _duel(asking: Asking, of: str, over: str, at: Sequence[float]) -> Duel:
    names = list(asking.plan.quantities)
    mine, theirs = (f"qty_{names.index(name)}" for name in (of, over))
    made = {
        "m_at": _below(mine, at, 0, len(at)),
        "t_at": _below(theirs, at, 0, len(at)),
        "y_at": _below("qty_y", at, 0, len(at)),
        "d_u": f"greatest(qty_y - {theirs}, 0.0e0) - greatest(qty_y - {mine}, 0.0e0)",
        "d_o": f"greatest({theirs} - qty_y, 0.0e0) - greatest({mine} - qty_y, 0.0e0)",
        "differs": f"case when {mine} <> {theirs} then 1 else 0 end",
    }
    columns = "".join(f", {sql} as {name}" for name, sql in made.items())
    by = Grouping((*asking.clustered, "m_at", "t_at", "y_at"), _sums(asking))
    source = f"select *{columns} from prepared where st >= 0"
    found = grouped(asking.engine, source, [by], asking.texts)[0]
    return _read(found, of, over, at)


def _below(value: str, at: Sequence[float], low: int, high: int) -> str:
    """Return the number of thresholds below a value."""
    if low == high:
        return str(low)
    middle = (low + high) // 2
    above, below = _below(value, at, middle + 1, high), _below(value, at, low, middle)
    return f"case when {value} > {double(float(at[middle]))} then {above} else {below} end"


def _sums(asking: Asking) -> Mapping[str, str]:
    weighted = asking.ready.weighted
    w = ["", "w * ", "w * w * ", "w * w * w * "] if weighted else [""] * 4
    out = {"n_rows": "count(*)", "n_differ": "sum(differs)"}
    if weighted:
        out |= {f"w_{power}": f"sum({' * '.join(['w'] * power)})" for power in (1, 2, 3)}
    singles, pairs = ("d_u", "d_o"), ("d_u * d_u", "d_u * d_o", "d_o * d_o")
    triples = ("d_u * d_u * d_u", "d_u * d_u * d_o", "d_u * d_o * d_o", "d_o * d_o * d_o")
    for name, power, products in (
        ("f1", 1, singles),
        ("f2", 2, singles),
        ("f3", 3, singles),
        ("s2", 2, pairs),
        ("s3", 3, pairs),
        ("t3", 3, triples),
    ):
        if weighted or name in ("f1", "s2", "t3"):
            out |= {f"{name}_{i}": f"sum({w[power]}{product})" for i, product in enumerate(products)}
    return out


def _read(found: Columns, of: str, over: str, at: Sequence[float]) -> Duel:
    rows = np.asarray(found["n_rows"], dtype=np.int64)

    def sums(name: str, instead: str, size: int) -> np.ndarray:
        held = name if f"{name}_0" in found else instead
        return np.stack([np.asarray(found[f"{held}_{i}"], dtype=np.float64) for i in range(size)], axis=1)

    weights = [np.asarray(found.get(f"w_{power}", rows), dtype=np.float64) for power in (1, 2, 3)]
    return Duel(
        of=of,
        over=over,
        at=np.array(at, dtype=np.float64),
        mine=np.asarray(found["m_at"], dtype=np.int64),
        theirs=np.asarray(found["t_at"], dtype=np.int64),
        outcome=np.asarray(found["y_at"], dtype=np.int64),
        rows=rows,
        differing=np.asarray(found["n_differ"], dtype=np.int64),
        weight=weights[0],
        weight2=weights[1],
        weight3=weights[2],
        first=sums("f1", "f1", 2),
        first2=sums("f2", "f1", 2),
        first3=sums("f3", "f1", 2),
        second=sums("s2", "s2", 3),
        second3=sums("s3", "s2", 3),
        third=sums("t3", "t3", 4),
        cluster=np.unique(found["k"], return_inverse=True)[1].astype(np.int64) if "k" in found else None,
    )
