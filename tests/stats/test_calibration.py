"""Calibration against scikit-learn's isotonic regression and row-level sums."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression
from tests.stats.score_tables import cells_of

from payoff.stats import calibration
from payoff.stats.calibration import (
    calibration_error,
    calibration_in_the_large,
    corp,
    local_calibration,
    spiegelhalter,
)
from payoff.stats.ranking import ScoreCells

# Sums of at most some hundred terms of order one.
ROUNDING = 1e-11


def drawn(n, seed, bias=0.0):
    generator = np.random.default_rng(seed)
    score = np.round(generator.random(n), 3)
    return score, (generator.random(n) < np.clip(score + bias, 0, 1)).astype(float)


def test_corp_equals_isotonic_regression_and_its_parts_add_up():
    generator = np.random.default_rng(3)
    for _ in range(1_000):
        n = int(generator.integers(1, 150))
        score = np.round(generator.random(n), int(generator.integers(1, 4)))
        y = (generator.random(n) < generator.choice([0.02, 0.5, 0.98])).astype(float)
        w = generator.integers(1, 4, n).astype(float)
        found = corp(cells_of(score, y, w))
        fitted = IsotonicRegression().fit(score, y, sample_weight=w).predict(score)
        left = np.average((y - fitted) ** 2, weights=w)
        assert found.brier - found.miscalibration == pytest.approx(left, abs=ROUNDING)
        parts = found.miscalibration - found.discrimination + found.uncertainty
        assert found.brier == pytest.approx(parts, abs=ROUNDING)
        assert min(found.miscalibration, found.discrimination) >= -ROUNDING
        assert (np.diff(found.recalibrated) >= 0).all()
        assert found.weight.sum() == pytest.approx(w.sum(), rel=ROUNDING)


def test_luck_explains_a_right_forecast_and_not_a_biased_one():
    right = calibration_error(cells_of(*drawn(3_000, 4), np.ones(3_000)))
    wrong = calibration_error(cells_of(*drawn(3_000, 4, 0.15), np.ones(3_000)))
    assert right.low is None
    assert float(right.note.rsplit("= ", 1)[1]) > 0.05
    assert float(wrong.note.rsplit("= ", 1)[1]) < 0.01


def test_scores_that_the_rows_bear_out_to_the_last_are_explained_by_luck_with_certainty():
    one = np.array([5.0, 5.0])
    cells = ScoreCells(
        score=np.array([0.5, 0.5 + 1e-12]),
        positive=one,
        negative=one,
        positive_squared=one,
        negative_squared=one,
        positives=10,
        negatives=10,
    )
    found = calibration_error(cells)
    assert found.level == 0.95
    assert found.note.endswith("p = 1.000")


def test_in_the_large_and_spiegelhalter_equal_sums_over_rows():
    score, y = drawn(800, 5, 0.02)
    cells = cells_of(score, y, np.ones(800))
    found = calibration_in_the_large(cells)
    gap = y - score
    error = gap.std(ddof=1) / 800**0.5
    assert (found.value, found.stderr) == pytest.approx((gap.mean(), error), rel=1e-9)
    lean = 1 - 2 * score
    z = (gap * lean).sum() / np.sqrt((lean**2 * score * (1 - score)).sum())
    assert spiegelhalter(cells)[0] == pytest.approx(z, rel=1e-9)


def test_the_local_window_holds_the_nearest_rows_in_whole_cells():
    score = np.arange(1_000) / 1_000
    y = (np.arange(1_000) % 3 == 0).astype(float)
    found = local_calibration(cells_of(score, y, np.ones(1_000)), 0.5)
    held = slice(400, 600)
    assert found.rows == 200
    assert found.value == pytest.approx((y - score)[held].mean(), abs=ROUNDING)
    assert found.note.startswith("scores 0.4 to 0.599")
    edge = local_calibration(cells_of(score, y, np.ones(1_000)), 0.999)
    assert edge.value == pytest.approx((y - score)[800:].mean(), abs=ROUNDING)


def test_with_weights_the_window_holds_the_nearest_whole_number_of_rows():
    score, y = np.repeat([0.1, 0.9], [240, 160]), np.tile([0.0, 1.0], 200)
    weight = np.repeat([250.505 / 240, 149.495 / 160], [240, 160])
    # By hand: the lower cell alone holds 200 rows or more, 250.505 of 400 by weight.
    assert local_calibration(cells_of(score, y, weight), 0.05).rows == 251


def test_a_long_calibration_curve_is_thinned_and_keeps_its_mean_score_and_rate():
    score = np.arange(1.0, 1_001.0) / 1_001.0
    cells = cells_of(np.repeat(score, 2), np.tile([0.0, 1.0], 1_000), np.ones(2_000))
    # Rates that rise from cell to cell are pooled nowhere: a block for each of the thousand scores.
    cells = replace(cells, positive=2.0 * score, negative=2.0 * (1.0 - score))
    found = corp(cells)
    assert len(found.score) == calibration.CURVE_POINTS
    assert (np.diff(found.score) > 0.0).all()
    assert found.weight.sum() == pytest.approx(2_000.0)
    # Right by construction: each point of the curve lies on the diagonal.
    assert found.recalibrated == pytest.approx(found.score, abs=ROUNDING)
    assert found.weight @ found.score / 2_000.0 == pytest.approx(0.5, abs=ROUNDING)


def test_the_miscalibrations_of_many_draws_are_those_of_each_alone():
    generator = np.random.default_rng(21)
    for size in (1, 2, 7, 400):
        score, weight = np.sort(generator.random(size)), generator.integers(1, 9, size) / 2
        hits = weight * np.stack([generator.random(size) < score, generator.random(size), np.zeros(size)])
        together = calibration._miscalibrations(score, hits, weight)
        for number, one in enumerate(hits):
            parts = {"positive": one, "negative": weight - one}
            squares = {f"{name}_squared": part for name, part in parts.items()}
            alone = corp(ScoreCells(score=score, positives=1, negatives=1, **parts, **squares))
            assert together[number] == pytest.approx(alone.miscalibration, abs=ROUNDING)


def test_weights_of_whatever_scale_leave_spiegelhalters_test():
    score, y = drawn(200, 6, 0.05)
    plain, light = (spiegelhalter(cells_of(score, y, np.full(200, by))) for by in (1.0, 1e-4))
    assert light == pytest.approx(plain, rel=1e-9)
