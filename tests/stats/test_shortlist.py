"""The shortlist: what is left out can hardly have been picked, and what is picked keeps its promise."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payoff.stats.band import (
    band_confidence,
    bounds_of_picked,
    critical_of_picked,
    critical_value,
    multiplier_maxima_from_covariance,
    simultaneous_band,
)
from payoff.stats.contrast import Contrast, Shortlist
from payoff.stats.shortlist import SLIP, may_be_picked

ONE = np.array([1.0])
UNITS = 10_000
# Draws of the maxima, and a bound found by them read back as a confidence.
DRAWN = 500
READ_BACK = 2e-3


def contrast_of(mean: np.ndarray, covariance: np.ndarray, maxima: np.ndarray | None = None) -> Contrast:
    """Return rules whose means have that covariance."""
    rules = len(mean)
    return Contrast(
        units=UNITS,
        rows=UNITS,
        mean=mean[:, None],
        covariance=UNITS * np.diagonal(covariance)[:, None, None],
        skewness=np.zeros(rules),
        deciding_events=np.full(rules, 200),
        degrees_of_freedom=UNITS - 1.0,
        maxima=maxima,
    )


def nested(rules: int = 12) -> np.ndarray:
    """Return the covariance of sums over ever fewer of the rows."""
    shares = np.linspace(1.0, 0.05, rules)
    return np.minimum.outer(shares, shares)


def short(contrast: Contrast, covariance: np.ndarray) -> tuple[Contrast, int, np.ndarray]:
    band = simultaneous_band(contrast, ONE, np.ones(contrast.rules, int))
    kept = may_be_picked(contrast, covariance, ONE, band.low)
    maxima = multiplier_maxima_from_covariance(covariance[np.ix_(kept, kept)], seed=1, draws=DRAWN)
    return replace(contrast, shortlist=Shortlist(kept=kept, maxima=maxima)), band.deployed, kept


@given(st.integers(0, 2**32 - 1), st.floats(0.0, 30.0))
@settings(max_examples=60, deadline=None)
def test_the_picked_cut_is_on_the_list_and_so_is_whatever_ties_with_it(seed: int, steep: float) -> None:
    generator = np.random.default_rng(seed)
    mean = steep * generator.random(12)
    mean[5] = mean.max()
    maxima = multiplier_maxima_from_covariance(nested(), seed=1, draws=DRAWN)
    contrast, deployed, kept = short(contrast_of(mean, nested(), maxima), nested())
    assert kept[deployed]
    alike = may_be_picked(contrast, nested(), ONE, np.full(12, 3.0))
    assert alike.all()


def test_only_correlations_count_and_a_cut_far_below_its_rivals_is_left_out() -> None:
    covariance = np.array([[1.0, 0.9, 0.0], [0.9, 1.0, 0.0], [0.0, 0.0, 1.0]])
    contrast, low = contrast_of(np.array([20.0, 16.0, 9.0]), covariance), np.array([18.0, 14.0, 7.0])
    # Bonferroni over 6 pairs at 0.001: 3.59 standard errors, twice. Differences have errors of 0.447 and 1.414.
    assert may_be_picked(contrast, covariance, ONE, low).tolist() == [True, False, False]
    assert may_be_picked(contrast, covariance, ONE, low + np.array([0.0, 0.9, 1.0])).tolist() == [
        True,
        True,
        True,
    ]
    assert may_be_picked(contrast, 49.0 * covariance, ONE, low).tolist() == [True, False, False]


def test_the_list_holds_every_cut_that_could_have_been_picked() -> None:
    """Of 4,000 draws all but SLIP: the picks of other draws of the same truth are on the list of each."""
    generator = np.random.default_rng(3)
    covariance, truth = nested(), -20.0 * np.linspace(-1.0, 1.0, 12) ** 2
    root = np.linalg.cholesky(covariance + 1e-12 * np.eye(12))
    drawn = truth + generator.standard_normal((4_000, 12)) @ root.T
    margin = 2.0 * np.sqrt(np.diagonal(covariance))
    lists = np.array(
        [may_be_picked(contrast_of(one, covariance), covariance, ONE, one - margin) for one in drawn]
    )
    could = np.unique(np.argmax(drawn - margin, axis=1))
    assert 1 < len(could) < 12
    assert (~lists[:, could].all(axis=1)).mean() <= SLIP
    assert lists.mean() < 0.9


@pytest.mark.parametrize("slope", [0.0, 2.0, 20.0])
def test_the_picked_cut_is_falsely_cleared_no_more_often_than_promised(slope: float) -> None:
    generator = np.random.default_rng(5)
    covariance = nested()
    truth = -slope * np.abs(np.linspace(-1.0, 1.0, 12))
    root = np.linalg.cholesky(covariance + 1e-12 * np.eye(12))
    maxima = multiplier_maxima_from_covariance(covariance, seed=1, draws=DRAWN)
    draws, wrong, wrong_by_band = 1_500, 0, 0
    for one in truth + generator.standard_normal((draws, 12)) @ root.T:
        contrast, deployed, _ = short(contrast_of(one, covariance, maxima), covariance)
        low, _ = bounds_of_picked(contrast, ONE, 1, 0.90, deployed)
        wrong += low > truth[deployed]
        whole = bounds_of_picked(replace(contrast, shortlist=None), ONE, 1, 0.90, deployed)
        wrong_by_band += whole[0] > truth[deployed]
    # Nominal 5%: four standard errors of 1,500 draws are 2.3 points.
    assert wrong / draws <= 0.05 + 0.023
    # Where all may be picked the error pays for the slip alone; where few may, it pays for fewer.
    assert slope > 0.0 or wrong <= wrong_by_band
    assert slope < 20.0 or wrong >= wrong_by_band


@pytest.mark.parametrize("factor", [1, 2, 5, 10])
@pytest.mark.parametrize("level", [0.6, 0.9, 0.95, 0.99, 0.9999])
def test_bound_and_confidence_of_the_picked_cut_are_one_method(factor: int, level: float) -> None:
    maxima = multiplier_maxima_from_covariance(nested(), seed=1, draws=4 * DRAWN)
    mean = 8.0 - 20.0 * np.abs(np.linspace(-1.0, 1.0, 12))
    contrast, deployed, kept = short(contrast_of(mean, nested(), maxima), nested())
    assert 1 < kept.sum() < 12
    widening = np.full(12, factor)
    low, high = bounds_of_picked(contrast, ONE, factor, level, deployed)
    asked = (1.0 + level) / 2.0
    sure = [band_confidence(contrast, ONE, low + away, widening, deployed)[0] for away in (-1e-6, 1e-6)]
    assert sure[0] >= asked - 1e-9
    # Just beyond the bound it is cleared no more: at SLIP the error jumps to twice of it.
    assert sure[1] <= max(asked, 1.0 - factor * SLIP) + READ_BACK
    assert low < mean[deployed] < high


@pytest.mark.parametrize("unit", [1e-9, 1e9])
def test_the_unit_that_the_covariance_is_in_does_not_matter(unit: float) -> None:
    covariance = nested()
    contrast = contrast_of(np.linspace(0.0, 2.0, 12), 1e-2 * covariance)
    kept = [
        may_be_picked(contrast, scale * covariance, ONE, contrast.mean[:, 0] - 0.5) for scale in (1.0, unit)
    ]
    assert kept[0].tolist() == kept[1].tolist()
    # Were these rules independent, one more would be kept.
    assert kept[0].sum() == may_be_picked(contrast, np.eye(12), ONE, contrast.mean[:, 0] - 0.5).sum() - 1


def test_a_shortlist_makes_the_bound_tighter_but_never_where_hardly_any_error_is_allowed() -> None:
    maxima = multiplier_maxima_from_covariance(nested(), seed=1, draws=4 * DRAWN)
    mean = 8.0 - 20.0 * np.abs(np.linspace(-1.0, 1.0, 12))
    contrast, _, _ = short(contrast_of(mean, nested(), maxima), nested())
    for tail in (0.2, 0.05, 0.025):
        assert critical_of_picked(contrast, tail) < critical_value(maxima, 12, tail) - 0.1
    for tail in (SLIP / 2, SLIP):
        assert critical_of_picked(contrast, tail) == critical_value(maxima, 12, tail)
    bare = replace(contrast, shortlist=None)
    assert critical_of_picked(bare, 0.05) == critical_value(maxima, 12, 0.05)
