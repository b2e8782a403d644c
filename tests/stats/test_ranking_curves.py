"""The ROC and the precision-recall curve against scikit-learn's corners, whole and thinned."""

import numpy as np
from sklearn.metrics import precision_recall_curve, roc_curve
from tests.stats.score_tables import cells_of, tables

from payoff.stats.ranking import ranking_curve

# Cells and rows add the same numbers in another order.
ORDER = 1e-12


def test_the_curves_pass_through_every_corner_of_scikit_learn_s() -> None:
    for score, y, w in tables(5, 100, most=60):
        curve = ranking_curve(cells_of(score, y, w))
        alarms, recall, _ = roc_curve(y, score, sample_weight=w, drop_intermediate=False)
        np.testing.assert_allclose(curve.false_positive_rate, alarms[1:], atol=ORDER)
        np.testing.assert_allclose(curve.recall, recall[1:], atol=ORDER)
        precision, _, threshold = precision_recall_curve(y, score, sample_weight=w)
        np.testing.assert_allclose(curve.precision, precision[:-1][::-1], atol=ORDER)
        np.testing.assert_array_equal(curve.threshold, threshold[::-1])


def test_a_long_curve_is_thinned_to_some_of_its_corners_and_keeps_both_ends() -> None:
    generator = np.random.default_rng(6)
    score = generator.permutation(1_000) / 1_000
    y = (generator.random(1_000) < score).astype(float)
    cells = cells_of(score, y)
    whole, thin = ranking_curve(cells, points=1_000), ranking_curve(cells, points=50)
    assert len(whole.recall) == 1_000
    assert len(thin.recall) == 50
    assert (thin.threshold[0], thin.threshold[-1]) == (score.max(), score.min())
    assert (thin.recall[-1], thin.false_positive_rate[-1]) == (1.0, 1.0)
    assert set(zip(thin.recall, thin.false_positive_rate, strict=True)) <= set(
        zip(whole.recall, whole.false_positive_rate, strict=True)
    )
    steps = np.diff(thin.recall + thin.false_positive_rate)
    assert (steps > 0.0).all()
    # Evenly along the curve: no step is longer than twice the mean one.
    assert steps.max() < 2 * steps.mean()
