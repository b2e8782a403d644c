"""A day's figures: one JSON file that parts are added to, with date, machine, versions and command."""

import json
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("numpy", "duckdb", "sqlglot", "pydantic")


def read(day: str) -> dict[str, Any]:
    """Return what was measured on a day, empty where nothing was."""
    path = RESULTS / f"{day}.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def latest() -> dict[str, Any]:
    """Return the newest figures."""
    days = sorted(path.stem for path in RESULTS.glob("*.json"))
    return read(days[-1]) if days else {}


def today() -> str:
    """Return the day that figures are filed under."""
    return f"{datetime.now(UTC):%Y-%m-%d}"


def joined(document: Mapping[str, Any], parts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with new parts; a size that was measured again replaces its own figures only.

    Examples
    --------
    >>> joined({"sizes": {"1": "old", "2": "kept"}}, {"sizes": {"1": "new"}, "laws": {}})
    {'sizes': {'1': 'new', '2': 'kept'}, 'laws': {}}
    """
    by_size = {key: {**document.get(key, {}), **parts.get(key, {})} for key in ("sizes", "further")}
    ordered = {key: {rows: one[rows] for rows in sorted(one, key=int)} for key, one in by_size.items()}
    # A command that was given twice stands where it was given last.
    earlier, later = document.get("commands", []), parts.get("commands", [])
    commands = [*(one for one in earlier if one not in later), *later]
    several = {**ordered, "commands": commands}
    return {**document, **parts, **{key: value for key, value in several.items() if value}}


def write(day: str, document: Mapping[str, Any]) -> Path:
    """Write a day's figures and return the path."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{day}.json"
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return path


def tell(day: str, text: str) -> Path:
    """Write a day's page and return the path."""
    path = RESULTS / f"{day}.md"
    path.write_text(text, encoding="utf-8")
    return path


def circumstances(arguments: Sequence[str]) -> dict[str, Any]:
    """Return when, on what and how it was measured; no name or place of the machine."""
    return {
        "date": today(),
        "commands": [" ".join(("python -m benchmarks", *arguments))],
        "machine": {
            "kind": platform.machine(),
            "system": platform.system(),
            "cores": os.cpu_count(),
            "memory_gib": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30),
            "instructions": _vectors(),
        },
        "versions": {"python": platform.python_version(), **{name: _version(name) for name in PACKAGES}},
    }


def _vectors() -> str:
    """Return the widest vector instructions of the machine, where the system says."""
    if sys.platform != "linux":
        return "unknown"
    flags = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    return next((name for name in ("avx512f", "avx2", "asimd", "sse4_2") if name in flags), "unknown")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"
