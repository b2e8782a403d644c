"""One look at every row before anything is counted: extremes and totals that tell whether rows can be used."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from payoff.engines import Engine
from payoff.formulas import Outcome, double, given, literal, to_sql, walk
from payoff.formulas.tree import Formula
from payoff.spec.model import Candidate
from payoff.tabulation.capping import beyond_sql, leaves_cap
from payoff.tabulation.plan import Plan
from payoff.tabulation.quantities import quantity_counts

LARGEST = 1.7976931348623157e308
CENTRED_BELOW = 1e300
CENTRE_DIGITS = 9
SUMMED = 1e-6  # what class probabilities may miss one by

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Totals over all rows, by name. Those of parts add: ``lo`` by minimum, ``hi`` by maximum, all others by sum.

    Names: n all rows, n<s> rows of a known state (n0 negative, n1 positive) · w, weights sum of weights and how many ·
    v known rows whose money varies · s<j>, v<a>, a<j>, i, k, t how many are not NULL · lo/hi_s<j>, lo/hi_v<a>, lo/hi_w,
    lo/hi_u, lo/hi_u1 extremes (of ids: of all rows and of positives) · u ids that are whole numbers · c<k>_<s>,
    m<k>_<s> sums that centres come from · cap rows beyond it · q<j> rows whose class probabilities do not sum to one ·
    qty<j>, lo/hi_qty<j>, met<j>, above<j> of quantities: how many, extremes, outcomes equal to them and above them ·
    in<j>, crossed<j> predicted intervals · under<j>, over<j>, square<j> sums of errors · cut censored outcomes · unhad
    rows without earlier ones · lo/hi_y, sum_y, sum_yy of outcomes that are numbers.
    """

    values: Mapping[str, float | int | None]

    def __getitem__(self, name: str) -> float | int | None:
        return self.values[name]

    def count(self, name: str) -> int:
        """Return a total of rows; 0 where there were none."""
        return int(self.values.get(name) or 0)

    def __add__(self, other: "Counts") -> "Counts":
        names = dict.fromkeys((*self.values, *other.values))
        held = {name: _added(name, self.values.get(name), other.values.get(name)) for name in names}
        return Counts(values=held)

    def is_whole(self, name: str, rows: str) -> bool:
        """Return whether a column has a finite number in all of the rows of that total."""
        return self.count(name) == self.count(rows) and self.within(name, -LARGEST, LARGEST)

    def within(self, name: str, low: float, high: float) -> bool:
        """Return whether all of a column lies between two numbers; NaN and infinity do not, no rows do."""
        lowest, highest = self.values[f"lo_{name}"], self.values[f"hi_{name}"]
        if lowest is None or highest is None:
            return True
        return low <= lowest <= high and low <= highest <= high


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shape:
    """What formulas read: which parts and values vary from row to row, and what the others are.

    Attributes
    ----------
    varying, constants : (C, K) by known state.
    moving, fixed : (C, A) by known state.
    """

    varying: Flags
    constants: Floats
    moving: Flags
    fixed: Floats

    @property
    def states(self) -> tuple[int, ...]:
        """Return the known states in which the money of rows varies."""
        known = range(len(self.moving))
        return tuple(state for state in known if self.moving[state].any() or self.varying[state].any())


def shape_of(plan: Plan, engine: Engine) -> Shape:
    """Return which formulas read columns in which state of the outcome, and the numbers of those that do not."""
    parts, values = (
        plan.valuation.expansion.parts,
        [plan.value[action] for action in plan.spec.decision.actions],
    )
    outcomes = plan.spec.data.outcomes
    varying, moving = _reads_columns(parts, outcomes), _reads_columns(values, outcomes)
    return Shape(
        varying=varying,
        constants=_numbers(parts, ~varying, plan, engine),
        moving=moving,
        fixed=_numbers(values, ~moving, plan, engine),
    )


def count_rows(plan: Plan, engine: Engine) -> Counts:
    """Ask for the totals and extremes of all rows."""
    states = range(len(plan.spec.data.states))
    pieces = {"n": "count(*)", **{f"n{state}": _rows_of(state) for state in states}}
    if plan.spec.data.weight or plan.spec.data.prevalence:
        pieces |= {"w": "sum(w)", "weights": "count(w)", "lo_w": "min(w)", "hi_w": "max(w)"}
    for j in range(len(plan.spec.columns_scored)):
        pieces |= {f"s{j}": f"count(r{j})", f"lo_s{j}": f"min(r{j})", f"hi_s{j}": f"max(r{j})"}
    pieces |= {name: f"count(case when {off} then 1 end)" for name, _, off in unsummed(plan)}
    pieces |= _of_keys(plan) | quantity_counts(plan)
    return _asked(engine, pieces, "prepared")


def unsummed(plan: Plan) -> Iterator[tuple[str, Candidate, str]]:
    """Yield, for each candidate with class probabilities, a name and the condition that they do not sum to one."""
    names = [one.name for one in plan.spec.columns_scored]
    for j, one in enumerate(one for one in plan.spec.candidates if one.scores):
        columns = [f"r{names.index(f'{one.name}/{label}')}" for label in plan.spec.data.states]
        yield f"q{j}", one, f"abs({' + '.join(columns)} - 1.0e0) > {double(SUMMED)}"


def _asked(engine: Engine, pieces: Mapping[str, str], source: str) -> Counts:
    if not pieces:
        return Counts(values={})
    listed = ", ".join(f"{sql} as {name}" for name, sql in pieces.items())
    found = engine.columns(f"select {listed} from {source}")
    return Counts(values={name: _plain(found[name][0]) for name in pieces})


def count_money(plan: Plan, engine: Engine, shape: Shape) -> Counts:
    """Ask of the rows whose money varies: how many have a value, its extremes, and sums that centres come from."""
    pieces: dict[str, str] = {}
    if shape.moving.any():
        pieces["v"] = "count(case when st >= 0 then 1 end)"
    for a in np.flatnonzero(shape.moving.any(axis=0)):
        value = f"case when st >= 0 then v{a} end"
        pieces |= {f"v{a}": f"count({value})", f"lo_v{a}": f"min({value})", f"hi_v{a}": f"max({value})"}
    for known, k in zip(*np.nonzero(shape.varying), strict=True):
        number = f"case when st = {known} and abs(p{k}) < {double(CENTRED_BELOW)} then p{k} end"
        pieces[f"c{k}_{known}"] = f"sum(sign({number}) * sqrt(sqrt(abs({number}))))"
        pieces[f"m{k}_{known}"] = f"count({number})"
    if plan.spec.cap is not None and shape.moving.any():
        last = len(plan.spec.decision.actions) - 1
        most, least = double(plan.spec.cap.gain), double(-plan.spec.cap.loss)
        gaps = [f"(v{a} - v{last})" for a in range(last)]
        beyond = [f"(st >= 0 and ({gap} > {most} or {gap} < {least}))" for gap in gaps]
        beyond += beyond_sql(plan, shape.varying, shape.constants)
        pieces["cap"] = f"count(*) filter (where {' or '.join(beyond)})"
    return _asked(engine, pieces, "varying")


def beyond_cap(plan: Plan, counts: Counts, shape: Shape) -> int:
    """Return the known rows that gain or lose more than the declared cap by some action, against doing nothing.

    Counted are those that do at the likely assumptions, or may at others that their owners hold possible.
    """
    cap = plan.spec.cap
    if cap is None:
        return 0
    rows = counts.count("cap")
    for known, fixed in enumerate(shape.fixed):
        if known not in shape.states:
            gaps = fixed[:-1] - fixed[-1]
            beyond = ((gaps > cap.gain) | (gaps < -cap.loss)).any() or leaves_cap(
                plan, shape.constants[known]
            )
            rows += counts.count(f"n{known}") if beyond else 0
    return rows


def centres(counts: Counts, shape: Shape) -> Floats:
    """Return (C, K) what parts are centred by: their value where they do not vary, else a robust middle.

    The middle is the fourth power of the mean fourth root, which a few enormous rows do not move; any constant
    would do, one near most rows keeps the sums of squares from cancelling.
    """
    out = np.where(np.isfinite(shape.constants), shape.constants, 0.0)
    for known, k in zip(*np.nonzero(shape.varying), strict=True):
        rows, total = counts.count(f"m{k}_{known}"), float(counts[f"c{k}_{known}"] or 0.0)
        root = total / rows if rows else 0.0
        out[known, k] = float(f"{np.sign(root) * root**4:.{CENTRE_DIGITS}g}")
    return out


def is_wide(counts: Counts, shape: Shape, quantum: float) -> bool:
    """Return whether the money of one row may be beyond 64 bits of the quantum."""
    most = 9.0e18 * min(quantum, 1.0)
    return not all(counts.within(f"v{a}", -most, most) for a in np.flatnonzero(shape.moving.any(axis=0)))


def _of_keys(plan: Plan) -> dict[str, str]:
    data = plan.spec.data
    pieces = {f"a{j}": f"count(a_{j})" for j, name in enumerate(plan.keyed) if plan.is_counted(name)}
    pieces |= {"k": "count(k)"} if data.cluster else {}
    pieces |= {"t": "count(o)"} if data.time else {}
    if data.id is not None:
        # A column of whole numbers is counted as it is; text need not be made of it.
        number = "z" if data.id in plan.integers else "u"
        pieces["i"] = "count(z)" if data.id in plan.integers else "count(i)"
        ends = {"lo_u": f"cast(min({number}) as double)", "hi_u": f"cast(max({number}) as double)"}
        pieces |= {"u": f"count({number})", **ends}
        for end in ("min", "max"):
            positive = f"cast({end}(case when st = 1 then {number} end) as double)"
            pieces["lo_u1" if end == "min" else "hi_u1"] = positive
    return pieces


def _rows_of(state: int) -> str:
    return f"count(case when st = {state} then 1 end)"


def _reads_columns(formulas: Sequence[Formula], outcomes: Sequence[Outcome]) -> Flags:
    out = np.zeros((len(outcomes), len(formulas)), dtype=np.bool_)
    for known, outcome in enumerate(outcomes):
        for k, formula in enumerate(formulas):
            out[known, k] = any(node.op == "column" for node in walk(given(formula.tree, outcome)))
    return out


def _numbers(formulas: Sequence[Formula], wanted: Flags, plan: Plan, engine: Engine) -> Floats:
    """Return (C, F) the number of every wanted formula, NaN for the others and for what is NULL."""
    out = np.full(wanted.shape, np.nan)
    pieces = {}
    for known, k in zip(*np.nonzero(wanted), strict=True):
        outcome = plan.spec.data.outcomes[known]
        tree = given(formulas[k].tree, outcome)
        text = to_sql(tree, names={}, outcome=literal(outcome), values=plan.valuation.likely)
        pieces[f"c{known}_{k}"] = f"cast({text} as double)"
    if pieces:
        found = engine.columns("select " + ", ".join(f"{sql} as {name}" for name, sql in pieces.items()))
        for known, k in zip(*np.nonzero(wanted), strict=True):
            out[known, k] = float(found[f"c{known}_{k}"][0])
    return out


def _plain(value: object) -> float | int | None:
    if value is None:
        return None
    return int(value) if isinstance(value, (int, np.integer)) else float(value)  # type: ignore[arg-type]


def _added(name: str, one: float | int | None, other: float | int | None) -> float | int | None:
    if one is None or other is None:
        return other if one is None else one
    if name.startswith("lo_"):
        return min(one, other)
    return max(one, other) if name.startswith("hi_") else one + other
