"""payoff, the bare scan and the peers on the same file, size by size."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.contenders import HERE, build, ours, ours_inside, peer, scan
from benchmarks.turns import Turns, in_turn

DATA = HERE / "data"
# Beyond this many rows peers that hold every row several times over do not fit the machines this is run on.
PEER_ROWS = 10_000_000


def table(rows: int) -> Path:
    """Return the workload of ``rows`` rows, written once and kept.

    It is written by a process of its own: the system counts what a parent holds as its children's peak, so the one
    that measures stays small.
    """
    path = DATA / f"{named(rows)}.parquet"
    if not path.exists():
        command = [sys.executable, "-m", "benchmarks.workload", str(path), str(rows)]
        subprocess.run(command, cwd=HERE.parent, check=True)
    return path


def named(rows: int) -> str:
    """Return a short name of a number of rows.

    Examples
    --------
    >>> named(20_000_000), named(1_234_567)
    ('2e7', '1234567')
    """
    short = f"{rows:.0e}"
    return short.replace("e+0", "e").replace("e+", "e") if float(short) == rows else str(rows)


def measure(rows: int, peers: Sequence[str], turns: Turns, folder: Path) -> dict[str, Any]:
    """Return what payoff, the scan and the peers took on ``rows`` rows, and what payoff answered."""
    data, out = table(rows), folder / str(rows)
    out.mkdir(parents=True, exist_ok=True)
    asked = peers if rows <= PEER_ROWS else ()
    build(asked)
    contenders = [ours(data, out), ours_inside(data, out), scan(data, out)]
    contenders += [peer(name, data, out) for name in asked]
    found = in_turn(contenders, turns, folder)
    return {
        "found": found,
        "answer": answered(out / "result.json"),
        "left out": sorted(set(peers) - set(asked)),
    }


def answered(path: Path) -> dict[str, int]:
    """Return the rows of a result, its estimates, how many of them have an interval, its slices and curves."""
    if not path.exists():
        return {"rows": 0, "estimates": 0, "intervals": 0, "slices": 0, "curves": 0}
    result = json.loads(path.read_text(encoding="utf-8"))
    estimates = result["estimates"]
    return {
        "rows": result["data"]["rows"],
        "estimates": len(estimates),
        "intervals": sum(one["low"] is not None and one["high"] is not None for one in estimates),
        "slices": len({str(one["slice"]) for one in estimates if one["slice"] is not None}),
        "curves": len(result["curves"]),
    }
