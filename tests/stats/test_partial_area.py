"""The area under the top of the ROC curve against scikit-learn, gradients by row, and simulation."""

import numpy as np
import pytest
from hypothesis import given
from scipy.integrate import quad
from scipy.stats import norm
from sklearn.metrics import roc_auc_score
from tests.stats.score_tables import cells_of, gridded, gridded_rows, rows_of, tables

from payoff.stats.hidden_order import order_bound
from payoff.stats.partial_area import partial_area, partial_roc_auc, standardised
from payoff.stats.ranking import delong, roc_auc

TABLES = 1_000
# Sums of at most some hundred terms of order one.
ROUNDING = 1e-11
# A central difference of step 1e-5 in weights of order one is right to about its square.
NUMERIC = 1e-7
# Four standard errors of a share of 0.95 over as many draws, plus 0.01 for the normal approximation.
DRAWS = 1_000
COVERAGE_ERROR = 4 * (0.95 * 0.05 / DRAWS) ** 0.5 + 0.01


def test_the_standardised_area_is_that_of_scikit_learn_with_ties_and_weights():
    ends = np.random.default_rng(0).choice([0.01, 0.1, 0.25, 0.5, 0.9, 1.0], TABLES)
    for (score, y, w), end in zip(tables(1, TABLES), ends, strict=True):
        found = partial_roc_auc(cells_of(score, y, w), max_fpr=end)
        if found.value is None:
            continue
        assert found.value == pytest.approx(
            roc_auc_score(y, score, sample_weight=w, max_fpr=end), abs=ROUNDING
        )
        assert found.low - ROUNDING <= found.value <= found.high + ROUNDING


def test_up_to_all_false_alarms_it_is_the_auc_with_its_interval():
    for score, y, w in tables(2, TABLES // 2):
        cells = cells_of(score, y, w)
        whole, part = roc_auc(cells), partial_roc_auc(cells, max_fpr=1.0)
        if whole.value is None:
            assert part.note == whole.note
            continue
        assert (part.value, part.low, part.high) == pytest.approx(
            (whole.value, whole.low, whole.high), abs=1e-9
        )
        assert partial_area(cells, 1.0).variance == pytest.approx(delong(cells)[1], rel=1e-9, abs=1e-15)


def test_its_variance_is_the_gradient_of_scikit_learn_s_area_by_the_weight_of_every_row():
    for score, y, w in tables(3, 30, most=60):
        end, step = 0.23, 1e-5
        total = {0.0: 0.0, 1.0: 0.0}
        for row in range(len(y)):
            moves = step * (np.arange(len(y)) == row)
            ends = [roc_auc_score(y, score, sample_weight=w + side * moves, max_fpr=end) for side in (1, -1)]
            total[y[row]] += (w[row] * (ends[0] - ends[1]) / (2 * step)) ** 2
        expected = sum(total[k] * (y == k).sum() / ((y == k).sum() - 1) for k in total)
        # The standardised area stretches the plain one.
        stretch = standardised(1.0, end) - standardised(0.0, end)
        found = partial_area(cells_of(score, y, w), end).variance * stretch**2
        assert found == pytest.approx(expected, rel=NUMERIC, abs=1e-12)


def test_intervals_cover_the_true_area_as_promised():
    end, shift = 0.2, 1.0
    truth = standardised(quad(lambda t: norm.sf(norm.isf(t) - shift), 0.0, end)[0], end)
    generator = np.random.default_rng(4)
    y, held = np.repeat([1.0, 0.0], [150, 250]), 0
    for _ in range(DRAWS):
        found = partial_roc_auc(cells_of(generator.normal(y * shift), y), max_fpr=end)
        held += found.low <= truth <= found.high
    assert held / DRAWS == pytest.approx(0.95, abs=COVERAGE_ERROR)


def test_neither_a_rising_map_nor_the_order_of_rows_nor_the_scale_of_weights_changes_it():
    generator = np.random.default_rng(5)
    for score, y, w in tables(5, 200):
        once = partial_roc_auc(cells_of(score, y, w))
        order = generator.permutation(len(y))
        for other in (
            cells_of(np.exp(3 * score), y, w),
            cells_of(score[order], y[order], w[order]),
            cells_of(score, y, 8.0 * w),
        ):
            again = partial_roc_auc(other)
            assert again.note == once.note
            if once.value is not None:
                ends = (again.value, again.low, again.high)
                assert ends == pytest.approx((once.value, once.low, once.high), abs=ROUNDING)


@given(gridded_rows)
def test_on_a_grid_it_is_within_its_bound(drawn):
    score, apart, positive, weight = rows_of(drawn)
    cells = gridded(score, apart, positive, weight)
    for end in (0.1, 0.5):
        found = partial_roc_auc(cells, max_fpr=end)
        if found.value is not None:
            exact = roc_auc_score(positive, score, sample_weight=weight, max_fpr=end)
            bound = order_bound(
                cells, lambda other, end=end: standardised(partial_area(other, end).area, end)
            )
            assert abs(found.value - exact) <= bound + ROUNDING
            assert "on a grid" in found.note


def test_a_perfect_top_has_room_below_it_and_one_outcome_has_no_area():
    y = np.repeat([1.0, 0.0], [30, 400])
    perfect = partial_roc_auc(cells_of(y, y))
    assert (perfect.value, perfect.high, perfect.tier) == (1.0, 1.0, "A")
    # By hand: 30 of 30 positives above the end, of at least 0.025^(1/30).
    assert perfect.low == pytest.approx(standardised(0.1 * 0.025 ** (1 / 30), 0.1), abs=1e-9)
    assert partial_roc_auc(cells_of(y, np.zeros(430))).note == "undefined: 0 positives"
    few = partial_roc_auc(cells_of(y[:60], y[:60]))
    assert few.tier == "C"
    assert few.note
    for end in (0.0, 1.05):
        with pytest.raises(ValueError, match="at most 1"):
            partial_roc_auc(cells_of(y, y), max_fpr=end)
