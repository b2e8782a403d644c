"""Metrics of few rows, whose bounds come from limits of the shares they are made of."""

import numpy as np
import pytest
from scipy.stats import binom, norm

from payoff.stats.confusion import Confusion, decision_metric, lower_bound, upper_bound
from payoff.stats.propagated import corrected_wilson, number_of, propagated_bounds

LINEAR = (
    "f_beta",
    "balanced_accuracy",
    "matthews_corrcoef",
    "cohen_kappa",
    "positive_likelihood_ratio",
    "negative_likelihood_ratio",
)
RECALLS, SPECIFICITIES = (0.05, 0.3, 0.8, 0.95), (0.5, 0.8, 0.95, 0.99)
ROUNDING = 1e-12


def counted(*cells):
    return Confusion(totals=np.array(cells, dtype=float), rows=np.array(cells))


def judged(name, *cells):
    """Return both one-sided bounds at 97.5%."""
    return tuple(bound(name, counted(*cells), 0.975) for bound in (lower_bound, upper_bound))


def number_at(name, prevalence, recall, specificity):
    table = np.array([prevalence * recall, 0.0, prevalence * (1 - recall), (1 - prevalence) * specificity])
    table[1] = 1 - table.sum()
    return float(number_of(name, 1.0)(table[:, None])[0])


def error_rates(name, positives, negatives, confidence):
    """Return the greatest chance that a true value lies below the lower bound, and above the upper one."""
    hits, alarms = np.arange(positives + 1), np.arange(negatives + 1)
    ends = [
        [[bound(name, counted(a, b, positives - a, negatives - b), confidence) for b in alarms] for a in hits]
        for bound in (lower_bound, upper_bound)
    ]
    # A metric that is undefined has no bound to err.
    low, high = np.array(ends[0], dtype=float), np.array(ends[1], dtype=float)
    worst = [0.0, 0.0]
    for recall in RECALLS:
        for specificity in SPECIFICITIES:
            chance = np.outer(
                binom.pmf(hits, positives, recall), binom.pmf(alarms, negatives, 1 - specificity)
            )
            true = number_at(name, positives / (positives + negatives), recall, specificity)
            for side, wrong in enumerate((low > true + ROUNDING, high < true - ROUNDING)):
                worst[side] = max(worst[side], float(chance[wrong].sum()))
    return worst


@pytest.mark.parametrize(("positives", "negatives"), [(5, 20), (20, 10)])
@pytest.mark.parametrize("name", LINEAR)
def test_bounds_of_few_rows_err_about_as_often_as_they_say_by_counting_every_table(
    name, positives, negatives
):
    # By the delta method 5 positives and 20 negatives err in up to 36%; the correction stands in for exact limits.
    assert max(error_rates(name, positives, negatives, 0.95)) <= 0.058


def test_they_do_so_at_other_confidences():
    for name in ("matthews_corrcoef", "positive_likelihood_ratio"):
        assert max(error_rates(name, 5, 20, 0.8)) <= 0.2
        assert max(error_rates(name, 5, 20, 0.975)) <= 0.025


@pytest.mark.parametrize("name", ["f_beta", "matthews_corrcoef", "cohen_kappa"])
def test_they_hold_where_the_number_of_positives_is_drawn_too(name):
    generator, share = np.random.default_rng(3), np.array([0.15, 0.05, 0.05, 0.75])
    true = float(number_of(name, 1.0)(share[:, None])[0])
    draws = generator.multinomial(60, share, 1_000)
    ends = [(lower_bound(name, counted(*one), 0.95), upper_bound(name, counted(*one), 0.95)) for one in draws]
    low, high = np.array(ends, dtype=float).T
    # Three standard errors of 5% over 1,000 draws.
    assert max(np.mean(low > true), np.mean(high < true)) <= 0.05 + 3 * (0.05 * 0.95 / 1_000) ** 0.5


@pytest.mark.parametrize(
    ("successes", "rows", "low", "high"),
    [(81, 263, 0.2535, 0.3682), (15, 148, 0.0598, 0.1644), (0, 20, 0.0, 0.2005), (1, 29, 0.0018, 0.1963)],
)
def test_limits_of_one_share_are_those_of_newcombes_method_four(successes, rows, low, high):
    found = corrected_wilson(successes, rows, np.array([norm.ppf(0.975)]))
    assert (float(found[0][0]), float(found[1][0])) == pytest.approx((low, high), abs=5e-5)


def test_by_hand_a_share_without_rows_can_be_anything_and_nobody_acted_on_is_not_never():
    low, high = corrected_wilson(0.0, 0.0, np.array([1.0]))
    assert (low[0], high[0]) == (0.0, 1.0)
    # z = 2, 0 of 4: (4 + 1 + 2 sqrt(4 + 2 - 1/4)) / (2 (4 + 4)).
    assert corrected_wilson(0.0, 4.0, np.array([2.0]))[1][0] == pytest.approx((5 + 2 * 5.75**0.5) / 16)


def test_a_bound_solves_its_equation():
    """Balanced accuracy at its lower bound: recall and specificity share z^2, in the worst way there is."""
    table, z = np.array([7.0, 3.0, 2.0, 15.0]), 1.6448536269514722
    low, high = propagated_bounds(number_of("balanced_accuracy", 1.0), table, z)
    angle = np.linspace(0.0, np.pi / 2, 20_001)
    recall = corrected_wilson(7.0, 9.0, z * np.sin(angle))
    specificity = corrected_wilson(15.0, 18.0, z * np.cos(angle))
    # The nearest of 17 directions is off by an angle that leaves 0.12% of z.
    near = 0.0012 * (high - low)
    assert low == pytest.approx(float(((recall[0] + specificity[0]) / 2).min()), abs=near)
    assert high == pytest.approx(float(((recall[1] + specificity[1]) / 2).max()), abs=near)


def test_a_rising_map_of_a_number_takes_its_bounds_with_it():
    table = np.array([7.0, 3.0, 2.0, 15.0])
    for name in LINEAR:
        number = number_of(name, 1.0)
        plain = propagated_bounds(number, table, 1.96)
        mapped = propagated_bounds(lambda shares, number=number: np.arctan(number(shares)), table, 1.96)
        assert mapped == pytest.approx(np.arctan(plain), abs=ROUNDING)


def test_other_labels_for_the_same_rows_change_nothing():
    cells = (7, 3, 2, 15)
    for name in ("balanced_accuracy", "matthews_corrcoef", "cohen_kappa"):
        assert judged(name, *cells) == pytest.approx(judged(name, *cells[::-1]), abs=ROUNDING)
    # Acting called leaving alone: the ratio of one is that of the other.
    up, down = (
        judged("positive_likelihood_ratio", 7, 3, 2, 15),
        judged("negative_likelihood_ratio", 2, 15, 7, 3),
    )
    assert up == pytest.approx(down, rel=ROUNDING)


@pytest.mark.parametrize("name", LINEAR)
def test_at_the_limit_of_many_rows_it_is_near_the_delta_method(name):
    few, many = (49, 60, 55, 90), (50, 60, 55, 90)
    values = [decision_metric(name, counted(*cells)).value for cells in (few, many)]
    wide, narrow = (high - low for low, high in (judged(name, *few), judged(name, *many)))
    # Half a row of correction beside the root of 50: a tenth of an interval's width.
    assert wide == pytest.approx(narrow, rel=0.15)
    assert wide > narrow - abs(values[0] - values[1])


@pytest.mark.parametrize("name", LINEAR)
def test_what_is_judged_is_wider_than_what_is_shown_where_a_cell_has_few_rows(name):
    shown, (low, high) = decision_metric(name, counted(7, 3, 4, 15)), judged(name, 7, 3, 4, 15)
    assert shown.note == "few rows: a guardrail is judged by wider bounds"
    assert high - low > shown.high - shown.low
    alike = decision_metric(name, counted(70, 60, 55, 90))
    assert judged(name, 70, 60, 55, 90) == pytest.approx((alike.low, alike.high), rel=1e-9)


@pytest.mark.parametrize("name", LINEAR)
def test_a_bound_is_a_number_that_can_be_and_more_confidence_widens_it(name):
    generator = np.random.default_rng(4)
    for cells in generator.integers(0, 12, (100, 4)):
        table = counted(*cells)
        ends = [
            (lower_bound(name, table, level), upper_bound(name, table, level))
            for level in (0.4, 0.6, 0.95, 0.99)
        ]
        if ends[0][0] is None:
            continue
        low, high = np.array(ends, dtype=float).T
        value = decision_metric(name, table).value
        assert np.all(np.diff(low) <= ROUNDING)
        assert np.all(np.diff(high) >= -ROUNDING)
        assert np.all(low <= value)
        assert np.all(high >= value)
        assert np.isfinite(high).all()
        assert low.min() >= (-1.0 if name in ("matthews_corrcoef", "cohen_kappa") else 0.0)
        assert high.max() <= (np.inf if name.endswith("ratio") else 1.0)


def test_a_perfect_correlation_is_no_ulp_beyond_one():
    found = decision_metric("matthews_corrcoef", counted(1, 0, 0, 1))
    assert (found.value, found.high) == (1.0, 1.0)


def test_a_part_of_a_row_of_a_policy_by_lot_leaves_no_infinite_ratio():
    # 0.5 false positives: a tenth of five negatives.
    table = Confusion(totals=np.array([2.0, 0.5, 18.0, 4.5]), rows=np.array([2, 1, 18, 4]))
    low, high = (bound("positive_likelihood_ratio", table, 0.975) for bound in (lower_bound, upper_bound))
    assert np.isfinite(high)
    assert low < 1.0 < high
