"""The Brier score taken apart and binned calibration, against scikit-learn, loops over rows and simulation."""

import numpy as np
import pytest
from hypothesis import given
from sklearn.isotonic import IsotonicRegression
from tests.stats.score_tables import (
    cells_of,
    gridded,
    gridded_rows,
    moved,
    probabilities,
    rows_of,
    stderr_by_gradient,
)

from payoff.stats.binned_calibration import binned_calibration_error, equal_mass, squared_error
from payoff.stats.calibration import corp
from payoff.stats.decomposition import discrimination, murphy, reliability, resolution, uncertainty
from payoff.stats.hidden_order import order_bound
from payoff.stats.pooling import optimism, pooled
from payoff.stats.probability_scores import brier_score

TABLES = 1_000
# Sums of at most some hundred terms of order one.
ROUNDING = 1e-11
NUMERIC = 1e-6
DRAWS = 400
# Three standard errors of a share of 0.95 over as many draws, plus 0.02 for the bias left at some hundred rows.
COVERAGE_ERROR = 3 * (0.95 * 0.05 / DRAWS) ** 0.5 + 0.02


def by_rows(score, y, w, bins):
    """Loop over the bins of rows: weight, mean score, mean outcome and unbiased variance of the mean outcome."""
    levels = np.array([one for one in np.unique(score) if w[score == one].sum() > 0])
    mass = np.array([w[score == level].sum() for level in levels])
    middle = (np.cumsum(mass) - mass / 2) / mass.sum()
    number = dict(zip(levels.tolist(), np.minimum(np.floor(middle * bins), bins - 1).tolist(), strict=True))
    if len(levels) <= bins:
        number = {level: place for place, level in enumerate(levels.tolist())}
    of = np.array([number.get(one, -1) for one in score.tolist()])
    out = []
    for one in np.unique(of[of >= 0]):
        here = of == one
        mean = np.average(y[here], weights=w[here])
        rows = w[here].sum() ** 2 / (w[here] ** 2).sum()
        spread = (w[here] ** 2 * (y[here] - mean) ** 2).sum() / w[here].sum() ** 2
        noise = spread * rows / (rows - 1) if rows > 1 + 1e-9 else 0.0
        out.append((w[here].sum(), np.average(score[here], weights=w[here]), mean, noise))
    return np.array(out).T


def test_bins_and_the_debiased_error_are_those_of_a_loop_over_rows():
    for score, y, w in probabilities(1, TABLES):
        cells = cells_of(score, y, w)
        weight, mean, outcome, noise = by_rows(score, y, w, 15)
        held = equal_mass(cells)
        for ours, theirs in (
            (held.weight, weight),
            (held.score, mean),
            (held.outcome, outcome),
            (held.noise, noise),
        ):
            np.testing.assert_allclose(ours, theirs, atol=ROUNDING)
        square = np.average((outcome - mean) ** 2 - noise, weights=weight)
        assert squared_error(held) == pytest.approx(square, abs=ROUNDING)


def test_without_weights_the_correction_is_that_of_kumar_liang_and_ma():
    score, y, _ = next(probabilities(2, 1, least=150))
    held = equal_mass(cells_of(score, y))
    assert held.noise == pytest.approx(held.outcome * (1 - held.outcome) / (held.weight - 1), abs=ROUNDING)


def test_the_debiased_square_is_right_on_average_where_the_plain_one_is_not():
    generator = np.random.default_rng(3)
    score = np.repeat(np.linspace(0.05, 0.95, 10), 12)
    truth = np.clip(score + 0.06, 0, 1)
    draws = (generator.random((4_000, len(score))) < truth).astype(float)
    found = [equal_mass(cells_of(score, y), 10) for y in draws]
    square = [squared_error(one) for one in found]
    plain = [np.average((one.outcome - one.score) ** 2, weights=one.weight) for one in found]
    expected = np.mean((truth - score) ** 2)
    error = 4 * np.std(square) / len(square) ** 0.5
    assert np.mean(square) == pytest.approx(expected, abs=error)
    assert np.mean(plain) > 3 * expected


def test_a_right_score_has_p_values_that_are_about_even():
    generator = np.random.default_rng(4)
    found = []
    for _ in range(200):
        score = np.round(generator.beta(0.5, 3.0, 800), 2)
        y = (generator.random(800) < score).astype(float)
        found.append(float(binned_calibration_error(cells_of(score, y)).note.rsplit("= ", 1)[1]))
    # Three standard errors of shares of 0.05 and 0.5 over 200 draws.
    assert np.mean(np.array(found) < 0.05) == pytest.approx(0.05, abs=0.046)
    assert np.mean(np.array(found) < 0.5) == pytest.approx(0.5, abs=0.11)


def test_a_biased_score_is_far_beyond_luck_and_weights_do_not_scale_it():
    generator = np.random.default_rng(5)
    score = generator.beta(2.0, 5.0, 3_000)
    y = (generator.random(3_000) < np.clip(score + 0.1, 0, 1)).astype(float)
    found = binned_calibration_error(cells_of(score, y))
    assert found.value == pytest.approx(0.1, abs=0.02)
    assert found.note.endswith("p = 0.002")
    again = binned_calibration_error(cells_of(score, y, np.full(3_000, 8.0)))
    assert (again.value, again.note) == (pytest.approx(found.value, rel=1e-9), found.note)


def test_murphy_s_parts_are_those_of_a_loop_and_add_up_to_the_brier_score():
    for score, y, w in probabilities(6, TABLES):
        cells = cells_of(score, y, w)
        weight, mean, outcome, noise = by_rows(score, y, w, 15)
        parts, base = murphy(cells), np.average(y, weights=w)
        assert parts.reliability == pytest.approx(
            np.average((outcome - mean) ** 2, weights=weight), abs=ROUNDING
        )
        assert parts.resolution == pytest.approx(
            np.average((outcome - base) ** 2, weights=weight), abs=ROUNDING
        )
        assert parts.bias == pytest.approx(np.average(noise, weights=weight), abs=ROUNDING)
        assert parts.brier == pytest.approx(np.average((y - score) ** 2, weights=w), abs=ROUNDING)
        assert (reliability(cells).value, resolution(cells).value) == (parts.reliability, parts.resolution)


def test_the_uncertainty_is_too_low_by_the_variance_of_the_prevalence():
    for score, y, _ in probabilities(7, TABLES // 10):
        found = murphy(cells_of(score, y)).bias_of_uncertainty
        assert found == pytest.approx(y.var(ddof=1) / len(y), abs=ROUNDING)


def test_discrimination_and_uncertainty_are_those_of_isotonic_regression():
    for score, y, w in probabilities(7, TABLES // 2):
        cells, base = cells_of(score, y, w), np.average(y, weights=w)
        fitted = IsotonicRegression().fit(score, y, sample_weight=w).predict(score)
        saved = base * (1 - base) - np.average((y - fitted) ** 2, weights=w)
        assert discrimination(cells).value == pytest.approx(saved, abs=ROUNDING)
        assert uncertainty(cells).value == pytest.approx(base * (1 - base), abs=ROUNDING)
        parts = corp(cells)
        together = parts.miscalibration - discrimination(cells).value + uncertainty(cells).value
        assert together == pytest.approx(brier_score(cells).value, abs=ROUNDING)


def test_errors_are_the_gradient_by_the_weight_of_every_row():
    for score, y, w in probabilities(8, 60, most=90):
        cells = cells_of(score, y, w)
        for number in (discrimination, uncertainty):
            found = number(cells)
            if found.stderr:
                expected = stderr_by_gradient(cells, lambda other, number=number: number(other).value)
                # Where two blocks have all but the same rate a step pools them: the gradient has a corner there.
                assert found.stderr == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("lean", [0.3, 1.0])
def test_intervals_cover_the_true_discrimination_nearly_as_promised(lean):
    generator = np.random.default_rng(9)
    score = generator.random(1_000_000)
    rate = 0.5 + lean * (score - 0.5)
    # By hand: the variance of the true rate, lean^2 / 12.
    truth = lean**2 / 12
    assert np.var(rate) == pytest.approx(truth, rel=0.01)
    held = 0
    for _ in range(DRAWS):
        score = generator.random(600)
        y = (generator.random(600) < 0.5 + lean * (score - 0.5)).astype(float)
        found = discrimination(cells_of(score, y))
        held += found.low <= truth <= found.high
    assert held / DRAWS > 0.95 - COVERAGE_ERROR


def test_rising_maps_and_the_scale_of_weights_leave_discrimination():
    for score, y, w in probabilities(10, 100):
        once = discrimination(cells_of(score, y, w))
        for other in (cells_of(score**2, y, w), cells_of(score, y, 8.0 * w)):
            again = discrimination(other)
            assert again.value == pytest.approx(once.value, abs=ROUNDING)
            assert (again.stderr or 0.0) == pytest.approx(once.stderr or 0.0, rel=1e-7)


@given(gridded_rows)
def test_on_a_grid_discrimination_is_within_its_bound(drawn):
    score, apart, positive, weight = rows_of(drawn)
    grid, rows = gridded(score, apart, positive, weight), cells_of(score, positive.astype(float), weight)

    def number(cells):
        return discrimination(cells).value

    assert abs(number(grid) - number(rows)) <= order_bound(grid, number) + ROUNDING


@given(gridded_rows)
def test_on_a_grid_murphy_s_parts_still_add_up(drawn):
    score, apart, positive, weight = rows_of(drawn)
    grid = gridded(score / 100.0, apart, positive, weight, score // 10)
    exact = np.average((positive - score / 100.0) ** 2, weights=weight)
    assert murphy(grid).brier == pytest.approx(exact, abs=ROUNDING)


def test_no_more_forecasts_than_bins_are_bins_of_their_own_as_murphy_has_them():
    generator = np.random.default_rng(21)
    score = generator.choice(np.arange(11) / 10, 500, p=np.r_[0.6, np.full(10, 0.04)])
    y = (generator.random(500) < score).astype(float)
    parts, share = murphy(cells_of(score, y)), y.mean()
    levels = [(score == one, one) for one in np.unique(score)]
    reliable = sum(here.sum() * (y[here].mean() - one) ** 2 for here, one in levels) / 500
    resolved = sum(here.sum() * (y[here].mean() - share) ** 2 for here, _ in levels) / 500
    assert (parts.reliability, parts.resolution) == pytest.approx((reliable, resolved), abs=ROUNDING)
    assert reliable - resolved + share * (1 - share) == pytest.approx(np.mean((score - y) ** 2), abs=ROUNDING)
    assert parts.within == pytest.approx(0.0, abs=ROUNDING)


def test_parts_by_bins_tell_the_bias_that_their_bins_give_them():
    score, y, w = next(iter(probabilities(12, 1, least=60)))
    cells = cells_of(score, y, w)
    parts = murphy(cells)
    for number, bias in ((reliability, parts.bias), (resolution, parts.bias - parts.bias_of_uncertainty)):
        assert f"biased upwards by some {max(bias, 0.0):.2g} by its bins" in number(cells).note
    assert parts.bias_of_uncertainty > 0.0


@pytest.mark.parametrize("number", [discrimination, uncertainty, reliability, resolution])
def test_small_weights_count_as_large_ones(number):
    score, y, w = next(iter(probabilities(13, 1, least=60)))
    small, large = (number(cells_of(score, y, scale * w)) for scale in (1e-7, 1.0))
    assert small.value == pytest.approx(large.value, abs=ROUNDING)


def test_no_rows_are_undefined():
    none = cells_of(np.zeros(0), np.zeros(0))
    for number in (discrimination, uncertainty, reliability, resolution, binned_calibration_error):
        assert number(none).value is None
        assert number(none).note == "undefined: no rows"


def test_more_weight_on_a_positive_at_the_top_never_lowers_discrimination_of_even_outcomes():
    score, y = np.arange(1.0, 11.0) / 11.0, np.tile([0.0, 1.0], 5)
    cells = cells_of(score, y)
    assert discrimination(moved(cells, 9, "positive", 0.5)).value >= discrimination(cells).value


def test_the_binned_error_is_the_root_of_the_debiased_square_and_nothing_where_luck_explains_it_all():
    below = 0
    for score, y, w in probabilities(8, TABLES // 10):
        cells = cells_of(score, y, w)
        square = squared_error(equal_mass(cells))
        below += square < 0.0
        assert binned_calibration_error(cells).value == pytest.approx(max(square, 0.0) ** 0.5, abs=ROUNDING)
    assert below > 5


def test_the_optimism_of_a_brier_score_is_half_as_much_again_as_the_noise_of_the_blocks():
    for score, y, w in probabilities(9, 20):
        fit = pooled(cells_of(score, y, w))
        assert optimism(fit, lambda rate: np.full(len(rate), 2.0)) == pytest.approx(
            1.5 * fit.block_noise.sum()
        )


def test_an_optimism_below_a_hundredth_is_told_too():
    generator = np.random.default_rng(3)
    score = generator.integers(1, 20, 4_000) / 20
    found = discrimination(cells_of(score, (generator.random(4_000) < score).astype(int)))
    told = found.note.split("biased upwards by some ")[1]
    assert 0.0 < float(told.split(",")[0]) < 0.01
