"""The delete-a-group jackknife against the error of a mean, and bounds on every scale against scipy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from payoff.stats.jackknife import delete_a_group, jackknife_bounds, scaled_bounds

# Some dozen terms of order one.
ROUNDING = 1e-11
numbers = st.lists(st.floats(-100, 100), min_size=3, max_size=40)


def without_each(rows: np.ndarray) -> np.ndarray:
    return np.array([np.delete(rows, j).mean() for j in range(len(rows))])


@given(drawn=numbers)
def test_of_a_mean_with_a_row_to_a_group_it_is_the_error_of_the_mean(drawn: list[float]) -> None:
    rows = np.array(drawn)
    found = delete_a_group(float(rows.mean()), without_each(rows))
    assert found.value == rows.mean()
    assert found.stderr == pytest.approx(stats.sem(rows), rel=1e-6, abs=1e-9)
    assert found.degrees_of_freedom == len(rows) - 1


@given(drawn=numbers, empty=st.integers(1, 5))
def test_empty_groups_are_not_counted(drawn: list[float], empty: int) -> None:
    without = without_each(np.array(drawn))
    both = np.concatenate([without, np.full(empty, np.nan)])
    assert delete_a_group(1.0, both) == delete_a_group(1.0, without)


@pytest.mark.parametrize("without", [[], [1.0], [1.0, np.nan]])
def test_fewer_than_two_groups_are_refused(without: list[float]) -> None:
    with pytest.raises(ValueError, match="two groups"):
        delete_a_group(1.0, without)


def test_two_groups_are_enough_and_have_one_degree_of_freedom() -> None:
    found = delete_a_group(2.0, [1.0, 3.0])
    assert (found.stderr, found.degrees_of_freedom) == (1.0, 1)
    low, high = jackknife_bounds(found)
    assert (low, high) == pytest.approx((2.0 - stats.t.ppf(0.975, 1), 2.0 + stats.t.ppf(0.975, 1)), rel=1e-9)


SCALES = {
    "plain": (lambda x: x, lambda x: x, lambda _: 1.0),
    "log": (np.log, np.exp, lambda x: 1.0 / x),
    "logit": (special.logit, special.expit, lambda x: 1.0 / (x * (1.0 - x))),
    "fisher_z": (np.arctanh, np.tanh, lambda x: 1.0 / (1.0 - x * x)),
}


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("value", [0.02, 0.4, 0.97])
@pytest.mark.parametrize("stderr", [0.001, 0.2])
def test_bounds_are_made_on_the_scale_by_the_delta_method_and_taken_back(
    scale: str, value: float, stderr: float
) -> None:
    there, back, slope = SCALES[scale]
    half = 1.96 * stderr * slope(value)
    expected = back(there(value) - half), back(there(value) + half)
    assert scaled_bounds(value, stderr, 1.96, scale) == pytest.approx(expected, rel=ROUNDING)


@pytest.mark.parametrize(
    ("scale", "value", "expected"),
    [
        ("plain", 0.0, (-0.2, 0.2)),
        ("log", 0.0, (0.0, 0.2)),
        ("logit", 0.0, (0.0, 0.2)),
        ("logit", 1.0, (0.8, 1.0)),
        ("fisher_z", 1.0, (0.8, 1.0)),
        ("fisher_z", -1.0, (-1.0, -0.8)),
    ],
)
def test_at_an_end_of_the_scale_plain_bounds_are_cut_to_the_range(
    scale: str, value: float, expected: tuple[float, float]
) -> None:
    assert scaled_bounds(value, 0.1, 2.0, scale) == pytest.approx(expected, abs=ROUNDING)


def test_an_error_beyond_all_numbers_gives_bounds_without_overflow() -> None:
    assert scaled_bounds(0.5, 1e6, 2.0, "logit") == pytest.approx((0.0, 1.0), abs=ROUNDING)
    # On the logit scale 750 below a half, beyond what a double's exponential can be.
    assert scaled_bounds(0.5, 93.75, 2.0, "logit") == pytest.approx((0.0, 1.0), abs=ROUNDING)
    low, high = scaled_bounds(1.0, 1e6, 2.0, "log")
    assert 0.0 < low < 1e-300 < 1e300 < high < np.inf
