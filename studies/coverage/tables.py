"""Draws of a population, as the tables that payoff's engines would make of their rows.

Only events carry a random amount, so of all other rows only the number is drawn: nothing is lost by it, since
payoff reads sums. Many draws are made at once, one *part* of the cells each.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from payoff.stats.distributions import normal_cdf, normal_ppf
from payoff.tables import Cells, Moments
from payoff.tables.cells import NEGATIVE, POSITIVE
from studies.coverage.populations import CLUSTER, RATE, Floats, Population, events_in_cluster

Integers = NDArray[np.int64]
LEVELS = 40
SEPARATION = float(np.sqrt(2.0) * normal_ppf(0.80))  # between binormal scores with an AUC of 0.80
# Amounts, or clusters, drawn at once.
CHUNK = 200_000
ACT = 0


@dataclass(frozen=True, slots=True)
class Draws:
    """Cells of many draws; ``part`` (c,) is the draw of each cell, ascending."""

    cells: Cells
    part: Integers
    parts: int

    def one(self, number: int) -> Cells:
        """Return the cells of one draw."""
        first, last = np.searchsorted(self.part, [number, number + 1])
        return self.cells.take(np.arange(first, last))


@dataclass(frozen=True, slots=True)
class Score:
    """A score of few values, the same for all rows of a cluster, and what it knows.

    ``by_event`` and ``by_other`` (L,) are the chances of each value for rows (clusters) with and without event,
    ascending where acting pays.
    """

    by_event: Floats
    by_other: Floats

    def gains(self, population: Population) -> Floats:
        """Return the true gain per row of acting on each value of the score or a higher one."""
        if not population.clustered:
            worth = RATE * population.amounts.moment(1) * (self.by_event - self.by_other)
        else:
            chances = events_in_cluster()
            idle = -chances[0] * CLUSTER * population.cost
            worth = idle / CLUSTER * (self.by_other - self.by_event)
        return population.sign * np.cumsum(worth[::-1])[::-1]

    def best_less(self, population: Population, errors: float) -> float:
        """Return the gain of the best value to act on, less so many of its standard errors."""
        gains = self.gains(population)
        best = int(np.argmax(gains))
        event, other = self.by_event[best:].sum(), self.by_other[best:].sum()
        rows = CLUSTER if population.clustered else 1
        square = population.central(2)
        idle = events_in_cluster()[0] if population.clustered else 1.0 - RATE
        still = idle * (rows * population.cost) ** 2
        variance = ((square - still) * event + still * other) / rows**2 - gains[best] ** 2
        return float(gains[best] - errors * np.sqrt(variance / population.units))


def make_score(population: Population, *, skill: bool) -> Score:
    """Return a score that knows nothing, or one with an AUC of 0.80: high where acting pays."""
    even = np.full(LEVELS, 1.0 / LEVELS)
    if not skill:
        return Score(even, even)
    edges = normal_ppf(np.arange(1, LEVELS) / LEVELS)
    below = np.concatenate([[0.0], normal_cdf(edges - population.sign * SEPARATION), [1.0]])
    return Score(np.diff(below), even)


def draw_plain(population: Population, generator: np.random.Generator, count: int) -> Iterator[Draws]:
    """Yield draws of independent rows, all acted on: two cells each."""
    for size in _chunks(count, population.events):
        events = generator.binomial(population.units, RATE, size)[:, None]
        yield _plain(population, generator, events, population.units - events, None)


def draw_scored(
    population: Population, generator: np.random.Generator, count: int, score: Score
) -> Iterator[Draws]:
    """Yield draws of independent rows by score and half of the groups."""
    for size in _chunks(count, population.events):
        events = generator.binomial(population.units, RATE, size)
        by_event, by_other = (np.repeat(each / 2.0, 2) for each in (score.by_event, score.by_other))
        happened = generator.multinomial(events, by_event)
        others = generator.multinomial(population.units - events, by_other)
        yield _plain(population, generator, happened, others, np.arange(LEVELS) / LEVELS)


def draw_clustered(
    population: Population, generator: np.random.Generator, count: int, score: Score | None = None
) -> Iterator[Draws]:
    """Yield draws of clusters: for each a cell of its events and one of its other rows."""
    edges = np.cumsum(events_in_cluster())[:-1]
    for size in _chunks(count, population.units):
        held = np.searchsorted(edges, generator.random((size, population.units)), side="right").ravel()
        draw, number = np.divmod(np.arange(held.size), population.units)
        amount = np.zeros(held.size)
        amount[held > 0] = population.amounts.draw(generator, int((held > 0).sum()))
        rows = np.stack([held, CLUSTER - held], axis=1)
        value = np.stack([amount, np.full(held.size, -population.cost)], axis=1)
        off = value - _centre(population)
        keys = [np.repeat(each, 2) for each in (draw, number)]
        level = None if score is None else np.repeat(_levels(generator, score, held > 0), 2)
        group = np.repeat(generator.integers(0, 2, held.size), 2)
        full = np.flatnonzero(rows.ravel())
        powers = [each.ravel()[full] for each in (rows, rows * off, rows * off * off, rows * off * off * off)]
        state = np.tile(_states(population), held.size)
        shift = np.tile(_centre(population), held.size)
        cells = _cells(population, powers, shift[full], state[full], group[full])
        cells = _keyed(cells, None if level is None else level[full] / LEVELS, keys[1][full])
        yield Draws(cells, keys[0][full], size)


def _plain(
    population: Population,
    generator: np.random.Generator,
    events: Integers,
    others: Integers,
    score: Floats | None,
) -> Draws:
    """Return the cells of (R, S) numbers of events and of other rows; S runs over score and group."""
    off = population.amounts.draw(generator, int(events.sum())) - _centre(population)[0]
    happened = [events.ravel(), *(_sums(each, events.ravel()) for each in (off, off * off, off * off * off))]
    idle = [others.ravel(), *(np.zeros(others.size) for _ in range(3))]
    rows = np.stack([happened[0], idle[0]], axis=1).ravel()
    full = np.flatnonzero(rows)
    powers = [np.stack(pair, axis=1).ravel()[full] for pair in zip(happened, idle, strict=True)]
    place = full // 2 % events.shape[1]
    shift, state = (np.tile(each, events.size)[full] for each in (_centre(population), _states(population)))
    group = place % 2 if score is not None else np.zeros_like(place)
    cells = _cells(population, powers, shift, state, group)
    cells = _keyed(cells, None if score is None else score[place // 2], None)
    return Draws(cells, full // 2 // events.shape[1], len(events))


def _chunks(count: int, width: int) -> Iterator[int]:
    size = max(1, CHUNK // width)
    for start in range(0, count, size):
        yield min(size, count - start)


def _centre(population: Population) -> Floats:
    """Return what the worth of events and of other rows is centred by, before the side is chosen."""
    return np.array([population.amounts.moment(1), -population.cost])


def _states(population: Population) -> Integers:
    """Return the outcome of events and of other rows: positive is where acting pays, as a score wants it."""
    return np.array([POSITIVE, NEGATIVE] if population.sign > 0 else [NEGATIVE, POSITIVE])


def _levels(generator: np.random.Generator, score: Score, has_event: NDArray[np.bool_]) -> Integers:
    uniform = generator.random(len(has_event))
    by_event, by_other = (
        np.searchsorted(np.cumsum(each)[:-1], uniform, side="right")
        for each in (score.by_event, score.by_other)
    )
    return np.where(has_event, by_event, by_other)


def _sums(column: Floats, sizes: Integers) -> Floats:
    """Return the sums of consecutive runs of a column.

    >>> _sums(np.array([1.0, 2.0, 4.0]), np.array([1, 0, 2])).tolist()
    [1.0, 0.0, 6.0]
    """
    starts = np.cumsum(sizes) - sizes
    return np.where(sizes > 0, np.add.reduceat(np.append(column, 0.0), starts), 0.0)


def _cells(
    population: Population, powers: list[Floats], shift: Floats, state: Integers, group: Integers
) -> Cells:
    """Return cells from the sums of the powers 0 to 3 of the worth about ``shift``, before the side is chosen."""
    rows, (first, second, third) = powers[0].astype(np.int64), powers[1:]
    weight, sign, none = rows.astype(np.float64), population.sign, np.zeros((len(rows), 2), dtype=np.int64)
    acting = np.stack([weight, sign * first, second, sign * third], axis=1)
    nothing = np.stack([weight, *np.zeros((3, len(rows)))], axis=1)
    moments = Moments(
        rows=rows,
        weight=weight,
        weight2=weight,
        weight3=weight,
        total_high=none,
        total_low=none,
        nonzero=rows[:, None],
        shift=sign * shift[:, None],
        first=sign * first[:, None],
        first2=sign * first[:, None],
        second=second[:, None, None],
        third=np.stack([acting, nothing, acting], axis=1),
    )
    return Cells(group=group, state=state, actions={"model": np.full(len(rows), ACT)}, moments=moments)


def _keyed(cells: Cells, score: Floats | None, cluster: Integers | None) -> Cells:
    return Cells(
        group=cells.group,
        state=cells.state,
        actions=cells.actions,
        moments=cells.moments,
        score=score,
        cluster=cluster,
    )
