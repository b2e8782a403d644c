"""Reversals of the value per row acted on: one policy earns more in the slices, the other over all rows."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from payoff.choices import shares
from payoff.comparison import Grounds
from payoff.errors.data import ReversedBySlices
from payoff.record import Check
from payoff.running.money import LEVEL, reference
from payoff.stats.per_acted import PerActed, per_acted_gap
from payoff.tables import Cells
from payoff.tabulation import SliceTable

# Rows of either outcome that each policy must act on in a slice that counts.
FEWEST_ACTED = 10

Floats = NDArray[np.float64]


def reversals_per_acted(grounds: Grounds, tables: Sequence[SliceTable]) -> Iterator[Check]:
    """Yield a warning for every entry in which the better value per row acted on turns round when slices count alike.

    Of the model against today's policy, where both act on some rows. Both signs are beyond chance, each by its own
    interval; slices in which either acts on fewer than 10 rows of either outcome are left out.
    """
    for table in tables:
        acted = _acted(grounds, table.cells)
        used = _used(table, acted)
        if used.sum() < 2:
            continue
        worth = grounds.valuation.differences()[0]
        whole, one = np.zeros(len(table.cells), dtype=np.int64), np.ones(1)
        over_all = per_acted_gap(table.cells, worth, acted, whole, one)
        alike = per_acted_gap(table.cells, worth, acted, table.index, used / used.sum())
        if over_all.sign(LEVEL) * alike.sign(LEVEL) < 0:
            yield _reversed(grounds, table, over_all, alike)


def _acted(grounds: Grounds, cells: Cells) -> tuple[Floats, Floats]:
    spec, actions = grounds.spec, grounds.valuation.actions
    mine, theirs = (
        shares(one, cells, actions)[:, 0] for one in (spec.model, spec.candidate(reference(spec)))
    )
    return mine, theirs


def _used(table: SliceTable, acted: tuple[Floats, Floats]) -> Floats:
    """Return (S,) 1 for the slices that count."""
    cells, size = table.cells, len(table.values)
    enough = np.ones(size, dtype=np.bool_)
    for column in acted:
        for state in cells.states:
            rows = np.bincount(table.index, cells.moments.rows * column * (cells.state == state), size)
            enough &= rows >= FEWEST_ACTED
    return enough.astype(np.float64)


def _reversed(grounds: Grounds, table: SliceTable, over_all: PerActed, alike: PerActed) -> Check:
    unit, action = grounds.spec.decision.unit, grounds.valuation.actions[0]
    text = (
        f"per row with {action!r} the model earns {over_all.value:+.4g} {unit} beside {reference(grounds.spec)} over "
        f"all rows, and {alike.value:+.4g} where each slice counts the same: they act on another mix of rows"
    )
    return Check(
        code=ReversedBySlices.code,
        severity="warning",
        where=f"slices {' x '.join(table.entry)}",
        rows=int(table.cells.moments.rows[table.cells.known].sum()),
        ids=(),
        found=text,
        fix="judge by the gain, which counts who is acted on; compare value per row within slices alone.",
    )
