"""From columns of ``prepared`` to the sums of ``tables.Moments``, and back from the engine's answer."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from payoff.engines import Columns
from payoff.formulas import double
from payoff.tables import BASE, Moments
from payoff.tables.cells import PENDING

ROUNDING = 1e-12  # by how much a decimal quantum may miss one part of a whole unit, as doubles hold it


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sums:
    """How the moments of one plan are summed: the same text in every query.

    Attributes
    ----------
    quantum : smallest money step.
    weighted : whether rows carry weights.
    shift : (2, K) centre of the parts by known state.
    values : (A, K) coefficients of the value under each action at the likely assumptions.
    differences : (A-1, K) the same of each action less the last.
    """

    quantum: float
    weighted: bool
    shift: NDArray[np.float64]
    values: NDArray[np.float64]
    differences: NDArray[np.float64]

    @property
    def parts(self) -> int:
        """Return K."""
        return int(self.shift.shape[1])

    def rows_sql(self, extra: str) -> str:
        """Return ``prepared`` with the centred columns added; ``extra`` adds further ones."""
        centred = "".join(f", p{k} - {self._centre(k)} as q{k}" for k in range(self.parts))
        combined = np.concatenate([self.values, self.differences])
        thirds = ", ".join(f"{_linear(row)} as y{j}" for j, row in enumerate(combined))
        return f"select *, {thirds} from (select *{centred}{extra} from prepared)"

    def aggregates(self) -> str:
        """Return the aggregate columns of one cell."""
        weight = "w" if self.weighted else "1"
        out = [self.counts()]
        for a in range(len(self.values)):
            quanta = _quanta(f"v{a}", self.quantum)
            halves = (("th", "//"), ("tl", "%"))
            out += [f"coalesce(cast({quanta} {op} {BASE} as bigint), 0) as {name}_{a}" for name, op in halves]
        last = len(self.values) - 1
        out += [f"count(*) filter (v{a} <> v{last}) as nz_{a}" for a in range(last)]
        for k in range(self.parts):
            out.append(f"sum({weight} * q{k}) as f_{k}")
            if self.weighted:
                out.append(f"sum(w * w * q{k}) as ff_{k}")
            out += [f"sum({weight} * {weight} * q{k} * q{m}) as ss_{k}_{m}" for m in range(k, self.parts)]
        for j in range(2 * len(self.values) - 1):
            powers = (1, 2, 3) if self.weighted else (3,)
            cube = "w * w * w * " if self.weighted else ""
            out += [f"sum({cube}{' * '.join([f'y{j}'] * power)}) as t_{j}_{power}" for power in powers]
        return ", ".join(out)

    def counts(self) -> str:
        """Return the aggregate columns of one cell without money: rows and weights."""
        powers = [f"sum({'*'.join(['w'] * power)}) as w_{power}" for power in (1, 2, 3) if self.weighted]
        return ", ".join(["count(*) as n_rows", *powers])

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
        """Return the moments of the cells in an engine's answer; sums of pending cells are zero."""
        known = state != PENDING
        rows, weights = self._weights(found, known)
        first = self._stack([found[f"f_{k}"] for k in range(self.parts)], known)
        first2 = self._stack([found[f"ff_{k}"] for k in range(self.parts)], known) if self.weighted else first
        second = self._second(found, known)
        actions = range(len(self.values))
        return Moments(
            rows=rows,
            weight=weights[0],
            weight2=weights[1],
            weight3=weights[2],
            total_high=_whole([found[f"th_{a}"] for a in actions], known),
            total_low=_whole([found[f"tl_{a}"] for a in actions], known),
            nonzero=_whole([found[f"nz_{a}"] for a in list(actions)[:-1]], known),
            shift=self.shift[np.where(known, state, 0)],
            first=first,
            first2=first2,
            second=second,
            third=self._third(found, known, weights[2], first2, second),
        )

    def _weights(
        self, found: Columns, known: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], list[NDArray[np.float64]]]:
        """Return rows, and sums of the first three powers of their weights."""
        rows = np.asarray(found["n_rows"], dtype=np.int64)
        if not self.weighted:
            return rows, [rows.astype(float)] * 3
        first = np.nan_to_num(np.asarray(found["w_1"], dtype=float))
        return rows, [first, _clean(found["w_2"], known), _clean(found["w_3"], known)]

    def _centre(self, part: int) -> str:
        negative, positive = float(self.shift[0, part]), float(self.shift[1, part])
        return f"(case st when 1 then {double(positive)} else {double(negative)} end)"

    def _stack(self, columns: list[NDArray[np.generic]], known: NDArray[np.bool_]) -> NDArray[np.float64]:
        out = np.zeros((len(known), len(columns)))
        for k, column in enumerate(columns):
            out[:, k] = _clean(column, known)
        return out

    def _second(self, found: Columns, known: NDArray[np.bool_]) -> NDArray[np.float64]:
        out = np.empty((len(known), self.parts, self.parts))
        for k in range(self.parts):
            for m in range(k, self.parts):
                out[:, k, m] = out[:, m, k] = _clean(found[f"ss_{k}_{m}"], known)
        return out

    def _third(
        self,
        found: Columns,
        known: NDArray[np.bool_],
        weight3: NDArray[np.float64],
        first: NDArray[np.float64],
        second: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        combined = np.concatenate([self.values, self.differences])
        out = np.zeros((len(known), len(combined), 4))
        out[:, :, 0] = np.where(known, weight3, 0.0)[:, None]
        for j, row in enumerate(combined):
            if self.weighted:
                out[:, j, 1] = _clean(found[f"t_{j}_1"], known)
                out[:, j, 2] = _clean(found[f"t_{j}_2"], known)
            else:
                out[:, j, 1] = first @ row
                out[:, j, 2] = np.einsum("ckm,k,m->c", second, row, row)
            out[:, j, 3] = _clean(found[f"t_{j}_3"], known)
        return out


def _linear(row: NDArray[np.float64]) -> str:
    terms = [
        f"{double(float(coefficient))} * q{k}" for k, coefficient in enumerate(row) if coefficient != 0.0
    ]
    return " + ".join(terms) or "0.0e0"


def _quanta(value: str, quantum: float) -> str:
    """Return the sum of values rounded to the quantum row by row, as whole quanta."""
    steps = round(1.0 / quantum)
    if steps < 1 or abs(steps * quantum - 1.0) > ROUNDING:
        return f"sum(cast(floor({value} / {double(quantum)} + 0.5e0) as hugeint))"
    # Whole units and the rest apart: their quotient by the quantum would not fit into a double beyond 10^12.
    rest = f"floor(({value} - floor({value})) * {steps}.0e0 + 0.5e0)"
    return f"(sum(cast(floor({value}) as hugeint)) * {steps} + sum(cast({rest} as bigint)))"


def _clean(column: NDArray[np.generic], known: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.where(known, np.asarray(column, dtype=np.float64), 0.0)


def _whole(columns: list[NDArray[np.generic]], known: NDArray[np.bool_]) -> NDArray[np.int64]:
    return np.stack([np.where(known, column, 0).astype(np.int64) for column in columns], axis=1)
