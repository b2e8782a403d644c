"""Means in a world of other shares, against sums over rows and over clusters."""

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from payoff.stats.strata import Strata, shifted
from payoff.tables import Cells, Moments

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
# Sums of some hundred doubles in another order; a tail lost digits to centring.
ROUNDING, TAIL = 1e-9, 1e-7
LIKELY = np.array([0.0, 1.0])
# Of the fourth part there are no rows here, and none are asked for.
ALL, WITHOUT_ONE = np.array([0.2, 0.3, 0.5, 0.0]), np.array([0.6, 0.0, 0.4, 0.0])
SHIFT = 15.0


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows worth ``value`` where they are acted on and nothing where not."""

    value: Floats
    acted: Integers
    part: Integers
    weight: Floats
    cluster: Integers | None

    @property
    def worth(self) -> Floats:
        return self.value * self.acted


def rows_of(kind: str, n: int = 240) -> Rows:
    rng = np.random.default_rng(1)
    return Rows(
        value=rng.gamma(1.0, 20.0, n),
        acted=rng.integers(0, 2, n),
        part=rng.integers(0, 3, n),
        weight=rng.integers(1, 5, n) / 2 if "weighted" in kind else np.ones(n),
        cluster=rng.integers(0, 50, n) if "cluster" in kind else None,
    )


def strata_of(rows: Rows) -> Strata:
    """Return cells by part, action and cluster."""
    keys = [rows.part, rows.acted] + ([] if rows.cluster is None else [rows.cluster])
    held, code = np.unique(np.stack(keys, axis=1), axis=0, return_inverse=True)
    size, w, y = len(held), rows.weight, rows.value - SHIFT

    def summed(column: Floats) -> Floats:
        return np.bincount(code.ravel(), column, size)

    powers = [np.stack([summed(w**3 * one**j) for one in (y, 0.0 * y, y)], axis=1) for j in range(4)]
    cells = Cells(
        group=np.zeros(size, dtype=np.int64),
        state=np.zeros(size, dtype=np.int64),
        actions={},
        cluster=None if rows.cluster is None else held[:, 2],
        moments=Moments(
            rows=np.bincount(code.ravel()),
            weight=summed(w),
            weight2=summed(w**2),
            weight3=summed(w**3),
            total_high=np.zeros((size, 2), dtype=np.int64),
            total_low=np.zeros((size, 2), dtype=np.int64),
            nonzero=np.bincount(code.ravel())[:, None],
            shift=np.full((size, 1), SHIFT),
            first=summed(w * y)[:, None],
            first2=summed(w**2 * y)[:, None],
            second=summed(w**2 * y**2)[:, None, None],
            third=np.stack(powers, axis=2),
        ),
    )
    switches = np.stack([np.zeros(size), held[:, 1].astype(float)], axis=1)
    return Strata(cells=cells, switches=switches, part=held[:, 0], likely=LIKELY)


def factors(rows: Rows, shares: Floats) -> tuple[Floats, Floats]:
    """Return by how much each row counts more than here, and the mean of its part."""
    w, sizes = rows.weight, np.array([rows.weight[rows.part == one].sum() for one in range(3)])
    means = [np.average(rows.worth[rows.part == one], weights=w[rows.part == one]) for one in range(3)]
    return (shares[:3] * w.sum() / sizes)[rows.part], np.array(means)[rows.part]


def influence(rows: Rows, shares: Floats, coefficient: float, less: float) -> Floats:
    factor, mean = factors(rows, shares)
    here = rows.worth - np.average(rows.worth, weights=rows.weight)
    return rows.weight * (coefficient * factor * (rows.worth - mean) - less * here)


def skewness(psi: Floats) -> float:
    return float((psi**3).mean() / (psi**2).mean() ** 1.5)


@pytest.mark.parametrize("kind", ["rows", "weighted", "clusters", "weighted clusters"])
@pytest.mark.parametrize("shares", [ALL, WITHOUT_ONE], ids=["all", "without one"])
@pytest.mark.parametrize(("coefficient", "less"), [(1.0, None), (-1.0, None), (1.0, 0.1), (0.1, 1.0)])
def test_value_error_tail_and_freedom_are_those_of_the_influence(
    kind: str, shares: Floats, coefficient: float, less: float | None
) -> None:
    rows = rows_of(kind)
    found = shifted(strata_of(rows), shares, coefficient * LIKELY, None if less is None else less * LIKELY)
    factor, mean = factors(rows, shares)
    w, plain = rows.weight, np.average(rows.worth, weights=rows.weight)
    value = coefficient * np.average(factor * mean, weights=w) - (less or 0.0) * plain
    assert found.mean[0, 0] == pytest.approx(value, rel=ROUNDING)
    # Without a difference, rows of a part that is not asked for do not count.
    counts = (factor > 0.0) | (less is not None)
    psi, many = (
        influence(rows, shares, coefficient, less or 0.0)[counts],
        w * (factor if less is None else 1.0),
    )
    if rows.cluster is None:
        part = rows.part[counts]
        corrected = [(psi[part == one] ** 2).sum() * (part == one).sum() for one in np.unique(part)]
        square = sum(c / ((part == one).sum() - 1) for c, one in zip(corrected, np.unique(part), strict=True))
        # The tail is that of the value, of a difference that of the value here, turned where that runs against it.
        own = w * (factor if less is None else 1.0) * (rows.worth - mean)
        tail = skewness(own[counts]) * (1.0 if coefficient == 1.0 else -1.0)
        units, freedom = int(counts.sum()), many.sum() ** 2 / (many**2).sum() - 1.0
    else:
        names, code = np.unique(rows.cluster[counts], return_inverse=True)
        totals, sizes = np.bincount(code, psi), np.bincount(code, many[counts])
        units, tail = len(names), skewness(totals)
        square = (totals**2).sum() * units / (units - 1)
        freedom = sizes.sum() ** 2 / (sizes**2).sum() - 1.0
    assert (found.units, found.rows, found.clustered) == (units, counts.sum(), rows.cluster is not None)
    assert found.covariance[0, 0, 0] / units == pytest.approx(square / w.sum() ** 2, rel=ROUNDING)
    assert found.skewness[0] == pytest.approx(tail, rel=TAIL)
    assert found.degrees_of_freedom == pytest.approx(freedom, rel=ROUNDING)


@pytest.mark.parametrize("kind", ["rows", "clusters"])
def test_where_nothing_is_acted_on_there_is_neither_error_nor_tail(kind: str) -> None:
    rows = rows_of(kind)
    rows = Rows(rows.value, 0 * rows.acted, rows.part, rows.weight, rows.cluster)
    found = shifted(strata_of(rows), ALL, LIKELY)
    assert (found.mean[0, 0], found.covariance[0, 0, 0], found.skewness[0]) == (0.0, 0.0, 0.0)


def test_two_clusters_have_the_error_of_their_difference() -> None:
    rows = rows_of("rows")
    halves = np.arange(len(rows.part)) % 2
    two = Rows(rows.value, rows.acted, rows.part, rows.weight, halves)
    found = shifted(strata_of(two), np.bincount(rows.part) / len(rows.part), LIKELY)
    mean = np.array([rows.worth[rows.part == one].mean() for one in range(3)])
    own = np.bincount(halves, rows.worth - mean[rows.part])
    assert found.covariance[0, 0, 0] / 2 == pytest.approx(
        2 * (own**2).sum() / len(rows.part) ** 2, rel=ROUNDING
    )


def test_a_part_of_one_row_and_a_single_cluster_have_no_error() -> None:
    rows = rows_of("rows")
    lone = Rows(rows.value, rows.acted, np.r_[2, rows.part[1:] % 2], rows.weight, None)
    assert np.isnan(shifted(strata_of(lone), ALL, LIKELY).covariance).all()
    one = Rows(rows.value, rows.acted, rows.part, rows.weight, 0 * rows.part)
    assert np.isnan(shifted(strata_of(one), ALL, LIKELY).covariance).all()
