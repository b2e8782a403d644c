"""What a capacity per day costs: a million rows of three years, evaluated with it and with a given threshold, in turn.

``python -m studies.capacity_speed [--runs 5] [--write]`` prints the CPU seconds of each command (user and system, least
of the runs) and their ratio, which may be 1.5 at most; ``--write`` keeps them in studies/results.
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
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

RESULT = Path(__file__).parent / "results" / "capacity-speed.json"
ROWS, DAYS, ALLOWED = 1_000_000, 1_096, 1.5
POLICIES: dict[str, dict[str, Any]] = {
    "threshold": {"threshold": 0.3},
    "capacity": {"capacity": "200 per day"},
}


def rows() -> pa.Table:
    """Return a million decisions of three years, with scores, amounts and outcomes."""
    rng = np.random.default_rng(1)
    score = rng.beta(1, 6, ROWS)
    day = (18_628 + rng.integers(0, DAYS, ROWS)).astype(np.int32)
    return pa.table(
        {
            "id": np.arange(ROWS),
            "day": pa.array(day, pa.date32()),
            "p": score,
            "y": (rng.random(ROWS) < score).astype(np.int64),
            "amount": rng.lognormal(3, 1, ROWS),
        }
    )


def spec(policy: dict[str, Any]) -> dict[str, Any]:
    """Return the question with one policy."""
    return {
        "decision": {"unit": "EUR", "volume": "333258 per year"},
        "data": {"outcome": "y", "id": "id", "time": "day"},
        "value": {"act": "(case when outcome then amount else 0 end) - 5", "skip": 0},
        "model": {"name": "m", "score": "p", "policy": policy},
        "baselines": {"coin": {"random": 0.25}},
        "today": "coin",
        "hurdles": [{"name": "pilot", "gain": "1 per decision", "over": "today"}],
    }


def measured(folder: Path, name: str) -> float:
    """Return the CPU seconds of one evaluation on the command line."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "payoff", "evaluate", str(folder / f"{name}.json")]
    command += ["--data", str(folder / "rows.parquet"), "--out", str(folder / name)]
    subprocess.run(command, check=True, capture_output=True, env=os.environ)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as room:
        folder = Path(room)
        pq.write_table(rows(), folder / "rows.parquet")
        for name, policy in POLICIES.items():
            (folder / f"{name}.json").write_text(json.dumps(spec(policy)), encoding="utf-8")
        taken: dict[str, list[float]] = {name: [] for name in POLICIES}
        for _ in range(asked.runs):
            for name in POLICIES:
                taken[name].append(measured(folder, name))
    least = {name: round(min(found), 3) for name, found in taken.items()}
    found = {
        "rows": ROWS,
        "days": DAYS,
        "runs": asked.runs,
        "cpu_seconds": least,
        "ratio": round(least["capacity"] / least["threshold"], 3),
        "allowed": ALLOWED,
        "on": datetime.now(UTC).date().isoformat(),
    }
    print(json.dumps(found, indent=2))
    if asked.write:
        RESULT.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
