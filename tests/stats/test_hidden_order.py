"""Orders that cells of a grid hide: the two ends of them, and round scores among the rest of their stretch."""

import numpy as np
import pytest
from hypothesis import given
from sklearn.metrics import roc_auc_score
from tests.stats.score_tables import cells_of, gridded, gridded_rows, rows_of

from payoff.stats.hidden_order import order_bound, ordered
from payoff.stats.partial_area import partial_area
from payoff.stats.ranking import delong
from payoff.stats.retuned import h_value

# Sums of some dozen doubles below one.
ROUNDING = 1e-12


@given(gridded_rows)
def test_the_two_ends_enclose_the_area_of_the_rows_and_keep_all_weight(drawn) -> None:
    score, apart, positive, weight = rows_of(drawn)
    cells = gridded(score, apart, positive, weight)
    best, worst = ordered(cells, positives_above=True), ordered(cells, positives_above=False)
    exact = roc_auc_score(positive, score, sample_weight=weight)
    assert delong(worst)[0] - ROUNDING <= exact <= delong(best)[0] + ROUNDING
    for end in (best, worst):
        for name in ("positive", "negative", "positive_squared", "negative_squared"):
            assert getattr(end, name).sum() == pytest.approx(getattr(cells, name).sum(), rel=ROUNDING)


@pytest.mark.parametrize("beside", [[1.0, 9.5], [1.0, 2.0, 3.0, 9.5]], ids=["shown below", "shown above"])
def test_tied_positives_among_negatives_of_their_stretch_may_lie_on_either_side(beside) -> None:
    score = np.array([5.0] * 8 + beside)
    positive = np.array([True] * 8 + [False] * len(beside))
    grid = gridded(score, positive, positive, np.ones(len(score)))
    rows = cells_of(score, positive.astype(float))
    for number in (h_value, lambda cells: delong(cells)[0], lambda cells: partial_area(cells, 0.6).area):
        gap = abs(number(grid) - number(rows))
        assert gap > 0.05
        assert order_bound(grid, number) >= gap - ROUNDING


@given(gridded_rows)
def test_cells_of_one_score_each_hide_nothing(drawn) -> None:
    score, apart, positive, weight = rows_of(drawn)
    assert order_bound(gridded(score * 10, apart, positive, weight), h_value) == pytest.approx(
        0.0, abs=ROUNDING
    )
    exact = cells_of(score, positive.astype(float), weight)
    assert ordered(exact, positives_above=True) is exact


@given(gridded_rows)
def test_every_cell_in_an_order_holds_a_row(drawn) -> None:
    cells = gridded(*rows_of(drawn))
    for above in (True, False):
        found = ordered(cells, positives_above=above)
        assert (found.positive + found.negative > 0.0).all()
