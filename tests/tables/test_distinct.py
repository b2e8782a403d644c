"""Laws of numbering the distinct values of a column: the same whether it ascends or not."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from payoff.tables import distinct

COLUMNS = st.lists(st.sampled_from([-1.5, 0.0, 0.25, 0.5, 1.0, 1e300]), max_size=30).map(
    lambda numbers: np.array(numbers, dtype=np.float64)
)


@given(COLUMNS)
def test_every_entry_is_found_again_under_its_number(column: np.ndarray) -> None:
    values, code = distinct(column)
    assert np.array_equal(values[code], column)


@given(COLUMNS)
def test_a_sorted_column_has_the_distinct_numbers_that_numpy_finds(column: np.ndarray) -> None:
    values, code = distinct(np.sort(column))
    expected, places = np.unique(np.sort(column), return_inverse=True)
    assert np.array_equal(values, expected)
    assert np.array_equal(code, places)
