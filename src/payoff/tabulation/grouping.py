"""One scan, several tables: a query with grouping sets, and its answer taken apart."""

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from payoff.engines import Columns, Engine

MISSING = "(missing)"


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
    source : a query; of its keys only text may be NULL.
    sets : names of columns, each set once; an empty set counts all rows.
    aggregates : of one cell.
    texts : which keys are text; the others are whole numbers.

    Cells come in no particular order.
    """
    if len(sets) == 1 and sets[0]:
        listed = ", ".join(sets[0])
        found = engine.columns(f"select {listed}, {aggregates} from ({source}) as rows group by {listed}")
        return [{name: _named(column) if name in texts else column for name, column in found.items()}]
    keys = tuple(dict.fromkeys(key for one in sets for key in one))
    listed = ", ".join(keys)
    written = ", ".join(f"({', '.join(one)})" for one in sets)
    shown = ", ".join(key if key in texts else f"coalesce({key}, -1) as {key}" for key in keys)
    found = engine.columns(
        f"select grouping({listed}) as payoff_set, {shown}, {aggregates} from ({source}) as rows "
        f"group by grouping sets ({written})"
    )
    return [_of_set(found, keys, tuple(one), texts) for one in sets]


def _of_set(found: Columns, keys: Sequence[str], one: Sequence[str], texts: Collection[str]) -> Columns:
    """Return the rows of one set: its keys and all aggregates."""
    left_out = sum(2 ** (len(keys) - 1 - place) for place, key in enumerate(keys) if key not in one)
    here = np.flatnonzero(np.asarray(found["payoff_set"]) == left_out)
    names = [name for name in found if name != "payoff_set" and (name not in keys or name in one)]
    return {name: _named(found[name][here]) if name in texts else found[name][here] for name in names}


def _named(column: NDArray[np.generic]) -> NDArray[np.object_]:
    """Return text with a word for what is missing: one of the keys like any other."""
    return np.array([MISSING if text is None else text for text in column.tolist()], dtype=object)
