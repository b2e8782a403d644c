"""What every measured script shares: it reads rows, writes what it found, and says how long it took inside.

Runs in the environments of the peers, so it imports nothing but the standard library.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

Work = Callable[[str], Mapping[str, Any]]


def carry_out(work: Work, packages: Sequence[str]) -> None:
    """Run ``work`` on the file named by the first argument and write what it found to the second.

    ``inside`` is what it took after the script's imports: seconds of CPU and of wall time.
    """
    source, target = sys.argv[1:]
    wall, cpu = time.perf_counter(), time.process_time()
    found = work(source)
    inside = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    versions = {name: version(name) for name in packages}
    told = {"inside": inside, "versions": versions, "found": found}
    Path(target).write_text(json.dumps(told, default=str), encoding="utf-8")
