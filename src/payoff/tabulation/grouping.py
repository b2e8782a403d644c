"""Several tables of the same rows: queries that group them, and their answers taken apart."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from payoff.engines import Columns, Engine

MISSING, OTHER = "(missing)", "(other)"
# How the names of aggregates begin that are whole numbers: counts, and the halves of exact totals.
WHOLE = ("n_", "nz_", "th_", "tl_", "h_sum")


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """One table to count.

    Attributes
    ----------
    keys : names of columns; none counts all rows as one cell.
    aggregates : name -> SQL, of one cell.
    through : finer keys that rows are grouped by first, once for all groupings through the same ones; the aggregates
        must add. None where rows are grouped by ``keys`` at once.
    """

    keys: tuple[str, ...]
    aggregates: Mapping[str, str]
    through: tuple[str, ...] | None = None

    @property
    def again(self) -> Mapping[str, str]:
        """Return the aggregates of cells that were counted already."""
        return {
            name: f"cast(sum({name}) as bigint)" if name.startswith(WHOLE) else f"sum({name})"
            for name in self.aggregates
        }


def grouped(
    engine: Engine, source: str, groupings: Sequence[Grouping], texts: Collection[str] = ()
) -> list[Columns]:
    """Return one table per grouping, in one scan of ``source`` where the engine can share one.

    Parameters
    ----------
    source : a query; of its keys only text may be NULL.
    texts : which keys are text; the others are whole numbers.

    Cells come in no particular order.
    """
    if engine.shares_scans and len(groupings) > 1:
        return _in_one_scan(engine, source, groupings, texts)
    out: dict[int, Columns] = {}
    for alike in _alike(groupings):
        found = _by_sets(engine, source, [groupings[place] for place in alike], texts)
        out.update(zip(alike, found, strict=True))
    return [out[place] for place in range(len(groupings))]


def _in_one_scan(
    engine: Engine, source: str, groupings: Sequence[Grouping], texts: Collection[str]
) -> list[Columns]:
    """Group the same rows in as many ways as asked, each with sums of its own."""
    keys = tuple(dict.fromkeys(key for one in groupings for key in one.keys))
    sums = tuple(dict.fromkeys(name for one in groupings for name in one.aggregates))
    absent = {key: "cast(null as varchar)" if key in texts else "-1" for key in keys}
    finer = list(dict.fromkeys(one.through for one in groupings if one.through is not None))
    tables = {"rows": source}
    selects = []
    for number, one in enumerate(groupings):
        table, aggregates = "rows", one.aggregates
        if one.through is not None:
            table, aggregates = f"cells_{finer.index(one.through)}", one.again
            tables[table] = _plainly(one.through, one.aggregates, "rows")
        shown = [f"{key if key in one.keys else absent[key]} as {key}" for key in keys]
        shown += [f"{aggregates.get(name, '0')} as {name}" for name in sums]
        by = f" group by {', '.join(one.keys)}" if one.keys else ""
        selects.append(f"select {number} as payoff_set, {', '.join(shown)} from {table}{by}")
    made = ", ".join(f"{name} as ({query})" for name, query in tables.items())
    found = engine.columns(f"with {made} {' union all '.join(selects)}")
    which = np.asarray(found["payoff_set"])
    return [_part(found, which == number, one, texts) for number, one in enumerate(groupings)]


def _plainly(keys: Sequence[str], aggregates: Mapping[str, str], source: str) -> str:
    listed = ", ".join(keys)
    sums = ", ".join(f"{sql} as {name}" for name, sql in aggregates.items())
    return f"select {listed}, {sums} from {source} group by {listed}"


def _alike(groupings: Sequence[Grouping]) -> list[list[int]]:
    """Return the places of groupings that have the same sums, through the same cells: one query can answer them."""
    held: dict[object, list[int]] = {}
    for place, one in enumerate(groupings):
        held.setdefault((one.through, tuple(one.aggregates.items())), []).append(place)
    return list(held.values())


def _by_sets(
    engine: Engine, source: str, groupings: Sequence[Grouping], texts: Collection[str]
) -> list[Columns]:
    """Group rows by one or several sets of keys with the same sums."""
    first = groupings[0]
    if first.through is not None:
        source = _plainly(first.through, first.aggregates, f"({source}) as rows")
    sums = first.aggregates if first.through is None else first.again
    if len(groupings) == 1 and first.keys:
        found = engine.columns(_plainly(first.keys, sums, f"({source}) as rows"))
        return [{name: _named(column) if name in texts else column for name, column in found.items()}]
    keys = tuple(dict.fromkeys(key for one in groupings for key in one.keys))
    listed = ", ".join(keys)
    aggregates = ", ".join(f"{sql} as {name}" for name, sql in sums.items())
    written = ", ".join(f"({', '.join(one.keys)})" for one in groupings)
    shown = ", ".join(key if key in texts else f"coalesce({key}, -1) as {key}" for key in keys)
    found = engine.columns(
        f"select grouping({listed}) as payoff_set, {shown}, {aggregates} from ({source}) as rows "
        f"group by grouping sets ({written})"
    )
    which = np.asarray(found["payoff_set"])
    left_out = [
        sum(2 ** (len(keys) - 1 - place) for place, key in enumerate(keys) if key not in one.keys)
        for one in groupings
    ]
    return [_part(found, which == bits, one, texts) for bits, one in zip(left_out, groupings, strict=True)]


def _part(found: Columns, mask: NDArray[np.bool_], one: Grouping, texts: Collection[str]) -> Columns:
    """Return the cells of one grouping: its keys and its sums."""
    here = np.flatnonzero(mask)
    names = (*one.keys, *one.aggregates)
    return {name: _named(found[name][here]) if name in texts else found[name][here] for name in names}


def _named(column: NDArray[np.generic]) -> NDArray[np.object_]:
    """Return text with a word for what is missing: one of the keys like any other."""
    return np.array([MISSING if text is None else own_name(text) for text in column.tolist()], dtype=object)


def own_name(text: str) -> str:
    """Return the name of a text among those of slices: in quotes where it reads as the word for something else.

    >>> own_name("north"), own_name("(missing)"), own_name('"(missing)"')
    ('north', '"(missing)"', '""(missing)""')
    """
    return f'"{text}"' if text.strip('"') in (MISSING, OTHER) else text
