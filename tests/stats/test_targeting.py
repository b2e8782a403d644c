"""The captured share and lift against sorted rows, lots drawn among ties, gradients and simulated coverage."""

import numpy as np
import pytest
from hypothesis import given
from scipy.stats import norm
from tests.stats.score_tables import cells_of, gridded, gridded_rows, rows_of, stderr_by_gradient, tables

from payoff.stats.hidden_order import order_bound
from payoff.stats.proportions import clopper_pearson
from payoff.stats.ranking import ScoreCells
from payoff.stats.targeting import capture_rate, lift, top

TABLES = 1_000
# Sums of at most some hundred terms of order one.
ROUNDING = 1e-11
# A central difference of step 1e-5 in weights of order one is right to about its square.
NUMERIC = 1e-7
DRAWS = 1_000
# Four standard errors of a share of 0.95 over as many draws, plus 0.01 for the normal approximation.
COVERAGE_ERROR = 4 * (0.95 * 0.05 / DRAWS) ** 0.5 + 0.01


def by_rows(score, y, w, share):
    """Walk down the rows; tied ones count together, the last ones in part."""
    left, caught = share * w.sum(), 0.0
    for level in np.unique(score)[::-1]:
        here = score == level
        part = min(max(left / w[here].sum(), 0.0), 1.0)
        caught += part * (w * y)[here].sum()
        left -= w[here].sum()
    return caught / (w * y).sum()


def test_it_is_that_of_a_walk_down_the_rows_with_ties_and_weights():
    shares = np.random.default_rng(0).choice([0.01, 0.1, 1 / 3, 0.5, 0.99], TABLES)
    for (score, y, w), share in zip(tables(1, TABLES), shares, strict=True):
        cells = cells_of(score, y, w)
        found, ratio = capture_rate(cells, share=share), lift(cells, share=share)
        if found.value is None:
            continue
        expected = by_rows(score, y, w, share)
        assert found.value == pytest.approx(expected, abs=ROUNDING)
        precision = expected * np.average(y, weights=w) / share
        assert ratio.value == pytest.approx(precision / np.average(y, weights=w), abs=1e-8)
        assert found.low - ROUNDING <= found.value <= found.high + ROUNDING
        assert (ratio.low, ratio.high) == pytest.approx((found.low / share, found.high / share), rel=ROUNDING)


def test_a_part_of_a_cell_is_what_drawing_among_its_rows_by_lot_gives_on_average():
    generator = np.random.default_rng(2)
    score, y = np.repeat([3.0, 2.0, 1.0], [4, 10, 6]), np.tile([1.0, 0.0], 10)
    lots = []
    for _ in range(20_000):
        order = np.lexsort([generator.random(20), -score])
        lots.append(y[order[:7]].sum() / 10)
    # Three standard errors of the mean of the lots.
    error = 3 * np.std(lots) / len(lots) ** 0.5
    assert capture_rate(cells_of(score, y), share=7 / 20).value == pytest.approx(np.mean(lots), abs=error)


def test_within_a_wide_cell_its_error_is_the_gradient_by_the_weight_of_every_row():
    generator = np.random.default_rng(3)
    for score, y, w in tables(3, 300):
        # Three levels: the cut and its window then lie within one cell, nearly always.
        cells, share = cells_of(np.floor(3 * (score - score.min())), y, w), generator.choice([0.13, 0.41])
        found, here = capture_rate(cells, share=share), top(cells, share)
        inside = here.part[(here.part > 0.05) & (here.part < 0.95)]
        if found.stderr is None or not len(inside):
            continue
        cut = int(np.flatnonzero((here.part > 0) & (here.part < 1))[0])
        weight = (cells.positive + cells.negative) / (cells.positive + cells.negative).sum()
        if min(here.part[cut], 1 - here.part[cut]) * weight[cut] < 0.0101:
            continue
        expected = stderr_by_gradient(cells, lambda other, q=share: top(other, q).captured)
        assert found.stderr == pytest.approx(expected, rel=NUMERIC)


@pytest.mark.parametrize("step", [0.001, 0.5], ids=["fine scores", "tied scores"])
def test_intervals_cover_the_true_share_as_promised(step):
    share, shift, prevalence = 0.15, 1.2, 0.2
    generator = np.random.default_rng(4)
    y = (generator.random(400_000) < prevalence).astype(float)
    score = np.round(generator.normal(shift * y) / step)
    truth = by_rows(score, y, np.ones(len(y)), share)
    held = 0
    for _ in range(DRAWS):
        y = (generator.random(800) < prevalence).astype(float)
        found = capture_rate(cells_of(np.round(generator.normal(shift * y) / step), y), share=share)
        held += found.low <= truth <= found.high
    assert held / DRAWS == pytest.approx(0.95, abs=COVERAGE_ERROR)
    if step < 0.1:
        at = norm.isf(share)
        assert truth > norm.sf(at)


def test_neither_a_rising_map_nor_the_order_of_rows_nor_the_scale_of_weights_changes_it():
    generator = np.random.default_rng(5)
    for score, y, w in tables(6, 200):
        once, order = lift(cells_of(score, y, w)), generator.permutation(len(y))
        for other in (
            cells_of(score**3 + score, y, w),
            cells_of(score[order], y[order], w[order]),
            cells_of(score, y, 8.0 * w),
        ):
            again = lift(other)
            assert again.note == once.note
            if once.low is not None:
                ends = (again.value, again.low, again.high)
                assert ends == pytest.approx((once.value, once.low, once.high), rel=1e-9)


def test_a_row_twice_as_weight_two_is_the_same_top_and_less_certain_than_two_rows():
    for score, y, _ in tables(7, 100):
        twice = capture_rate(cells_of(np.tile(score, 2), np.tile(y, 2)))
        heavy = capture_rate(cells_of(score, y, np.full(len(y), 2.0)))
        if heavy.value is None:
            continue
        assert heavy.value == pytest.approx(twice.value, abs=ROUNDING)
        if heavy.stderr:
            assert heavy.stderr > twice.stderr


@given(gridded_rows)
def test_on_a_grid_it_is_within_its_bound(drawn):
    score, apart, positive, weight = rows_of(drawn)
    cells = gridded(score, apart, positive, weight)
    for share in (0.1, 0.45):
        found = capture_rate(cells, share=share)
        if found.value is not None:
            exact = by_rows(score, positive.astype(float), weight, share)
            bound = order_bound(cells, lambda other, share=share: top(other, share).captured)
            assert abs(found.value - exact) <= bound + ROUNDING
            assert "on a grid" in lift(cells, share=share).note


def test_none_and_all_of_the_positives_have_the_exact_interval_of_a_share_of_them():
    y = np.repeat([1.0, 0.0], [20, 380])
    every = capture_rate(cells_of(y + np.arange(400) / 1e4, y))
    assert (every.value, every.high) == (1.0, 1.0)
    assert every.low == pytest.approx(clopper_pearson(20, 20).low, abs=1e-9)
    none = capture_rate(cells_of(-y, y))
    assert (none.value, none.low) == (0.0, 0.0)
    assert none.high == pytest.approx(clopper_pearson(0, 20).high, abs=1e-9)
    assert lift(cells_of(np.ones(400), y)).note == "score carries no ranking"
    with pytest.raises(ValueError, match="between 0 and 1"):
        lift(cells_of(y, y), share=1.0)


@pytest.mark.parametrize("weight", [1.0, 1 / 1024])
def test_lift_on_a_grid_is_off_by_what_the_order_of_its_top_rows_can_make_of_it(weight):
    # The top two of eight rows are half of a cell that holds two of the three positives: exact scores may have none or
    # both of these there. That is a lift of 0 or 8/3 in place of 4/3, and a captured share of 0 or 2/3.
    score = np.array([0.0, 1.0, 2.0, 3.0, 10.0, 11.0, 12.0, 13.0])
    y = np.array([True, False, False, False, True, False, True, False])
    cells = gridded(score, np.zeros(8, bool), y, np.full(8, weight))
    found = lift(cells, share=0.25)
    assert found.value == pytest.approx(4 / 3)
    assert found.note.startswith("on a grid of 2 cells: within 1 of the number by exact scores")
    assert "within 0.3 of" in capture_rate(cells, share=0.25).note


def test_a_cell_without_weight_at_the_cut_changes_nothing():
    held = np.array([1.0, 1.0])
    empty = np.array([1.0, 0.0, 1.0])
    two, three = (
        ScoreCells(
            score=np.arange(len(weight), dtype=float),
            positive=weight,
            negative=3 * weight,
            positive_squared=weight,
            negative_squared=3 * weight,
            positives=2,
            negatives=6,
        )
        for weight in (held, empty)
    )
    # Half of the rows are those of the uppermost cell, with one of the two positives.
    assert top(three, 0.5).captured == top(two, 0.5).captured == 0.5
    assert capture_rate(three, share=0.5) == capture_rate(two, share=0.5)


def test_lift_on_a_grid_says_where_its_bounds_are_exact_too():
    score = np.r_[np.full(20, 95.0), np.arange(80)]
    y = np.r_[np.ones(20, bool), np.zeros(80, bool)]
    cells = gridded(score, np.zeros(100, bool), y, np.ones(100))
    found = lift(cells, share=0.25)
    assert found.value == pytest.approx(4.0)
    assert found.note.endswith("exact bounds, as of a share of them")
