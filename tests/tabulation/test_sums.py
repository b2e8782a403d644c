"""Moments from the engine's sums are those of a plain loop over the rows, whatever varies and whatever does not."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

import payoff
from payoff.choices import Choices
from payoff.tables import BASE, Moments
from payoff.tabulation import Asking, count_decisions
from payoff.tabulation.sums import quanta_of

Floats = NDArray[np.float64]
Make = Callable[..., Any]

N = 700
# Sums of some hundred doubles in another order, and of products of three of them.
ORDER = 1e-9
# Of the third moment after centring: terms of both signs cancel to a thousandth of their size.
THIRD = 1e-7


def rows_of(seed: int, *, pending: bool = False, weighted: bool = False) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    label = (rng.random(N) < 0.3).astype(object)
    if pending:
        label = np.where(rng.random(N) < 0.1, None, label)
    rows = {
        "y": np.array([None if one is None else int(one) for one in label]),
        "p": rng.random(N),
        "a": np.round(rng.gamma(2.0, 40.0, N), 2),
        "b": rng.integers(-400, 400, N) / 8,
        "c": np.round(rng.normal(0, 5, N), 3),
    }
    return rows | ({"w": rng.choice([0.5, 1.0, 2.0, 3.5], N)} if weighted else {})


Value = Callable[[dict[str, Any], NDArray[np.bool_]], Floats]
RATE, FEE = 0.25, 3.0
# What acting and not acting are worth, as text and as NumPy.
VALUES: dict[str, tuple[str, Value, str, Value]] = {
    "equal for negatives": (
        "case when outcome then 10 else -fee end",
        lambda r, y: np.where(y, 10.0, -FEE),
        "-fee",
        lambda r, y: np.full(len(y), -FEE),
    ),
    "varying in no state": (
        "case when outcome then 10 else -fee end",
        lambda r, y: np.where(y, 10.0, -FEE),
        "0",
        lambda r, y: np.zeros(len(y)),
    ),
    "varying in one state": (
        "case when outcome then rate * a else -fee end",
        lambda r, y: np.where(y, RATE * r["a"], -FEE),
        "0",
        lambda r, y: np.zeros(len(y)),
    ),
    "varying in the other state": (
        "case when outcome then 7.5 else -a end",
        lambda r, y: np.where(y, 7.5, -r["a"]),
        "-0.5",
        lambda r, y: np.full(len(y), -0.5),
    ),
    "varying in both": (
        "case when outcome then a else b end - fee",
        lambda r, y: np.where(y, r["a"], r["b"]) - FEE,
        "rate * b",
        lambda r, y: RATE * r["b"],
    ),
    "three parts": (
        "rate * a + b * c - fee * c",
        lambda r, y: RATE * r["a"] + r["b"] * r["c"] - FEE * r["c"],
        "case when outcome then -c else 0 end",
        lambda r, y: np.where(y, -r["c"], 0.0),
    ),
    "along one line": ("2 * a", lambda r, y: 2 * r["a"], "-rate * a", lambda r, y: -RATE * r["a"]),
    "along two lines": ("a - b", lambda r, y: r["a"] - r["b"], "a + b", lambda r, y: r["a"] + r["b"]),
    "only when nothing is done": (
        "1",
        lambda r, y: np.ones(len(y)),
        "case when outcome then -b else 0 end",
        lambda r, y: np.where(y, -r["b"], 0.0),
    ),
}
KINDS = {
    "plain": {},
    "weights": {"weighted": True},
    "pending": {"pending": True},
    "weights and pending": {"weighted": True, "pending": True},
}


def found_moments(open_rows: Make, spec: dict[str, Any], rows: dict[str, Any]) -> tuple[Any, Moments]:
    """Return the plan, and the moments by state of the outcome."""
    with open_rows(rows, spec) as (plan, engine, ready):
        choices = Choices(thresholds={"m": 0.5})
        cells = count_decisions(Asking(plan, engine, ready), choices).policies
        key = cells.state
        return plan, cells.where(cells.known).moments.merged(key[cells.known].astype(np.intp), 2)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", VALUES)
def test_moments_are_those_of_a_loop_over_the_rows(
    open_rows: Make, make_spec: Make, name: str, kind: str
) -> None:
    rows = rows_of(1, **KINDS[kind])
    act, act_of, skip, skip_of = VALUES[name]
    keys = {"weight": "w"} if "w" in rows else {}
    plan, found = found_moments(open_rows, make_spec({"act": act, "skip": skip}, **keys), rows)
    values, differences = plan.valuation.values(), plan.valuation.differences()
    for state in (0, 1):
        here = np.array([label == state for label in rows["y"]])
        own = {column: cells[here] for column, cells in rows.items()}
        w = own.get("w", np.ones(here.sum()))
        y = np.full(here.sum(), bool(state))
        worth = np.stack([act_of(own, y), skip_of(own, y)])
        centre = found.shift[state]
        assert found.rows[state] == here.sum()
        np.testing.assert_allclose(
            [found.weight[state], found.weight2[state], found.weight3[state]],
            [w.sum(), (w**2).sum(), (w**3).sum()],
            rtol=ORDER,
        )
        # Only sums of parts are known; values are combinations of them.
        by_action = worth - (values @ centre)[:, None]
        first, first2 = (values @ column[state] for column in (found.first, found.first2))
        scale = np.abs(by_action).max() ** np.arange(4) * w.max() ** 3 * len(w)
        np.testing.assert_allclose(first, by_action @ w, rtol=ORDER, atol=ORDER * scale[1])
        np.testing.assert_allclose(first2, by_action @ w**2, rtol=ORDER, atol=ORDER * scale[1])
        second = values @ found.second[state] @ values.T
        np.testing.assert_allclose(
            second, (by_action * w**2) @ by_action.T, rtol=ORDER, atol=ORDER * scale[2]
        )
        gap = worth[0] - worth[1] - (differences @ centre)[0]
        lines = [*by_action, gap]
        for j, line in enumerate(lines):
            expected = [(w**3 * line**power).sum() for power in range(4)]
            np.testing.assert_allclose(found.third[state, j], expected, rtol=THIRD, atol=THIRD * scale.max())
        assert found.nonzero[state, 0] == (worth[0] != worth[1]).sum()


@pytest.mark.parametrize("quantum", [0.0001, 0.01, 0.05, 0.25, 1, 7])
@pytest.mark.parametrize("name", VALUES)
def test_totals_are_exact_in_quanta_rounded_row_by_row(
    open_rows: Make, make_spec: Make, name: str, quantum: float
) -> None:
    rows = rows_of(2, pending=True)
    act, act_of, skip, skip_of = VALUES[name]
    found = found_moments(open_rows, make_spec({"act": act, "skip": skip}, quantum), rows)[1]
    for state in (0, 1):
        here = np.array([label == state for label in rows["y"]])
        own, y = {column: cells[here] for column, cells in rows.items()}, np.full(here.sum(), bool(state))
        for a, of in enumerate((act_of, skip_of)):
            total = int(found.total_high[state, a]) * BASE + int(found.total_low[state, a])
            assert total == sum(quanta_of(float(value), quantum) for value in of(own, y))


EDGES = [
    0.5,
    -0.5,
    0.005,
    -0.005,
    0.015,
    1.005,
    -1.005,
    3.5,
    -3.5,
    10.5,
    1e12 + 0.25,
    -1e12 - 0.25,
    4e15 + 2,
    -7.0,
]


@pytest.mark.parametrize("quantum", [0.0001, 0.01, 0.05, 0.125, 1, 7])
def test_halves_negatives_and_sums_beyond_a_trillion_round_as_fractions_do(
    open_rows: Make, make_spec: Make, quantum: float
) -> None:
    rows = {
        "y": [0, 1] * len(EDGES),
        "p": [0.5] * 2 * len(EDGES),
        "a": [one for one in EDGES for _ in (0, 1)],
    }
    found = found_moments(open_rows, make_spec({"act": "a", "skip": 0}, quantum), rows)[1]
    for state in (0, 1):
        total = int(found.total_high[state, 0]) * BASE + int(found.total_low[state, 0])
        assert total == sum(nearest(value, quantum) for value in EDGES)


def nearest(value: float, quantum: float) -> int:
    """Return whole quanta, halves up, of the double as it is; a step such as 0.01 stands for its decimal."""
    whole = int(np.floor(value))
    rest = Fraction(value) - whole
    step = Fraction(str(quantum))
    if step.numerator != 1:
        return int(np.floor(Fraction(value) / step + Fraction(1, 2)))
    # What is left of a unit is multiplied in doubles, whose rounding the engines share.
    return whole * step.denominator + int(np.floor(float(rest) * step.denominator + 0.5))


@pytest.mark.parametrize("value", [*EDGES, 2.675, 0.1 + 0.2, -2.5])
@pytest.mark.parametrize("quantum", [0.0001, 0.01, 0.05, 0.125, 1, 7])
def test_a_constant_is_rounded_as_a_column_is(
    open_rows: Make, make_spec: Make, value: float, quantum: float
) -> None:
    rows = {"y": [0, 1], "p": [0.1, 0.9], "a": [value, value]}
    by_column = found_moments(open_rows, make_spec({"act": "a", "skip": 0}, quantum), rows)[1]
    constant = found_moments(open_rows, make_spec({"act": f"{value!r}", "skip": 0}, quantum), rows)[1]
    assert constant.exact_totals() == by_column.exact_totals() == (2 * quanta_of(value, quantum), 0)


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weights"])
def test_a_billion_more_in_every_row_moves_no_gain_and_no_error(name: str, weighted: bool) -> None:
    rows = rows_of(3, weighted=weighted)
    act, _, skip, _ = VALUES[name]
    gains = []
    for more in (0.0, 1e9):
        spec = {
            "decision": {"unit": "EUR"},
            "data": {"outcome": "y", **({"weight": "w"} if weighted else {})},
            "value": {"act": f"base + ({act})", "skip": f"base + ({skip})"},
            "assumptions": {"rate": RATE, "fee": FEE, "base": more},
            "model": {"name": "m", "score": "p", "score_is": "rank", "policy": {"threshold": 0.5}},
            "today": "nobody",
        }
        found = payoff.evaluate(pa.table(rows), spec)
        gains.append([one for one in found.estimates if one.metric == "gain" and one.per == "decision"])
    assert gains[0]
    for one, other in zip(*gains, strict=True):
        assert (one.of, one.over) == (other.of, other.over)
        assert (one.low is None) == (other.low is None)
        for end in ("value", "low", "high"):
            was = getattr(one, end)
            if was is not None:
                assert getattr(other, end) == pytest.approx(was, rel=ORDER, abs=ORDER), (one.over, end)
