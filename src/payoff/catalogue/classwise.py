"""Metrics of decisions and forecasts about several classes, from the tables that hold them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from payoff.catalogue.clusters import Clusters, clusters_of
from payoff.catalogue.decisions import trust_behind
from payoff.catalogue.scores import score_cells, score_metrics
from payoff.catalogue.weights import Trust, Weights, weights_of
from payoff.stats.confusion import Confusion, Design, decision_metric
from payoff.stats.distributions import t_ppf
from payoff.stats.estimates import Interval
from payoff.stats.jackknife import scaled_bounds
from payoff.stats.kish import kish
from payoff.stats.losses import mean_loss
from payoff.stats.multiclass import METRICS, ClassTable, class_metric
from payoff.stats.ranking import roc_auc
from payoff.tables import Cells

OF_ONE_CLASS = ("precision", "recall", "f1")
OF_FORECASTS = ("log_loss", "brier_score")
OF_RANKING = ("roc_auc_ovr", "roc_auc_ovr_weighted")
CLASSWISE: tuple[str, ...] = ("accuracy", *METRICS, *OF_FORECASTS, *OF_RANKING)
HOPELESS = "{:,} clipped rows were called impossible and happened: the loss rests on the clip at 2.2e-16"

Floats = NDArray[np.float64]


def class_table(cells: Cells, answers: Floats, names: Sequence[str]) -> ClassTable:
    """Return known rows by class and answer, with the covariance that weights or clusters call for.

    Parameters
    ----------
    answers : (c, L) share of each cell's rows that are answered in each way, those of the classes first.
    names : the classes.
    """
    known = cells.known
    moments, state = cells.moments.take(known), cells.state[known]
    by_cell = (np.eye(len(names))[state][:, :, None] * answers[known][:, None, :]).reshape(len(state), -1)
    shape = (len(names), answers.shape[1])
    totals, rows = by_cell.T @ moments.weight, np.rint(by_cell.T @ moments.rows).astype(np.int64)
    covariance, freedom = None, np.inf
    weighted = not np.array_equal(moments.weight, moments.weight2)
    weighted |= not np.array_equal(moments.weight, moments.rows)
    if cells.cluster is not None:
        covariance, freedom = _clustered(by_cell, moments.weight, cells.cluster[known])
    elif weighted:
        n = int(moments.rows.sum())
        covariance, freedom = (by_cell.T * moments.weight2) @ by_cell * (n / max(n - 1, 1)), n - 1.0
    return ClassTable(
        totals=totals.reshape(shape),
        rows=rows.reshape(shape),
        names=tuple(names),
        covariance=covariance,
        freedom=float(freedom),
        squares=(by_cell.T @ moments.weight2).reshape(shape) if weighted else None,
    )


def _clustered(by_cell: Floats, weight: Floats, cluster: NDArray[np.int64]) -> tuple[Floats, float]:
    names, code = np.unique(cluster, return_inverse=True)
    size = len(names)
    per_unit = np.stack([np.bincount(code, weight * column, size) for column in by_cell.T], axis=1)
    total = np.bincount(code, weight, size)
    effective = float(kish(total.sum(), total @ total))
    covariance = np.asarray(per_unit.T @ per_unit * (size / max(size - 1, 1)), dtype=np.float64)
    return covariance, min(size, effective) - 1.0


def table_metrics(
    table: ClassTable, names: Sequence[str], clusters: Clusters | None, level: float = 0.95
) -> Iterator[tuple[str, Interval]]:
    """Yield every named metric of a table of classes and answers; names of other kinds are passed over."""
    for name in names:
        if name == "accuracy":
            right = np.eye(*table.totals.shape).ravel()
            maps = np.stack([right, 0.0 * right, 1.0 - right, 0.0 * right])
            yield name, _of_two("accuracy", _collapsed(table, maps), clusters, level)
        elif name in METRICS:
            trust = Trust(clusters, _of_rarest(table))
            yield name, trust.trusted(class_metric(name, table, trust.level(level)), level)


def _of_two(name: str, table: Confusion, clusters: Clusters | None, level: float) -> Interval:
    """Return a metric of a table that was brought to two outcomes and two answers."""
    trust = trust_behind(name, table, clusters)
    return trust.trusted(decision_metric(name, table, trust.level(level)), level)


def _of_rarest(table: ClassTable) -> Weights | None:
    """Return what unequal weights leave of the class that is worth fewest rows."""
    if table.squares is None:
        return None
    sums = zip(table.totals.sum(axis=1), table.squares.sum(axis=1), table.rows.sum(axis=1), strict=True)
    held = ((float(kish(one, two)), int(rows)) for one, two, rows in sums if two > 0.0)
    return Weights(*min(held, default=(0.0, 0)))


def one_class(
    table: ClassTable, clusters: Clusters | None, level: float = 0.95
) -> Iterator[tuple[str, str, Interval]]:
    """Yield (metric, class, interval): precision, recall and F1 of every class against all others."""
    classes, answers = table.totals.shape
    for place, label in enumerate(table.names):
        actual, answered = np.zeros((classes, answers)), np.zeros((classes, answers))
        actual[place], answered[:, place] = 1.0, 1.0
        a, b = actual.ravel(), answered.ravel()
        maps = np.stack([a * b, (1.0 - a) * b, a * (1.0 - b), (1.0 - a) * (1.0 - b)])
        confusion = _collapsed(table, maps)
        for name in OF_ONE_CLASS:
            kernel = "f_beta" if name == "f1" else name
            yield name, label, _of_two(kernel, confusion, clusters, level)


def _collapsed(table: ClassTable, maps: Floats) -> Confusion:
    """Return a table as the four cells of ``Confusion``, each the sum of those that ``maps`` (4, C L) names."""
    totals, rows = maps @ table.totals.ravel(), np.rint(maps @ table.rows.ravel()).astype(np.int64)
    if table.covariance is None:
        return Confusion(totals=totals, rows=rows)
    units = np.minimum(rows, round(table.freedom + 1.0))
    design = Design(
        covariance=maps @ table.covariance @ maps.T,
        degrees_of_freedom=max(table.freedom, 1.0),
        units=units,
        squares=None if table.squares is None else maps @ table.squares.ravel(),
    )
    return Confusion(totals=totals, rows=rows, design=design)


def forecast_losses(
    cells: Cells, names: Sequence[str], level: float = 0.95
) -> Iterator[tuple[str, Interval]]:
    """Yield the mean losses of class probabilities, from their table (``payoff.tabulation.classes``).

    The Brier score is the full sum over classes, twice that of a binary outcome.
    """
    for part, name in ((1, "log_loss"), (0, "brier_score")):
        if name in names:
            hopeless, clusters = int(cells.moments.nonzero.sum()), clusters_of(cells)
            found = mean_loss(cells, part, level if clusters is None else clusters.level(level))
            found = Trust(clusters, weights_of(cells.where(cells.known))).trusted(found, level)
            if name == "log_loss" and hopeless and found.value is not None:
                found = replace(found, tier="C", note=HOPELESS.format(hopeless))
            yield name, found


def against_the_rest(
    by_class: Mapping[str, Cells], names: Sequence[str], clusters: Clusters | None, level: float = 0.95
) -> Iterator[tuple[str, str | None, Interval]]:
    """Yield (metric, class or None, interval): ROC AUC of each class against all others, and their means.

    Parameters
    ----------
    by_class : class -> the scores table of its probability, states as of the spec.

    Means are over classes alike or by their rows; their intervals are delete-a-group jackknives, since the areas of
    several classes on the same rows go together.
    """
    asked = [name for name in OF_RANKING if name in names]
    if not asked:
        return
    turned = {
        label: replace(
            cells, state=np.where(cells.known, (cells.state == place).astype(np.int64), cells.state)
        )
        for place, (label, cells) in enumerate(by_class.items())
    }
    for label, cells in turned.items():
        found = score_metrics(cells, ("roc_auc",), None, probability=True, clusters=clusters, level=level)
        yield "roc_auc", label, dict(found)["roc_auc"]
    for name in asked:
        area = _mean_area(
            turned, name == "roc_auc_ovr_weighted", level if clusters is None else clusters.level(level)
        )
        yield name, None, area if clusters is None else clusters.trusted(area, level)


def _mean_area(turned: Mapping[str, Cells], by_rows: bool, level: float) -> Interval:
    first = next(iter(turned.values()))
    groups = np.unique(first.group)
    value = _area(turned, by_rows)
    rows = int(first.moments.rows[first.known].sum())
    about = {
        "value": value,
        "low": None,
        "high": None,
        "level": level,
        "rows": rows,
        "events": min(int(one.moments.rows[one.state == 1].sum()) for one in turned.values()),
        "method": "delete-a-group jackknife",
    }
    if value is None:
        return Interval(**about, tier="C", note="undefined: a class without rows")  # type: ignore[arg-type]
    without = [
        _area({label: one.where(one.group != group) for label, one in turned.items()}, by_rows)
        for group in groups
    ]
    known = [one for one in without if one is not None]
    if len(groups) < 2 or len(known) < len(without):
        return Interval(**about, tier="C", note="no interval: a class in one group alone")  # type: ignore[arg-type]
    spread = np.array(known)
    stderr = float(np.sqrt((len(known) - 1) / len(known) * ((spread - spread.mean()) ** 2).sum()))
    quantile = float(t_ppf(0.5 + level / 2.0, len(known) - 1))
    low, high = scaled_bounds(value, stderr, quantile, "logit")
    return replace(Interval(**about, tier="A", stderr=stderr), low=low, high=high)  # type: ignore[arg-type]


def _area(turned: Mapping[str, Cells], by_rows: bool) -> float | None:
    areas, weights = [], []
    for cells in turned.values():
        scores = score_cells(cells)
        found = roc_auc(scores, 0.95).value if scores.positives and scores.negatives else None
        if found is None:
            return None
        areas.append(found)
        weights.append(float(scores.positive.sum()))
    return float(np.average(areas, weights=weights if by_rows else None))


__all__ = [
    "CLASSWISE",
    "against_the_rest",
    "class_table",
    "forecast_losses",
    "one_class",
    "table_metrics",
]
