"""Logistic recalibration against statsmodels and scipy, and Spiegelhalter's z against sums over rows."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from scipy.optimize import brentq, minimize
from scipy.special import expit, logit
from scipy.stats import norm
from tests.stats.score_tables import STRETCH, cells_of, gridded, gridded_rows, probabilities, rows_of

from payoff.stats.calibration import spiegelhalter
from payoff.stats.ranking import ScoreCells, Within
from payoff.stats.recalibration import (
    calibration_intercept,
    calibration_slope,
    recalibration_line,
    spiegelhalter_z,
)

TABLES = 300
# Both sides stop where a step of Newton's is below 1e-9 or so.
FITTED = 1e-8
ROUNDING = 1e-10
DRAWS = 600
# Four standard errors of a share of 0.95 over as many draws, plus 0.01 for the normal approximation.
COVERAGE_ERROR = 4 * (0.95 * 0.05 / DRAWS) ** 0.5 + 0.01


def apart(score, y):
    return max(score[y == 0]) <= min(score[y == 1]) or max(score[y == 1]) <= min(score[y == 0])


def test_both_and_their_robust_errors_are_those_of_statsmodels():
    for score, y, _ in probabilities(1, TABLES):
        cells, x, n = cells_of(score, y), logit(score), len(y)
        intercept = sm.GLM(y, np.ones(n), sm.families.Binomial(), offset=x).fit(tol=1e-13, cov_type="HC0")
        found = calibration_intercept(cells)
        assert found.value == pytest.approx(intercept.params[0], abs=FITTED)
        assert found.stderr == pytest.approx(intercept.bse[0] * (n / (n - 1)) ** 0.5, rel=FITTED)
        slope = calibration_slope(cells)
        if apart(score, y):
            assert slope.note.startswith("undefined: a threshold parts")
            continue
        line = sm.GLM(y, sm.add_constant(x), sm.families.Binomial()).fit(tol=1e-13, cov_type="HC0")
        assert slope.value == pytest.approx(line.params[1], rel=1e-6, abs=FITTED)
        assert slope.stderr == pytest.approx(line.bse[1] * (n / (n - 1)) ** 0.5, rel=1e-6)


def test_with_weights_the_line_is_the_likeliest_and_its_error_the_sandwich_of_the_rows():
    for score, y, w in probabilities(2, TABLES // 3):
        if apart(score, y):
            continue
        x, n = logit(score), len(y)

        def loss(beta, x=x, y=y, w=w):
            line = beta[0] + beta[1] * x
            return float(w @ (np.logaddexp(0, line) - y * line))

        best = minimize(loss, [0.0, 1.0], method="BFGS", options={"gtol": 1e-9}).x
        found = calibration_slope(cells_of(score, y, w))
        assert found.value == pytest.approx(best[1], rel=1e-4, abs=1e-4)
        line = recalibration_line(cells_of(score, y, w))
        design = np.stack([np.ones(n), x], axis=1)
        mu = expit(line.intercept + line.slope * x)
        # The equations that make the line likeliest hold at it.
        assert design.T @ (w * (y - mu)) == pytest.approx([0.0, 0.0], abs=1e-8)
        bread = np.linalg.inv((design * (w * mu * (1 - mu))[:, None]).T @ design)
        meat = (design * (w * (y - mu))[:, None] ** 2).T @ design
        error = np.sqrt((bread @ meat @ bread)[1, 1] * n / (n - 1))
        assert found.stderr == pytest.approx(error, rel=1e-6)


def two_levels(low, high, counts):
    """Return rows of two scores, from the negatives and positives of each."""
    score = np.repeat([low, low, high, high], counts)
    return score, np.repeat([0.0, 1.0, 0.0, 1.0], counts)


@pytest.mark.parametrize(
    ("low", "high", "counts"),
    [
        (0.001, 0.002, (5, 95, 3, 97)),
        (0.001, 0.5, (10, 90, 10, 90)),
        (0.97, 0.98, (990, 10, 970, 30)),
        (0.3, 0.300001, (40, 10, 10, 40)),
        (0.0, 1.0, (27, 2, 29, 2)),
        (0.0, 1.0, (900, 20, 40, 40)),
        (0.0, 0.6, (5, 100, 10, 200)),
    ],
)
def test_the_slope_of_two_scores_is_the_rise_of_their_logits_of_what_came_true(low, high, counts):
    clip = np.finfo(float).eps
    x = logit(np.clip([low, high], clip, 1 - clip))
    rates = logit(counts[1] / (counts[0] + counts[1])), logit(counts[3] / (counts[2] + counts[3]))
    score, y = two_levels(low, high, counts)
    found = calibration_slope(cells_of(score, y))
    # The difference of two logits of 1e-6 apart has lost six digits.
    assert found.value == pytest.approx((rates[1] - rates[0]) / (x[1] - x[0]), rel=1e-8, abs=1e-12)
    # Var = sum of 1 / (n p (1 - p)) over the squared distance, as the line goes through both rates; HC0, n / (n - 1).
    n, shares = sum(counts), [(counts[0], counts[1]), (counts[2], counts[3])]
    variance = sum((a + b) / (a * b) for a, b in shares) * n / (n - 1)
    assert found.stderr == pytest.approx(np.sqrt(variance) / (x[1] - x[0]), rel=1e-8)


@pytest.mark.parametrize(
    ("low", "high", "share"), [(0.97, 0.995, 0.02), (0.0001, 0.01, 0.95), (0.99, 0.9999, 0.05)]
)
def test_an_intercept_at_slope_one_always_exists(low, high, share):
    generator = np.random.default_rng(11)
    for _ in range(20):
        score = generator.uniform(low, high, 1_000)
        y = (generator.random(1_000) < share).astype(float)
        w = generator.choice([0.1, 1.0, 40.0], 1_000)
        w = w if generator.random() < 0.5 else np.ones(1_000)
        x = logit(score)
        exact = brentq(lambda a, x=x, y=y, w=w: w @ (y - expit(a + x)), -40, 40, xtol=1e-12)
        assert calibration_intercept(cells_of(score, y, w)).value == pytest.approx(exact, abs=FITTED)


def test_scores_of_any_size_have_a_line_unless_a_threshold_parts_the_outcomes():
    generator = np.random.default_rng(12)
    parted = 0
    for _ in range(TABLES):
        n = int(generator.integers(4, 60))
        x = generator.normal(generator.uniform(-30, 30), 10 ** generator.uniform(-4, 1), n)
        # Outcomes that lean on the score, mostly with few rows out of order.
        lean = (x - x.mean()) / x.std() * generator.choice([-30.0, -3.0, 0.0, 3.0, 30.0])
        y = (generator.random(n) < expit(lean)).astype(float)
        y[:1], y[1:2] = 1.0, 0.0
        w = 10 ** generator.uniform(-3, 3, n)
        score = np.clip(expit(x), 2.3e-16, 1 - 2.3e-16)
        cells = cells_of(score, y, w)
        found, x = calibration_slope(cells), np.log(score) - np.log1p(-score)
        if len(np.unique(score)) < 2 or apart(score, y):
            parted += 1
            assert found.value is None
            assert recalibration_line(cells) is None
        else:
            line = recalibration_line(cells)
            off = x - x.mean()
            gap = w * (y - expit(line.intercept + line.slope * x.mean() + line.slope * off))
            assert abs(gap.sum()) < 1e-6 * w.sum()
            assert abs(gap @ off) < 1e-6 * (w @ abs(off))
        line = recalibration_line(cells, 1.0)
        assert abs(w @ (y - expit(line.intercept + x))) < 1e-7 * w.sum()
    assert 0 < parted < TABLES / 2


def test_scores_that_the_clip_makes_equal_carry_no_ranking():
    score, y = two_levels(0.0, 1e-20, (3, 2, 4, 5))
    assert calibration_slope(cells_of(score, y)).note == "score carries no ranking"
    assert calibration_intercept(cells_of(score, y)).value is not None


def test_intervals_cover_the_true_line_as_promised():
    generator = np.random.default_rng(3)
    x = generator.normal(-1.0, 1.2, 500)
    held = np.zeros(2)
    for _ in range(DRAWS):
        y = (generator.random(500) < expit(0.7 * x)).astype(float)
        low = calibration_slope(cells_of(expit(x), y))
        held += [low.low <= 0.7 <= low.high, 0]
        y = (generator.random(500) < expit(0.3 + x)).astype(float)
        near = calibration_intercept(cells_of(expit(x), y))
        held += [0, near.low <= 0.3 <= near.high]
    assert held / DRAWS == pytest.approx([0.95, 0.95], abs=COVERAGE_ERROR)


def test_stretched_logits_have_the_inverse_slope_and_shifted_ones_the_opposite_intercept():
    for score, y, w in probabilities(4, 60):
        if apart(score, y):
            continue
        slope = calibration_slope(cells_of(score, y, w)).value
        stretched = calibration_slope(cells_of(expit(2.0 * logit(score)), y, w)).value
        assert stretched == pytest.approx(slope / 2.0, rel=1e-7)
        intercept = calibration_intercept(cells_of(score, y, w)).value
        shifted = calibration_intercept(cells_of(expit(logit(score) + 0.5), y, w)).value
        assert shifted == pytest.approx(intercept - 0.5, abs=1e-7)


def test_turning_outcomes_and_probabilities_round_mirrors_the_intercept_and_leaves_the_slope():
    generator = np.random.default_rng(5)
    for score, y, w in probabilities(5, 60):
        once, turned = cells_of(score, y, w), cells_of(1 - score, 1 - y, w)
        assert calibration_intercept(turned).value == pytest.approx(
            -calibration_intercept(once).value, abs=1e-8
        )
        if not apart(score, y):
            assert calibration_slope(turned).value == pytest.approx(calibration_slope(once).value, rel=1e-7)
        order = generator.permutation(len(y))
        again = calibration_intercept(cells_of(score[order], y[order], 8.0 * w[order]))
        assert again.value == pytest.approx(calibration_intercept(once).value, abs=1e-9)
        assert again.stderr == pytest.approx(calibration_intercept(once).stderr, rel=1e-9)


def test_certain_scores_are_clipped_counted_and_not_trusted():
    score = np.repeat([0.0, 0.3, 0.7, 1.0], 25)
    y = np.tile([0.0, 1.0, 0.0, 0.0, 1.0], 20)
    found = calibration_slope(cells_of(score, y))
    assert found.tier == "C"
    assert found.note.startswith("0.5 of the rows score 0 or 1")
    assert found.value == pytest.approx(0.0, abs=0.05)


def test_spiegelhalter_s_z_is_that_of_the_rows():
    for score, y, w in probabilities(6, 1_000):
        lean = 1 - 2 * score
        z = (w * (y - score) * lean).sum() / np.sqrt((w**2 * lean**2 * score * (1 - score)).sum())
        found = spiegelhalter_z(cells_of(score, y, w))
        assert found.value == pytest.approx(z, rel=ROUNDING, abs=ROUNDING)
        assert (found.low, found.high) == (None, None)
        assert f"p = {2 * norm.sf(abs(z)):.3g}" in found.note
        assert spiegelhalter(cells_of(score, y, w))[0] == pytest.approx(z, rel=ROUNDING, abs=ROUNDING)


def test_a_few_small_scores_can_be_doubted_too():
    # One row of 0.001 that was none: z = -0.001 * 0.998 / sqrt(0.998^2 * 0.001 * 0.999).
    found = spiegelhalter_z(cells_of(np.array([0.001]), np.zeros(1), np.ones(1)))
    assert found.value == pytest.approx(-0.001 / np.sqrt(0.001 * 0.999), rel=ROUNDING)
    assert spiegelhalter_z(cells_of(np.array([0.5]), np.zeros(1), np.ones(1))).value is None


@settings(max_examples=50)
@given(gridded_rows)
def test_on_a_fine_grid_they_are_those_of_the_rows_to_the_second_order(drawn):
    score, apart_, positive, weight = rows_of(drawn)
    stretch, y = score // STRETCH, positive.astype(float)
    score = 0.1 + 0.15 * stretch + 1e-4 * (score % STRETCH)
    grid, rows = gridded(score, apart_, positive, weight, stretch), cells_of(score, y, weight)
    z = spiegelhalter_z(grid)
    # The bound in the note is printed to one digit.
    bound = float(z.note.rsplit("within ", 1)[1].split(" ")[0])
    assert abs(z.value - spiegelhalter_z(rows).value) <= 1.1 * bound + ROUNDING
    for number, slope, which in ((calibration_slope, None, 1), (calibration_intercept, 1.0, 0)):
        ours, theirs = number(grid), number(rows)
        # Where stretches all but part the outcomes a slope is as steep as the grid is fine.
        if ours.value is None or theirs.value is None or abs(theirs.value) > 20:
            continue
        hidden = recalibration_line(grid, slope).hidden[which]
        assert abs(ours.value - theirs.value) < 1e-3
        # Beyond the second order is the third power of a width of 1e-3.
        assert ours.value + hidden == pytest.approx(theirs.value, abs=1e-7 + 0.05 * abs(hidden))
        assert "on a grid" in ours.note


def test_spiegelhalter_s_z_of_wide_cells_takes_their_variance_in() -> None:
    generator = np.random.default_rng(7)
    score = 0.2 + 0.1 * generator.integers(0, 6, 400) + generator.uniform(0.0, 0.02, 400)
    positive = generator.random(400) < score
    plain = np.zeros(400, dtype=np.bool_)
    grid = gridded(score, plain, positive, np.ones(400), np.floor(score * 10))
    exact = spiegelhalter_z(cells_of(score, positive.astype(float))).value
    # Beyond the second order is the fourth power of 0.02; the second alone would be 2e-3.
    assert spiegelhalter_z(grid).value == pytest.approx(exact, abs=1e-5)


@pytest.mark.parametrize(("slope", "which"), [(None, 1), (None, 0), (1.0, 0)])
def test_what_a_grid_hides_is_half_the_curvature_times_the_variance_within_its_cells(slope, which):
    middle, away = np.arange(0.1, 0.95, 0.1), 0.01
    generator = np.random.default_rng(8)
    positive, negative = (generator.integers(5, 60, len(middle)).astype(float) for _ in range(2))
    # Every cell holds its rows at two scores, by halves of each outcome.
    score = np.repeat(middle, 2) + np.tile([-away, away], len(middle))
    halves = {"positive": np.repeat(positive, 2) / 2, "negative": np.repeat(negative, 2) / 2}
    counts = {"positives": int(positive.sum()), "negatives": int(negative.sum())}
    apart_ = ScoreCells(
        score=score, **halves, **{f"{name}_squared": each for name, each in halves.items()}, **counts
    )
    whole = {"positive": positive, "negative": negative}
    variance = np.full(len(middle), away**2)
    within = Within(
        positive_mean=middle,
        negative_mean=middle,
        positive_variance=variance,
        negative_variance=variance,
        low=middle - away,
        high=middle + away,
        overlap=0.0,
    )
    gridded_ = ScoreCells(
        score=middle,
        **whole,
        **{f"{name}_squared": each for name, each in whole.items()},
        **counts,
        within=within,
    )
    rows, grid = recalibration_line(apart_, slope), recalibration_line(gridded_, slope)
    moved = [rows.intercept - grid.intercept, rows.slope - grid.slope][which]
    assert abs(moved) > 1e-4
    # What is left is of the fourth order: (away / distance to 0 or 1)^2 of it, a hundredth.
    assert grid.hidden[which] == pytest.approx(moved, rel=0.03)
