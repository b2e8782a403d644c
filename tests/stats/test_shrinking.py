"""Empirical-Bayes means against the random-effects summary of statsmodels."""

import numpy as np
import pytest
from statsmodels.stats.meta_analysis import combine_effects

from payoff.stats.multiplicity import shrink

# Some dozen terms of order one.
ROUNDING = 1e-10


def test_centre_and_spread_are_those_of_dersimonian_and_laird() -> None:
    generator = np.random.default_rng(1)
    spreads = []
    for _ in range(200):
        count = int(generator.integers(2, 30))
        stderrs = generator.uniform(0.2, 2.0, count)
        values = generator.normal(1.0, generator.choice([0.0, 0.5, 3.0]), count) + stderrs * generator.normal(
            0, 1, count
        )
        with np.errstate(invalid="ignore"):  # theirs takes the root of a variance below zero before it looks
            theirs = combine_effects(values, stderrs**2, method_re="dl")
        found = shrink(values, stderrs)
        between = max(theirs.tau2, 0.0)
        spreads.append(between)
        weight = 1.0 / (stderrs**2 + between)
        centre = np.average(values, weights=weight)
        assert found.spread**2 == pytest.approx(between, abs=ROUNDING)
        assert found.centre == pytest.approx(centre, abs=ROUNDING)
        expected = (values / stderrs**2 * between + centre) / (between / stderrs**2 + 1.0)
        np.testing.assert_allclose(found.mean, expected, atol=ROUNDING)
    assert 0.0 in spreads
    assert max(spreads) > 1.0
