"""What 100,000 joint draws of ten assumptions take on top of an evaluation, without reading the rows again.

    python -m studies.joint_draws

The gain of a fixed threshold over today, ten ranged assumptions in six parts; tied by correlations and not. Timed are
the draws, the gain at each, and the confidence at each that it exceeds the hurdle; processor time, best of five.
"""

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

import payoff
from payoff.comparison import Comparison, compare
from payoff.doubt import Stake, chances_at, points, stake_of
from payoff.engines import open_engine
from payoff.running.gathering import counted_of
from payoff.running.tabulating import tabulate
from payoff.spec import load_spec
from payoff.verdicts import Circumstances, judged_gain

DRAWS, ROWS, RUNS = 100_000, 20_000, 5
PLACE = Path(__file__).parent / "results" / "joint-draws.json"
NAMES = ("margin", "share", "worth", "kept", "cost", "minutes", "wage", "fee", "refund", "tax")
VALUE = """case when outcome then (margin * share * amount + worth) * kept * (1 - tax) - refund * fee * amount
 else 0 end - cost - minutes * wage"""


def spec_of(tied: bool) -> dict[str, Any]:
    """Return a spec with ten ranged assumptions."""
    likely = (0.5, 0.8, 10.0, 0.9, 4.0, 0.1, 20.0, 0.05, 0.1, 0.2)
    assumptions: dict[str, Any] = {
        name: {"likely": middle, "low": 0.7 * middle, "high": 1.5 * middle}
        for name, middle in zip(NAMES, likely, strict=True)
    }
    if tied:
        assumptions["correlated"] = [
            {"between": [one, other], "rank": 0.4} for one, other in zip(NAMES[::2], NAMES[1::2], strict=True)
        ]
    return {
        "decision": {"unit": "EUR", "volume": "100000 per year"},
        "data": {"outcome": "y", "id": "id"},
        "value": {"act": VALUE, "skip": 0},
        "assumptions": assumptions,
        "model": {"name": "m", "score": "p", "policy": {"threshold": 0.5}},
        "today": "everybody",
        "hurdles": [{"gain": "50000 per year", "over": "today"}],
    }


def stake_and_gain(tied: bool) -> tuple[Stake, Comparison]:
    """Return the gain of an evaluation, ready to be drawn."""
    generator = np.random.default_rng(1)
    p = generator.random(ROWS).round(3)
    rows = {
        "id": np.arange(ROWS),
        "y": (generator.random(ROWS) < p).astype(int),
        "p": p,
        "amount": generator.gamma(2.0, 20.0, ROWS).round(2),
    }
    spec = load_spec(spec_of(tied))
    with open_engine(pa.table(rows)) as engine:
        counted = counted_of(tabulate(spec, engine, lambda _: None))
    if counted.grounds is None:
        raise ValueError("no grounds")
    gain = compare(counted.grounds, "m", "everybody")
    about = Circumstances(
        spec=spec, valuation=counted.grounds.valuation, world=counted.world, known=ROWS, pending_share=0.0, acts=True
    )  # fmt: skip
    hurdle = spec.hurdles[0]
    return stake_of(spec, judged_gain(hurdle, gain, about), hurdle.amount), gain


def seconds(tied: bool) -> dict[str, float]:
    """Return processor seconds of each step, best of five."""
    stake, gain = stake_and_gain(tied)
    cube = points(len(stake.groups), DRAWS)
    found: dict[str, list[float]] = {"draw": [], "gain": [], "confidence": [], "all": []}
    for _ in range(RUNS):
        times = [time.process_time()]
        settings = stake.draw(cube)
        times.append(time.process_time())
        stake.at(settings)
        times.append(time.process_time())
        chances_at(stake, gain.evidence, settings, stake.required)
        times.append(time.process_time())
        for name, took in zip(found, (*np.diff(times), times[-1] - times[0]), strict=True):
            found[name].append(float(took))
    return {name: round(min(took), 3) for name, took in found.items()}


def main() -> None:
    """Measure and write the figures."""
    figures = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "payoff": payoff.__version__,
        "draws": DRAWS,
        "assumptions": len(NAMES),
        "processor_seconds": {"independent": seconds(False), "correlated": seconds(True)},
    }
    PLACE.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
