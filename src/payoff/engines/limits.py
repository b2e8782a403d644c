"""What this process may really use: memory by its limits, its container and its machine, and processors.

Read anew for each engine, since a limit may be set after payoff was imported.
"""

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from payoff.errors.engine import OutOfMemory

ROOT = Path("/")
MIB = 2**20
# What Python, NumPy and the statistics need beside the engine, whatever the rows.
BESIDE = 256 * MIB
# The engine's own limit counts its buffers, not what its allocator keeps aside or maps in halves.
SHARE = 0.8
# Address space is used up by more than memory is: by libraries, the stacks of threads, pages given back but mapped.
ASIDE = 512 * MIB
SHARE_OF_ADDRESSES = 0.6
# Below this an engine could not even begin.
LEAST = 64 * MIB
# cgroup v1 says so where there is no limit: the largest multiple of a page in 63 bits.
UNLIMITED = 2**60
# M_ARENA_MAX of glibc's malloc.h.
ARENAS, FEWEST_ARENAS = -8, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an engine within this process may use.

    Attributes
    ----------
    memory : bytes that the engine may hold.
    threads : processors that may run at once, rounded up.
    addresses : bytes that the process may map (``ulimit -v``), None where that is not limited.
    """

    memory: int
    threads: int
    addresses: int | None


def find_limits(root: Path = ROOT) -> Limits:
    """Return the limits of this process.

    Parameters
    ----------
    root : where ``proc`` and ``sys`` lie; another folder in tests.

    Raises
    ------
    OutOfMemory
        When so little may be mapped that no engine could begin.
    """
    space = address_space()
    resident = [size for size in (physical(), container_memory(root)) if size is not None]
    rooms = [max(int(max(size - BESIDE, size / 4) * SHARE), LEAST) for size in resident]
    if space is not None:
        rooms.append(_within(space, mapped(root) + ASIDE))
    return Limits(memory=min(rooms, default=4 * BESIDE), threads=processors(root), addresses=space)


def _within(space: int, taken: int) -> int:
    room = int((space - taken) * SHARE_OF_ADDRESSES)
    if room >= LEAST:
        return room
    enough = taken + int(2 * LEAST / SHARE_OF_ADDRESSES)
    raise OutOfMemory(
        where="memory",
        found=f"a limit of {space // MIB:,} MiB on what the process may map",
        expected=f"at least {enough // MIB:,} MiB",
        fix="raise the limit (ulimit -v).",
    )


def spare_addresses() -> None:
    """Let the C library keep few arenas: each thread's own would map 64 MiB or more, mostly never used."""
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):
            ctypes.CDLL(None).mallopt(ARENAS, FEWEST_ARENAS)


def address_space() -> int | None:
    """Return the bytes that this process may map (``RLIMIT_AS``), None where that is not limited."""
    try:
        resource = import_module("resource")
    except ModuleNotFoundError:  # Windows has none
        return None
    soft = int(resource.getrlimit(resource.RLIMIT_AS)[0])
    return None if soft == resource.RLIM_INFINITY else soft


def physical() -> int | None:
    """Return the bytes of memory in this machine, None where it does not say."""
    with suppress(AttributeError, ValueError, OSError):
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return None


def mapped(root: Path = ROOT) -> int:
    """Return the bytes that this process has mapped already, 0 where the system does not say."""
    text = _read(root / "proc" / "self" / "statm").split()
    return int(text[0]) * os.sysconf("SC_PAGE_SIZE") if text else 0


def container_memory(root: Path = ROOT) -> int | None:
    """Return the least memory limit of the control groups that this process is in, None where there is none."""
    found = []
    for folder in _groups(root, "memory"):
        for name in ("memory.max", "memory.limit_in_bytes"):
            text = _read(folder / name).strip()
            if text.isdigit() and int(text) < UNLIMITED:
                found.append(int(text))
    return min(found, default=None)


def processors(root: Path = ROOT) -> int:
    """Return how many processors this process may use: by affinity and by the quota of its control groups."""
    affinity = getattr(os, "sched_getaffinity", None)
    count = len(affinity(0)) if affinity else os.cpu_count() or 1
    for quota, period in _quotas(root):
        if quota > 0 and period > 0:
            count = min(count, -(-quota // period))
    return max(count, 1)


def _quotas(root: Path) -> Iterator[tuple[int, int]]:
    for folder in _groups(root, "cpu"):
        for text in (
            _read(folder / "cpu.max"),
            f"{_read(folder / 'cpu.cfs_quota_us')} {_read(folder / 'cpu.cfs_period_us')}",
        ):
            words = text.split()
            if len(words) == 2 and all(word.isdigit() for word in words):
                yield int(words[0]), int(words[1])


def _groups(root: Path, controller: str) -> Iterator[Path]:
    """Yield the folders of this process's control groups, of both versions, with those they lie in.

    Within a container the path may be that of the host, and only the root of the mount is there to be read.
    """
    mount = root / "sys" / "fs" / "cgroup"
    for line in _read(root / "proc" / "self" / "cgroup").splitlines():
        _, _, rest = line.partition(":")
        names, _, path = rest.partition(":")
        if names and controller not in names.split(","):
            continue
        tops = (mount / controller, mount / names) if names else (mount, mount / "unified")
        inner = Path(path.lstrip("/"))
        for top in tops:
            yield from (top / part for part in (inner, *inner.parents))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, ValueError):
        return ""
