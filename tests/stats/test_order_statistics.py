"""Quantile intervals: ranks against the exact binomial, coverage by adding up every case."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from payoff.stats.order_statistics import below, lower_rank, quantile_rank, upper_rank

SHARES = st.sampled_from([0.01, 0.1, 0.5, 0.9, 0.95, 0.99, 0.999])
CONFIDENCES = st.sampled_from([0.5, 0.9, 0.95, 0.975, 0.999])


def exact_below(count: int, rows: int, share: Fraction) -> Fraction:
    """Return the binomial distribution in whole numbers."""
    return sum(
        (comb(rows, k) * share**k * (1 - share) ** (rows - k) for k in range(count + 1)), start=Fraction(0)
    )


@given(st.integers(1, 60), SHARES, st.integers(-1, 60))
def test_the_binomial_is_that_of_whole_numbers(rows: int, share: float, count: int) -> None:
    exact = exact_below(min(count, rows), rows, Fraction(share))
    # The quadrature behind it keeps twelve digits.
    assert below(count, rows, share) == pytest.approx(float(exact), rel=1e-11, abs=1e-300)


@given(st.integers(1, 400), SHARES, CONFIDENCES)
def test_ranks_are_the_tightest_that_hold(rows: int, share: float, confidence: float) -> None:
    """By brute force over all ranks, with scipy's binomial."""
    slack = 1e-11
    lower = [j for j in range(1, rows + 1) if binom.cdf(j - 1, rows, share) <= 1 - confidence + slack]
    upper = [j for j in range(1, rows + 1) if binom.cdf(j - 1, rows, share) >= confidence - slack]
    assert lower_rank(rows, share, confidence) == (max(lower) if lower else None)
    assert upper_rank(rows, share, confidence) == (min(upper) if upper else None)


@pytest.mark.parametrize("rows", [10_000, 10_000_000])
def test_many_rows_agree_with_scipy(rows: int) -> None:
    for share in (0.5, 0.95, 0.999):
        assert lower_rank(rows, share, 0.975) == int(binom.ppf(0.025, rows, share))
        assert upper_rank(rows, share, 0.975) == int(binom.ppf(0.975, rows, share)) + 1


@given(st.integers(1, 300), SHARES)
def test_the_point_is_the_smallest_value_that_holds_the_share(rows: int, share: float) -> None:
    rank = quantile_rank(rows, share)
    assert rank >= share * rows - 1e-6
    assert rank == 1 or rank - 1 < share * rows


@pytest.mark.parametrize(("rows", "share"), [(2, 0.995), (50, 0.5)])
def test_a_rank_holds_at_the_very_confidence_that_it_has(rows: int, share: float) -> None:
    """Far out too, where the normal curve that the search starts from lies above the rank that is sought."""
    held = [below(rank - 1, rows, share) for rank in range(1, rows + 1)]
    for confidence in held:
        tightest = 1 + next(place for place, one in enumerate(held) if one >= confidence)
        assert upper_rank(rows, share, confidence) == tightest
