"""What a decision gets right, from the four counts of outcome against action.

Every metric here is a smooth function of the four totals that does not change when they are all doubled, so
that one formula gives every standard error: the gradient g by the totals, and SE^2 = g' V g with V the sum of
squared units. For independent rows V holds the counts on its diagonal (the multinomial delta method); with
weights or clusters it comes as a :class:`Design`. g is orthogonal to the totals: nothing has to be centred.

With few rows that is not near enough: where a cell that counts holds fewer than 50, the bounds of what is no share come
from limits of the shares it is made of (:mod:`payoff.stats.propagated`).

Wilson (1927). https://doi.org/10.1080/01621459.1927.10502953
Korn, Graubard (1998), Survey Methodology 24, 193-201 (proportions with weights or clusters).
Takahashi, Yamamoto, Kuchiba, Koyama (2022), F-measures. https://doi.org/10.1007/s10489-021-02635-5
Itaya, Tamura, Hayashi, Yamamoto (2025), Matthews correlation on Fisher's z. Stat Med 44, e10303.
Fleiss, Cohen, Everitt (1969), kappa. https://doi.org/10.1037/h0028106
Simel, Samsa, Matchar (1991), likelihood ratios. https://doi.org/10.1016/0895-4356(91)90128-V
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from payoff.stats.distributions import normal_ppf, t_ppf
from payoff.stats.estimates import Interval
from payoff.stats.gradients import kappa, likelihood_ratio, matthews, ratio
from payoff.stats.jackknife import Scale, scaled_bounds
from payoff.stats.kish import kish
from payoff.stats.propagated import number_of, propagated_bounds
from payoff.stats.proportions import (
    clopper_pearson_lower,
    clopper_pearson_upper,
    effective_rows,
    wilson_bounds,
)
from payoff.stats.rare_outcomes import JUDGED_WIDER

Floats = NDArray[np.float64]
Bounds = tuple[float, float]
# Variances that cancel below this part of what they are made of have no digit left.
RESOLVED = 1e-13

METRICS: tuple[str, ...] = (
    "prevalence",
    "act_rate",
    "accuracy",
    "precision",
    "recall",
    "specificity",
    "f_beta",
    "balanced_accuracy",
    "matthews_corrcoef",
    "cohen_kappa",
    "positive_likelihood_ratio",
    "negative_likelihood_ratio",
)
# Cells in the numerator and in the denominator, in the order of ``Confusion.totals``.
SHARES = {
    "prevalence": ((1, 0, 1, 0), (1, 1, 1, 1)),
    "act_rate": ((1, 1, 0, 0), (1, 1, 1, 1)),
    "accuracy": ((1, 0, 0, 1), (1, 1, 1, 1)),
    "precision": ((1, 0, 0, 0), (1, 1, 0, 0)),
    "recall": ((1, 0, 0, 0), (1, 0, 1, 0)),
    "specificity": ((0, 0, 0, 1), (0, 1, 0, 1)),
}
_MARGINS = (
    ("predicted positives", (1, 1, 0, 0)),
    ("actual positives", (1, 0, 1, 0)),
    ("actual negatives", (0, 1, 0, 1)),
    ("predicted negatives", (0, 0, 1, 1)),
    ("false positives", (0, 1, 0, 0)),
    ("true negatives", (0, 0, 0, 1)),
)
_NEEDED = {
    "precision": ("predicted positives",),
    "recall": ("actual positives",),
    "specificity": ("actual negatives",),
    "balanced_accuracy": ("actual positives", "actual negatives"),
    "matthews_corrcoef": tuple(name for name, _ in _MARGINS[:4]),
    "positive_likelihood_ratio": ("actual positives", "actual negatives", "false positives"),
    "negative_likelihood_ratio": ("actual positives", "actual negatives", "true negatives"),
}
# The margins that a metric which is no share rests on; with weights the one that is worth fewest rows tells.
_RESTS_ON = {
    "f_beta": ("predicted positives", "actual positives"),
    "balanced_accuracy": ("actual positives", "actual negatives"),
    "matthews_corrcoef": tuple(name for name, _ in _MARGINS[:4]),
    "cohen_kappa": tuple(name for name, _ in _MARGINS[:4]),
    "positive_likelihood_ratio": ("actual positives", "actual negatives"),
    "negative_likelihood_ratio": ("actual positives", "actual negatives"),
}
# A ratio of the share of positives to the share of negatives that end in one row of the table.
_ACTED = {
    "positive_likelihood_ratio": (1.0, 1.0, 0.0, 0.0),
    "negative_likelihood_ratio": (0.0, 0.0, 1.0, 1.0),
}
_SCALES: dict[str, Scale] = {
    "matthews_corrcoef": "fisher_z",
    "cohen_kappa": "fisher_z",
    "positive_likelihood_ratio": "log",
    "negative_likelihood_ratio": "log",
}
_HALF = "a cell is empty: half a row is added to each for the interval"
# With fewer rows in a cell that counts the delta method errs up to 36% where it says 5%; with as many 6.0%.
MANY = 50


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Design:
    """How weighted or clustered rows vary; independent unweighted rows need none.

    Attributes
    ----------
    covariance : (4, 4), the sum over units of u u' * n / (n - 1), with u (4,) a unit's weighted totals
        and n the units. Raw second moments: only gradients orthogonal to the totals may be applied.
    degrees_of_freedom : of that variance.
    units : (4,), independent units (clusters, rows) that hold a row of each cell.
    squares : (4,), sums of squared weights of the rows of each cell; None where all rows weigh the same, or where
        unequal weights give outcomes a share that is in no doubt.
    unit : (4,), the weight of a unit of each cell, where the covariance is about the means of outcomes and does not
        tell it; None elsewhere.
    """

    covariance: Floats
    degrees_of_freedom: float
    units: NDArray[np.int64]
    squares: Floats | None = None
    unit: Floats | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Confusion:
    """Rows by outcome and action.

    Attributes
    ----------
    totals : (4,), weighted true positives, false positives, false negatives, true negatives.
    rows : (4,), rows in each.
    design : None for independent unweighted rows.
    """

    totals: Floats
    rows: NDArray[np.int64]
    design: Design | None = None


def decision_metric(name: str, table: Confusion, level: float = 0.95, beta: float = 1.0) -> Interval:
    """Return one metric with its two-sided interval; undefined (never 0) where its denominator is empty.

    Parameters
    ----------
    name : one of ``METRICS``.
    table : the four counts.
    level : two-sided.
    beta : weight of recall against precision, for ``f_beta`` alone.

    Shares get Wilson's interval, with a design at Korn and Graubard's effective rows. F-beta and balanced
    accuracy get the delta method on the logit scale, the Matthews correlation and kappa (whose error is that of
    Fleiss, Cohen and Everitt) on Fisher's z, likelihood ratios on the log scale; with a design by Student's t.
    Where a cell is empty half a unit is added to each for error and bounds, and the note says so. Where a cell that
    counts holds fewer than 50 independent rows the note says that guardrails are judged by wider bounds
    (:func:`lower_bound`).

    Raises
    ------
    KeyError
        Where ``name`` is no metric of this table.

    >>> table = Confusion(totals=np.array([5.0, 5.0, 0.0, 0.0]), rows=np.array([5, 5, 0, 0]))
    >>> found = decision_metric("precision", table)
    >>> found.value, round(found.low, 4), round(found.high, 4)
    (0.5, 0.2366, 0.7634)
    >>> decision_metric("matthews_corrcoef", table).note
    'undefined: no predicted negatives'
    """
    missing = _missing(name, table)
    if missing is not None:
        return _interval(name, table, None, level)
    value, _ = _metric(name, table.totals, beta)
    found = _interval(name, table, value, level)
    if table.design is not None and not table.design.degrees_of_freedom > 0.0:
        return replace(found, tier="C", note="no interval: fewer than two independent units")
    tail = 0.5 + level / 2.0
    if name in SHARES:
        worth = _rows_worth(name, table)
        if worth <= 0.0:
            return replace(
                found, tier="C", note="no interval: it rests on parts of rows, and on no whole one"
            )
        low, high = wilson_bounds(value, worth, float(normal_ppf(tail)))
        return replace(found, low=low, high=high, stderr=_stderr(name, table, beta) or None)
    low, high = _delta_bounds(name, table, tail, beta)
    notes = [_HALF if _thin(name, table) else None, JUDGED_WIDER if _few(name, table) else None]
    note = "; ".join(each for each in notes if each) or None
    return replace(found, low=low, high=high, stderr=_shown(name, table, beta)[1], note=note)


def exact_share(name: str, table: Confusion, level: float = 0.95) -> Interval:
    """Return a share with Clopper and Pearson's two-sided interval, which covers at least at ``level``.

    With a design it is Korn and Graubard's: the same at the rows that the share is worth, which no longer promises
    as much. Undefined where no row counts in it.

    Raises
    ------
    KeyError
        Where ``name`` is no share of this table.

    >>> found = exact_share("recall", Confusion(totals=np.array([0.0, 0.0, 10.0, 0.0]), rows=np.array([0, 0, 10, 0])))
    >>> found.low, round(found.high, 4), found.method  # 1 - 0.025^(1/10)
    (0.0, 0.3085, 'clopper_pearson')
    """
    shown = decision_metric(name, table, level)
    if name not in SHARES:
        raise KeyError(name)
    bounds = (None, None) if shown.low is None else _bound(name, table, 0.5 + level / 2.0, 1.0)
    method = "clopper_pearson" if table.design is None else "korn_graubard"
    return replace(shown, low=bounds[0], high=bounds[1], method=method)


def lower_bound(name: str, table: Confusion, confidence: float, beta: float = 1.0) -> float | None:
    """Return the one-sided bound that the metric exceeds with ``confidence``; None if undefined.

    For guardrails. Shares use Clopper and Pearson's bound, with a design at Korn and Graubard's effective
    rows: one-sided Wilson errs too often. The others use the scale of :func:`decision_metric`; where a cell that counts
    holds fewer than 50 independent rows the bounds that limits of prevalence, recall and specificity leave
    (``propagated_wilson``), which err at most as often as they say but for 0.8 points.

    >>> table = Confusion(totals=np.array([10.0, 0.0, 0.0, 0.0]), rows=np.array([10, 0, 0, 0]))
    >>> round(lower_bound("recall", table, 0.95), 4)  # 0.05^(1/10)
    0.7411
    """
    return _bound(name, table, confidence, beta)[0]


def upper_bound(name: str, table: Confusion, confidence: float, beta: float = 1.0) -> float | None:
    """Return the one-sided bound that the metric stays below with ``confidence``; see :func:`lower_bound`.

    >>> table = Confusion(totals=np.array([0.0, 0.0, 10.0, 0.0]), rows=np.array([0, 0, 10, 0]))
    >>> round(upper_bound("recall", table, 0.95), 4)  # 1 - 0.05^(1/10)
    0.2589
    """
    return _bound(name, table, confidence, beta)[1]


def _bound(name: str, table: Confusion, confidence: float, beta: float) -> tuple[float | None, float | None]:
    if _missing(name, table) is not None:
        return None, None
    if table.design is not None and not table.design.degrees_of_freedom > 0.0:
        return None, None
    if name not in SHARES:
        return _linear_bounds(name, table, confidence, beta)
    rows = _rows_worth(name, table)
    successes = _metric(name, table.totals, beta)[0] * rows
    lower = clopper_pearson_lower(successes, rows, confidence)
    return lower, clopper_pearson_upper(successes, rows, confidence)


def _missing(name: str, table: Confusion) -> str | None:
    """Say which denominator is empty, if one is."""
    if name not in METRICS:
        raise KeyError(name)
    if table.totals.sum() <= 0.0:
        return "undefined: no rows"
    if name == "f_beta":
        held = table.totals[:3].sum() > 0.0
        return None if held else "undefined: no predicted and no actual positives"
    if name == "cohen_kappa":
        alike = (table.totals > 0.0).sum() == 1 and max(table.totals[0], table.totals[3]) > 0.0
        return "undefined: one outcome and one action, as chance alone gives" if alike else None
    for margin, cells in _MARGINS:
        if margin in _NEEDED.get(name, ()) and float(table.totals @ np.array(cells)) <= 0.0:
            return f"undefined: no {margin}"
    return None


def _metric(name: str, totals: Floats, beta: float) -> tuple[float, Floats]:
    """Return the metric and its gradient by the four totals."""
    if name == "matthews_corrcoef":
        return matthews(totals)
    if name == "cohen_kappa":
        return kappa(totals)
    if name in _ACTED:
        return likelihood_ratio(totals, np.array(_ACTED[name]))
    if name == "balanced_accuracy":
        (first, up), (second, down) = _metric("recall", totals, beta), _metric("specificity", totals, beta)
        return (first + second) / 2.0, (up + down) / 2.0
    if name == "f_beta":
        square = beta * beta
        parts = (1.0 + square, 0.0, 0.0, 0.0), (1.0 + square, 1.0, square, 0.0)
        return ratio(np.array(parts[0]), np.array(parts[1]), totals)
    top, bottom = SHARES[name]
    return ratio(np.array(top, np.float64), np.array(bottom, np.float64), totals)


def _stderr(name: str, table: Confusion, beta: float) -> float:
    """Return the standard error at the totals themselves, 0 where they show none."""
    slope = _metric(name, table.totals, beta)[1]
    covariance = np.diag(table.totals) if table.design is None else table.design.covariance
    variance = float(slope @ covariance @ slope)
    # What cancels to nothing, as for a policy by lot, leaves rounding of either sign.
    most = float(np.abs(slope) @ np.sqrt(np.diagonal(covariance))) ** 2
    return math.sqrt(variance) if variance > RESOLVED * most else 0.0


def _counted(name: str, table: Confusion) -> Floats:
    """Return the cells that the metric counts."""
    return table.totals[:3] if name == "f_beta" else table.totals


def _thin(name: str, table: Confusion) -> bool:
    """Tell whether a cell that the metric counts is empty, or the units show no error at all."""
    return bool((_counted(name, table) <= 0.0).any()) or _stderr(name, table, 1.0) == 0.0


def _few(name: str, table: Confusion) -> bool:
    """Tell whether a cell that the metric counts holds too few independent rows for the delta method."""
    return table.design is None and bool((_counted(name, table) < MANY).any())


def _linear_bounds(name: str, table: Confusion, tail: float, beta: float) -> Bounds:
    """Return the bounds of what is no share at one-sided probability ``tail`` each."""
    if not _few(name, table):
        return _delta_bounds(name, table, tail, beta)
    value = _metric(name, table.totals, beta)[0]
    low, high = propagated_bounds(number_of(name, beta), table.totals, float(normal_ppf(tail)))
    if math.isinf(high):
        # A ratio to a part of a row, which only a policy by lot has: its limits reach 0.
        high = _delta_bounds(name, table, tail, beta)[1]
    return min(low, value), max(high, value)


def _shown(name: str, table: Confusion, beta: float) -> tuple[float, float]:
    """Return the value and the error that make the interval: its own, or those at half a row more."""
    if not _thin(name, table):
        return _metric(name, table.totals, beta)[0], _stderr(name, table, beta)
    covariance = np.diag(table.totals) if table.design is None else table.design.covariance
    if table.design is not None and table.design.unit is not None:
        own = table.design.unit
        inside, slope = _metric(name, table.totals + own / 2.0, beta)
        return inside, math.sqrt(max(float(slope @ (covariance + np.diag(own**2) / 2.0) @ slope), 0.0))
    # The size of a unit, by rows: sum of squared sizes / sum of sizes; 1 for independent rows.
    unit = 1.0 if table.design is None else float(covariance.sum() / table.totals.sum())
    inside, slope = _metric(name, table.totals + unit / 2.0, beta)
    fuller = covariance + np.eye(4) * unit * unit / 2.0
    return inside, math.sqrt(max(float(slope @ fuller @ slope), 0.0))


def _delta_bounds(name: str, table: Confusion, tail: float, beta: float) -> Bounds:
    """Return the bounds at one-sided probability ``tail`` each; they hold the value."""
    value = _metric(name, table.totals, beta)[0]
    design = table.design
    quantile = float(normal_ppf(tail) if design is None else t_ppf(tail, design.degrees_of_freedom))
    low, high = scaled_bounds(*_shown(name, table, beta), quantile, _SCALES.get(name, "logit"))
    if quantile <= 0.0:
        return low, high
    return min(low, value), max(high, value)


def _rows_worth(name: str, table: Confusion) -> float:
    """Return the rows in a share's denominator, with a design those they are worth."""
    bottom = np.array(SHARES[name][1])
    if table.design is None:
        return float(bottom @ table.totals)
    value = _metric(name, table.totals, 1.0)[0]
    # A unit may hold several cells: the fullest cell is the least that the denominator can rest on.
    units = int((table.design.units * bottom).max())
    rows, effective = float(bottom @ table.rows), kish_rows(name, table)[0]
    freedom = min(table.design.degrees_of_freedom, max(effective - 1.0, 1.0))
    variance = _stderr(name, table, 1.0) ** 2
    if table.design.unit is not None and variance > 0.0:
        # What lies between outcomes of given shares is in no doubt: a share may be worth more rows than it has.
        rows = math.inf
    return effective_rows(value, variance, rows, units, freedom, effective)


def is_share(name: str) -> bool:
    """Return whether a metric is a share of rows, whose interval counts them; the others are linearised."""
    return name in SHARES


def fewest_units(name: str, table: Confusion) -> float:
    """Return the independent units that hold rows of the margin that a metric rests on and that is worth fewest.

    Infinite for shares, which count their units themselves, and for rows that are units. A unit may hold rows of both
    cells of a margin: the fuller one is the least that the margin rests on.
    """
    if table.design is None or name not in _RESTS_ON:
        return math.inf
    named = dict(_MARGINS)
    return float(min((table.design.units * named[margin]).max() for margin in _RESTS_ON[name]))


def kish_rows(name: str, table: Confusion) -> tuple[float, int]:
    """Return the rows that weights leave a metric, (sum w)^2 / sum w^2, and how many these are of.

    Those of a share's denominator; of other metrics those of the margin they rest on that is worth fewest. Infinite
    where all rows weigh the same.

    >>> one = np.array([3.0, 0.0, 1.0, 0.0])
    >>> design = Design(covariance=np.eye(4), degrees_of_freedom=9.0, units=np.ones(4, int), squares=one**2)
    >>> kish_rows("recall", Confusion(totals=one, rows=np.ones(4, int), design=design))  # 4^2 / (9 + 1)
    (1.6, 2)
    """
    squares = None if table.design is None else table.design.squares
    if squares is None:
        return math.inf, int(table.rows.sum())
    named = dict(_MARGINS)
    margins = [named[one] for one in _RESTS_ON[name]] if name in _RESTS_ON else [SHARES[name][1]]
    sums = [
        [float(column @ np.array(one)) for column in (table.totals, squares, table.rows)] for one in margins
    ]
    return min(
        ((float(kish(total, square)), int(rows)) for total, square, rows in sums if square > 0.0),
        default=(0.0, 0),
    )


def _interval(name: str, table: Confusion, value: float | None, level: float) -> Interval:
    """Return the value without bounds, with what it rests on."""
    rows = table.rows
    if name in SHARES:
        top, bottom = (np.array(cells) for cells in SHARES[name])
        base, side = int(bottom @ rows), int(top @ rows)
    elif name == "f_beta":
        base, side = int(rows[:3].sum()), int(rows[0])
    else:
        base, side = int(rows.sum()), int(rows[0] + rows[2])
    return Interval(
        value=value,
        low=None,
        high=None,
        level=level,
        rows=base,
        events=min(side, base - side),
        method=_method(name, table),
        tier="A" if value is not None else "C",
        note=_missing(name, table),
    )


def _method(name: str, table: Confusion) -> str:
    if name in SHARES:
        return "wilson" if table.design is None else "wilson_effective_rows"
    scale = _SCALES.get(name, "logit")
    return f"delta_{scale}" if table.design is None else f"linearised_{scale}"
