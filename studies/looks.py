"""How often a gain that is exactly the hurdle is cleared when growing rows are looked at again and again.

Run: ``PYTHONPATH=src python studies/looks.py``; a few minutes. The figures stand in docs/methods/repeated-looks.md.
Four rules: every look at the confidence asked; every look at 1 - error / looks (all counted from the first one);
look k at 1 - error / k (counted as they come); the confidence sequence, planned for 10,000 rows.
"""

# ruff: noqa: T201
import sys
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from payoff.stats.distributions import normal_ppf
from payoff.stats.sequences import sequence_deviate, tightest_at

Floats = NDArray[np.float64]
LAST = 20_000
SETS = 4_000
LOOKS = (1, 2, 3, 5, 10, 30, 100)

WORLDS: dict[str, Callable[[np.random.Generator], Floats]] = {
    "normal": lambda rng: rng.normal(size=LAST),
    "5% gain 9.5, the others lose 0.5": lambda rng: np.where(rng.random(LAST) < 0.05, 9.5, -0.5),
    "5% lose 9.5, the others gain 0.5": lambda rng: np.where(rng.random(LAST) < 0.05, -9.5, 0.5),
}


def passed(rng: np.random.Generator, world: str, looks: int, error: float) -> Floats:
    """Return the share of sets of rows that each rule clears at some look."""
    at = np.arange(1, looks + 1) * (LAST // looks) if looks > 1 else np.array([LAST])
    counted = np.arange(1, looks + 1)
    rho = tightest_at(10_000)
    rules = np.array(
        [
            np.full(looks, normal_ppf(np.float64(1 - error))),
            np.full(looks, normal_ppf(np.float64(1 - error / looks))),
            normal_ppf(1 - error / counted),
            [sequence_deviate(float(n), rho, error) for n in at],
        ]
    )
    found = np.zeros(len(rules))
    for _ in range(SETS):
        x = WORLDS[world](rng)
        mean, square = np.cumsum(x)[at - 1] / at, np.cumsum(x * x)[at - 1] / at
        t = mean / np.sqrt((square - mean**2) / (at - 1))
        found += (t > rules).any(axis=1)
    return found / SETS


def main(worlds: list[str]) -> None:
    """Print a table per world and error."""
    rng = np.random.default_rng(20_260_101)
    for world in worlds or list(WORLDS):
        for error in (0.025, 0.05, 0.2):
            print(f"{world}, error {error:.1%}: looks, plain, shared, counted as they come, sequence")
            for looks in LOOKS:
                shares = passed(rng, world, looks, error)
                print(f"  {looks:4d}  " + "  ".join(f"{share:6.2%}" for share in shares), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
