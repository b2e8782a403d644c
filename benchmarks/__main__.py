"""``python -m benchmarks``: what payoff takes beside a bare scan and beside other people's libraries.

Parts: ``sizes`` (the default), ``start``, ``laws``, ``further``, ``spark``, ``flights``, and ``all`` of them.
``--write`` keeps the figures in ``benchmarks/results/DATE.json``, which DATE.md is told from; ``tell`` writes the
newest page and its plots again. Exit 1 says that a limit is broken.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import documents, flights, further, laws, pages, plots, sizes, spark, starting
from benchmarks.contenders import FIRST, KNOWN
from benchmarks.limits import limits
from benchmarks.processes import Bounds
from benchmarks.turns import Turns

Parts = Mapping[str, Any]

SIZES = (100_000, 1_000_000, 10_000_000)
LAW_ROWS, LARGEST = 10_000_000, 100_000_000


def main(arguments: Sequence[str]) -> int:
    """Measure, print, write; return 1 where a limit is broken."""
    asked = _asked(arguments)
    if asked.part == "tell":
        return _told_again()
    document = documents.read(documents.today()) if asked.write else {}
    for part, how in plan(asked):
        with tempfile.TemporaryDirectory(prefix="payoff-bench-") as folder:
            measured = PARTS[part](how, Path(folder))
        document = documents.joined(document, {**documents.circumstances(arguments), **measured})
        if asked.write:
            documents.write(documents.today(), document)
    judged = limits(document)
    text = pages.page(document, judged)
    print(text)
    if asked.write:
        documents.tell(documents.today(), text)
    broken = [one for one in judged if one.holds is False]
    for one in broken:
        print(f"LIMIT: {one.name}: {one.found:,.3g}, allowed {one.allowed:,.4g}", file=sys.stderr)
    return 1 if broken else 0


def plan(asked: argparse.Namespace) -> list[tuple[str, argparse.Namespace]]:
    """Return the parts to measure, each with what it is asked; all of them at their own sizes, with every peer."""
    if asked.part != "all":
        return [(asked.part, asked)]
    fixed = {**vars(asked), "peers": list(KNOWN)}
    sizes_of = {"sizes": [*SIZES, LARGEST]}
    parts = ("sizes", "laws", "further", "flights", "spark")
    return [(part, argparse.Namespace(**{**fixed, "rows": sizes_of.get(part)})) for part in parts]


def _sizes(asked: argparse.Namespace, folder: Path) -> Parts:
    turns, found = _turns(asked), {}
    for rows in asked.rows or SIZES:
        print(f"{rows:,} rows", file=sys.stderr, flush=True)
        found[str(rows)] = sizes.measure(rows, asked.peers, turns, folder)
    return {"sizes": found, "start": starting.start(turns, folder)}


def _start(asked: argparse.Namespace, folder: Path) -> Parts:
    return {"start": starting.start(_turns(asked), folder)}


def _laws(asked: argparse.Namespace, folder: Path) -> Parts:
    return {"laws": laws.grow((asked.rows or [LAW_ROWS])[0], _turns(asked), folder)}


def _further(asked: argparse.Namespace, folder: Path) -> Parts:
    return {"further": further.compare(asked.rows or further.SIZES, _turns(asked), folder)}


def _spark(asked: argparse.Namespace, folder: Path) -> Parts:
    return {"spark": spark.compare((asked.rows or [spark.ROWS])[0], _turns(asked), folder)}


def _flights(asked: argparse.Namespace, folder: Path) -> Parts:
    return {"flights": flights.measure(_turns(asked), folder)}


def _told_again() -> int:
    document = documents.latest()
    if not document:
        print("no figures are kept: measure with --write first", file=sys.stderr)
        return 1
    for path in (
        documents.tell(document["date"], pages.page(document, limits(document))),
        *plots.draw(document),
    ):
        print(path.name)
    return 0


PARTS: Mapping[str, Callable[[argparse.Namespace, Path], Parts]] = {
    "sizes": _sizes,
    "start": _start,
    "laws": _laws,
    "further": _further,
    "spark": _spark,
    "flights": _flights,
}


def _turns(asked: argparse.Namespace) -> Turns:
    return Turns(runs=asked.runs, bounds=Bounds(seconds=asked.seconds, resident=int(asked.gib * 2**30)))


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "part", nargs="?", default="sizes", choices=[*PARTS, "all", "tell"], help="what to measure"
    )
    parser.add_argument("--rows", type=int, nargs="+", help="sizes to measure")
    parser.add_argument("--runs", type=int, default=3, help="runs of each, after one that warms up")
    parser.add_argument(
        "--peers", nargs="*", default=list(FIRST), choices=list(KNOWN), help="who is measured beside payoff"
    )
    parser.add_argument("--seconds", type=float, default=Bounds().seconds, help="a process is ended after")
    parser.add_argument("--gib", type=float, default=Bounds().resident / 2**30, help="a process is ended at")
    parser.add_argument("--write", action="store_true", help="keep the figures under today's date")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
