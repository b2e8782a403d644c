"""Adding cells up: tables of several parts as one, and tables keyed by less."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from payoff.tables.cells import Cells, Spread
from payoff.tables.moments import Floats, Integers, Moments


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Keyed:
    """Cells with further keys, whole numbers or text, such as the slice or the period of each."""

    cells: Cells
    keys: Mapping[str, NDArray[np.generic]]


def merge(
    keyed: Keyed,
    *,
    group: bool = True,
    keep: Sequence[str] | None = None,
    actions: Collection[str] | None = None,
) -> Keyed:
    """Return the cells keyed by less: equal keys become one cell, in the order of the keys.

    Parameters
    ----------
    group : whether cells stay apart by group; else the group is 0.
    keep : names of the further keys that stay, all of them when None.
    actions : policies whose actions stay keys, all of them when None; a policy without a key is no matter.

    The score cell, the state and the cluster always stay. Cells of exact scores cannot be merged across scores,
    and need not.
    """
    cells = keyed.cells
    if actions is not None:
        kept = {name: column for name, column in cells.actions.items() if name in actions}
        cells = replace(cells, actions=kept)
    names = tuple(keyed.keys) if keep is None else tuple(keep)
    columns = [_numbered(keyed.keys[name]) for name in names]
    columns += [cells.group] if group else []
    columns += [cells.state, *cells.actions.values()]
    columns += [column for column in (cells.cell, cells.cluster) if column is not None]
    columns += [] if cells.score is None or cells.cell is not None else [_ranks(cells.score)]
    first, key = _distinct(columns, len(cells))
    return Keyed(
        cells=_merged(cells, first, key, group), keys={name: keyed.keys[name][first] for name in names}
    )


def joined(several: Sequence[Keyed]) -> Keyed:
    """Return the cells of several parts one after the other; they must be keyed alike."""
    first = several[0].cells
    cells = Cells(
        group=_all([one.cells.group for one in several]),
        state=_all([one.cells.state for one in several]),
        actions={name: _all([one.cells.actions[name] for one in several]) for name in first.actions},
        moments=Moments.joined([one.cells.moments for one in several]),
        score=None if first.score is None else _all([np.asarray(one.cells.score) for one in several]),
        cell=None if first.cell is None else _all([np.asarray(one.cells.cell) for one in several]),
        spread=_spreads([one.cells.spread for one in several]),
        cluster=None if first.cluster is None else _all([np.asarray(one.cells.cluster) for one in several]),
        pending_low=_bounds([one.cells.pending_low for one in several]),
        pending_high=_bounds([one.cells.pending_high for one in several]),
        prevalence=first.prevalence,
    )
    names = tuple(several[0].keys)
    return Keyed(cells=cells, keys={name: _all([one.keys[name] for one in several]) for name in names})


def _distinct(columns: Sequence[Integers], size: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the place of one cell of every distinct key, in key order, and which of them each cell has."""
    order = np.lexsort(columns[::-1]) if columns else np.arange(size)
    change = np.zeros(size, dtype=np.bool_)
    for column in columns:
        ordered = column[order]
        change[1:] |= ordered[1:] != ordered[:-1]
    key = np.empty(size, dtype=np.intp)
    key[order] = np.cumsum(change)
    firsts = np.concatenate([np.ones(min(1, size), dtype=np.bool_), change[1:]])
    return order[firsts], key


def _merged(cells: Cells, first: NDArray[np.intp], key: NDArray[np.intp], group: bool) -> Cells:
    size = len(first)
    moments = cells.moments.merged(key, size)
    spread = None if cells.spread is None else cells.spread.merged(key, size)
    score = None if cells.score is None else cells.score[first]
    if spread is not None:
        score = spread.first / np.where(moments.weight > 0, moments.weight, 1.0)
    return Cells(
        group=cells.group[first] if group else np.zeros(size, dtype=np.int64),
        state=cells.state[first],
        actions={name: column[first] for name, column in cells.actions.items()},
        moments=moments,
        score=score,
        cell=None if cells.cell is None else cells.cell[first],
        spread=spread,
        cluster=None if cells.cluster is None else cells.cluster[first],
        pending_low=None if cells.pending_low is None else _total(cells.pending_low, key, size),
        pending_high=None if cells.pending_high is None else _total(cells.pending_high, key, size),
        prevalence=cells.prevalence,
    )


def _total(column: Floats, key: NDArray[np.intp], size: int) -> Floats:
    return np.bincount(key, column, size).astype(np.float64)


def _numbered(column: NDArray[np.generic]) -> Integers:
    """Return whole numbers in the order of the keys."""
    if column.dtype.kind == "i":
        return np.asarray(column, dtype=np.int64)
    return np.asarray(np.unique(column, return_inverse=True)[1], dtype=np.int64)


def _ranks(column: Floats) -> Integers:
    return np.asarray(np.unique(column, return_inverse=True)[1], dtype=np.int64)


def _all(columns: Sequence[NDArray[np.generic]]) -> NDArray:  # type: ignore[type-arg]
    return np.concatenate(columns)


def _bounds(columns: Sequence[Floats | None]) -> Floats | None:
    held = [column for column in columns if column is not None]
    return np.concatenate(held) if held else None


def _spreads(spreads: Sequence[Spread | None]) -> Spread | None:
    held = [spread for spread in spreads if spread is not None]
    if not held:
        return None
    return Spread(
        **{
            name: np.concatenate([getattr(one, name) for one in held])
            for name in ("low", "high", "first", "second")
        }
    )
