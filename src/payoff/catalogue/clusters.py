"""How far an interval of clustered rows can be trusted, by how many clusters there are.

Errors over clusters come from few independent units: simulated coverage of nominal 95% is 90% at 15 unequal clusters,
93% at 30 to 60 and 95% from about 100 on. Under 30 effective clusters an interval is shown and not trusted; below 100
its error is halved, as that of money is (``payoff.stats.tiers.cluster_widening``).
"""

from dataclasses import dataclass, replace

import numpy as np

from payoff.stats.estimates import Interval
from payoff.stats.kish import kish
from payoff.stats.tiers import FEWEST_CLUSTERS, MANY_CLUSTERS, too_few
from payoff.tables import Cells


@dataclass(frozen=True, slots=True)
class Clusters:
    """How many clusters rows are worth: Kish's effective number, or their number where that is smaller.

    >>> Clusters(60.0).level(0.95), Clusters(200.0).level(0.95), Clusters(10.0).level(0.95)
    (0.975, 0.95, 0.95)
    """

    effective: float

    @property
    def few(self) -> str | None:
        """Return why there are too few for a verdict, None where there are enough."""
        return too_few(self.effective)

    @property
    def widened(self) -> bool:
        """Return whether intervals are to err half as often as they say."""
        return FEWEST_CLUSTERS <= self.effective < MANY_CLUSTERS

    def level(self, level: float) -> float:
        """Return the level at which an interval is computed that is to hold at ``level``; one- or two-sided."""
        return 1.0 - (1.0 - level) / 2.0 if self.widened else level

    def trusted(self, found: Interval, level: float) -> Interval:
        """Return an interval, computed at :meth:`level`, as far as it can be trusted at ``level``.

        >>> one = Interval(value=0.5, low=0.4, high=0.6, level=0.975, rows=9, events=3, method="jackknife", tier="A")
        >>> few, some = Clusters(20.0).trusted(one, 0.95), Clusters(60.0).trusted(one, 0.95)
        >>> (few.tier, few.note), (some.tier, some.level, some.note)
        (('C', '20 independent units, 30 are needed'), ('A-', 0.95, 'widened for few independent units (60)'))
        """
        found = replace(found, level=level)
        if found.value is None or found.low is None:
            return found
        if self.few is not None:
            return replace(found, tier="C", note=joined(self.few, found.note))
        if not self.widened:
            return found
        note = joined(f"widened for few independent units ({self.effective:.0f})", found.note)
        return replace(found, tier="A-" if found.tier == "A" else found.tier, note=note)


def clusters_of(cells: Cells) -> Clusters | None:
    """Return the clusters that known rows come in, None where rows are independent.

    Parameters
    ----------
    cells : keyed by cluster where rows come in clusters, such as the policies table or a part of it.
    """
    if cells.cluster is None:
        return None
    known = cells.known
    numbers, code = np.unique(cells.cluster[known], return_inverse=True)
    weight = np.bincount(code, cells.moments.weight[known], len(numbers))
    return Clusters(min(float(len(numbers)), float(kish(weight.sum(), weight @ weight))))


def joined(*parts: str | None) -> str | None:
    """Return the parts of a note as one, None where there are none."""
    return "; ".join(part for part in parts if part) or None
