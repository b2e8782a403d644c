"""One command as a whole process: CPU of it and its children, wall time, peak memory, and how it ended."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DONE = "done"
# How often a process is looked at while it runs, in seconds.
GLANCE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one process took: seconds of CPU (user and system), seconds of wall time, peak bytes resident.

    ``state`` is ``done``, or says how it ended otherwise.
    """

    cpu: float
    wall: float
    peak: int
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a process may take before it is ended: seconds of wall time and bytes resident."""

    seconds: float = 900.0
    resident: int = 14 * 2**30


def run(
    command: Sequence[str], environment: Mapping[str, str], log: Path, bounds: Bounds | None = None
) -> Run:
    """Run ``command`` to its end or to its bounds, its output in ``log``, and return what it took."""
    with log.open("w", encoding="utf-8") as file:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, env=dict(environment), stdout=file, stderr=subprocess.STDOUT, start_new_session=True
        )
        status, used, over = _until_end(process.pid, started, bounds or Bounds())
        wall = time.perf_counter() - started
    # Popen did not see the end that wait4 collected.
    process.returncode = os.waitstatus_to_exitcode(status)
    state = over or ended(process.returncode, log.read_text(encoding="utf-8", errors="replace"))
    return Run(cpu=used.ru_utime + used.ru_stime, wall=wall, peak=used.ru_maxrss * _unit(), state=state)


def ended(code: int, output: str) -> str:
    """Return how a process ended, from its exit code and what it printed.

    Examples
    --------
    >>> ended(0, "")
    'done'
    >>> ended(1, "MemoryError: no room")
    'exit 1: MemoryError: no room'
    >>> ended(-9, "")
    'signal 9'
    """
    if code == 0:
        return DONE
    # What is told is filed: no place of this machine, and nothing that ends a cell of a table.
    plain = output.replace(str(ROOT), ".").replace("|", "/")
    lines = [line.strip() for line in plain.splitlines() if line.strip()]
    how = f"signal {-code}" if code < 0 else f"exit {code}"
    return f"{how}: {lines[-1][:120]}" if lines else how


def _until_end(pid: int, started: float, bounds: Bounds) -> tuple[int, "os.struct_rusage", str]:  # type: ignore[name-defined]
    """Wait for the process and end its whole group where it leaves its bounds."""
    over = ""
    while True:
        found, status, used = os.wait4(pid, os.WNOHANG)
        if found:
            return status, used, over
        if not over:
            over = _over(pid, time.perf_counter() - started, bounds)
            if over:
                os.killpg(pid, signal.SIGKILL)
        time.sleep(GLANCE if time.perf_counter() - started > 1 else GLANCE / 10)


def _over(pid: int, wall: float, bounds: Bounds) -> str:
    if wall > bounds.seconds:
        return f"ended after {bounds.seconds:,.0f} s"
    if _resident(pid) > bounds.resident:
        return f"ended at {bounds.resident / 2**30:.0f} GiB"
    return ""


def _resident(pid: int) -> int:
    """Return the bytes of a process that are resident now, 0 where the system does not say."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _unit() -> int:
    """Return the bytes that ``ru_maxrss`` counts in: 1 on macOS, 1024 elsewhere."""
    return 1 if sys.platform == "darwin" else 1024
