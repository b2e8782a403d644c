"""Score models: against numeric optimisation, simulated scores and integrals; laws."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize, stats

from payoff.stats.frontier import Stakes, most, without_ranking
from payoff.stats.score_models import best_threshold, binormal_recall, least_auc

MODELS = ["binormal", "power"]
CASES = [(0.05, 55.0, -5.0), (0.3, 20.0, -15.0), (0.01, 900.0, -4.0), (0.6, 1.0, -6.0), (0.5, 1.0, -1.0)]
AREAS = [0.55, 0.65, 0.8, 0.93, 0.99]
# Optimisers stop within a relative 1e-8 of the place; the value is flat there.
OPTIMISED = 1e-7
# Halving 60 times leaves 1e-18 of the bracket; the value and its inverse are good to rounding.
ROUNDING = 1e-8

shares = st.floats(0.01, 0.9)
money = st.floats(0.05, 500)


def curve(model, area):
    """Return recall as a function of the false positive rate."""
    if model == "binormal":
        d = np.sqrt(2) * stats.norm.ppf(area)
        return lambda q: stats.norm.cdf(d + stats.norm.ppf(q))
    return lambda q: q ** (1 / area - 1)


def worth(model, area, f, a, b):
    recall = curve(model, area)
    return lambda q: f * a * recall(q) + (1 - f) * b * q


def best_by_search(model, area, f, a, b, room=1.0):
    """Return the largest value over false positive rates on a fine grid; without a limit refined by scipy."""
    recall, of = curve(model, area), worth(model, area, f, a, b)
    grid = np.concatenate([[0.0], np.logspace(-14, 0, 4_001)])
    fits = f * recall(grid) + (1 - f) * grid <= room
    values = np.where(fits, of(grid), -np.inf)
    at = int(np.argmax(values))
    if room < 1.0:
        return max(float(values[at]), 0.0)
    low, high = grid[max(at - 1, 0)], grid[min(at + 1, len(grid) - 1)]
    found = optimize.minimize_scalar(
        lambda q: -of(q), bounds=(low, high), method="bounded", options={"xatol": 1e-13}
    )
    return max(float(values[at]), -float(found.fun), 0.0)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("area", AREAS)
def test_the_curve_has_the_area_that_it_is_named_for(model, area) -> None:
    found, _ = integrate.quad(curve(model, area), 0, 1, epsabs=1e-11, limit=400)
    assert found == pytest.approx(area, abs=1e-7)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("area", AREAS)
def test_the_best_threshold_is_the_one_that_scipy_finds(model, case, area) -> None:
    found = best_threshold(model, Stakes.of(*case), area)
    assert float(found.value) == pytest.approx(best_by_search(model, area, *case), rel=OPTIMISED, abs=1e-12)


@pytest.mark.parametrize("model", MODELS)
def test_a_score_with_hardly_any_skill_is_cut_where_scipy_finds_it_too(model) -> None:
    # Acting on everybody nearly breaks even: even so little skill adds two fifths to what that is worth.
    case, area = (0.5, 1.0, -0.997), 0.502
    found = float(best_threshold(model, Stakes.of(*case), area).value)
    assert found == pytest.approx(best_by_search(model, area, *case), rel=OPTIMISED)
    assert found > 1.4 * float(without_ranking(Stakes.of(*case)))


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("room", [0.01, 0.1, 0.5])
def test_within_a_capacity_it_is_the_best_that_fits(model, case, room) -> None:
    f = case[0]
    for area in (0.6, 0.85):
        found = best_threshold(model, Stakes.of(*case, room), area)
        assert f * float(found.recall) + (1 - f) * float(found.false_positive_rate) <= room + 1e-12
        # The grid's cell that holds the cut is as wide as the search can see at the edge of the room.
        assert float(found.value) == pytest.approx(
            best_by_search(model, area, *case, room), rel=1e-2, abs=1e-9
        )
        assert float(found.value) >= best_by_search(model, area, *case, room) - 1e-9


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("part", [0.2, 0.5, 0.9])
def test_the_least_auc_is_the_root_that_scipy_finds(model, case, part) -> None:
    stakes = Stakes.of(*case)
    low, high = float(without_ranking(stakes)), float(most(stakes))
    required = low + part * (high - low)
    root = optimize.brentq(
        lambda area: best_by_search(model, area, *case) - required, 0.5 + 1e-9, 1 - 1e-12, xtol=1e-12
    )
    assert float(least_auc(model, stakes, required)) == pytest.approx(root, abs=1e-6)


def test_scores_drawn_from_the_model_earn_what_it_says() -> None:
    """A million scores: the best value over their own cuts, within five standard errors and its optimism."""
    f, a, b, area, n = 0.1, 30.0, -4.0, 0.8, 1_000_000
    rng = np.random.default_rng(5)
    y = rng.random(n) < f
    score = rng.normal(0, 1, n) + y * np.sqrt(2) * stats.norm.ppf(area)
    gain = np.where(y, a, b)[np.argsort(-score)].cumsum() / n
    found = best_threshold("binormal", Stakes.of(f, a, b), area)
    assert gain.max() == pytest.approx(float(found.value), abs=5 * 10.0 / np.sqrt(n))
    place = int(np.argmax(gain))
    acted = f * float(found.recall) + (1 - f) * float(found.false_positive_rate)
    assert (place + 1) / n == pytest.approx(acted, abs=0.02)


@given(shares, money, money, st.floats(0.5, 0.99), st.floats(0.0, 0.009), st.sampled_from(MODELS))
def test_a_better_ranking_is_never_worth_less(f, a, b, area, more, model) -> None:
    stakes = Stakes.of(f, a, -b)
    low, high = (best_threshold(model, stakes, one).value for one in (area, area + more))
    assert float(high) >= float(low) - 1e-9 * (a + b)
    assert float(without_ranking(stakes)) - 1e-9 * (a + b) <= float(low) <= float(most(stakes)) + 1e-9 * a


@given(shares, money, money, st.floats(0, 1), st.floats(0, 1), st.sampled_from(MODELS))
@settings(max_examples=50)
def test_a_higher_hurdle_never_needs_a_smaller_auc_and_money_has_no_unit(f, a, b, one, other, model) -> None:
    low, high = sorted((one * f * a, other * f * a))
    stakes = Stakes.of(f, a, -b)
    less, more = (float(least_auc(model, stakes, each)) for each in (low, high))
    assert more >= less
    scaled = float(least_auc(model, Stakes.of(f, 1000 * a, -1000 * b), 1000 * low))
    assert scaled == pytest.approx(less, abs=1e-7)


@given(shares, money, money, st.floats(0.52, 0.98), st.sampled_from(MODELS))
@settings(max_examples=50)
def test_value_and_least_auc_are_each_others_inverse(f, a, b, area, model) -> None:
    stakes = Stakes.of(f, a, -b)
    worth_it = float(best_threshold(model, stakes, area).value)
    # Where ranking adds next to nothing every small AUC is worth the same.
    assume(worth_it > float(without_ranking(stakes)) + 1e-5 * f * a)
    assert float(least_auc(model, stakes, worth_it)) == pytest.approx(area, abs=1e-5)


@given(shares, money, money, st.floats(0.001, 1), st.floats(0.05, 0.95))
@settings(max_examples=50)
def test_less_room_never_needs_a_smaller_auc(f, a, b, room, part) -> None:
    required = part * f * a
    tight, free = (float(least_auc("binormal", Stakes.of(f, a, -b, cap), required)) for cap in (room, 1.0))
    assert np.isnan(tight) or tight >= free - 1e-9


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_asked_where_no_ranking_is_needed_and_nothing_suffices_beyond_the_most(model) -> None:
    stakes = Stakes.of(0.25, 8.0, -1.0)
    everybody = 0.25 * 8 - 0.75
    assert float(least_auc(model, stakes, everybody)) == 0.5
    assert float(least_auc(model, stakes, -3.0)) == 0.5
    assert np.isnan(least_auc(model, stakes, 2.0 + 1e-9))
    at_half = best_threshold(model, stakes, 0.5)
    assert (float(at_half.recall), float(at_half.false_positive_rate)) == (1.0, 1.0)


def test_draws_are_answered_one_by_one() -> None:
    gains = np.array([20.0, 40.0, 80.0])
    many = least_auc("binormal", Stakes.of(0.1, gains, -5.0), 1.5)
    each = [float(least_auc("binormal", Stakes.of(0.1, one, -5.0), 1.5)) for one in gains]
    assert many == pytest.approx(each, abs=1e-12)


def test_the_curve_touches_its_line_of_equal_value_and_lies_nowhere_above() -> None:
    f, a, b = 0.05, 55.0, -5.0
    required = 1.2
    area = float(least_auc("binormal", Stakes.of(f, a, b), required))
    q = np.linspace(0, 1, 2001)
    line = (required - (1 - f) * q * b) / (f * a)
    gap = line - binormal_recall(area, q)
    assert gap.min() == pytest.approx(0.0, abs=1e-6)
    assert (gap >= -1e-9).all()
