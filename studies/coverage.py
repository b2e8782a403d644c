"""How often a gain is falsely cleared, and how often a real one is: simulated, tier by tier.

    python studies/coverage.py [--sets 1000] [--out studies/results/coverage-DATE.md]

Rows: an event (10%) moves an amount of mean 20, constant or lognormal with the given sigma; any other row
moves a constant the other way, so that acting on all is worth 0. *Gains*: events earn and others cost;
*losses*: the reverse. Every share is of all data sets, judged or not: that is what the tiers promise.
One core, some five minutes.
"""

# ruff: noqa: T201
import argparse
import datetime as dt
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from payoff.stats.band import Blocks, multiplier_maxima
from payoff.stats.contrast import Contrast, Floats
from payoff.stats.inference import Evidence, Support, confidence, interval
from payoff.stats.tiers import Circumstances, tail_ratio, widening

RATE, AMOUNT = 0.10, 20.0
SIZES = (600, 2_000, 5_000, 20_000)
SIGMAS = (0.0, 1.0, 1.5, 2.0)
ASKED = (0.975, 0.95, 0.80)
CUTS = 40
SEPARATION = np.sqrt(2.0) * 0.8416212335729143  # binormal scores with an AUC of 0.80
ONE = np.ones(1)


def amounts(generator: np.random.Generator, sigma: float, n: int) -> Floats:
    """Return amounts of mean ``AMOUNT``: constant, or lognormal."""
    return AMOUNT * np.exp(sigma * generator.standard_normal(n) - sigma**2 / 2.0)


def rows_of(generator: np.random.Generator, sigma: float, sign: float, n: int) -> tuple[Floats, np.ndarray]:
    """Return what acting is worth (mean exactly 0 over all rows) and which rows are events."""
    event = generator.random(n) < RATE
    worth = np.full(n, -RATE * AMOUNT / (1.0 - RATE))
    worth[event] = amounts(generator, sigma, int(event.sum()))
    return sign * worth, event


def fixed(worth: Floats, events: int) -> Contrast:
    """Return the contrast of acting on every row against doing nothing."""
    centred = worth - worth.mean()
    variance = float(centred @ centred) / (len(worth) - 1)
    return Contrast(
        units=len(worth),
        rows=len(worth),
        mean=worth.mean()[None, None],
        covariance=np.array([[[variance]]]),
        skewness=np.array([(centred**3).mean() / (centred @ centred / len(worth)) ** 1.5]),
        deciding_events=np.array([events]),
        degrees_of_freedom=len(worth) - 1.0,
    )


def tuned(worth: Floats, event: np.ndarray, score: Floats, cuts: Floats) -> Contrast | None:
    """Return the contrast of every candidate cut with its band; None without a candidate."""
    n, block = len(worth), np.searchsorted(cuts, score, side="right")
    above = [
        np.cumsum(np.bincount(block, each, minlength=len(cuts) + 1)[::-1])[::-1][1:]
        for each in (worth, worth**2, worth**3, event.astype(float))
    ]
    first, second, third = (each / n for each in above[:3])
    variance = second - first**2
    skewness = (third - 3 * first * second + 2 * first**3) / variance**1.5
    # Events fall with the cut, so the cuts below it are those that decide more of them.
    seen = np.maximum.accumulate(tail_ratio(skewness, n))
    mask = (above[3] >= 50) & (widening(seen) > 0)
    if not mask.any():
        return None
    chosen = cuts[mask]
    block = np.searchsorted(chosen, score, side="right")
    sums = [np.bincount(block, worth**k, minlength=len(chosen) + 1)[:, None] for k in range(3)]
    blocks = Blocks(acted=np.zeros(1), weight=sums[0], gain=sums[1], gain_squared=sums[2], mean=first[mask])
    return Contrast(
        units=n,
        rows=n,
        mean=first[mask][:, None],
        covariance=(variance[mask] * n / (n - 1))[:, None, None],
        skewness=skewness[mask],
        deciding_events=above[3][mask].astype(np.int64),
        degrees_of_freedom=n - 1.0,
        maxima=multiplier_maxima(blocks, seed=0),
    )


def confidences(
    draw: Callable[[np.random.Generator], Evidence | None], hurdle: float, sets: int, seed: int
) -> Iterator[float | None]:
    """Return one confidence per data set, None where it is not judged."""
    generator = np.random.default_rng(seed)
    for _ in range(sets):
        evidence = draw(generator)
        found = None if evidence is None else confidence(evidence, ONE, hurdle)
        yield None if found is None else float(found[0])


def line(name: str, sigma: float, sign: float, n: int, found: list[float | None]) -> str:
    """Return one line of a table: share judged, and cleared at each confidence, in percent."""
    judged = np.array([each for each in found if each is not None])
    shares = [100.0 * float((judged > asked).sum()) / len(found) for asked in ASKED]
    amount = "constant" if sigma == 0.0 else f"lognormal {sigma}"
    cells = [
        name,
        amount,
        "gains" if sign > 0 else "losses",
        f"{n:,}",
        f"{100 * len(judged) / len(found):.0f}",
    ]
    return "| " + " | ".join(cells + [f"{share:.1f}" for share in shares]) + " |"


HEADER = (
    "| rule | amounts | side | rows | judged | at 2.5% | at 5% | at 20% |\n"
    "|---|---|---|---:|---:|---:|---:|---:|"
)


def fixed_evidence(sigma: float, sign: float, n: int, finite: bool) -> Callable[..., Evidence]:
    """Return how to draw the evidence of a fixed rule: by moments, or by its finite support."""

    def draw(generator: np.random.Generator) -> Evidence:
        worth, event = rows_of(generator, sigma, sign, n)
        contrast = fixed(worth, int(event.sum()))
        if not finite:
            return Evidence(contrast=contrast)
        values = sign * np.array([[AMOUNT], [-RATE * AMOUNT / (1.0 - RATE)]])
        counts = np.array([event.sum(), n - event.sum()])
        support = Support(counts=counts, parts=values)
        return Evidence(contrast=contrast, about=Circumstances(finite_support=True), support=support)

    return draw


def tuned_evidence(sigma: float, sign: float, n: int, skill: bool) -> Callable[..., Evidence | None]:
    """Return how to draw the evidence of a tuned threshold."""

    def draw(generator: np.random.Generator) -> Evidence | None:
        worth, event = rows_of(generator, sigma, sign, n)
        # The score is high where acting pays: on events for gains, on the others for losses.
        score = generator.standard_normal(n) + SEPARATION * skill * sign * event
        contrast = tuned(worth, event, score, np.quantile(score, np.arange(CUTS) / CUTS))
        return None if contrast is None else Evidence(contrast=contrast)

    return draw


def skilled_hurdle(sigma: float, sign: float, n: int) -> float:
    """Return the true gain of the best cut less four of its standard errors at n rows."""
    generator = np.random.default_rng(7)
    worth, event = rows_of(generator, 0.0, sign, 2_000_000)
    score = generator.standard_normal(len(worth)) + SEPARATION * sign * event
    order = np.argsort(-score)
    gains = np.cumsum(worth[order]) / len(worth)
    best = int(np.argmax(gains))
    acted = order[: best + 1]
    squares = np.where(event[acted], worth[acted] ** 2 * np.exp(sigma**2), worth[acted] ** 2)
    stderr = np.sqrt((squares.sum() / len(worth) - gains[best] ** 2) / n)
    return float(gains[best] - 4.0 * stderr)


def duplicated_widths() -> tuple[float, float]:
    """Return the width of a clustered interval, and of the same with every row five times in its cluster."""
    generator = np.random.default_rng(11)
    cluster = generator.integers(0, 300, 6_000)
    worth, event = rows_of(generator, 1.0, 1.0, 6_000)
    widths = []
    for times in (1, 5):
        repeated, groups = np.repeat(worth, times), np.repeat(cluster, times)
        mean = repeated.mean()
        influence = np.bincount(groups, repeated - mean, minlength=300) * 300 / len(repeated)
        base = fixed(influence, int(event.sum()))
        shifted = Contrast(
            units=300,
            rows=len(repeated),
            mean=np.array([[mean]]),
            covariance=base.covariance,
            skewness=base.skewness,
            deciding_events=base.deciding_events,
            degrees_of_freedom=299.0,
            clustered=True,
        )
        found = interval(Evidence(contrast=shifted), ONE)
        widths.append(float(found.high or 0.0) - float(found.low or 0.0))
    return widths[0], widths[1]


def report(sets: int) -> Iterator[str]:
    """Return the study, line by line."""
    yield "## A fixed rule, hurdle at its true gain: falsely cleared\n"
    yield HEADER
    for sigma in SIGMAS:
        for sign in (1.0, -1.0):
            for n in SIZES:
                found = list(confidences(fixed_evidence(sigma, sign, n, finite=False), 0.0, 2 * sets, n))
                yield line("fixed", sigma, sign, n, found)
                if sigma == 0.0:
                    found = list(confidences(fixed_evidence(sigma, sign, n, finite=True), 0.0, 2 * sets, n))
                    yield line("fixed, tier F", sigma, sign, n, found)
    yield "\n## A threshold tuned without skill, every cut worth 0, hurdle 0: falsely cleared\n"
    yield HEADER
    for sigma in SIGMAS:
        for sign in (1.0, -1.0):
            for n in SIZES:
                found = list(confidences(tuned_evidence(sigma, sign, n, skill=False), 0.0, sets, n))
                yield line("best, no skill", sigma, sign, n, found)
    yield "\n## A tuned threshold, AUC 0.80, gain four standard errors above the hurdle: cleared\n"
    yield HEADER
    for sigma in SIGMAS[:3]:
        for sign in (1.0, -1.0):
            for n in SIZES[1:]:
                hurdle = skilled_hurdle(sigma, sign, n)
                draw = tuned_evidence(sigma, sign, n, skill=True)
                yield line("best, AUC 0.80", sigma, sign, n, list(confidences(draw, hurdle, sets // 3, n)))
    once, five = duplicated_widths()
    yield "\n## Rows repeated five times within their cluster\n"
    yield f"Width of the 95% interval: {once:.6f} once, {five:.6f} repeated."


def main() -> None:
    """Run the study; print it, and write it where asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sets", type=int, default=1_000, help="data sets per line of the tuned rules")
    parser.add_argument("--out", type=Path, help="write the tables here too")
    asked = parser.parse_args()
    start, lines = time.process_time(), ["# Coverage of the tiers\n"]
    command = f"python studies/coverage.py --sets {asked.sets}"
    lines.append(f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, `{command}`, numpy {np.__version__}.")
    lines.append(f"Shares in percent of {2 * asked.sets:,} (fixed) or {asked.sets:,} (tuned) data sets;")
    lines.append(
        f"a third of these for power. Monte Carlo error at 5%: {100 * (0.0475 / asked.sets) ** 0.5:.1f}.\n"
    )
    for each in report(asked.sets):
        print(each, flush=True)
        lines.append(each)
    lines.append(f"\n{time.process_time() - start:.0f} s of CPU.")
    if asked.out:
        asked.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
