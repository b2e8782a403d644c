"""A Gaussian copula: variables of any shape, tied together by their rank correlations.

Valid for ties that are alike over the whole range; ties that hold in the extremes alone need another copula.
Nelsen (2006), An Introduction to Copulas, doi:10.1007/0-387-28678-0.
"""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from payoff.stats.distributions import normal_cdf

Floats = NDArray[np.float64]

# Probabilities are read off a table of the normal curve; linear between its nodes they err by 3e-8 at most.
_REACH, _NODES = 8.5, 20_001
# Of a variance of 1: below it a variable is the others', to rounding.
_NOTHING = 1e-12


def factor(matrix: Floats) -> Floats:
    """Return lower triangular L with L L' = ``matrix``, which may be singular (Cholesky)."""
    size = len(matrix)
    lower = np.zeros((size, size))
    for j in range(size):
        rest = matrix[j, j] - lower[j, :j] @ lower[j, :j]
        if rest > _NOTHING:
            lower[j, j] = math.sqrt(rest)
            lower[j + 1 :, j] = (matrix[j + 1 :, j] - lower[j + 1 :, :j] @ lower[j, :j]) / lower[j, j]
    return lower


def correlated(uniforms: Floats, matrix: Floats) -> Floats:
    """Return points of the unit cube whose normals have the correlations of ``matrix``, each column still uniform.

    Parameters
    ----------
    uniforms : (D, J) independent points.
    matrix : (J, J) correlations of the normals, as from ``payoff.spec.correlations.latent``.

    >>> tied = correlated(np.array([[0.2, 0.9], [0.7, 0.5]]), np.array([[1.0, 1.0], [1.0, 1.0]]))
    >>> tied.round(4).tolist()
    [[0.2, 0.2], [0.7, 0.7]]
    """
    return uniform(deviate(uniforms) @ factor(matrix).T)


def uniform(deviates: Floats) -> Floats:
    """Return P(Z <= z), to 3e-8, fast for many."""
    nodes, shares = _table()
    return np.asarray(np.interp(deviates, nodes, shares))


def deviate(uniforms: Floats) -> Floats:
    """Return the normal quantiles of points of the unit interval, to 1e-6, fast for many."""
    nodes, shares = _table()
    return np.asarray(np.interp(uniforms, shares, nodes))


@lru_cache(maxsize=1)
def _table() -> tuple[Floats, Floats]:
    nodes = np.linspace(-_REACH, _REACH, _NODES)
    return nodes, normal_cdf(nodes)
