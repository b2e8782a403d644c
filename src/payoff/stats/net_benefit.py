"""Net benefit and decision curves: what acting above a threshold probability is worth in true positives per row.

Who acts from probability t on thinks a missed positive odds(t)^-1 = (1 - t) / t times as bad as a false alarm. With
A = 1 where the score is at least t, a row adds y A - (1 - y) A t / (1 - t), and

    net benefit(t) = true positives / n - false positives / n * t / (1 - t).

Acting on nobody has 0, acting on everybody prevalence - (1 - prevalence) t / (1 - t). Thresholds are fixed, so that
a difference to either is a mean over the same rows; its error is that of the mean (prevalence is inside), and joint
bounds over thresholds come from the covariance of these means.

Vickers, Elkin (2006). Decision curve analysis. https://doi.org/10.1177/0272989X06295361
Pfeiffer, Gail (2020). Estimating the decision curve and its precision. https://doi.org/10.1002/bimj.201800240
Sande, Li, D'Agostino, Wong, Cheng (2020). Statistical inference for decision curve analysis.
https://doi.org/10.1002/sim.8588
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from payoff.stats.band import multiplier_maxima_from_covariance, simultaneous_band
from payoff.stats.contrast import Contrast
from payoff.stats.distributions import t_ppf
from payoff.stats.kish import counted, kish
from payoff.stats.means import hall_bounds
from payoff.stats.ranking import ScoreCells
from payoff.stats.tiers import candidates, tail_ratio, widening

Floats = NDArray[np.float64]
SEED = 20_260_101
# Sums of squares that cancel leave this part of themselves.
ROUNDING = 1e-13
# Rows of each outcome on either side of a threshold, where prevalence is given.
ROWS_ON_A_SIDE = 20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NetBenefit:
    """Net benefit of a score less that of acting on nobody, or on everybody. All arrays are (T,).

    Attributes
    ----------
    threshold : probabilities from 0 on and below 1.
    value : the difference.
    everybody : net benefit of acting on everybody.
    low, high : of each threshold by itself; NaN where no interval can be trusted.
    band_low, band_high : of all thresholds together; NaN likewise, and throughout where rows come in clusters.
    stderr : of the difference.
    events : rows that both outcomes, the rarer one, have among those decided differently.
    widening : 1, 2, 5 or 10, what divides the error for a heavy tail; 0 where there is no interval.
    """

    threshold: Floats
    value: Floats
    everybody: Floats
    low: Floats
    high: Floats
    band_low: Floats
    band_high: Floats
    stderr: Floats
    events: NDArray[np.int64]
    widening: NDArray[np.int64]

    @property
    def avoided(self) -> Floats:
        """Return what of actions per 100 rows is avoided net of misses, where the rival is everybody; NaN at 0."""
        return per_hundred(self.value, self.threshold)


def per_hundred(gain: Floats, threshold: Floats) -> Floats:
    """Return a net benefit over everybody as actions avoided per 100 rows at no cost in positives; NaN at 0.

    >>> per_hundred(np.array([0.02]), np.array([0.1])).round(9).tolist()  # 0.02 * 9 * 100
    [18.0]
    """
    none = np.full(len(threshold), np.nan)
    return np.asarray(np.divide((1.0 - threshold) * gain * 100.0, threshold, out=none, where=threshold > 0.0))


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """Per threshold (T,) sums of weights and squared weights of the rows decided differently, and over all rows.

    ``of_positive`` and ``of_negative`` are what such a row adds.
    """

    positive: Floats
    negative: Floats
    positive_squared: Floats
    negative_squared: Floats
    of_positive: float
    of_negative: Floats
    totals: tuple[float, float]
    squares: tuple[float, float]
    rows: tuple[int, int]


def net_benefit(
    cells: ScoreCells,
    threshold: Floats,
    *,
    over_everybody: bool = False,
    stratified: bool = False,
    level: float = 0.95,
) -> NetBenefit:
    """Return the net benefit of acting where the score is at least each threshold, over nobody or over everybody.

    Parameters
    ----------
    cells : by score, a probability; rows must be independent.
    threshold : (T,) ascending, from 0 on and below 1; on a grid no cell may lie on both sides of one
        (:func:`at_edges`).
    over_everybody : whether the rival is acting on everybody, rather than on nobody.
    stratified : whether prevalence is given and weights make it so: rows of each outcome are then a sample of
        their own, and no doubt of prevalence is left.
    level : two-sided.

    Raises
    ------
    ValueError
        For thresholds outside [0, 1).

    >>> one = np.ones(2)
    >>> both = ScoreCells(score=np.array([0.2, 0.8]), positive=one, negative=one, positive_squared=one,
    ...     negative_squared=one, positives=2, negatives=2)
    >>> net_benefit(both, np.array([0.0, 0.5])).value.tolist()  # (2 - 2 * 0) / 4; (1 - 1 * 1) / 4
    [0.5, 0.0]
    """
    if not ((threshold >= 0.0) & (threshold < 1.0)).all():
        raise ValueError("threshold probabilities lie from 0 on and below 1")
    sums = _sums(cells, threshold, over_everybody)
    total = sum(sums.totals)
    odds = threshold / (1.0 - threshold)
    everybody = (
        (sums.totals[0] - odds * sums.totals[1]) / total if total > 0.0 else np.full(len(odds), np.nan)
    )
    contrast = _contrast(sums, stratified)
    allowed, factor = _trusted(sums, contrast) if stratified else candidates(contrast)
    value, stderr = contrast.mean[:, 0], np.sqrt(contrast.covariance[:, 0, 0] / max(contrast.units, 1))
    alike = (sums.positive + sums.negative) == 0.0
    bounds = np.where(alike, 0.0, np.nan) * np.ones((4, len(threshold)))
    kept = np.flatnonzero(allowed & (stderr > 0.0))
    if len(kept):
        bounds[:, kept] = _bounds(contrast, _covariance(sums, value, stratified), kept, factor[kept], level)
    return NetBenefit(
        threshold=threshold,
        value=value,
        everybody=everybody,
        low=bounds[0],
        high=bounds[1],
        band_low=bounds[2],
        band_high=bounds[3],
        stderr=stderr,
        events=contrast.deciding_events,
        widening=np.where(alike, 1, np.where(stderr > 0.0, factor, 0)),
    )


def net_benefit_points(cells: ScoreCells, threshold: Floats, *, over_everybody: bool = False) -> Floats:
    """Return (T,) what :func:`net_benefit` finds, without its doubt; NaN without rows."""
    sums = _sums(cells, threshold, over_everybody)
    return _mean(sums) if sum(sums.totals) > 0.0 else np.full(len(threshold), np.nan)


def at_edges(cells: ScoreCells, threshold: Floats) -> Floats:
    """Return thresholds moved to where the cells of a grid begin, so that no cell lies on both sides of one.

    Those between cells stay, as do all where cells are exact scores; equal ones become one.
    """
    if cells.within is None or not len(cells.score):
        return np.unique(threshold)
    order = np.argsort(cells.within.low, kind="stable")
    low, high = cells.within.low[order], np.maximum.accumulate(cells.within.high[order])
    begins = np.concatenate([[True], low[1:] > high[:-1]])
    starts = low[begins]
    ends = np.concatenate([high[:-1][begins[1:]], high[-1:]])
    stretch = np.searchsorted(starts, threshold, side="right") - 1
    inside = (stretch >= 0) & (threshold <= ends[np.maximum(stretch, 0)])
    return np.unique(np.where(inside, starts[np.maximum(stretch, 0)], threshold))


def _sums(cells: ScoreCells, threshold: Floats, over_everybody: bool) -> _Sums:
    least = np.sort(cells.score if cells.within is None else cells.within.low)
    first = np.searchsorted(least, threshold, side="left")

    def decided(column: Floats) -> Floats:
        below = np.concatenate([[0.0], np.cumsum(column)])
        above = np.concatenate([np.cumsum(column[::-1])[::-1], [0.0]])
        return np.asarray(below[first] if over_everybody else above[first])

    sign = -1.0 if over_everybody else 1.0
    return _Sums(
        positive=decided(cells.positive),
        negative=decided(cells.negative),
        positive_squared=decided(cells.positive_squared),
        negative_squared=decided(cells.negative_squared),
        of_positive=sign,
        of_negative=-sign * threshold / (1.0 - threshold),
        totals=(float(cells.positive.sum()), float(cells.negative.sum())),
        squares=(float(cells.positive_squared.sum()), float(cells.negative_squared.sum())),
        rows=(cells.positives, cells.negatives),
    )


def _contrast(sums: _Sums, stratified: bool) -> Contrast:
    """Return the differences at all thresholds with their moments."""
    total, square = sum(sums.totals), sum(sums.squares)
    if not total > 0.0 or sum(sums.rows) < 2:
        none = np.full(len(sums.of_negative), np.nan)
        mean = none if not total > 0.0 else _mean(sums)
        covariance, skewness, units = none, none, 0
    else:
        mean, units = _mean(sums), round(float(kish(total, square)))
        covariance = _variance(sums, mean, stratified) * units
        skewness = np.where(covariance > 0.0, _skewness(sums, mean, stratified), np.nan)
    events = np.minimum(
        kish(sums.positive, sums.positive_squared), kish(sums.negative, sums.negative_squared)
    )
    return Contrast(
        units=units,
        rows=sum(sums.rows),
        mean=mean[:, None],
        covariance=covariance[:, None, None],
        skewness=skewness,
        deciding_events=np.rint(events).astype(np.int64),
        degrees_of_freedom=max(sum(sums.rows) - 1.0, 1.0),
    )


def _trusted(sums: _Sums, contrast: Contrast) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Return which thresholds have bounds where rows of each outcome are a sample of their own, and their widening.

    A share near 0 or 1 is known by the few rows on its other side, so that enough of each outcome lie on either side
    of a threshold. Each is trusted by its own tail: that of a threshold which nearly all rows reach says nothing of
    higher ones. Where all rows are one sample the doubt of prevalence outweighs such shares.
    """
    shares = (
        held / max(total, 1e-300)
        for held, total in zip((sums.positive, sums.negative), sums.totals, strict=True)
    )
    sides = [
        counted(np.minimum(share, 1.0 - share) * rows) for share, rows in zip(shares, sums.rows, strict=True)
    ]
    factor = widening(tail_ratio(contrast.skewness, contrast.units))
    mask = (np.minimum(*sides) >= ROWS_ON_A_SIDE) & (factor > 0)
    return mask, np.where(mask, factor, 0)


def _mean(sums: _Sums) -> Floats:
    gained = sums.of_positive * sums.positive + sums.of_negative * sums.negative
    return np.asarray(gained / sum(sums.totals))


def _covariance(sums: _Sums, mean: Floats, stratified: bool) -> Floats:
    """Return (T, T) the covariance of the differences: rows decided at two thresholds are those of the fewer."""
    both = [np.minimum.outer(held, held) for held in (sums.positive_squared, sums.negative_squared)]
    gains = [np.full(len(mean), sums.of_positive), sums.of_negative]
    total = sum(sums.totals)
    if not stratified:
        linear = gains[0] * sums.positive_squared + gains[1] * sums.negative_squared
        square = sum(np.outer(gain, gain) * held for gain, held in zip(gains, both, strict=True))
        centred = square - np.outer(mean, linear) - np.outer(linear, mean)
        rows = sum(sums.rows)
        return np.asarray(
            (centred + np.outer(mean, mean) * sum(sums.squares)) / total**2 * rows / max(rows - 1, 1)
        )
    out = np.zeros((len(mean), len(mean)))
    held = ((sums.positive, sums.positive_squared), (sums.negative, sums.negative_squared))
    for side, (weight, squared) in enumerate(held):
        if not sums.totals[side] > 0.0:
            continue
        share, rows = weight / sums.totals[side], sums.rows[side]
        centred = both[side] - np.outer(share, squared) - np.outer(squared, share)
        centred += np.outer(share, share) * sums.squares[side]
        out += np.outer(gains[side], gains[side]) * centred / total**2 * rows / max(rows - 1, 1)
    return out


def _variance(sums: _Sums, mean: Floats, stratified: bool) -> Floats:
    """Return (T,) the variances of the differences, 0 where nothing but rounding is left of them."""
    found = np.diagonal(_covariance(sums, mean, stratified))
    square = sums.of_positive**2 * sums.positive_squared + sums.of_negative**2 * sums.negative_squared
    return np.where(found > ROUNDING * square / sum(sums.totals) ** 2, found, 0.0)


def _skewness(sums: _Sums, mean: Floats, stratified: bool) -> Floats:
    """Return (T,) the skewness of what rows add, weights as they are worth (their cubes are not in the cells).

    Where outcomes are samples of their own, the rows of each weigh the same, which gives the cubes.
    """
    gains, held = (np.full(len(mean), sums.of_positive), sums.of_negative), (sums.positive, sums.negative)
    moments = []
    for power in (2, 3):
        found = np.zeros(len(mean))
        if stratified:
            for gain, weight, total, rows in zip(gains, held, sums.totals, sums.rows, strict=True):
                share = np.minimum(weight / max(total, 1e-300), 1.0)
                each = total / max(rows, 1)
                found += rows * share * (each * gain * (1.0 - share)) ** power
                found += rows * (1.0 - share) * (-each * gain * share) ** power
        else:
            found += sum(weight * (gain - mean) ** power for gain, weight in zip(gains, held, strict=True))
            found += np.maximum(sum(sums.totals) - held[0] - held[1], 0.0) * (-mean) ** power
        moments.append(
            found
            / (round(float(kish(sum(sums.totals), sum(sums.squares)))) if stratified else sum(sums.totals))
        )
    none, second = np.full(len(mean), np.nan), np.maximum(moments[0], 0.0)
    return np.asarray(np.divide(moments[1], second**1.5, out=none, where=second > 0.0))


def _bounds(
    contrast: Contrast, covariance: Floats, kept: NDArray[np.intp], factor: NDArray[np.int64], level: float
) -> Floats:
    """Return (4, kept) bounds at each threshold by itself, and of all of them together."""
    mean, skewness = contrast.mean[kept, 0], contrast.skewness[kept]
    stderr = np.sqrt(contrast.covariance[kept, 0, 0] / contrast.units)
    quantile = t_ppf(1.0 - 0.5 * (1.0 - level) / factor, contrast.degrees_of_freedom)
    low, high = hall_bounds(mean, stderr, skewness, contrast.units, (-quantile, quantile))
    among = Contrast(
        units=contrast.units,
        rows=contrast.rows,
        mean=contrast.mean[kept],
        covariance=contrast.covariance[kept],
        skewness=skewness,
        deciding_events=contrast.deciding_events[kept],
        degrees_of_freedom=contrast.degrees_of_freedom,
        maxima=multiplier_maxima_from_covariance(covariance[np.ix_(kept, kept)], SEED),
    )
    band = simultaneous_band(among, np.ones(1), factor, level)
    return np.stack([low, high, band.low, band.high])


def wanted_thresholds(cells: ScoreCells) -> Floats:
    """Return at most 101 thresholds: hundredths in steps of two, and closer ones about the prevalence.

    >>> one = np.ones(1)
    >>> rare = ScoreCells(score=one, positive=2 * one, negative=98 * one, positive_squared=2 * one,
    ...     negative_squared=98 * one, positives=2, negatives=98)
    >>> wanted_thresholds(rare)[:4].tolist()  # prevalence 2%: from 0.1% to 5%
    [0.0, 0.001, 0.002, 0.003]
    """
    total = float(cells.positive.sum() + cells.negative.sum())
    rate = float(cells.positive.sum()) / total if total > 0.0 else 0.0
    decade = 10.0 ** max(math.floor(math.log10(rate)), -6) if rate > 0.0 else 0.1
    close = np.minimum(decade, 0.1) * np.arange(1, 51) / 10.0
    return np.unique(np.concatenate([np.arange(50) / 50.0, close[close < 1.0]]).round(9))
