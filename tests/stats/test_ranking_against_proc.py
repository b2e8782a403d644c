"""AUC, its variance and its interval against R's pROC (tests/stats/reference/proc.R, versions beside it)."""

import csv
from pathlib import Path

import numpy as np
import pytest

from payoff.stats.ranking import ScoreCells, delong, roc_auc

TABLES = Path(__file__).parent / "reference" / "proc.csv"
# pROC's numbers are printed to 15 digits; both sides sum a few hundred terms.
PRINTED = 1e-12


def cells(row: dict[str, str]) -> ScoreCells:
    positive = np.array([float(row[f"p{score}"]) for score in range(16)])
    negative = np.array([float(row[f"n{score}"]) for score in range(16)])
    return ScoreCells(
        score=np.arange(16.0),
        positive=positive,
        negative=negative,
        positive_squared=positive,
        negative_squared=negative,
        positives=int(positive.sum()),
        negatives=int(negative.sum()),
    )


def tables() -> list[dict[str, str]]:
    with TABLES.open() as file:
        return list(csv.DictReader(file))


def test_the_auc_and_its_variance_are_those_of_proc_on_a_thousand_tied_tables() -> None:
    rows = tables()
    assert len(rows) == 1000
    for row in rows:
        area, variance = delong(cells(row))
        assert area == pytest.approx(float(row["auc"]), abs=PRINTED)
        assert variance == pytest.approx(float(row["variance"]), abs=PRINTED)


def test_the_plain_interval_is_that_of_proc_wherever_the_auc_is_inside_its_range() -> None:
    inside = [row for row in tables() if 0 < float(row["auc"]) < 1 and float(row["variance"]) > 0]
    assert len(inside) > 900
    for row in inside:
        found = roc_auc(cells(row), scale="plain")
        assert found.low == pytest.approx(float(row["low"]), abs=PRINTED)
        assert found.high == pytest.approx(float(row["high"]), abs=PRINTED)


def test_an_outcome_of_a_single_row_adds_no_variance_to_the_other_sides() -> None:
    three = ScoreCells(
        score=np.array([0.1, 0.5, 0.9]),
        positive=np.array([0.0, 1.0, 0.0]),
        negative=np.array([1.0, 0.0, 1.0]),
        positive_squared=np.array([0.0, 1.0, 0.0]),
        negative_squared=np.array([1.0, 0.0, 1.0]),
        positives=1,
        negatives=2,
    )
    # The two negatives lie once below and once above: a variance of 1/2 of their places, over two of them.
    assert delong(three) == (0.5, 0.25)
