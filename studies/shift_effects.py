"""How often the intervals of the mix effect and the performance effect of a slice hold the truth.

``python -m studies.shift_effects [--draws 2000] [--write]`` draws a slice and three times as many other rows, with
shares of positives and amounts of their own, as independent rows or as rows of people who share luck and amounts on
either side. It prints for every cell in how many draws each number is given an interval, how many of these hold the
truth (nominal 95%), and in how many of all draws an interval is given that lies wholly above the truth, or below it
(nominal 2.5% each). ``--write`` keeps the figures in studies/results. The tables are plain sums over rows; the numbers
and their bounds are payoff's.
"""

import sys
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tests.comparison.shifted import NAMES, sums_by

from payoff.stats.mix import shift_effects
from payoff.stats.part_sums import PartSums
from studies.by_cell import run

Floats = NDArray[np.float64]
LEVEL, SEED = 0.95, 20_261_126
ROWS = (500, 2_000, 8_000)
SHARES = ((0.1, 0.3), (0.3, 0.1), (0.2, 0.2))
HEAVY = (0.0, 0.5, 1.0)
# Acting is done on so many of the positives and negatives; it gains the amount, and costs one.
ACTED, AMOUNT, COST = (0.2, 0.8), (8.0, 9.0), 1.0
ROWS_OF_A_PERSON = 4


def truth(shares: tuple[float, float]) -> dict[str, float]:
    """Return what the three numbers are in the world: amounts are 8 in the slice and 9 elsewhere."""
    own, theirs = (np.array([-ACTED[0] * COST, ACTED[1] * (amount - COST)]) for amount in AMOUNT)
    here, there = (np.array([1.0 - share, share]) for share in shares)
    weighted = float(there @ own)
    return {
        "reweighted": weighted,
        "mix": float(here @ own) - weighted,
        "performance": weighted - float(there @ theirs),
    }


def drawn(
    rng: np.random.Generator, rows: int, shares: tuple[float, float], heavy: float, *, clustered: bool
) -> PartSums:
    """Return the sums of one draw of ``rows`` in the slice and three times as many elsewhere.

    ``heavy`` is the standard deviation of the logarithm of amounts; people share half of its variance, and half of
    their rows share one draw of luck.
    """
    size = 4 * rows
    part = np.repeat([0, 1], [rows, 3 * rows])
    share = np.array(shares)[part]
    person = rng.permutation(np.arange(size) // ROWS_OF_A_PERSON) if clustered else None
    luck, logs = rng.random(size), heavy * rng.normal(size=size)
    if person is not None:
        people, common = size // ROWS_OF_A_PERSON, rng.random(size) < 0.5
        luck = np.where(common, rng.random(people)[person], luck)
        logs = np.sqrt(0.5) * (logs + heavy * rng.normal(size=people)[person])
    y = (luck < share).astype(np.int64)
    acted = rng.random(size) < np.array(ACTED)[y]
    amount = np.array(AMOUNT)[part] * np.exp(logs - heavy**2 / 2)
    return sums_by(acted * (y * amount - COST), y, np.ones(size), part, person, acted)


def tallies(
    rows: int, shares: tuple[float, float], heavy: float, draws: int, *, clustered: bool
) -> dict[str, Any]:
    """Return how often each number has an interval, and how often the interval holds the truth."""
    rng = np.random.default_rng([SEED, rows, round(100 * shares[0]), round(10 * heavy), clustered])
    true = truth(shares)
    given, above_truth, below_truth = (dict.fromkeys(NAMES, 0) for _ in range(3))
    for _ in range(draws):
        found = shift_effects(drawn(rng, rows, shares, heavy, clustered=clustered))
        for name in NAMES:
            low, high = (float(end[0]) for end in getattr(found, name).bounds(LEVEL))
            given[name] += bool(np.isfinite(low))
            above_truth[name] += bool(true[name] < low)
            below_truth[name] += bool(true[name] > high)
    of = {"rows": rows, "shares": list(shares), "heavy": heavy, "clustered": clustered, "draws": draws}
    return of | {
        name: {
            "given": given[name] / draws,
            "held": 1.0 - (above_truth[name] + below_truth[name]) / max(given[name], 1),
            "too high": above_truth[name] / draws,
            "too low": below_truth[name] / draws,
        }
        for name in NAMES
    }


def measured(draws: int) -> Iterator[dict[str, Any]]:
    """Yield every cell; in clusters, which take longer, a quarter of the draws."""
    for clustered, rows, shares, heavy in product((False, True), ROWS, SHARES, HEAVY):
        yield tallies(rows, shares, heavy, draws // 4 if clustered else draws, clustered=clustered)


if __name__ == "__main__":
    run(measured, sys.argv[1:], module="shift_effects", about=__doc__, draws=2_000, seed=SEED)
