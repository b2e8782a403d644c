"""Many slices at once: adjusted p-values, and estimates shrunk towards their mean.

Holm (1979), Scandinavian Journal of Statistics 6, 65-70. Benjamini, Hochberg (1995), JRSS B 57, 289-300.
https://doi.org/10.1111/j.2517-6161.1995.tb02031.x
DerSimonian, Laird (1986). https://doi.org/10.1016/0197-2456(86)90046-2
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def holm(p_values: ArrayLike) -> Floats:
    """Return p-values adjusted so that the chance of *any* false finding is bounded, whatever the dependence.

    >>> holm([0.01, 0.04, 0.03]).round(12).tolist()
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p_values, np.float64)
    order = np.argsort(p, kind="stable")
    adjusted = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    return _back(np.minimum(adjusted, 1.0), order)


def benjamini_hochberg(p_values: ArrayLike) -> Floats:
    """Return p-values adjusted for the share of false findings; for exploring, under positive dependence.

    >>> benjamini_hochberg([0.01, 0.04, 0.03]).round(12).tolist()
    [0.03, 0.04, 0.04]
    """
    p = np.asarray(p_values, np.float64)
    order = np.argsort(p, kind="stable")
    raised = p[order] * len(p) / np.arange(1, len(p) + 1)
    return _back(np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1.0), order)


def _back(ordered: Floats, order: NDArray[np.intp]) -> Floats:
    found = np.empty_like(ordered)
    found[order] = ordered
    return found


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shrunken:
    """Empirical-Bayes means: (S,) posterior ``mean``; ``centre`` and ``spread`` (tau) of what is true."""

    mean: Floats
    centre: float
    spread: float


def shrink(values: ArrayLike, stderrs: ArrayLike) -> Shrunken:
    """Return estimates drawn to their weighted mean, so that the worst of many is not just the smallest.

    Parameters
    ----------
    values : (S,) independent estimates.
    stderrs : (S,) their standard errors, all positive.

    Raises
    ------
    ValueError
        Where a standard error is not positive.

    >>> shrink([0.0, 2.0], [1.0, 1.0]).mean.tolist()  # Q = 2, tau^2 = (2 - 1) / 1: half way
    [0.5, 1.5]
    """
    y, variance = np.asarray(values, np.float64), np.asarray(stderrs, np.float64) ** 2
    if len(y) == 0 or not np.all(variance > 0.0):
        raise ValueError("shrinking needs estimates, all with a positive standard error")
    weight = 1.0 / variance
    fixed = weight @ y / weight.sum()
    excess = weight @ (y - fixed) ** 2 - (len(y) - 1)
    room = weight.sum() - weight @ weight / weight.sum()
    between = max(0.0, excess / room) if len(y) > 1 else 0.0
    joint = 1.0 / (variance + between)
    centre = float(joint @ y / joint.sum())
    mean = centre + between / (between + variance) * (y - centre)
    return Shrunken(mean=mean, centre=centre, spread=float(np.sqrt(between)))
