"""What the tiers promise, held against the figures: kept, broken, open, or not run."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from studies.coverage.grid import Cell
from studies.coverage.populations import Amounts
from studies.coverage.tallies import ERRORS, Tally

Verdict = Literal["kept", "broken", "open", "not run"]
ALLOWED_ERRORS = 4.0
TOLD_APART = 2.0  # Monte Carlo errors beyond a limit from which on it is broken and not merely open
COVERED, LIGHT = 0.94, 0.2
SEEN = 0.85


@dataclass(frozen=True, slots=True)
class Measure:
    """One share of draws beside its limit.

    Attributes
    ----------
    share, draws : the share, and of how many draws it is one.
    limit : the most it may be, or with ``at_least`` the least.
    at : nominal error it belongs to, or None.
    exact : whether the limit has its allowance for chance in it, so that anything beyond breaks it.
    """

    cell: str
    share: float
    draws: int
    limit: float
    at_least: bool = False
    at: float | None = None
    exact: bool = False

    @property
    def error(self) -> float:
        """Return the Monte Carlo error of the share.

        >>> Measure("", 0.5, 10_000, 0.6).error
        0.005
        """
        return math.sqrt(self.share * (1.0 - self.share) / self.draws)

    @property
    def beyond(self) -> float:
        """Return by how much the share lies on the wrong side of its limit; negative on the right one."""
        return self.limit - self.share if self.at_least else self.share - self.limit

    @property
    def verdict(self) -> Verdict:
        """Return whether the limit holds.

        >>> [Measure("", share, 10_000, 0.04).verdict for share in (0.04, 0.041, 0.06)]
        ['kept', 'open', 'broken']
        """
        if self.beyond <= 0.0:
            return "kept"
        return "broken" if self.exact or self.beyond > TOLD_APART * self.error else "open"


Asking = Callable[[Cell], bool]
Measuring = Callable[[Tally], Iterator[Measure]]


@dataclass(frozen=True, slots=True)
class Promise:
    """A sentence, the cells that it speaks of, and what it measures on one of them."""

    sentence: str
    asks: Asking
    measure: Measuring


def false_clear(limits: tuple[float, ...]) -> Measuring:
    """Return the joint false clear, with its limit at each nominal error."""

    def measure(tally: Tally) -> Iterator[Measure]:
        draws = tally.all.draws
        for cleared, limit, error in zip(tally.all.cleared, limits, ERRORS, strict=True):
            yield Measure(tally.cell, cleared / draws, draws, limit, at=error)

    return measure


def false_clear_of(tier: str) -> Measuring:
    """Return the joint false clear within one tier, at most nominal plus four Monte Carlo errors."""

    def measure(tally: Tally) -> Iterator[Measure]:
        draws, found = tally.all.draws, tally.tiers.get(tier)
        for place, error in enumerate(ERRORS if found else ()):
            limit = error + ALLOWED_ERRORS * math.sqrt(error * (1.0 - error) / draws)
            share = found.cleared[place] / draws if found else 0.0
            yield Measure(tally.cell, share, draws, limit, at=error, exact=True)

    return measure


def covered_of_all(tally: Tally) -> Iterator[Measure]:
    """Yield the share of all draws whose interval holds the gain: without an interval it does not."""
    yield Measure(tally.cell, tally.all.held / tally.all.draws, tally.all.draws, COVERED, at_least=True)


def covered_where_printed(tally: Tally) -> Iterator[Measure]:
    """Yield the share of printed intervals that hold the gain."""
    printed = tally.all.printed
    if printed:
        yield Measure(tally.cell, tally.all.held / printed, printed, COVERED, at_least=True)


def judged(least: float) -> Measuring:
    """Return the share of draws that are judged."""

    def measure(tally: Tally) -> Iterator[Measure]:
        yield Measure(tally.cell, tally.judged / tally.all.draws, tally.all.draws, least, at_least=True)

    return measure


def seen(tally: Tally) -> Iterator[Measure]:
    """Yield the share cleared at 0.95 of draws in tier A, where most draws are in it."""
    found = tally.tiers.get("A")
    if found is not None and 2 * found.draws >= tally.all.draws:
        yield Measure(tally.cell, found.seen[1] / found.draws, found.draws, SEEN, at_least=True, at=0.05)


def _is_up_to(cell: Cell) -> bool:
    law = cell.population.amounts
    return law.kind != "Pareto" and law.shape <= 1.5


def _is_lognormal(shape: float) -> Asking:
    law = Amounts("lognormal", shape)
    return lambda cell: cell.population.amounts == law and cell.population.events == 200


def _is_finite(cell: Cell) -> bool:
    of = cell.population
    return of.amounts.kind == "constant" and not of.clustered


def _is_light(cell: Cell) -> bool:
    return cell.population.tail_ratio <= LIGHT


PROMISES = (
    Promise(
        "Up to lognormal 1.5 a hurdle that the gain equals is cleared in at most 3.2, 6 and 21.5% of all draws, at "
        "nominal 2.5, 5 and 20%",
        _is_up_to,
        false_clear((0.032, 0.06, 0.215)),
    ),
    Promise(
        "At lognormal 2.0 in at most 4, 7 and 22%",
        lambda cell: cell.population.amounts.shape == 2.0,
        false_clear((0.04, 0.07, 0.22)),
    ),
    Promise(
        "In tier F in at most nominal plus four Monte Carlo errors",
        _is_finite,
        false_clear_of("F"),
    ),
    Promise(
        "In tier B in at most nominal plus four Monte Carlo errors",
        lambda cell: math.isfinite(cell.population.amounts.cap),
        false_clear_of("B"),
    ),
    Promise(
        "The interval at 95% holds the gain in at least 94% of all draws where r is at most 0.2; a draw without "
        "an interval counts as one that does not hold it",
        _is_light,
        covered_of_all,
    ),
    Promise("The same of the draws with an interval", _is_light, covered_where_printed),
    Promise(
        "With 200 events at least 95% of draws are judged at lognormal 0.7", _is_lognormal(0.7), judged(0.95)
    ),
    Promise(
        "With 200 events at least 85% of draws are judged at lognormal 1.0", _is_lognormal(1.0), judged(0.85)
    ),
    Promise(
        "A gain 3.3 standard errors above the hurdle is cleared at 0.95 in at least 85% of the draws in tier A, "
        "where most draws are in it",
        lambda cell: cell.rule != "tuned",
        seen,
    ),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A promise over the cells of one rule.

    Attributes
    ----------
    verdict : broken where one cell breaks it, else open where one is open.
    cells, asked : cells that were measured, of those that it may speak of.
    worst : the measure nearest to its limit, or furthest beyond, in Monte Carlo errors.
    failing : measures beyond their limits, the furthest first.
    """

    verdict: Verdict
    cells: int
    asked: int
    worst: Measure | None
    failing: tuple[Measure, ...]


def finding(promise: Promise, cells: list[Cell], tallies: Mapping[str, Tally]) -> Finding:
    """Return what the figures say of a promise."""
    asked = [cell.name for cell in cells if promise.asks(cell)]
    measures = [one for name in asked if name in tallies for one in promise.measure(tallies[name])]
    if not measures:
        return Finding("not run", 0, len(asked), None, ())
    ordered = sorted(measures, key=lambda one: one.beyond / max(one.error, 1e-9), reverse=True)
    failing = tuple(one for one in ordered if one.verdict != "kept")
    verdicts = {one.verdict for one in measures}
    verdict: Verdict = next(each for each in ("broken", "open", "kept") if each in verdicts)
    return Finding(verdict, len({one.cell for one in measures}), len(asked), ordered[0], failing)
