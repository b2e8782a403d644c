"""What it takes to begin: importing payoff, its help, a thousand rows, and which imports that goes into."""

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.contenders import Contender, environment, ours
from benchmarks.sizes import table
from benchmarks.turns import Turns, in_turn

SMALL = 1_000
# Packages whose modules together take less than this many milliseconds are not listed.
LEAST_MS = 2.0
IMPORT = re.compile(r"^import time:\s*(?P<own>\d+) \|\s*(?P<all>\d+) \| *(?P<name>[\w.]+)$")


def start(turns: Turns, folder: Path) -> dict[str, Any]:
    """Return what the beginnings take and what each package's imports cost at a thousand rows."""
    small = ours(table(SMALL), folder / "small", name="a thousand rows")
    beginnings = [
        Contender(name="import payoff", command=(sys.executable, "-c", "import payoff")),
        Contender(name="payoff --help", command=(sys.executable, "-m", "payoff", "--help")),
        small,
    ]
    return {"found": in_turn(beginnings, turns, folder), "imports": imports_of(small)}


def imports_of(one: Contender) -> list[tuple[str, float]]:
    """Return each package's import cost in one run of a Python command, costliest first."""
    command = [one.command[0], "-X", "importtime", *one.command[1:]]
    done = subprocess.run(command, env=environment(one), capture_output=True, text=True, check=True)
    return costs(done.stderr.splitlines())


def costs(lines: Sequence[str], least: float = LEAST_MS) -> list[tuple[str, float]]:
    """Return milliseconds spent in each package's own modules, costliest first, out of ``-X importtime``.

    Time is added to the package that a module belongs to, not to the one that asked for it.

    Examples
    --------
    >>> lines = ["import time: self [us] | cumulative | imported package"]
    >>> lines += ["import time:  3000 |  3000 |   numpy.linalg", "import time: 4000 | 7000 | numpy"]
    >>> costs([*lines, "import time:  100 | 100 | re"])
    [('numpy', 7.0)]
    """
    sums: dict[str, int] = {}
    for line in lines:
        match = IMPORT.match(line)
        if match:
            package = match["name"].split(".")[0]
            sums[package] = sums.get(package, 0) + int(match["own"])
    ordered = sorted(((name, own / 1e3) for name, own in sums.items()), key=lambda one: -one[1])
    return [one for one in ordered if one[1] >= least]
