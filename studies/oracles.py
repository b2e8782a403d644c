"""How far every estimator is from independent implementations, on 5,000 random data sets each.

    python -m studies.oracles [--sets 5000] [--seconds 60] [--out studies/results/oracles-DATE.json]

Some minutes on one core, and no more than so many seconds of it for each implementation. R's figures are those
committed beside the tests, which `make study` computes again.
"""

import argparse
import datetime as dt
import json
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.stats import test_against_survival_and_boot as recommended
from tests.stats import test_ranking_against_proc as proc
from tests.stats.oracles import ORACLES, largest_differences

from payoff.stats.ranking import delong, roc_auc

ROOT = Path(__file__).resolve().parent.parent
SEED = 20_261_125
PACKAGES = ("numpy", "scipy", "scikit-learn", "statsmodels")


def of_proc() -> Iterator[tuple[str, int, float]]:
    """Yield estimator, data sets and largest difference from R's pROC."""
    rows = proc.tables()
    pairs = [(row, proc.cells(row)) for row in rows]
    yield "roc_auc", len(rows), max(abs(delong(cells)[0] - float(row["auc"])) for row, cells in pairs)
    yield (
        "roc_auc variance",
        len(rows),
        max(abs(delong(cells)[1] - float(row["variance"])) for row, cells in pairs),
    )
    inside = [
        (row, cells) for row, cells in pairs if 0 < float(row["auc"]) < 1 and float(row["variance"]) > 0
    ]
    for end in ("low", "high"):
        gaps = [abs(getattr(roc_auc(cells, scale="plain"), end) - float(row[end])) for row, cells in inside]
        yield f"roc_auc {end}", len(inside), max(gaps)


def of_recommended() -> Iterator[tuple[str, str, int, float]]:
    """Yield package of R, estimator, data sets and largest difference from survival and boot."""
    for package in ("survival", "boot"):
        for estimator, (count, worst) in recommended.differences(package).items():
            yield package, estimator, count, worst


def figures(sets: int, seconds: float) -> Iterator[dict[str, Any]]:
    """Yield one entry per implementation and estimator."""
    for oracle in ORACLES.values():
        for estimator, (count, worst) in largest_differences(oracle, SEED, sets, seconds).items():
            yield {"by": oracle.by, "estimator": estimator, "sets": count, "largest": float(f"{worst:.1e}")}
    for estimator, count, worst in of_proc():
        yield {"by": "R, `pROC`", "estimator": estimator, "sets": count, "largest": float(f"{worst:.1e}")}
    for package, estimator, count, worst in of_recommended():
        largest = float(f"{worst:.1e}")
        yield {"by": f"R, `{package}`", "estimator": estimator, "sets": count, "largest": largest}


def main() -> None:
    """Write the figures, one entry to a line."""
    today = dt.datetime.now(tz=dt.UTC).date()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=5_000)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--out", type=Path, default=ROOT / f"studies/results/oracles-{today}.json")
    given = parser.parse_args()
    entries = ",\n".join(json.dumps(one) for one in figures(given.sets, given.seconds))
    versions = json.dumps({name: version(name) for name in PACKAGES})
    given.out.write_text(f'{{"seed": {SEED}, "versions": {versions}, "figures": [\n{entries}\n]}}\n')


if __name__ == "__main__":
    main()
