"""Shapes of assumptions, joint confidence, influence and break-even points, against closed forms."""

from collections.abc import Mapping
from dataclasses import replace
from math import prod, sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from payoff import doubt
from payoff.doubt import (
    Judged,
    break_even,
    dimensions,
    draw,
    ends,
    influence,
    joint_confidence,
    points,
    quantile,
    three_points,
)
from payoff.formulas import expand, parse
from payoff.spec import Spec, load_spec
from payoff.spec.coefficients import Valuation
from payoff.spec.model import Assumption
from payoff.spec.volume import World
from payoff.stats.contrast import Contrast
from payoff.stats.inference import Evidence, confidence

# A midpoint rule on 200,000 points, against an integral of a function with a kink.
GRID = 1e-4
# 2,000 quasi-random points in up to six dimensions, estimating a share of variance.
SALTELLI = 0.03
# Sixty halvings of one step of a grid leave rounding alone.
HALVED = 1e-9
Range = tuple[float, float, float]
Settings = Mapping[str, Any]


def item(low: float, likely: float, high: float, shape: Any = "triangle") -> Assumption:
    return Assumption(name="x", likely=likely, low=low, high=high, shape=shape)


ordered = st.tuples(st.floats(-100, 100), st.floats(0, 50), st.floats(0, 50)).filter(
    lambda three: three[1] + three[2] > 1e-3
)
U = (np.arange(200_000) + 0.5) / 200_000


@settings(deadline=None, max_examples=40)
@given(ordered)
def test_a_triangle_has_the_mean_and_variance_of_the_closed_form(three: Range) -> None:
    a, c, b = three[0], three[0] + three[1], three[0] + three[1] + three[2]
    found = quantile(item(a, c, b), U)
    assert found.mean() == pytest.approx((a + b + c) / 3, abs=GRID * (b - a))
    variance = (a * a + b * b + c * c - a * b - a * c - b * c) / 18
    assert found.var() == pytest.approx(variance, abs=GRID * (b - a) ** 2)


@settings(deadline=None, max_examples=40)
@given(ordered, st.floats(0, 1))
def test_quantiles_are_those_of_scipy(three: Range, u: float) -> None:
    a, c, b = three[0], three[0] + three[1], three[0] + three[1] + three[2]
    at = np.array([u])
    triangle = stats.triang.ppf(u, (c - a) / (b - a), a, b - a)
    assert quantile(item(a, c, b), at)[0] == pytest.approx(triangle, abs=1e-6 * (b - a) + 1e-9)
    uniform = stats.uniform.ppf(u, a, b - a)
    assert quantile(item(a, c, b, "uniform"), at)[0] == pytest.approx(uniform, abs=1e-9 * (1 + abs(a)))


@pytest.mark.parametrize(("a", "c", "b"), [(0.0, 2.0, 10.0), (-5.0, 4.0, 5.0), (1.0, 2.0, 3.0)])
def test_p90_leaves_five_percent_beyond_each_end_and_half_on_each_side(a: float, c: float, b: float) -> None:
    found = quantile(item(a, c, b, "p90"), U)
    assert np.mean(found < a) == pytest.approx(0.05, abs=GRID)
    assert np.mean(found > b) == pytest.approx(0.05, abs=GRID)
    assert np.mean(found < c) == pytest.approx(0.5, abs=GRID)
    sides = sqrt(2 / np.pi) / stats.norm.ppf(0.95) / 2
    assert found.mean() == pytest.approx(c + sides * ((b - c) - (c - a)), abs=10 * GRID * (b - a))


def test_an_assumption_without_range_is_its_likely_value() -> None:
    fixed = Assumption(name="x", likely=3.0)
    assert quantile(fixed, np.array([0.0, 0.4, 1.0])).tolist() == [3.0, 3.0, 3.0]
    assert quantile(item(3.0, 3.0, 3.0), np.array([0.1])).tolist() == [3.0]
    assert three_points(fixed) == (0.0, 0.0)


@settings(deadline=None, max_examples=40)
@given(ordered, st.sampled_from(["triangle", "uniform", "p90"]))
def test_three_points_have_the_mean_and_the_variance_of_the_shape(three: Range, shape: str) -> None:
    a, c, b = three[0], three[0] + three[1], three[0] + three[1] + three[2]
    low, high = three_points(item(a, c, b, shape))
    found = quantile(item(a, c, b, shape), U)
    mean = low * (a - c) + high * (b - c)
    assert mean == pytest.approx(found.mean() - c, abs=20 * GRID * (b - a))
    # Where an end has no weight only the mean can be kept.
    if low > 0 and high > 0:
        square = low * (a - c) ** 2 + high * (b - c) ** 2
        assert square == pytest.approx(((found - c) ** 2).mean(), abs=20 * GRID * (b - a) ** 2)


@settings(deadline=None, max_examples=40)
@given(ordered, st.sampled_from(["triangle", "uniform", "p90"]))
def test_three_points_are_probabilities(three: Range, shape: str) -> None:
    low, high = three_points(item(three[0], three[0] + three[1], sum(three), shape))
    assert low >= -HALVED
    assert high >= -HALVED
    assert low + high <= 1 + HALVED


@pytest.mark.parametrize("low", [0.0, 1.0, 1.8, 1.95])
def test_an_assumption_bound_to_rows_is_drawn_with_the_mean_of_its_shape(low: float) -> None:
    held = {"x": {"low": low, "likely": 2.0, "high": 4.0}}
    spec = spec_of(held, "case when amount > x then 1 else 0 end")
    drawn = draw(spec, valuation_of(spec), world_of(), points(1))
    below, above = drawn["x@low"], drawn["x@high"]
    assert not (below * above).any()
    mean = (below * (low - 2.0) + above * 2.0).mean()
    assert mean == pytest.approx((low + 2.0 + 4.0) / 3 - 2.0, abs=2e-3)


def spec_of(assumptions: Mapping[str, Any], formula: str, **more: Any) -> Spec:
    return load_spec(
        {
            "decision": {"unit": "EUR", "volume": more.pop("volume", "1000 per year")},
            "data": {"outcome": "y"},
            "value": {"act": formula, "skip": 0},
            "assumptions": dict(assumptions),
            "model": {"name": "m", "score": "p", "score_is": "probability", "policy": {"threshold": 0.5}},
            **more,
        }
    )


def valuation_of(spec: Spec) -> Valuation:
    ranges = {one.name: (one.likely, one.low, one.high) for one in spec.assumptions.values()}
    likely = {name: three[0] for name, three in ranges.items()}
    return Valuation(expand(dict(spec.value), ranges), spec.decision.actions, likely)


def world_of(low: float | None = None, high: float | None = None) -> World:
    return World(volume=1000.0, low=low, high=high, source="spec", share=None, file_volume=None)


def judged_of(spec: Spec, world: World | None = None, cost: float = 0.0, fixed: bool = False) -> Judged:
    """Return the gain of acting on one row over not acting, with every part 1."""
    valuation = valuation_of(spec)
    point = np.concatenate([np.zeros(valuation.parts), np.ones(valuation.parts)])
    return Judged(valuation, world or world_of(), point, cost, cost if fixed else 0.0)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_influence_on_a_product_is_the_closed_form(count: int) -> None:
    ranges = {"a": (10.0, 20.0, 30.0), "b": (1.0, 5.0, 9.0), "c": (2.0, 2.5, 3.0)}
    held = {name: dict(zip(("low", "likely", "high"), ranges[name], strict=True)) for name in "abc"[:count]}
    spec = spec_of(held, " * ".join(held))
    squared = {}
    for name in held:
        a, c, b = ranges[name]
        variance = (a * a + b * b + c * c - a * b - a * c - b * c) / 18
        squared[name] = variance / ((a + b + c) / 3) ** 2
    whole = prod(1 + r for r in squared.values()) - 1
    found = influence(spec, judged_of(spec))
    assert found == {name: pytest.approx(r / whole, abs=SALTELLI) for name, r in squared.items()}


def test_influence_on_a_sum_is_the_share_of_variance_and_an_idle_assumption_has_none() -> None:
    held = {
        "a": {"low": 0, "likely": 1, "high": 2, "shape": "uniform"},
        "b": {"low": 0, "likely": 2, "high": 4, "shape": "uniform"},
        "idle": {"low": 0, "likely": 1, "high": 5},
    }
    spec = spec_of(held, "a + b + 0 * idle")
    found = influence(spec, judged_of(spec))
    assert found["a"] == pytest.approx(0.2, abs=SALTELLI)
    assert found["b"] == pytest.approx(0.8, abs=SALTELLI)
    assert found["idle"] == pytest.approx(0.0, abs=SALTELLI)


def test_assumptions_that_move_together_share_one_number() -> None:
    held: dict[str, Any] = {name: {"low": 0, "likely": 1, "high": 2} for name in ("a", "b", "c")}
    spec = spec_of({**held, "together": [["a", "b"]]}, "a + b + c")
    assert dimensions(spec, world_of()) == (("a", "b"), ("c",))
    found = influence(spec, judged_of(spec))
    assert found["a"] == found["b"] == pytest.approx(0.8, abs=SALTELLI)
    drawn = draw(spec, valuation_of(spec), world_of(), points(2))
    np.testing.assert_array_equal(drawn["a"], drawn["b"])


def test_without_ranges_nothing_has_influence() -> None:
    spec = spec_of({"a": 3}, "a")
    assert influence(spec, judged_of(spec)) == {}


@settings(deadline=None, max_examples=40)
@given(
    likely=st.floats(5, 50), factor=st.floats(0.5, 20), offset=st.floats(-40, 40), required=st.floats(-5, 5)
)
def test_the_break_even_point_of_a_line_is_algebra(
    likely: float, factor: float, offset: float, required: float
) -> None:
    spec = spec_of({"x": {"low": 0, "likely": likely, "high": 2 * likely}}, f"{factor!r} * x + ({offset!r})")
    expected = (required - offset) / factor
    found = break_even(spec, judged_of(spec), "x", required)
    if abs(expected - likely) < 19 * likely:
        assert found == pytest.approx(expected, abs=1e-6 * likely)


def test_the_break_even_point_of_a_square_is_the_nearest_root() -> None:
    spec = spec_of({"x": {"low": 1, "likely": 3, "high": 4}}, "x * x - 4")
    assert break_even(spec, judged_of(spec), "x", 0.0) == pytest.approx(2.0, abs=1e-6)
    assert break_even(spec, judged_of(spec, cost=5.0), "x", 0.0) == pytest.approx(3.0, abs=1e-2)
    assert break_even(spec, judged_of(spec), "x", -10.0) is None


def test_an_assumption_without_effect_and_one_bound_to_rows_have_no_break_even_point() -> None:
    idle = spec_of({"x": 1, "other": 2}, "x")
    assert break_even(idle, judged_of(idle), "other", 0.0) is None
    bound = spec_of({"x": {"low": 1, "likely": 3, "high": 4}}, "case when amount > x then 1 else 0 end")
    assert valuation_of(bound).expansion.bound == ("x",)
    assert break_even(bound, judged_of(bound), "x", 0.0) is None


def evidence_of(spec: Spec, units: int = 400, spread: float = 1.0) -> Evidence:
    """Return evidence with one part that is 1 on the mean, its gain as certain as ``units`` rows make it."""
    valuation = valuation_of(spec)
    size = 2 * valuation.parts
    mean = np.concatenate([np.zeros(valuation.parts), np.ones(valuation.parts)])
    covariance = np.zeros((size, size))
    covariance[valuation.parts :, valuation.parts :] = spread * np.eye(valuation.parts)
    contrast = Contrast(
        units=units,
        rows=units,
        mean=mean[None],
        covariance=covariance[None],
        skewness=np.array([0.3]),
        deciding_events=np.array([200]),
        degrees_of_freedom=units - 1,
    )
    return Evidence(contrast=contrast)


def test_without_ranges_the_joint_confidence_is_that_of_sampling() -> None:
    spec = spec_of({"x": 2.0}, "x")
    found = joint_confidence(evidence_of(spec), judged_of(spec), 1.9, {})
    sampling = confidence(evidence_of(spec), judged_of(spec).valuation.contrast(), 1.9)
    assert found is not None
    assert sampling is not None
    assert found.tolist() == sampling.tolist()
    assert dimensions(spec, world_of()) == ()


def test_the_joint_confidence_is_that_of_every_draw_on_its_own() -> None:
    held = {"x": {"low": 1.0, "likely": 2.0, "high": 3.0}, "k": {"low": 0.1, "likely": 0.2, "high": 0.6}}
    spec = spec_of(held, "x * x - k")
    world = world_of(500.0, 2000.0)
    judged, evidence = judged_of(spec, world, cost=0.4, fixed=True), evidence_of(spec)
    drawn = draw(spec, judged.valuation, world, points(3, count=200))
    assert set(drawn) == {"x", "k", doubt.VOLUME}
    found = joint_confidence(evidence, judged, 0.5, drawn)
    assert found is not None
    assert found.shape == (200,)
    for j in range(0, 200, 17):
        x, k, volume = (drawn[name][j] for name in ("x", "k", doubt.VOLUME))
        alone = judged.valuation.contrast({"x": x, "k": k})
        hurdle = (0.5 + 0.4) * 1000.0 / volume
        expected = confidence(evidence, alone, hurdle)
        assert expected is not None
        assert found[j] == pytest.approx(expected[0], rel=1e-9)


def test_a_volume_in_doubt_alone_moves_what_a_hurdle_per_year_asks() -> None:
    spec = spec_of({"x": 2.0}, "x")
    world = world_of(500.0, 2000.0)
    drawn = draw(spec, valuation_of(spec), world, points(1, count=50))
    found = joint_confidence(evidence_of(spec), judged_of(spec, world), 1.9, drawn)
    assert found is not None
    for j in range(50):
        hurdle = 1.9 * 1000.0 / drawn[doubt.VOLUME][j]
        alone = confidence(evidence_of(spec), valuation_of(spec).contrast(), hurdle)
        assert alone is not None
        assert found[j] == pytest.approx(alone[0], rel=1e-9)


def test_with_hardly_any_sampling_doubt_the_joint_confidence_is_the_chance_of_the_assumption() -> None:
    spec = spec_of({"x": {"low": 0.0, "likely": 1.0, "high": 4.0}}, "x")
    judged = judged_of(spec)
    evidence = evidence_of(spec, units=10**6, spread=1e-8)
    drawn = draw(spec, judged.valuation, world_of(), points(1))
    found = joint_confidence(evidence, judged, 1.5, drawn)
    assert found is not None
    assert found.mean() == pytest.approx(stats.triang.sf(1.5, 0.25, 0, 4), abs=2e-3)


def test_ends_are_the_gain_at_low_and_at_high() -> None:
    spec = spec_of({"x": {"low": 1, "likely": 3, "high": 7}, "k": 2}, "k * x - 1")
    judged = judged_of(spec, cost=0.5)
    assert ends(judged, spec.assumptions["x"]) == (0.5, 12.5)
    assert ends(judged, spec.assumptions["k"]) == (None, None)


def test_ends_of_an_assumption_bound_to_rows_are_its_switches() -> None:
    formula = "case when amount > x then 1 else 0 end"
    spec = spec_of({"x": {"low": 1, "likely": 3, "high": 7}}, formula)
    valuation = valuation_of(spec)
    parsed = parse(formula, where="v", assumptions=["x"], outcome_allowed=True)
    assert parsed.assumptions == {"x"}
    amounts = np.array([0.5, 2.0, 5.0, 9.0])
    by_text = {"3": (amounts > 3).mean(), "1": (amounts > 1).mean(), "7": (amounts > 7).mean()}
    means = [
        next(mean for text, mean in by_text.items() if f"> {text}" in part.text)
        for part in valuation.expansion.parts
    ]
    judged = Judged(valuation, world_of(), np.concatenate([np.zeros(len(means)), means]), 0.0, 0.0)
    assert judged.at({})[0] == 0.5
    assert ends(judged, spec.assumptions["x"]) == (0.75, 0.25)


def test_running_costs_per_period_shrink_as_volume_grows_and_others_do_not() -> None:
    spec = spec_of({"x": 2.0}, "x")
    drawn: Settings = {doubt.VOLUME: np.array([500.0, 1000.0, 2000.0])}
    fixed = judged_of(spec, cost=0.5, fixed=True)
    assert fixed.at(drawn).tolist() == [1.0, 1.5, 1.75]
    assert judged_of(spec, cost=0.5).at(drawn).tolist() == [1.5, 1.5, 1.5]
    both = replace(judged_of(spec, cost=0.75), fixed_cost=0.5)
    assert both.at(drawn).tolist() == [0.75, 1.25, 1.5]


def test_points_fill_the_cube_evenly_and_are_the_same_each_time() -> None:
    for dimension in (1, 2, 5):
        found = points(dimension)
        assert found.shape == (doubt.DRAWS, dimension)
        assert ((found >= 0) & (found < 1)).all()
        assert np.abs(found.mean(axis=0) - 0.5).max() < 0.002
        np.testing.assert_array_equal(found, points(dimension))
        np.testing.assert_array_equal(points(dimension, 10, skip=5), found[5:15])
    assert stats.qmc.discrepancy(points(3)) < 1e-3
