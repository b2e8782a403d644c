"""Contenders take turns, so that what else the machine does falls on all of them alike."""

import json
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.contenders import Contender, environment
from benchmarks.processes import DONE, Bounds, Run, run

# What takes longer than this is not run once more for a median: its first run counts.
LONG = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """How often each contender runs after the turn that warms the caches, and within which bounds."""

    runs: int = 3
    bounds: Bounds = field(default_factory=Bounds)


def in_turn(contenders: Sequence[Contender], turns: Turns, folder: Path) -> dict[str, dict[str, Any]]:
    """Return what each contender took, by name.

    The first turn warms the caches and is not counted, but for those that take over a minute or do not come to
    their end: they are not asked again, and that turn is theirs.
    """
    warm = {one.name: _measured(one, turns, folder) for one in contenders}
    again = [one for one in contenders if not _counts_at_once(warm[one.name][0])]
    counted: dict[str, list[tuple[Run, Any]]] = {one.name: [] for one in again}
    for _ in range(turns.runs):
        for one in again:
            counted[one.name].append(_measured(one, turns, folder))
    return {one.name: summary(counted.get(one.name) or [warm[one.name]]) for one in contenders}


def summary(measured: Sequence[tuple[Run, Mapping[str, Any] | None]]) -> dict[str, Any]:
    """Return medians over the runs, every run, and the first way of ending that is not ``done``.

    Examples
    --------
    >>> found = summary([(Run(cpu=c, wall=c, peak=1, state="done"), None) for c in (1.0, 5.0, 2.0)])
    >>> found["cpu"], found["state"], found["inside"]
    (2.0, 'done', None)
    """
    runs = [run for run, _ in measured]
    told = [told for _, told in measured if told]
    bad = [one.state for one in runs if one.state != DONE]
    return {
        "cpu": statistics.median(one.cpu for one in runs),
        "wall": statistics.median(one.wall for one in runs),
        "peak": int(statistics.median(one.peak for one in runs)),
        "state": bad[0] if bad else DONE,
        "inside": _inside([one["inside"] for one in told]),
        "versions": told[-1]["versions"] if told else {},
        "runs": [asdict(one) for one in runs],
    }


def _inside(told: Sequence[Mapping[str, float]]) -> dict[str, float] | None:
    if not told:
        return None
    return {key: statistics.median(one[key] for one in told) for key in ("cpu", "wall")}


def _counts_at_once(first: Run) -> bool:
    return first.wall > LONG or first.state != DONE


def _measured(one: Contender, turns: Turns, folder: Path) -> tuple[Run, Any]:
    if one.told is not None:
        one.told.unlink(missing_ok=True)
    found = run(one.command, environment(one), folder / "log", turns.bounds)
    print(
        f"  {one.name}: {found.cpu:.2f} s CPU, {found.wall:.2f} s, {found.state}", file=sys.stderr, flush=True
    )
    there = one.told is not None and one.told.exists()
    told = json.loads(one.told.read_text(encoding="utf-8")) if there and one.told else None
    return found, told
