"""What decisions or forecasts get right where there are several classes: from the table of class against answer.

Every metric is a smooth function of the table that does not change when all of it is doubled, so that one formula
gives every standard error, as in ``payoff.stats.confusion``: the gradient g by the cells, and SE^2 = g' V g with V the
sum of squared units: the counts on its diagonal for independent rows (the multinomial delta method), a covariance for
weights and clusters.

Takahashi, Yamamoto, Kuchiba, Koyama (2022), macro and micro F. https://doi.org/10.1007/s10489-021-02635-5
Gorodkin (2004), correlation of several classes. https://doi.org/10.1016/j.compbiolchem.2004.09.006
Fleiss, Cohen, Everitt (1969), kappa. https://doi.org/10.1037/h0028106
Ferrer (2022), normalised expected cost. https://arxiv.org/abs/2209.05355
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from payoff.stats.confusion import RESOLVED
from payoff.stats.distributions import normal_ppf, t_ppf
from payoff.stats.estimates import Interval
from payoff.stats.jackknife import Scale, scaled_bounds

Floats = NDArray[np.float64]
Graded = tuple[float, Floats]

AVERAGES = ("macro", "micro", "weighted")
METRICS: tuple[str, ...] = (
    "balanced_accuracy",
    *(f"{name}_{average}" for name in ("precision", "recall", "f1") for average in AVERAGES),
    "cohen_kappa",
    "matthews_corrcoef",
)
FEWEST = 10
_SCALES: dict[str, Scale] = {
    "matthews_corrcoef": "fisher_z",
    "cohen_kappa": "fisher_z",
    "normalised_cost": "log",
}
_PERFECT = "no error seen: half a row is added to each cell for the interval"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClassTable:
    """Rows by class and answer.

    Attributes
    ----------
    totals : (C, L) weighted rows; answer j below C is class j, any further answer is none of the classes.
    rows : (C, L) rows.
    names : (C,) the classes.
    covariance : (C L, C L) the sum over units of u u' * n / (n - 1), u a unit's weighted cells; None for
        independent unweighted rows. Raw second moments: only gradients orthogonal to the totals may be applied.
    freedom : degrees of freedom of that covariance.
    squares : (C, L) sums of squared weights; None where all rows weigh the same.
    """

    totals: Floats
    rows: NDArray[np.int64]
    names: tuple[str, ...]
    covariance: Floats | None = None
    freedom: float = math.inf
    squares: Floats | None = None

    @property
    def present(self) -> NDArray[np.bool_]:
        """Return (C,) the classes that occur, as an outcome or as an answer."""
        classes = len(self.totals)
        return np.asarray((self.totals.sum(axis=1) > 0) | (self.totals[:, :classes].sum(axis=0) > 0))


def class_metric(name: str, table: ClassTable, level: float = 0.95) -> Interval:
    """Return one metric with its two-sided interval; undefined, never 0, where a class lets it be none.

    Parameters
    ----------
    name : one of ``METRICS``, under scikit-learn's name; its answer too wherever that is defined.
    level : two-sided.

    A class that occurs neither as outcome nor as answer is left out, as scikit-learn leaves it out. One that is never
    answered has no precision and one without rows no recall: where scikit-learn puts 0, nothing is said here.
    Intervals are the delta method's on the logit scale, kappa's and the correlation's on Fisher's z, with weights or
    clusters by Student's t. Under 10 rows of the rarest class they are shown and not to be trusted.

    >>> found = class_metric("f1_macro", ClassTable(
    ...     totals=np.array([[8.0, 2.0], [4.0, 6.0]]), rows=np.array([[8, 2], [4, 6]]), names=("a", "b")))
    >>> round(found.value, 6)  # the mean of 16/22 and 12/18
    0.69697
    """
    missing = _missing(name, table)
    if missing is not None:
        return _interval(name, table, None, level, missing)
    return bounded(name, table, _metric(name, table.totals), lambda totals: _metric(name, totals), level)


def normalised_cost(table: ClassTable, cost: Floats, best: int, level: float = 0.95) -> Interval:
    """Return the expected cost of the answers over that of the best constant answer.

    Parameters
    ----------
    cost : (C, L) what an answer loses against the best one for its class; not negative.
    best : the constant answer that loses least.

    1 is no better than that constant, 0 the best answer for every row. The best constant is taken as given.

    >>> table = ClassTable(totals=np.array([[8.0, 2.0], [4.0, 6.0]]), rows=np.array([[8, 2], [4, 6]]), names=("a", "b"))
    >>> normalised_cost(table, np.array([[0.0, 1.0], [5.0, 0.0]]), best=1).value  # (2 + 4 x 5) / 10
    2.2
    """

    def graded(totals: Floats) -> Graded:
        top, bottom = float((totals * cost).sum()), float(totals.sum(axis=1) @ cost[:, best])
        return top / bottom, (cost - top / bottom * cost[:, [best]]) / bottom

    if not table.totals.sum() > 0.0:
        return _interval("normalised_cost", table, None, level, "undefined: no rows")
    if not float(table.totals.sum(axis=1) @ cost[:, best]) > 0.0:
        return _interval(
            "normalised_cost", table, None, level, "undefined: a constant action is best for every row"
        )
    if float(table.totals[:, best].sum()) == float(table.totals.sum()):
        found = _interval("normalised_cost", table, 1.0, level, "certain: decides as the constant does")
        return replace(found, low=1.0, high=1.0, stderr=0.0)
    return bounded("normalised_cost", table, graded(table.totals), graded, level)


def bounded(
    name: str, table: ClassTable, graded: Graded, again: Callable[[Floats], Graded], level: float
) -> Interval:
    """Return a value with its interval from its gradient; ``again`` grades another table."""
    value, slope = graded
    found = _interval(name, table, value, level, None)
    if not table.freedom > 0.0:
        return replace(found, tier="C", note="no interval: fewer than two independent units")
    covariance = np.diag(table.totals.ravel()) if table.covariance is None else table.covariance
    stderr, inside, note = _error(slope, covariance), value, None
    if stderr == 0.0:
        unit = float(covariance.sum() / table.totals.sum())
        inside, slope = again(table.totals + unit / 2.0)
        stderr = _error(slope, covariance + np.eye(slope.size) * unit * unit / 2.0)
        note = _PERFECT
    tail = 0.5 + level / 2.0
    quantile = float(normal_ppf(tail) if math.isinf(table.freedom) else t_ppf(tail, table.freedom))
    low, high = scaled_bounds(inside, stderr, quantile, _SCALES.get(name, "logit"))
    few = _few(table)
    return replace(
        found,
        low=min(low, value),
        high=max(high, value),
        stderr=stderr,
        tier="A" if few is None else "C",
        note="; ".join(text for text in (note, few) if text) or None,
    )


def _error(slope: Floats, covariance: Floats) -> float:
    flat = slope.ravel()
    variance = float(flat @ covariance @ flat)
    # What cancels to nothing leaves rounding of either sign.
    most = float(np.abs(flat) @ np.sqrt(np.diagonal(covariance))) ** 2
    return math.sqrt(variance) if variance > RESOLVED * most else 0.0


def _few(table: ClassTable) -> str | None:
    rows = table.rows.sum(axis=1)
    scarce = [(int(count), name) for count, name in zip(rows, table.names, strict=True) if 0 < count < FEWEST]
    return None if not scarce else f"{min(scarce)[0]} rows of {min(scarce)[1]!r}: too few for the interval"


def _missing(name: str, table: ClassTable) -> str | None:
    """Say which class leaves a metric undefined, if one does."""
    totals, classes = table.totals, len(table.totals)
    if not totals.sum() > 0.0:
        return "undefined: no rows"
    actual, answered = totals.sum(axis=1), totals[:, :classes].sum(axis=0)
    if name.startswith("precision") and name != "precision_micro":
        needed = table.present if name == "precision_macro" else actual > 0
        never = _without(table, needed & (answered <= 0))
        return (
            f"undefined: no row is answered {never!r} (scikit-learn counts its precision as 0)"
            if never
            else None
        )
    if name == "precision_micro" and not answered.sum() > 0:
        return "undefined: no row is answered by a class"
    if name == "recall_macro":
        never = _without(table, table.present & (actual <= 0))
        return f"undefined: no row of {never!r} (scikit-learn counts its recall as 0)" if never else None
    spread = int((actual > 0).sum()), int((totals.sum(axis=0) > 0).sum())
    if name == "matthews_corrcoef" and min(spread) < 2:
        return "undefined: one class or one answer alone"
    if (
        name == "cohen_kappa"
        and spread == (1, 1)
        and float(np.trace(totals[:, :classes])) == float(totals.sum())
    ):
        return "undefined: one class and one answer, as chance alone gives"
    return None


def _without(table: ClassTable, where: NDArray[np.bool_]) -> str | None:
    return next((name for name, here in zip(table.names, where, strict=True) if here), None)


def _metric(name: str, totals: Floats) -> Graded:
    """Return a metric and its gradient by the cells."""
    if name == "cohen_kappa":
        return _kappa(totals)
    if name == "matthews_corrcoef":
        return _correlation(totals)
    kind, _, average = name.partition("_")
    if name == "balanced_accuracy":
        return _mean(_by_class("recall", totals), totals.sum(axis=1) > 0)
    if average == "micro":
        return _pooled(kind, totals)
    graded = _by_class(kind, totals)
    actual, answered = totals.sum(axis=1), totals[:, : len(totals)].sum(axis=0)
    if average == "macro":
        return _mean(graded, (actual > 0) | (answered > 0))
    return _weighted(graded, totals)


def _margins(kind: str, totals: Floats) -> tuple[Floats, Floats]:
    """Return how often the rows of a class, and its answers, count in the denominator of a metric by class."""
    classes = len(totals)
    actual = {"recall": 1.0, "precision": 0.0, "f1": 0.5}[kind]
    return np.full(classes, actual), np.full(classes, 1.0 - actual)


def _by_class(kind: str, totals: Floats) -> tuple[Floats, Floats]:
    """Return (C,) the metric of every class, and (C, C, L) its gradient; 0 where a class is not there."""
    classes, answers = totals.shape
    by_row, by_answer = _margins(kind, totals)
    hits = np.diagonal(totals)
    held = by_row * totals.sum(axis=1) + by_answer * totals[:, :classes].sum(axis=0)
    scale = np.where(held > 0, held, 1.0)
    value = np.where(held > 0, hits / scale, 0.0)
    slope = np.zeros((classes, classes, answers))
    every = np.arange(classes)
    slope[every, every, :] -= (value * by_row)[:, None]
    slope[every, :, every] -= (value * by_answer)[:, None]
    slope[every, every, every] += 1.0
    return value, slope * np.where(held > 0, 1.0 / scale, 0.0)[:, None, None]


def _mean(graded: tuple[Floats, Floats], among: NDArray[np.bool_]) -> Graded:
    value, slope = graded
    return float(value[among].mean()), np.asarray(slope[among].mean(axis=0))


def _weighted(graded: tuple[Floats, Floats], totals: Floats) -> Graded:
    """Return the mean over classes by their rows."""
    value, slope = graded
    share = totals.sum(axis=1) / totals.sum()
    mean = float(share @ value)
    return mean, np.tensordot(share, slope, axes=1) + (value[:, None] - mean) / totals.sum()


def _pooled(kind: str, totals: Floats) -> Graded:
    """Return hits over what is pooled of all classes."""
    classes = len(totals)
    by_row, by_answer = (float(one[0]) for one in _margins(kind, totals))
    counted = np.full(totals.shape, by_row)
    counted[:, :classes] += by_answer
    hits, held = np.eye(*totals.shape), float((counted * totals).sum())
    value = float((hits * totals).sum()) / held
    return value, (hits - value * counted) / held


def _chance(totals: Floats) -> tuple[float, Floats]:
    """Return the sum over classes of rows times answers, and its gradient."""
    classes, answers = totals.shape
    actual, answered = totals.sum(axis=1), totals.sum(axis=0)
    padded = np.concatenate([actual, np.zeros(answers - classes)])
    return float(actual @ answered[:classes]), answered[:classes, None] + padded[None, :]


def _kappa(totals: Floats) -> Graded:
    n, hits = float(totals.sum()), np.eye(*totals.shape)
    agreed, (both, rise) = float((hits * totals).sum()) / n, _chance(totals)
    chance, by_chance = both / n**2, rise / n**2 - 2.0 * both / n**3
    by_agreed = (hits - agreed) / n
    return (agreed - chance) / (1.0 - chance), by_agreed / (1.0 - chance) - by_chance * (1.0 - agreed) / (
        1.0 - chance
    ) ** 2


def _correlation(totals: Floats) -> Graded:
    n, hits = float(totals.sum()), np.eye(*totals.shape)
    agreed, (both, rise) = float((hits * totals).sum()), _chance(totals)
    actual, answered = totals.sum(axis=1), totals.sum(axis=0)
    left, right = n * n - float(answered @ answered), n * n - float(actual @ actual)
    scale = math.sqrt(left) * math.sqrt(right)
    value = min(max((n * agreed - both) / scale, -1.0), 1.0)
    top = agreed + n * hits - rise
    bent = (n - answered)[None, :] / left + (n - actual)[:, None] / right
    return value, top / scale - value * bent


def _interval(name: str, table: ClassTable, value: float | None, level: float, note: str | None) -> Interval:
    rows = table.rows.sum(axis=1)
    scale = _SCALES.get(name, "logit")
    return Interval(
        value=value,
        low=None,
        high=None,
        level=level,
        rows=int(rows.sum()),
        events=int(rows[rows > 0].min(initial=rows.max(initial=0))) if rows.size else 0,
        method=f"delta_{scale}" if table.covariance is None else f"linearised_{scale}",
        tier="A" if value is not None else "C",
        note=note,
    )
