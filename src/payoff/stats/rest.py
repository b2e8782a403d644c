"""Parts of the rows against each other: each less all others, and all of them as if each counted as much as said.

A part's gain g_s and that of the rest g_r rest on different rows. With x_i the contribution of row i, w_i its weight
and W the sum of weights, the difference g_s - g_r has the influence

    psi_i = w_i (x_i - g_s) / W_s   in the part,   -w_i (x_i - g_r) / W_r   in the rest,

so that its variance is that of the one plus that of the other, and its third cumulant that of the one less that of the
other. Degrees of freedom are Welch's. Where rows come in clusters psi is summed per cluster first: a cluster may lie in
several parts. A part less *all* rows would count its own rows on both sides.

Welch (1947), The generalization of Student's problem. https://doi.org/10.1093/biomet/34.1-2.28
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from payoff.stats.distributions import t_ppf
from payoff.stats.kish import kish
from payoff.stats.means import hall_bounds
from payoff.stats.part_sums import ClusterSums, PartSums, sum_by
from payoff.stats.tiers import (
    ADVERSE_CLUSTERS,
    EVENTS_TO_JUDGE,
    FEWEST_CLUSTERS,
    MANY_CLUSTERS,
    WIDENED_FIVE_TIMES,
    widening,
)

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Summed:
    """Moments of S numbers, each (S,): the number, its variance, its third cumulant and degrees of freedom."""

    value: Floats
    variance: Floats
    cubed: Floats
    freedom: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bent:
    """S numbers, each a mean of independent influences, ready for Hall's bounds.

    Attributes
    ----------
    value, stderr : (S,) NaN where undefined.
    skewness : (S,) of the influence per unit.
    units : independent units of all rows.
    freedom : (S,) degrees of freedom.
    events : (S,) deciding events: the fewer of the two sides.
    widening : (S,) 1, 2, 5 or 10; 0 where no interval can be trusted (``payoff.stats.tiers``).
    least : (S,) what the number of clusters alone asks of it: 1 for rows.
    """

    value: Floats
    stderr: Floats
    skewness: Floats
    units: int
    freedom: Floats
    events: Integers
    widening: Integers
    least: Integers

    @classmethod
    def of(
        cls,
        found: "Summed",
        units: int,
        events: Integers,
        least: Integers,
        enough: NDArray[np.bool_] | None = None,
    ) -> "Bent":
        """Return numbers of these moments, with the tier that tails, events and clusters leave them.

        Parameters
        ----------
        units, events, least : as the attributes.
        enough : (S,) whether there is enough evidence; by default 50 deciding events.
        """
        enough = events >= EVENTS_TO_JUDGE if enough is None else enough
        stderr = np.sqrt(found.variance)
        with np.errstate(divide="ignore", invalid="ignore"):
            # Influences of n units have the skewness (sum psi^3 / n) / (sum psi^2 / n)^1.5 = sqrt(n) times this ratio.
            ratio = np.where(stderr > 0.0, found.cubed / stderr**3, np.where(stderr == 0.0, 0.0, np.nan))
        factor = widening(np.abs(np.where(np.isnan(ratio), np.inf, ratio)))
        trusted = (factor > 0) & (least > 0) & enough & np.isfinite(found.freedom)
        return cls(
            value=found.value,
            stderr=stderr,
            skewness=np.nan_to_num(ratio) * np.sqrt(float(units)),
            units=units,
            freedom=found.freedom,
            events=events,
            widening=np.where(trusted, np.maximum(factor, least), 0).astype(np.int64),
            least=least,
        )

    @classmethod
    def joined(cls, several: Sequence["Bent"]) -> "Bent":
        """Return the numbers of all of them, one after the other; they have the same units."""
        names = [field.name for field in fields(cls) if field.name != "units"]
        held = {name: np.concatenate([getattr(one, name) for one in several]) for name in names}
        return cls(units=several[0].units, **held)

    def bounds(self, level: float) -> tuple[Floats, Floats]:
        """Return the ends of the two-sided interval of each, NaN where there is none."""
        trusted = self.widening > 0
        factor, freedom = np.where(trusted, self.widening, 1), np.where(trusted, self.freedom, 1.0)
        quantile = -t_ppf((1.0 - level) / 2.0 / factor, freedom)
        low, high = hall_bounds(self.value, self.stderr, self.skewness, self.units, (-quantile, quantile))
        return np.where(trusted, low, np.nan), np.where(trusted, high, np.nan)


def means_of_parts(sums: PartSums) -> Bent:
    """Return the mean contribution of every part, for independent rows.

    >>> one = PartSums(centre=1.0, rows=np.array([2]), weights=np.full((1, 4), 2.0), third=np.zeros(1),
    ...     first=np.zeros((1, 3)), second=np.array([[4.0, 4.0]]), deciding=np.array([[60, 70]]),
    ...     possible=np.array([[60, 70]]))
    >>> found = means_of_parts(one)
    >>> float(found.value[0]), float(found.stderr[0].round(4)), int(found.events[0])
    (1.0, 1.4142, 60)
    """
    rows = sums.weights[:, 0]
    return _means(sums, int(rows.sum()), rows - 1.0, np.ones(len(rows), dtype=np.int64))


def means_of_totals(sums: PartSums, units: int, adverse: Integers | None) -> Bent:
    """Return the same where every "row" is the total of a cluster's rows in the part: W for w, and F / W for x.

    Parameters
    ----------
    sums : over clusters, those of ``deciding`` included; ``rows`` counts clusters.
    units : what skewness is told by; the same for all that are judged together.
    adverse : (S,) clusters that hold a row which loses, where values are constant given outcome: 20 of them stand for
        50 deciding events then (``payoff.stats.tiers``). None elsewhere.

    Degrees of freedom and widening are those of each part's own clusters, by their number or Kish's effective one.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        effective = np.fmin(sums.weights[:, 0], kish(sums.weights[:, 1], sums.weights[:, 2]))
    enough = None if adverse is None else adverse >= ADVERSE_CLUSTERS
    return _means(sums, units, effective - 1.0, least_widening(effective - 1.0), enough)


def _means(
    sums: PartSums,
    units: int,
    freedom: Floats,
    least: Integers,
    enough: NDArray[np.bool_] | None = None,
) -> Bent:
    with np.errstate(divide="ignore", invalid="ignore"):
        mean, variance, cubed = _about_own_mean(sums.weights, sums.first, sums.second, sums.third)
        rows, events = sums.weights[:, 0], _rarer(sums.deciding, sums.possible)
        sample = (rows / (rows - 1.0)) ** 1.5
        found = Summed(sums.centre + mean, variance, cubed * sample, freedom)
        return Bent.of(found, units, events, least, enough)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tails:
    """How skewed each of many parts is taken to be: (S,) for its lower and its upper bound, and which may be judged.

    ``divided`` (S,) is by what the error of each is divided: 2 where clusters are few.

    The parts that look worst are those whose own great gain has not been drawn. So a part's tail is taken to be at
    least as heavy as that of all rows: the adverse one of the two bends each bound, and r is the larger of the two.
    """

    low: Floats
    high: Floats
    judged: NDArray[np.bool_]
    divided: Integers

    @classmethod
    def joined(cls, several: Sequence["Tails"]) -> "Tails":
        """Return the tails of all of them, one after the other."""
        names = [field.name for field in fields(cls)]
        return cls(**{name: np.concatenate([getattr(one, name) for one in several]) for name in names})


def tails_of_all(many: Bent, sums: PartSums, rows: Integers) -> Tails:
    """Return the tails of parts that were picked by looking at them.

    Parameters
    ----------
    many : their means (:func:`means_of_parts`, :func:`means_of_totals`).
    sums : of any parts that are all rows together; of the very parts of ``many`` where rows come in clusters, whose
        totals by part the tail is then that of.
    rows : (S,) known rows (clusters) of each of ``many``.
    """
    second = float(sums.second[:, 0].sum())
    ratio = float(sums.third.sum()) / second**1.5 if second > 0.0 else 0.0
    with np.errstate(divide="ignore"):
        whole = ratio * np.sqrt(sums.rows.sum() / rows.astype(np.float64))
    own = many.skewness / np.sqrt(float(many.units))
    heavy = np.maximum(np.abs(own), np.abs(whole))
    root = np.sqrt(float(many.units))
    return Tails(
        low=np.minimum(own, whole) * root,
        high=np.maximum(own, whole) * root,
        judged=(many.widening > 0) & (heavy <= WIDENED_FIVE_TIMES),
        divided=many.least,
    )


def differences_from_rest(sums: PartSums) -> Bent:
    """Return, for every part, its mean contribution less that of all other rows.

    >>> two = PartSums(centre=0.0, rows=np.array([2, 2]), weights=np.full((2, 4), 2.0), third=np.zeros(2),
    ...     first=np.array([[2.0] * 3, [-2.0] * 3]), second=np.array([[4.0] * 2, [4.0] * 2]),
    ...     deciding=np.zeros((2, 2), dtype=np.int64), possible=np.zeros((2, 2), dtype=np.int64))
    >>> found = differences_from_rest(two)  # rows 0, 2 against 0, -2: variance 2 / 2 on either side
    >>> found.value.tolist(), found.stderr.round(4).tolist()
    ([2.0, -2.0], [1.4142, 1.4142])
    """
    inside = (sums.weights, sums.first, sums.second, sums.third)
    outside = tuple(each.sum(axis=0) - each for each in inside)
    with np.errstate(divide="ignore", invalid="ignore"):
        mine, theirs = _about_own_mean(*inside), _about_own_mean(*outside)
        value = mine[0] - theirs[0]
        variance, cubed = mine[1] + theirs[1], mine[2] - theirs[2]
        freedom = variance**2 / (
            mine[1] ** 2 / (sums.weights[:, 0] - 1.0) + theirs[1] ** 2 / (outside[0][:, 0] - 1.0)
        )
        units, least = int(sums.rows.sum()), np.ones(len(value), dtype=np.int64)
        if sums.by_cluster is not None:
            units = len(sums.by_cluster.all_weight)
            variance, cubed = _clustered(sums, sums.by_cluster, mine[0], theirs[0], outside[0][:, 1])
            freedom = _effective(sums) - 1.0
            least = least_widening(freedom)
        away = sums.deciding.sum(axis=0) - sums.deciding
        away = away if sums.by_cluster is None else sums.by_cluster.outside
        others = sums.possible.sum(axis=0) - sums.possible
        events = np.minimum(_rarer(sums.deciding, sums.possible), _rarer(away, others))
        return Bent.of(Summed(value, variance, cubed, freedom), units, events, least)


def standardised(sums: PartSums, share: Floats) -> Bent:
    """Return the mean contribution if the parts held the rows by these shares, as one number.

    Parameters
    ----------
    share : (S,) from 0 to 1, 1 in sum; 0 leaves a part out. It is a choice, not an estimate.

    Direct standardisation: Kitagawa (1955), https://doi.org/10.2307/2281213
    """
    used = share > 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        mean, variance, cubed = _about_own_mean(sums.weights, sums.first, sums.second, sums.third)
        value = np.array([sums.centre + float(share[used] @ mean[used])])
        spread = np.array([share[used] ** 2 @ variance[used]])
        lean = np.array([share[used] ** 3 @ cubed[used]])
        parts_freedom = share[used] ** 4 @ (variance[used] ** 2 / (sums.weights[used, 0] - 1.0))
        units, freedom, least = int(sums.rows.sum()), spread**2 / parts_freedom, np.ones(1, dtype=np.int64)
        if sums.by_cluster is not None:
            held, scale = sums.by_cluster, np.where(used, share / sums.weights[:, 1], 0.0)
            influence = sum_by(
                held.cluster,
                scale[held.part] * (held.first - np.where(used, mean, 0.0)[held.part] * held.weight),
                len(held.all_weight),
            )
            units = len(influence)
            spread, lean = (np.array([total]) for total in _powers(influence, units))
            freedom = np.array([_effective(sums)[used].min() - 1.0])
            least = least_widening(freedom)
        events = np.array([_rarer(sums.deciding, sums.possible)[used].sum()], dtype=np.int64)
        return Bent.of(Summed(value, spread, lean, freedom), units, events, least)


def _about_own_mean(weights: Floats, first: Floats, second: Floats, third: Floats) -> tuple[Floats, ...]:
    """Return mean (less the centre), its variance and its third cumulant, for independent rows."""
    rows, weight, weight2, weight3 = weights.T
    mean = np.where(weight > 0.0, first[:, 0] / weight, np.nan)
    squares = np.maximum(second[:, 0] - 2.0 * mean * first[:, 1] + mean**2 * weight2, 0.0)
    cubes = third - 3.0 * mean * second[:, 1] + 3.0 * mean**2 * first[:, 2] - mean**3 * weight3
    variance = np.where(rows > 1.0, squares / weight**2 * rows / (rows - 1.0), np.nan)
    return mean, variance, cubes / weight**3


def _clustered(
    sums: PartSums, held: ClusterSums, mine: Floats, theirs: Floats, outside: Floats
) -> tuple[Floats, Floats]:
    """Return variance and third cumulant of each difference from influences summed per cluster."""
    first, weight, units = held.all_first, held.all_weight, len(held.all_weight)
    # Of a cluster outside the part: -(F - theirs W) / outside. Squares and cubes of all of them, then corrected.
    squares = np.array([first @ first, first @ weight, weight @ weight])
    cubes = np.array([(first**a * weight ** (3 - a)).sum() for a in (3, 2, 1, 0)])
    away2 = (squares[0] - 2.0 * theirs * squares[1] + theirs**2 * squares[2]) / outside**2
    away3 = cubes[0] - 3.0 * theirs * cubes[1] + 3.0 * theirs**2 * cubes[2] - theirs**3 * cubes[3]
    part, cluster = held.part, held.cluster
    alone = -(first[cluster] - theirs[part] * weight[cluster]) / outside[part]
    within = (held.first - mine[part] * held.weight) / sums.weights[part, 1]
    there = (first[cluster] - held.first) - theirs[part] * (weight[cluster] - held.weight)
    joint, size = within - there / outside[part], len(mine)
    squared = away2 + np.bincount(part, joint**2 - alone**2, size)
    cubed = -away3 / outside**3 + np.bincount(part, joint**3 - alone**3, size)
    return np.maximum(squared, 0.0) * units / max(units - 1, 1), cubed


def _powers(influence: Floats, units: int) -> tuple[float, float]:
    return float(influence @ influence) * units / max(units - 1, 1), float((influence**3).sum())


def _effective(sums: PartSums) -> Floats:
    """Return (S,) Kish's effective number of the clusters of each part."""
    held = sums.by_cluster
    if held is None:
        raise ValueError("rows are no clusters")
    return kish(sums.weights[:, 1], np.bincount(held.part, held.weight**2, len(sums.rows)))


def least_widening(freedom: Floats) -> Integers:
    """Return what few effective clusters ask, as ``payoff.stats.tiers.cluster_widening`` does; 0 is no verdict."""
    effective = np.nan_to_num(freedom) + 1.0
    return np.select([effective >= MANY_CLUSTERS, effective >= FEWEST_CLUSTERS], [1, 2], 0).astype(np.int64)


def _rarer(deciding: Integers, possible: Integers) -> Integers:
    """Return the deciding events in the rarer class of outcome; a class in which nothing can be won is none."""
    counted = np.where(possible > 0, deciding, np.iinfo(np.int64).max).min(axis=1)
    return np.where((possible > 0).any(axis=1), counted, 0).astype(np.int64)
