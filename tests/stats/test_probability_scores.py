"""Brier score and log loss against scikit-learn, and their errors against row-level ones."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss
from sklearn.metrics import log_loss as log_loss_reference
from tests.stats.score_tables import cells_of

from payoff.stats.probability_scores import brier_score, log_loss

# Sums of at most some hundred terms of order one.
ROUNDING = 1e-11


def test_points_equal_scikit_learn_with_ties_and_weights():
    generator = np.random.default_rng(1)
    for _ in range(1_000):
        n = int(generator.integers(2, 200))
        y = (generator.random(n) < generator.choice([0.01, 0.3, 0.99])).astype(float)
        score = np.round(0.01 + 0.98 * generator.random(n), int(generator.integers(2, 8)))
        w = generator.integers(1, 4, n).astype(float)
        cells = cells_of(score, y, w)
        brier = brier_score_loss(y, score, sample_weight=w, pos_label=1)
        assert brier_score(cells).value == pytest.approx(brier, abs=ROUNDING)
        loss = log_loss_reference(y, score, sample_weight=w, labels=[0, 1])
        assert log_loss(cells).value == pytest.approx(loss, abs=ROUNDING)


def test_the_error_is_that_of_the_mean_of_the_rows():
    generator = np.random.default_rng(2)
    score = np.round(generator.random(500), 2)
    y = (generator.random(500) < score).astype(float)
    row = (y - score) ** 2
    found = brier_score(cells_of(score, y, np.ones(500)))
    assert found.stderr == pytest.approx(row.std(ddof=1) / 500**0.5, rel=ROUNDING)
    assert found.low < found.value < found.high
    assert found.tier == "A"


def test_impossible_rows_that_happened_are_counted_and_not_trusted():
    score = np.repeat([0.0, 0.5, 1.0], 100)
    y = np.r_[np.ones(2), np.zeros(98), np.tile([0.0, 1.0], 50), np.ones(97), np.zeros(3)]
    found = log_loss(cells_of(score, y, np.ones(300)))
    assert found.tier == "C"
    assert found.note.startswith("5 clipped rows")
    assert found.value == pytest.approx(log_loss_reference(y, score), rel=ROUNDING)


def test_no_rows_and_rows_without_weight_are_undefined():
    none, two = np.zeros(0), np.zeros(2)
    assert brier_score(cells_of(none, none, none)).value is None
    weightless = replace(cells_of(np.array([0.2, 0.4]), two, two + 1.0), positive=two, negative=two)
    assert brier_score(weightless).value is None


def test_a_log_loss_without_impossible_rows_is_trusted():
    score, y = np.tile([0.25, 0.75], 200), np.tile([0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0], 50)
    found = log_loss(cells_of(score, y))
    assert (found.tier, found.note) == ("A", None)
