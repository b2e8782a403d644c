"""How far ranking metrics can be off on a grid: never further than the printed bound, whatever the cells hide."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

from payoff.stats.ranking import (
    ScoreCells,
    Within,
    auc_grid_bound,
    average_precision,
    average_precision_grid_bound,
    roc_auc,
)

Floats = NDArray[np.float64]

# The bound and the two numbers are sums of some dozen doubles below one.
ROUNDING = 1e-12
STRETCH = 10

# Row: score in tenths of a stretch, whether it stands apart as a round score would, outcome, weight.
rows = st.lists(
    st.tuples(
        st.integers(0, 5 * STRETCH - 1), st.booleans(), st.booleans(), st.sampled_from([0.25, 1.0, 7.0])
    ),
    min_size=2,
    max_size=40,
)


def gridded(score: Floats, apart: Floats, positive: Floats, weight: Floats) -> ScoreCells:
    """Return rows by stretch of ten scores, those that stand apart in a cell of their own, by a loop over cells."""
    stretch = score // STRETCH
    keys = sorted(
        {(a, b) for a, b in zip(stretch, apart, strict=True)},
        key=lambda key: (
            (key[0], np.average(score[here], weights=weight[here]))
            if (here := (stretch == key[0]) & (apart == key[1])).any()
            else key
        ),
    )
    masks = [(stretch == a) & (apart == b) for a, b in keys]
    overlap = 0.0
    for one, other in itertools.pairwise(masks):
        if score[other].min() < score[one].max():
            overlap += float((weight * positive)[one].sum() * (weight * ~positive)[other].sum())
            overlap += float((weight * positive)[other].sum() * (weight * ~positive)[one].sum())
    sums = {
        name: np.array([column[mask].sum() for mask in masks])
        for name, column in {
            "positive": weight * positive,
            "negative": weight * ~positive,
            "positive_squared": weight**2 * positive,
            "negative_squared": weight**2 * ~positive,
        }.items()
    }
    mean = np.array([np.average(score[mask], weights=weight[mask]) for mask in masks])
    none = np.zeros(len(masks))
    within = Within(
        positive_mean=mean,
        negative_mean=mean,
        positive_variance=none,
        negative_variance=none,
        low=np.array([score[mask].min() for mask in masks]),
        high=np.array([score[mask].max() for mask in masks]),
        overlap=overlap,
    )
    return ScoreCells(
        score=mean, positives=int(positive.sum()), negatives=int((~positive).sum()), within=within, **sums
    )


def arrays(drawn: list[tuple[int, bool, bool, float]]) -> tuple[Floats, Floats, Floats, Floats]:
    score, apart, positive, weight = (np.array(column) for column in zip(*drawn, strict=True))
    # Scores that stand apart are tied, as round scores of one stretch are.
    middle = score // STRETCH * STRETCH + STRETCH // 2
    score = np.where(apart, middle, np.where(score == middle, score + 1, score))
    positive[0], positive[1] = True, False
    return score.astype(float), apart, positive, weight


@given(rows)
def test_the_area_under_the_curve_is_within_its_bound(drawn: list[tuple[int, bool, bool, float]]) -> None:
    score, apart, positive, weight = arrays(drawn)
    cells = gridded(score, apart, positive, weight)
    found = roc_auc(cells).value
    if found is not None:
        exact = roc_auc_score(positive, score, sample_weight=weight)
        assert abs(found - exact) <= auc_grid_bound(cells) + ROUNDING


@given(rows)
def test_average_precision_is_within_its_bound(drawn: list[tuple[int, bool, bool, float]]) -> None:
    score, apart, positive, weight = arrays(drawn)
    cells = gridded(score, apart, positive, weight)
    found = average_precision(cells).value
    if found is not None:
        exact = average_precision_score(positive, score, sample_weight=weight)
        assert abs(found - exact) <= average_precision_grid_bound(cells) + ROUNDING


@pytest.mark.parametrize(
    ("beside", "exact", "shown"),
    [([1.0, 9.5], 8 / 9, 8 / 10), ([1.0, 2.0, 3.0, 9.5], 8 / 9, 1.0)],
    ids=["the grid puts them all above", "the grid puts them all below"],
)
def test_tied_positives_among_negatives_of_their_stretch_may_come_before_or_after_them(
    beside: list[float], exact: float, shown: float
) -> None:
    score = np.array([5.0] * 8 + beside)
    positive = np.array([True] * 8 + [False] * len(beside))
    cells = gridded(score, positive, positive, np.ones(len(score)))
    found = [average_precision_score(positive, score), average_precision(cells).value]
    assert found == pytest.approx([exact, shown])
    assert average_precision_grid_bound(cells) >= abs(exact - shown) - ROUNDING


def test_rows_of_two_stretches_that_overlap_may_change_places_although_the_first_lies_apart() -> None:
    # The first cell lies apart; the positive of the second may be above the negative of the third.
    one, none = np.array([1.0, 1.0, 0.0]), np.array([1.0, 0.0, 1.0])
    within = Within(
        low=np.array([0.0, 2.0, 3.0]),
        high=np.array([1.0, 4.0, 5.0]),
        overlap=1.0,
        positive_mean=np.array([0.5, 3.9, 4.0]),
        negative_mean=np.array([0.5, 3.0, 3.1]),
        positive_variance=np.zeros(3),
        negative_variance=np.zeros(3),
    )
    cells = ScoreCells(
        score=np.array([0.5, 3.0, 4.0]),
        positive=one,
        negative=none,
        positive_squared=one,
        negative_squared=none,
        positives=2,
        negatives=2,
        within=within,
    )
    shown = average_precision(cells).value
    exact = average_precision_score([1, 0, 1, 0], [0.1, 0.9, 3.9, 3.1])
    assert shown is not None
    assert exact - shown == pytest.approx(0.25)
    assert average_precision_grid_bound(cells) >= exact - shown - ROUNDING


def test_a_negative_above_many_positives_of_its_cell_costs_more_than_one_below_saves() -> None:
    score, positive = np.arange(9.0), np.array([True] * 8 + [False])
    cells = gridded(score, np.zeros(9, dtype=np.bool_), positive, np.ones(9))
    exact = np.mean([hits / (hits + 1) for hits in range(1, 9)])
    assert average_precision_score(positive, score) == pytest.approx(exact)
    assert average_precision_grid_bound(cells) >= 8 / 9 - exact


@given(rows)
def test_cells_of_one_score_each_are_exact_and_say_so(drawn: list[tuple[int, bool, bool, float]]) -> None:
    score, apart, positive, weight = arrays(drawn)
    cells = gridded(score * STRETCH, apart, positive, weight)
    assert auc_grid_bound(cells) == 0.0
    assert average_precision_grid_bound(cells) == 0.0
