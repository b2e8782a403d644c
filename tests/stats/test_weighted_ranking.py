"""DeLong's variance with weights, against the same sums taken row by row over all pairs."""

import numpy as np
import pytest
from numpy.typing import NDArray

from payoff.stats.ranking import ScoreCells, delong, roc_auc

TABLES = 1_000
# Cells and rows add the same numbers in another order.
ORDER = 1e-12

Floats = NDArray[np.float64]


def cells(score: Floats, positive: NDArray[np.bool_], weight: Floats) -> ScoreCells:
    at, code = np.unique(score, return_inverse=True)

    def by_score(column: Floats) -> Floats:
        return np.bincount(code, column, len(at)).astype(np.float64)

    return ScoreCells(
        score=at,
        positive=by_score(weight * positive),
        negative=by_score(weight * ~positive),
        positive_squared=by_score(weight**2 * positive),
        negative_squared=by_score(weight**2 * ~positive),
        positives=int(positive.sum()),
        negatives=int((~positive).sum()),
    )


def by_pairs(score: Floats, positive: NDArray[np.bool_], weight: Floats) -> tuple[float, float]:
    """Placements of every row by comparing all pairs, then the linearised variance of two weighted means."""
    up, down = score[positive][:, None], score[~positive][None, :]
    wins = (up > down) + 0.5 * (up == down)
    ours, theirs = weight[positive], weight[~positive]
    above, below = wins @ theirs / theirs.sum(), ours @ wins / ours.sum()
    area = float(ours @ above / ours.sum())
    variance = 0.0
    for place, w in ((above, ours), (below, theirs)):
        variance += float((w**2 * (place - area) ** 2).sum() / w.sum() ** 2 * len(w) / (len(w) - 1))
    return area, variance


def test_the_weighted_variance_is_that_of_all_pairs_on_a_thousand_tied_tables() -> None:
    generator = np.random.default_rng(20261124)
    for _ in range(TABLES):
        n = int(generator.integers(6, 80))
        positive = generator.random(n) < generator.choice([0.05, 0.3, 0.9])
        positive[:2], positive[2:4] = True, False
        score = np.round(generator.normal(positive * 1.0, 1.0), 1)
        weight = generator.choice([0.5, 1.0, 3.0], n)
        area, variance = delong(cells(score, positive, weight))
        expected = by_pairs(score, positive, weight)
        assert area == pytest.approx(expected[0], abs=ORDER)
        assert variance == pytest.approx(expected[1], abs=ORDER)


def test_neither_the_order_of_rows_nor_the_scale_of_weights_changes_them() -> None:
    generator = np.random.default_rng(7)
    positive = generator.random(60) < 0.4
    score, weight = np.round(generator.normal(positive * 1.0, 1.0), 1), generator.uniform(0.2, 4.0, 60)
    order = generator.permutation(60)
    first = delong(cells(score, positive, weight))
    assert delong(cells(score[order], positive[order], weight[order] * 7.0)) == pytest.approx(
        first, abs=ORDER
    )


def test_a_perfectly_reversed_score_has_the_mirrored_interval_of_a_perfect_one() -> None:
    positive, weight = np.arange(50) < 20, np.ones(50)
    perfect = roc_auc(cells(positive * 1.0, positive, weight))
    reversed_ = roc_auc(cells(positive * -1.0, positive, weight))
    assert (perfect.value, perfect.high, reversed_.value, reversed_.low) == (1.0, 1.0, 0.0, 0.0)
    assert perfect.low == pytest.approx(0.025 ** (1 / 20), abs=ORDER)  # by hand: 20 of 20
    assert reversed_.high == pytest.approx(1.0 - perfect.low, abs=ORDER)


def test_a_perfect_score_is_one_whatever_its_weights_and_has_room_below_it() -> None:
    generator = np.random.default_rng(8)
    for _ in range(200):
        positive = np.arange(40) < int(generator.integers(2, 39))
        found = roc_auc(cells(positive + generator.random(40) / 2, positive, generator.exponential(size=40)))
        assert (found.value, found.high, found.method) == (1.0, 1.0, "clopper_pearson")
        assert found.low < 0.9
