"""What the rows say about the difference of two policies: one record of sufficient statistics."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shortlist:
    """The rules that may have been picked as the best (``payoff.stats.shortlist``).

    Attributes
    ----------
    kept : (T,) which of the contrast's rules they are.
    maxima : (B,) as the contrast's, over them alone.
    """

    kept: NDArray[np.bool_]
    maxima: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Contrast:
    """Per-unit contributions to a difference between two policies, for T rules at once.

    T is 1 for a fixed rule and the number of candidate cuts for a tuned one. A unit is a row, or a
    cluster where rows are clustered. A contribution is sum_k coefficient_k * part_k, its mean per row
    R = sum(w x) / sum(w). With coefficients ``c`` the mean is ``mean @ c`` and its variance
    ``c @ covariance @ c / units``.

    Attributes
    ----------
    units : independent units n: rows, or clusters.
    rows : rows behind them.
    mean : (T, K) weighted mean per row of every part's contribution.
    covariance : (T, K, K) covariance over units of the mean's linearised influence, already with n/(n-1).
        The influence of a row is w_i (x_i - R) n / sum(w); that of a cluster is the sum over its rows.
    skewness : (T,) sample skewness of the influence per unit at the likely assumptions.
    deciding_events : (T,) units on which the policies differ and whose contribution is not zero, in the
        rarer class of outcome.
    degrees_of_freedom : units - 1, or the Kish-effective number of clusters - 1 where that is smaller.
    clustered : whether units are clusters.
    periods : periods behind the units, where these are periods or blocks of them; None where they are not.
    maxima : (B,) sorted draws of the maximum over the candidates of the studentised multiplier process
        (``payoff.stats.band.multiplier_maxima``). Gaussian multipliers are symmetric, so one array serves
        both sides. None for a rule fixed before.
    shortlist : rules that may have been picked; None where all may.
    adverse : (T,) clusters that hold a row which loses under the rule, where values are constant given outcome: it
        stands for the deciding events then (``payoff.stats.tiers``). None elsewhere.
    """

    units: int
    rows: int
    mean: Floats
    covariance: Floats
    skewness: Floats
    deciding_events: Counts
    degrees_of_freedom: float
    clustered: bool = False
    maxima: Floats | None = None
    periods: int | None = None
    shortlist: Shortlist | None = None
    adverse: Counts | None = None

    @property
    def rules(self) -> int:
        """Return T, the number of rules."""
        return len(self.mean)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moments:
    """Means and standard errors of T rules at D draws of the assumptions.

    Attributes
    ----------
    mean, stderr : (D, T) float64.
    """

    mean: Floats
    stderr: Floats


def moments(contrast: Contrast, coefficients: Floats) -> Moments:
    """Return means and standard errors of every rule at every draw of the assumptions.

    Parameters
    ----------
    contrast : the sufficient statistics.
    coefficients : (K,) at one setting of the assumptions, or (D, K) for D of them.

    >>> one = Contrast(units=4, rows=4, mean=np.array([[2.0]]), covariance=np.array([[[16.0]]]),
    ...     skewness=np.zeros(1), deciding_events=np.array([4]), degrees_of_freedom=3.0)
    >>> at = moments(one, np.array([10.0]))
    >>> float(at.mean[0, 0]), float(at.stderr[0, 0])
    (20.0, 20.0)
    """
    draws = np.atleast_2d(np.asarray(coefficients, np.float64))
    parts = contrast.mean.shape[1]
    if contrast.rules == 1:
        # A hundred thousand draws of one rule: all pairs of coefficients would take hundreds of megabytes.
        variance = ((draws @ contrast.covariance[0]) * draws).sum(axis=1, keepdims=True)
    else:
        pairs = (draws[:, :, None] * draws[:, None, :]).reshape(len(draws), parts * parts)
        variance = pairs @ contrast.covariance.reshape(contrast.rules, parts * parts).T
    # Rounding alone may take a variance of zero below it.
    stderr = np.sqrt(np.maximum(variance, 0.0) / contrast.units)
    return Moments(mean=draws @ contrast.mean.T, stderr=stderr)
