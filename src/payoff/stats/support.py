"""Tier F: the mean of contributions that can take only a few known values.

Where every value formula is constant given outcome and action, a row's contribution is one of as many values
as the matrix has cells, and those values are known before any row is seen. So is a losing cell that has not
occurred yet: it keeps its place in the bounds, where the data's own minimum would forget it.

Two methods. *Likelihood*: the signed root of the multinomial likelihood ratio on the declared support. Under
the constraint that the mean is h the most likely shares are p_j = (n_j / n) / (1 + lambda (x_j - h)), with
lambda at the edge and an unseen extreme cell taking the remaining mass where the seen cells alone cannot
reach h (Owen 2001, Empirical Likelihood, chapter 2; here the support is declared, so it is a parametric
likelihood). The sum over rows moves in steps, which the root does not know: bounds lie further out by half of
the smallest one (:func:`half_step`). *Exact*: Clopper-Pearson for every cell whose value is not zero, joined by
Bonferroni: guaranteed at any size, and wider. Rows must be independent and unweighted.

Clopper, Pearson (1934). Biometrika 26(4), 404-413. https://doi.org/10.1093/biomet/26.4.404
"""

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from payoff.stats.contrast import Floats
from payoff.stats.distributions import beta_ppf, normal_cdf, normal_ppf

Method = Literal["auto", "exact"]
# Whole rows, or parts of them where ties are shared out.
Rows = NDArray[np.number[Any]]

FEWEST_ROWS = 10
# Halvings that take an interval to the last bit of float64, its exponent included.
HALVINGS = 80
# Logarithm of the least and the most slack, in units of the spread: exp(-35) is below its rounding.
SLACK = 35.0
# Values closer than this, in units of the largest, are one value: they differ by rounding.
EQUAL = 1e-9
# One-sided deviates at which the exact bounds are computed; between them they are read off linearly.
GRID = np.linspace(0.0, 8.0, 257)


def support_confidence(counts: Rows, values: Floats, hurdle: ArrayLike, method: Method = "auto") -> Floats:
    """Return the one-sided confidence that the mean contribution exceeds the hurdle.

    Parameters
    ----------
    counts : (J,) rows by cell of the declared support, unseen cells included as 0.
    values : (J,), or (D, J) for D draws of the assumptions.
    hurdle : a number or (D,). Below every declared value the confidence is exactly 1, above all of them 0.
    method : ``auto`` takes the likelihood on a side where it holds (:func:`likelihood_holds`), else the
        exact method; ``exact`` takes the latter always.

    Returns
    -------
    (D,) float64; 0.5 where neither side says anything, as at the observed mean itself.

    >>> support_confidence(np.array([90, 10]), np.array([0.0, 5.0]), 0.5).tolist()  # the observed mean
    [0.5]
    """
    values = np.atleast_2d(np.asarray(values, np.float64))
    hurdle = np.broadcast_to(np.asarray(hurdle, np.float64), (len(values),))
    found = np.empty(len(values))
    observed, half = _observed(counts, values), half_step(counts, values)
    above = observed >= hurdle
    for side, sign in ((above, 1.0), (~above, -1.0)):
        likely = side & (method == "auto") & likelihood_holds(counts, sign * values)
        exact = side & ~likely
        least = (sign * values).min(axis=1, initial=np.inf)
        # The least value itself asks that all rows have it: that stays impossible once one has not.
        nearer = np.minimum(sign * hurdle + half * (sign * hurdle > least), sign * observed)
        root = likelihood_root(counts, sign * values[likely], nearer[likely])
        found[likely] = normal_cdf(sign * root)
        found[exact] = normal_cdf(sign * _exact_deviate(counts, sign * values[exact], sign * hurdle[exact]))
    return _outside(found, values, hurdle)


def support_bounds(
    counts: Rows, values: Floats, level: float, method: Method = "auto"
) -> tuple[Floats, Floats]:
    """Return the two-sided bounds of the mean contribution, (D,) each; parameters as above.

    ``counts`` may be (D, J) as well, for one support in D parts of the rows, such as slices.

    >>> low, high = support_bounds(np.array([100, 0]), np.array([0.0, -1.0]), 0.95)
    >>> round(float(low[0]), 4), float(high[0])  # no loss in 100 rows: Clopper-Pearson, 1 - 0.025 ** 0.01
    (-0.0362, 0.0)
    """
    counts = np.atleast_2d(counts)
    values = np.atleast_2d(np.asarray(values, np.float64))
    values = np.broadcast_to(values, (max(len(values), len(counts)), values.shape[1]))
    deviate = float(-normal_ppf(np.float64((1.0 - level) / 2.0)))
    low = _lower(counts, values, deviate, method)
    return low, 0.0 - _lower(counts, -values, deviate, method)


def likelihood_holds(counts: Rows, values: Floats) -> NDArray[np.bool_]:
    """Return (D,) whether the lower bound may rest on the likelihood.

    Every cell with a negative value needs 10 rows, seen or not. A cell with a positive value needs them too
    once it is seen: a bound carried by two lucky rows is the same error turned round.
    """
    few = counts < FEWEST_ROWS
    return np.asarray(~(((values < 0.0) & few) | ((values > 0.0) & few & (counts > 0))).any(axis=1), np.bool_)


def support_method(counts: Rows, values: Floats, method: Method = "auto") -> str:
    """Return how the method of bounds is called, by which of its sides rest on the likelihood.

    Parameters
    ----------
    counts, values : (J,) rows and value of each cell.
    method : as of :func:`support_bounds`.

    >>> values = np.array([1.0, -1.0])
    >>> support_method(np.array([50, 50]), values), support_method(np.array([50, 9]), values)
    ('finite support', 'exact finite support')
    """
    both = np.stack([values, -values])
    sides = likelihood_holds(np.asarray(counts), both) & (method == "auto")
    if sides.all():
        return "finite support"
    return "finite support, exact on one side" if sides.any() else "exact finite support"


def half_step(counts: Rows, values: Floats) -> Floats:
    """Return (D,) by how much the bounds that rest on the likelihood lie further out: the continuity correction.

    The sum over rows moves by differences between values. The smallest difference between cells that hold ten rows
    is the grain of the mean; where only two values occur it is coarse, and a proportion that falls between two
    steps is falsely cleared more often than promised. Half of it, over the rows, as for the binomial.

    >>> half_step(np.array([60, 30, 10]), np.array([[-2.0, 0.0, 20.0]])).tolist()  # 2 / 100 / 2
    [0.01]
    """
    counts = np.atleast_2d(counts)
    ordered = np.sort(np.where(counts >= FEWEST_ROWS, values, np.nan), axis=1)
    least = EQUAL * np.abs(values).max(axis=1, initial=0.0)
    steps = np.diff(ordered, axis=1)
    step = np.where(steps > least[:, None], steps, np.inf).min(axis=1, initial=np.inf)
    return np.asarray(np.where(np.isinf(step), 0.0, step) / (2.0 * counts.sum(axis=1)), np.float64)


def likelihood_root(counts: Rows, values: Floats, hurdle: Floats) -> Floats:
    """Return sqrt(2 log likelihood ratio) of "mean = hurdle", (D,); hurdles at or below the observed mean.

    Infinite where no shares of the declared support have that mean.
    """
    seen = counts > 0
    shares, rise = counts[seen] / counts.sum(), values[:, seen] - hurdle[:, None]
    reach = hurdle - values.min(axis=1, initial=np.inf)
    with np.errstate(divide="ignore", invalid="ignore"):
        edge = np.where(reach > 0.0, 1.0 / reach, 0.0)
        low, high = np.zeros(len(values)), edge.copy()
        for _ in range(HALVINGS):
            middle = (low + high) / 2.0
            slope = (shares * rise / (1.0 + middle[:, None] * rise)).sum(axis=1)
            low, high = np.where(slope > 0.0, middle, low), np.where(slope > 0.0, high, middle)
        ratio = 2.0 * (counts[seen] * np.log1p(low[:, None] * rise)).sum(axis=1)
    root = np.sqrt(np.maximum(ratio, 0.0))
    certain = (reach <= 0.0) & (rise > 0.0).any(axis=1)
    return np.asarray(np.where(certain, np.inf, root), np.float64)


def _observed(counts: Rows, values: Floats) -> Floats:
    return np.asarray(values @ counts / counts.sum(), np.float64)


def _outside(found: Floats, values: Floats, hurdle: Floats) -> Floats:
    """Make certain what the declared support makes certain."""
    found = np.where(hurdle < values.min(axis=1), 1.0, found)
    return np.where(hurdle > values.max(axis=1), 0.0, found)


def _lower(counts: Rows, values: Floats, deviate: float, method: Method) -> Floats:
    likely = np.asarray((method == "auto") & likelihood_holds(counts, values), np.bool_)
    found = np.empty(len(values))
    counts = np.broadcast_to(counts, values.shape)
    inner = _likelihood_lower(counts[likely], values[likely], deviate)
    outer = inner - half_step(counts[likely], values[likely])
    found[likely] = np.maximum(outer, values[likely].min(axis=1, initial=np.inf))
    found[~likely] = _exact_lower(counts[~likely], values[~likely], np.array([deviate]))[:, 0]
    return found


def _likelihood_lower(counts: Rows, values: Floats, deviate: float) -> Floats:
    """Return the hurdle at which the likelihood root is ``deviate``; ``counts`` and ``values`` are (D, J).

    Shares proportional to n_j / (x_j - least + slack) are the profile, turned into one search for the slack.
    """
    least, total = values.min(axis=1, initial=np.inf), counts.sum(axis=1)
    rise = np.where(counts > 0, values - least[:, None], 0.0)
    low, high = np.full(len(values), -SLACK), np.full(len(values), SLACK)
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        beyond = _tilted(counts, rise, middle)[1] > deviate**2
        low, high = np.where(beyond, middle, low), np.where(beyond, high, middle)
    mean, ratio = _tilted(counts, rise, high)
    # Where even no slack leaves doubt, the unseen least value takes what mass the likelihood still allows.
    left = np.exp(-np.maximum(deviate**2 - ratio, 0.0) / (2.0 * total))
    return np.asarray(least + left * mean, np.float64)


def _tilted(counts: Rows, rise: Floats, log_slack: Floats) -> tuple[Floats, Floats]:
    """Return the mean rise of the tilted shares, and twice the log likelihood they cost."""
    spread = np.maximum(rise.max(axis=1, initial=0.0), np.finfo(np.float64).tiny)
    tilt = 1.0 / (rise / spread[:, None] + np.exp(log_slack)[:, None])
    shares = tilt / (tilt * counts).sum(axis=1, keepdims=True)
    cost = np.log(shares * counts.sum(axis=1, keepdims=True))
    return (rise * shares * counts).sum(axis=1), -2.0 * (cost * counts).sum(axis=1)


def _exact_lower(counts: Rows, values: Floats, deviates: Floats) -> Floats:
    """Return (D, Z) Bonferroni lower bounds at one-sided normal deviates; ``counts`` are (D, J) or (1, J)."""
    cells = (values != 0.0).any(axis=0)
    total, n = counts.sum(axis=1)[:, None, None], counts[:, None, cells]
    tail = normal_cdf(-deviates)[:, None] / max(int(cells.sum()), 1)
    none, all_of_them = n == 0, n == total
    least = np.where(none, 0.0, beta_ppf(tail, np.maximum(n, 1), total - n + 1))
    # From the other end: 1 - tail would lose a small tail's digits.
    most = np.where(all_of_them, 1.0, 1.0 - beta_ppf(tail, np.maximum(total - n, 1), n + 1))
    used = values[:, None, cells]
    bound = np.maximum(used, 0.0) @ least.swapaxes(1, 2) + np.minimum(used, 0.0) @ most.swapaxes(1, 2)
    return np.asarray(np.maximum(bound[:, 0], values.min(axis=1, initial=np.inf)[:, None]), np.float64)


def _exact_deviate(counts: Rows, values: Floats, hurdle: Floats) -> Floats:
    """Return the largest deviate whose exact lower bound still reaches the hurdle; 0 where none does."""
    if not len(values):
        return np.zeros(0)
    bound = _exact_lower(counts[None], values, GRID)
    reached = (bound > hurdle[:, None]).sum(axis=1)
    after = np.clip(reached, 1, len(GRID) - 1)
    rows = np.arange(len(values))
    high, low = bound[rows, after - 1], bound[rows, after]
    step = np.divide(high - hurdle, high - low, out=np.zeros(len(values)), where=high > low)
    return np.asarray(
        (reached > 0) * (GRID[after - 1] + np.clip(step, 0.0, 1.0) * (GRID[1] - GRID[0])), np.float64
    )
