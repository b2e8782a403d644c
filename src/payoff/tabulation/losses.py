"""Losses of quantities, counted: whole, and by slice where a guardrail asks for it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from payoff.engines import Columns
from payoff.formulas import double
from payoff.tables.losses import Losses, SlicedLosses
from payoff.tabulation.answers import Asking
from payoff.tabulation.grouping import Grouping, grouped
from payoff.tabulation.loss_columns import loss_columns, loss_pairs, loss_sql
from payoff.tabulation.rows import sliced_columns

Floats = NDArray[np.float64]


def count_losses(asking: Asking, level: float | None, shift: Sequence[float]) -> Losses:
    """Return the losses of all known rows."""
    by = Grouping(("st", *asking.clustered), _sums(asking, level))
    found = grouped(asking.engine, _rows(asking, level, shift), [by], asking.texts)[0]
    return _losses(found, asking, level, shift)


def count_sliced_losses(
    asking: Asking, level: float | None, shift: Sequence[float], entries: Sequence[tuple[str, ...]]
) -> tuple[SlicedLosses, ...]:
    """Return the losses by every slice entry."""
    columns, sums = sliced_columns(asking.plan), _sums(asking, level)
    named = {entry: tuple(f"x{columns.index(column)}" for column in entry) for entry in entries}
    by = [Grouping((*keys, *asking.clustered), sums) for keys in named.values()]
    if not by:
        return ()
    tables = grouped(asking.engine, _rows(asking, level, shift), by, asking.texts)
    return tuple(
        _sliced(entry, [found[key] for key in keys], _losses(found, asking, level, shift))
        for (entry, keys), found in zip(named.items(), tables, strict=True)
    )


def _sliced(entry: tuple[str, ...], keys: list[NDArray[np.generic]], losses: Losses) -> SlicedLosses:
    rows = [tuple(str(text) for text in row) for row in zip(*(key.tolist() for key in keys), strict=True)]
    values = tuple(sorted(set(rows)))
    index = np.array([values.index(row) for row in rows], dtype=np.int64)
    return SlicedLosses(entry=entry, values=values, index=index, losses=losses)


def _rows(asking: Asking, level: float | None, shift: Sequence[float]) -> str:
    """Return the known rows with a column for every centred loss."""
    columns = loss_columns(asking.plan, level)
    made = "".join(
        f", ({loss_sql(asking.plan, name, kind, level)}) - {double(centre)} as loss_{i}"
        for i, ((name, kind), centre) in enumerate(zip(columns, shift, strict=True))
    )
    return f"select *{made} from prepared where st >= 0"


def _sums(asking: Asking, level: float | None) -> dict[str, str]:
    """Return the aggregates of one cell. Without weights those of higher powers of them are the same."""
    weighted, clustered = asking.ready.weighted, asking.ready.clustered
    w = ["", "w * ", "w * w * ", "w * w * w * "] if weighted else [""] * 4
    out = {"n_rows": "count(*)"}
    if weighted:
        out |= {f"w_{power}": f"sum({' * '.join(['w'] * power)})" for power in (1, 2, 3)}
    columns = loss_columns(asking.plan, level)
    for i in range(len(columns)):
        out[f"l1_{i}"] = f"sum({w[1]}loss_{i})"
        if clustered:
            continue
        out[f"l2_{i}"] = f"sum({w[2]}loss_{i} * loss_{i})"
        out[f"l3_{i}"] = f"sum({w[3]}loss_{i} * loss_{i} * loss_{i})"
        if weighted:
            out |= {
                f"l12_{i}": f"sum({w[2]}loss_{i})",
                f"l13_{i}": f"sum({w[3]}loss_{i})",
                f"l23_{i}": f"sum({w[3]}loss_{i} * loss_{i})",
            }
    for p, (i, k) in enumerate(() if clustered else loss_pairs(asking.plan, columns)):
        out[f"c2_{p}"] = f"sum({w[2]}loss_{i} * loss_{k})"
        out[f"c21_{p}"] = f"sum({w[3]}loss_{i} * loss_{i} * loss_{k})"
        out[f"c12_{p}"] = f"sum({w[3]}loss_{i} * loss_{k} * loss_{k})"
        if weighted:
            out[f"c3_{p}"] = f"sum({w[3]}loss_{i} * loss_{k})"
    return out


def _losses(found: Columns, asking: Asking, level: float | None, shift: Sequence[float]) -> Losses:
    columns = loss_columns(asking.plan, level)
    pairs, cells = loss_pairs(asking.plan, columns), len(found["n_rows"])
    rows = np.asarray(found["n_rows"], dtype=np.int64)

    def read(name: str, size: int, instead: str) -> Floats:
        out = np.zeros((cells, size))
        for i in range(size):
            column = next((one for one in (f"{name}_{i}", f"{instead}_{i}") if one in found), None)
            if column is not None:
                out[:, i] = np.nan_to_num(np.asarray(found[column], dtype=np.float64))
        return out

    weights = [
        np.nan_to_num(np.asarray(found.get(f"w_{power}", rows), dtype=np.float64)) for power in (1, 2, 3)
    ]
    many, two = len(columns), len(pairs)
    return Losses(
        columns=columns,
        pairs=pairs,
        level=level,
        shift=np.asarray(shift, dtype=np.float64),
        rows=rows,
        weight=weights[0],
        weight2=weights[1],
        weight3=weights[2],
        first=read("l1", many, "l1"),
        first2=read("l12", many, "l1"),
        first3=read("l13", many, "l1"),
        second=read("l2", many, "l2"),
        second3=read("l23", many, "l2"),
        third=read("l3", many, "l3"),
        cross2=read("c2", two, "c2"),
        cross3=read("c3", two, "c2"),
        cross21=read("c21", two, "c21"),
        cross12=read("c12", two, "c12"),
        cluster=np.unique(found["k"], return_inverse=True)[1].astype(np.int64) if "k" in found else None,
    )
