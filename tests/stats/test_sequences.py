"""The confidence sequence: the published boundary, and the confidence as its inverse."""

import math

import pytest
from scipy import optimize

from payoff.stats.sequences import sequence_bounds, sequence_confidence, sequence_deviate, tightest_at

# Logarithms and roots of numbers up to 1e6 in float64.
ROUNDING = 1e-9


@pytest.mark.parametrize("units", [50, 2_000, 1_000_000])
@pytest.mark.parametrize("rho", [0.01, 0.3])
@pytest.mark.parametrize("tail", [0.01, 0.1])
def test_a_bound_is_the_gap_cleared_with_its_own_confidence(units: int, rho: float, tail: float) -> None:
    away = sequence_deviate(units, rho, tail)
    assert float(sequence_confidence(away, 1.0, units, rho)) == pytest.approx(1 - tail, rel=ROUNDING)
    assert float(sequence_confidence(-away, 1.0, units, rho)) == pytest.approx(tail, rel=1e-7)


@pytest.mark.parametrize("units", [50, 2_000, 1_000_000])
@pytest.mark.parametrize("rho", [0.01, 0.3])
def test_bounds_are_the_boundary_of_the_paper_that_lets_each_side_hold_alone(units: int, rho: float) -> None:
    scale = units * rho**2
    # Waudby-Smith et al. (2024), one-sided: the mixture over rho stays below 1 / a, with 1 + in the logarithm.
    half = 0.5 * math.sqrt(2 * (scale + 1) / scale * math.log(1 + math.sqrt(scale + 1) / 0.05))
    assert sequence_bounds(3.0, 0.5, units, rho, 0.95) == pytest.approx((3 - half, 3 + half), rel=ROUNDING)


@pytest.mark.parametrize("planned", [300, 10_000])
def test_the_sequence_is_about_tightest_at_the_planned_rows(planned: int) -> None:
    def width(rho: float) -> float:
        scale = planned * rho**2
        return math.sqrt(2 * (scale + 1) / scale * math.log(math.sqrt(scale + 1) / 0.05))

    best = optimize.minimize_scalar(width, bounds=(0.1 / planned**0.5, 10 / planned**0.5), method="bounded")
    # The closed form is the first step of a series for the best rho: its width is within a thousandth.
    assert width(tightest_at(planned)) == pytest.approx(best.fun, rel=1e-3)
    # By hand: -2 log 0.05 = 5.991465, and its logarithm with one more 1.944689.
    assert tightest_at(planned) == pytest.approx(math.sqrt((5.9914645 + 1.9446902) / planned), rel=1e-7)


def test_what_never_varies_is_certain_but_at_the_hurdle() -> None:
    assert sequence_confidence([1e-9, 0.0, -1e-9], 0.0, 100, 0.1).tolist() == [1.0, 0.5, 0.0]


def test_near_the_hurdle_a_sequence_says_nothing_on_either_side() -> None:
    # Within the half width at an error of one half.
    away = 0.9 * sequence_deviate(100, 0.1, 0.5)
    assert sequence_confidence([-away, 0.0, away], 1.0, 100, 0.1).tolist() == [0.5, 0.5, 0.5]
    assert sequence_confidence([1.0, 3.0], 0.001, 100, 0.1).tolist() == [1.0, 1.0]
