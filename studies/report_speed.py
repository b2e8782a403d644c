"""What rendering costs: CPU seconds and bytes of the report of the demonstration, and of two models with 200 slices.

``python -m studies.report_speed [--runs 3] [--write]`` evaluates both once, renders each from its result.json by
``payoff report`` in a process of its own, and prints the least CPU seconds (user and system) of the runs and the size
of the page beside what is allowed; ``--write`` keeps them in studies/results.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import payoff

RESULT = Path(__file__).parent / "results" / "report-speed.json"
ROWS, SLICES = 60_000, 200
ALLOWED = {"demonstration": (2.0, 1_000_000), "200 slices": (4.0, 1_500_000)}
SPEC = {
    "decision": {"name": "Offer by region", "unit": "EUR", "volume": "45000 per year"},
    "data": {"outcome": "y", "id": "id"},
    "value": {"act": "(case when outcome then margin else 0 end) - cost", "skip": 0},
    "assumptions": {
        "margin": {"likely": 60, "low": 40, "high": 90},
        "cost": {"likely": 5, "low": 4, "high": 7},
    },
    "model": {"name": "new", "score": "p", "score_is": "probability", "policy": {"threshold": "best"}},
    "challengers": {"old": {"score": "q", "score_is": "probability", "policy": {"threshold": 0.1}}},
    "today": "everybody",
    "hurdles": [{"name": "pilot", "gain": "50000 per year", "confidence": 0.8}],
    "guardrails": [{"metric": "recall", "at_least": 0.3, "in_every": ["region"]}],
    "slices": ["region"],
}


def rows() -> pa.Table:
    """Return decisions of two models in 200 regions."""
    rng = np.random.default_rng(7)
    chance = rng.beta(1, 6, ROWS)
    return pa.table(
        {
            "id": np.arange(ROWS),
            "y": (rng.random(ROWS) < chance).astype(np.int64),
            "p": np.clip(chance + rng.normal(0, 0.04, ROWS), 0.001, 0.999),
            "q": np.clip(chance + rng.normal(0, 0.08, ROWS), 0.001, 0.999),
            "region": [f"region {each:03d}" for each in rng.integers(0, SLICES, ROWS)],
        }
    )


def results(folder: Path) -> dict[str, Path]:
    """Evaluate both and return where their results are."""
    payoff.evaluate(None, payoff.demo_folder() / "bank.yaml").save(folder / "demonstration")
    pq.write_table(rows(), folder / "rows.parquet")
    payoff.evaluate(folder / "rows.parquet", SPEC).save(folder / "slices")
    return {
        "demonstration": folder / "demonstration" / "result.json",
        "200 slices": folder / "slices" / "result.json",
    }


def measured(result: Path) -> tuple[float, int]:
    """Return CPU seconds and bytes of one rendering on the command line."""
    page = result.parent / "again.html"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "payoff", "report", str(result), "--out", str(page)]
    subprocess.run(command, check=True, capture_output=True, env=os.environ)  # noqa: S603 - a command of ours
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, page.stat().st_size


def main() -> None:
    """Measure, print, and keep the figures where asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    found = {}
    with tempfile.TemporaryDirectory() as held:
        for name, result in results(Path(held)).items():
            runs = [measured(result) for _ in range(asked.runs)]
            seconds, size = min(each for each, _ in runs), runs[0][1]
            most, largest = ALLOWED[name]
            held_to = seconds < most and size <= largest
            found[name] = {"cpu_seconds": round(seconds, 2), "bytes": size, "within": held_to}
            sys.stdout.write(f"{name}: {seconds:.2f} CPU s of {most}, {size:,} bytes of {largest:,}\n")
    if asked.write:
        kept = {
            "date": datetime.now(UTC).date().isoformat(),
            "processors": os.cpu_count(),
            "python": sys.version.split()[0],
            "runs": asked.runs,
            "reports": found,
        }
        RESULT.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
