"""Proportions, rankings, jackknife and adjustments against statsmodels, scikit-learn and brute force."""

import numpy as np
import pytest
from scipy import stats
from scipy.special import expit, logit
from sklearn.metrics import average_precision_score, roc_auc_score
from statsmodels.stats.contingency_tables import mcnemar as mcnemar_reference
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from tests.stats.score_tables import cells_of

from payoff.stats.multiplicity import benjamini_hochberg, holm_refuted
from payoff.stats.proportions import (
    clopper_pearson,
    clopper_pearson_lower,
    clopper_pearson_upper,
    effective_rows,
    korn_graubard,
    mcnemar,
    newcombe_independent,
    newcombe_paired,
    wilson,
)
from payoff.stats.ranking import ALL_POSITIVE, average_precision, delong, delong_paired, roc_auc

# Sums of at most some thousand terms of order one.
ROUNDING = 1e-11
TABLES = 1_000


def tables(seed):
    generator = np.random.default_rng(seed)
    for _ in range(TABLES):
        n = int(generator.integers(4, 300))
        y = (generator.random(n) < generator.choice([0.01, 0.1, 0.5, 0.95])).astype(float)
        y[:2], y[2:4] = 1.0, 0.0
        score = np.round(generator.random(n) + 0.3 * y, int(generator.integers(1, 8)))
        yield score, y, generator.exponential(size=n) + 0.01


@pytest.mark.parametrize(("ours", "theirs"), [(wilson, "wilson"), (clopper_pearson, "beta")])
def test_intervals_of_proportions_agree_with_statsmodels(ours, theirs):
    generator = np.random.default_rng(1)
    for _ in range(TABLES):
        n = int(10 ** generator.uniform(0, 6))
        k = int(generator.choice([0, n, generator.integers(0, n + 1), min(n, 3)]))
        found = ours(k, n)
        expected = proportion_confint(k, n, method=theirs)
        np.testing.assert_allclose((found.low, found.high), expected, rtol=ROUNDING, atol=1e-15)
        assert 0.0 <= found.low <= found.value <= found.high <= 1.0


def test_mcnemar_agrees_with_statsmodels():
    for b in range(30):
        for c in range(30):
            expected = mcnemar_reference([[5, b], [c, 5]], exact=True).pvalue if b + c else 1.0
            assert mcnemar(b, c) == pytest.approx(expected, rel=ROUNDING)


def test_auc_and_average_precision_agree_with_scikit_learn_with_ties_and_weights():
    for score, y, w in tables(2):
        for weight in (None, w):
            cells = cells_of(score, y, weight)
            found = average_precision(cells).value
            if found is None:
                continue
            expected = roc_auc_score(y, score, sample_weight=weight)
            assert delong(cells)[0] == pytest.approx(expected, rel=ROUNDING)
            expected = average_precision_score(y, score, sample_weight=weight)
            assert found == pytest.approx(expected, rel=ROUNDING)


def test_delong_variance_is_that_of_all_pairs():
    for score, y, _ in tables(3):
        up, down = score[y == 1], score[y == 0]
        kernel = (up[:, None] > down) + 0.5 * (up[:, None] == down)
        expected = kernel.mean(axis=1).var(ddof=1) / len(up) + kernel.mean(axis=0).var(ddof=1) / len(down)
        assert delong(cells_of(score, y))[1] == pytest.approx(expected, rel=ROUNDING, abs=1e-15)
        # A constant second score has AUC 1/2 without error: the pair's variance is the first one's.
        gap, variance = delong_paired(score, np.zeros(len(y)), y == 1)
        assert gap == pytest.approx(kernel.mean() - 0.5, abs=ROUNDING)
        assert variance == pytest.approx(expected, rel=ROUNDING, abs=1e-15)


def test_auc_mirrors_with_the_score_and_ignores_the_scale_of_weights():
    for score, y, w in tables(4):
        cells = cells_of(score, y, w)
        area, variance = delong(cells)
        assert delong(cells_of(-score, y, w)) == pytest.approx((1.0 - area, variance), abs=ROUNDING)
        assert delong(cells_of(score, y, 7.0 * w)) == pytest.approx((area, variance), abs=ROUNDING)
        assert delong(cells_of(np.exp(score), y, w)) == pytest.approx((area, variance), abs=ROUNDING)


def test_one_class_and_a_constant_score_are_undefined_and_a_perfect_one_has_width():
    y = np.array([1.0, 1.0, 0.0, 0.0])
    assert roc_auc(cells_of(np.ones(4), y)).note == "score carries no ranking"
    assert roc_auc(cells_of(np.arange(4.0), np.zeros(4))).note == "undefined: 0 positives"
    assert roc_auc(cells_of(np.arange(4.0), np.ones(4))).note == "undefined: 0 negatives"
    perfect = roc_auc(cells_of(y, y))
    assert (perfect.value, perfect.high) == (1.0, 1.0)
    assert perfect.low < 0.9


def test_where_all_positives_come_first_average_precision_has_room_of_half_a_positive_below_it():
    found = average_precision(cells_of(np.arange(20.0), (np.arange(20) >= 12).astype(float)))
    # Eight positives: on the logit scale from 1 - 0.5 / 9 = 17 / 18 down.
    inside = 17 / 18
    low = expit(logit(inside) - stats.norm.ppf(0.975) / np.sqrt(8 * inside * (1 - inside)))
    assert (found.value, found.low, found.high) == pytest.approx((1.0, low, 1.0), rel=ROUNDING)


def test_positives_of_two_scores_are_a_ranking_only_where_both_weigh_something():
    ones = np.ones(3)
    for weight, note in ((1.0, ALL_POSITIVE), (0.0, "score carries no ranking")):
        found = average_precision(cells_of(np.array([0.2, 0.2, 0.7]), ones, np.array([1.0, 1.0, weight])))
        assert found.note == note


def test_adjusted_p_values_agree_with_statsmodels():
    generator = np.random.default_rng(5)
    for _ in range(TABLES // 20):
        p = np.round(generator.random(int(generator.integers(1, 30))) ** 3, 3)
        np.testing.assert_allclose(benjamini_hochberg(p), multipletests(p, method="fdr_bh")[1], rtol=ROUNDING)


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
def test_refusals_by_holm_agree_with_statsmodels(confidence):
    generator = np.random.default_rng(5)
    # statsmodels takes 50 ms for one Holm table.
    for _ in range(TABLES // 20):
        p = generator.random(int(generator.integers(1, 30))) ** 3
        ours = holm_refuted([lambda sure, p=one: p < 1.0 - sure for one in p], confidence)
        assert ours == multipletests(p, alpha=1.0 - confidence, method="holm")[0].tolist()


@pytest.mark.parametrize("kernel", [wilson, clopper_pearson])
def test_no_rows_hold_no_event_and_no_share(kernel):
    found = kernel(0, 0)
    assert (found.value, found.low, found.high, found.rows, found.events) == (None, None, None, 0, 0)


@pytest.mark.parametrize("freedom", [4.0, 19.0, 300.0])
def test_an_estimated_variance_is_worth_fewer_rows_by_the_square_of_z_over_t(freedom):
    variance, z_over_t = 0.3 * 0.7 / 80, stats.norm.ppf(0.975) / stats.t.ppf(0.975, freedom)
    # Korn, Graubard (1998): a share of 0.3 whose variance is that of 80 independent rows.
    assert effective_rows(0.3, variance, 500, 20, freedom) == pytest.approx(80 * z_over_t**2, rel=ROUNDING)
    assert effective_rows(0.3, variance, 500, 20, np.inf) == pytest.approx(80, rel=ROUNDING)


def by_the_paper(both, only_first, only_second, neither, level):
    """Newcombe (1998), method 10 for paired rows, with the correlation as the paper corrects it."""
    table = np.array([[both, only_first], [only_second, neither]], float)
    n, first, second = table.sum(), table.sum(axis=1), table.sum(axis=0)
    p1, p2 = first[0] / n, second[0] / n
    (l1, u1), (l2, u2) = (proportion_confint(k[0], n, 1 - level, "wilson") for k in (first, second))
    lean, margins = np.linalg.det(table), first.prod() * second.prod()
    lean = lean - n / 2 if lean > n / 2 else min(lean, 0.0)
    phi = lean / np.sqrt(margins) if margins > 0 else 0.0
    matrix = np.array([[1.0, -phi], [-phi, 1.0]])
    down, up = np.array([p1 - l1, u2 - p2]), np.array([u1 - p1, p2 - l2])
    return p1 - p2 - np.sqrt(down @ matrix @ down), p1 - p2 + np.sqrt(up @ matrix @ up)


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_differences_of_shares_of_the_same_rows_are_newcombes(level):
    generator = np.random.default_rng(9)
    counts = [*generator.integers(0, 40, (60, 4)), (36, 12, 2, 0), (0, 3, 0, 5), (1, 1, 7, 12), (2, 9, 8, 1)]
    for each in counts:
        found = newcombe_paired(*map(int, each), level)
        # Squares of a few digits that cancel.
        assert (found.low, found.high) == pytest.approx(by_the_paper(*each, level), abs=1e-9)
        assert found.value == pytest.approx((each[1] - each[2]) / sum(each), abs=ROUNDING)
        assert (found.rows, found.events) == (sum(each), each[1] + each[2])
    none = newcombe_paired(0, 0, 0, 0, level)
    assert (none.value, none.low, none.rows, none.events, none.tier) == (None, None, 0, 0, "C")


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_differences_of_shares_of_other_rows_are_those_of_statsmodels(level):
    generator = np.random.default_rng(10)
    for n1, n2 in generator.integers(1, 200, (60, 2)).tolist():
        k1, k2 = int(generator.integers(0, n1 + 1)), int(generator.integers(0, n2 + 1))
        found = newcombe_independent((k1, n1), (k2, n2), level)
        expected = confint_proportions_2indep(k1, n1, k2, n2, method="newcomb", alpha=1 - level)
        assert (found.low, found.high) == pytest.approx(expected, abs=ROUNDING)
        assert (found.value, found.rows) == (pytest.approx(k1 / n1 - k2 / n2, abs=ROUNDING), n1 + n2)
    assert newcombe_independent((0, 0), (1, 2)).value is None
    assert newcombe_independent((1, 2), (0, 0)).value is None


@pytest.mark.parametrize(("ours", "theirs"), [(wilson, "wilson"), (clopper_pearson, "beta")])
@pytest.mark.parametrize(("successes", "rows"), [(0, 7), (7, 7), (3, 10), (1, 1)])
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_intervals_of_few_rows_hold_their_level_up_to_none_and_all(ours, theirs, successes, rows, level):
    found, expected = ours(successes, rows, level), proportion_confint(successes, rows, 1 - level, theirs)
    assert (found.low, found.high) == pytest.approx(expected, rel=ROUNDING, abs=1e-15)
    assert found.low == 0.0 or successes > 0
    assert found.high == 1.0 or successes < rows


def test_a_share_counts_the_rarer_of_its_two_sides():
    for successes, rows in ((3, 10), (7, 10)):
        for found in (wilson(successes, rows), clopper_pearson(successes, rows)):
            assert (found.value, found.rows, found.events, found.tier) == (successes / rows, 10, 3, "A")
    assert mcnemar(0, 0) == 1.0
    assert (clopper_pearson_lower(0, 5, 0.9), clopper_pearson_upper(0, 0, 0.9)) == (0.0, 1.0)


@pytest.mark.parametrize(("share", "expected"), [(0.0, 20.0), (1.0, 20.0), (0.5, 25.0)])
def test_at_its_ends_a_share_is_worth_its_units_and_never_more_than_its_rows(share, expected):
    assert effective_rows(share, 0.01, 500, 20, np.inf) == expected
    assert effective_rows(0.5, 0.0, 30, 20, np.inf) == 30.0
    assert effective_rows(0.5, 1e-6, 30, 20, np.inf) == 30.0
    assert effective_rows(share, 0.1, 5, 20, np.inf) <= 5.0


def test_at_its_effective_rows_a_share_has_the_exact_interval_of_as_many():
    found = korn_graubard(0.25, 40.0, 90)
    expected = proportion_confint(10, 40, method="beta")
    assert (found.low, found.high) == pytest.approx(expected, rel=ROUNDING)
    assert (found.value, found.rows, found.events) == (0.25, 90, None)
    for effective, rows in ((0.0, 9), (4.0, 0)):
        assert korn_graubard(0.5, effective, rows).value is None
