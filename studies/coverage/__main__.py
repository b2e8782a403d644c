"""Run the study: cell by cell, each once.

python -m studies.coverage --minutes 60
"""

import argparse
import re
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from studies.coverage.grid import Cell, all_cells
from studies.coverage.page import PAGE, write_page
from studies.coverage.promises import PROMISES, finding
from studies.coverage.tallies import Tally, append, read, tally

RESULTS = Path(__file__).resolve().parents[1] / "results"
CONFIRMING = 20_261_126
# A rule was moved for the top tenth after it had been drawn once on the seed above.
CONFIRMING_TOP = 20_261_127
SETTLING = 10
FIGURES = RESULTS / "coverage-confirming.jsonl"


@dataclass(frozen=True, slots=True)
class Job:
    """A cell to run."""

    cell: Cell
    seed: int
    replications: int

    def run(self, ends: float) -> Tally | None:
        """Return its figures; None when it is too late to begin."""
        return None if time.monotonic() > ends else tally(self.cell, self.seed, self.replications)


def main() -> None:
    """Run what is asked and not there yet, then write the page."""
    asked = _asked()
    if asked.results == FIGURES and asked.seed is not None:
        sys.exit("Figures of another seed belong into another file: give --results.")
    done = read(asked.results)
    cells = [cell for cell in all_cells() if re.search(asked.cells, cell.name)]
    missing = [
        Job(
            cell,
            asked.seed or confirming(cell),
            min(cell.replications, asked.replications or sys.maxsize),
        )
        for cell in cells
    ]
    missing = [job for job in missing if job.cell.name not in done]
    for one in _run(_to_settle(cells, done) if asked.settle else missing, asked):
        append(asked.results, one)
        sys.stderr.write(f"{one.cell}: {one.seconds:.1f} s\n")
    if asked.results == FIGURES:
        write_page(read(FIGURES))
        sys.stderr.write(f"{PAGE}\n")


def confirming(cell: Cell) -> int:
    """Return the seed that a cell is drawn on for the page."""
    return CONFIRMING_TOP if cell.rule == "top" else CONFIRMING


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m studies.coverage",
        description="How often payoff's intervals and verdicts keep their promise. A cell that is there is skipped.",
    )
    parser.add_argument("--cells", default="", help="only those whose name holds this regular expression")
    parser.add_argument("--replications", type=int, help="at most so many draws of each cell")
    parser.add_argument("--seed", type=int, help="one for exploring, in place of the confirming one")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin no cell after so many")
    parser.add_argument("--settle", action="store_true", help="draw open cells again, ten times as often")
    parser.add_argument("--results", type=Path, default=FIGURES, help="file of the figures, one cell a line")
    return parser.parse_args()


def _to_settle(cells: list[Cell], done: Mapping[str, Tally]) -> list[Job]:
    """Return the cells of which the figures cannot tell whether a promise is kept, with more draws."""
    failing = [one for promise in PROMISES for one in finding(promise, cells, done).failing]
    opened = {one.cell for one in failing if one.verdict == "open"}
    return [
        Job(cell, done[cell.name].seed, round(SETTLING * done[cell.name].all.draws))
        for cell in cells
        if cell.name in opened and done[cell.name].all.draws <= cell.replications
    ]


def _run(jobs: list[Job], asked: argparse.Namespace) -> Iterator[Tally]:
    ends = time.monotonic() + 60.0 * asked.minutes
    if asked.processes == 1:
        yield from filter(None, (job.run(ends) for job in jobs))
        return
    with ProcessPoolExecutor(asked.processes) as pool:
        running = [pool.submit(job.run, ends) for job in jobs]
        yield from filter(None, (done.result() for done in as_completed(running)))


if __name__ == "__main__":
    main()
