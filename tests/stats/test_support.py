"""Finite support: against direct maximisation, against exact enumeration, and against Clopper-Pearson."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from payoff.stats.support import (
    half_step,
    likelihood_holds,
    likelihood_root,
    support_bounds,
    support_confidence,
)

# SLSQP stops at about 1e-9 of the log likelihood; its root near zero has half the digits.
SOLVER = 2e-3
# Read off a grid of 257 one-sided deviates.
BETWEEN = 1e-4
# What the likelihood is off by beside the steps, at 20 events and more; 20 gains, the worst, clear 20.75% at 20%.
STEP = 0.008

counts_of = st.lists(st.integers(0, 60), min_size=3, max_size=3).filter(lambda n: sum(n) > 5)
value_of = st.lists(st.sampled_from([-10.0, -3.0, -1.0, 0.0, 2.0, 7.0]), min_size=3, max_size=3, unique=True)


def _by_solver(counts: np.ndarray, values: np.ndarray, hurdle: float) -> float:
    """Return twice the log likelihood ratio, maximised over the simplex by a general solver."""
    shares = np.maximum(counts / counts.sum(), 1e-12)
    best = optimize.minimize(
        lambda p: -(counts @ np.log(np.maximum(p, 1e-300))),
        np.full(len(counts), 1 / len(counts)),
        jac=lambda p: -counts / np.maximum(p, 1e-300),
        bounds=[(1e-12, 1)] * len(counts),
        constraints=[
            {"type": "eq", "fun": lambda p: p.sum() - 1, "jac": np.ones_like},
            {"type": "eq", "fun": lambda p: p @ values - hurdle, "jac": lambda _: values},
        ],
        options={"ftol": 1e-13, "maxiter": 500},
        method="SLSQP",
    )
    assert best.success
    return 2 * (counts[counts > 0] @ np.log(shares[counts > 0]) + best.fun)


@pytest.mark.parametrize(
    ("counts", "values", "hurdle"),
    [
        ([40, 30, 30], [-1.0, 0.0, 2.0], 0.1),
        ([0, 30, 30], [-5.0, 0.0, 2.0], 0.5),
        ([0, 60, 0], [-5.0, 0.0, 2.0], -0.4),
        ([3, 90, 12], [-10.0, 0.0, 7.0], -0.5),
        ([0, 20, 50], [-10.0, -1.0, 7.0], 1.0),
    ],
)
def test_the_profile_is_the_constrained_maximum(counts: list, values: list, hurdle: float) -> None:
    counts, values = np.array(counts), np.array(values)
    root = likelihood_root(counts, values[None], np.array([hurdle]))[0]
    assert root**2 == pytest.approx(_by_solver(counts, values, hurdle), abs=SOLVER)


def test_an_unseen_loss_is_the_rule_of_three() -> None:
    # No loss of 1 in n rows: the likelihood bound is n log(1 - p) = -z^2 / 2, Clopper-Pearson tail^(1/n).
    counts, values = np.array([500, 0]), np.array([[0.0, -1.0]])
    root = likelihood_root(counts, values, np.array([-0.005]))[0]
    assert root == pytest.approx(np.sqrt(-2 * 500 * np.log(1 - 0.005)), rel=1e-12)
    low, high = support_bounds(counts, values[0], 0.90)
    assert low[0] == pytest.approx(-(1 - 0.05 ** (1 / 500)), rel=1e-9)
    assert high[0] == 0.0


def test_one_cell_exact_is_clopper_pearson() -> None:
    counts, values = np.array([80, 20]), np.array([0.0, 4.0])
    low, high = support_bounds(counts, values, 0.95, method="exact")
    reference = stats.binomtest(20, 100).proportion_ci(0.95, method="exact")
    assert (low[0], high[0]) == pytest.approx((4 * reference.low, 4 * reference.high), rel=1e-9)


def test_several_cells_exact_are_clopper_pearson_joined_by_bonferroni() -> None:
    counts, values = np.array([70, 20, 10]), np.array([0.0, 4.0, -7.0])
    low, high = support_bounds(counts, values, 0.90, method="exact")
    # Two cells that are not zero: each bound at 0.05 / 2.
    gain, loss = (stats.binomtest(n, 100).proportion_ci(0.95, method="exact") for n in (20, 10))
    assert low[0] == pytest.approx(4 * gain.low - 7 * loss.high, rel=1e-9)
    assert high[0] == pytest.approx(4 * gain.high - 7 * loss.low, rel=1e-9)


@given(counts_of, value_of, st.sampled_from(["auto", "exact"]), st.floats(0.6, 0.99))
@settings(max_examples=40, deadline=None)
def test_bounds_and_confidence_decide_alike(counts: list, values: list, method: str, asked: float) -> None:
    counts, values = np.array(counts), np.array(values)
    low, high = support_bounds(counts, values, 2 * asked - 1, method)
    mean = values @ counts / counts.sum()
    if low[0] > values.min() and low[0] < mean - 1e-6:
        assert support_confidence(counts, values, low[0], method)[0] == pytest.approx(asked, abs=BETWEEN)
    if high[0] < values.max() and high[0] > mean + 1e-6:
        assert support_confidence(counts, values, high[0], method)[0] == pytest.approx(1 - asked, abs=BETWEEN)
    assert low[0] <= mean + 1e-12
    assert mean <= high[0] + 1e-12


@given(counts_of, value_of, st.floats(-12, 9), st.sampled_from(["auto", "exact"]))
@settings(max_examples=40, deadline=None)
def test_losses_mirror_gains_and_draws_go_one_by_one(
    counts: list, values: list, hurdle: float, method: str
) -> None:
    counts, values = np.array(counts), np.array(values)
    plain = support_confidence(counts, values, hurdle, method)[0]
    turned = support_confidence(counts, -values, -hurdle, method)[0]
    assert plain == pytest.approx(1 - turned, abs=1e-9)
    together = support_confidence(
        counts, np.array([values, 2 * values]), np.array([hurdle, 2 * hurdle]), method
    )
    assert together == pytest.approx([plain, plain], abs=1e-9)


@pytest.mark.parametrize("unit", [1.0, 0.001])
def test_hurdles_outside_the_support_and_at_its_ends_are_certain(unit: float) -> None:
    counts, values = np.array([50, 50]), unit * np.array([-1.0, 2.0])
    for hurdle, certain in ((-1.5, 1.0), (2.5, 0.0), (-1.0, 1.0), (2.0, 0.0)):
        assert support_confidence(counts, values, unit * hurdle)[0] == certain


def test_equal_values_leave_only_the_hurdle_that_equals_them_open() -> None:
    counts, values = np.array([50, 50]), np.array([1.0, 1.0])
    assert [support_confidence(counts, values, h)[0] for h in (0.5, 1.0, 1.5)] == [1.0, 0.5, 0.0]
    assert [bound[0] for bound in support_bounds(counts, values, 0.95)] == [1.0, 1.0]


def test_the_likelihood_asks_ten_rows_of_every_loss_seen_or_not() -> None:
    values = np.array([[-5.0, 0.0, 3.0]])
    assert likelihood_holds(np.array([10, 500, 10]), values)[0]
    assert not likelihood_holds(np.array([0, 500, 10]), values)[0]
    assert not likelihood_holds(np.array([10, 500, 9]), values)[0]
    assert not likelihood_holds(np.array([10, 500, 1]), values)[0]
    assert likelihood_holds(np.array([10, 500, 0]), values)[0]


def test_the_correction_is_half_of_the_smallest_step_between_cells_of_ten_rows() -> None:
    values = np.array([[-2.0, 0.0, 20.0]])
    assert half_step(np.array([90, 0, 10]), values)[0] == pytest.approx(22 / 100 / 2)
    assert half_step(np.array([81, 9, 10]), values)[0] == pytest.approx(22 / 100 / 2)
    assert half_step(np.array([80, 10, 10]), values)[0] == pytest.approx(2 / 100 / 2)
    assert half_step(np.array([95, 5, 0]), values)[0] == 0.0
    # Values that differ by rounding alone are one value.
    assert half_step(np.array([50, 50]), np.array([[0.3, 0.1 + 0.2]]))[0] == 0.0


@pytest.mark.parametrize("events", [20, 25, 60])
@pytest.mark.parametrize("sign", [1, -1])
def test_two_values_are_not_falsely_cleared_for_falling_between_two_steps(events: int, sign: int) -> None:
    # The exact chance over every number of events, where one row in ten is one; without the correction 25 losses
    # clear falsely in 23.4% at nominal 20%, and 20 losses in 5.7% at nominal 5%.
    rows, values = 10 * events, sign * np.array([20.0, -20 / 9, 0.0])
    seen = np.arange(10, events + 40)
    chance = stats.binom.pmf(seen, rows, 0.1)
    sure = np.array([support_confidence(np.array([k, rows - k, 0]), values, 0.0)[0] for k in seen])
    for nominal in (0.025, 0.05, 0.20):
        assert chance[sure > 1 - nominal].sum() <= nominal + STEP


def _false_clear(n: int, shares: list, values: list, tail: float, method: str) -> float:
    """Return the exact chance that a hurdle at the true mean is cleared, over every possible table."""
    values, mean, total = np.array(values), float(np.dot(shares, values)), 0.0
    for table in itertools.product(range(n + 1), repeat=len(shares) - 1):
        if sum(table) <= n:
            counts = np.array([*table, n - sum(table)])
            if support_confidence(counts, values, mean, method)[0] > 1 - tail:
                total += stats.multinomial.pmf(counts, n, shares)
    return total


@pytest.mark.parametrize("shares", [[0.1, 0.8, 0.1], [0.02, 0.9, 0.08], [0.3, 0.4, 0.3]])
def test_small_tables_never_clear_falsely_more_often_than_promised(shares: list) -> None:
    # Every table of 8 rows: cells are below ten rows, so the exact method answers.
    for values in ([-5.0, 0.0, 1.0], [-1.0, 0.0, 5.0]):
        assert _false_clear(8, shares, values, 0.05, "auto") <= 0.05


def test_large_tables_hold_their_error() -> None:
    generator = np.random.default_rng(1)
    values, sets = np.array([-100.0, 0.0, 5.0]), 500
    for loss in (0.012, 0.03):
        shares = [loss, 0.8 - loss, 0.2]
        mean = values @ shares
        cleared = [
            support_confidence(counts, values, mean)[0] > 0.95
            for counts in generator.multinomial(1_000, shares, sets)
        ]
        # Nominal 5%; 500 sets: three standard errors of 0.0097.
        assert np.mean(cleared) <= 0.05 + 0.029


def test_a_gain_of_less_than_a_cent_asks_for_its_ten_rows_too() -> None:
    values = np.array([[0.005, 0.0]])
    assert not likelihood_holds(np.array([[3, 500]]), values)[0]
    assert likelihood_holds(np.array([[10, 500]]), values)[0]
    assert likelihood_holds(np.array([[0, 500]]), values)[0]
