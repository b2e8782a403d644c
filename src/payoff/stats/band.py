"""The simultaneous band: what can be said of a threshold that was picked on the rows that judge it.

Bounds that hold for all candidate cuts at once hold for whichever was picked. Their critical value is a
quantile of the maximum over the candidates of the Gaussian multiplier process

    Z(t) = sum_i xi_i psi_i(t) / sqrt(sum_i psi_i(t)^2),   psi_i(t) = w_i (x_i(t) - mean(t)),

with independent standard normal xi. Neighbouring cuts share nearly all rows, so it is far below Bonferroni's.
It can never be below the value for one rule nor above Bonferroni's, and is clipped to those two, which makes
far tails exact where draws are few, and a band of one cut equal to a fixed rule.

A cut is admitted and widened by the heaviest tail among the cuts that decide at least as many events
(``payoff.stats.tiers.candidates``): tuning seeks out those whose own great loss has not been drawn.

Chernozhukov, Chetverikov, Kato (2013). Gaussian approximations and multiplier bootstrap for maxima of sums of
high-dimensional random vectors. Annals of Statistics 41(6), 2786-2819. https://doi.org/10.1214/13-AOS1161
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from payoff.stats.contrast import Contrast, Floats, moments
from payoff.stats.distributions import normal_cdf, normal_ppf, t_cdf, t_ppf
from payoff.stats.means import hall_bounds, hall_statistic
from payoff.stats.rest import Bent, Tails
from payoff.stats.shortlist import SLIP

DRAWS = 2_000
# Normal deviates, or draws times cuts, held at once: 32 MB.
CHUNK = 4_000_000
# Below this part of the largest eigenvalue of a correlation matrix there is little but rounding.
THIN = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Blocks:
    """Sums of squared weights between adjacent cuts: all that the multiplier process needs of the rows.

    Row i contributes x_i(t) = d_i (1[score_i >= t] - B_i) under cut t, where d_i is the value of acting less
    that of not acting (likely assumptions) and B_i the share with which the baseline acts.

    Attributes
    ----------
    acted : (S,) the baseline's B in each of its states: (0, 1) for a policy that decides.
    weight, gain, gain_squared : (J, S) sums of w^2, w^2 d and w^2 d^2 by block of scores and state.
        J = T + 1: block 0 lies below the lowest cut, block j holds cut j-1 <= score < cut j.
    mean : (T,) mean contribution under every cut, ascending.
    """

    acted: Floats
    weight: Floats
    gain: Floats
    gain_squared: Floats
    mean: Floats

    def variance(self) -> Floats:
        """Return (T,) the sum over rows of psi(t)^2."""
        above, below = 1.0 - self.acted, -self.acted
        squares = _switched(self.gain_squared @ above**2, self.gain_squared @ below**2)
        products = _switched(self.gain @ above, self.gain @ below)
        total = squares - 2.0 * self.mean * products + self.mean**2 * self.weight.sum()
        return np.asarray(np.maximum(total, 0.0), np.float64)


def _switched(above: Floats, below: Floats) -> Floats:
    """Return, for each cut between J blocks, the sum of ``above`` over it and ``below`` under it."""
    over = np.cumsum(above[..., ::-1], axis=-1)[..., ::-1][..., 1:]
    under = np.cumsum(below, axis=-1)[..., :-1]
    return np.asarray(over + under, np.float64)


def kept(blocks: Blocks, candidate: NDArray[np.bool_]) -> Blocks:
    """Return the blocks between the cuts that ``candidate`` (T,) keeps; at least one must be kept."""
    starts = np.concatenate([[0], np.flatnonzero(candidate) + 1])
    return Blocks(
        acted=blocks.acted,
        weight=np.add.reduceat(blocks.weight, starts),
        gain=np.add.reduceat(blocks.gain, starts),
        gain_squared=np.add.reduceat(blocks.gain_squared, starts),
        mean=blocks.mean[candidate],
    )


def multiplier_maxima(blocks: Blocks, seed: int, draws: int = DRAWS) -> Floats:
    """Return sorted draws of the maximum over all cuts of the studentised multiplier process.

    Within a block the pair (sum xi w, sum xi w d) is drawn at once from its bivariate normal law, so that
    cost is O(draws * blocks), whatever the number of rows. For independent rows; clustered ones go through
    :func:`multiplier_maxima_from_covariance`.

    Parameters
    ----------
    blocks : sums between the candidate cuts.
    seed : of the generator.
    draws : processes drawn; each gives two maxima, its own and that of its mirror image.

    Returns
    -------
    (2 * draws,) float64, ascending.
    """
    shape = blocks.weight.shape
    root = np.sqrt(blocks.weight)
    slope = np.divide(blocks.gain, root, out=np.zeros(shape), where=root > 0.0)
    rest = np.sqrt(np.maximum(blocks.gain_squared - slope**2, 0.0))
    scale = _inverse_root(blocks.variance())
    generator = np.random.default_rng(seed)
    maxima = []
    for size in _chunks(draws, 2 * root.size):
        deviates = generator.standard_normal((size, *shape, 2))
        money = slope * deviates[..., 0] + rest * deviates[..., 1]
        total = (root * deviates[..., 0]).sum(axis=(1, 2))
        process = _switched(money @ (1.0 - blocks.acted), money @ -blocks.acted)
        process = (process - total[:, None] * blocks.mean) * scale
        maxima += [process.max(axis=1), -process.min(axis=1)]
    return np.sort(np.concatenate(maxima))


def multiplier_maxima_from_covariance(covariance: Floats, seed: int, draws: int = DRAWS) -> Floats:
    """Return the same maxima from the process's covariance: for clusters, or rules without an order.

    Parameters
    ----------
    covariance : (T, T) sum over units (clusters) of psi psi', in any unit of money: only its correlations
        count. It may be singular.
    seed, draws : as in :func:`multiplier_maxima`.

    Every draw is of T normals, whatever the rank, through the symmetric root of the correlations: the one root that
    moves little when they do. So a last digit never draws a band anew, and the order of rules does not choose among
    roots. Cost is O(T^3 + draws * T^2).

    >>> one = multiplier_maxima_from_covariance(np.array([[9.0]]), seed=1, draws=20_000)
    >>> round(float(np.quantile(one, 0.8413)), 1)
    1.0
    """
    scale = _inverse_root(np.diagonal(covariance))
    factor = _symmetric_root(covariance * scale[:, None] * scale)
    generator = np.random.default_rng(seed)
    maxima = []
    for size in _chunks(draws, len(factor)):
        process = generator.standard_normal((size, len(factor))) @ factor
        maxima += [process.max(axis=1), -process.min(axis=1)]
    return np.sort(np.concatenate(maxima))


def _symmetric_root(correlation: Floats) -> Floats:
    """Return (T, T) the symmetric root, each column as long as its diagonal asks: 1, or 0.

    The root of an eigenvalue rises the faster the nearer it is to 0, and would blow rounding up. Those below ``THIN``
    of the largest take a parabola in its place, which is flat at 0 and leaves out less than that part of a variance.
    """
    values, vectors = np.linalg.eigh(correlation)
    least = THIN * max(float(values[-1]), 0.0)
    held = np.maximum(values, 0.0)
    root = np.where(held < least, held**2 / (least or 1.0) ** 1.5, np.sqrt(held))
    factor = (vectors * root) @ vectors.T
    length = np.sqrt((factor**2).sum(axis=0))
    asked = np.sqrt(np.diagonal(correlation))
    return np.asarray(factor * np.divide(asked, length, out=np.zeros(len(asked)), where=length > 0.0))


def multiplier_maxima_from_influence(influence: Floats, seed: int, draws: int = DRAWS) -> Floats:
    """Return the same maxima from influences summed over G buckets of units, one multiplier for each.

    Parameters
    ----------
    influence : (T, G) sum of psi over the units of each bucket; buckets are made without looking at the rows.
    seed, draws : as in :func:`multiplier_maxima`.

    For rules whose joint covariance would ask for tables of too many keys. Each rule is standardised by its own
    buckets, so that every margin is exactly normal; a correlation of two rules is known to about 1 / sqrt(G), either
    way. Cost is O(draws * T * G).

    >>> one = multiplier_maxima_from_influence(np.array([[3.0, 4.0]]), seed=1, draws=20_000)
    >>> round(float(np.quantile(one, 0.8413)), 1)
    1.0
    """
    scale = _inverse_root((influence**2).sum(axis=1))
    factor = (influence * scale[:, None]).T
    generator = np.random.default_rng(seed)
    maxima = []
    for size in _chunks(draws, len(influence)):
        process = generator.standard_normal((size, len(factor))) @ factor
        maxima += [process.max(axis=1), -process.min(axis=1)]
    return np.sort(np.concatenate(maxima))


def bounds_of_many(many: Bent, tails: Tails, maxima: Floats, level: float) -> tuple[Floats, Floats]:
    """Return bounds of parts of the rows that hold for all judged ones at once; NaN for the others.

    Parameters
    ----------
    many, tails : their means, and how skewed each is taken to be.
    maxima : of those that ``tails`` lets be judged.
    level : two-sided.
    """
    low, high = (np.full(len(many.value), np.nan) for _ in range(2))
    for factor in np.unique(tails.divided[tails.judged]):
        here = tails.judged & (tails.divided == factor)
        deviate = critical_value(maxima, int(tails.judged.sum()), (1.0 - level) / 2.0 / factor)
        quantile = -t_ppf(normal_cdf(np.full(int(here.sum()), -deviate)), many.freedom[here])
        value, stderr = many.value[here], many.stderr[here]
        low[here] = hall_bounds(value, stderr, tails.low[here], many.units, (-quantile, quantile))[0]
        high[here] = hall_bounds(value, stderr, tails.high[here], many.units, (-quantile, quantile))[1]
    return low, high


def _inverse_root(variance: Floats) -> Floats:
    """Return 1 / sqrt(variance), and 0 where nothing varies."""
    return np.divide(1.0, np.sqrt(variance), out=np.zeros(variance.shape), where=variance > 0.0)


def _chunks(draws: int, width: int) -> list[int]:
    """Split ``draws`` so that no part times ``width`` exceeds the chunk."""
    size = max(1, min(draws, CHUNK // max(width, 1)))
    return [min(size, draws - start) for start in range(0, draws, size)]


def tail_of_maximum(maxima: Floats, rules: int, at: ArrayLike) -> Floats:
    """Return P(max over the cuts > at), between that of one cut and ``rules`` times it.

    >>> draws = np.array([1.0, 2.0, 3.0, 4.0])
    >>> round(float(tail_of_maximum(draws, 40, 2.5)), 3)  # 3 of 5 drawn; one cut 0.0062, 40 cuts 0.248
    0.248
    """
    at = np.asarray(at, np.float64)
    # The observed maximum counts among the draws: a tail beyond them all is small, never none.
    drawn = (1.0 + len(maxima) - np.searchsorted(maxima, at, side="right")) / (len(maxima) + 1.0)
    single = normal_cdf(-at)
    return np.asarray(np.clip(drawn, single, np.minimum(1.0, rules * single)), np.float64)


def critical_value(maxima: Floats, rules: int, tail: float) -> float:
    """Return the smallest c at which :func:`tail_of_maximum` is no more than ``tail``."""
    beyond = math.floor((len(maxima) + 1) * tail) - 1
    drawn = maxima[max(len(maxima) - 1 - beyond, 0)] if beyond >= 0 else np.inf
    lowest, highest = -normal_ppf(np.array([tail, tail / rules]))
    return float(np.clip(drawn, lowest, highest))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Band:
    """Bounds that hold for all cuts at once, and the cut to deploy.

    Attributes
    ----------
    value, low, high : (T,) mean and bounds under every cut, in cut order.
    level : two-sided, for all cuts together.
    deployed : index of the cut with the largest lower bound.
    """

    value: Floats
    low: Floats
    high: Floats
    level: float
    deployed: int


def simultaneous_band(
    contrast: Contrast, coefficients: Floats, widening: NDArray[np.int64], level: float = 0.95
) -> Band:
    """Return the band at one setting of the assumptions.

    Parameters
    ----------
    contrast : with ``maxima``; its T rules are the candidate cuts.
    coefficients : (K,).
    widening : (T,) 1, 2, 5 or 10: what divides the error of each cut (``payoff.stats.tiers.widening``).
    level : two-sided.
    """
    at = moments(contrast, coefficients)
    quantile = np.empty(contrast.rules)
    for factor in np.unique(widening):
        quantile[widening == factor] = _as_t(contrast, _critical(contrast, (1.0 - level) / 2.0 / factor))
    mean, stderr = at.mean[0], at.stderr[0]
    low, high = hall_bounds(mean, stderr, contrast.skewness, contrast.units, (-quantile, quantile))
    # Of equal bounds the highest cut: it acts on the fewest rows.
    deployed = len(low) - 1 - int(np.argmax(low[::-1]))
    return Band(value=mean, low=low, high=high, level=level, deployed=deployed)


def bounds_of_picked(
    contrast: Contrast, coefficients: Floats, factor: int, level: float, rule: int
) -> tuple[float, float]:
    """Return the bounds of the deployed cut, which hold for every cut that may have been picked.

    Parameters
    ----------
    contrast, coefficients, level : as in :func:`simultaneous_band`.
    factor : widening of the deployed cut.
    rule : that cut.
    """
    at = moments(contrast, coefficients)
    quantile = _as_t(contrast, critical_of_picked(contrast, (1.0 - level) / 2.0 / factor))
    mean, stderr, skewness = at.mean[0, rule], at.stderr[0, rule], contrast.skewness[rule]
    low, high = hall_bounds(mean, stderr, skewness, contrast.units, (-quantile, quantile))
    return float(low), float(high)


def critical_of_picked(contrast: Contrast, tail: float) -> float:
    """Return the smallest c at which the tail of the picked cut is no more than ``tail``.

    The shortlist may lack it with a chance of ``SLIP``, which the error pays for; where it cannot, all cuts stay.
    """
    short = contrast.shortlist
    if short is None:
        return _critical(contrast, tail)
    if tail < 2.0 * SLIP:
        return _critical(contrast, min(tail, SLIP))
    near = critical_value(short.maxima, int(short.kept.sum()), tail - SLIP)
    return min(near, _critical(contrast, SLIP))


def _tail_of_picked(contrast: Contrast, at: Floats) -> Floats:
    """Return the same read backwards: below ``SLIP`` the tail over all cuts, above it that over the shortlist."""
    whole, short = _tail(contrast, at), contrast.shortlist
    if short is None:
        return whole
    near = tail_of_maximum(short.maxima, int(short.kept.sum()), at)
    return np.where(whole < SLIP, whole, np.maximum(near, SLIP) + SLIP)


def band_confidence(
    contrast: Contrast,
    coefficients: Floats,
    hurdle: ArrayLike,
    widening: NDArray[np.int64],
    rule: int | None = None,
) -> Floats:
    """Return, per draw of the assumptions, the confidence that the deployed cut's gain exceeds the hurdle.

    Above 0.5 it is the level at which the largest lower bound still clears the hurdle; below 0.5 one less the
    level at which every upper bound is under it; else 0.5. The maxima are those at the likely assumptions.

    Parameters
    ----------
    contrast, widening : as in :func:`simultaneous_band`.
    coefficients : (K,) or (D, K).
    hurdle : a number, or (D,).
    rule : the deployed cut, which alone can clear then; None takes the one with the largest lower bound.

    Returns
    -------
    (D,) float64.
    """
    draws = np.atleast_2d(coefficients)
    hurdles = np.broadcast_to(np.asarray(hurdle, np.float64), (len(draws),))
    parts, start = [], 0
    for size in _chunks(len(draws), contrast.rules):
        rows = slice(start, start + size)
        parts.append(_band_confidence(contrast, draws[rows], hurdles[rows], widening, rule))
        start += size
    return np.concatenate(parts)


def _band_confidence(
    contrast: Contrast,
    draws: Floats,
    hurdles: Floats,
    widening: NDArray[np.int64],
    rule: int | None,
) -> Floats:
    if rule is None:
        clearing = _clearing(contrast, _statistic(contrast, draws, hurdles), widening)
    else:
        picked = _statistic(contrast, draws, hurdles, slice(rule, rule + 1))[:, 0]
        clearing = widening[rule] * _tail_of_picked(contrast, _as_normal(contrast, picked))
    confidence = np.asarray(1.0 - clearing, np.float64)
    unclear = clearing >= 0.5
    missing = _missing(contrast, _statistic(contrast, draws[unclear], hurdles[unclear]), widening)
    confidence[unclear] = np.where(missing < 0.5, missing, 0.5)
    return confidence


def _statistic(contrast: Contrast, draws: Floats, hurdles: Floats, rules: slice = slice(None)) -> Floats:
    """Return (D, T) the statistic of the cuts, or of some of them, at each draw of the assumptions."""
    at = moments(replace(contrast, mean=contrast.mean[rules], covariance=contrast.covariance[rules]), draws)
    return hall_statistic(at.mean - hurdles[:, None], at.stderr, contrast.skewness[rules], contrast.units)


def _clearing(contrast: Contrast, statistic: Floats, widening: NDArray[np.int64]) -> Floats:
    """Return (D,) the chance of statistics as large without any gain, of the best cut."""
    found = np.ones(len(statistic))
    for factor, best in _best_of_classes(contrast, statistic, widening):
        found = np.minimum(found, factor * _tail(contrast, best))
    return found


def _missing(contrast: Contrast, statistic: Floats, widening: NDArray[np.int64]) -> Floats:
    """Return (D,) the chance of statistics as small where a cut gains what is asked: of the last upper bound."""
    found = np.zeros(len(statistic))
    for factor, best in _best_of_classes(contrast, statistic, widening):
        found = np.maximum(found, factor * _tail(contrast, -best))
    return found


def _best_of_classes(
    contrast: Contrast, statistic: Floats, widening: NDArray[np.int64]
) -> Iterator[tuple[int, Floats]]:
    """Yield each factor with (D,) the largest deviate of its cuts: the best lower bound, the last upper one."""
    for factor in np.unique(widening):
        yield int(factor), _as_normal(contrast, statistic[:, widening == factor].max(axis=1))


def _drawn(contrast: Contrast) -> Floats:
    if contrast.maxima is None:
        raise ValueError("a band needs the maxima of the multiplier process")
    return contrast.maxima


def _tail(contrast: Contrast, at: Floats) -> Floats:
    return tail_of_maximum(_drawn(contrast), contrast.rules, at)


def _critical(contrast: Contrast, tail: float) -> float:
    return critical_value(_drawn(contrast), contrast.rules, tail)


def _as_normal(contrast: Contrast, statistic: Floats) -> Floats:
    """Return the normal deviates with the t probabilities of ``statistic``."""
    deviate = -normal_ppf(t_cdf(-np.abs(statistic), contrast.degrees_of_freedom))
    return np.asarray(np.copysign(deviate, statistic), np.float64)


def _as_t(contrast: Contrast, deviate: float) -> float:
    """Return the t quantile with the probability of a normal deviate."""
    return float(-t_ppf(normal_cdf(np.float64(-deviate)), contrast.degrees_of_freedom))
