"""Intervals for proportions: Wilson to show, Clopper-Pearson to judge, and for differences Newcombe's hybrid.

Counts may be fractional: with weights or clusters a proportion counts as n* = n / deff rows (Korn, Graubard).

Wilson (1927). https://doi.org/10.1080/01621459.1927.10502953
Clopper, Pearson (1934). https://doi.org/10.1093/biomet/26.4.404
Newcombe (1998), Statistics in Medicine 17: 857-872 (one), 873-890 (independent), 2635-2650 (paired).
Korn, Graubard (1998). Confidence intervals for proportions with small expected number of positive counts
estimated from survey data. Survey Methodology 24, 193-201.
"""

import math

from payoff.stats.distributions import beta_cdf, beta_ppf, normal_ppf, t_ppf
from payoff.stats.estimates import Interval

Bounds = tuple[float, float]
_EMPTY = "undefined: no rows"


def wilson_bounds(share: float, rows: float, quantile: float) -> Bounds:
    """Return Wilson's bounds of an observed share of ``rows`` (> 0, may be fractional) at a normal quantile.

    >>> low, high = wilson_bounds(0.5, 10, 1.959964)
    >>> round(low, 4), round(high, 4)
    (0.2366, 0.7634)
    """
    square = quantile**2 / rows
    middle = (share + square / 2.0) / (1.0 + square)
    half = quantile / (1.0 + square) * math.sqrt((share * (1.0 - share) + square / 4.0) / rows)
    # At no and at all successes the bound is the end itself, which rounding may miss by an ulp.
    low = 0.0 if share <= 0.0 else min(max(middle - half, 0.0), share)
    high = 1.0 if share >= 1.0 else max(min(middle + half, 1.0), share)
    return low, high


def clopper_pearson_lower(successes: float, rows: float, confidence: float) -> float:
    """Return the bound that the true share exceeds with at least ``confidence``; 0 at no rows.

    >>> round(clopper_pearson_lower(10, 10, 0.95), 4)  # 0.05^(1/10)
    0.7411
    """
    if successes <= 0.0:
        return 0.0
    if successes >= rows:
        return float((1.0 - confidence) ** (1.0 / successes))
    return float(beta_ppf(1.0 - confidence, successes, rows - successes + 1.0))


def clopper_pearson_upper(successes: float, rows: float, confidence: float) -> float:
    """Return the bound that the true share stays below with at least ``confidence``; 1 at no rows.

    >>> round(clopper_pearson_upper(0, 10, 0.95), 4)  # 1 - 0.05^(1/10)
    0.2589
    """
    if successes >= rows:
        return 1.0
    return 1.0 - clopper_pearson_lower(rows - successes, rows, confidence)


def wilson(successes: float, rows: float, level: float = 0.95) -> Interval:
    """Return a share with Wilson's interval; of no rows it is undefined.

    Rows must be independent. Narrower than the exact interval, and right on average over true shares.

    >>> wilson(0, 0).note
    'undefined: no rows'
    """
    if rows <= 0.0:
        return _undefined(level, "wilson")
    bounds = wilson_bounds(successes / rows, rows, float(normal_ppf(0.5 + level / 2.0)))
    return _interval(successes, rows, bounds, level, "wilson")


def clopper_pearson(successes: float, rows: float, level: float = 0.95) -> Interval:
    """Return a share with its exact interval, which covers at least at ``level`` at every true share.

    >>> found = clopper_pearson(0, 10)
    >>> found.low, round(found.high, 4)
    (0.0, 0.3085)
    """
    if rows <= 0.0:
        return _undefined(level, "clopper_pearson")
    tail = 0.5 + level / 2.0
    bounds = clopper_pearson_lower(successes, rows, tail), clopper_pearson_upper(successes, rows, tail)
    return _interval(successes, rows, bounds, level, "clopper_pearson")


def effective_rows(
    share: float, variance: float, rows: float, units: int, df: float, kish: float = math.inf
) -> float:
    """Return n*, the independent rows that would give a share the variance it has (Korn, Graubard 1998).

    Parameters
    ----------
    share : weighted share of successes.
    variance : of that share, by linearisation over the units.
    rows : rows in the denominator.
    units : independent units (clusters) that hold one of them.
    df : degrees of freedom of the variance; shrinks n* by (z / t)^2 at 95%, since the variance is estimated.
    kish : the rows that the weights of the denominator are worth, (sum w)^2 / sum w^2; infinite without weights.

    At a share of 0 or 1 the design effect is undefined and n* is the number of units. With weights n* is never above
    ``kish``: near 0 and 1 the linearised variance forgets the failure whose row would weigh most.

    >>> effective_rows(0.5, 0.01, 100, 100, math.inf)
    25.0
    >>> effective_rows(1.0, 0.0, 100, 100, 99, kish=21.0)
    21.0
    """
    if share <= 0.0 or share >= 1.0:
        return float(min(rows, units, kish))
    free = rows if variance <= 0.0 else share * (1.0 - share) / variance
    shrink = float(normal_ppf(0.975) / t_ppf(0.975, df)) ** 2 if df < math.inf else 1.0
    return min(min(free, kish) * shrink, rows)


def korn_graubard(share: float, effective: float, rows: int, level: float = 0.95) -> Interval:
    """Return a weighted or clustered share with the exact interval at ``effective`` rows.

    >>> korn_graubard(0.5, 10.0, 40).high == clopper_pearson(5, 10).high
    True
    """
    if rows <= 0 or effective <= 0.0:
        return _undefined(level, "korn_graubard")
    tail, successes = 0.5 + level / 2.0, share * effective
    low = clopper_pearson_lower(successes, effective, tail)
    high = clopper_pearson_upper(successes, effective, tail)
    return _named(share, (low, high), level, rows, None, "korn_graubard")


def newcombe_independent(
    first: tuple[float, float], second: tuple[float, float], level: float = 0.95
) -> Interval:
    """Return the difference of two shares of *different* rows, each given as (successes, rows): method 10.

    >>> found = newcombe_independent((56, 70), (48, 80))
    >>> round(found.low, 4), round(found.high, 4)  # Newcombe 1998, table II
    (0.0524, 0.3339)
    """
    (k1, n1), (k2, n2) = first, second
    if n1 <= 0 or n2 <= 0:
        return _undefined(level, "newcombe_independent")
    quantile = float(normal_ppf(0.5 + level / 2.0))
    p1, p2 = k1 / n1, k2 / n2
    (l1, u1), (l2, u2) = wilson_bounds(p1, n1, quantile), wilson_bounds(p2, n2, quantile)
    bounds = p1 - p2 - math.hypot(p1 - l1, u2 - p2), p1 - p2 + math.hypot(u1 - p1, p2 - l2)
    return _named(p1 - p2, bounds, level, round(n1 + n2), None, "newcombe_independent")


def newcombe_paired(
    both: float, only_first: float, only_second: float, neither: float, level: float = 0.95
) -> Interval:
    """Return the difference of two shares of the *same* rows (two models): method 10, corrected correlation.

    >>> found = newcombe_paired(36, 12, 2, 0)
    >>> round(found.low, 4), round(found.high, 4)  # Newcombe 1998, table III
    (0.0569, 0.3404)
    """
    n = both + only_first + only_second + neither
    if n <= 0:
        return _undefined(level, "newcombe_paired")
    quantile = float(normal_ppf(0.5 + level / 2.0))
    p1, p2 = (both + only_first) / n, (both + only_second) / n
    (l1, u1), (l2, u2) = wilson_bounds(p1, n, quantile), wilson_bounds(p2, n, quantile)
    phi = _correlation(both, only_first, only_second, neither)
    below, above = (p1 - l1, u2 - p2), (p2 - l2, u1 - p1)
    down, up = (x * x - 2.0 * phi * x * y + y * y for x, y in (below, above))
    gap = (only_first - only_second) / n
    bounds = gap - math.sqrt(max(down, 0.0)), gap + math.sqrt(max(up, 0.0))
    return _named(gap, bounds, level, round(n), round(only_first + only_second), "newcombe_paired")


def _correlation(a: float, b: float, c: float, d: float) -> float:
    """Return Newcombe's phi: continuity-corrected where positive, 0 where a margin is empty."""
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    if margins <= 0.0:
        return 0.0
    cross, n = a * d - b * c, a + b + c + d
    return (max(cross - n / 2.0, 0.0) if cross > 0.0 else cross) / math.sqrt(margins)


def mcnemar(only_first: int, only_second: int) -> float:
    """Return the exact two-sided p-value that two models are right equally often on the same rows.

    >>> round(mcnemar(12, 2), 6)  # 2 (1 + 14 + 91) / 2^14
    0.012939
    """
    rarer, discordant = min(only_first, only_second), only_first + only_second
    return 1.0 if 2 * rarer >= discordant else min(1.0, 2.0 * _binomial_half(rarer, discordant))


def _binomial_half(at_most: int, rows: int) -> float:
    """Return P(Binomial(rows, 1/2) <= at_most) = I_(1/2)(rows - at_most, at_most + 1)."""
    return float(beta_cdf(0.5, rows - at_most, at_most + 1.0))


def _interval(successes: float, rows: float, bounds: Bounds, level: float, method: str) -> Interval:
    events = round(min(successes, rows - successes))
    return _named(successes / rows, bounds, level, round(rows), events, method)


def _named(
    value: float, bounds: Bounds, level: float, rows: int, events: int | None, method: str
) -> Interval:
    return Interval(
        value=value,
        low=bounds[0],
        high=bounds[1],
        level=level,
        rows=rows,
        events=events,
        method=method,
        tier="A",
    )


def _undefined(level: float, method: str) -> Interval:
    return Interval(
        value=None,
        low=None,
        high=None,
        level=level,
        rows=0,
        events=0,
        method=method,
        tier="C",
        note=_EMPTY,
    )
