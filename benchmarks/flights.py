"""payoff on real rows: the flights that ``benchmarks.flights_table`` writes."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.contenders import HERE, ours
from benchmarks.sizes import DATA, answered
from benchmarks.turns import Turns, in_turn

SPEC = HERE / "flights.yaml"
FLIGHTS = DATA / "flights.parquet"
LATE_MINUTES = 15


def measure(turns: Turns, folder: Path) -> dict[str, Any]:
    """Return what payoff takes on the flights, and what came out."""
    # In a process of its own, as in sizes.table.
    command = [sys.executable, "-m", "benchmarks.flights_table"]
    subprocess.run(command, cwd=HERE.parent, check=True, stdout=subprocess.DEVNULL)
    out = folder / "flights"
    found = in_turn([ours(FLIGHTS, out, SPEC)], turns, folder)
    answer = answered(out / "result.json")
    told = (
        f"{answer['rows']:,} US flights from March 2001 on, late where over {LATE_MINUTES} minutes: "
        f"{answer['estimates']:,} estimates, {answer['intervals']:,} with an interval, {answer['slices']} slices."
    )
    return {"found": found, "answer": answer, "told": told}
