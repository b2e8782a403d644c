"""Coverage of the gain where assumptions are in doubt too.

    python -m studies.coverage.doubt

A draw is a pair: true assumptions, as their owners hold possible, and rows. One row in ten is an event, which earns
``margin`` times an amount of mean 20 (or costs it, where events lose); acting on any other row moves ``cost`` the other
way. Rows know nothing of margin and cost, so that the true gain is that of the population at the true assumptions.
payoff is asked for its 90% interval by both doubts and for its confidence that the gain exceeds what it truly is.
"""

import argparse
import datetime as dt
import json
import platform
import sys
import time
import zlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import payoff
from payoff.doubt import Judged, Stake, bounds, chances_at, draw, points, stake_of
from payoff.formulas import expand
from payoff.quantities import parse_amount
from payoff.spec import Spec, load_spec
from payoff.spec.coefficients import Valuation
from payoff.spec.volume import World
from payoff.stats.contrast import Contrast
from payoff.stats.inference import Evidence, interval, tier_of
from studies.coverage.populations import AMOUNT, RATE, Amounts

Floats = NDArray[np.float64]

ROOT = Path(__file__).resolve().parents[2]
FIGURES = ROOT / "studies" / "results" / "coverage-of-doubt.jsonl"
PAGE = ROOT / "docs" / "methods" / "coverage-of-doubt.md"
SEED, REPLICATIONS, LEVEL = 20_261_126, 600, 0.90
ERRORS = (0.025, 0.05, 0.20)

# Low, likely and high of a margin; the cost's range is the same around its own likely value.
RANGES = {"narrow": (0.9, 1.0, 1.1), "wide": (0.6, 1.0, 1.4), "lopsided": (0.9, 1.0, 1.8)}
AMOUNTS = (Amounts("gamma"), Amounts("lognormal", 1.0))
EVENTS, SIDES = (100, 1_000), {1: "gains", -1: "losses"}
RANK = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One population, with one kind of doubt about margin and cost, tied or not."""

    ranges: str
    tied: bool
    amounts: Amounts
    sign: int
    events: int

    @property
    def name(self) -> str:
        """Return the cell in words.

        >>> cells()[0].name
        'narrow ranges, gamma, gains, 100 events'
        """
        tied = ", correlated" if self.tied else ""
        return f"{self.ranges} ranges{tied}, {self.amounts}, {SIDES[self.sign]}, {self.events} events"

    @property
    def rows(self) -> int:
        """Return the rows of a draw."""
        return round(self.events / RATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The figures of one cell.

    ``held`` counts true gains within the 90% interval by both doubts, ``held_by_rows`` those within the one by the draw
    of the rows alone, both of ``judged`` draws; ``cleared`` and ``missed`` at each of ``ERRORS`` a hurdle that the gain
    equals, of all ``draws``.
    """

    cell: str
    seed: int
    date: str
    seconds: float
    versions: dict[str, str]
    draws: int
    judged: int
    held: int
    held_by_rows: int
    cleared: tuple[int, ...]
    missed: tuple[int, ...]


def cells() -> list[Cell]:
    """Return all cells."""
    return [
        Cell(ranges=ranges, tied=tied, amounts=law, sign=sign, events=events)
        for tied, ranges, law, sign, events in product((False, True), RANGES, AMOUNTS, SIDES, EVENTS)
        if not tied or ranges == "wide"
    ]


def spec_of(cell: Cell) -> Spec:
    """Return a spec with the ranges of a cell."""
    low, likely, high = RANGES[cell.ranges]
    cost = RATE * AMOUNT / (1.0 - RATE)
    assumptions: dict[str, Any] = {
        "margin": {"likely": likely, "low": low, "high": high},
        "cost": {"likely": cost * likely, "low": cost * low, "high": cost * high},
    }
    if cell.tied:
        assumptions["correlated"] = [{"between": ["margin", "cost"], "rank": RANK}]
    earned, spent = ("margin * worth", "-cost") if cell.sign > 0 else ("-margin * worth", "cost")
    return load_spec(
        {
            "decision": {"unit": "EUR"},
            "data": {"outcome": "y"},
            "value": {"act": f"case when outcome then {earned} else {spent} end", "skip": 0},
            "assumptions": assumptions,
            "model": {"name": "m", "score": "p", "policy": {"threshold": 0.5}},
        }
    )


def tally(cell: Cell, replications: int) -> Tally:
    """Return the figures of one cell."""
    start, spec = time.process_time(), spec_of(cell)
    generator = np.random.default_rng([SEED, zlib.crc32(cell.name.encode())])
    ranges = {one.name: (one.likely, one.low, one.high) for one in spec.assumptions.values()}
    likely = {name: three[0] for name, three in ranges.items()}
    valuation = Valuation(expand(dict(spec.value), ranges), spec.decision.actions, likely)
    world = World(volume=None, low=None, high=None, source="none", share=None, file_volume=None)
    settings = draw(spec, valuation, world, points(2))
    true = draw(spec, valuation, world, generator.random((replications, 2)))
    said = []
    for number in range(replications):
        contrast = drawn(cell, generator, valuation)
        judged = Judged(valuation, world, contrast.mean[0], 0.0, 0.0, per_decision=True)
        stake = stake_of(spec, judged, parse_amount("0 per decision"))
        gain = cell.sign * float(RATE * AMOUNT * true["margin"][number] - (1.0 - RATE) * true["cost"][number])
        said.append(_said(stake, Evidence(contrast=contrast), settings, gain))
    return Tally(
        cell=cell.name,
        seed=SEED,
        date=f"{dt.datetime.now(dt.UTC):%Y-%m-%d}",
        seconds=round(time.process_time() - start, 1),
        versions={"payoff": payoff.__version__, "numpy": np.__version__, "Python": platform.python_version()},
        draws=replications,
        judged=sum(one is not None for one in said),
        held=sum(one is not None and one[0] for one in said),
        held_by_rows=sum(one is not None and one[1] for one in said),
        cleared=tuple(sum(one is not None and one[2] > 1.0 - error for one in said) for error in ERRORS),
        missed=tuple(sum(one is not None and one[2] < error for one in said) for error in ERRORS),
    )


def drawn(cell: Cell, generator: np.random.Generator, valuation: Valuation) -> Contrast:
    """Return the moments of one draw of rows: what every row adds to the two parts, by their place."""
    event = generator.random(cell.rows) < RATE
    amount = np.where(event, cell.amounts.draw(generator, cell.rows), 0.0)
    parts = np.zeros((cell.rows, 2 * valuation.parts))
    for term in valuation.expansion.terms["act"]:
        of_margin = any(symbol == "margin" for symbol, _ in term.powers)
        parts[:, valuation.parts + term.part] = amount if of_margin else ~event
    gain = parts @ valuation.contrast()
    away = gain - gain.mean()
    return Contrast(
        units=cell.rows,
        rows=cell.rows,
        mean=parts.mean(axis=0)[None],
        covariance=np.cov(parts.T)[None],
        skewness=np.array([(away**3).mean() / (away**2).mean() ** 1.5]),
        deciding_events=np.array([min(int(event.sum()), int((~event).sum()))]),
        degrees_of_freedom=cell.rows - 1.0,
    )


def _said(stake: Stake, evidence: Evidence, settings: Any, gain: float) -> tuple[bool, bool, float] | None:
    """Return whether both intervals hold the gain, and the confidence that it exceeds itself; None in tier C."""
    chances = chances_at(stake, evidence, settings, gain)
    if chances is None or tier_of(evidence).tier == "C":
        return None
    coefficients = stake.judged.valuation.contrast()
    by_rows = interval(evidence, coefficients, LEVEL)
    both = bounds(stake, evidence, by_rows.stderr or 0.0)
    if both is None or by_rows.low is None or by_rows.high is None:
        return None
    return both[0] <= gain <= both[1], by_rows.low <= gain <= by_rows.high, float(chances.mean())


def read(path: Path) -> dict[str, Tally]:
    """Return cell -> its figures; none where there is no file."""
    if not path.exists():
        return {}
    listed = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {
        one["cell"]: Tally(
            **{key: tuple(each) if isinstance(each, list) else each for key, each in one.items()}
        )
        for one in listed
    }


def page(found: Iterable[Tally]) -> str:
    """Return the page of the docs."""
    every = list(found)
    lines = [HEAD.format(draws=f"{sum(one.draws for one in every):,}", cells=len(every), **_about(every))]
    lines += [
        "| cell | judged | both doubts, 90% | rows alone, 90% | cleared at 2.5 / 5 / 20% | missed at 2.5 / 5 / 20% |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for one in every:
        held, alone = (f"{100 * count / max(one.judged, 1):.1f}" for count in (one.held, one.held_by_rows))
        cleared, missed = (
            " / ".join(f"{100 * count / one.draws:.1f}" for count in counts)
            for counts in (one.cleared, one.missed)
        )
        lines.append(
            f"| {one.cell} | {100 * one.judged / one.draws:.0f}% | {held}% | {alone}% | {cleared} | {missed} |"
        )
    return "\n".join(lines) + "\n"


def _about(every: list[Tally]) -> dict[str, Any]:
    shown = [one for one in every if one.judged > one.draws / 2]
    held = [100 * one.held / one.judged for one in shown]
    alone = [100 * one.held_by_rows / one.judged for one in shown]
    worst = [max(100 * one.cleared[at] / one.draws for one in every) for at in range(len(ERRORS))]
    return {
        "low": f"{min(held):.1f}",
        "high": f"{max(held):.1f}",
        "alone": f"{min(alone):.1f}",
        "worst": " / ".join(f"{one:.1f}" for one in worst),
        "date": max(one.date for one in every),
        "seconds": f"{sum(one.seconds for one in every) / 60:.0f}",
    }


HEAD = """# Coverage of doubt: what was simulated

Written by `python -m studies.coverage.doubt` from [the figures](../../studies/results/coverage-of-doubt.jsonl); not
edited by hand. It draws true assumptions, as their owners hold possible, and rows, and asks payoff for the 90%
interval [by both doubts](assumptions.md#how-far-they-move-the-gain) and for its confidence that the gain exceeds
what it truly is.

**Rows.** One in ten is an event. An event earns (*gains*) or costs (*losses*) `margin` times an amount of mean 20;
any other row moves `cost` the other way. Both are drawn from triangles: *narrow* is 0.9 to 1.1 times likely, *wide*
0.6 to 1.4, *lopsided* 0.9 to 1.8; *correlated* ties them with a rank correlation of 0.7. Fixed rule, rows
independent, tier by the moments of each draw.

**What is counted.** The interval by both doubts holds the true gain, of the draws that are judged; beside it the
90% interval by the draw of the rows alone, as a reader would take it who forgets the assumptions. *Cleared* and
*missed*: a hurdle that the true gain equals, of all draws, at nominal 2.5, 5 and 20%.

**Found.** Where most draws are judged, the interval by both doubts holds {low} to {high}% of the true gains (90
asked); by the rows alone it falls to {alone}%. A hurdle that the gain equals is cleared in at most {worst}% of the
draws of a cell at nominal 2.5 / 5 / 20%. This holds for owners whose ranges are honest: an owner who is sure of the
wrong number is not in it.

{cells} cells, {draws} draws, {seconds} minutes of one processor, {date}; Monte Carlo error of a share near 90% is
1.2 points.
"""


def main() -> None:
    """Run the cells that are not there yet, then write the page."""
    parser = argparse.ArgumentParser(prog="python -m studies.coverage.doubt", description=__doc__)
    parser.add_argument("--replications", type=int, default=REPLICATIONS)
    parser.add_argument("--results", type=Path, default=FIGURES)
    asked = parser.parse_args()
    done = read(asked.results)
    for cell in cells():
        if cell.name not in done:
            one = tally(cell, asked.replications)
            with asked.results.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(one)) + "\n")
            sys.stderr.write(f"{one.cell}: {one.seconds:.1f} s\n")
    if asked.results == FIGURES:
        PAGE.write_text(page(read(FIGURES).values()), encoding="utf-8")


if __name__ == "__main__":
    main()
