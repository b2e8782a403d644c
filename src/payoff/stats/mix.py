"""Why a part gains less or more than the rest: other shares of outcomes, or other gains on rows of one outcome.

With m_sc the mean contribution of rows of outcome c in part s and p_rc the weighted share of c in all other rows, the
gain of the part re-weighted to the outcomes of the rest is R_s = sum over c of p_rc m_sc, and the difference of gains
splits in two numbers that add up to it:

    g_s - g_r = (g_s - R_s) + (R_s - g_r),   the effect of the mix, and that of what acting is worth.

Kitagawa (1955), Components of a Difference Between Two Rates, with the rest as the standard.
https://doi.org/10.2307/2281213

Contributions and weights enter the influences linearly within an outcome and a side. With w the weight and x the
contribution of a row, W the sums of weights:

    mix          in s:  w / W_s [(x - g_s) - (p_rc / p_sc)(x - m_sc)]   in the rest:  -w / W_r (m_sc - R_s)
    performance  in s:  w / W_s (p_rc / p_sc)(x - m_sc)                 in the rest:  w / W_r [(m_sc - R_s) - (x - g_r)]
    R_s          in s:  w / W_s (p_rc / p_sc)(x - m_sc)                 in the rest:  w / W_r (m_sc - R_s)

R_s is a product of shares and means. What that bends is counted in the skewness of the bounds: without it, one bound of
the mix effect was wrong in 4% of draws where positives are three times as common in the rest.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from payoff.stats.kish import kish
from payoff.stats.part_sums import ClusterSums, PartSums, sum_by
from payoff.stats.rest import Bent, Summed, least_widening

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
UNRESOLVED = 1e-13  # of a variance as large as the contributions make it: sums of doubles leave nothing below
ROUNDING = 1e-12
# What a curve adds to the skewness that bounds are bent by: x^2 + 1 beside (2 x^2 + 1) / 6 of a line, at x = 1.96.
CURVED = 6.0 * (1.96**2 + 1.0) / (2.0 * 1.96**2 + 1.0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ShiftEffects:
    """The difference of every part from the rest, in two.

    Attributes
    ----------
    reweighted : (S,) gain of each part at the shares of outcomes of the rest.
    mix, performance : (S,) what other shares of outcomes do, and other gains on rows of one outcome.
    lacking : (S, C) outcomes that a part has no row of and the rest has: nothing is told of it, its numbers are NaN.
    """

    reweighted: Bent
    mix: Bent
    performance: Bent
    lacking: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """Sums by part and outcome, (S, C) each: about the mean of the rows of that part and outcome, or of its rest.

    ``squares`` are sums of w^2 times powers 0, 1 and 2 of what rows are away from ``mean``, ``cubes`` those of w^3
    times powers 0 to 3.
    """

    rows: Floats
    weight: Floats
    mean: Floats
    squares: tuple[Floats, ...]
    cubes: tuple[Floats, ...]

    @property
    def all_rows(self) -> Floats:
        """Return (S,) rows of all outcomes."""
        return np.asarray(self.rows.sum(axis=1))

    @property
    def all_weight(self) -> Floats:
        """Return (S,) weights of all outcomes."""
        return np.asarray(self.weight.sum(axis=1))

    @property
    def share(self) -> Floats:
        """Return (S, C) weighted shares of outcomes."""
        return np.asarray(self.weight / self.all_weight[:, None])

    def squared(self, slope: Floats, level: Floats) -> tuple[Floats, Floats]:
        """Return (S, C) sums of squares of w (slope (x - mean) + level): of the first part, and all others."""
        level2, joint, slope2 = self.squares
        return slope**2 * slope2, level * (2.0 * slope * joint + level * level2)

    def cubed(self, slope: Floats, level: Floats) -> Floats:
        """Return (S,) the same of cubes, over all outcomes."""
        none, one, two, three = self.cubes
        each = (
            slope**3 * three + 3.0 * slope**2 * level * two + 3.0 * slope * level**2 * one + level**3 * none
        )
        return np.asarray(each.sum(axis=1))


@dataclass(frozen=True, slots=True, eq=False)
class _Influence:
    """Of a row of weight w: w (slope (x - m) + level) in the part, the same of the rest elsewhere; (S, C) each."""

    slope: Floats
    level: Floats
    rest_slope: Floats
    rest_level: Floats


def shift_effects(sums: PartSums) -> ShiftEffects:
    """Return the difference of every part from the rest as the effect of its mix and that of what acting is worth.

    Parameters
    ----------
    sums : over the rows of one outcome of one part each, ``part * C + outcome``; C is the width of ``deciding``.

    The variance has a piece for each outcome in the part, what lies between outcomes there, and the rest; degrees of
    freedom are Welch's over these. By cluster, influences are summed per cluster, and degrees of freedom are those of
    the fewest effective clusters: of the part, of the part re-weighted, or of the rest.

    Events are the deciding ones of the rarest outcome on the smaller side, as of the whole difference: an outcome that
    is not seen on one side has none there. Linearised: with few rows of an outcome that counts for much more in the
    rest, r of the tiers refuses.

    >>> x = np.array([[10.0, -1.0], [10.0, -1.0]])  # a positive gains 10, a negative loses 1, in either part
    >>> rows = np.array([[30.0, 70.0], [10.0, 90.0]])
    >>> whole = PartSums(centre=0.0, rows=rows.ravel().astype(int), weights=np.repeat(rows.reshape(-1, 1), 4, 1),
    ...     first=np.repeat((rows * x).reshape(-1, 1), 3, 1), second=np.repeat((rows * x**2).reshape(-1, 1), 2, 1),
    ...     third=(rows * x**3).ravel(), deciding=np.zeros((4, 2), int), possible=np.zeros((4, 2), int))
    >>> found = shift_effects(whole)  # gains 2.3 and 0.1: 20% more positives, each worth 11 more than a negative
    >>> found.reweighted.value.round(9).tolist(), found.mix.value.round(9).tolist()
    ([0.1, 2.3], [2.2, -2.2])
    >>> found.performance.value.round(9).tolist()
    [0.0, 0.0]
    """
    inside, outside = _sides(sums)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = outside.share
        own, theirs = (np.asarray((each.share * each.mean).sum(axis=1)) for each in (inside, outside))
        weighted = np.asarray((share * inside.mean).sum(axis=1))
        made = _influences(inside, outside, own, weighted, theirs)
        values = (sums.centre + weighted, own - weighted, weighted - theirs)
        clusters = None if sums.by_cluster is None else _Clusters.of(sums.by_cluster, inside, outside)
        units = int(sums.rows.sum()) if clusters is None else clusters.units
        events, least = _deciding(sums), np.ones(len(own), dtype=np.int64)
        if clusters is not None:
            least = least_widening(clusters.freedom)
        size = np.fmax(np.abs(inside.mean), np.abs(outside.mean)).max(axis=1)
        bent = []
        for value, each, way in zip(values, made, (1.0, -1.0, 1.0), strict=True):
            found, along = (
                (_by_row(inside, outside, each), _along_rows(inside, outside, each))
                if clusters is None
                else (clusters.moments(each), clusters.along(each))
            )
            variance, cubed, freedom = found
            cubed = cubed + way * CURVED * _curvature(inside, outside, along)
            moments = _resolved(Summed(value, variance, cubed, freedom), size, float(sums.rows.sum()))
            bent.append(Bent.of(moments, units, events, least))
    lacking = (inside.rows == 0.0) & (outside.rows > 0.0)
    return ShiftEffects(reweighted=bent[0], mix=bent[1], performance=bent[2], lacking=lacking)


def _along_rows(inside: _Side, outside: _Side, found: _Influence) -> tuple[Floats, Floats, Floats]:
    """Return (S, C) sums of an influence times w of the part, times w of the rest, times w (x - m) of the part."""
    level2, joint, slope2 = inside.squares
    rest_level2, rest_joint, _ = outside.squares
    return (
        found.slope * joint + found.level * level2,
        found.rest_slope * rest_joint + found.rest_level * rest_level2,
        found.slope * slope2 + found.level * joint,
    )


def _curvature(inside: _Side, outside: _Side, along: tuple[Floats, Floats, Floats]) -> Floats:
    """Return (S,) what the product of shares and means bends R_s by, along an influence.

    To the second order R_s moves by the sum over c of [d p_rc - (p_rc / p_sc) d p_sc] d m_sc beside its line, the mix
    effect by the negative of that. Of a product of two numbers what counts is their covariances with the line.
    """
    own, rest, mean = along
    share = outside.share
    again = np.where(share > 0.0, share / inside.share, 0.0)
    moved = (rest - share * rest.sum(axis=1, keepdims=True)) / outside.all_weight[:, None]
    moved -= again * (own - inside.share * own.sum(axis=1, keepdims=True)) / inside.all_weight[:, None]
    return np.asarray((moved * np.where(inside.rows > 0.0, mean / inside.weight, 0.0)).sum(axis=1))


def _resolved(found: Summed, size: Floats, rows: float) -> Summed:
    """Return the same with what doubles cannot tell from nothing as nothing, such as gains that outcomes alone make.

    Parameters
    ----------
    size : (S,) largest mean contribution of an outcome.
    rows : how many there are.
    """
    none = found.variance <= UNRESOLVED * size**2 / rows
    value = np.where(none & (np.abs(found.value) <= ROUNDING * size), 0.0, found.value)
    freedom = np.where(none, np.nan, found.freedom)
    return Summed(value, np.where(none, 0.0, found.variance), found.cubed, freedom)


def _sides(sums: PartSums) -> tuple[_Side, _Side]:
    """Return the sums of every part and of its rest, by outcome."""
    classes = sums.deciding.shape[1]
    columns = [sums.weights, sums.first, sums.second, sums.third[:, None]]
    inside = np.concatenate(columns, axis=1).reshape(-1, classes, 10)
    outside = inside.sum(axis=0) - inside
    away = outside[..., :1] > 0.0
    # An outcome that neither side has is worth nothing to either; one that the part alone lacks is not known there.
    unseen = np.where(away[..., 0], np.nan, 0.0)
    return _side(inside, unseen), _side(np.where(away, outside, 0.0), np.zeros_like(unseen))


def _side(sums: Floats, unseen: Floats) -> _Side:
    """Return (S, C, 10) sums of rows, w and w x by their powers about the mean of each part and outcome."""
    rows, w, w2, w3, x, w2_x, w3_x, w2_x2, w3_x2, w3_x3 = np.moveaxis(sums, -1, 0)
    there = rows > 0.0
    m = np.where(there, x / np.where(there, w, 1.0), unseen)
    w2_away2 = np.maximum(w2_x2 - 2.0 * m * w2_x + m**2 * w2, 0.0)
    w3_away2 = w3_x2 - 2.0 * m * w3_x + m**2 * w3
    w3_away3 = w3_x3 - 3.0 * m * w3_x2 + 3.0 * m**2 * w3_x - m**3 * w3
    return _Side(
        rows=rows,
        weight=w,
        mean=m,
        squares=(w2, w2_x - m * w2, w2_away2),
        cubes=(w3, w3_x - m * w3, w3_away2, w3_away3),
    )


def _influences(
    inside: _Side, outside: _Side, own: Floats, weighted: Floats, theirs: Floats
) -> tuple[_Influence, _Influence, _Influence]:
    """Return the influences on R, on the effect of the mix and on that of what acting is worth.

    Parameters
    ----------
    own, weighted, theirs : (S,) g_s, R_s and g_r.
    """
    share, none = outside.share, np.zeros_like(inside.mean)
    again = np.where(share > 0.0, share / inside.weight, 0.0)
    part, rest = 1.0 / inside.all_weight[:, None], 1.0 / outside.all_weight[:, None]
    by_share = (inside.mean - weighted[:, None]) * rest
    by_gain = (outside.mean - theirs[:, None]) * rest
    between = (inside.mean - own[:, None]) * part
    return (
        _Influence(again, none, none, by_share),
        _Influence(part - again, between, none, -by_share),
        _Influence(again, none, -rest + none, by_share - by_gain),
    )


def _by_row(inside: _Side, outside: _Side, found: _Influence) -> tuple[Floats, Floats, Floats]:
    """Return variance, third cumulant and degrees of freedom for independent rows."""
    within, between = inside.squared(found.slope, found.level)
    elsewhere = np.add(*outside.squared(found.rest_slope, found.rest_level)).sum(axis=1)
    pieces = [*within.T, between.sum(axis=1), elsewhere]
    rows = [*inside.rows.T, inside.all_rows, outside.all_rows]
    # One row tells no variance; of an outcome that is not there is none to tell.
    corrected = [
        np.where(n > 1.0, piece * n / (n - 1.0), np.where(n == 0.0, 0.0, np.nan))
        for piece, n in zip(pieces, rows, strict=True)
    ]
    variance = np.maximum(np.sum(corrected, axis=0), 0.0)
    shares = [np.where(n > 1.0, piece**2 / (n - 1.0), 0.0) for piece, n in zip(corrected, rows, strict=True)]
    cubed = inside.cubed(found.slope, found.level) + outside.cubed(found.rest_slope, found.rest_level)
    return variance, cubed, variance**2 / np.sum(shares, axis=0)


def _deciding(sums: PartSums) -> Integers:
    """Return (S,) deciding events of the rarest outcome, of those that anything can be won in, on the smaller side."""
    classes = sums.deciding.shape[1]
    own, possible = (
        np.diagonal(each.reshape(-1, classes, classes), axis1=1, axis2=2)
        for each in (sums.deciding, sums.possible)
    )
    away = own.sum(axis=0) - own
    if sums.by_cluster is not None:
        away = np.diagonal(sums.by_cluster.outside.reshape(-1, classes, classes), axis1=1, axis2=2)
    counts = possible.sum(axis=0) > 0
    if not counts.any():
        return np.zeros(len(own), dtype=np.int64)
    return np.asarray(np.minimum(own, away)[:, counts].min(axis=1), dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class _Clusters:
    """Sums of every cluster in every part and outcome that it touches, E of them, of P pairs of part and cluster.

    Attributes
    ----------
    held : the sums.
    part, outcome, pair : (E,) of each.
    of_part, of_cluster : (P,) of each pair.
    whole : (U, C + 1) sums of w (x - centre), and of w by outcome, of every cluster.
    inside, outside : the sums by part and outcome.
    """

    held: ClusterSums
    part: Integers
    outcome: Integers
    pair: Integers
    of_part: Integers
    of_cluster: Integers
    whole: Floats
    inside: _Side
    outside: _Side

    @classmethod
    def of(cls, held: ClusterSums, inside: _Side, outside: _Side) -> "_Clusters":
        """Return them beside the sums over rows."""
        units, classes = len(held.all_weight), inside.weight.shape[1]
        part, outcome = held.part // classes, held.part % classes
        pairs, pair = np.unique(part * units + held.cluster, return_inverse=True)
        by_outcome = np.bincount(held.cluster * classes + outcome, held.weight, units * classes)
        whole = np.column_stack([held.all_first, by_outcome.reshape(units, classes)])
        return cls(held, part, outcome, pair, pairs // units, pairs % units, whole, inside, outside)

    @property
    def units(self) -> int:
        """Return the number of clusters."""
        return len(self.whole)

    @property
    def freedom(self) -> Floats:
        """Return (S,) the fewest effective clusters, less one: of the part, of the part re-weighted, of the rest."""
        held, whole = self.held, self.held.all_weight
        again = (self.outside.share / self.inside.weight)[self.part, self.outcome]
        by_pair, scaled = (
            sum_by(self.pair, each, len(self.of_part)) for each in (held.weight, held.weight * again)
        )
        left, touched = whole[self.of_cluster] - by_pair, whole[self.of_cluster]
        rest = (whole**2).sum() + self._summed(left**2 - touched**2)
        totals = self.inside.all_weight
        plain = kish(totals, self._summed(by_pair**2))
        anew = kish(self._summed(scaled), self._summed(scaled**2))
        fewest = np.minimum(np.minimum(plain, anew), kish(self.outside.all_weight, rest))
        return np.asarray(fewest - 1.0)

    def _summed(self, by_pair: Floats) -> Floats:
        """Return (S,) sums over the pairs of each part."""
        return sum_by(self.of_part, by_pair, len(self.inside.rows))

    def moments(self, found: _Influence) -> tuple[Floats, Floats, Floats]:
        """Return (S,) variance, third cumulant and degrees of freedom of influences summed per cluster."""
        whole, units = self.whole, self.units
        away, alone, joint = self._summed_influences(found)
        squares = np.einsum("sj,sk,jk->s", away, away, whole.T @ whole)
        cubes = np.zeros(len(away))
        for j in range(whole.shape[1]):
            cubes += away[:, j] * np.einsum("sk,sl,kl->s", away, away, (whole * whole[:, [j]]).T @ whole)
        squares = np.maximum(squares + self._summed(joint**2 - alone**2), 0.0) * units / max(units - 1, 1)
        return squares, cubes + self._summed(joint**3 - alone**3), self.freedom

    def along(self, found: _Influence) -> tuple[Floats, Floats, Floats]:
        """Return (S, C) sums over clusters, of an influence and of w and w (x - m), as ``_along_rows`` does."""
        held, whole, (parts, classes) = self.held, self.whole, self.inside.rows.shape
        away, alone, joint = self._summed_influences(found)
        code, at = self.part * classes + self.outcome, (self.part, self.outcome)
        centred = held.first - self.inside.mean[at] * held.weight
        own, mean = (
            sum_by(code, joint[self.pair] * each, parts * classes).reshape(parts, classes)
            for each in (held.weight, centred)
        )
        everywhere = away @ (whole.T @ whole)[:, 1:]
        touched = whole[self.of_cluster, 1:] * (joint - alone)[:, None]
        everywhere += np.stack([self._summed(column) for column in touched.T], axis=1)
        return own, everywhere - own, mean

    def _summed_influences(self, found: _Influence) -> tuple[Floats, Floats, Floats]:
        """Return what sums of a cluster are multiplied by outside a part (S, C + 1), and the influences of each pair.

        Those are what the cluster would be if it lay outside the part, and what it is.
        """
        held = self.held
        away = np.column_stack(
            [found.rest_slope[:, 0], found.rest_level - found.rest_slope * self.outside.mean]
        )
        here = (found.level - found.slope * self.inside.mean) - away[:, 1:]
        at = (self.part, self.outcome)
        moved = (found.slope - found.rest_slope)[at] * held.first + here[at] * held.weight
        alone = np.einsum("pj,pj->p", self.whole[self.of_cluster], away[self.of_part])
        return away, alone, alone + np.bincount(self.pair, moved, len(alone))
