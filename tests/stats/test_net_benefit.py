"""Net benefit: loops over rows, the published formulas, given prevalence, the band, and laws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit
from scipy.stats import norm, skew
from tests.stats.score_tables import cells_of, gridded, gridded_rows, probabilities, rows_of

from payoff.stats.net_benefit import (
    _contrast,
    _covariance,
    _sums,
    at_edges,
    net_benefit,
    net_benefit_points,
    per_hundred,
    wanted_thresholds,
)

# Sums of at most some hundred terms, the odds of 0.95 at most 19.
ROUNDING = 1e-10
THRESHOLDS = np.array([0.0, 0.05, 0.1, 0.15, 0.25, 0.37, 0.5, 0.8, 0.95])
DRAWS = 300
# Four standard errors of a share of 0.95 over as many draws, plus 0.01 for the normal approximation.
COVERAGE_ERROR = 4 * (0.95 * 0.05 / DRAWS) ** 0.5 + 0.01


def added(score, y, threshold, over_everybody=False):
    """Return what every row adds at one threshold."""
    odds = threshold / (1 - threshold)
    worth = y - (1 - y) * odds
    return (score >= threshold) * worth - (worth if over_everybody else 0.0)


@pytest.mark.parametrize("over_everybody", [False, True])
def test_it_is_the_mean_over_the_rows_with_the_error_of_that_mean(over_everybody) -> None:
    for score, y, w in probabilities(1, 1_000):
        found = net_benefit(cells_of(score, y, w), THRESHOLDS, over_everybody=over_everybody)
        n = len(y)
        for place, threshold in enumerate(THRESHOLDS):
            row = added(score, y, threshold, over_everybody)
            mean = np.average(row, weights=w)
            error = np.sqrt((w**2 * (row - mean) ** 2).sum() * n / (n - 1)) / w.sum()
            assert found.value[place] == pytest.approx(mean, abs=ROUNDING)
            assert found.stderr[place] ** 2 == pytest.approx(error**2, abs=ROUNDING)


def test_it_is_the_published_formula_of_counts_of_rates_and_of_actions_avoided() -> None:
    for score, y, _ in probabilities(2, 1_000):
        cells, n = cells_of(score, y), len(y)
        over = net_benefit(cells, THRESHOLDS, over_everybody=True)
        found = net_benefit(cells, THRESHOLDS)
        odds = THRESHOLDS / (1 - THRESHOLDS)
        hits = np.array([((score >= t) & (y == 1)).sum() for t in THRESHOLDS])
        alarms = np.array([((score >= t) & (y == 0)).sum() for t in THRESHOLDS])
        assert found.value == pytest.approx(hits / n - alarms / n * odds, abs=ROUNDING)
        rate = y.mean()
        # As the R and Python packages dcurves document it.
        by_rates = hits / y.sum() * rate - alarms / (1 - y).sum() * (1 - rate) * odds
        assert found.value == pytest.approx(by_rates, abs=ROUNDING)
        assert found.everybody == pytest.approx(rate - (1 - rate) * odds, abs=ROUNDING)
        assert over.value == pytest.approx(found.value - found.everybody, abs=ROUNDING)
        avoided = over.avoided
        assert np.isnan(avoided[0])
        # Vickers's net interventions avoided, per 100.
        assert avoided[1:] == pytest.approx(
            ((found.value - found.everybody) / odds.clip(1e-9) * 100)[1:], abs=1e-8
        )
        assert net_benefit_points(cells, THRESHOLDS) == pytest.approx(found.value, abs=0.0)


def test_at_threshold_zero_a_score_of_zero_is_acted_on_and_ties_with_everybody_exactly() -> None:
    y = np.tile([1.0, 0.0, 0.0], 60)
    score = np.where(np.arange(180) % 5 == 0, 0.0, 0.4)
    over = net_benefit(cells_of(score, y), np.array([0.0, 1e-9]), over_everybody=True)
    assert (over.value[0], over.low[0], over.high[0], over.band_low[0]) == (0.0, 0.0, 0.0, 0.0)
    assert over.value[1] < 0.0
    assert net_benefit(cells_of(score, y), np.array([0.0])).value[0] == pytest.approx(1 / 3, abs=ROUNDING)


def test_a_score_equal_to_the_threshold_is_acted_on() -> None:
    y, score = np.array([1.0, 0.0, 0.0, 1.0]), np.array([0.3, 0.3, 0.2, 0.1])
    assert net_benefit(cells_of(score, y), np.array([0.3])).value[0] == pytest.approx(
        (1 - 3 / 7) / 4, abs=ROUNDING
    )


def test_joint_errors_are_those_of_the_rows_also_where_prevalence_is_given() -> None:
    for score, y, _ in probabilities(3, 300, least=30):
        for over_everybody in (False, True):
            rate = 0.07
            w = np.where(y == 1, rate / y.mean(), (1 - rate) / (1 - y.mean()))
            rows = np.stack([added(score, y, t, over_everybody) for t in THRESHOLDS])
            plain = net_benefit(cells_of(score, y), THRESHOLDS, over_everybody=over_everybody)
            sums = _sums(cells_of(score, y), THRESHOLDS, over_everybody)
            assert _covariance(sums, plain.value, stratified=False) == pytest.approx(
                np.cov(rows) / len(y), abs=ROUNDING
            )
            cells = cells_of(score, y, w)
            sums = _sums(cells, THRESHOLDS, over_everybody)
            expected = sum(
                share**2 * np.cov(rows[:, here]) / here.sum()
                for share, here in ((rate, y == 1), (1 - rate, y == 0))
            )
            given_rate = net_benefit(cells, THRESHOLDS, over_everybody=over_everybody, stratified=True)
            assert _covariance(sums, given_rate.value, stratified=True) == pytest.approx(
                expected, abs=ROUNDING
            )


def test_at_a_given_prevalence_it_is_that_of_the_rates_with_two_independent_binomials() -> None:
    for score, y, _ in probabilities(4, 300, least=30):
        rate, odds = 0.02, THRESHOLDS / (1 - THRESHOLDS)
        w = np.where(y == 1, rate / y.mean(), (1 - rate) / (1 - y.mean()))
        found = net_benefit(cells_of(score, y, w), THRESHOLDS, stratified=True)
        recall, alarms = (np.array([(score[y == side] >= t).mean() for t in THRESHOLDS]) for side in (1, 0))
        assert found.value == pytest.approx(rate * recall - (1 - rate) * odds * alarms, abs=ROUNDING)
        positives, negatives = y.sum(), (1 - y).sum()
        variance = rate**2 * recall * (1 - recall) / (positives - 1)
        variance += ((1 - rate) * odds) ** 2 * alarms * (1 - alarms) / (negatives - 1)
        assert found.stderr**2 == pytest.approx(variance, abs=ROUNDING)


def test_bounds_are_left_out_where_few_rows_decide_and_the_band_is_never_narrower() -> None:
    generator = np.random.default_rng(5)
    score = np.round(generator.beta(1.5, 4, 3_000), 3)
    y = (generator.random(3_000) < score).astype(float)
    for over_everybody in (False, True):
        found = net_benefit(cells_of(score, y), np.arange(0, 0.99, 0.02), over_everybody=over_everybody)
        shown = ~np.isnan(found.low)
        assert 10 < shown.sum() < len(shown)
        assert (found.events[shown & (found.stderr > 0)] >= 50).all()
        assert (found.band_low[shown] <= found.low[shown]).all()
        assert (found.band_high[shown] >= found.high[shown]).all()
        assert (found.low[shown] <= found.value[shown]).all()


def test_the_band_holds_at_all_thresholds_together_as_often_as_promised() -> None:
    generator, thresholds = np.random.default_rng(6), np.arange(0.0, 0.6, 0.05)
    many = np.round(np.random.default_rng(7).beta(1.5, 4, 1_000_000), 3)
    odds = thresholds / (1 - thresholds)
    true = np.array(
        [((many >= t) * (many - (1 - many) * k)).mean() for t, k in zip(thresholds, odds, strict=True)]
    )
    everybody = many.mean() - (1 - many.mean()) * odds
    held = np.zeros(2)
    for _ in range(DRAWS):
        score = np.round(generator.beta(1.5, 4, 600), 3)
        y = (generator.random(600) < score).astype(float)
        for side, expected in enumerate((true, true - everybody)):
            found = net_benefit(cells_of(score, y), thresholds, over_everybody=bool(side))
            shown = ~np.isnan(found.band_low)
            inside = (found.band_low <= expected) & (expected <= found.band_high)
            held[side] += inside[shown & (found.stderr > 0)].all()
    assert held / DRAWS == pytest.approx([0.95, 0.95], abs=COVERAGE_ERROR)


@pytest.mark.parametrize("prevalence", [0.1, 0.4])
def test_at_a_given_prevalence_half_of_the_thresholds_have_bounds_and_the_band_holds_as_promised(
    prevalence,
) -> None:
    generator, thresholds = np.random.default_rng(16), np.arange(1, 46) / 50
    at = logit(thresholds)
    rates = norm.sf((at + 0.2) / 1.2), norm.sf((at + 1.8) / 1.2)
    odds = thresholds / (1 - thresholds)
    true = prevalence * rates[0] - (1 - prevalence) * rates[1] * odds
    everybody = prevalence - (1 - prevalence) * odds
    y = np.repeat([1.0, 0.0], [400, 600])
    w = np.where(y > 0, prevalence * 1_000 / 400, (1 - prevalence) * 1_000 / 600)
    held, bounded = np.zeros(2), np.zeros(2)
    for _ in range(DRAWS):
        score = expit(np.where(y > 0, -0.2, -1.8) + 1.2 * generator.normal(size=1_000))
        for side, expected in enumerate((true, true - everybody)):
            found = net_benefit(cells_of(score, y, w), thresholds, over_everybody=bool(side), stratified=True)
            shown = ~np.isnan(found.band_low)
            inside = (found.band_low <= expected) & (expected <= found.band_high)
            held[side] += inside[shown].all()
            bounded[side] += shown.mean()
    assert held / DRAWS == pytest.approx([0.95, 0.95], abs=COVERAGE_ERROR)
    assert (bounded / DRAWS > 0.5).all()


@given(gridded_rows, st.lists(st.integers(0, 54), min_size=1, max_size=12))
def test_on_a_grid_thresholds_move_to_where_cells_begin_and_numbers_are_those_of_the_rows(
    drawn, wanted
) -> None:
    score, apart, positive, weight = rows_of(drawn)
    score = score / 100
    cells = gridded(score, apart, positive, weight, stretch=np.floor(score * 10 + 1e-9))
    moved = at_edges(cells, np.array(wanted) / 100)
    expected = [np.average(added(score, positive.astype(float), t), weights=weight) for t in moved]
    assert net_benefit_points(cells, moved) == pytest.approx(expected, abs=ROUNDING)
    assert len(moved) <= len(set(wanted))
    exact = cells_of(score, positive.astype(float), weight)
    assert at_edges(exact, np.array(wanted) / 100).tolist() == sorted({one / 100 for one in wanted})


rows = st.lists(st.tuples(st.integers(1, 19), st.booleans()), min_size=3, max_size=40).map(
    lambda drawn: [*drawn, (3, True), (4, False)]
)


@given(rows, st.randoms(use_true_random=False))
def test_order_does_not_matter_copies_only_narrow_and_turning_outcomes_round_trades_the_rivals(
    drawn, shuffler
) -> None:
    score, y = (np.array(column, float) for column in zip(*drawn, strict=True))
    score = score / 20
    # Between the scores, so that none is equal to a threshold or to its complement.
    at = np.array([0.125, 0.325, 0.575])
    once = net_benefit(cells_of(score, y), at)
    order = list(range(len(y)))
    shuffler.shuffle(order)
    again = net_benefit(cells_of(score[order], y[order]), at)
    assert again.value.tolist() == once.value.tolist()
    twice = net_benefit(cells_of(np.tile(score, 2), np.tile(y, 2)), at)
    assert twice.value == pytest.approx(once.value, abs=ROUNDING)
    n = len(y)
    assert twice.stderr**2 == pytest.approx(once.stderr**2 * (n - 1) / (2 * n - 1), abs=ROUNDING)
    turned = net_benefit(cells_of(np.round(1 - score, 9), 1 - y), 1 - at[::-1]).value[::-1]
    over = net_benefit(cells_of(score, y), at, over_everybody=True).value
    assert over == pytest.approx(turned * at / (1 - at), abs=ROUNDING)


def test_thresholds_are_round_few_and_close_about_a_small_prevalence() -> None:
    for rate in (0.0003, 0.02, 0.3, 0.9):
        y = (np.arange(10_000) < rate * 10_000).astype(float)
        found = wanted_thresholds(cells_of(np.full(10_000, 0.5), y))
        assert len(found) <= 101
        assert (found[0], found[-1] < 1) == (0.0, True)
        assert (np.diff(found) > 0).all()
        assert ((found > 0) & (found < 2 * rate)).sum() >= 9


def test_without_rows_or_outside_of_probabilities_there_is_none() -> None:
    nothing = net_benefit(cells_of(*np.zeros((2, 0))), np.array([0.0, 0.5]))
    assert np.isnan(nothing.value).all()
    one = net_benefit(cells_of(np.array([0.5]), np.array([1.0])), np.array([0.2]))
    assert one.value[0] == 1.0
    assert np.isnan(one.low[0])
    with pytest.raises(ValueError, match="below 1"):
        net_benefit(cells_of(np.array([0.5]), np.array([1.0])), np.array([1.0]))
    assert np.isnan(per_hundred(np.ones(1), np.zeros(1))[0])


def test_the_tail_is_that_of_what_every_row_adds() -> None:
    for score, y, _ in probabilities(18, 20, least=60):
        sums = _sums(cells_of(score, y), THRESHOLDS, over_everybody=False)
        found = _contrast(sums, stratified=False)
        rows = np.array([added(score, y, t) for t in THRESHOLDS])
        # Of rows that all add the same the skewness is undefined, on either side.
        np.testing.assert_allclose(found.skewness, skew(rows, axis=1), rtol=1e-7, atol=1e-9)
        assert found.degrees_of_freedom == len(y) - 1


def test_at_a_given_prevalence_the_tail_is_that_about_the_mean_of_each_outcome() -> None:
    for score, y, _ in probabilities(19, 20, least=60):
        w = np.where(y == 1, 0.07 / y.mean(), 0.93 / (1 - y.mean()))
        sums = _sums(cells_of(score, y, w), THRESHOLDS, over_everybody=False)
        found = _contrast(sums, stratified=True)
        for at, threshold in enumerate(THRESHOLDS):
            worth = added(score, y, threshold)
            off = worth - np.where(y == 1, worth[y == 1].mean(), worth[y == 0].mean())
            # Of the mean: a row adds w off, as many units as weights leave carry it.
            second, third = (((w * off) ** power).sum() / found.units for power in (2, 3))
            if second > 1e-9:
                assert found.skewness[at] == pytest.approx(third / second**1.5, rel=1e-7, abs=1e-9)


def test_rows_of_unequal_weight_count_as_many_units_as_they_are_worth() -> None:
    cells = cells_of(
        np.array([0.2, 0.7, 0.4, 0.9]), np.array([0.0, 1.0, 1.0, 0.0]), np.array([1.0, 1.0, 1.0, 5.0])
    )
    found = _contrast(_sums(cells, THRESHOLDS, over_everybody=False), stratified=False)
    assert found.units == 2  # 8^2 / 28, rounded


def test_two_rows_have_one_degree_of_freedom() -> None:
    sums = _sums(cells_of(np.array([0.2, 0.7]), np.array([0.0, 1.0])), THRESHOLDS, over_everybody=False)
    assert _contrast(sums, stratified=False).degrees_of_freedom == 1.0


def test_the_tail_of_small_odds_is_that_of_the_rows_too() -> None:
    """One row of a thousand is acted on, where a miss is worth next to nothing: a variance far below one."""
    score = np.r_[0.9, np.full(999, 0.1)]
    y = (np.arange(1_000) % 2 == 0).astype(float)
    found = _contrast(_sums(cells_of(score, y), np.array([0.5]), over_everybody=False), stratified=False)
    # By hand: a share of 1/1000 has the skewness (1 - 2p) / sqrt(p (1 - p)).
    assert found.skewness[0] == pytest.approx(0.998 / np.sqrt(0.001 * 0.999), rel=1e-9)


@pytest.mark.parametrize(("reached", "bounded"), [(20, True), (19, False), (80, True), (81, False)])
def test_at_a_given_prevalence_bounds_need_twenty_rows_of_each_outcome_on_either_side(
    reached, bounded
) -> None:
    y = np.repeat([1.0, 0.0], 100)
    # So many negatives and half of the positives reach a threshold of a half.
    score = np.where(np.r_[np.arange(100) < 50, np.arange(100) < reached], 0.9, 0.1)
    for held in (y, 1 - y):
        found = net_benefit(cells_of(score, held), np.array([0.5]), stratified=True)
        assert np.isfinite([found.low[0], found.band_high[0]]).all() == bounded


@pytest.mark.parametrize(
    ("over_everybody", "threshold", "value"), [(True, 0.2, 0.7 / 4 - 0.3), (False, 0.8, 0.3 - 2.8)]
)
def test_where_all_rows_are_decided_differently_and_prevalence_is_given_there_is_no_doubt(
    over_everybody, threshold, value
) -> None:
    """Everybody is acted on, or nobody in place of everybody: all that is left of the variance is rounding."""
    for score, y, _ in probabilities(23, 50):
        w = np.where(y == 1, 0.3 / y.mean(), 0.7 / (1 - y.mean()))
        # All scores lie below the threshold, or all above it.
        cells = cells_of(score / 10 + (0.0 if over_everybody else 0.85), y, w)
        found = net_benefit(cells, np.array([threshold]), over_everybody=over_everybody, stratified=True)
        assert found.value[0] == pytest.approx(value, abs=ROUNDING)
        assert found.stderr[0] == 0.0
