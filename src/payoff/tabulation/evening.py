"""A weight that all rows share says nothing: tables of such rows as those of rows without weights."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from payoff.tables import Cells, Keyed, Moments, ScorePair, Spread
from payoff.tables.cells import NEGATIVE, POSITIVE
from payoff.tables.given_shares import at_given_shares, factors
from payoff.tabulation.slices import SliceTable
from payoff.tabulation.tabulated import Tabulated


def shared_weight(tables: Tabulated) -> float | None:
    """Return the weight that all rows have, None where they differ or carry none.

    Weights that give outcomes a declared share say that the share is in no doubt, though all of them be 1.
    """
    if not tables.weighted or (tables.policies is not None and tables.policies.prevalence is not None):
        return None
    low, high = (tables.counts.values.get(name) for name in ("lo_w", "hi_w"))
    return None if low is None or high is None or low != high else float(low)


def without_shared_weight(tables: Tabulated) -> Tabulated:
    """Return the tables as rows without weights give them, where all rows have the same; else as they are.

    Saved tables keep their weights, since the rows that they are added to may have another.
    """
    weight = shared_weight(tables)
    if weight is None:
        return tables
    return replace(
        tables,
        weighted=False,
        scores={name: unweighted(one, weight) for name, one in tables.scores.items()},
        blocks={
            name: tuple(_keyed(one, weight) for one in several) for name, several in tables.blocks.items()
        },
        policies=None if tables.policies is None else unweighted(tables.policies, weight),
        slices=_sliced(tables.slices, weight),
        sliced_scores=_sliced(tables.sliced_scores, weight),
        periods=None if tables.periods is None else _sliced([tables.periods], weight)[0],
        pairs={pair: _pair(one, weight) for pair, one in tables.pairs.items()},
    )


def at_declared_shares(tables: Tabulated) -> Tabulated:
    """Return tables of several parts whose positives make up the declared share of all rows together.

    Each part was weighted by the rows of each outcome that the first one had.
    """
    whole = tables.policies
    if whole is None or whole.prevalence is None:
        return tables
    held = [float(whole.moments.weight[whole.state == state].sum()) for state in (NEGATIVE, POSITIVE)]
    factor = factors((held[0], held[1]), whole.prevalence) if min(held) > 0.0 else np.ones(2)
    return replace(
        tables,
        scores={name: at_given_shares(one) for name, one in tables.scores.items()},
        blocks={
            name: tuple(replace(one, cells=at_given_shares(one.cells)) for one in several)
            for name, several in tables.blocks.items()
        },
        policies=at_given_shares(whole),
        slices=_at_given(tables.slices),
        sliced_scores=_at_given(tables.sliced_scores),
        periods=None if tables.periods is None else _at_given([tables.periods])[0],
        pairs={pair: _pair_at(one, factor) for pair, one in tables.pairs.items()},
    )


def _at_given(several: Sequence[SliceTable]) -> tuple[SliceTable, ...]:
    return tuple(replace(one, cells=at_given_shares(one.cells)) for one in several)


def _pair_at(pair: ScorePair, factor: NDArray[np.float64]) -> ScorePair:
    by_cell = np.where(pair.state >= 0, factor[np.maximum(pair.state, 0)], 1.0)
    spreads = [
        None if one is None else replace(one, first=one.first * by_cell, second=one.second * by_cell)
        for one in (pair.first_spread, pair.second_spread)
    ]
    return replace(
        pair,
        weight=pair.weight * by_cell,
        weight2=pair.weight2 * by_cell**2,
        first_spread=spreads[0],
        second_spread=spreads[1],
    )


def unweighted(cells: Cells, weight: float) -> Cells:
    """Return cells of rows that all weigh ``weight`` as cells of rows without weights."""
    spread = None if cells.spread is None else _spread(cells.spread, weight)
    return replace(cells, moments=_moments(cells.moments, weight), spread=spread)


def _moments(moments: Moments, weight: float) -> Moments:
    rows = moments.rows.astype(float)
    third = moments.third / weight**3
    # Of pending rows the tables hold no third.
    third[..., 0] = (rows[..., None]) * (moments.third[..., 0] != 0.0)
    return replace(
        moments,
        weight=rows,
        weight2=rows,
        weight3=rows,
        first=moments.first / weight,
        first2=moments.first2 / weight**2,
        second=moments.second / weight**2,
        third=third,
    )


def _spread(spread: Spread, weight: float) -> Spread:
    return replace(spread, first=spread.first / weight, second=spread.second / weight)


def _keyed(keyed: Keyed, weight: float) -> Keyed:
    return replace(keyed, cells=unweighted(keyed.cells, weight))


def _sliced(several: Sequence[SliceTable], weight: float) -> tuple[SliceTable, ...]:
    return tuple(replace(one, cells=unweighted(one.cells, weight)) for one in several)


def _pair(pair: ScorePair, weight: float) -> ScorePair:
    rows = pair.rows.astype(float)
    spreads = [
        None if one is None else _spread(one, weight) for one in (pair.first_spread, pair.second_spread)
    ]
    return replace(pair, weight=rows, weight2=rows, first_spread=spreads[0], second_spread=spreads[1])
