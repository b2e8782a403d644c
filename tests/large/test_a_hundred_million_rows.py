"""A hundred million rows from Parquet where the operating system lets a process map 2 GiB: the figures are printed."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from benchmarks.sizes import table

ROOT = Path(__file__).parents[2]
GIB = 2**30
ALLOWED = 2 * GIB
SMALL, LARGE = 10_000_000, 100_000_000
# Ten times the rows may take so many times the CPU. Wall time is printed and not judged here, since neighbours on the
# machine decide it too: ``python -m benchmarks`` judges it, where the machine is quiet.
TIMES = 12.0


def taken(rows: int, folder: Path) -> tuple[float, float, int]:
    """Return seconds of CPU and of wall time, and bytes resident at the peak, of one evaluation under the limit."""
    data, started = table(rows), time.perf_counter()
    command = [sys.executable, "-m", "payoff", "evaluate", str(ROOT / "benchmarks" / "workload.yaml")]
    limited = ["bash", "-c", f'ulimit -v {ALLOWED // 1024} && exec "$@"', "limited"]
    process = subprocess.Popen(
        [*limited, *command, "--data", str(data), "--out", str(folder / str(rows))],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "TMPDIR": str(folder)},
        stdout=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    assert not list(folder.glob("payoff-*"))
    return used.ru_utime + used.ru_stime, time.perf_counter() - started, used.ru_maxrss * 1024


@pytest.mark.study
def test_ten_times_the_rows_take_no_more_than_twelve_times_the_cpu_within_two_gib(tmp_path: Path) -> None:
    small, large = taken(SMALL, tmp_path), taken(LARGE, tmp_path)
    for rows, (cpu, wall, peak) in ((SMALL, small), (LARGE, large)):
        print(f"\n{rows:,} rows: {cpu:.1f} s of CPU, {wall:.1f} s, peak {peak / 2**20:.0f} MiB", end="")
    print()
    assert large[0] <= TIMES * small[0]
    assert large[2] < ALLOWED
