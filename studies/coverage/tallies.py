"""What the draws of a cell came to, counted by tier, and the file in which the figures are kept.

The file holds one JSON document per line and grows by a line as a cell is done, so that a run can be stopped at any
moment and taken up again.
"""

import datetime as dt
import json
import platform
import time
import zlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

import payoff
from studies.coverage.grid import Cell
from studies.coverage.judged import Judged, judge

ERRORS = (0.025, 0.05, 0.20)
TIERS = ("A", "A-", "F", "B", "C")


@dataclass(frozen=True, slots=True)
class Count:
    """Draws of one tier, or of all: numbers of draws, not shares.

    Attributes
    ----------
    draws : all of them.
    printed, held : those with an interval at 95%, and those whose interval holds the true gain.
    cleared, missed : at each of ``ERRORS``, those where a hurdle that the gain equals is cleared, or missed.
    seen : at each of ``ERRORS``, those where a hurdle 3.3 standard errors below the gain is cleared.
    """

    draws: int
    printed: int
    held: int
    cleared: tuple[int, ...]
    missed: tuple[int, ...]
    seen: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """The figures of one cell.

    Attributes
    ----------
    cell : its name.
    seed : of the run; every cell has a generator of its own by it and by its name.
    seconds : of processor time.
    versions : of what was at work.
    tiers : tier -> its draws.
    """

    cell: str
    seed: int
    date: str
    seconds: float
    versions: dict[str, str]
    tiers: dict[str, Count]

    @property
    def all(self) -> Count:
        """Return the draws of all tiers together.

        >>> one = Count(2, 2, 1, (0, 0, 1), (0, 0, 0), (2, 2, 2))
        >>> Tally("", 1, "", 0.0, {}, {"A": one, "C": one}).all.cleared
        (0, 0, 2)
        """
        every = [asdict(one) for one in self.tiers.values()]
        return Count(**{name: _added([one[name] for one in every]) for name in every[0]})

    @property
    def judged(self) -> int:
        """Return the draws on which there is a verdict."""
        return sum(one.draws for tier, one in self.tiers.items() if tier != "C")


def _added(column: list[Any]) -> Any:
    return tuple(map(sum, zip(*column, strict=True))) if isinstance(column[0], tuple) else sum(column)


def tally(cell: Cell, seed: int, replications: int) -> Tally:
    """Return the figures of one cell."""
    start = time.process_time()
    generator = np.random.default_rng([seed, zlib.crc32(cell.name.encode())])
    by_tier: dict[str, list[Judged]] = {tier: [] for tier in TIERS}
    for each in judge(cell, generator, replications):
        by_tier[each.tier].append(each)
    return Tally(
        cell=cell.name,
        seed=seed,
        date=f"{dt.datetime.now(dt.UTC):%Y-%m-%d}",
        seconds=round(time.process_time() - start, 1),
        versions={
            "payoff": payoff.__version__,
            "numpy": np.__version__,
            "Python": platform.python_version(),
        },
        tiers={tier: count(found) for tier, found in by_tier.items() if found},
    )


def count(found: Iterable[Judged]) -> Count:
    """Return the counts of draws.

    >>> count([Judged("A", held=True, at_truth=0.96, above=0.99), Judged("C", None, None, None)])
    Count(draws=2, printed=1, held=1, cleared=(0, 1, 1), missed=(0, 0, 0), seen=(1, 1, 1))
    """
    every = list(found)
    at_truth, above = (
        np.array([np.nan if one is None else one for one in column])
        for column in ([each.at_truth for each in every], [each.above for each in every])
    )
    return Count(
        draws=len(every),
        printed=sum(each.held is not None for each in every),
        held=sum(each.held is True for each in every),
        cleared=tuple(int((at_truth > 1.0 - error).sum()) for error in ERRORS),
        missed=tuple(int((at_truth < error).sum()) for error in ERRORS),
        seen=tuple(int((above > 1.0 - error).sum()) for error in ERRORS),
    )


def read(path: Path) -> dict[str, Tally]:
    """Return cell -> its figures, the last where there are several; none where there is no file."""
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return {one.cell: one for one in (_from_document(json.loads(line)) for line in lines)}


def append(path: Path, one: Tally) -> None:
    """Write one more line."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(one)) + "\n")


def _from_document(document: dict[str, Any]) -> Tally:
    tiers = {
        tier: Count(**{name: tuple(each) if isinstance(each, list) else each for name, each in found.items()})
        for tier, found in document["tiers"].items()
    }
    return Tally(**{**document, "tiers": tiers})
