"""The hurdle frontier: counted rows, limits, and laws."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from payoff.stats.frontier import (
    Stakes,
    break_even_precision,
    most,
    precision_needed,
    recall_needed,
    value,
    without_ranking,
)

# Sums and quotients of a handful of doubles.
ROUNDING = 1e-9

money = st.floats(0.01, 1e4)
shares = st.floats(0.01, 0.99)
counts = st.integers(1, 400)


def test_positives_on_which_nothing_is_earned_take_no_room() -> None:
    assert float(most(Stakes.of(0.25, 0.0, 4.0, capacity=0.5))) == 2.0


@given(counts, counts, money, money, st.data())
def test_a_point_of_the_frontier_is_worth_the_hurdle_when_rows_are_counted(p, n, gain, loss, data) -> None:
    hits, alarms = data.draw(st.integers(1, p)), data.draw(st.integers(0, n))
    rows = [gain] * hits + [0.0] * (p - hits) + [-loss] * alarms + [0.0] * (n - alarms)
    stakes, required = Stakes.of(p / (p + n), gain, -loss), sum(rows) / len(rows)
    precision = precision_needed(stakes, required, hits / p)
    assert precision == pytest.approx(hits / (hits + alarms), rel=ROUNDING)
    recall = recall_needed(stakes, required, alarms / n)
    # A hurdle below zero at many false alarms is met without any hit; there the line has left the square.
    assert recall == pytest.approx(hits / p, rel=1e-6, abs=1e-9)
    assert value(stakes, hits / p, alarms / n) == pytest.approx(required, rel=ROUNDING, abs=ROUNDING * gain)


@given(shares, money, money, shares, st.floats(-1.0, 1.2))
def test_every_point_found_is_worth_the_hurdle_or_has_all_the_false_alarms_there_are(
    f, a, b, r, part
) -> None:
    stakes = Stakes.of(f, a, -b)
    required = part * f * a
    precision = float(precision_needed(stakes, required, r))
    if np.isnan(precision):
        assert f * r * a < required
        return
    alarms = f * r * (1 - precision) / precision
    worth = f * r * a - alarms * b
    assert worth >= required - 1e-9 * (a + b)
    assert worth == pytest.approx(required, abs=1e-9 * (a + b)) or alarms == pytest.approx(1 - f, rel=1e-9)


@given(shares, money, money, shares, st.floats(0.001, 2.0))
def test_it_is_unreachable_even_at_precision_1_just_where_all_hits_are_worth_less(f, a, b, r, part) -> None:
    required = part * f * a
    assume(abs(r - part) > 1e-6)
    unreachable = np.isnan(precision_needed(Stakes.of(f, a, -b), required, r))
    assert unreachable == (r * f * a < required)


@given(shares, money, money, st.floats(0, 1), st.floats(0, 1))
def test_a_higher_hurdle_never_needs_less(f, a, b, one, other) -> None:
    low, high = sorted((one * f * a, other * f * a))
    stakes, grid = Stakes.of(f, a, -b), np.linspace(0.05, 1, 20)
    for need in (precision_needed, recall_needed):
        less, more = need(stakes, low, grid), need(stakes, high, grid)
        assert (np.isnan(more) | (more >= less - 1e-12)).all()
        assert (np.isnan(more) | ~np.isnan(less)).all()


@given(shares, money, money, st.floats(-0.5, 1), st.floats(0.01, 100))
def test_scaling_money_and_hurdle_together_changes_nothing(f, a, b, part, by) -> None:
    required, grid = part * f * a, np.linspace(0.05, 1, 20)
    plain, scaled = Stakes.of(f, a, -b), Stakes.of(f, by * a, -by * b)
    assume(abs(np.asarray(grid * f * a - required)).min() > 1e-6 * a)
    assert precision_needed(scaled, by * required, grid) == pytest.approx(
        precision_needed(plain, required, grid), rel=1e-6, nan_ok=True
    )
    assert float(break_even_precision(scaled)) == pytest.approx(float(break_even_precision(plain)))


@given(shares, money, money)
def test_acting_on_all_and_on_none_are_the_ends_of_the_plane(f, a, b) -> None:
    stakes = Stakes.of(f, a, -b)
    everybody = f * a - (1 - f) * b
    assert float(value(stakes, 1, 1)) == pytest.approx(everybody, abs=1e-9 * (a + b))
    assert float(value(stakes, 0, 0)) == 0.0
    assert float(without_ranking(stakes)) == pytest.approx(max(everybody, 0.0), abs=1e-9 * (a + b))
    assert float(most(stakes)) == pytest.approx(f * a)
    # What everybody is worth needs, at recall 1, no more than the precision of acting on everybody.
    assert float(precision_needed(stakes, everybody, 1.0)) == pytest.approx(f, rel=1e-6)


@given(shares, money, money, st.floats(0, 0.99))
def test_the_line_of_roc_space_has_the_slope_of_provost_and_fawcett(f, a, b, part) -> None:
    stakes, required = Stakes.of(f, a, -b), part * f * a
    slope = (1 - f) * b / (f * a)
    at = min(1.0, 0.5 * (1 - part) / slope)
    low, high = recall_needed(stakes, required, 0.0), recall_needed(stakes, required, at)
    assert float(high - low) == pytest.approx(slope * at, rel=1e-6, abs=1e-9)


@given(shares, money, money, st.floats(0.01, 0.9), shares)
def test_a_capacity_of_all_rows_is_none_and_of_no_row_reaches_nothing(f, a, b, part, r) -> None:
    required = part * f * a
    free, all_rows = (precision_needed(Stakes.of(f, a, -b, *cap), required, r) for cap in ((), (1.0,)))
    assert float(free) == pytest.approx(float(all_rows), nan_ok=True)
    assert np.isnan(precision_needed(Stakes.of(f, a, -b, 0.0), required, r))
    assert float(most(Stakes.of(f, a, -b, 0.0))) == 0.0


@given(counts, counts, money, money, st.data())
def test_with_a_capacity_the_most_is_that_of_the_best_choice_of_so_many_rows(p, n, gain, loss, data) -> None:
    room = data.draw(st.integers(0, p + n))
    best = max(gain * h - loss * k for h in range(min(p, room) + 1) for k in (0,) if h + k <= room)
    found = most(Stakes.of(p / (p + n), gain, -loss, room / (p + n)))
    assert float(found) * (p + n) == pytest.approx(best, rel=1e-9, abs=1e-9)


@given(st.integers(1, 12), st.integers(1, 12), money, money, st.data())
def test_where_negatives_pay_too_the_most_fills_the_room_with_positives_first(p, n, gain, less, data) -> None:
    room, on_negative = data.draw(st.integers(0, p + n)), min(gain, less)
    pairs = [(h, k) for h in range(p + 1) for k in range(n + 1) if h + k <= room]
    best = max(gain * h + on_negative * k for h, k in pairs)
    found = most(Stakes.of(p / (p + n), gain, on_negative, room / (p + n)))
    assert float(found) * (p + n) == pytest.approx(best, rel=1e-9, abs=1e-9)


@given(shares, money, money, st.floats(0.05, 1), st.floats(0.05, 1), st.floats(0.0, 0.9))
def test_no_point_acts_on_more_rows_than_there_is_room_for(f, a, b, room, r, part) -> None:
    precision = precision_needed(Stakes.of(f, a, -b, room), part * f * a, r)
    if not np.isnan(precision):
        assert f * r / float(precision) <= room + 1e-9


def test_where_false_alarms_cost_nothing_any_precision_does() -> None:
    for on_negative in (0.0, 0.5):
        found = precision_needed(Stakes.of(0.2, 5.0, on_negative), 0.5, 0.5)
        assert float(found) == pytest.approx(0.1 / 0.9)
    assert np.isnan(precision_needed(Stakes.of(0.2, 5.0, 0.5), 0.91, 0.5))
