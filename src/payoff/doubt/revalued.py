"""A stored gain at other assumptions: arithmetic on what the result keeps, by the method that judged it.

A setting moves the *likely* value of an assumption: the range that its owner gave stays, and is widened where the value
lies outside it, as ``evaluate --assume`` does. So nothing jumps when a number is moved a little, and a setting written
into the spec is judged as it was shown. The decisions stay as they are, and so does the tail of the contributions.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from payoff.doubt.draws import DRAWS, Draws, points
from payoff.doubt.revaluing import (
    BEYOND_CAP,
    NO_INTERVAL,
    BandSums,
    CutMeans,
    Dial,
    Numbers,
    Revalued,
    Revaluing,
    SupportSums,
)
from payoff.doubt.shapes import quantile, three_points
from payoff.doubt.stake import product
from payoff.spec.model import Assumption
from payoff.spec.names import VOLUME
from payoff.spec.trying import tried_at
from payoff.stats.band import band_confidence
from payoff.stats.bounded import Range, bernstein_bounds, bernstein_confidence
from payoff.stats.contrast import Contrast, Shortlist, moments
from payoff.stats.copula import correlated
from payoff.stats.distributions import t_ppf
from payoff.stats.inference import widened
from payoff.stats.means import hall_bounds, hall_statistic
from payoff.stats.sequences import sequence_confidence
from payoff.stats.support import Method, support_bounds, support_confidence

Floats = NDArray[np.float64]
Values = Mapping[str, float]
Confidence = Callable[[Floats, Floats], Floats | None]

TAIL = 0.025
BILLIONTH = 1e-9
# Of the variances of the single terms: what is left below it has lost too many of its ten digits.
RESOLVED = 1e-6


def symbols_at(revaluing: Revaluing, values: Values) -> dict[str, float]:
    """Return what the symbols of the terms are where the dials stand at ``values``."""
    out: dict[str, float] = {}
    for dial in revaluing.dials:
        at = values.get(dial.name, dial.likely)
        if dial.stops:
            out[f"{dial.name}@low"], out[f"{dial.name}@high"] = _switches(dial, at)
        else:
            out[dial.name] = at
    return out


def drawn_at(revaluing: Revaluing, values: Values, count: int = DRAWS) -> Draws:
    """Return (count,) draws of every symbol where the dials stand at ``values``, with the ranges of their owners."""
    uniforms = points(max(1, len(revaluing.columns)), count)
    if revaluing.factor:
        uniforms = correlated_by(uniforms, revaluing.factor)
    out: dict[str, float | Floats] = dict(symbols_at(revaluing, values))
    by_name = {dial.name: dial for dial in revaluing.dials}
    for column, names in enumerate(revaluing.columns):
        for name in names:
            out |= _drawn(by_name[name], values.get(name, by_name[name].likely), uniforms[:, column])
    return {name: np.broadcast_to(value, (count,)) for name, value in out.items()}


def _drawn(dial: Dial, at: float, u: Floats) -> dict[str, Floats]:
    item = tried_at(_assumption(dial), at)
    if not dial.stops:
        return {dial.name: quantile(item, u)}
    low, high = three_points(item)
    above, below = u >= 1.0 - high, u < low
    stands = _switches(dial, at)
    return {
        f"{dial.name}@low": np.where(above, 0.0, np.where(below, 1.0, stands[0])),
        f"{dial.name}@high": np.where(above, 1.0, np.where(below, 0.0, stands[1])),
    }


def _switches(dial: Dial, at: float) -> tuple[float, float]:
    """Return the two switches of an assumption that is bound to rows."""
    return float(at == dial.low != dial.likely), float(at == dial.high != dial.likely)


def correlated_by(uniforms: Floats, triangle: Numbers) -> Floats:
    """Return points tied by the lower triangle of a Cholesky factor."""
    size = uniforms.shape[1]
    lower = np.zeros((size, size))
    lower[np.tril_indices(size)] = triangle
    return correlated(uniforms, lower @ lower.T)


def along(revaluing: Revaluing, symbols: Draws | Values) -> Floats:
    """Return (..., 1 + m) the vector that gains are sums along, at values or draws of the symbols."""
    likely = symbols_at(revaluing, {})
    moved = [np.asarray(product(powers, symbols) - product(powers, likely)) for powers in revaluing.terms]
    shape = np.broadcast_shapes((), *(one.shape for one in moved))
    return np.stack([np.broadcast_to(one, shape) for one in (np.ones(()), *moved)], axis=-1)


def held_to_cap(revaluing: Revaluing, values: Mapping[str, float]) -> Revaluing:
    """Return what can be said where assumptions are ``values``: nothing from a cap that rows were not held to there.

    Rows are held to a declared cap at every assumption that its owner holds possible, and at no other.
    """
    if is_possible(revaluing, values):
        return revaluing
    gains, looked = (
        tuple(
            replace(gain, kind="none", tier="C", method=NO_INTERVAL, note=BEYOND_CAP)
            if gain.kind == "bernstein"
            else gain
            for gain in every
        )
        for every in (revaluing.gains, revaluing.looked)
    )
    return replace(revaluing, gains=gains, looked=looked)


def is_possible(revaluing: Revaluing, values: Values) -> bool:
    """Return whether every assumption of ``values`` stands where its owner holds it possible."""
    moved = (dial for dial in revaluing.dials if dial.name in values and dial.name != VOLUME)
    return all(_holds(dial, values[dial.name]) for dial in moved)


def _holds(dial: Dial, value: float) -> bool:
    if dial.low is None or dial.high is None:
        return value == dial.likely
    return dial.low <= value <= dial.high


def _assumption(dial: Dial) -> Assumption:
    return Assumption(name=dial.name, likely=dial.likely, low=dial.low, high=dial.high, shape=dial.shape)


def interval_at(gain: Revalued, at: Floats) -> tuple[float, float] | None:
    """Return the 95% interval of a gain per decision at one vector along the terms; None where there is none."""
    return bounds_at(gain, at, TAIL, gain.quantile)


def bounds_at(
    gain: Revalued, at: Floats, tail: float, quantile: float | None = None
) -> tuple[float, float] | None:
    """Return the bounds of a gain per decision, each missed with a probability of ``tail``; None where there are none.

    Parameters
    ----------
    quantile : what stands for a t quantile there, where it is known; that of a tuned threshold must be.
    """
    if gain.kind == "certain":
        return 0.0, 0.0
    if gain.kind == "none" or not is_resolved(gain, at):
        return None
    if gain.kind == "support" and gain.support is not None:
        values = np.array(gain.support.parts) @ at
        counts = np.array(gain.support.counts)
        method: Method = "exact" if gain.support.exact else "auto"
        low, high = support_bounds(counts, values, 1.0 - 2.0 * tail, method)
        beyond = float(_beyond(gain.support, at))
        return float(low[0]) + beyond, float(high[0]) + beyond
    found = moments(contrast_of(gain), at)
    mean, stderr = float(found.mean[0, 0]), float(found.stderr[0, 0])
    if gain.kind == "bernstein" and gain.least is not None and gain.most is not None:
        within = Range(gain.least, gain.most)
        ends = bernstein_bounds(mean, stderr**2 * gain.units, gain.units, within, tail)
        return float(ends[0]), float(ends[1])
    if quantile is None:
        quantile = float(-t_ppf(tail / gain.widening, gain.degrees_of_freedom))
    half = float(quantile)
    skewness = 0.0 if gain.kind == "sequence" else gain.skewness
    low, high = hall_bounds(mean, stderr, skewness, gain.units, (-half, half))
    return float(low), float(high)


def confidence_of(gain: Revalued) -> Confidence:
    """Return a function of (D, 1 + m) vectors along the terms and (D,) hurdles: the confidence that each is exceeded.

    It returns None where there is none: in tier C, where no row is decided differently, and where no hurdle was about
    the gain. What it needs of the record is unpacked once, for whoever asks it often.
    """
    if gain.kind == "support" and gain.support is not None:
        held, parts, counts = gain.support, np.array(gain.support.parts).T, np.array(gain.support.counts)
        return lambda at, hurdle: support_confidence(
            counts, at @ parts, hurdle - _beyond(held, at), "exact" if held.exact else "auto"
        )
    if gain.kind == "band" and gain.band is not None:
        band, rule, widening = _band(gain, gain.band), gain.band.rule, np.array(gain.band.widening)
        return lambda at, hurdle: band_confidence(band, at, hurdle, widening, rule)
    if gain.kind not in ("moments", "bernstein", "sequence"):
        return _unknown
    contrast = contrast_of(gain)
    return lambda at, hurdle: _by_moments(gain, contrast, at, hurdle)


def _unknown(at: Floats, hurdle: Floats) -> Floats | None:  # noqa: ARG001 - asked as the others are
    return None


def _by_moments(gain: Revalued, contrast: Contrast, at: Floats, hurdle: Floats) -> Floats:
    found = moments(contrast, at)
    mean, stderr = found.mean[:, 0], found.stderr[:, 0]
    if gain.kind == "bernstein" and gain.least is not None and gain.most is not None:
        within = Range(gain.least, gain.most)
        return bernstein_confidence(mean, stderr**2 * gain.units, gain.units, within, hurdle)
    if gain.kind == "sequence":
        return sequence_confidence(mean - hurdle, stderr, gain.units, float(gain.rho or 0.0))
    statistic = hall_statistic(mean - hurdle, stderr, gain.skewness, gain.units)
    return widened(statistic, gain.degrees_of_freedom, gain.widening)


def _beyond(support: SupportSums, at: Floats) -> Floats:
    """Return how much a gain is more than the mean over the cells, for one or many vectors along the terms."""
    return np.zeros(at.shape[:-1]) if not support.shift else np.asarray(at @ np.array(support.shift))


def is_resolved(gain: Revalued, at: Floats) -> bool:
    """Return whether the error of a gain can be told: terms that cancel may leave less than the ten digits hold."""
    if gain.kind in ("certain", "support"):
        return True
    whole = covariance_of(gain.covariance)
    size = float(np.diagonal(whole) @ at**2)
    return size == 0.0 or float(at @ whole @ at) > RESOLVED * size


def covariance_of(triangle: Numbers) -> Floats:
    """Return the symmetric matrix of a lower triangle, row by row.

    >>> covariance_of((1.0, 2.0, 3.0)).tolist()
    [[1.0, 2.0], [2.0, 3.0]]
    """
    size = int((np.sqrt(8 * len(triangle) + 1) - 1) / 2)
    whole = np.zeros((size, size))
    whole[np.tril_indices(size)] = triangle
    return np.asarray(whole + np.tril(whole, -1).T)


def contrast_of(gain: Revalued) -> Contrast:
    """Return the moments of the policy in use, with terms in the place of parts."""
    return Contrast(
        units=gain.units,
        rows=gain.rows,
        mean=np.array([gain.mean]),
        covariance=covariance_of(gain.covariance)[None],
        skewness=np.array([gain.skewness]),
        deciding_events=np.array([gain.deciding]),
        degrees_of_freedom=gain.degrees_of_freedom,
    )


def _band(gain: Revalued, band: BandSums) -> Contrast:
    rules, short = len(band.mean), None
    if band.kept is not None:
        short = Shortlist(kept=np.arange(rules) < band.kept, maxima=_maxima(band.shortlist))
    return Contrast(
        units=gain.units,
        rows=gain.rows,
        mean=np.array(band.mean),
        covariance=np.stack([covariance_of(one) for one in band.covariance]),
        skewness=np.array(band.skewness),
        deciding_events=np.zeros(rules, np.int64),
        degrees_of_freedom=gain.degrees_of_freedom,
        maxima=_maxima(band.maxima),
        shortlist=short,
    )


def _maxima(steps: tuple[int, ...]) -> Floats:
    return np.asarray(np.cumsum(np.array(steps, dtype=np.int64)) * BILLIONTH)


def contrast_at_cut(cuts: CutMeans, gain: Revalued, place: int) -> Contrast:
    """Return the moments of a gain at another cut: by the delete-a-group jackknife, units are the groups.

    Without an interval there (``gain.elsewhere``) nothing is known but the mean.
    """
    mean = np.array(cuts.mean[place]) - np.array(gain.instead)
    size = len(mean)
    covariance = covariance_of(gain.at_cuts[place]) if gain.at_cuts else np.zeros((size, size))
    return Contrast(
        units=cuts.groups,
        rows=gain.rows,
        mean=mean[None],
        covariance=covariance[None],
        skewness=np.zeros(1),
        deciding_events=np.array([gain.events[place] if gain.events else 0]),
        degrees_of_freedom=float(cuts.groups - 1),
    )


def best_cut(cuts: CutMeans, at: Floats) -> int:
    """Return the place of the published cut that is worth most on these rows; of equals the highest."""
    worth = np.array(cuts.mean) @ at
    return len(worth) - 1 - int(np.argmax(worth[::-1]))
