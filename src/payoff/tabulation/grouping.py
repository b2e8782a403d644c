"""One scan, several tables: a query with grouping sets, and its answer taken apart."""

from collections.abc import Collection, Sequence

import numpy as np

from payoff.engines import Columns, Engine


def grouped(
    engine: Engine,
    source: str,
    sets: Sequence[Sequence[str]],
    aggregates: str,
    texts: Collection[str] = (),
) -> list[Columns]:
    """Return one table per set of keys, all counted in one scan of ``source``.

    Parameters
    ----------
    source : a query; its keys are never NULL.
    sets : names of columns, each set once; an empty set counts all rows.
    aggregates : of one cell.
    texts : which keys are text; the others are whole numbers.

    Cells come in no particular order.
    """
    if len(sets) == 1 and sets[0]:
        listed = ", ".join(sets[0])
        return [engine.columns(f"select {listed}, {aggregates} from ({source}) as rows group by {listed}")]
    keys = tuple(dict.fromkeys(key for one in sets for key in one))
    listed = ", ".join(keys)
    written = ", ".join(f"({', '.join(one)})" for one in sets)
    shown = ", ".join(f"coalesce({key}, {_filler(key, texts)}) as {key}" for key in keys)
    found = engine.columns(
        f"select grouping({listed}) as payoff_set, {shown}, {aggregates} from ({source}) as rows "
        f"group by grouping sets ({written})"
    )
    return [_of_set(found, keys, tuple(one)) for one in sets]


def _filler(key: str, texts: Collection[str]) -> str:
    """Return what stands for a key in the tables that are not grouped by it, so that no column holds NULL."""
    return "''" if key in texts else "-1"


def _of_set(found: Columns, keys: Sequence[str], one: Sequence[str]) -> Columns:
    """Return the rows of one set: its keys and all aggregates."""
    left_out = sum(2 ** (len(keys) - 1 - place) for place, key in enumerate(keys) if key not in one)
    here = np.flatnonzero(np.asarray(found["payoff_set"]) == left_out)
    names = [name for name in found if name != "payoff_set" and (name not in keys or name in one)]
    return {name: found[name][here] for name in names}
