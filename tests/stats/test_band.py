"""The simultaneous band: against a process drawn by row, against Bonferroni, and against a fixed rule."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from payoff.stats.band import (
    Band,
    Blocks,
    _symmetric_root,
    band_confidence,
    critical_value,
    kept,
    multiplier_maxima,
    multiplier_maxima_from_covariance,
    multiplier_maxima_from_influence,
    simultaneous_band,
    tail_of_maximum,
)
from payoff.stats.contrast import Contrast
from payoff.stats.means import hall_bounds

# Quantiles of 8,000 maxima: a standard error of about 0.02 at the 95th percentile; four of them, two sources.
QUANTILE = 0.11
# Sums of products of numbers of order 1 to 100 in float64.
ROUNDING = 1e-9


def _rows(seed: int, n: int = 400) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    score = generator.random(n)
    outcome = generator.random(n) < 0.1 + 0.3 * score
    gain = np.where(outcome, 12.0, -3.0)
    acted = (generator.random(n) < 0.3).astype(float)
    weight = generator.choice([1.0, 2.0], n)
    return score, gain, acted, weight


CUTS = np.array([0.2, 0.4, 0.5, 0.7, 0.9])


def _influence(
    score: np.ndarray, gain: np.ndarray, acted: np.ndarray, weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return (T,) means and (n, T) psi, by the definition."""
    contribution = gain[:, None] * ((score[:, None] >= CUTS) - acted[:, None])
    mean = weight @ contribution / weight.sum()
    return mean, weight[:, None] * (contribution - mean)


def _blocks(
    score: np.ndarray, gain: np.ndarray, acted: np.ndarray, weight: np.ndarray, levels: np.ndarray
) -> Blocks:
    block = np.searchsorted(CUTS, score, side="right")
    state = np.searchsorted(levels, acted)
    shape, place = (len(CUTS) + 1, len(levels)), block * len(levels) + state
    sums = [
        np.bincount(place, weight**2 * power, minlength=shape[0] * shape[1]).reshape(shape)
        for power in (np.ones_like(gain), gain, gain**2)
    ]
    mean = _influence(score, gain, acted, weight)[0]
    return Blocks(acted=levels, weight=sums[0], gain=sums[1], gain_squared=sums[2], mean=mean)


@pytest.mark.parametrize("share", [None, 0.25])
def test_the_variance_from_blocks_is_that_of_the_rows(share: float | None) -> None:
    score, gain, acted, weight = _rows(1)
    acted = acted if share is None else np.full_like(acted, share)
    blocks = _blocks(score, gain, acted, weight, np.unique(acted))
    psi = _influence(score, gain, acted, weight)[1]
    assert blocks.variance() == pytest.approx((psi**2).sum(axis=0), rel=ROUNDING)


def test_blocks_covariance_and_rows_draw_the_same_maxima() -> None:
    score, gain, acted, weight = _rows(2)
    psi = _influence(score, gain, acted, weight)[1]
    levels = np.array([0.0, 1.0])
    from_blocks = multiplier_maxima(_blocks(score, gain, acted, weight, levels), seed=1, draws=4_000)
    from_covariance = multiplier_maxima_from_covariance(psi.T @ psi, seed=2, draws=4_000)
    process = np.random.default_rng(3).standard_normal((8_000, len(psi))) @ (
        psi / np.linalg.norm(psi, axis=0)
    )
    asked = [0.5, 0.9, 0.95]
    by_rows = np.quantile(process.max(axis=1), asked)
    assert np.quantile(from_blocks, asked) == pytest.approx(by_rows, abs=QUANTILE)
    assert np.quantile(from_covariance, asked) == pytest.approx(by_rows, abs=QUANTILE)


def test_merging_blocks_keeps_the_variance_of_the_cuts_that_stay() -> None:
    rows = _rows(4)
    blocks = _blocks(*rows, np.array([0.0, 1.0]))
    mask = np.array([False, True, True, False, True])
    assert kept(blocks, mask).variance() == pytest.approx(blocks.variance()[mask], rel=ROUNDING)


@pytest.mark.parametrize("scale", [1e-6, 1e6])
def test_the_currency_that_money_is_counted_in_changes_no_draw(scale: float) -> None:
    score, gain, acted, weight = _rows(6)
    ends = [
        multiplier_maxima(_blocks(score, each, acted, weight, np.array([0.0, 0.5, 1.0])), seed=3, draws=50)
        for each in (gain, scale * gain)
    ]
    # Constant amounts leave nothing within a block but the rounding of a difference of squares.
    np.testing.assert_allclose(ends[1], ends[0], rtol=1e-5)


def test_draws_are_the_same_for_the_same_seed_and_in_any_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = _blocks(*_rows(5), np.array([0.0, 1.0]))
    whole = multiplier_maxima(blocks, seed=9, draws=50)
    monkeypatch.setattr("payoff.stats.band.CHUNK", 7 * 2 * 12)
    assert (multiplier_maxima(blocks, seed=9, draws=50) == whole).all()


def test_a_singular_covariance_is_taken_and_copies_of_a_cut_cost_nothing() -> None:
    one = multiplier_maxima_from_covariance(np.ones((1, 1)), seed=1)
    copies = multiplier_maxima_from_covariance(np.full((40, 40), 7.0), seed=1)
    assert np.quantile(copies, 0.95) == pytest.approx(np.quantile(one, 0.95), abs=QUANTILE)


@pytest.mark.parametrize("rank", [1, 7, 30, 60])
def test_a_last_digit_of_a_covariance_does_not_draw_the_band_anew(rank: int) -> None:
    generator = np.random.default_rng(6)
    psi = generator.normal(size=(rank, 30)) @ generator.normal(size=(30, 40))
    covariance = psi.T @ psi
    changed = covariance * (1.0 + 2e-16 * generator.integers(-1, 2, covariance.shape))
    before = multiplier_maxima_from_covariance(covariance, seed=1)
    after = multiplier_maxima_from_covariance((changed + changed.T) / 2.0, seed=1)
    # A redrawn band is off by some hundredths; the root of a correlation moves by some 1e5 times what it does.
    assert after == pytest.approx(before, abs=1e-8)


def test_rules_that_never_vary_are_drawn_as_nothing_and_change_no_other() -> None:
    covariance = np.array([[4.0, 1.0, 0.0], [1.0, 9.0, 0.0], [0.0, 0.0, 0.0]])
    drawn = multiplier_maxima_from_covariance(covariance, seed=1, draws=20_000)
    alone = multiplier_maxima_from_covariance(covariance[:2, :2], seed=2, draws=20_000)
    upper = [0.8, 0.9, 0.95]
    assert np.quantile(drawn, upper) == pytest.approx(np.quantile(alone, upper), abs=QUANTILE)
    assert (multiplier_maxima_from_covariance(np.zeros((2, 2)), seed=1, draws=10) == 0.0).all()


@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_every_rule_alone_is_drawn_standard_normal_whatever_the_rank(
    rules: int, rank: int, seed: int
) -> None:
    psi = np.random.default_rng(seed).normal(size=(rank, rules))
    covariance = psi.T @ psi
    scale = 1.0 / np.sqrt(np.diagonal(covariance))
    root = _symmetric_root(covariance * np.outer(scale, scale))
    assert (root**2).sum(axis=0) == pytest.approx(np.ones(rules), rel=1e-12)
    # Thin eigenvalues are left out up to a ten-thousand-millionth of the largest, of which there are rules at most.
    assert root.T @ root == pytest.approx(covariance * np.outer(scale, scale), abs=1e-8)


def test_independent_cuts_reach_sidak() -> None:
    maxima = multiplier_maxima_from_covariance(np.eye(20), seed=1, draws=8_000)
    assert critical_value(maxima, 20, 0.05) == pytest.approx(stats.norm.ppf(0.95 ** (1 / 20)), abs=QUANTILE)


@given(
    hnp.arrays(float, st.integers(1, 60), elements=st.floats(-4, 6)), st.integers(1, 50), st.floats(1e-6, 0.5)
)
def test_the_critical_value_is_where_the_tail_reaches_the_error(
    draws: np.ndarray, rules: int, tail: float
) -> None:
    maxima = np.sort(draws)
    c = critical_value(maxima, rules, tail)
    assert tail_of_maximum(maxima, rules, c + 1e-9) <= tail * (1 + 1e-6)
    assert tail_of_maximum(maxima, rules, c - 1e-6) >= tail * (1 - 1e-6)
    assert stats.norm.isf(tail) - 1e-9 <= c <= stats.norm.isf(tail / rules) + 1e-9


def _contrast(mean: np.ndarray, stderr: np.ndarray, maxima: np.ndarray, skewness: float = 0.0) -> Contrast:
    rules, units = len(mean), 10_000
    return Contrast(
        units=units,
        rows=units,
        mean=mean[:, None],
        covariance=(stderr**2 * units)[:, None, None],
        skewness=np.full(rules, skewness),
        deciding_events=np.full(rules, 200),
        degrees_of_freedom=units - 1.0,
        maxima=maxima,
    )


ONE = np.array([1.0])


def test_a_band_of_one_cut_is_the_fixed_rule() -> None:
    maxima = multiplier_maxima_from_covariance(np.ones((1, 1)), seed=1)
    contrast = _contrast(np.array([2.0]), np.array([1.0]), maxima, skewness=8.0)
    z = stats.t.ppf(0.975, 9_999)
    low, high = hall_bounds(2.0, 1.0, 8.0, 10_000, (-z, z))
    band = simultaneous_band(contrast, ONE, np.array([1]))
    assert band.low[0] == pytest.approx(low, abs=1e-6)
    assert band.high[0] == pytest.approx(high, abs=1e-6)


@given(st.integers(0, 2**32 - 1), st.sampled_from([1, 2, 5]), st.floats(0.6, 0.99))
@settings(max_examples=60)
def test_band_and_confidence_decide_alike(seed: int, factor: int, asked: float) -> None:
    generator = np.random.default_rng(seed)
    mean, stderr = generator.normal(0, 1, 6), generator.uniform(0.2, 1.5, 6)
    maxima = multiplier_maxima_from_covariance(0.7 * np.ones((6, 6)) + 0.3 * np.eye(6), seed=1, draws=500)
    contrast, widening = _contrast(mean, stderr, maxima, skewness=5.0), generator.choice([1, factor], 6)
    band = simultaneous_band(contrast, ONE, widening, level=2 * asked - 1)
    inside, outside = band.low.max() - 1e-6, band.low.max() + 1e-6
    assert band_confidence(contrast, ONE, inside, widening)[0] >= asked - 1e-6
    assert band_confidence(contrast, ONE, outside, widening)[0] <= asked + 1e-3 + 1 / 500
    assert band_confidence(contrast, ONE, band.high.max() + 1e-6, widening)[0] <= 1 - asked + 1e-6
    inside = band_confidence(contrast, ONE, band.high.max() - 1e-6, widening)[0]
    assert inside >= 1 - asked - 1e-3 - factor / 500
    assert band.low[band.deployed] == band.low.max()


@given(st.floats(-5, 5), st.floats(0, 3))
def test_a_higher_hurdle_is_never_more_surely_cleared(hurdle: float, more: float) -> None:
    maxima = multiplier_maxima_from_covariance(np.eye(3), seed=1, draws=200)
    contrast = _contrast(np.array([0.5, 1.0, -1.0]), np.array([0.3, 1.0, 0.6]), maxima)
    widening = np.array([1, 2, 5])
    found = band_confidence(contrast, np.ones((2, 1)), np.array([hurdle, hurdle + more]), widening)
    assert 0 <= found[1] <= found[0] <= 1


def test_widening_multiplies_the_error_of_clearing_and_of_missing() -> None:
    maxima = multiplier_maxima_from_covariance(np.eye(3), seed=1)
    contrast = _contrast(np.zeros(3), np.ones(3), maxima)
    for hurdle in (-2.8, 2.8):
        once = band_confidence(contrast, ONE, hurdle, np.ones(3, int))[0]
        four = band_confidence(contrast, ONE, hurdle, np.full(3, 4))[0]
        assert min(four, 1 - four) == pytest.approx(4 * min(once, 1 - once), rel=1e-9)


def test_draws_of_the_assumptions_are_chunked_without_a_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    maxima = multiplier_maxima_from_covariance(np.eye(3), seed=1, draws=200)
    contrast = _contrast(np.array([0.5, 1.0, -1.0]), np.array([0.3, 1.0, 0.6]), maxima)
    draws, hurdles = np.linspace(-2, 2, 11)[:, None], np.linspace(-1, 1, 11)
    whole = band_confidence(contrast, draws, hurdles, np.ones(3, int))
    monkeypatch.setattr("payoff.stats.band.CHUNK", 6)
    assert (band_confidence(contrast, draws, hurdles, np.ones(3, int)) == whole).all()


def test_of_equal_lower_bounds_the_highest_cut_is_deployed() -> None:
    maxima = multiplier_maxima_from_covariance(np.eye(2), seed=1)
    band: Band = simultaneous_band(_contrast(np.ones(2), np.ones(2), maxima), ONE, np.array([1, 1]))
    assert band.deployed == 1


def test_a_fixed_rule_has_no_band() -> None:
    with pytest.raises(ValueError, match="maxima"):
        band_confidence(
            Contrast(
                units=9,
                rows=9,
                mean=np.ones((1, 1)),
                covariance=np.ones((1, 1, 1)),
                skewness=np.zeros(1),
                deciding_events=np.array([9]),
                degrees_of_freedom=8.0,
            ),
            ONE,
            0.0,
            np.array([1]),
        )


def test_rounding_of_a_singular_covariance_leaves_no_trace_in_the_first_twelve_digits() -> None:
    """Sums of doubles differ in their last digits from run to run, and results are told to ten digits."""
    rng = np.random.default_rng(5)
    mix = np.stack([np.linspace(0.0, 1.0, 99), np.linspace(1.0, 0.0, 99)], axis=1)
    pair = rng.normal(size=(500, 2))
    covariance = (pair @ mix.T).T @ (pair @ mix.T)
    noise = 1e-15 * rng.normal(size=covariance.shape)
    moved = covariance * (1.0 + noise + noise.T)
    first, second = (multiplier_maxima_from_covariance(one, seed=1) for one in (covariance, moved))
    # Eigenvalues move by some 1e-14 of the largest; a straight line to the root moved draws by 1e-10.
    assert np.abs(first - second).max() < 1e-12


def test_from_influences_every_rule_alone_is_drawn_standard_normal() -> None:
    influence = np.array([[-3.0, 4.0, 1.0, 0.5]])
    found = multiplier_maxima_from_influence(influence, seed=1, draws=20_000)
    # A standard deviation of 20,000 draws, mirrored, has a standard error of 0.005.
    assert np.std(found) == pytest.approx(1.0, abs=0.02)


def test_influences_and_their_covariance_draw_the_same_maxima() -> None:
    influence = np.random.default_rng(8).normal(size=(4, 200)) - 0.3
    asked = [0.5, 0.9, 0.95]
    found = multiplier_maxima_from_influence(influence, seed=1, draws=4_000)
    expected = multiplier_maxima_from_covariance(influence @ influence.T, seed=2, draws=4_000)
    assert np.quantile(found, asked) == pytest.approx(np.quantile(expected, asked), abs=QUANTILE)


def test_one_cut_is_cleared_and_missed_by_the_confidence_of_the_fixed_rule() -> None:
    maxima = multiplier_maxima_from_covariance(np.ones((1, 1)), seed=1)
    contrast = _contrast(np.array([2.0]), np.array([0.5]), maxima)
    for away in (-2.0, -0.5, 0.5, 2.0):
        found = band_confidence(contrast, ONE, 2.0 + 0.5 * away, np.array([1]))[0]
        assert found == pytest.approx(stats.t.sf(away, 9_999), abs=1e-9)
