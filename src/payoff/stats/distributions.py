"""Normal, t, beta and chi-squared probabilities and quantiles over arrays, without scipy.

``import scipy.special`` costs half a second, more than a whole evaluation. Normal probabilities come from
the standard library. Everything else is one integral: with u = logit(x) the beta density is

    x^a y^b / B(a, b) du,    y = 1 - x,

which is log-concave in u. So a tail, from x0 away from the mode, is the density at x0 (Loader's saddle-point
form, which does not cancel at any size) times the integral of a decreasing factor that starts at 1 (double
exponential quadrature, which needs no choice of scale), and Newton's method on the log of a tail converges
from everywhere. Parameters of the beta are to be 0.25 or more (df 0.5 or more): below, digits are lost.

Loader, C. (2000). Fast and accurate computation of binomial probabilities.
Takahasi, H., Mori, M. (1974). Double exponential formulas for numerical integration. Publications of the
Research Institute for Mathematical Sciences 9(3), 721-741. https://doi.org/10.2977/prims/1195192451
"""

import math
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

# Nodes and weights of the integral over (0, inf) of a factor that decays at least exponentially.
_STEP = 0.0625
_POINT = np.arange(-3.75, 6.5, _STEP)
_NODE = np.exp(_POINT - np.exp(-_POINT))
_WEIGHT = _STEP * _NODE * (1.0 + np.exp(-_POINT))
# Rows integrated at once: the table of nodes stays within the processor's cache.
_ROWS = 256
# Stirling's series is exact to float64 from here on.
# So few quantiles are sought one by one, and kept.
_FEW = 4
# From here on Student's quantile follows from the normal one to the last digits (up to 30 standard errors).
_MANY = 20_000.0
_LARGE = 16.0
# A Newton step from so small a residual leaves one of the order of its square.
_NEAR = 1e-7
_MOST_STEPS = 200
# Beyond this logit a number cannot be told from 0 or 1.
_FAR = 700.0

_erfc = np.frompyfunc(math.erfc, 1, 1)
_erf = np.frompyfunc(math.erf, 1, 1)
_lgamma = np.frompyfunc(math.lgamma, 1, 1)


def normal_cdf(x: ArrayLike) -> Floats:
    """Return P(Z <= x) of the standard normal, to full relative accuracy in the lower tail.

    >>> float(normal_cdf(0.0))
    0.5
    """
    return np.asarray(0.5 * _as_floats(_erfc(np.asarray(x, np.float64) * -math.sqrt(0.5))))


def normal_ppf(p: ArrayLike) -> Floats:
    """Return the standard normal quantile of ``p``; minus and plus infinity at 0 and 1, nan outside.

    Wichura (1988), algorithm AS 241, as in Python's ``statistics``.

    >>> round(float(normal_ppf(0.975)), 6)
    1.959964
    """
    p = np.asarray(p, np.float64)
    inside = (p > 0.0) & (p < 1.0)
    found = np.where(p == 0.0, -math.inf, np.where(p == 1.0, math.inf, math.nan))
    found[inside] = [_inverse(one) for one in p[inside].tolist()]
    return found


_inverse = NormalDist().inv_cdf


def _as_floats(found: object) -> Floats:
    return np.asarray(found, np.float64)


def chi2_sf(x: ArrayLike) -> Floats:
    """Return P(X > x) of the chi-squared distribution with one degree of freedom.

    >>> round(float(chi2_sf(3.841459)), 6)
    0.05
    """
    return _as_floats(_erfc(np.sqrt(np.maximum(x, 0.0) / 2.0)))


def chi2_cdf(x: ArrayLike) -> Floats:
    """Return P(X <= x) of the chi-squared distribution with one degree of freedom.

    >>> round(float(chi2_cdf(3.841459)), 6)
    0.95
    """
    return _as_floats(_erf(np.sqrt(np.maximum(x, 0.0) / 2.0)))


def t_cdf(x: ArrayLike, df: ArrayLike) -> Floats:
    """Return P(T <= x) of Student's t; infinite ``df`` is the normal.

    >>> round(float(t_cdf(1.0, 1.0)), 12)  # 1/2 + atan(1)/pi
    0.75
    """
    x, df = np.broadcast_arrays(np.asarray(x, np.float64), np.asarray(df, np.float64))
    normal = np.isinf(df)
    finite = np.where(normal, 1.0, df)
    # x / sqrt(df) first: its square must not overflow before it is needed.
    ratio = np.minimum(np.abs(x) / np.sqrt(finite), 1e150) ** 2
    tail = 0.5 * _tails(finite / 2.0, np.full(x.shape, 0.5), 1.0 / (1.0 + ratio), ratio / (1.0 + ratio))[0]
    found = np.where(x > 0.0, 1.0 - tail, tail)
    if np.any(normal):
        found = np.where(normal, normal_cdf(x), found)
    return np.asarray(np.where(np.isnan(x), np.nan, found), np.float64)


def t_ppf(p: ArrayLike, df: ArrayLike) -> Floats:
    """Return the quantile of Student's t; infinite ``df`` is the normal, nan outside [0, 1].

    >>> round(float(t_ppf(0.975, 10.0)), 4)
    2.2281
    """
    p, df = np.broadcast_arrays(np.asarray(p, np.float64), np.asarray(df, np.float64))
    few = ~(df >= _MANY)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = _t_by_normal(normal_ppf(p), df)
    if np.any(few):
        p, df = p[few], df[few]
        with np.errstate(divide="ignore"):
            guess = np.log(df) - 2.0 * np.log(np.abs(found[few]))
        logit = _logit_quantile(2.0 * np.minimum(p, 1.0 - p), np.abs(2.0 * p - 1.0), df / 2.0, 0.5, guess)
        with np.errstate(over="ignore"):
            found[few] = np.copysign(np.sqrt(df) * np.exp(-0.5 * logit), p - 0.5)
    return found


def _t_by_normal(z: Floats, df: Floats) -> Floats:
    """Return Student's quantile from the normal one, for many degrees of freedom.

    Hill's expansion (Abramowitz, Stegun 26.7.5); what it leaves out is below z^11 / df^5.
    """
    square, r = z * z, 1.0 / df
    first = (square + 1.0) / 4.0
    second = ((5.0 * square + 16.0) * square + 3.0) / 96.0
    third = (((3.0 * square + 19.0) * square + 17.0) * square - 15.0) / 384.0
    fourth = ((((79.0 * square + 776.0) * square + 1482.0) * square - 1920.0) * square - 945.0) / 92160.0
    with np.errstate(invalid="ignore"):
        found = z + z * r * (first + r * (second + r * (third + r * fourth)))
    return np.asarray(np.where(np.isinf(z), z, found), np.float64)


def beta_cdf(x: ArrayLike, a: ArrayLike, b: ArrayLike) -> Floats:
    """Return P(X <= x) of the beta distribution: the regularised incomplete beta function I_x(a, b).

    >>> round(float(beta_cdf(0.5, 2.0, 1.0)), 12)
    0.25
    """
    x, a, b = np.broadcast_arrays(*(np.asarray(part, np.float64) for part in (x, a, b)))
    return _tails(a, b, np.clip(x, 0.0, 1.0), np.clip(1.0 - x, 0.0, 1.0))[0]


def beta_ppf(p: ArrayLike, a: ArrayLike, b: ArrayLike) -> Floats:
    """Return the quantile of the beta distribution, nan for ``p`` outside [0, 1].

    >>> round(float(beta_ppf(0.25, 2.0, 1.0)), 12)
    0.5
    """
    p = np.asarray(p, np.float64)
    logit = _logit_quantile(p, 1.0 - p, a, b)
    with np.errstate(over="ignore"):
        return np.asarray(1.0 / (1.0 + np.exp(-logit)), np.float64)


def _tails(a: Floats, b: Floats, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return (I_x(a, b), its complement); x + y = 1, both given so that neither is rounded away."""
    shape = x.shape
    a, b, x, y = (np.ravel(part) for part in (a, b, x, y))
    # Integrate away from the mode in u, x = a / (a + b); the other side is the mirror image.
    below = x * b <= y * a
    mirrored = [np.where(below, *pair) for pair in ((a, b), (b, a), (x, y), (y, x))]
    inside = np.where(np.isnan(x), np.nan, 0.0)
    at = np.flatnonzero(mirrored[2] > 0.0)
    for start in range(0, len(at), _ROWS):
        rows = at[start : start + _ROWS]
        inside[rows] = _lifted_tail(*(part[rows] for part in mirrored))
    outside = 1.0 - inside
    lower, upper = np.where(below, inside, outside), np.where(below, outside, inside)
    return lower.reshape(shape), upper.reshape(shape)


def _lifted_tail(a: Floats, b: Floats, x: Floats, y: Floats) -> Floats:
    """Return I_x(a, b), with a slow decay taken one up: I_x(a, b) = I_x(a + 1, b) + x^a y^b / (a B(a, b))."""
    slow = a < 1.0
    first = np.where(slow, _density(a, b, x, y) / a, 0.0)
    return np.asarray(np.minimum(first + _tail(np.where(slow, a + 1.0, a), b, x, y), 1.0), np.float64)


def _tail(a: Floats, b: Floats, x: Floats, y: Floats) -> Floats:
    """Return I_x(a, b) for a >= 1 and 0 < x <= a / (a + b)."""
    n = a + b
    slope = np.maximum(a - n * x, 0.0)
    # Where slope s + curvature s^2 / 2 = 1: about where the factor has fallen to 1/e.
    scale = 2.0 / (slope + np.sqrt(slope**2 + 2.0 * n * x * y))
    a, b, n, near, far = (part[:, None] for part in (a, b, n, x, y))
    s = scale[:, None] * _NODE
    # The log density at u - s less that at u, in whichever form has the smaller terms.
    small = near <= 0.5
    with np.errstate(over="ignore"):
        moved = np.log1p(np.where(small, near, far) * np.expm1(np.where(small, -s, np.minimum(s, 690.0))))
    fall = np.where(small, -a, b) * s - n * moved
    integral = np.exp(np.minimum(fall, 0.0)) @ _WEIGHT
    return np.asarray(np.minimum(_density(a[:, 0], b[:, 0], x, y) * scale * integral, 1.0), np.float64)


def _density(a: Floats, b: Floats, x: Floats, y: Floats) -> Floats:
    """Return x^a y^b / B(a, b)."""
    n = a + b
    correction = _stirling(n) - _stirling(a) - _stirling(b)
    exponent = correction - _deviance(a, n * x) - _deviance(b, n * y)
    return np.asarray(np.sqrt(a / n * b / (2.0 * np.pi)) * np.exp(exponent), np.float64)


def _stirling(z: Floats) -> Floats:
    """Return log Gamma(z) less Stirling's (z - 1/2) log z - z + log(2 pi) / 2."""
    r = 1.0 / z**2
    series = (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r / 1188)))) / z
    small = z < _LARGE
    if np.any(small):
        low = z[small]
        direct = _as_floats(_lgamma(low)) - (low - 0.5) * np.log(low) + low - 0.5 * math.log(2.0 * math.pi)
        series[small] = direct
    return np.asarray(series, np.float64)


def _deviance(count: Floats, mean: Floats) -> Floats:
    """Return count log(count / mean) + mean - count, without cancellation where they are close."""
    v = (count - mean) / (count + mean)
    square = v * v
    series = np.zeros_like(v)
    for odd in range(21, 1, -2):
        series = (series + 1.0 / odd) * square
    close = (count - mean) * v + 2.0 * count * v * series
    with np.errstate(divide="ignore", over="ignore"):
        direct = count * np.log(count / mean) + mean - count
    return np.asarray(np.where(np.abs(v) < 0.1, close, direct), np.float64)


def _logit_quantile(
    p: ArrayLike, q: ArrayLike, a: ArrayLike, b: ArrayLike, guess: ArrayLike = math.inf
) -> Floats:
    """Return logit(x) with I_x(a, b) = p and its complement q; both given so that neither is rounded.

    ``guess`` is where to begin; infinite for none.
    """
    columns = np.broadcast_arrays(*(np.asarray(part, np.float64) for part in (p, q, a, b, guess)))
    if columns[0].size <= _FEW:
        # Thousands of small slices ask for the same few quantiles.
        sought = zip(*(one.flat for one in columns), strict=True)
        return np.array([_one_quantile(*map(float, one)) for one in sought]).reshape(columns[0].shape)
    return _quantiles(*map(np.ravel, columns)).reshape(columns[0].shape)


@lru_cache(maxsize=65_536)
def _one_quantile(p: float, q: float, a: float, b: float, guess: float) -> float:
    return float(_quantiles(*(np.array([part]) for part in (p, q, a, b, guess)))[0])


def _quantiles(p: Floats, q: Floats, a: Floats, b: Floats, guess: Floats) -> Floats:
    """Return the quantiles of a column of each; by Newton's steps from a guess, a normal one where there is none."""
    valid = (p >= 0.0) & (q >= 0.0) & (a > 0.0) & (b > 0.0)
    found = np.where(valid, np.where(p == 0.0, -np.inf, np.inf), np.nan)
    at = np.flatnonzero(valid & (p > 0.0) & (q > 0.0))
    deviate = np.where(p[at] < q[at], 1.0, -1.0) * normal_ppf(np.minimum(p[at], q[at]))
    normal = np.log(a[at] / b[at]) + deviate * np.sqrt(1.0 / a[at] + 1.0 / b[at])
    found[at] = np.where(np.isfinite(guess[at]), np.clip(guess[at], -_FAR, _FAR), normal)
    for _ in range(_MOST_STEPS):
        if len(at) == 0:
            break
        step, residual = _newton(found[at], p[at], q[at], a[at], b[at])
        found[at] = np.clip(found[at] + step, -_FAR, _FAR)
        at = at[np.abs(residual) > _NEAR]
    return found


def _newton(logit: Floats, p: Floats, q: Floats, a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """Return the step towards the root of the log of the smaller tail, and the residual there."""
    with np.errstate(over="ignore"):
        x, y = 1.0 / (1.0 + np.exp(-logit)), 1.0 / (1.0 + np.exp(logit))
    lower, upper = _tails(a, b, x, y)
    low = p <= q
    tail, aim = np.where(low, lower, upper), np.where(low, p, q)
    # Too far out to be told from zero: back half the way to the mode.
    lost = tail <= 0.0
    safe = np.where(lost, aim, tail)
    residual = np.where(lost, -np.inf, np.log(safe) - np.log(aim))
    slope = np.maximum(_density(a, b, x, y) / safe, 1.0 / _FAR)
    step = np.where(low, -1.0, 1.0) * np.where(lost, 0.0, residual) / slope
    return np.where(lost, 0.5 * (np.log(a / b) - logit), step), residual
