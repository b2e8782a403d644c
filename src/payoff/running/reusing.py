"""A changed spec over saved tables: which parts still hold, what follows from them, and what only rows can tell."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from payoff.errors.store import TablesLack
from payoff.running.gathering import gathered_again
from payoff.running.tabulating import Gathered, needs_sliced_scores
from payoff.spec.coefficients import Valuation
from payoff.spec.model import Spec
from payoff.tables import Cells, duels
from payoff.tabulation import Plan, SliceTable, Tabulated, basis_of, bind, entries_of, score_pairs
from payoff.tabulation.basis import LIKELY, POLICIES, ROWS, VALUE
from payoff.tabulation.sums import along, quanta_of, times

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Reused:
    """Tables as a spec may use them, and in words what of them was used as it was."""

    gathered: Gathered
    words: str


def reused(spec: Spec, tables: Tabulated) -> Reused:
    """Return what a spec finds in saved tables, without reading a row.

    Hurdles, guardrails, names, volume, ranges of assumptions and metrics never need rows. Another likely value
    revalues the parts; where a threshold is chosen by value it is chosen again, and the tables of decisions hold
    only if it stays where it was.

    Raises
    ------
    TablesLack
        When something that the spec asks rests on rows; the message says what.
    """
    plan = bind(spec, tables.relation)
    asked = basis_of(plan)
    lacking = [part for part in _needed(asked) if asked[part] != tables.basis.get(part)]
    missing = sorted(entries_of(asked) - entries_of(tables.basis))
    apart = [f"scores of {one} and {other} together" for one, other in _uncounted(spec, tables)]
    asked_of = [(one.name, per) for one in spec.scored for per in {one.per or "" for one in spec.tops}]
    apart += [f"the top of {name}'s rankings" for name, per in asked_of if (name, per) not in tables.rankings]
    if lacking or missing or apart or (needs_sliced_scores(spec) and not tables.sliced_scores):
        raise _lack([*lacking, *(" x ".join(entry) for entry in missing), *apart] or ["scores by slice"])
    kept = replace(tables, slices=_wanted(tables.slices, asked), basis=asked)
    if asked[LIKELY] == tables.basis[LIKELY]:
        words = "Read from saved tables: everything that was counted; no row was read."
        return Reused(gathered_again(spec, kept, held=True), words)
    if kept.filled:
        raise _lack(["what rows under a capacity are worth at these assumptions"])
    return _revalued(spec, plan, kept, _valued_at(plan, tables.basis[LIKELY]))


def _needed(asked: dict[str, str]) -> list[str]:
    scores = [part for part in asked if part.startswith("score of ")]
    return [ROWS, VALUE, POLICIES, *scores]


def _uncounted(spec: Spec, tables: Tabulated) -> list[tuple[str, str]]:
    return [pair for pair in score_pairs(spec) if pair not in tables.pairs and pair[::-1] not in tables.pairs]


def _revalued(spec: Spec, plan: Plan, tables: Tabulated, before: Valuation) -> Reused:
    """Return the tables with values at other likely assumptions."""
    moved = _Revaluing(before, plan.valuation, _fixed_values(plan, tables), tables).all()
    gathered = gathered_again(spec, moved, held=False)
    for name, at in gathered.choices.thresholds.items():
        was = tables.fixed.thresholds.get(name)
        if at != was:
            raise _lack([f"decisions of {name} at {at}, the threshold that is best now, in place of {was}"])
    words = (
        "Read from saved tables: scores and decisions as they were counted, revalued at other likely assumptions; "
        "no row was read. Exact totals of values that vary by row are left out."
    )
    return Reused(gathered, words)


@dataclass(frozen=True, slots=True, eq=False)
class _Revaluing:
    """From one setting of the likely assumptions to another."""

    before: Valuation
    after: Valuation
    fixed: Floats
    tables: Tabulated

    def all(self) -> Tabulated:
        """Return the tables with every sum of money at the other setting."""
        tables, periods = self.tables, self.tables.periods
        return replace(
            tables,
            exact=tables.exact and not tables.shape.moving.any(),
            shape=replace(tables.shape, fixed=self.fixed),
            blocks={
                name: tuple(replace(one, cells=self.cells(one.cells)) for one in parts)
                for name, parts in tables.blocks.items()
            },
            policies=None if tables.policies is None else self.cells(tables.policies),
            slices=tuple(replace(one, cells=self.cells(one.cells)) for one in tables.slices),
            periods=None if periods is None else replace(periods, cells=self.cells(periods.cells)),
        )

    def cells(self, cells: Cells) -> Cells:
        """Return cells whose thirds, totals and counts of what differs are those at the other setting."""
        moments, rows, state = cells.moments, cells.moments.rows, cells.state
        high, low = moments.total_high.copy(), moments.total_low.copy()
        nonzero = moments.nonzero.copy()
        for known, moving in enumerate(self.tables.shape.moving):
            here = state == known
            for a in np.flatnonzero(~moving):
                quanta = quanta_of(float(self.fixed[known, a]), self.tables.quantum)
                high[here, a], low[here, a] = times(quanta, rows[here])
            for d, (one, other) in enumerate(duels(len(moving))):
                if not moving[one] and not moving[other]:
                    nonzero[here, d] = rows[here] * (self.fixed[known, one] != self.fixed[known, other])
        thirds = self._thirds(moments.third)
        return replace(
            cells, moments=replace(moments, total_high=high, total_low=low, nonzero=nonzero, third=thirds)
        )

    def _thirds(self, third: Floats) -> Floats:
        """Return third moments along the new directions, each of which must be one of the old ones, scaled."""
        varying = self.tables.shape.varying.any(axis=0)
        old, new = (
            np.concatenate([one.values(), one.duels()]) * varying for one in (self.before, self.after)
        )
        out = np.zeros_like(third)
        out[:, :, 0] = third[:, :, 0]
        for j, row in enumerate(new):
            if not row.any():
                continue
            found = [(i, along(row, line)) for i, line in enumerate(old) if line.any()]
            source = next(((i, factor) for i, factor in found if factor is not None), None)
            if source is None:
                raise _lack(["the skewness of money at these assumptions"])
            line, factor = source
            for power in (1, 2, 3):
                out[:, j, power] = third[:, line, power] * factor**power
        return out


def _valued_at(plan: Plan, likely: str) -> Valuation:
    """Return the valuation that tables were counted at, from the basis that they keep."""
    return replace(plan.valuation, likely={**plan.valuation.likely, **json.loads(likely)})


def _fixed_values(plan: Plan, tables: Tabulated) -> Floats:
    """Return (C, A) the values that read no column, at the spec's likely assumptions."""
    parts = np.where(np.isfinite(tables.shape.constants), tables.shape.constants, 0.0)
    values = parts @ plan.valuation.values().T
    return np.where(tables.shape.moving, np.nan, values)


def _wanted(tables: tuple[SliceTable, ...], asked: dict[str, str]) -> tuple[SliceTable, ...]:
    return tuple(table for table in tables if table.entry in entries_of(asked))


def _lack(what: Sequence[str]) -> TablesLack:
    return TablesLack(
        where="--tables",
        found=f"tables that cannot tell {'; '.join(what)}"[:600],
        expected="tables that hold what the spec asks",
        fix="name the rows as well, with --data or data.path, or count again: payoff tabulate SPEC --data DATA.",
    )
