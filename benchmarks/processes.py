"""One command as a whole process: CPU of it and its children, wall time, peak memory."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one process took: seconds of CPU (user and system), seconds of wall time, peak bytes resident."""

    cpu: float
    wall: float
    peak: int


def run(command: Sequence[str], environment: Mapping[str, str], log: Path) -> Run:
    """Run ``command`` to its end, its output in ``log``, and return what it took.

    Raises
    ------
    RuntimeError
        When it fails, with the end of its output.
    """
    with log.open("w", encoding="utf-8") as file:
        started = time.perf_counter()
        process = subprocess.Popen(command, env=dict(environment), stdout=file, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
    # Popen did not see the end that wait4 collected.
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} left with {process.returncode}:\n{log.read_text()[-2000:]}")
    return Run(cpu=used.ru_utime + used.ru_stime, wall=wall, peak=used.ru_maxrss * _unit())


def _unit() -> int:
    """Return the bytes that ``ru_maxrss`` counts in: 1 on macOS, 1024 elsewhere."""
    return 1 if sys.platform == "darwin" else 1024
