"""The best of several candidates: levels that hold for all at once, against closed forms and by simulated errors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from payoff.stats.best_of import levels_of_each
from payoff.stats.contrast import Contrast
from payoff.stats.inference import Evidence, intervals

# A quantile of 4,000 draws, at the tail that it is asked for.
DRAWN = 0.004
RULES, ROWS = 5, 600


def covariance_of(seed: int, rules: int, rows: int = 40) -> np.ndarray:
    psi = np.random.default_rng(seed).normal(size=(rows, rules)) * np.arange(1, rules + 1)
    return np.asarray(psi.T @ psi)


def error(level: float) -> float:
    return (1.0 - level) / 2.0


@pytest.mark.parametrize("rules", [2, 5, 12])
def test_independent_candidates_reach_sidak(rules: int) -> None:
    found = error(levels_of_each(np.eye(rules), 0, 0.9).joint)
    assert found == pytest.approx(1.0 - 0.95 ** (1.0 / rules), abs=DRAWN)


def test_two_candidates_that_are_nearly_one_stand_nearly_at_the_level_of_one() -> None:
    found = levels_of_each(np.array([[1.0, 0.999], [0.999, 1.0]]), 0, 0.9)
    assert 0.05 * 0.5 + 3 * DRAWN < error(found.joint) <= 0.05


@given(
    st.integers(0, 2**32 - 1), st.integers(1, 7), st.integers(0, 4), st.sampled_from([0.6, 0.9, 0.95, 0.999])
)
def test_no_candidate_stands_below_the_level_of_one_nor_above_bonferronis(
    seed: int, rules: int, apart: int, level: float
) -> None:
    found = levels_of_each(covariance_of(seed, rules), apart, level)
    least = error(level) / (rules + apart)
    assert least * (1 - 1e-9) <= error(found.joint) <= error(level) * rules / (rules + apart) * (1 + 1e-9)
    assert error(found.apart) == pytest.approx(least)


@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.data())
def test_a_copy_of_a_candidate_changes_nothing(seed: int, rules: int, data: st.DataObject) -> None:
    covariance = covariance_of(seed, rules)
    which = data.draw(st.permutations([*range(rules), data.draw(st.integers(0, rules - 1))]))
    copied = covariance[np.ix_(which, which)]
    # The root of the correlations is computed in another order: no more than rounding.
    assert levels_of_each(copied, 1, 0.95).joint == pytest.approx(
        levels_of_each(covariance, 1, 0.95).joint, rel=1e-9
    )


@given(st.integers(0, 2**32 - 1), st.permutations(range(6)), st.floats(1e-3, 1e3))
def test_neither_the_order_of_candidates_nor_the_currency_matters(
    seed: int, order: list[int], factor: float
) -> None:
    covariance = covariance_of(seed, 6)
    moved = covariance[np.ix_(order, order)] * factor**2
    assert levels_of_each(moved, 0, 0.95).joint == pytest.approx(
        levels_of_each(covariance, 0, 0.95).joint, rel=1e-9
    )


@given(st.integers(0, 2**32 - 1))
def test_one_candidate_alone_stands_at_the_level_asked(seed: int) -> None:
    assert levels_of_each(covariance_of(seed, 1), 0, 0.93).joint == 0.93
    assert levels_of_each(np.zeros((0, 0)), 1, 0.93).apart == 0.93


def evidence_of(values: np.ndarray) -> Evidence:
    """Return the evidence of one gain, from (n,) what each row adds."""
    return Evidence(
        contrast=Contrast(
            units=len(values),
            rows=len(values),
            mean=np.array([[values.mean()]]),
            covariance=np.array([[[values.var(ddof=1)]]]),
            skewness=np.array([stats.skew(values)]),
            deciding_events=np.array([np.count_nonzero(values)]),
            degrees_of_freedom=len(values) - 1.0,
        )
    )


def clears(generator: np.random.Generator, level: float) -> tuple[bool, bool]:
    """Return whether the best of five without skill clears nothing, by their band and by their own intervals."""
    amount = generator.lognormal(0.0, 0.7, ROWS) * generator.choice([-1.0, 1.0], ROWS)
    # Half of what each decides it decides like the others.
    common, own = generator.random(ROWS), generator.random((RULES, ROWS))
    acts = np.where(generator.random((RULES, ROWS)) < 0.5, common, own) < 0.5
    values = amount * acts
    psi = values - values.mean(axis=1, keepdims=True)
    wide = levels_of_each(psi @ psi.T, 0, level).joint
    several = [evidence_of(one) for one in values]
    best = [
        max(one.low or -1.0 for one in intervals(several, np.ones(1), each, [None] * RULES))
        for each in (wide, level)
    ]
    return best[0] > 0.0, best[1] > 0.0


@pytest.mark.parametrize("level", [0.95, 0.6])
def test_the_best_of_five_without_skill_clears_falsely_as_often_as_one_would(level: float) -> None:
    generator, draws = np.random.default_rng(20_261_126), 800
    found = np.mean([clears(generator, level) for _ in range(draws)], axis=0)
    nominal = error(level)
    # Four Monte Carlo errors on either side; by their own intervals some three times too often.
    reach = 4.0 * np.sqrt(nominal * (1.0 - nominal) / draws)
    assert nominal - reach <= found[0] <= nominal + reach
    assert found[1] > 1.6 * nominal
