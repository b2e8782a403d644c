"""Populations and judgement of a capacity: the top tenth of the rows, by rows or by clusters, and the top of each day.

A score is uniform; an event is the likelier the higher it is, 5 s^4 times as likely as on average. What acting moves is
that of :mod:`studies.coverage.populations`. The true value of the top share is known in closed form. Five rows of a
cluster share one amount, and half of them, by lot, one score. Days have a level of their own, which all rows of a day
share.

What is judged is what payoff computes: ``filled_of`` finds who has room, ``contrast_of`` (or ``contrast_of_periods``)
the error, ``interval`` the tier and the bounds.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from payoff.choices.supporting import Taking, support_of_share
from payoff.stats.contributions import adverse_clusters, contrast_of
from payoff.stats.estimates import Interval
from payoff.stats.inference import Evidence, interval
from payoff.stats.periods import contrast_of_periods
from payoff.stats.tiers import Circumstances
from payoff.tables import Cells, Moments
from payoff.tables.cells import NEGATIVE, POSITIVE
from payoff.tabulation.pools import Pools, Scores, descending, filled_of, rooms
from studies.coverage.populations import CLUSTER, RATE, Amounts

Floats = NDArray[np.float64]
SHARE, POWER = 0.1, 4
LIKELY = np.array([0.0, 1.0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """One draw: (n,) scores, values of acting, whether it is an event, and numbers of cluster and day.

    ``constants`` (2,) is what acting is worth without and with an event, where a formula says so.
    """

    score: Floats
    value: Floats
    event: NDArray[np.bool_]
    cluster: NDArray[np.int64] | None = None
    day: NDArray[np.int64] | None = None
    constants: Floats | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TopShare:
    """Rows of which the top tenth is acted on.

    Attributes
    ----------
    events : mean number of events among the rows acted on.
    amounts : what an event moves.
    sign : 1 where events earn, -1 where they cost.
    clustered : whether rows come in clusters of five.

    >>> TopShare(events=200, amounts=Amounts("constant"), sign=1, clustered=False).rows
    4884
    """

    events: int
    amounts: Amounts
    sign: int
    clustered: bool

    @property
    def rows(self) -> int:
        """Return the rows of a draw; of whole clusters where there are some."""
        size = round(self.events / caught())
        return -(-size // CLUSTER) * CLUSTER if self.clustered else size

    @property
    def cost(self) -> float:
        """Return what any row that is no event moves the other way."""
        return RATE * self.amounts.moment(1) / (1.0 - RATE)

    @property
    def truth(self) -> float:
        """Return the value of the top tenth per row."""
        return self.sign * (caught() * (self.amounts.moment(1) + self.cost) - SHARE * self.cost)

    @property
    def stderr(self) -> float:
        """Return the standard error of the value per row, the cut being drawn too: that of (v - m) A.

        Whole clusters: two rows of one share the amount, and one time in four the score.
        """
        nodes, weights = np.polynomial.legendre.leggauss(2 * POWER + 1)  # exact for polynomials in the score
        score, weight = 1.0 - SHARE * (1.0 - nodes) / 2.0, weights * SHARE / 2.0
        happens, amount = chance(score), (1.0, self.amounts.moment(1), self.amounts.moment(2))
        at_cut = self._mean(chance(np.array([1.0 - SHARE])))[0]
        # What a row moves beyond the margin is slope * amount + rest, given score and amount.
        slope, rest = self.sign * happens, -self.sign * self.cost * (1.0 - happens) - at_cut
        alone = happens * (amount[2] - 2.0 * self.sign * at_cut * amount[1] + at_cut**2)
        alone += (1.0 - happens) * (self.sign * self.cost + at_cut) ** 2
        mean = float(weight @ (self._mean(happens) - at_cut))
        variance = float(weight @ alone) - mean**2
        if not self.clustered:
            return math.sqrt(variance / self.rows)
        alike = float(weight @ (slope**2 * amount[2] + 2.0 * slope * rest * amount[1] + rest**2))
        steep, flat = float(weight @ slope), float(weight @ rest)
        apart = steep**2 * amount[2] + 2.0 * steep * flat * amount[1] + flat**2
        shared = alike / 4.0 + apart * 3.0 / 4.0 - mean**2
        return math.sqrt((variance + (CLUSTER - 1) * shared) / self.rows)

    def _mean(self, happens: Floats) -> Floats:
        """Return what acting moves on average where an event has that chance."""
        return self.sign * (happens * self.amounts.moment(1) - (1.0 - happens) * self.cost)

    def draw(self, generator: np.random.Generator) -> Rows:
        """Return one draw."""
        n = self.rows
        if not self.clustered:
            return self._moved(generator, generator.random(n), self.amounts.draw(generator, n), None)
        groups = n // CLUSTER
        cluster = np.repeat(np.arange(groups), CLUSTER)
        own, shared = generator.random(n), generator.random(groups)[cluster]
        score = np.where(generator.random(n) < 0.5, shared, own)
        return self._moved(generator, score, self.amounts.draw(generator, groups)[cluster], cluster)

    def _moved(
        self,
        generator: np.random.Generator,
        score: Floats,
        amount: Floats,
        cluster: NDArray[np.int64] | None,
    ) -> Rows:
        event = generator.random(len(score)) < chance(score)
        value = self.sign * np.where(event, amount, -self.cost)
        constants = None
        if self.amounts.kind == "constant":
            constants = np.empty(2)
            constants[[NEGATIVE, POSITIVE]] = -self.sign * self.cost, self.sign * self.amounts.moment(1)
        return Rows(score=score, value=value, event=event, cluster=cluster, constants=constants)


@dataclass(frozen=True, slots=True, kw_only=True)
class TopOfDay:
    """Days of which the best ``room`` rows each are acted on; a day's level moves the value of all its rows alike.

    Attributes
    ----------
    days, per_day, room : of a draw.
    level : standard deviation of the day's level, in the unit of the value.
    """

    days: int
    per_day: int
    room: int
    level: float

    @property
    def truth(self) -> float:
        """Return the mean value per row: scores are the value without the level, so that it is the mean of the best."""
        best = np.arange(self.per_day - self.room + 1, self.per_day + 1) / (self.per_day + 1)
        return float((10.0 * best - 5.0).sum()) / self.per_day

    def draw(self, generator: np.random.Generator) -> Rows:
        """Return one draw."""
        day = np.repeat(np.arange(self.days), self.per_day)
        score = generator.random(len(day))
        level = generator.normal(0.0, self.level, self.days)[day]
        value = 10.0 * score - 5.0 + level + generator.normal(0.0, 3.0, len(day))
        # Events are no more than a mark here: both kinds of row move money.
        return Rows(score=score, value=value, event=generator.random(len(day)) < 0.5, day=day)


def chance(score: Floats) -> Floats:
    """Return the chance of an event at a score: one in ten on average."""
    return np.asarray(RATE * (POWER + 1) * score**POWER)


def caught() -> float:
    """Return the events in the top tenth, per row of all.

    >>> round(caught(), 6)
    0.040951
    """
    return float(RATE * (1.0 - (1.0 - SHARE) ** (POWER + 1)))


def judged(rows: Rows, room: int | None = None) -> Interval:
    """Return the value per row of the top tenth, or of the best ``room`` of every day, as payoff tells it."""
    return interval(evidence(rows, room), LIKELY)


def evidence(rows: Rows, room: int | None = None) -> Evidence:
    """Return what the value of the best so many is judged by."""
    cells, acted, near = _cells(rows), *_acted(rows, room)
    switches = np.stack([np.zeros(len(acted)), acted], axis=1)
    if room is not None and rows.day is not None:
        return Evidence(contrast=contrast_of_periods(cells, switches, LIKELY, rows.day, "day"))
    offset = np.stack([np.zeros(len(acted)), (acted - SHARE) * near], axis=1)
    contrast = contrast_of(cells, switches, LIKELY, offset)
    if rows.constants is None:
        return Evidence(contrast=contrast)
    if rows.cluster is not None:
        adverse = int(adverse_clusters(cells, switches[None], LIKELY)[0])
        return Evidence(contrast=contrast, about=Circumstances(finite_support=True, adverse_clusters=adverse))
    shares = np.stack([acted, 1.0 - acted], axis=1)
    taking = Taking(shares=shares, options=np.eye(2), do=0, room=np.array([0.0, near]))
    support = support_of_share(cells, rows.constants[:, None], [taking])
    # The whole value is that of acting: doing nothing is worth nothing.
    support = replace(support, parts=support.parts * LIKELY)
    return Evidence(contrast=contrast, about=Circumstances(finite_support=True), support=support)


def intervals(population: TopShare | TopOfDay, draws: int, seed: int) -> Iterator[Interval]:
    """Yield what payoff tells of that many draws."""
    generator = np.random.default_rng(seed)
    room = population.room if isinstance(population, TopOfDay) else None
    for _ in range(draws):
        yield judged(population.draw(generator), room)


def _acted(rows: Rows, room: int | None) -> tuple[Floats, float]:
    """Return the part of every row that is acted on, and the mean value of the rows at the cut of the first pool."""
    n = len(rows.score)
    pool = np.zeros(n, dtype=np.int64) if rows.day is None else rows.day
    order = np.lexsort([-rows.score, pool])
    one = np.ones(n)
    by_outcome = np.stack([~rows.event, rows.event], axis=1)[order].astype(np.int64)
    scores = descending(
        Scores(
            pool=pool[order],
            cell=np.zeros(n, dtype=np.int64),
            score=rows.score[order],
            cost=one,
            rows=one.astype(np.int64),
            known=one.astype(np.int64),
            first=rows.value[order],
            second=rows.value[order] ** 2,
            third=rows.value[order] ** 3,
            rows_of=by_outcome,
            deciding_of=by_outcome * (rows.value[order] != 0)[:, None],
            parts=rows.value[order][:, None],
        )
    )
    size = int(pool.max()) + 1
    whole = np.bincount(pool, minlength=size).astype(np.float64)
    places = SHARE * whole if room is None else np.full(size, float(room))
    pools = Pools(period=np.arange(size), by=np.full(size, ""), whole=whole, room=rooms(places, whole, whole))
    filled = filled_of(pools, scores)
    cut = np.where(filled.full, filled.cut, -np.inf)[pool]
    acted = np.where(rows.score > cut, 1.0, np.where(rows.score == cut, filled.part[pool], 0.0))
    return acted, float(filled.near[0] / filled.near_rows[0])


def _cells(rows: Rows) -> Cells:
    """Return a cell for every row, with one part, the value, and two actions."""
    n, value = len(rows.value), rows.value
    one, none = np.ones(n), np.zeros((n, 2), dtype=np.int64)
    powers = np.stack([one, value, value**2, value**3], axis=1)
    third = np.zeros((n, 3, 4))
    third[:, 0], third[:, 2] = powers, powers
    third[:, 1, 0] = 1.0
    return Cells(
        group=np.zeros(n, dtype=np.int64),
        state=np.where(rows.event, POSITIVE, NEGATIVE).astype(np.int64),
        actions={},
        cluster=rows.cluster,
        moments=Moments(
            rows=one.astype(np.int64),
            weight=one,
            weight2=one,
            weight3=one,
            total_high=none,
            total_low=none,
            nonzero=np.ones((n, 1), dtype=np.int64),
            shift=np.zeros((n, 1)),
            first=value[:, None],
            first2=value[:, None],
            second=(value**2)[:, None, None],
            third=third,
        ),
    )
