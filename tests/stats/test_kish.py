"""Kish's effective number: that of exact arithmetic, whole where exact arithmetic has it whole, whatever the scale."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from payoff.stats.estimates import Interval
from payoff.stats.kish import counted, kish
from payoff.stats.rare_outcomes import few_of_the_rarer, is_seldom_wrong
from payoff.stats.tiers import tail_ratio, widening

SCALES = st.floats(1e-6, 1e6)


def number_of(weights):
    return float(kish(weights.sum(), weights @ weights))


@given(st.integers(1, 2000), SCALES)
@example(30, 0.2)
@example(30, 1 / 3)
@example(10, 0.13 / 10)
def test_rows_of_equal_weight_are_worth_their_number_exactly(rows, scale):
    assert number_of(np.full(rows, scale)) == rows


@given(st.lists(st.integers(1, 50), min_size=1, max_size=60), SCALES)
@example([2] * 30 + [1] * 300, 0.1)
def test_unequal_weights_are_worth_what_fractions_say_and_the_same_side_of_every_limit(weights, scale):
    exact = Fraction(sum(weights)) ** 2 / sum(one**2 for one in weights)
    found = number_of(np.array(weights) * scale)
    # A sum of 60 doubles is off by 60 ulps at most.
    assert found == pytest.approx(float(exact), rel=1e-13)
    for limit in range(1, 61):
        assert (found >= limit) == (exact >= limit)
    assert round(found) == round(exact)


def test_what_weighs_nothing_is_worth_nothing_and_numbers_apart_stay_apart():
    assert kish([0.0, 3.0], [0.0, 9.0]).tolist() == [0.0, 1.0]
    assert counted([29.9999, 30.0001, 0.3]).tolist() == [29.9999, 30.0001, 0.3]


def test_ten_rows_are_told_as_ten_and_three_as_three_whatever_they_weigh():
    area = Interval(
        value=0.9, low=0.8, high=1.0, level=0.95, rows=99, events=7, method="delong_logit", tier="A"
    )
    of = [number_of(np.full(rows, 0.13 / rows)) for rows in (10, 3)]
    assert few_of_the_rarer(area, (of[0], 92.0)) == area
    assert few_of_the_rarer(area, (of[1], 92.0)).note == "3 rows of the rarer outcome, 10 are needed"


@pytest.mark.parametrize("area", [0.9, 0.1, 0.8, 0.95])
def test_twenty_rows_out_of_place_are_twenty_on_both_sides(area):
    rows = round(20 / min(area, 1 - area))
    assert not is_seldom_wrong(area, (float(rows), 5000.0))
    assert is_seldom_wrong(area, (rows - 1.0, 5000.0))


@given(SCALES)
def test_a_tail_exactly_at_its_limit_asks_for_the_same_at_every_scale(scale):
    # 45 of 225 gain: r = (1 - 2 p) / sqrt(n p (1 - p)) = 0.6 / 6, the limit itself.
    x = np.repeat([scale, 0.0], [45, 180])
    off = x - x.mean()
    assert widening(tail_ratio((off**3).mean() / (off**2).mean() ** 1.5, 225)) == 1
