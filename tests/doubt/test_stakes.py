"""Stakes: the gain as a polynomial; every break-even point, pairs, the worth of learning, spread and box."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import integrate, optimize, stats

from payoff import doubt
from payoff.doubt import (
    Judged,
    Stake,
    bounds,
    box,
    contributions,
    crossings,
    cube,
    expected,
    joint_confidence,
    nearest,
    pair,
    points,
    stake_of,
    value_of_knowing,
    values_of_learning,
)
from payoff.formulas import expand
from payoff.quantities import parse_amount
from payoff.spec import Spec, load_spec
from payoff.spec.coefficients import Valuation
from payoff.spec.model import Spec as Model
from payoff.spec.volume import World
from payoff.stats.contrast import Contrast
from payoff.stats.inference import Evidence

Floats = NDArray[np.float64]
# A sum of a few products in another order.
ROUNDING = 1e-9
# 1,024 equal steps, or 64 with 256 draws at each, for an integral of a function with a kink.
MIDPOINTS, NESTED = 2e-4, 2e-2
THREE = {"low": 1.0, "likely": 2.0, "high": 4.0}


def spec_of(assumptions: Mapping[str, Any], formula: str, **more: Any) -> Spec:
    volume = more.pop("volume", {"likely": 1000, "low": 500, "high": 2000, "per": "year"})
    return load_spec(
        {
            "decision": {"unit": "EUR", "volume": volume},
            "data": {"outcome": "y"},
            "value": {"act": formula, "skip": 0},
            "assumptions": dict(assumptions),
            "model": {"name": "m", "score": "p", "score_is": "probability", "policy": {"threshold": 0.5}},
            **more,
        }
    )


def stake(
    assumptions: Mapping[str, Any],
    formula: str,
    amount: str = "0 per decision",
    cost: float = 0.0,
    fixed: bool = False,
    **more: Any,
) -> Stake:
    """Return the stake of acting on one row, with every part 1."""
    spec = spec_of(assumptions, formula, **more)
    asked = parse_amount(amount)
    return stake_of(spec, judged_of(spec, cost, fixed, asked.per == "decision"), asked)


def judged_of(spec: Model, cost: float, fixed: bool, per_decision: bool) -> Judged:
    ranges = {one.name: (one.likely, one.low, one.high) for one in spec.assumptions.values()}
    likely = {name: three[0] for name, three in ranges.items()}
    valuation = Valuation(expand(dict(spec.value), ranges), spec.decision.actions, likely)
    point = np.concatenate([np.zeros(valuation.parts), np.ones(valuation.parts)])
    volume = spec.decision.volume
    low, high = (None, None) if volume is None else (volume.low, volume.high)
    world = World(volume=1000.0, low=low, high=high, source="spec", share=None, file_volume=None)
    return Judged(valuation, world, point, cost, cost if fixed else 0.0, per_decision)


@pytest.mark.parametrize("amount", ["0 per decision", "5 per year", "3 per month"])
@pytest.mark.parametrize(("cost", "fixed"), [(0.0, False), (0.4, False), (0.4, True)])
def test_a_stake_is_the_gain_in_the_period_of_its_hurdle(amount: str, cost: float, fixed: bool) -> None:
    one = stake({"a": THREE, "b": THREE, "k": 3}, "a * b * b - k * a + 2", amount, cost, fixed)
    drawn = one.draw(cube(len(one.groups), 6))
    per_decision = one.judged.at(drawn)
    months = {"decision": None, "year": 1.0, "month": 12.0}[parse_amount(amount).per]
    expected = per_decision if months is None else per_decision * drawn[doubt.VOLUME] / months
    np.testing.assert_allclose(one.at(drawn), expected, rtol=ROUNDING)
    assert one.at({}).tolist() == pytest.approx([float(one.judged.at({})[0]) * one.scale])


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.integers(-6, 6), min_size=2, max_size=4).filter(lambda powers: any(powers[1:])),
    st.integers(-20, 20),
)
def test_every_break_even_point_is_found_that_a_search_by_brute_force_finds(
    powers: list[int], required: int
) -> None:
    formula = " + ".join(f"({c}) * {' * '.join(['x'] * p) if p else '1'}" for p, c in enumerate(powers))
    one = stake({"x": {"low": -3, "likely": 0.5, "high": 3}}, formula, f"{required} per decision")
    found = crossings(one, "x")
    gap = lambda x: sum(c * x**p for p, c in enumerate(powers)) - required  # noqa: E731
    grid = np.linspace(-40.0, 40.0, 16_001) + 1e-4
    signs = np.sign(gap(grid))
    for at in np.flatnonzero(signs[:-1] * signs[1:] < 0):
        root = optimize.brentq(gap, grid[at], grid[at + 1], xtol=1e-13)
        assert min(abs(one - root) for one in found) < 1e-6
    for root in found:
        assert gap(root) == pytest.approx(
            0.0, abs=1e-6 * (1 + sum(abs(c * root**p) for p, c in enumerate(powers)))
        )


def test_the_volume_has_a_break_even_point_like_any_assumption() -> None:
    one = stake({"a": THREE}, "a", "3000 per year", cost=0.5, fixed=True)
    # 2 v - 500 = 3000
    assert crossings(one, doubt.VOLUME) == (pytest.approx(1750.0),)
    free = stake({"a": THREE}, "a", "1 per decision", cost=0.5, fixed=True)
    # 2 - 500 / v = 1
    assert crossings(free, doubt.VOLUME) == (pytest.approx(500.0),)
    assert crossings(stake({"a": THREE}, "a", "1 per decision"), doubt.VOLUME) == ()


def test_a_curve_that_touches_is_one_place_and_one_that_never_meets_is_none() -> None:
    one = stake({"x": {"low": 0, "likely": 1, "high": 5}}, "(x - 3) * (x - 3)")
    assert crossings(one, "x") == pytest.approx((3.0,), abs=1e-5) or crossings(one, "x") == pytest.approx(
        (3.0, 3.0), abs=1e-5
    )
    assert crossings(stake({"x": THREE}, "x * x + 1"), "x") == ()
    assert nearest(stake({"x": THREE}, "x - 1000"), "x") is None  # beyond ten ranges
    assert crossings(stake({"x": THREE}, "x - 1000"), "x") == (pytest.approx(1000.0),)


def test_a_pair_is_the_curve_on_which_the_gain_meets_the_hurdle() -> None:
    one = stake({"a": THREE, "b": THREE}, "a * b - 1", "2 per decision")
    x, y = pair(one, "a", "b", 7)
    np.testing.assert_allclose(x, np.linspace(1, 4, 7))
    np.testing.assert_allclose(np.array(y, dtype=float), 3.0 / x, rtol=ROUNDING)
    _, never = pair(stake({"a": THREE, "b": THREE}, "a + 0 * b"), "a", "b", 3)
    assert never == [None, None, None]


@pytest.mark.parametrize("mean", [-0.8, -0.1, 0.0, 0.3, 1.5])
def test_the_worth_of_learning_a_normal_is_the_unit_normal_loss(mean: float) -> None:
    """Gain x + mean with x normal: s phi(m/s) - |m| Phi(-|m|/s), Raiffa and Schlaifer."""
    half = 1.6448536269514722
    one = stake(
        {"x": {"low": -half, "likely": 0, "high": half, "shape": "p90"}, "m": mean},
        "x + m",
        volume="1000 per year",
    )
    loss = stats.norm.pdf(mean) - abs(mean) * stats.norm.cdf(-abs(mean))
    assert values_of_learning(one) == (pytest.approx(loss, abs=MIDPOINTS),)


def test_the_worth_of_learning_one_of_two_is_the_integral_over_it() -> None:
    one = stake(
        {"a": THREE, "b": {"low": 0, "likely": 2, "high": 3}, "k": 4}, "a * b - k", volume="1000 per year"
    )
    mean_a, mean_b = 7 / 3, 5 / 3
    density = stats.triang(1 / 3, 1, 3)
    best = max(mean_a * mean_b - 4, 0.0)
    knowing = integrate.quad(lambda a: max(a * mean_b - 4, 0.0) * density.pdf(a), 1, 4, points=[2.0, 2.4])[0]
    assert values_of_learning(one)[0] == pytest.approx(knowing - best, abs=MIDPOINTS)
    assert expected(one) == pytest.approx(mean_a * mean_b - 4, abs=MIDPOINTS)


def test_learning_one_is_worth_no_more_than_learning_all_and_never_less_than_nothing() -> None:
    one = stake(
        {"a": THREE, "b": THREE, "c": {"low": -6, "likely": -5, "high": 0}}, "a * b + c", "0 per year"
    )
    gains = one.at(one.draw(cube(len(one.groups), 12)))
    every = value_of_knowing(gains)
    found = values_of_learning(one)
    assert min(found) >= 0.0
    assert max(found) <= every + 1e-3 * np.abs(gains).max()


def tied(rank: float) -> dict[str, Any]:
    half = 1.6448536269514722
    shape = {"low": -half, "likely": 0, "high": half, "shape": "p90"}
    return {"a": shape, "b": shape, "correlated": [{"between": ["a", "b"], "rank": rank}]}


@pytest.mark.parametrize("rank", [-0.6, 0.0001, 0.5, 0.9])
def test_learning_one_of_two_tied_normals_teaches_about_the_other(rank: float) -> None:
    """E[a + b + 0.2 given a] = (1 + r) a + 0.2 for normals of correlation r."""
    one = stake(tied(rank), "a + b + 0.2", volume="1000 per year")
    r = 2 * np.sin(np.pi * rank / 6)
    s = 1 + r
    loss = s * stats.norm.pdf(0.2 / s) - 0.2 * stats.norm.cdf(-0.2 / s)
    assert values_of_learning(one) == pytest.approx([loss, loss], abs=NESTED)


@pytest.mark.parametrize("rank", [-0.6, 0.5])
def test_correlated_assumptions_have_shapley_effects_in_place_of_sobols(rank: float) -> None:
    one = stake(tied(rank), "2 * a + b", volume="1000 per year")
    found = contributions(one)
    r = 2 * np.sin(np.pi * rank / 6)
    own = np.array([4 * (1 - r * r / 2) + 2 * r + r * r / 2, (1 - r * r / 2) + 2 * r + 2 * r * r])
    assert found.first is None
    assert found.total is None
    assert found.shapley is not None
    np.testing.assert_allclose(found.shapley, own / own.sum(), atol=1e-2)


def test_correlated_assumptions_are_drawn_with_the_ranks_asked_for() -> None:
    one = stake({"a": THREE, "b": THREE, "correlated": [{"between": ["a", "b"], "rank": -0.4}]}, "a + b")
    drawn = one.draw(cube(len(one.groups), 12))
    assert stats.spearmanr(drawn["a"], drawn["b"]).statistic == pytest.approx(-0.4, abs=0.01)


def evidence_of(one: Stake, units: int = 400, spread: float = 1.0) -> Evidence:
    size = one.judged.valuation.parts
    covariance = np.zeros((2 * size, 2 * size))
    covariance[size:, size:] = spread * np.eye(size)
    contrast = Contrast(
        units=units,
        rows=units,
        mean=one.judged.point[None],
        covariance=covariance[None],
        skewness=np.array([0.3]),
        deciding_events=np.array([200]),
        degrees_of_freedom=units - 1,
    )
    return Evidence(contrast=contrast)


@pytest.mark.parametrize("amount", ["0 per decision", "0 per year"])
def test_bounds_by_both_doubts_invert_the_joint_confidence(amount: str) -> None:
    one = stake({"a": THREE, "b": THREE}, "a * b - 2", amount, cost=0.3, fixed=True)
    evidence = evidence_of(one)
    found = bounds(one, evidence, 0.1 * one.scale)
    assert found is not None
    drawn = one.draw(points(len(one.groups), 256))
    for end, wanted in zip(found, (0.95, 0.05), strict=True):
        chance = joint_confidence(evidence, one.judged, end / one.scale, drawn)
        assert chance is not None
        assert chance.mean() == pytest.approx(wanted, abs=1e-3)


def test_without_sampling_doubt_the_bounds_are_quantiles_of_the_assumptions() -> None:
    one = stake({"a": {"low": 0, "likely": 1, "high": 4}}, "a", volume="1000 per year")
    found = bounds(one, evidence_of(one, units=10**7, spread=1e-6), 0.0)
    expected = stats.triang(0.25, 0, 4).ppf([0.05, 0.95])
    assert found == pytest.approx(tuple(expected), abs=0.02)


def test_the_box_counts_every_setting_the_same() -> None:
    one = stake({"a": THREE, "b": THREE}, "a - 1.001 * b", volume="1000 per year")
    found = box(one, evidence_of(one))
    assert found.above == pytest.approx(0.5, abs=0.04)  # 16 of 256 points lie beside the diagonal
    assert found.chances is not None
    # One part: the standard error is a twentieth of the gain, so that its sign is never in doubt.
    assert np.mean(found.chances > 0.95) == found.above
    assert np.mean(found.chances < 0.05) == 1 - found.above


def test_a_hurdle_per_decision_is_left_as_it_is_by_the_volume() -> None:
    one = stake({"a": 2.0}, "a", "1.9 per decision")
    drawn = one.draw(points(1, 50))
    assert set(drawn) == {doubt.VOLUME}
    found = joint_confidence(evidence_of(one), one.judged, 1.9, drawn)
    at_likely = joint_confidence(evidence_of(one), one.judged, 1.9, {})
    assert found is not None
    assert at_likely is not None
    np.testing.assert_array_equal(found, np.full(len(found), at_likely[0]))
