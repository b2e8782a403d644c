"""Reversals of the value per row acted on: one policy earns more in the slices, the other over all rows."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from payoff.choices import shares
from payoff.comparison import Grounds
from payoff.errors.data import ReversedBySlices
from payoff.record import Check
from payoff.running.money import LEVEL, reference
from payoff.stats.per_acted import Turned, per_acted_gap, per_acted_turned
from payoff.tables import Cells
from payoff.tabulation import SliceTable

# Rows of either outcome that each policy must act on in a slice that counts.
FEWEST_ACTED = 5

Floats = NDArray[np.float64]


def reversals_per_acted(grounds: Grounds, tables: Sequence[SliceTable]) -> Iterator[Check]:
    """Yield a warning for every entry in which the better value per row acted on turns round when slices count alike.

    Of the model against today's policy, where both act on some rows. Either both signs are beyond chance, or most
    slices have the sign of their mean and the mix moves the number (``payoff.stats.per_acted.Turned``). Slices in which
    either acts on fewer than 5 rows of either outcome are left out.
    """
    for table in tables:
        acted = _acted(grounds, table.cells)
        used = _used(table, acted)
        if used.sum() < 2:
            continue
        worth = grounds.valuation.differences()[0]
        found = per_acted_turned(table.cells, worth, acted, table.index, used / used.sum())
        each = [_in_one(table, worth, acted, place) for place in np.flatnonzero(used)]
        against = sum(one * found.alike.value > 0.0 for one in each)
        if found.certain or (found.turns and 2 * against > len(each)):
            yield _reversed(grounds, table, found, f"{against} of {len(each)}")


def _in_one(table: SliceTable, worth: Floats, acted: tuple[Floats, Floats], place: np.intp) -> float:
    """Return the difference in one slice."""
    share = np.zeros(len(table.values))
    share[place] = 1.0
    return per_acted_gap(table.cells, worth, acted, table.index, share).value


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


def _reversed(grounds: Grounds, table: SliceTable, found: Turned, slices: str) -> Check:
    unit, action = grounds.spec.decision.unit, grounds.valuation.actions[0]
    (all_low, all_high), (low, high) = (one.ends(LEVEL) for one in (found.over_all, found.alike))
    text = (
        f"per row with {action!r} the model earns {found.over_all.value:+.4g} {unit} "
        f"({all_low:+.4g} to {all_high:+.4g}) beside {reference(grounds.spec)} over all rows, and "
        f"{found.alike.value:+.4g} ({low:+.4g} to {high:+.4g}) where each slice counts the same, with that sign in "
        f"{slices} slices: they act on another mix of rows"
    )
    if not found.certain:
        text += "; that the mix moves the number is beyond chance, not both signs"
    return Check(
        code=ReversedBySlices.code,
        severity="warning",
        where=f"slices {' x '.join(table.entry)}",
        rows=int(table.cells.moments.rows[table.cells.known].sum()),
        ids=(),
        found=text,
        fix="judge by the gain, which counts who is acted on; compare value per row within slices alone.",
    )
