"""How far an interval of rows with unequal weights can be trusted, by how many rows the weights are worth.

A row that weighs much is seen once: an error estimated from few such rows is too small, however many light rows stand
beside them. Kish's effective rows, (sum w)^2 / sum w^2, are taken of what the metric rests on: the denominator of a
share, the rarer outcome of a ranking. Under 30 of them an interval is shown and not trusted. A share counts n* rows, at
most that many, and needs no more; every other interval has Student's t with as many degrees of freedom less one, and
half the error below 200 (simulated in ``tests/catalogue/test_unequal_weights.py``).

Kish (1965), Survey Sampling. Wiley.
"""

from dataclasses import dataclass, replace

import numpy as np

from payoff.catalogue.clusters import Clusters, joined
from payoff.stats.distributions import normal_cdf, t_ppf
from payoff.stats.estimates import Interval
from payoff.stats.kish import kish
from payoff.stats.tiers import FEWEST_CLUSTERS, too_few
from payoff.tables import Cells

MANY_ROWS = 200
# Of two effective rows a normal interval as wide as Student's has a level that no double tells from certainty.
LEAST_TAIL = 1e-15


@dataclass(frozen=True, slots=True)
class Weights:
    """What weights leave a metric to rest on.

    Attributes
    ----------
    effective : Kish's effective rows.
    rows : how many rows they are of.
    counted : whether the method counts them itself, as that of shares and that of means do.

    >>> round(Weights(50.0, 90).level(0.95), 4), Weights(50.0, 90, counted=True).level(0.95)
    (0.9792, 0.95)
    """

    effective: float
    rows: int
    counted: bool = False

    @property
    def few(self) -> str | None:
        """Return why they are too few for a verdict, None where there are enough."""
        return too_few(self.effective)

    @property
    def widened(self) -> bool:
        """Return whether intervals are to err half as often as they say."""
        return not self.counted and FEWEST_CLUSTERS <= self.effective < MANY_ROWS

    def level(self, level: float) -> float:
        """Return the two-sided level at which a normal interval is as wide as Student's at ``level``."""
        return 1.0 - 2.0 * self._tail((1.0 - level) / 2.0)

    def confidence(self, confidence: float) -> float:
        """Return the same of a one-sided bound."""
        return 1.0 - self._tail(1.0 - confidence)

    def _tail(self, tail: float) -> float:
        if self.counted:
            return tail
        quantile = t_ppf(1.0 - (tail / 2.0 if self.widened else tail), max(self.effective - 1.0, 1.0))
        return max(float(normal_cdf(-quantile)), LEAST_TAIL)

    def trusted(self, found: Interval, level: float) -> Interval:
        """Return an interval, computed at :meth:`level`, as far as it can be trusted at ``level``; its note says n_eff.

        >>> one = Interval(value=0.5, low=0.4, high=0.6, level=0.97, rows=90, events=3, method="delong_logit", tier="A")
        >>> Weights(20.0, 90).trusted(one, 0.95).tier, Weights(60.0, 90).trusted(one, 0.95).tier
        ('C', 'A-')
        """
        found = replace(found, level=level)
        if found.value is None:
            return found
        noted = replace(found, note=joined(found.note, told_by_weight(self.effective, self.rows)))
        if found.low is None:
            return noted
        if self.few is not None:
            return replace(noted, tier="C", note=joined(self.few, noted.note))
        if not self.widened:
            return noted
        return replace(noted, tier="A-" if found.tier == "A" else found.tier)

    def of_all(self) -> str:
        """Return what is said of all rows.

        >>> Weights(148.0, 400).of_all()
        'Rows weigh unequally: 400 are worth 148 (Kish), design effect 2.7. Each number says what it rests on.'
        """
        effect = _effect(self.effective, self.rows)
        worth = f"{self.rows:,} are worth {self.effective:,.0f} (Kish), design effect {effect}"
        return f"Rows weigh unequally: {worth}. Each number says what it rests on."


@dataclass(frozen=True, slots=True)
class Trust:
    """Clusters and unequal weights together: what both let an interval promise."""

    clusters: Clusters | None
    weights: Weights | None

    @property
    def few(self) -> str | None:
        """Return why units are too few for a verdict, None where there are enough."""
        return next((one.few for one in (self.clusters, self.weights) if one is not None and one.few), None)

    def level(self, level: float) -> float:
        """Return the two-sided level at which an interval is computed that is to hold at ``level``."""
        level = level if self.clusters is None else self.clusters.level(level)
        return level if self.weights is None else self.weights.level(level)

    def confidence(self, confidence: float) -> float:
        """Return the same of a one-sided bound."""
        confidence = confidence if self.clusters is None else self.clusters.level(confidence)
        return confidence if self.weights is None else self.weights.confidence(confidence)

    def trusted(self, found: Interval, level: float) -> Interval:
        """Return an interval, computed at :meth:`level`, as far as both let it be trusted at ``level``."""
        found = found if self.clusters is None else self.clusters.trusted(found, level)
        return found if self.weights is None else self.weights.trusted(found, level)


def weights_of(cells: Cells) -> Weights | None:
    """Return what unequal weights leave of all rows of some cells, None where all of them weigh 1."""
    held = cells.moments
    if np.array_equal(held.weight, held.rows) and np.array_equal(held.weight, held.weight2):
        return None
    effective = float(kish(held.weight.sum(), held.weight2.sum()))
    return Weights(effective, int(held.rows.sum()), counted=True)


def told_by_weight(effective: float, rows: int) -> str:
    """Return what a note says of unequal weights: effective rows and Kish's design effect.

    >>> told_by_weight(148.0, 400)
    'by weight 148 effective rows of 400, design effect 2.7'
    """
    return f"by weight {effective:,.0f} effective rows of {rows:,}, design effect {_effect(effective, rows)}"


def _effect(effective: float, rows: int) -> str:
    return f"{round(rows / effective, 9):,.3g}" if effective > 0.0 else "infinite"
