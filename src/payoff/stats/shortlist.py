"""Which of many cuts may have been picked: bounds of the deployed one need to hold for those alone.

A band over all cuts pays for each of them, also for those that lose so clearly that no other draw of the rows would
deploy them. Let L(t) be the bound by which cuts are picked, and d(s, t) the standard error of the difference of two
cuts' means. But for a chance of ``SLIP`` no difference of two cuts is off by more than q d(s, t), q by Bonferroni over
all pairs. Then the cuts that *can* be picked, a set that rests on the truth alone, are among those whose L no other
exceeds by more than 2 q d(s, t): once for the pick, once for what is seen of it. What holds for these at once, at
the error less ``SLIP``, holds for the one that was picked.

Zrnic, Fithian (2024). Locally simultaneous inference. https://arxiv.org/abs/2212.09009
"""

import numpy as np
from numpy.typing import NDArray

from payoff.stats.contrast import Contrast, Floats, moments
from payoff.stats.distributions import t_ppf

# Of all draws of the rows, those in which the shortlist may lack the cut that was picked.
SLIP = 0.001


def may_be_picked(
    contrast: Contrast, covariance: Floats, coefficients: Floats, low: Floats
) -> NDArray[np.bool_]:
    """Return (T,) the rules that may have been picked for their lower bounds; the picked one is always among them.

    Parameters
    ----------
    contrast : of T rules on the same rows.
    covariance : (T, T) sum over units of psi psi', in any unit of money: only its correlations count.
    coefficients : (K,) likely assumptions.
    low : (T,) the bounds by which one is picked.

    Rests on normal differences; what is asked of them is so much (9 to 11 standard errors) that tails that are
    admitted at all do not matter.

    >>> three = Contrast(units=10_000, rows=10_000, mean=np.array([[5.0], [4.9], [1.0]]),
    ...     covariance=np.full((3, 1, 1), 100.0), skewness=np.zeros(3), deciding_events=np.full(3, 200),
    ...     degrees_of_freedom=9_999.0)
    >>> may_be_picked(three, np.eye(3), np.ones(1), np.array([4.8, 4.7, 0.8])).tolist()
    [True, True, False]
    """
    stderr = moments(contrast, coefficients).stderr[0]
    own = np.sqrt(np.diagonal(covariance))
    scale = np.divide(stderr, own, out=np.zeros(len(own)), where=own > 0.0)
    shared = covariance * scale[:, None] * scale
    apart = np.sqrt(np.maximum(np.add.outer(stderr**2, stderr**2) - 2.0 * shared, 0.0))
    pairs = max(contrast.rules * (contrast.rules - 1), 1)
    deviate = -t_ppf(np.float64(SLIP / pairs), contrast.degrees_of_freedom)
    return np.asarray((np.subtract.outer(low, low) <= 2.0 * deviate * apart).all(axis=0))
