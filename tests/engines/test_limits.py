"""What a process may use: read from fake control groups, and from real limits of the operating system."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from payoff.engines import limits
from payoff.engines.limits import MIB, container_memory, find_limits, processors
from payoff.errors.engine import OutOfMemory

GIB = 1024 * MIB
MANY = 64


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine of 64 GiB and 64 processors without any limit."""
    monkeypatch.setattr(limits, "physical", lambda: 64 * GIB)
    monkeypatch.setattr(limits, "address_space", lambda: None)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(MANY)), raising=False)
    return tmp_path


def lay(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="ascii")


def test_without_limits_the_machine_is_the_limit(root: Path) -> None:
    found = find_limits(root)
    assert found.threads == MANY
    assert found.addresses is None
    assert 0.7 * 64 * GIB < found.memory < 64 * GIB


def test_the_limit_of_a_container_of_version_2_is_found(root: Path) -> None:
    lay(root, {"proc/self/cgroup": "0::/", "sys/fs/cgroup/memory.max": str(2 * GIB)})
    lay(root, {"sys/fs/cgroup/cpu.max": "150000 100000"})
    assert container_memory(root) == 2 * GIB
    assert processors(root) == 2
    assert find_limits(root).memory < 2 * GIB


def test_the_least_limit_of_nested_groups_holds(root: Path) -> None:
    top = "sys/fs/cgroup"
    lay(root, {"proc/self/cgroup": "0::/system.slice/job.service"})
    lay(root, {f"{top}/system.slice/memory.max": str(GIB), f"{top}/system.slice/cpu.max": "max 100000"})
    lay(root, {f"{top}/system.slice/job.service/memory.max": "max"})
    lay(root, {f"{top}/system.slice/job.service/cpu.max": "50000 100000"})
    assert container_memory(root) == GIB
    assert processors(root) == 1


def test_the_limit_of_a_container_of_version_1_is_found(root: Path) -> None:
    # Within a container, the path is that of the host, and the mount holds the container's own files.
    lay(root, {"proc/self/cgroup": "9:memory:/docker/ab12\n4:cpu,cpuacct:/docker/ab12"})
    lay(root, {"sys/fs/cgroup/memory/memory.limit_in_bytes": str(3 * GIB)})
    lay(root, {"sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "250000"})
    lay(root, {"sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000"})
    assert container_memory(root) == 3 * GIB
    assert processors(root) == 3


def test_what_says_that_there_is_no_limit_is_none(root: Path) -> None:
    lay(root, {"proc/self/cgroup": "9:memory:/x\n4:cpu:/x"})
    lay(root, {"sys/fs/cgroup/memory/x/memory.limit_in_bytes": str(2**63 - 4096)})
    lay(
        root,
        {"sys/fs/cgroup/cpu/x/cpu.cfs_quota_us": "-1", "sys/fs/cgroup/cpu/x/cpu.cfs_period_us": "100000"},
    )
    assert container_memory(root) is None
    assert processors(root) == MANY


def test_files_that_make_no_sense_are_passed_over(root: Path) -> None:
    lay(root, {"proc/self/cgroup": "nonsense\n0::/a", "sys/fs/cgroup/a/memory.max": "lots"})
    lay(root, {"sys/fs/cgroup/a/cpu.max": "1 2 3"})
    (root / "sys/fs/cgroup/memory.max").write_bytes(b"\xff\xfe")
    assert container_memory(root) is None
    assert processors(root) == MANY


def test_what_may_be_mapped_leaves_room_for_what_is_mapped_beside_the_engine(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "address_space", lambda: 2 * GIB)
    monkeypatch.setattr(limits, "mapped", lambda _: 256 * MIB)
    found = find_limits(root)
    assert found.addresses == 2 * GIB
    assert GIB / 2 < found.memory < GIB


def test_a_hopeless_limit_is_refused_with_the_least_that_would_do(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "address_space", lambda: 512 * MIB)
    monkeypatch.setattr(limits, "mapped", lambda _: 256 * MIB)
    with pytest.raises(OutOfMemory) as refused:
        find_limits(root)
    asked = int(refused.value.expected.split()[2].replace(",", ""))
    monkeypatch.setattr(limits, "address_space", lambda: asked * MIB)
    assert find_limits(root).memory >= limits.LEAST


def test_a_tiny_container_still_gets_an_engine(root: Path) -> None:
    lay(root, {"proc/self/cgroup": "0::/", "sys/fs/cgroup/memory.max": str(128 * MIB)})
    assert limits.LEAST <= find_limits(root).memory < 128 * MIB


def test_the_engine_takes_the_limits_of_the_operating_system() -> None:
    code = (
        f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({2 * GIB}, {2 * GIB}))\n"
        "import os, duckdb, pyarrow as pa; from payoff.engines import open_engine\n"
        "os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
        "engine = open_engine(pa.table({'x': [1]}))\n"
        "told = \"select value from duckdb_settings() where name = '{}'\"\n"
        "for name in ('threads', 'memory_limit'):\n"
        "    print(engine.columns(told.format(name))['value'][0])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src"), "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    threads, memory = done.stdout.split("\n")[:2]
    assert threads == "1"
    assert memory.endswith("MiB")
    assert float(memory.split()[0]) < 1024
