"""Make ``orders.csv`` and ``broken.csv`` (two scores missing). Run: ``python examples/stranger/make.py``."""

import csv
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
SEED, ROWS, PREVALENCE, SPREAD = 7, 1000, 0.3, 1.2
AMOUNT = {0: 10, 1: 40}


def main() -> None:
    """Draw outcomes and scores; the amount is constant per outcome."""
    rng = np.random.default_rng(SEED)
    outcome = (rng.random(ROWS) < PREVALENCE).astype(int)
    score = 1 / (1 + np.exp(-(rng.normal(0, 1, ROWS) + SPREAD * (2 * outcome - 1))))
    rows = [[int(y), f"{s:.4f}", AMOUNT[int(y)]] for y, s in zip(outcome, score, strict=True)]
    broken = [[y, "" if place in (10, 20) else s, amount] for place, (y, s, amount) in enumerate(rows)]
    for name, content in (("orders.csv", rows), ("broken.csv", broken)):
        with (HERE / name).open("w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([["y", "score", "amount"], *content])
    act = score.round(4) >= 0.5
    value = np.where(act, np.where(outcome == 1, 30, -10), 0)
    print("gain per decision over nobody", value.mean(), "standard error", value.std(ddof=1) / ROWS**0.5)


if __name__ == "__main__":
    main()
