"""Decision metrics against scikit-learn, statsmodels, numeric gradients and simulated coverage."""

import numpy as np
import pytest
from sklearn import metrics
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.proportion import proportion_confint

from payoff.stats.confusion import (
    METRICS,
    Confusion,
    Design,
    decision_metric,
    fewest_units,
    kish_rows,
    lower_bound,
    upper_bound,
)

# Sums of at most some hundred terms of order one.
ROUNDING = 1e-11
# A central difference of step 1e-6 is right to about its square root of rounding.
NUMERIC = 1e-6
# Four standard errors of a share of 0.95 over 2,000 draws, plus 0.01 for the delta method's own error.
COVERAGE_ERROR = 4 * (0.95 * 0.05 / 2_000) ** 0.5 + 0.01
TABLES = 1_000
DELTA = (
    "f_beta",
    "balanced_accuracy",
    "matthews_corrcoef",
    "cohen_kappa",
    "positive_likelihood_ratio",
    "negative_likelihood_ratio",
)


def counted(*cells):
    return Confusion(totals=np.array(cells, float), rows=np.array(cells, np.int64))


def designed(cell, weight, cluster):
    """Sum rows to a table with its design, by a loop over the clusters."""
    names = np.unique(cluster)
    sums = np.array([np.bincount(cell[cluster == c], weight[cluster == c], 4) for c in names])
    held = np.array([np.bincount(cell[cluster == c], minlength=4) > 0 for c in names])
    n = len(names)
    design = Design(
        covariance=sums.T @ sums * n / (n - 1), degrees_of_freedom=n - 1.0, units=held.sum(0).astype(np.int64)
    )
    return Confusion(totals=sums.sum(0), rows=np.bincount(cell, minlength=4), design=design)


def expected(name, y, a, w):
    given = {"sample_weight": w}
    return {
        "prevalence": lambda: np.average(y, weights=w),
        "act_rate": lambda: np.average(a, weights=w),
        "accuracy": lambda: metrics.accuracy_score(y, a, **given),
        "precision": lambda: metrics.precision_score(y, a, zero_division=np.nan, **given),
        "recall": lambda: metrics.recall_score(y, a, zero_division=np.nan, **given),
        "specificity": lambda: metrics.recall_score(1 - y, 1 - a, zero_division=np.nan, **given),
        "f_beta": lambda: metrics.fbeta_score(y, a, beta=2.0, zero_division=np.nan, **given),
        "balanced_accuracy": lambda: metrics.balanced_accuracy_score(y, a, **given),
        "matthews_corrcoef": lambda: metrics.matthews_corrcoef(y, a, **given),
        "cohen_kappa": lambda: metrics.cohen_kappa_score(y, a, **given),
        "positive_likelihood_ratio": lambda: (
            metrics.recall_score(y, a, **given) / (1 - metrics.recall_score(1 - y, 1 - a, **given))
        ),
        "negative_likelihood_ratio": lambda: (
            (1 - metrics.recall_score(y, a, **given)) / metrics.recall_score(1 - y, 1 - a, **given)
        ),
    }[name]()


@pytest.mark.parametrize("name", METRICS)
def test_points_equal_scikit_learn_with_weights_and_extreme_prevalence(name):
    generator = np.random.default_rng(7)
    for _ in range(TABLES):
        n = int(generator.integers(4, 200))
        y = (generator.random(n) < generator.choice([0.005, 0.1, 0.5, 0.99])).astype(int)
        a = (generator.random(n) < 0.3 + 0.4 * y).astype(int)
        w = generator.integers(1, 4, n) * generator.choice([1.0, 0.5])
        cell = np.where(y == 1, np.where(a == 1, 0, 2), np.where(a == 1, 1, 3))
        found = decision_metric(name, designed(cell, w, np.arange(n)), beta=2.0)
        if found.value is None:
            assert found.note.startswith(("undefined: no ", "undefined: one outcome"))
            assert found.low is None
            continue
        assert found.value == pytest.approx(expected(name, y, a, w), rel=ROUNDING, abs=ROUNDING)
        assert found.low <= found.value <= found.high


def test_shares_have_the_bounds_of_statsmodels():
    generator = np.random.default_rng(8)
    for _ in range(TABLES):
        cells = generator.integers(0, 60, 4) * generator.integers(0, 2, 4)
        table, held = counted(*cells), int(cells[0] + cells[1])
        found = decision_metric("precision", table)
        if held == 0:
            assert found.value is None
            assert lower_bound("precision", table, 0.95) is None
            continue
        wilson = proportion_confint(cells[0], held, 0.05, "wilson")
        assert (found.low, found.high) == pytest.approx(wilson, abs=ROUNDING)
        exact = proportion_confint(cells[0], held, 0.10, "beta")
        judged = lower_bound("precision", table, 0.95), upper_bound("precision", table, 0.95)
        assert judged == pytest.approx(exact, abs=1e-8)


@pytest.mark.parametrize("name", DELTA)
def test_errors_equal_the_multinomial_delta_method_by_numeric_gradients(name):
    generator = np.random.default_rng(9)
    for _ in range(TABLES):
        cells = generator.integers(1, 400, 4).astype(float)
        n, share = cells.sum(), cells / cells.sum()
        covariance = (np.diag(share) - np.outer(share, share)) / n
        slope = [
            (value_at(name, share + step) - value_at(name, share - step)) / 2e-6 for step in np.eye(4) * 1e-6
        ]
        error = np.sqrt(slope @ covariance @ slope)
        assert decision_metric(name, counted(*cells)).stderr == pytest.approx(error, rel=NUMERIC, abs=1e-9)


def test_kappa_and_its_error_are_those_of_fleiss_cohen_and_everitt_in_statsmodels():
    generator = np.random.default_rng(13)
    for _ in range(TABLES):
        cells = generator.integers(1, 300, 4)
        hit, alarm, miss, quiet = cells
        theirs = cohens_kappa(np.array([[hit, miss], [alarm, quiet]]))
        found = decision_metric("cohen_kappa", counted(*cells))
        assert found.value == pytest.approx(theirs.kappa, abs=ROUNDING)
        assert found.stderr == pytest.approx(theirs.std_kappa, rel=ROUNDING)


def test_likelihood_ratios_and_their_log_error_are_those_of_simel():
    generator = np.random.default_rng(14)
    for _ in range(TABLES // 4):
        hit, alarm, miss, quiet = cells = generator.integers(1, 60, 4)
        y, a = np.repeat([1, 0, 1, 0], cells), np.repeat([1, 1, 0, 0], cells)
        theirs = metrics.class_likelihood_ratios(y, a)
        up = decision_metric("positive_likelihood_ratio", counted(*cells))
        down = decision_metric("negative_likelihood_ratio", counted(*cells))
        assert (up.value, down.value) == pytest.approx(theirs, rel=ROUNDING)
        error = (1 / hit - 1 / (hit + miss) + 1 / alarm - 1 / (alarm + quiet)) ** 0.5
        assert np.log(up.high / up.value) == pytest.approx(1.959963984540054 * error, rel=ROUNDING)
        error = (1 / miss - 1 / (hit + miss) + 1 / quiet - 1 / (alarm + quiet)) ** 0.5
        assert np.log(down.value / down.low) == pytest.approx(1.959963984540054 * error, rel=ROUNDING)


def value_at(name, share):
    hit, alarm, miss, quiet = share
    if name == "f_beta":
        return 2 * hit / (2 * hit + alarm + miss)
    recall, specificity = hit / (hit + miss), quiet / (quiet + alarm)
    ratios = {
        "balanced_accuracy": (recall + specificity) / 2,
        "positive_likelihood_ratio": recall / (1 - specificity),
        "negative_likelihood_ratio": (1 - recall) / specificity,
    }
    if name in ratios:
        return ratios[name]
    if name == "cohen_kappa":
        chance = (hit + alarm) * (hit + miss) + (miss + quiet) * (alarm + quiet)
        return (hit + quiet - chance) / (1 - chance)
    margins = (hit + alarm) * (hit + miss) * (quiet + alarm) * (quiet + miss)
    return (hit * quiet - alarm * miss) / np.sqrt(margins)


@pytest.mark.parametrize("name", DELTA)
def test_intervals_cover_as_promised(name):
    share = np.array([0.08, 0.07, 0.05, 0.80])
    draws = np.random.default_rng(10).multinomial(600, share, 2_000)
    found = [decision_metric(name, counted(*cells)) for cells in draws]
    held = np.mean([one.low <= value_at(name, share) <= one.high for one in found])
    assert held == pytest.approx(0.95, abs=COVERAGE_ERROR)


@pytest.mark.parametrize("name", METRICS)
def test_a_row_per_cluster_has_the_independent_error(name):
    cell = np.random.default_rng(11).choice(4, 500, p=[0.2, 0.1, 0.1, 0.6])
    table = designed(cell, np.ones(500), np.arange(500))
    plain = decision_metric(name, counted(*np.bincount(cell, minlength=4)))
    assert decision_metric(name, table).stderr == pytest.approx(
        plain.stderr * (500 / 499) ** 0.5, rel=ROUNDING
    )


@pytest.mark.parametrize("name", METRICS)
def test_rows_repeated_in_their_cluster_add_no_certainty_and_order_is_free(name):
    generator = np.random.default_rng(12)
    cell, cluster = generator.choice(4, 300, p=[0.2, 0.1, 0.1, 0.6]), generator.integers(0, 60, 300)
    once = decision_metric(name, designed(cell, np.ones(300), cluster))
    twice = decision_metric(name, designed(np.tile(cell, 2), np.ones(600), np.tile(cluster, 2)))
    order = generator.permutation(300)
    moved = decision_metric(name, designed(cell[order], np.ones(300), cluster[order]))
    weighted = decision_metric(name, designed(cell, np.full(300, 2.0), cluster))
    for other in (twice, moved, weighted):
        assert (other.value, other.stderr) == pytest.approx((once.value, once.stderr), rel=ROUNDING)


@pytest.mark.parametrize(
    ("name", "cells", "note"),
    [
        ("precision", (0, 0, 3, 4), "undefined: no predicted positives"),
        ("recall", (0, 2, 0, 4), "undefined: no actual positives"),
        ("specificity", (2, 0, 1, 0), "undefined: no actual negatives"),
        ("f_beta", (0, 0, 0, 9), "undefined: no predicted and no actual positives"),
        ("balanced_accuracy", (0, 2, 0, 4), "undefined: no actual positives"),
        ("matthews_corrcoef", (3, 4, 0, 0), "undefined: no predicted negatives"),
        ("accuracy", (0, 0, 0, 0), "undefined: no rows"),
        ("cohen_kappa", (4, 0, 0, 0), "undefined: one outcome and one action, as chance alone gives"),
        ("positive_likelihood_ratio", (3, 0, 1, 4), "undefined: no false positives"),
        ("negative_likelihood_ratio", (3, 2, 1, 0), "undefined: no true negatives"),
    ],
)
def test_an_empty_denominator_is_undefined_never_zero(name, cells, note):
    found = decision_metric(name, counted(*cells))
    assert (found.value, found.low, found.high, found.note) == (None, None, None, note)
    assert upper_bound(name, counted(*cells), 0.95) is None


@pytest.mark.parametrize("cells", [(9, 0, 0, 9), (0, 9, 9, 0)])
@pytest.mark.parametrize("name", DELTA[:4])
def test_a_metric_at_its_end_still_has_an_interval(name, cells):
    found = decision_metric(name, counted(*cells))
    assert found.value in (-1.0, 0.0, 1.0)
    assert found.high - found.low > 0.05
    assert found.low <= found.value <= found.high


@pytest.mark.parametrize(
    ("name", "rows", "events"),
    [
        ("prevalence", 100, 40),
        ("act_rate", 100, 35),
        ("accuracy", 100, 15),
        ("precision", 35, 5),
        ("recall", 40, 10),
        ("specificity", 60, 5),
        ("f_beta", 45, 15),
        ("balanced_accuracy", 100, 40),
        ("matthews_corrcoef", 100, 40),
        ("cohen_kappa", 100, 40),
        ("positive_likelihood_ratio", 100, 40),
        ("negative_likelihood_ratio", 100, 40),
    ],
)
def test_it_says_the_rows_that_it_is_over_and_the_rarer_side_of_them(name, rows, events):
    # 30 true and 5 false positives, 10 false and 55 true negatives.
    found = decision_metric(name, counted(30, 5, 10, 55))
    assert (found.rows, found.events) == (rows, events)


@pytest.mark.parametrize(
    ("name", "scale"),
    [
        ("f_beta", "logit"),
        ("balanced_accuracy", "logit"),
        ("matthews_corrcoef", "fisher_z"),
        ("cohen_kappa", "fisher_z"),
        ("positive_likelihood_ratio", "log"),
        ("negative_likelihood_ratio", "log"),
    ],
)
def test_it_names_the_method_and_the_scale_of_its_interval(name, scale):
    assert decision_metric(name, counted(300, 50, 100, 550)).note is None
    few = decision_metric(name, counted(300, 49, 100, 550))
    assert (few.method, few.note) == (f"delta_{scale}", "few rows: a guardrail is judged by wider bounds")
    weighted = designed(np.repeat([0, 1, 2, 3], [30, 5, 10, 55]), np.full(100, 2.0), np.arange(100))
    assert decision_metric(name, weighted).method == f"linearised_{scale}"


@pytest.mark.parametrize("name", ["balanced_accuracy", "matthews_corrcoef", "positive_likelihood_ratio"])
def test_where_a_cell_is_empty_the_interval_is_that_of_half_a_row_more_in_each(name):
    thin, fuller = (
        counted(30, 5, 0, 55),
        Confusion(totals=np.array([30.5, 5.5, 0.5, 55.5]), rows=np.array([30, 5, 1, 55])),
    )
    found, expected = decision_metric(name, thin), decision_metric(name, fuller)
    assert found.value != expected.value
    assert found.low == pytest.approx(min(expected.low, found.value), abs=ROUNDING)
    assert found.high == pytest.approx(max(expected.high, found.value), abs=ROUNDING)
    assert found.note.startswith("a cell is empty: half a row is added to each for the interval; few rows")


@pytest.mark.parametrize("name", ["balanced_accuracy", "matthews_corrcoef", "positive_likelihood_ratio"])
def test_where_a_cell_of_a_design_is_empty_the_interval_is_that_of_half_a_unit_more_in_each(name):
    def units(*cells):
        totals = np.array(cells, dtype=float)
        design = Design(
            covariance=np.diag(totals), degrees_of_freedom=89.0, units=np.ceil(totals).astype(int)
        )
        return Confusion(totals=totals, rows=np.ceil(totals).astype(int), design=design)

    found = decision_metric(name, units(30, 5, 0, 55))
    expected = decision_metric(name, units(30.5, 5.5, 0.5, 55.5))
    assert found.value != expected.value
    assert found.low == pytest.approx(min(expected.low, found.value), abs=ROUNDING)
    assert found.high == pytest.approx(max(expected.high, found.value), abs=ROUNDING)
    assert found.note == "a cell is empty: half a row is added to each for the interval"
    # At even odds both bounds are the middle.
    for bound in (lower_bound, upper_bound):
        assert bound(name, units(30, 5, 0, 55), 0.5) == pytest.approx(expected.value, abs=ROUNDING)


@pytest.mark.parametrize("name", ["matthews_corrcoef", "cohen_kappa"])
def test_a_correlation_rests_on_its_four_margins_and_not_on_a_rare_cell_of_them(name):
    # By hand: 52 rows are acted on, 90 are positive, 62 negative, 100 let go; of each the fuller cell counts.
    cells = np.array([50, 2, 40, 60])
    design = Design(
        covariance=np.diag(cells.astype(float)),
        degrees_of_freedom=151.0,
        units=cells,
        squares=cells.astype(float),
    )
    table = Confusion(totals=cells.astype(float), rows=cells, design=design)
    assert fewest_units(name, table) == 50.0
    assert kish_rows(name, table) == (52.0, 52)


@pytest.mark.parametrize("name", ["balanced_accuracy", "matthews_corrcoef", "cohen_kappa"])
def test_a_policy_by_lot_has_an_interval_although_no_unit_shows_an_error(name):
    # Every row is acted on by a quarter: no cell is empty, and what the metric counts varies with no row.
    share = np.array([0.25, 0.25, 0.75, 0.75])
    rows = np.array([40.0, 80.0, 40.0, 80.0])
    units = np.array([[1.0, 0.0, 1.0, 0.0], [0.0, 1.0, 0.0, 1.0]]) * share
    design = Design(
        covariance=(units.T * np.array([40.0, 80.0])) @ units,
        degrees_of_freedom=119.0,
        units=np.array([40, 80, 40, 80]),
    )
    found = decision_metric(
        name, Confusion(totals=rows * share, rows=(rows * share).astype(np.int64), design=design)
    )
    middle = 0.5 if name == "balanced_accuracy" else 0.0
    assert found.value == pytest.approx(middle, abs=ROUNDING)
    assert found.low < middle - 0.01 < middle + 0.01 < found.high


@pytest.mark.parametrize("name", METRICS)
def test_weights_of_whatever_scale_give_the_same_metric(name):
    generator = np.random.default_rng(31)
    cell, cluster, weight = generator.integers(0, 4, 200), np.arange(200), generator.uniform(1, 3, 200)
    plain, light = (decision_metric(name, designed(cell, by * weight, cluster)) for by in (1.0, 1e-6))
    assert (light.value, light.stderr) == pytest.approx((plain.value, plain.stderr), rel=1e-9)
    assert (light.low, light.high) == pytest.approx((plain.low, plain.high), rel=1e-9)
