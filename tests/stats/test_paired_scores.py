"""Differences of two scores on the same rows: pairs of rows, scikit-learn, plain sums over rows, and coverage."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, sem, skew, t
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score
from statsmodels.stats.weightstats import DescrStatsW
from tests.stats.score_tables import cells_of, probabilities

from payoff.stats.means import hall_bounds
from payoff.stats.paired_scores import (
    PairCells,
    loss_difference,
    loss_sums,
    roc_auc_difference,
)
from payoff.stats.ranking import delong, delong_paired

TABLES = 1_000
# Sums of at most some hundred terms of order one.
ROUNDING = 1e-11
DRAWS = 1_000
# Four standard errors of a share of 0.95 over as many draws, plus 0.01 for the normal approximation.
COVERAGE_ERROR = 4 * (0.95 * 0.05 / DRAWS) ** 0.5 + 0.01


def pairs_of(first, second, y, w=None):
    w = np.ones(len(y)) if w is None else w
    keys, at = np.unique(np.stack([first, second], axis=1), axis=0, return_inverse=True)
    sums = [np.bincount(at, part, len(keys)) for part in (w * y, w * (1 - y), w**2 * y, w**2 * (1 - y))]
    return PairCells(
        first=keys[:, 0],
        second=keys[:, 1],
        positive=sums[0],
        negative=sums[1],
        positive_squared=sums[2],
        negative_squared=sums[3],
        positives=int(y.sum()),
        negatives=int((1 - y).sum()),
    )


def two_scores(seed, count):
    generator = np.random.default_rng(seed)
    for score, y, w in probabilities(seed, count, least=12, most=120):
        mixed = generator.choice([0.0, 0.5, 0.95]) * score + generator.random(len(y)) * 0.05
        yield score, np.clip(np.round(mixed, int(generator.integers(1, 4))), 0.01, 0.99), y, w


def test_without_weights_it_is_the_paired_delong_of_the_rows():
    for first, second, y, _ in two_scores(1, TABLES):
        found = roc_auc_difference(pairs_of(first, second, y))
        gap, variance = delong_paired(first, second, y == 1)
        assert found.value == pytest.approx(gap, abs=ROUNDING)
        if found.stderr is not None:
            assert found.stderr**2 == pytest.approx(variance, rel=1e-9, abs=1e-15)


def test_with_weights_it_is_that_of_all_pairs_of_rows():
    for first, second, y, w in two_scores(2, TABLES):
        up, down, ours, theirs = y == 1, y == 0, w[y == 1], w[y == 0]
        kernel = sum(
            sign * ((s[up][:, None] > s[down]) + 0.5 * (s[up][:, None] == s[down]))
            for sign, s in ((1, first), (-1, second))
        )
        of_up, of_down = kernel @ theirs / theirs.sum(), ours @ kernel / ours.sum()
        gap = ours @ of_up / ours.sum()
        variance = sum(
            (one**2 * (part - gap) ** 2).sum() / one.sum() ** 2 * len(one) / (len(one) - 1)
            for one, part in ((ours, of_up), (theirs, of_down))
        )
        found = roc_auc_difference(pairs_of(first, second, y, w))
        assert found.value == pytest.approx(gap, abs=ROUNDING)
        expected = roc_auc_score(y, first, sample_weight=w) - roc_auc_score(y, second, sample_weight=w)
        assert found.value == pytest.approx(expected, abs=ROUNDING)
        if found.stderr is not None:
            assert found.stderr**2 == pytest.approx(variance, rel=1e-9, abs=1e-15)


def test_against_a_constant_score_it_is_the_auc_less_one_half_with_the_auc_s_own_error():
    for first, _, y, w in two_scores(3, 100):
        found = roc_auc_difference(pairs_of(first, np.full(len(y), 0.5), y, w))
        area, variance = delong(cells_of(first, y, w))
        assert found.value == pytest.approx(area - 0.5, abs=ROUNDING)
        if found.stderr is not None:
            assert found.stderr == pytest.approx(variance**0.5, rel=1e-9)


def test_losses_and_their_errors_are_those_of_the_rows():
    for first, second, y, w in two_scores(4, TABLES // 2):
        for name, theirs, row in (
            (
                "brier_score",
                lambda s, y=y, w=w: brier_score_loss(y, s, sample_weight=w),
                lambda s, y=y: (y - s) ** 2,
            ),
            (
                "log_loss",
                lambda s, y=y, w=w: log_loss(y, s, sample_weight=w),
                lambda s, y=y: -np.log(np.where(y == 1, s, 1 - s)),
            ),
        ):
            found = loss_difference(loss_sums(pairs_of(first, second, y, w), name))
            assert found.value == pytest.approx(theirs(first) - theirs(second), abs=ROUNDING)
            gap, n = row(first) - row(second), len(y)
            if found.stderr is None:
                continue
            error = np.sqrt((w**2 * (gap - found.value) ** 2).sum() * n / (n - 1)) / w.sum()
            assert found.stderr == pytest.approx(error, rel=1e-9, abs=1e-15)
            plain = loss_difference(loss_sums(pairs_of(first, second, y), name))
            if plain.stderr is not None:
                assert plain.stderr == pytest.approx(DescrStatsW(gap).std_mean, rel=1e-9)


def test_intervals_cover_the_true_differences_as_promised():
    generator = np.random.default_rng(5)
    true_auc = norm.cdf(1.2 / 2**0.5) - norm.cdf(0.9 / 2**0.5)
    y, held = np.repeat([1.0, 0.0], [100, 200]), np.zeros(2)
    for _ in range(DRAWS):
        shared = generator.normal(size=300)
        scores = [lift * y + 0.8 * shared + 0.6 * generator.normal(size=300) for lift in (1.2, 0.9)]
        found = roc_auc_difference(pairs_of(*scores, y))
        held[0] += found.low <= true_auc <= found.high
        rate = generator.random(300)
        seen = (generator.random(300) < rate).astype(float)
        off = np.clip(rate + generator.normal(0, 0.2, 300), 0, 1)
        gap = loss_difference(loss_sums(pairs_of(rate, off, seen), "brier_score"))
        held[1] += gap.low <= -TRUE_LOSS <= gap.high
    assert held / DRAWS == pytest.approx([0.95, 0.95], abs=COVERAGE_ERROR)


# By a million draws: the mean squared distance of a rate and its noisy, clipped reading is what its Brier score loses.
_RATE = np.random.default_rng(6).random(1_000_000)
TRUE_LOSS = float(
    np.mean((np.clip(_RATE + np.random.default_rng(7).normal(0, 0.2, 1_000_000), 0, 1) - _RATE) ** 2)
)


@given(
    st.lists(
        st.tuples(st.integers(1, 9), st.integers(1, 9), st.booleans(), st.sampled_from([0.5, 1.0, 4.0])),
        min_size=4,
        max_size=30,
    ),
    st.randoms(use_true_random=False),
)
def test_swapping_scores_turns_the_sign_and_neither_order_nor_rising_maps_change_it(drawn, shuffler):
    rows = [*drawn, (3, 4, True, 1.0), (5, 2, False, 1.0)]
    first, second, y, w = (np.array(column, float) for column in zip(*rows, strict=True))
    first, second = first / 10, second / 10
    once = roc_auc_difference(pairs_of(first, second, y, w))
    swapped = roc_auc_difference(pairs_of(second, first, y, w))
    order = list(range(len(y)))
    shuffler.shuffle(order)
    mapped = roc_auc_difference(pairs_of(np.exp(first[order]), second[order] ** 3, y[order], 8 * w[order]))
    for other, sign in ((swapped, -1), (mapped, 1)):
        assert other.value == pytest.approx(sign * once.value, abs=ROUNDING)
        assert (other.stderr or 0.0) == pytest.approx(once.stderr or 0.0, abs=1e-8)
    for name in ("brier_score", "log_loss"):
        loss = loss_difference(loss_sums(pairs_of(first, second, y, w), name))
        back = loss_difference(loss_sums(pairs_of(second, first, y, w), name))
        assert back.value == pytest.approx(-loss.value, abs=ROUNDING)
        if loss.low is not None:
            assert (back.low, back.high) == pytest.approx((-loss.high, -loss.low), abs=1e-8)


def test_a_score_does_not_differ_from_itself_and_one_outcome_has_no_auc():
    first, _, y, w = next(two_scores(8, 1))
    same = pairs_of(first, first, y, w)
    assert (roc_auc_difference(same).value, roc_auc_difference(same).low) == (0.0, None)
    assert loss_difference(loss_sums(same, "log_loss")).note.startswith("no interval: both scores")
    alone = pairs_of(first, first, np.zeros(len(y)))
    assert (roc_auc_difference(alone).value, roc_auc_difference(alone).note) == (
        None,
        "undefined: 0 positives",
    )
    nothing = pairs_of(*np.zeros((3, 0)))
    assert loss_difference(loss_sums(nothing, "brier_score")).value is None


def test_a_row_called_impossible_takes_the_trust_away():
    y = np.tile([0.0, 1.0], 50)
    found = loss_difference(loss_sums(pairs_of(np.zeros(100), np.full(100, 0.5), y), "log_loss"))
    assert (found.tier, found.note.split(" ")[0]) == ("C", "50")


def test_the_difference_of_losses_has_hall_s_interval_with_the_skewness_of_the_rows():
    held = 0
    for first, second, y, _ in two_scores(31, 50):
        gap = (y - first) ** 2 - (y - second) ** 2
        found, n = loss_difference(loss_sums(pairs_of(first, second, y), "brier_score")), len(y)
        if found.tier != "A" or sem(gap) < 1e-9:
            continue
        held += 1
        reach = t.ppf(0.975, n - 1)
        expected = hall_bounds(gap.mean(), sem(gap), skew(gap), n, (-reach, reach))
        assert (found.low, found.high) == pytest.approx((float(expected[0]), float(expected[1])), rel=1e-7)
    assert held > 10


@pytest.mark.parametrize("impossible", [0, 1, 2])
def test_it_counts_the_rows_that_were_called_impossible_and_happened(impossible):
    y = np.repeat([1.0, 0.0], 20)
    first, second = np.full(40, 0.5), np.full(40, 0.4)
    first[:impossible] = 0.0
    sums = loss_sums(pairs_of(first, second, y), "log_loss")
    assert sums.clipped == impossible
    assert (loss_difference(sums).tier == "C") == (impossible > 0 or loss_difference(sums).low is None)


def test_two_rows_are_enough_for_an_interval_and_one_is_not():
    score = np.array([0.2, 0.6])
    pairs = pairs_of(score, np.array([0.3, 0.3]), np.array([1.0, 0.0]))
    assert loss_difference(loss_sums(pairs, "brier_score")).stderr > 0.0
    alone = loss_sums(pairs_of(score[:1], np.array([0.3]), np.ones(1)), "brier_score")
    assert loss_difference(alone).low is None


def test_with_weights_hall_s_interval_is_that_of_the_rows_that_they_are_worth():
    generator, n = np.random.default_rng(32), 400
    first, second, w = generator.random(n), generator.random(n), generator.choice([0.5, 1.0, 4.0], n)
    y = (generator.random(n) < first**2).astype(float)
    gap = (y - first) ** 2 - (y - second) ** 2
    mean, worth = np.average(gap, weights=w), w.sum() ** 2 / (w**2).sum()
    moved = w * (gap - mean)
    error = np.sqrt((moved**2).sum() * n / (n - 1)) / w.sum()
    lean = (moved**3).sum() / (moved**2).sum() ** 1.5 * worth**0.5
    reach = t.ppf(0.975, worth - 1)
    found = loss_difference(loss_sums(pairs_of(first, second, y, w), "brier_score"))
    assert (found.tier, found.note) == ("A", None)
    expected = hall_bounds(mean, error, lean, worth, (-reach, reach))
    assert (found.low, found.high) == pytest.approx((float(expected[0]), float(expected[1])), rel=1e-9)


def test_one_row_that_makes_all_of_the_difference_is_too_heavy_a_tail():
    first, second, y = np.full(100, 0.5), np.full(100, 0.5), np.tile([1.0, 0.0], 50)
    first[0] = 0.1
    found = loss_difference(loss_sums(pairs_of(first, second, y), "brier_score"))
    assert (found.tier, found.note) == ("C", "the tail is too heavy for the interval")
