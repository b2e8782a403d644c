"""Concordance against R's survival, means and jackknife against R's boot (tests/stats/reference)."""

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.catalogue.law_rows import LIKELY, Rows, cells_of

from payoff.stats.contrast import Contrast, moments
from payoff.stats.contributions import contrast_of
from payoff.stats.jackknife import delete_a_group
from payoff.stats.ranking import ScoreCells, delong, placements

REFERENCE = Path(__file__).parent / "reference"
# R's numbers are printed to 15 digits; cubes of fifty cancel where amounts are as good as symmetric.
PRINTED = 1e-11
Compared = Iterator[tuple[str, float, float]]


def tables(name: str) -> list[dict[str, str]]:
    with (REFERENCE / f"{name}.csv").open() as file:
        return list(csv.DictReader(file))


def scored(row: dict[str, str], positive: str, negative: str) -> ScoreCells:
    held = [np.array([float(row[f"{side}{score}"]) for score in range(16)]) for side in (positive, negative)]
    return ScoreCells(
        score=np.arange(16.0),
        positive=held[0],
        negative=held[1],
        positive_squared=held[0],
        negative_squared=held[1],
        positives=int(held[0].sum()),
        negatives=int(held[1].sum()),
    )


def of_survival(row: dict[str, str]) -> Compared:
    """Yield the concordance with case weights and without, and the variance of its infinitesimal jackknife."""
    cells, weighted = scored(row, "p", "n"), scored(row, "v", "w")
    area = delong(cells)[0]
    yield "roc_auc with weights", delong(weighted)[0], float(row["weighted"])
    yield "roc_auc", area, float(row["plain"])
    # Influence (v - auc) / m of a positive and (v - auc) / n of a negative, squared: DeLong's but for n / (n - 1).
    of_positives, of_negatives = placements(cells)
    variance = float(cells.positive @ (of_positives - area) ** 2) / cells.positives**2
    variance += float(cells.negative @ (of_negatives - area) ** 2) / cells.negatives**2
    yield "roc_auc variance by placements", variance, float(row["variance"])


def gain_of(amount: np.ndarray, weight: np.ndarray) -> Contrast:
    """Return the value of acting on every row."""
    n = len(amount)
    zero, number = np.zeros(n), np.arange(n)
    rows = Rows(
        score=number / n,
        state=number % 2,
        acted=np.ones(n, dtype=np.int64),
        rival=np.zeros(n, dtype=np.int64),
        weight=weight,
        worth=amount,
        spared=zero,
        group=number,
        part=np.zeros(n, dtype=np.int64),
    )
    cells = cells_of(rows)
    return contrast_of(cells, np.stack([np.zeros(n), np.ones(n)], axis=1), LIKELY)


def of_boot(row: dict[str, str]) -> Compared:
    """Yield a mean with its second and third cumulants, and a weighted mean with its jackknife."""
    weight, amount = (np.array([float(row[f"{name}{j}"]) for j in range(12)]) for name in "wx")
    likely, n = LIKELY, 12
    plain, weighted = gain_of(amount, np.ones(n)), gain_of(amount, weight)
    at = moments(plain, likely)
    variance = float(at.stderr[0, 0]) ** 2 * (n - 1) / n
    yield "gain", float(at.mean[0, 0]), float(row["mean"])
    yield "gain variance", variance, float(row["variance"])
    yield "gain third cumulant", float(plain.skewness[0]) * variance**1.5 / n**0.5, float(row["third"])
    value = float(moments(weighted, likely).mean[0, 0])
    yield "weighted gain", value, float(row["weighted"])
    without = np.array([_mean_without(j, amount, weight) for j in range(n)])
    yield "jackknife variance", delete_a_group(value, without).stderr ** 2, float(row["jackknife"])


def _mean_without(row: int, amount: np.ndarray, weight: np.ndarray) -> float:
    kept = np.arange(len(amount)) != row
    return float(weight[kept] @ amount[kept] / weight[kept].sum())


def differences(name: str) -> dict[str, tuple[int, float]]:
    """Return, per estimator, how many tables were compared and the largest difference, relative above one."""
    found: dict[str, tuple[int, float]] = {}
    for row in tables(name):
        for estimator, ours, theirs in {"survival": of_survival, "boot": of_boot}[name](row):
            count, worst = found.get(estimator, (0, 0.0))
            found[estimator] = count + 1, max(worst, abs(ours - theirs) / max(1.0, abs(theirs)))
    return found


@pytest.mark.parametrize(("name", "estimators"), [("survival", 3), ("boot", 5)])
def test_a_thousand_tables_give_the_numbers_of_r(name: str, estimators: int) -> None:
    found = differences(name)
    assert len(found) == estimators
    for estimator, (count, worst) in found.items():
        assert count == 1_000
        assert worst <= PRINTED, estimator
