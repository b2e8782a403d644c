"""Sums of centred contributions of rows, and how those of each outcome become those of all rows at given shares.

Where the share pi_c of every outcome is a given number, a mean over all rows is the stratified one, and only the means
within outcomes are in doubt:

    V = sum over c of pi_c^2 s_c^2 / n_c,   third cumulants alike,   degrees of freedom V^2 / sum of V_c^2 / (n_c - 1).

It does not matter whether rows were sampled by outcome (stratification) or only weighted to it afterwards
(post-stratification): given how many rows of each outcome there are, the two are one.

A part of the rows, such as a slice, has no given shares of its own. Its mean is a ratio R of two stratified means, and
a row of outcome c adds w (x - R) in the part and 0 outside it, about the mean over *all* n_c rows of its outcome. With
h the share of these that lie in the part and m their mean there, that mean is w h (m - R).

Cochran (1977), Sampling Techniques, chapters 5 and 5A. Wiley.
Satterthwaite (1946). https://doi.org/10.2307/3002019
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Centred:
    """Linearised influence of all units under T rules, or in T parts: the first axis of each.

    Means, second moments about them and the third at likely; ``scale`` is the weight, ``freedom`` the degrees of it.
    ``square`` is the second moment at likely that skewness is told by, where ``second`` holds factors for degrees of
    freedom that differ by outcome; None where it holds none.
    """

    units: Integers
    mean: Floats
    second: Floats
    third: Floats
    scale: Floats
    freedom: Floats
    square: Floats | None = None


def within_outcomes(each: Sequence[Centred], likely: Floats, whole: Integers | None = None) -> Centred:
    """Return the influence of all rows from that of the rows of each outcome, whose shares are given.

    Parameters
    ----------
    each : of the rows of one outcome, about their own mean; they weigh the same.
    likely : (A*K,) coefficients at the likely assumptions.
    whole : rows of each outcome in all parts, where T are parts of the rows; None where T are rules over all rows.

    >>> def of(n: int, mean: float, second: float) -> Centred:
    ...     rows, weight = np.array([n]), np.array([float(n)])
    ...     return Centred(rows, np.array([[mean]]), np.array([[[second]]]), np.zeros(1), weight, weight - 1.0)
    >>> found = within_outcomes([of(3, 1.0, 2.0), of(2, 5.0, 8.0)], np.ones(1))
    >>> float(found.mean[0, 0]), float(found.square[0])  # 13 of 5 rows; 4 apart, which is in no doubt
    (2.6, 10.0)
    """
    units = np.sum([one.units for one in each], axis=0)
    scale = np.sum([one.scale for one in each], axis=0)
    means = [np.where(one.scale[:, None] > 0.0, one.mean, 0.0) for one in each]
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = sum(one.scale[:, None] * own for one, own in zip(each, means, strict=True)) / scale[:, None]
    second, square, third = np.zeros_like(each[0].second), np.zeros(len(units)), np.zeros(len(units))
    variances = []
    for place, (one, own) in enumerate(zip(each, means, strict=True)):
        held = one.units > 0
        rows = one.units if whole is None else np.full(len(units), whole[place])
        spread = np.where(held[:, None, None], one.second, 0.0)
        cubed = np.where(held, one.third, 0.0)
        if whole is not None:
            spread, cubed = _about_whole(
                one, own - np.where(held[:, None], mean, 0.0), spread, cubed, likely, rows
            )
        lean = (spread @ likely) @ likely
        second, square, third = second + spread * _rising(rows, units, held), square + lean, third + cubed
        variances.append((lean, np.maximum(one.units - 1.0, 1.0)))
    return Centred(units, np.asarray(mean), second, third, scale, _satterthwaite(variances, units), square)


def _about_whole(
    one: Centred, apart: Floats, spread: Floats, cubed: Floats, likely: Floats, rows: Integers
) -> tuple[Floats, Floats]:
    """Return second and third moments in parts about the means over all rows of the outcome.

    Parameters
    ----------
    apart : (T, A*K) mean of the outcome in the part, less that of the part.
    spread, cubed : the moments about the mean of the outcome in the part.
    rows : (T,) of the outcome in all parts.
    """
    n = one.units.astype(np.float64)
    weight = np.divide(one.scale, n, out=np.zeros(len(n)), where=n > 0)
    share = np.divide(n, rows, out=np.zeros(len(n)), where=rows > 0)
    between = apart[:, :, None] * apart[:, None, :]
    lean, off = (spread @ likely) @ likely, apart @ likely
    moved = (1.0 - share) * off
    cubed = cubed + 3.0 * weight * lean * moved + weight**3 * (n * moved**3 - (rows - n) * (share * off) ** 3)
    return spread + between * (weight**2 * n * (1.0 - share))[:, None, None], cubed


def _rising(rows: Integers, units: Integers, held: NDArray[np.bool_]) -> Floats:
    """Return (T, 1, 1) n_c / (n_c - 1) over the n / (n - 1) of all units; NaN where one row tells no variance."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found = rows / (rows - 1.0) * (units - 1.0) / units
    return np.where(held, np.where(rows > 1, found, np.nan), 0.0)[:, None, None]


def _satterthwaite(variances: Sequence[tuple[Floats, Floats]], units: Integers) -> Floats:
    """Return (T,) the degrees of freedom of a sum of variances."""
    total = np.sum([one for one, _ in variances], axis=0)
    below = np.sum([one**2 / freedom for one, freedom in variances], axis=0)
    plain = units - float(len(variances))
    return np.where(
        below > 0.0, np.divide(total**2, below, out=np.ones(len(total)), where=below > 0.0), plain
    )
