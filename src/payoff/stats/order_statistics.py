"""Quantiles with intervals that assume nothing about the distribution, from the ranks of independent rows.

The number of rows at or below the p-quantile is binomial, so an interval between two order statistics holds it with a
probability that can be worked out exactly, and is at least as promised where values tie.
Thompson (1936); Hahn, Meeker (1991), Statistical Intervals, section 5.2.
"""

import math

from payoff.stats.distributions import beta_cdf, normal_ppf


def quantile_rank(rows: int, share: float) -> int:
    """Return the rank, from 1, of the smallest value with at least that share of the rows at or below it.

    >>> quantile_rank(200, 0.95), quantile_rank(3, 0.5)
    (190, 2)
    """
    return min(max(math.ceil(share * rows - 1e-9 * rows), 1), rows)


def lower_rank(rows: int, share: float, confidence: float) -> int | None:
    """Return the largest rank whose value lies at or below the quantile with that confidence; None where none does.

    >>> lower_rank(100, 0.5, 0.975), lower_rank(3, 0.5, 0.975)
    (40, None)
    """
    rank = _start(rows, share, 1.0 - confidence)
    while rank >= 1 and below(rank - 1, rows, share) > 1.0 - confidence:
        rank -= 1
    while rank < rows and below(rank, rows, share) <= 1.0 - confidence:
        rank += 1
    return rank if rank >= 1 else None


def upper_rank(rows: int, share: float, confidence: float) -> int | None:
    """Return the smallest rank whose value lies at or above the quantile with that confidence; None where none does.

    >>> upper_rank(100, 0.5, 0.975), upper_rank(58, 0.95, 0.95), upper_rank(59, 0.95, 0.95)  # 0.95^59 < 0.05
    (61, None, 59)
    """
    rank = _start(rows, share, confidence)
    while rank <= rows and below(rank - 1, rows, share) < confidence:
        rank += 1
    while rank > 1 and below(rank - 2, rows, share) >= confidence:
        rank -= 1
    return rank if rank <= rows else None


def below(count: int, rows: int, share: float) -> float:
    """Return the probability of at most ``count`` of independent ``rows``, each with probability ``share``.

    >>> round(below(1, 3, 0.5), 12)
    0.5
    """
    if count < 0:
        return 0.0
    return 1.0 if count >= rows else float(beta_cdf(1.0 - share, rows - count, count + 1.0))


def _start(rows: int, share: float, probability: float) -> int:
    """Return a rank near the one that is sought, by the normal curve; counting on from there settles it."""
    spread = float(normal_ppf(probability)) * math.sqrt(rows * share * (1.0 - share))
    return min(max(round(rows * share + spread), 1), rows)
