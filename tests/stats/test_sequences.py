"""The confidence sequence: the published boundary, and the confidence as its inverse."""

import math

import pytest

from payoff.stats.sequences import sequence_bounds, sequence_confidence, sequence_deviate

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
