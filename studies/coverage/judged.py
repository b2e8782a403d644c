"""Draws judged by payoff's own functions: those that an evaluation calls from its tables on.

The grounds (specification, valuation, declared support and cap) are those of a real evaluation of four rows; only
their tables are replaced. A fixed rule goes the way of slices (``comparison.compare_parts``), a tuned threshold the
way of the model (``choices.choose_threshold``, ``comparison.compare``), the top tenth that of a capacity
(``tabulation.pools.filled_of``). Interval and confidence come from
``stats.inference``.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from payoff.choices import Choices, choose_threshold, cut_scores, make_cuts
from payoff.comparison import Comparison, Grounds, compare, compare_parts
from payoff.engines import open_engine
from payoff.running.gathering import counted_of
from payoff.running.tabulating import tabulate
from payoff.spec import load_spec
from payoff.stats.estimates import Tier
from payoff.stats.inference import Evidence, confidence, intervals
from payoff.tables import Cells, Keyed
from studies.coverage.grid import Cell
from studies.coverage.populations import Floats, Population
from studies.coverage.tables import Score, draw_clustered, draw_plain, draw_scored, make_score
from studies.coverage.topk import LIKELY, TopShare, evidence

ABOVE = 3.3  # standard errors by which the gain lies above the hurdle where power is asked
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Judged:
    """What payoff said of one draw.

    Attributes
    ----------
    tier : of the gain.
    held : whether the two-sided interval at 95% holds the true gain; None where none is printed.
    at_truth : confidence that the gain exceeds a hurdle that it equals, None where it is not judged.
    above : the same where it lies 3.3 standard errors above the hurdle.
    """

    tier: Tier
    held: bool | None
    at_truth: float | None
    above: float | None


def judge(cell: Cell, generator: np.random.Generator, count: int) -> Iterator[Judged]:
    """Yield what payoff says of ``count`` draws."""
    if cell.rule == "top":
        yield from _judge_top(cell.population, generator, count)
        return
    grounds = make_grounds(cell.population, tuned=cell.rule != "fixed")
    if cell.rule == "fixed":
        yield from _judge_fixed(grounds, cell.population, generator, count)
    else:
        score = make_score(cell.population, skill=cell.rule == "skilled")
        yield from _judge_tuned(grounds, cell, score, generator, count)


def make_grounds(population: Population, *, tuned: bool) -> Grounds:
    """Return the grounds of an evaluation whose spec says what the population is worth."""
    earned, cost, law = population.amounts.moment(1), population.cost, population.amounts
    ends = (earned, -cost) if population.sign > 0 else (cost, -earned)
    constant = f"case when outcome then {ends[0]!r} else {ends[1]!r} end"
    spec = {
        "payoff": 1,
        "decision": {"unit": "EUR", "actions": ["act", "skip"]},
        "data": {"outcome": "pays", "positive": 1},
        "value": {"act": constant if law.kind == "constant" else "worth", "skip": 0},
        "model": {
            "name": "model",
            "score": "score",
            "score_is": "rank",
            "policy": {"threshold": "best" if tuned else 0.0},
        },
        "today": "nobody",
    }
    if not math.isinf(law.cap):
        gain, loss = (law.cap, cost)[:: population.sign]
        spec["cap"] = {"gain": gain, "loss": loss}
    rows = {"pays": [1, 1, 0, 0], "worth": [*ends[:1] * 2, *ends[1:] * 2], "score": [0.6, 0.4, 0.5, 0.3]}
    with open_engine(pa.table(rows)) as engine:
        grounds = counted_of(tabulate(load_spec(spec), engine, lambda _: None)).grounds
    if grounds is None:
        raise ValueError(f"no grounds for {population}")
    # The band against today is the one that judges; against everybody it would double the time.
    bare = replace(grounds.spec, baselines=tuple(b for b in grounds.spec.baselines if b.name == "nobody"))
    return replace(grounds, spec=bare)


def _judge_fixed(
    grounds: Grounds, population: Population, generator: np.random.Generator, count: int
) -> Iterator[Judged]:
    draw = draw_clustered if population.clustered else draw_plain
    hurdles = np.array([0.0, -ABOVE * population.stderr])
    for draws in draw(population, generator, count):
        found = compare_parts(grounds, "model", "nobody", draws.cells, draws.part, draws.parts)
        yield from _read(grounds, found, np.zeros(draws.parts), hurdles)


def _judge_tuned(
    grounds: Grounds, cell: Cell, score: Score, generator: np.random.Generator, count: int
) -> Iterator[Judged]:
    population, gains = cell.population, score.gains(cell.population)
    below = score.best_less(population, ABOVE) if cell.rule == "skilled" else -ABOVE * population.stderr
    draw = draw_clustered if population.clustered else draw_scored
    for draws in draw(population, generator, count, score):
        for number in range(draws.parts):
            found, threshold = _tuned(grounds, draws.one(number))
            at = None if threshold is None else round(threshold * len(gains))
            true = 0.0 if at is None or cell.rule == "tuned" else float(gains[at])
            yield from _read(grounds, [found], np.array([true]), np.array([true, below]))


def _judge_top(population: Population, generator: np.random.Generator, count: int) -> Iterator[Judged]:
    top = TopShare(
        events=population.events,
        amounts=population.amounts,
        sign=population.sign,
        clustered=population.clustered,
    )
    hurdles = np.array([top.truth, top.truth - ABOVE * top.stderr])
    for _ in range(count):
        yield from _said([evidence(top.draw(generator))], LIKELY, np.array([top.truth]), hurdles)


def _tuned(grounds: Grounds, cells: Cells) -> tuple[Comparison, float | None]:
    """Return the gain of the best threshold, chosen and judged on these cells, and that threshold."""
    at = cut_scores(cells)
    block = np.searchsorted(at, np.asarray(cells.score), side="right").astype(np.int64)
    cuts = make_cuts(at, (Keyed(cells=cells, keys={"b": block}),))
    choices = choose_threshold(grounds.spec, grounds.valuation, grounds.spec.model, cuts, Choices())
    threshold = choices.thresholds["model"]
    acted = np.asarray(cells.score) >= (np.inf if threshold is None else threshold)
    policies = replace(cells, actions={"model": np.where(acted, 0, 1)})
    return compare(replace(grounds, cells=policies, choices=choices), "model", "nobody"), threshold


def _read(
    grounds: Grounds, found: list[Comparison] | tuple[Comparison, ...], true: Floats, hurdles: Floats
) -> Iterator[Judged]:
    yield from _said([one.evidence for one in found], grounds.valuation.contrast(), true, hurdles)


def _said(found: list[Evidence], likely: Floats, true: Floats, hurdles: Floats) -> Iterator[Judged]:
    printed = intervals(found, likely, LEVEL, [None] * len(found))
    setting = np.broadcast_to(likely, (len(hurdles), len(likely)))
    for one, said, gain in zip(found, printed, true.tolist(), strict=True):
        sure = confidence(one, setting, hurdles)
        held = None if said.low is None or said.high is None else said.low <= gain <= said.high
        at_truth, above = (None, None) if sure is None else sure.tolist()
        yield Judged(said.tier, held, at_truth, above)
