"""The H-measure and the expected maximum profit against hulls, integrals and loops, gradients and their laws."""

import numpy as np
import pytest
from hypothesis import given
from scipy.integrate import quad
from scipy.stats import beta
from tests.stats.score_tables import cells_of, gridded, gridded_rows, rows_of, stderr_by_gradient, tables

from payoff.stats.hidden_order import order_bound
from payoff.stats.retuned import POTENTIAL, expected_maximum_profit, h_measure, h_value, maximum_profit

TABLES = 1_000
# Sums of at most some hundred terms of order one.
ROUNDING = 1e-10
# A central difference of step 1e-5 in weights of order one; the prior's own derivative has a step of 1e-4.
NUMERIC = 1e-5
COVERED = 400
# Three standard errors of a share of 0.95 over as many draws, and 0.02 for the bias that is left at 500 rows.
COVERAGE_ERROR = 3 * (0.95 * 0.05 / COVERED) ** 0.5 + 0.02


def corners(score, y, w):
    """Return false and true positive rates at every threshold, from acting on nobody to acting on everybody."""
    alarms, hits = [0.0], [0.0]
    for level in np.unique(score)[::-1]:
        alarms.append(w[(score >= level) & (y == 0)].sum() / w[y == 0].sum())
        hits.append(w[(score >= level) & (y == 1)].sum() / w[y == 1].sum())
    return np.array(alarms), np.array(hits)


def hull(alarms, hits):
    """Return the upper convex hull of the corners, by gift wrapping."""
    kept, at = [0], 0
    while at < len(alarms) - 1:
        slopes = np.full(len(alarms), -np.inf)
        wide = alarms > alarms[at]
        slopes[wide] = (hits[wide] - hits[at]) / (alarms[wide] - alarms[at])
        up = (alarms == alarms[at]) & (hits > hits[at])
        slopes[up] = np.inf
        best = np.flatnonzero(slopes >= slopes.max() - 1e-12)[-1]
        at = int(best)
        kept.append(at)
    return alarms[kept], hits[kept]


def by_hull(score, y, w):
    """The H-measure as Hand writes it: the least loss over the hull, integrated piece by piece over the prior."""
    one = w[y == 1].sum() / w.sum()
    none = 1.0 - one
    prior = beta(1.0 + one, 1.0 + none)
    share, mean = prior.cdf, beta(2.0 + one, 1.0 + none)

    def cost(c):  # the integral of c up to c
        return prior.mean() * mean.cdf(c)

    alarms, hits = hull(*corners(score, y, w))
    rise, run = np.diff(hits), np.diff(alarms)
    turns = one * rise / (none * run + one * rise)
    ends = np.concatenate([[1.0], turns, [0.0]])
    loss = 0.0
    for at in range(len(alarms)):
        low, high = ends[at + 1], ends[at]
        loss += none * alarms[at] * (cost(high) - cost(low))
        loss += one * (1 - hits[at]) * ((share(high) - share(low)) - (cost(high) - cost(low)))
    most = none * cost(one) + one * ((1 - share(one)) - (cost(1.0) - cost(one)))
    return 1.0 - loss / most


def test_the_h_measure_is_that_of_the_hull_piece_by_piece_with_ties_and_weights():
    for score, y, w in tables(1, TABLES // 2, most=120):
        found = h_measure(cells_of(score, y, w))
        if found.value is None:
            continue
        assert found.value == pytest.approx(by_hull(score, y, w), abs=ROUNDING)
        assert found.note.startswith(POTENTIAL) or found.note.startswith("no interval")
        if found.low is not None:
            assert found.low <= found.value <= found.high


def test_the_h_measure_is_the_integral_of_the_least_loss_over_the_prior():
    for score, y, w in tables(2, 10, most=40):
        one = w[y == 1].sum() / w.sum()
        alarms, hits = corners(score, y, w)
        prior = beta(1.0 + one, 2.0 - one)

        def least(c, one=one, alarms=alarms, hits=hits, prior=prior):
            return prior.pdf(c) * (c * (1 - one) * alarms + (1 - c) * one * (1 - hits)).min()

        def alone(c, one=one, prior=prior):
            return prior.pdf(c) * min(c * (1 - one), (1 - c) * one)

        loss, most = (quad(part, 0, 1, limit=500, epsabs=1e-9)[0] for part in (least, alone))
        value = h_value(cells_of(score, y, w))
        # quad's own error where the integrand has corners.
        assert value == pytest.approx(1 - loss / most, abs=1e-6)


def test_errors_are_the_gradient_by_the_weight_of_every_row():
    generator = np.random.default_rng(3)
    checked = 0
    for score, y, w in tables(3, 60, most=100):
        cells = cells_of(score, y, w)
        found = h_measure(cells)
        if found.stderr:
            checked += 1
            assert found.stderr == pytest.approx(stderr_by_gradient(cells, h_value), rel=NUMERIC)
        gains, losses = generator.uniform(1, 5, 30), generator.uniform(-0.2, 3, 30)
        profit = expected_maximum_profit(cells, gains, losses)
        if profit.stderr:
            checked += 1
            by_weight = stderr_by_gradient(
                cells, lambda other, g=gains, k=losses: maximum_profit(other, g, k)
            )
            assert profit.stderr == pytest.approx(by_weight, rel=1e-7)
    assert checked > 60


def test_the_expected_maximum_profit_is_the_best_of_all_thresholds_draw_by_draw():
    generator = np.random.default_rng(4)
    for score, y, w in tables(4, TABLES, most=80):
        gains, losses = generator.exponential(size=7), generator.normal(0.7, 1.0, 7)
        found = expected_maximum_profit(cells_of(score, y, w), gains, losses)
        if found.value is None:
            continue
        acted = score[:, None] >= np.append(np.unique(score), np.inf)
        worth = [
            ((w * np.where(y == 1, gain, -loss)) @ acted).max() / w.sum()
            for gain, loss in zip(gains, losses, strict=True)
        ]
        assert found.value == pytest.approx(np.mean(worth), abs=ROUNDING)


def test_a_gain_for_every_row_acts_on_all_and_a_loss_for_every_row_on_nobody():
    score, y, w = next(tables(5, 1))
    cells = cells_of(score, y, w)
    assert maximum_profit(cells, np.array([1.0]), np.array([-2.0])) == pytest.approx(
        np.average(np.where(y == 1, 1.0, 2.0), weights=w)
    )
    assert maximum_profit(cells, np.array([0.0]), np.array([2.0])) == 0.0
    for gain, loss in ((-1.0, 0.5), (-0.5, 0.5)):
        assert maximum_profit(cells, np.array([gain]), np.array([loss])) == 0.0
    assert expected_maximum_profit(cells, np.array([-1.0]), np.array([1.0])).value == 0.0
    with pytest.raises(ValueError, match="must not lose on positives"):
        expected_maximum_profit(cells, np.array([-1.0]), np.array([-1.0]))


def test_rising_maps_the_order_of_rows_and_the_scale_of_weights_change_nothing():
    generator = np.random.default_rng(6)
    for score, y, w in tables(6, 100):
        once, order = h_measure(cells_of(score, y, w)), generator.permutation(len(y))
        for other in (
            cells_of(np.arctan(score), y, w),
            cells_of(score[order], y[order], w[order]),
            cells_of(score, y, 8.0 * w),
        ):
            again = h_measure(other)
            assert again.note == once.note
            if once.value is not None:
                assert again.value == pytest.approx(once.value, abs=ROUNDING)
            if once.stderr is not None:
                assert again.stderr == pytest.approx(once.stderr, rel=1e-7)


def test_turning_outcomes_and_scores_round_swaps_the_costs_and_leaves_the_h_measure():
    for score, y, w in tables(7, 200):
        value = h_value(cells_of(score, y, w))
        assert h_value(cells_of(-score, 1 - y, w)) == pytest.approx(value, abs=ROUNDING)


def test_a_reversed_score_saves_nothing_and_a_perfect_one_everything():
    y = np.repeat([0.0, 1.0], [40, 20])
    perfect, reversed_ = h_measure(cells_of(y, y)), h_measure(cells_of(-y, y))
    assert (perfect.value, reversed_.value) == (pytest.approx(1.0), pytest.approx(0.0, abs=1e-12))
    assert (perfect.low, reversed_.low, reversed_.tier) == (None, None, "C")
    assert h_measure(cells_of(y, np.zeros(60))).note == "undefined: 0 positives"
    assert h_value(cells_of(y, np.zeros(60))) is None
    assert h_value(cells_of(y, np.ones(60))) is None


@pytest.mark.parametrize(("shift", "digits"), [(0.7, 6), (1.5, 6), (1.5, 0)])
def test_intervals_cover_the_true_h_measure_nearly_as_promised(shift, digits):
    generator = np.random.default_rng(8)
    y = np.repeat([1.0, 0.0], [100_000, 300_000])
    truth = h_value(cells_of(np.round(generator.normal(shift * y), min(digits, 2)), y))
    y, held = np.repeat([1.0, 0.0], [125, 375]), 0
    for _ in range(COVERED):
        found = h_measure(cells_of(np.round(generator.normal(shift * y), digits), y))
        held += found.low <= truth <= found.high
    assert held / COVERED > 0.95 - COVERAGE_ERROR
    assert found.low < found.value <= found.high


@given(gridded_rows)
def test_on_a_grid_both_are_within_their_bounds(drawn):
    score, apart, positive, weight = rows_of(drawn)
    cells, rows = gridded(score, apart, positive, weight), cells_of(score, positive.astype(float), weight)
    gains, losses = np.array([2.0, 1.0]), np.array([0.6, 1.7])
    for number in (h_value, lambda other: maximum_profit(other, gains, losses)):
        assert abs(number(cells) - number(rows)) <= order_bound(cells, number) + ROUNDING


def test_without_skill_the_interval_of_the_h_measure_begins_at_nothing():
    generator = np.random.default_rng(21)
    lows = []
    for _ in range(20):
        y = (generator.random(120) < 0.4).astype(float)
        found = h_measure(cells_of(generator.random(120), y))
        lows.append(found.low)
        assert 0.0 <= found.low <= found.value <= found.high <= 1.0
    assert min(lows) == 0.0


@pytest.mark.parametrize("seed", [13, 14, 15])
def test_the_error_of_the_h_measure_of_one_table_is_its_gradient_by_the_weight_of_every_row(seed):
    cells = cells_of(*next(tables(seed, 1, least=30, most=60)))
    found = h_measure(cells)
    assert 0.0 < found.value < 1.0
    assert found.stderr == pytest.approx(stderr_by_gradient(cells, h_value), rel=NUMERIC)
