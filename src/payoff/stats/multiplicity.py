"""Many slices at once: refusals and p-values for all of them together, and estimates shrunk towards their mean.

Holm (1979), Scandinavian Journal of Statistics 6, 65-70. Benjamini, Hochberg (1995), JRSS B 57, 289-300.
https://doi.org/10.1111/j.2517-6161.1995.tb02031.x
DerSimonian, Laird (1986). https://doi.org/10.1016/0197-2456(86)90046-2
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def holm_refuted(is_beyond: Sequence[Callable[[float], bool]], confidence: float) -> list[bool]:
    """Return which of several claims are refuted, so that the chance of *any* wrong refusal is bounded.

    Holm's steps down, whatever the dependence, by bounds in place of p-values: of m claims not yet refuted all are
    whose bound at 1 - (1 - confidence) / m contradicts them, then m is those left, until none is.

    Parameters
    ----------
    is_beyond : for each claim, whether its one-sided bound at a confidence contradicts it.
    confidence : of all refusals together.

    >>> tests = [lambda sure, p=p: p < 1.0 - sure for p in (0.01, 0.04, 0.03)]
    >>> holm_refuted(tests, 0.95)  # 0.01 < 0.05 / 3, and 0.03 > 0.05 / 2
    [True, False, False]
    """
    left, refuted = list(range(len(is_beyond))), [False] * len(is_beyond)
    while left:
        sure = confidence if len(left) == 1 else 1.0 - (1.0 - confidence) / len(left)
        beyond = [j for j in left if is_beyond[j](sure)]
        if not beyond:
            break
        for j in beyond:
            refuted[j] = True
        left = [j for j in left if not refuted[j]]
    return refuted


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
