"""From columns of ``prepared`` to the sums of ``tables.Moments``, and back from the engine's answer.

Where no formula reads a column the sums follow from the number of rows: only parts and values that vary from row
to row are summed by the engine, and only in the outcome states in which they do.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from payoff.engines import Columns
from payoff.errors.engine import MoneyOverflow
from payoff.formulas import double
from payoff.tables import BASE, PENDING, Moments, duels

ROUNDING = 1e-12  # by how much a decimal quantum may miss one part of a whole unit, as doubles hold it
LARGEST_WHOLE = 9.0e18  # below 2^63

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sums:
    """How the moments of one plan are summed: the same text in every query.

    Attributes
    ----------
    quantum : smallest money step.
    weighted : whether rows carry weights.
    shift : (C, K) centre of the parts by known state; their value where they do not vary.
    values : (A, K) coefficients of the value under each action at the likely assumptions.
    differences : (D, K) the same of the difference between the actions of each pair, as ``duels`` orders them.
    varying : (C, K) parts that read columns in a known state.
    moving : (C, A) values that read columns in a known state.
    fixed : (C, A) values where they do not.
    wide : whether the value of one row may be beyond 64 bits of the quantum.
    pending : whether rows are pending.
    """

    quantum: float
    weighted: bool
    shift: Floats
    values: Floats
    differences: Floats
    varying: Flags
    moving: Flags
    fixed: Floats
    wide: bool
    pending: bool

    @property
    def parts(self) -> int:
        """Return K."""
        return int(self.shift.shape[1])

    @property
    def states(self) -> range:
        """Return the known states."""
        return range(len(self.shift))

    @property
    def summed(self) -> tuple[int, ...]:
        """Return the parts that the engine sums."""
        return tuple(int(k) for k in np.flatnonzero(self.varying.any(axis=0)))

    @property
    def directions(self) -> tuple[tuple[int, float], ...]:
        """Return, for each value and difference, which sum of cubes serves it and by which factor.

        Values along one line of parts share their third moments: y = factor * (the first of that line).
        """
        lines: list[Floats] = []
        found = []
        for row in self._combined():
            factors = [along(row, line) for line in lines] if row.any() else [0.0]
            number = next((n for n, factor in enumerate(factors) if factor is not None), len(lines))
            if number == len(factors):
                lines.append(row)
            found.append((number, 1.0 if number == len(factors) else float(factors[number] or 0.0)))
        return tuple(found)

    @property
    def summed_states(self) -> tuple[int, ...]:
        """Return the outcome states whose rows the engine must sum: where something varies, and pending."""
        known = tuple(state for state in self.states if self._is_summed(state))
        return (*known, PENDING) if self.pending else known

    def rows_sql(self, extra: str, source: str = "prepared") -> str:
        """Return ``prepared`` with the summed columns added; ``extra`` adds further ones."""
        centred = "".join(f", {self._only(f'p{k} - {self._centre(k)}')} as q{k}" for k in self.summed)
        quanta = "".join(f", {self._only(self._quanta(f'v{a}'))} as m{a}" for a in self._counted_values())
        lines = "".join(f", {_linear(row, self.summed)} as y{j}" for j, row in enumerate(self._lines()))
        inner = f"(select *{centred}{quanta}{extra} from {source}) as centred"
        return f"select *{lines} from {inner}" if lines else f"select * from {inner}"

    def aggregates(self) -> dict[str, str]:
        """Return the aggregates of one cell, by the name of their column."""
        weight = "w * " if self.weighted else ""
        square = "w * w * " if self.weighted else ""
        out = self.counts()
        for a in self._counted_values():
            for name, op in (("th", "//"), ("tl", "%")):
                out[f"{name}_{a}"] = f"coalesce(cast(sum(m{a}) {op} {BASE} as bigint), 0)"
        for d, (one, other) in self._compared().items():
            out[f"nz_{d}"] = f"count(*) filter (where {self._only(f'v{one} <> v{other}')})"
        for place, k in enumerate(self.summed):
            out[f"f_{k}"] = f"sum({weight}q{k})"
            if self.weighted:
                out[f"ff_{k}"] = f"sum({square}q{k})"
            out |= {f"ss_{k}_{m}": f"sum({square}q{k} * q{m})" for m in self.summed[place:]}
        for j in range(len(self._lines())):
            powers = (1, 2, 3) if self.weighted else (3,)
            cube = "w * w * w * " if self.weighted else ""
            out |= {f"t_{j}_{power}": f"sum({cube}{' * '.join([f'y{j}'] * power)})" for power in powers}
        if self.pending:
            out |= {"lo_sum": "coalesce(sum(lo), 0.0e0)", "hi_sum": "coalesce(sum(hi), 0.0e0)"}
        return out

    def counts(self) -> dict[str, str]:
        """Return the aggregates of one cell without money: rows and weights."""
        powers = (1, 2, 3) if self.weighted else ()
        return {"n_rows": "count(*)"} | {
            f"w_{power}": f"sum({' * '.join(['w'] * power)})" for power in powers
        }

    def read_counts(self, found: Columns, state: NDArray[np.int64]) -> Moments:
        """Return the moments of no part and no action: rows and weights alone."""
        rows, weights = self._weights(found, state != PENDING)
        whole, none = np.zeros((len(rows), 0), dtype=np.int64), np.zeros((len(rows), 0))
        return Moments(
            rows=rows,
            weight=weights[0],
            weight2=weights[1],
            weight3=weights[2],
            total_high=whole,
            total_low=whole,
            nonzero=whole,
            shift=none,
            first=none,
            first2=none,
            second=none[:, :, None],
            third=none[:, :, None],
        )

    def read(self, found: Columns, state: NDArray[np.int64]) -> Moments:
        """Return the moments of the cells in an engine's answer; sums of pending cells are zero.

        An answer without sums, of counts alone, is one about states in which nothing varies.
        """
        known = state != PENDING
        rows, weights = self._weights(found, known)
        first = self._by_part(found, "f", known)
        first2 = self._by_part(found, "ff", known) if self.weighted else first
        second = self._second(found, known)
        high, low = self._totals(found, state, rows)
        return Moments(
            rows=rows,
            weight=weights[0],
            weight2=weights[1],
            weight3=weights[2],
            total_high=high,
            total_low=low,
            nonzero=self._nonzero(found, state, rows),
            shift=self.shift[np.where(known, state, 0)],
            first=first,
            first2=first2,
            second=second,
            third=self._third(found, known, weights[2], first2, second),
        )

    def _weights(self, found: Columns, known: Flags) -> tuple[NDArray[np.int64], list[Floats]]:
        """Return rows, and sums of the first three powers of their weights."""
        rows = np.asarray(found["n_rows"], dtype=np.int64)
        if not self.weighted:
            return rows, [rows.astype(float)] * 3
        first = np.nan_to_num(np.asarray(found["w_1"], dtype=float))
        return rows, [first, _clean(found, "w_2", known), _clean(found, "w_3", known)]

    def _totals(
        self, found: Columns, state: NDArray[np.int64], rows: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return (c, A) exact sums of every value in quanta, in two halves."""
        high = np.zeros((len(rows), len(self.values)), dtype=np.int64)
        low = np.zeros_like(high)
        for a in range(len(self.values)):
            if a in self._counted_values():
                high[:, a], low[:, a] = _whole(found, f"th_{a}"), _whole(found, f"tl_{a}")
            for known in self.states:
                here = state == known
                if a not in self._counted_values() or not self._is_summed(known):
                    quanta = quanta_of(float(self.fixed[known, a]), self.quantum)
                    high[here, a], low[here, a] = times(quanta, rows[here])
        unknown = state == PENDING
        high[unknown], low[unknown] = 0, 0
        return high, low

    def _nonzero(
        self, found: Columns, state: NDArray[np.int64], rows: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        pairs, compared = duels(len(self.values)), self._compared()
        out = np.zeros((len(rows), len(pairs)), dtype=np.int64)
        for d, (one, other) in enumerate(pairs):
            out[:, d] = _whole(found, f"nz_{d}") if d in compared else 0
            for known in self.states:
                if d not in compared or not self._is_summed(known):
                    differs = self.fixed[known, one] != self.fixed[known, other]
                    out[state == known, d] = rows[state == known] * differs
        out[state == PENDING] = 0
        return out

    def _second(self, found: Columns, known: Flags) -> Floats:
        out = np.zeros((len(known), self.parts, self.parts))
        for place, k in enumerate(self.summed):
            for m in self.summed[place:]:
                out[:, k, m] = out[:, m, k] = _clean(found, f"ss_{k}_{m}", known)
        return out

    def _third(self, found: Columns, known: Flags, weight3: Floats, first: Floats, second: Floats) -> Floats:
        combined = self._combined()
        out = np.zeros((len(known), len(combined), 4))
        out[:, :, 0] = np.where(known, weight3, 0.0)[:, None]
        for j, ((line, factor), row) in enumerate(zip(self.directions, combined, strict=True)):
            if not row.any():
                continue
            if self.weighted:
                out[:, j, 1] = factor * _clean(found, f"t_{line}_1", known)
                out[:, j, 2] = factor**2 * _clean(found, f"t_{line}_2", known)
            else:
                out[:, j, 1] = first @ row
                out[:, j, 2] = np.einsum("ckm,k,m->c", second, row, row)
            out[:, j, 3] = factor**3 * _clean(found, f"t_{line}_3", known)
        return out

    def _by_part(self, found: Columns, name: str, known: Flags) -> Floats:
        out = np.zeros((len(known), self.parts))
        for k in self.summed:
            out[:, k] = _clean(found, f"{name}_{k}", known)
        return out

    def _combined(self) -> Floats:
        """Return (A+D, K) coefficients of values and differences; zero for parts that do not vary."""
        return np.concatenate([self.values, self.differences]) * self.varying.any(axis=0)

    def _lines(self) -> list[Floats]:
        """Return the distinct directions among values and differences."""
        lines: dict[int, Floats] = {}
        for (number, _), row in zip(self.directions, self._combined(), strict=True):
            if row.any():
                lines.setdefault(number, row)
        return [lines[number] for number in sorted(lines)]

    def _is_summed(self, state: int) -> bool:
        """Return whether the engine sums rows of a known state: something varies in it."""
        return bool(np.any(self.varying[state]) or np.any(self.moving[state]))

    def _counted_values(self) -> tuple[int, ...]:
        return tuple(int(a) for a in np.flatnonzero(self.moving.any(axis=0)))

    def _compared(self) -> dict[int, tuple[int, int]]:
        """Return the pairs of actions, by their number, whose values are compared row by row."""
        moving = self._counted_values()
        pairs = enumerate(duels(len(self.values)))
        return {d: (one, other) for d, (one, other) in pairs if one in moving or other in moving}

    def _only(self, expression: str) -> str:
        """Return an expression for the rows that are summed, NULL for the others."""
        summed = [state for state in self.states if self._is_summed(state)]
        if len(summed) == len(self.states):
            return f"case when st >= 0 then {expression} end" if self.pending else expression
        here = f"= {summed[0]}" if len(summed) == 1 else f"in ({', '.join(map(str, summed))})"
        return f"case when st {here} then {expression} end"

    def _centre(self, part: int) -> str:
        first, *others = (double(float(one)) for one in self.shift[:, part])
        whens = " ".join(f"when {state} then {one}" for state, one in enumerate(others, start=1))
        return f"(case st {whens} else {first} end)"

    def _quanta(self, value: str) -> str:
        """Return a value rounded to the quantum, as whole quanta."""
        steps, kind = round(1.0 / self.quantum), "hugeint" if self.wide else "bigint"
        if not _is_decimal(self.quantum):
            return f"cast(floor({value} / {double(self.quantum)} + 0.5e0) as {kind})"
        # Whole units and the rest apart: their quotient by the quantum would not fit into a double beyond 10^12.
        rest = f"floor(({value} - floor({value})) * {steps}.0e0 + 0.5e0)"
        return f"cast(floor({value}) as {kind}) * {steps} + cast({rest} as bigint)"


def quanta_of(value: float, quantum: float) -> int:
    """Return a value in whole quanta, halves up, as the engines round it.

    >>> quanta_of(-2.5, 0.01), quanta_of(0.00005, 0.0001)
    (-250, 1)
    """
    if not _is_decimal(quantum):
        return int(np.floor(value / quantum + 0.5))
    steps, whole = round(1.0 / quantum), np.floor(value)
    return int(whole) * steps + int(np.floor((value - whole) * steps + 0.5))


def times(quanta: int, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return so many times a number of quanta, exactly, in halves of ``BASE``.

    Raises
    ------
    MoneyOverflow
        When a half does not fit into 64 bits.

    >>> [half.tolist() for half in times(-3, np.array([1, 2]))]
    [[-1, -1], [999999999997, 999999999994]]
    """
    if abs(quanta) * int(rows.max(initial=0)) < LARGEST_WHOLE:
        return np.divmod(quanta * rows, BASE)
    exact = [divmod(quanta * int(count), BASE) for count in rows]
    if any(abs(one) >= LARGEST_WHOLE for one, _ in exact):
        raise MoneyOverflow(
            where="value",
            found="a sum of money that does not fit, from values that are the same in every row",
            expected="money that can be summed exactly",
            fix="check the numbers and units of assumptions and formulas, or declare a larger decision.quantum.",
        )
    return np.array([one for one, _ in exact]), np.array([rest for _, rest in exact])


def _is_decimal(quantum: float) -> bool:
    """Return whether whole units hold a whole number of quanta."""
    steps = round(1.0 / quantum)
    return steps >= 1 and abs(steps * quantum - 1.0) <= ROUNDING


def along(row: Floats, line: Floats) -> float | None:
    """Return by which factor one direction is another, None where it is not.

    >>> along(np.array([2.0, 4.0]), np.array([1.0, 2.0]))
    2.0
    """
    if not row.any():
        return 0.0
    place = int(np.argmax(np.abs(line)))
    if line[place] == 0.0 or row[place] == 0.0:
        return None
    factor = float(row[place] / line[place])
    return factor if np.array_equal(line * factor, row) else None


def _linear(row: Floats, summed: tuple[int, ...]) -> str:
    terms = [f"{double(float(row[k]))} * q{k}" for k in summed if row[k] != 0.0]
    return " + ".join(terms) or "0.0e0"


def _whole(found: Columns, name: str) -> NDArray[np.int64]:
    """Return a column of whole numbers, zeros where rows were only counted."""
    rows = len(found["n_rows"])
    return np.asarray(found[name], dtype=np.int64) if name in found else np.zeros(rows, dtype=np.int64)


def _clean(found: Columns, name: str, known: Flags) -> Floats:
    """Return a column of sums, zeros where no row of a cell was summed or rows were only counted."""
    if name not in found:
        return np.zeros(len(known))
    values = np.asarray(found[name], dtype=np.float64)
    return np.where(known & ~np.isnan(values), values, 0.0)
