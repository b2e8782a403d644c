"""A Gaussian copula: the ranks that are asked for, shapes left as they are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from payoff.spec.correlations import largest_share, latent
from payoff.stats.copula import correlated, deviate, factor, uniform
from payoff.stats.sobol_points import sobol_points

# 2^13 quasi-random points estimate a rank correlation.
RANKS = 2e-3


@pytest.mark.parametrize("rank", [-0.95, -0.5, 0.0, 0.2, 0.7, 0.99])
def test_ranks_correlate_as_asked_by_scipy(rank: float) -> None:
    matrix = np.array([[1.0, latent(rank)], [latent(rank), 1.0]])
    tied = correlated(sobol_points(2, 13), matrix)
    assert stats.spearmanr(tied[:, 0], tied[:, 1]).statistic == pytest.approx(rank, abs=RANKS)


def test_every_margin_stays_uniform() -> None:
    matrix = np.array([[1.0, 0.6, -0.3], [0.6, 1.0, 0.2], [-0.3, 0.2, 1.0]])
    tied = correlated(sobol_points(3, 13), matrix)
    for column in tied.T:
        assert stats.kstest(column, "uniform").statistic < 4e-3  # 8,192 random points reach about 1e-2


def test_a_singular_matrix_ties_perfectly() -> None:
    matrix = np.array([[1.0, -1.0], [-1.0, 1.0]])
    tied = correlated(sobol_points(2, 6), matrix)
    np.testing.assert_allclose(tied.sum(axis=1), 1.0, atol=1e-6)


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 6), st.integers(0, 10_000))
def test_the_factor_is_that_of_cholesky(size: int, seed: int) -> None:
    loadings = np.random.default_rng(seed).normal(size=(size, size + 2))
    matrix = np.corrcoef(loadings) if size > 1 else np.ones((1, 1))
    np.testing.assert_allclose(factor(matrix), np.linalg.cholesky(matrix), atol=1e-8)


def test_the_tables_are_the_normal_curve() -> None:
    at = np.linspace(-8, 8, 9_973)
    np.testing.assert_allclose(uniform(at), stats.norm.cdf(at), atol=5e-8)
    shares = np.linspace(1e-6, 1 - 1e-6, 9_973)
    np.testing.assert_allclose(deviate(shares), stats.norm.ppf(shares), atol=2e-6)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(-0.99, 0.99), min_size=3, max_size=3))
def test_the_largest_share_is_where_the_matrix_becomes_possible(ranks: list[float]) -> None:
    matrix = np.eye(3)
    for (i, j), rank in zip([(0, 1), (0, 2), (1, 2)], ranks, strict=True):
        matrix[i, j] = matrix[j, i] = rank
    share = largest_share(matrix)
    assert 0.0 < share <= 1.0
    assert least(matrix, share) >= -1e-8
    if share < 1.0:
        assert least(matrix, share + 1e-3) < 0.0


def least(ranks: NDArray[np.float64], share: float) -> float:
    """Return the least eigenvalue of the correlations of the normals."""
    matrix = latent(share * ranks)
    np.fill_diagonal(matrix, 1.0)
    return float(np.linalg.eigvalsh(matrix)[0])
