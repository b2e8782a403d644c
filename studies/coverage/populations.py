"""The populations of the study: events that move a random amount, all other rows a constant the other way.

One row in ten is an event. Acting on an event moves an amount of mean 20; acting on any other row moves
``cost`` the other way, so that acting on all rows is worth exactly 0. *Gains*: events earn, others cost;
*losses*: the reverse. Rows on which both policies decide alike would add zeros, which change neither the
gain in money nor its tail ratio, so there are none.

Clusters have five rows. Their number of events is beta-binomial with an intraclass correlation of 0.2, and all
events of a cluster move the same amount: one draw, not five.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from payoff.stats.distributions import normal_cdf

Floats = NDArray[np.float64]
RATE, AMOUNT = 0.10, 20.0
CLUSTER, CORRELATION = 5, 0.2
GAMMA = 2.0


@dataclass(frozen=True, slots=True)
class Amounts:
    """The law of the amount that one event moves.

    Attributes
    ----------
    kind : ``constant`` is a number of the value formula; ``constant column`` the same number read from a column,
        of which payoff cannot know that it is constant.
    shape : sigma of a lognormal, the exponent of a Pareto.
    cap : amounts beyond it are cut to it, and it is declared; infinite without one.
    """

    kind: Literal["constant", "constant column", "gamma", "lognormal", "Pareto"]
    shape: float = 0.0
    cap: float = math.inf

    def __str__(self) -> str:
        shape = f" {self.shape:.1f}" if self.shape else ""
        return f"{self.kind}{shape}" + ("" if math.isinf(self.cap) else f" cut at {self.cap:g}")

    def moment(self, power: int) -> float:
        """Return the mean of the amount to that power.

        >>> Amounts("gamma").moment(2)  # scale 10: 100 x 2 x 3
        600.0
        >>> Amounts("Pareto", 2.1).moment(3)
        inf
        """
        if self.kind == "gamma":
            return float((AMOUNT / GAMMA) ** power * math.prod(GAMMA + j for j in range(power)))
        if self.kind == "Pareto":
            least = AMOUNT * (self.shape - 1.0) / self.shape
            return least**power * self.shape / (self.shape - power) if power < self.shape else math.inf
        if self.kind != "lognormal":
            return AMOUNT**power
        whole = AMOUNT**power * math.exp(self.shape**2 * power * (power - 1) / 2.0)
        if math.isinf(self.cap):
            return whole
        away = (math.log(self.cap / AMOUNT) + self.shape**2 / 2.0) / self.shape
        kept, cut = normal_cdf(away - power * self.shape), normal_cdf(-away)
        return whole * float(kept) + self.cap**power * float(cut)

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        """Return ``count`` amounts."""
        if self.kind == "gamma":
            return generator.standard_gamma(GAMMA, count) * (AMOUNT / GAMMA)
        if self.kind == "Pareto":
            least = AMOUNT * (self.shape - 1.0) / self.shape
            return least * np.exp(generator.standard_exponential(count) / self.shape)
        if self.kind != "lognormal":
            return np.full(count, AMOUNT)
        drawn = AMOUNT * np.exp(self.shape * generator.standard_normal(count) - self.shape**2 / 2.0)
        return drawn if math.isinf(self.cap) else np.minimum(drawn, self.cap)


def events_in_cluster() -> Floats:
    """Return the chances of 0 to 5 events in a cluster: beta-binomial, its mean half a row.

    >>> chances = events_in_cluster()
    >>> round(float(chances @ np.arange(6)), 12)  # 5 rows, one in ten
    0.5
    """
    total = 1.0 / CORRELATION - 1.0
    a, b = RATE * total, (1.0 - RATE) * total
    chances = [
        math.comb(CLUSTER, k)
        * math.prod(a + j for j in range(k))
        * math.prod(b + j for j in range(CLUSTER - k))
        for k in range(CLUSTER + 1)
    ]
    return np.array(chances) / math.prod(total + j for j in range(CLUSTER))


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Rows of which a draw is taken.

    Attributes
    ----------
    events : mean number of events in a draw; where clustered, of clusters that hold one.
    amounts : what an event moves.
    sign : 1 where events earn, -1 where they cost.
    clustered : whether rows come in clusters.

    >>> Population(events=20, amounts=Amounts("constant"), sign=1, clustered=False).rows
    200
    """

    events: int
    amounts: Amounts
    sign: int
    clustered: bool

    @property
    def units(self) -> int:
        """Return the independent units of a draw: rows, or clusters."""
        return round(self.events / (1.0 - events_in_cluster()[0] if self.clustered else RATE))

    @property
    def rows(self) -> int:
        """Return the rows of a draw."""
        return self.units * (CLUSTER if self.clustered else 1)

    @property
    def cost(self) -> float:
        """Return what any other row moves the other way, so that all rows together are worth 0 on average."""
        return RATE * self.amounts.moment(1) / (1.0 - RATE)

    def central(self, power: int) -> float:
        """Return the mean of a unit's contribution to that power; its mean is 0."""
        if not self.clustered:
            return self.sign**power * (
                RATE * self.amounts.moment(power) + (1.0 - RATE) * (-self.cost) ** power
            )
        return self.sign**power * sum(
            float(chance) * _power_of_sum(self.amounts, k, (k - CLUSTER) * self.cost, power)
            for k, chance in enumerate(events_in_cluster())
        )

    @property
    def stderr(self) -> float:
        """Return the standard error of the gain per row."""
        rows_of_unit = CLUSTER if self.clustered else 1
        return math.sqrt(self.central(2) / self.units) / rows_of_unit

    @property
    def tail_ratio(self) -> float:
        """Return abs(skewness) / sqrt(n) of the population itself, infinite for a Pareto below 3."""
        return abs(self.central(3)) / self.central(2) ** 1.5 / math.sqrt(self.units)


def _power_of_sum(amounts: Amounts, times: int, plus: float, power: int) -> float:
    """Return the mean of (times x amount + plus) to that power."""
    return sum(
        math.comb(power, j) * times**j * (amounts.moment(j) if j else 1.0) * plus ** (power - j)
        for j in range(power + 1 if times else 1)
    )
