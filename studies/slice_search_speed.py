"""What a search over the slices of ten columns costs: a million rows, searched and evaluated, by rows and by cluster.

``python -m studies.slice_search_speed [--runs 1] [--write]`` prints CPU seconds (user and system, least of the runs)
and peak memory of each command, and each search as a multiple of the evaluation of independent rows, which may be 30
at most; ``--write`` keeps them in studies/results.
"""

# ruff: noqa: T201
import argparse
import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

RESULT = Path(__file__).parent / "results" / "slice-search-speed.json"
ROWS, CUSTOMERS, ALLOWED = 1_000_000, 333_333, 30.0
WORDS, NUMBERS = [f"word{j}" for j in range(5)], [f"number{j}" for j in range(5)]
CLUSTERS = {"rows": {}, "clusters": {"cluster": "customer"}}


def rows() -> pa.Table:
    """Return a million decisions about customers: five columns of eight words each, and five of numbers."""
    rng = np.random.default_rng(1)
    score = rng.beta(1, 20, ROWS)
    return pa.table(
        {
            "id": np.arange(ROWS),
            "p": score,
            "y": (rng.random(ROWS) < score).astype(np.int64),
            "amount": rng.lognormal(4, 1, ROWS),
            "customer": rng.integers(0, CUSTOMERS, ROWS),
            **{name: rng.choice(list("abcdefgh"), ROWS) for name in WORDS},
            **{name: rng.normal(size=ROWS) for name in NUMBERS},
        }
    )


def spec(data: dict[str, str]) -> dict[str, Any]:
    """Return the question."""
    return {
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y", "id": "id", **data},
        "value": {"act": "(case when outcome then 0.9 * amount else 0 end) - 5", "skip": 0},
        "model": {"name": "m", "score": "p", "score_is": "probability", "policy": {"threshold": 0.08}},
        "today": "everybody",
    }


def measured(folder: Path, command: str, name: str) -> tuple[float, int]:
    """Return CPU seconds and peak bytes of one command."""
    asked = [sys.executable, "-m", "payoff", command, str(folder / f"{name}.json")]
    asked += ["--data", str(folder / "rows.parquet")]
    asked += (
        ["--columns", ",".join([*WORDS, *NUMBERS])] if command == "slices" else ["--out", str(folder / name)]
    )
    running = subprocess.Popen(  # noqa: S603 - a command of ours
        asked, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ
    )
    _, status, used = os.wait4(running.pid, 0)
    if status:
        raise RuntimeError(f"{command} of {name} failed")
    return used.ru_utime + used.ru_stime, used.ru_maxrss * 1024


def main() -> None:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(prog="python -m studies.slice_search_speed", description=__doc__)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    found: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        pq.write_table(rows(), Path(folder) / "rows.parquet")
        for name, data in CLUSTERS.items():
            (Path(folder) / f"{name}.json").write_text(json.dumps(spec(data)))
            for command in ("evaluate", "slices"):
                runs = [measured(Path(folder), command, name) for _ in range(asked.runs)]
                seconds, peak = min(cpu for cpu, _ in runs), max(most for _, most in runs)
                found[f"{command}, {name}"] = {"cpu_seconds": round(seconds, 2), "peak_mib": peak // 2**20}
                print(f"{command}, {name}: {seconds:.2f} s CPU, {peak // 2**20} MiB", flush=True)
    one = found["evaluate, rows"]["cpu_seconds"]
    times = {name: round(held["cpu_seconds"] / one, 2) for name, held in found.items()}
    print(f"times one evaluation: {times}; {ALLOWED:g} allowed")
    if asked.write:
        kept = {"rows": ROWS, "runs": asked.runs, "found": found, "times": times, "allowed": ALLOWED}
        RESULT.write_text(json.dumps(kept | {"on": f"{datetime.now(UTC):%Y-%m-%d}"}, indent=2) + "\n")


if __name__ == "__main__":
    main()
