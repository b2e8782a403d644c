"""Run the study: cell by cell, each once.

python -m studies.coverage --minutes 60
"""

import argparse
import re
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from studies.coverage.grid import Cell, all_cells
from studies.coverage.page import PAGE, write_page
from studies.coverage.tallies import Tally, append, read, tally

RESULTS = Path(__file__).resolve().parents[1] / "results"
CONFIRMING = 20_261_125
FIGURES = RESULTS / "coverage-confirming.jsonl"


def main() -> None:
    """Run what is asked and not there yet, then write the page."""
    asked = _asked()
    if asked.results == FIGURES and asked.seed != CONFIRMING:
        sys.exit("Figures of another seed belong into another file: give --results.")
    done = read(asked.results)
    cells = [cell for cell in all_cells() if cell.name not in done and re.search(asked.cells, cell.name)]
    for one in _run(cells, asked):
        append(asked.results, one)
        sys.stderr.write(f"{one.cell}: {one.seconds:.1f} s\n")
    if asked.results == FIGURES:
        write_page(read(FIGURES))
        sys.stderr.write(f"{PAGE}\n")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m studies.coverage",
        description="How often payoff's intervals and verdicts keep their promise. A cell that is there is skipped.",
    )
    parser.add_argument("--cells", default="", help="only those whose name holds this regular expression")
    parser.add_argument("--replications", type=int, help="at most so many draws of each cell")
    parser.add_argument("--seed", type=int, default=CONFIRMING, help="another one for exploring")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin no cell after so many")
    parser.add_argument("--results", type=Path, default=FIGURES, help="file of the figures, one cell a line")
    return parser.parse_args()


def _run(cells: list[Cell], asked: argparse.Namespace) -> Iterator[Tally]:
    ends = time.monotonic() + 60.0 * asked.minutes
    jobs = [(cell, asked.seed, min(cell.replications, asked.replications or sys.maxsize)) for cell in cells]
    if asked.processes == 1:
        for job in jobs:
            if time.monotonic() > ends:
                return
            yield tally(*job)
        return
    with ProcessPoolExecutor(asked.processes) as pool:
        running = [pool.submit(_in_time, ends, *job) for job in jobs]
        for done in as_completed(running):
            found = done.result()
            if found is not None:
                yield found


def _in_time(ends: float, cell: Cell, seed: int, replications: int) -> Tally | None:
    return None if time.monotonic() > ends else tally(cell, seed, replications)


if __name__ == "__main__":
    main()
