"""Present value and payback, against fractions, against flows added one by one, and against published rules."""

from fractions import Fraction
from math import ceil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from payoff.stats.finance import annuity, net_present_value, payback

RATES = st.fractions(0, Fraction(99, 100), max_denominator=1000)


@given(RATES, st.integers(0, 40))
def test_an_annuity_is_the_sum_of_its_flows_in_whole_numbers(rate: Fraction, years: int) -> None:
    exact = sum((1 / (1 + rate) ** year for year in range(1, years + 1)), start=Fraction(0))
    assert annuity(float(rate), years) == pytest.approx(float(exact), rel=1e-13)


@given(RATES, st.integers(0, 30), st.sampled_from([0.25, 0.5, 11 / 12]))
def test_a_part_of_a_year_pays_its_part_at_its_end(rate: Fraction, years: int, part: float) -> None:
    expected = annuity(float(rate), years) + part / (1.0 + float(rate)) ** (years + part)
    assert annuity(float(rate), years + part) == pytest.approx(expected, rel=1e-12)


def test_a_rate_near_zero_loses_no_digits() -> None:
    # 1 - (1 + r)^-n cancels to five digits here; to first order n - r n (n + 1) / 2.
    assert annuity(1e-12, 10) == pytest.approx(10 - 55e-12, rel=1e-15)


@given(
    st.floats(-1e6, 1e6),
    st.floats(0, 1e6),
    st.floats(0, 0.9),
    st.integers(1, 20),
)
def test_net_present_value_is_what_numpy_financial_defines(
    yearly: float, once: float, rate: float, years: int
) -> None:
    """numpy-financial: npv(rate, values) = sum(values / (1 + rate) ** arange(len(values)))."""
    flows = np.array([-once] + [yearly] * years)
    reference = float((flows / (1.0 + rate) ** np.arange(len(flows))).sum())
    assert net_present_value(yearly, once, rate, years) == pytest.approx(
        reference, rel=1e-11, abs=1e-9 * (abs(yearly) * years + once + 1)
    )


def test_a_published_annuity_table() -> None:
    # Any table of annuity factors: 5 years at 10% 3.7908, 10 years at 6% 7.3601.
    assert round(annuity(0.10, 5), 4) == 3.7908
    assert round(annuity(0.06, 10), 4) == 7.3601


@given(st.integers(1, 5000), st.integers(1, 20_000))
def test_payback_is_the_day_on_which_the_sum_is_reached(yearly: int, once: int) -> None:
    steps, sum_, daily = 0, Fraction(0), Fraction(yearly, 100)
    found = payback(float(yearly), float(once))
    assert found is not None
    while sum_ < once and steps < 3000:
        steps, sum_ = steps + 1, sum_ + daily
    if sum_ >= once:
        assert ceil(round(found * 100, 9)) == steps


def test_the_least_stream_pays_back_in_the_end() -> None:
    assert payback(0.005, 1.0) == 200.0


def test_what_never_pays_back_has_no_payback() -> None:
    assert payback(0.0, 1.0) is None
    assert payback(-5.0, 1.0) is None
    assert payback(None, 1.0) is None
    assert payback(-5.0, 0.0) == 0.0
