"""Sobol' points: those of SciPy's table, each in the middle of its step."""

import numpy as np
import pytest
from scipy.stats import qmc

from payoff.stats.sobol_points import DIMENSIONS, sobol_points


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("dimension", "doublings"), [(1, 0), (1, 5), (2, 4), (7, 8), (DIMENSIONS, 11)])
def test_points_are_those_of_scipy_half_a_step_further(dimension: int, doublings: int) -> None:
    expected = qmc.Sobol(dimension, scramble=False, bits=30).random_base2(doublings)
    np.testing.assert_array_equal(sobol_points(dimension, doublings), expected + 0.5 / 2**doublings)


def test_every_column_holds_the_middle_of_each_step_once() -> None:
    found = np.sort(sobol_points(20, 6), axis=0)
    middles = (np.arange(64) + 0.5) / 64
    np.testing.assert_allclose(found, np.repeat(middles[:, None], 20, axis=1), atol=1e-15)


@pytest.mark.parametrize(("dimension", "doublings"), [(0, 3), (DIMENSIONS + 1, 3), (2, 30), (2, -1)])
def test_more_than_the_table_holds_is_refused(dimension: int, doublings: int) -> None:
    with pytest.raises(ValueError, match="beyond the table"):
        sobol_points(dimension, doublings)
