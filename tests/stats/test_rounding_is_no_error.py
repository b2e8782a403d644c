"""Rows that do not differ show no error, whatever the last digit of their sums says, at any scale of weights."""

import math
from dataclasses import replace

import numpy as np
import pytest
from tests.stats.score_tables import cells_of

from payoff.stats.calibration import calibration_in_the_large
from payoff.stats.decomposition import discrimination, uncertainty
from payoff.stats.jackknife import delete_a_group
from payoff.stats.paired_scores import PairCells, loss_difference, loss_sums
from payoff.stats.probability_scores import brier_score, log_loss
from payoff.stats.resolved import spread_left
from payoff.stats.targeting import capture_rate, lift

# Rows of each outcome, and the share of positives that is declared.
SHARES = [(100, 100, 0.2), (400, 400, 0.2), (13, 40, 0.17), (77, 211, 0.17), (317, 211, 0.37), (60, 60, 0.1)]
SCALES = [1.0, 1 / 3, 1e-9, 7e8]


def declared(positives, negatives, share, scale, score=(0.3, 0.8)):
    """Return rows of two scores that part the outcomes, weighted to a declared share of positives."""
    y = np.repeat([1.0, 0.0], [positives, negatives])
    w = scale * np.where(y == 1.0, share / positives, (1.0 - share) / negatives)
    return replace(cells_of(np.where(y == 1.0, score[1], score[0]), y, w), stratified=True)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize(("positives", "negatives", "share"), SHARES)
@pytest.mark.parametrize(
    "number", [lift, capture_rate, discrimination, log_loss, brier_score, calibration_in_the_large]
)
def test_rows_of_an_outcome_that_are_all_alike_have_no_interval_at_a_declared_prevalence(
    number, positives, negatives, share, scale
):
    # The top tenth holds positives alone: whichever they are, the share caught is a tenth of the whole over theirs.
    found = number(declared(positives, negatives, share, scale))
    if number in (lift, capture_rate) and share == 0.1:
        assert (found.value * (1.0 if number is capture_rate else share), found.tier) == (1.0, "A")
        assert found.note.endswith("all of the positives: exact bounds, as of a share of them")
        return
    assert (found.low, found.high, found.tier) == (None, None, "C")
    assert found.note.startswith("no interval: ")


@pytest.mark.parametrize("scale", SCALES)
def test_a_single_row_that_differs_among_a_hundred_thousand_is_an_error(scale):
    n = 100_000
    score, y = np.full(n, 0.3), np.repeat([1.0, 0.0], n // 2)
    score[-1] = 0.31
    found = brier_score(cells_of(score, y, np.full(n, scale)))
    other = math.sqrt(((score - y) ** 2).var(ddof=1) / n)
    assert found.stderr == pytest.approx(other, rel=1e-9)
    x = np.zeros(n)
    x[0] = 1.0
    assert spread_left(np.full(n, scale), x - x.mean(), x) == pytest.approx(scale * (1 - 1 / n), rel=1e-9)


@pytest.mark.parametrize("scale", SCALES)
def test_two_scores_whose_losses_differ_alike_in_all_rows_show_no_error(scale):
    w = scale * np.array([0.1, 0.7, 0.3])
    # Of outcomes of 0 at scores of 0.4 and 0.6 in turn: all lose 0.16 and 0.36.
    pairs = PairCells(
        first=np.array([0.4, 0.6, 0.4]),
        second=np.array([0.6, 0.4, 0.6]),
        positive=np.array([0.0, w[1], 0.0]),
        negative=np.array([w[0], 0.0, w[2]]),
        positive_squared=np.array([0.0, w[1] ** 2, 0.0]),
        negative_squared=np.array([w[0] ** 2, 0.0, w[2] ** 2]),
        positives=1,
        negatives=2,
    )
    found = loss_difference(loss_sums(pairs, "brier_score"))
    assert found.value == pytest.approx(-0.2)
    assert (found.low, found.tier, found.note) == (None, "C", "no interval: the rows show no error")


def test_groups_that_agree_but_for_rounding_show_no_error():
    assert delete_a_group(0.3, [0.3, 0.1 + 0.2, 0.3]).stderr == 0.0
    assert delete_a_group(0.3, [0.3, 0.3 + 1e-8]).stderr == pytest.approx(1e-8 / 2, rel=1e-6)


@pytest.mark.parametrize("scale", SCALES)
def test_the_uncertainty_of_rows_half_of_which_are_positive_has_no_first_order(scale):
    # Its derivative 1 - 2 o is 0; three rows of a third and ten of a tenth add up to 1 but for rounding.
    w = scale * np.concatenate([np.full(3, 1 / 3), np.full(10, 0.1)])
    y = np.repeat([1.0, 0.0], [3, 10])
    found = uncertainty(cells_of(np.linspace(0.1, 0.9, 13), y, w))
    assert (found.low, found.tier) == (None, "C")
