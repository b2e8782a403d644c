"""Every estimator beside an independent implementation, on random data sets with ties, weights and rare outcomes."""

import pytest
from tests.stats.oracles import ORACLES, SLOWER, largest_differences

# Sums of some hundred terms, and fits that both sides iterate until a step no longer moves them.
AGREEMENT = 1e-10
SETS = 40


@pytest.mark.parametrize("name", ORACLES)
def test_estimators_are_those_of_an_independent_implementation(name: str) -> None:
    found = largest_differences(ORACLES[name], seed=1, sets=SETS)
    assert found
    for estimator, (count, worst) in found.items():
        assert count >= SETS // 4 // (SLOWER if ORACLES[name].slow else 1), estimator
        assert worst <= AGREEMENT, estimator


def test_there_are_ten_implementations_and_more() -> None:
    assert len({oracle.by for oracle in ORACLES.values()}) >= 10
