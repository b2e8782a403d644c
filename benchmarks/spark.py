"""payoff on Apache Spark in this machine, ``local[2]``, against DuckDB on the same file: wall time of the answer."""

from pathlib import Path
from typing import Any

from benchmarks.contenders import PEERS, SPEC, Contender, build_folders, ours_inside
from benchmarks.processes import DONE
from benchmarks.sizes import table
from benchmarks.turns import Turns, in_turn

ROWS = 10_000_000
FOLDER = PEERS / "spark"


def compare(rows: int, turns: Turns, folder: Path) -> dict[str, Any]:
    """Return what Spark and DuckDB took inside, at ``rows`` rows and Spark at double."""
    build_folders(["spark"])
    contenders = []
    for count in (rows, 2 * rows):
        out = folder / f"spark {count}"
        out.mkdir(parents=True, exist_ok=True)
        contenders.append(_on_spark(table(count), out, f"Spark, {count:,} rows"))
    contenders.append(ours_inside(table(rows), folder))
    found = in_turn(contenders, turns, folder)
    wall = [one["inside"]["wall"] if one["state"] == DONE else None for one in found.values()]
    once, double, duckdb = wall
    return {
        "rows": rows,
        "found": found,
        "times": once / duckdb if once and duckdb else None,
        "double": double / once if once and double else None,
        "told": "Wall time inside, from a session that is up: "
        + ", ".join(
            f"{name} {f'{each:.2f} s' if each else 'did not end'}"
            for name, each in zip(found, wall, strict=True)
        )
        + ".",
    }


def _on_spark(data: Path, out: Path, name: str) -> Contender:
    told = out / "told.json"
    python = FOLDER / ".venv" / "bin" / "python"
    command = (str(python), "-W", "ignore", str(FOLDER / "run.py"), str(data), str(told))
    return Contender(name=name, command=command, told=told, environment={"PAYOFF_BENCH_SPEC": str(SPEC)})
