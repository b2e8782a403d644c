"""Trust tiers: when an interval of a mean may be believed, and at what error it must be read.

Money is heavy-tailed: with 1% events and lognormal amounts a nominal 95% normal interval may cover 71%. The
tier is chosen by the data, so its promise is about the whole procedure: the share of all draws that are
judged *and* falsely cleared, never a figure given the tier.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from payoff.stats.contrast import Contrast, Floats
from payoff.stats.estimates import Tier

EVENTS_TO_JUDGE = 50
ADVERSE_CLUSTERS = 20
FEWEST_CLUSTERS = 30
# How a note says that units are too few; verdicts know it by this.
FEW_UNITS = f"independent units, {FEWEST_CLUSTERS} are needed"
FEWEST_PERIODS = 20
MANY_CLUSTERS = 100
# A few ulps of a skewness: no row more for that, and no limit passed.
ROUNDING = 1e-12
CALIBRATED, WIDENED_TWICE, WIDENED_FIVE_TIMES, WIDENED_TEN_TIMES = 0.10, 0.20, 0.35, 0.40


@dataclass(frozen=True, slots=True, kw_only=True)
class TierChoice:
    """A tier with what it asks of the method.

    Attributes
    ----------
    tier : A, A-, F, B or C.
    widening : 1, 2, 5 or 10: the one-sided error is divided by it (tiers A and A- alone use it).
    reason : why there is no verdict, in the verdict's words; None where there may be one.
    note : the same for a reader, with the remedy.
    """

    tier: Tier
    widening: int = 1
    reason: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the spec and the data say beside the moments.

    Attributes
    ----------
    finite_support : every value formula is constant given outcome and action.
    capped : a cap is declared and no row lies beyond it; for rows, not for clusters.
    beyond_cap : rows beyond a declared cap, which break its promise.
    adverse_clusters : clusters that hold an adverse row, for finite support in clusters.
    weighted : rows carry weights, for which no cap holds.
    uncapped : no declared cap would help, as where the cut moves with the rows or a unit is a period.
    least_widening : 2 for the half-split of a tuned threshold, which is A- at most by its moments.
    least_tail : r of all rows, where the contrast is of half of them.
    effective : rows that unequal weights leave (Kish); None without such weights, in clusters, and where the shares of
        outcomes that they make are given.
    """

    finite_support: bool = False
    capped: bool = False
    beyond_cap: int = 0
    adverse_clusters: int | None = None
    weighted: bool = False
    uncapped: bool = False
    least_widening: int = 1
    least_tail: float = 0.0
    effective: float | None = None


def too_few(effective: float) -> str | None:
    """Return why so many independent units are too few for a verdict, None where they are enough.

    >>> too_few(12.0), too_few(30.0)
    ('12 independent units, 30 are needed', None)
    """
    return None if effective >= FEWEST_CLUSTERS else f"{effective:.0f} {FEW_UNITS}"


def tail_ratio(skewness: ArrayLike, units: float) -> Floats:
    """Return r = abs(skewness) / sqrt(n), by which the tiers tell heavy tails from light ones.

    >>> float(tail_ratio(-5.0, 2500))
    0.1
    """
    return np.asarray(np.abs(np.asarray(skewness, np.float64)) / math.sqrt(units), np.float64)


def widening(ratio: ArrayLike) -> NDArray[np.int64]:
    """Return 1, 2, 5 or 10 by ``ratio``, and 0 where the tail is too heavy for Hall's method (or undefined).

    >>> widening([0.1, 0.15, 0.35, 0.36, 0.41, float("nan")]).tolist()
    [1, 2, 5, 10, 0, 0]
    """
    limits = np.array([CALIBRATED, WIDENED_TWICE, WIDENED_FIVE_TIMES, WIDENED_TEN_TIMES])
    within = np.asarray(ratio, np.float64) * (1.0 - ROUNDING)
    return np.array([1, 2, 5, 10, 0], np.int64)[np.searchsorted(limits, within, side="left")]


def heaviest_tails(contrast: Contrast) -> Floats:
    """Return (T,) the largest r among the rules that decide at least as many events as each.

    By its own r alone, tuning seeks out the cuts whose great loss has not been drawn.
    """
    own = np.where(np.isnan(contrast.skewness), np.inf, tail_ratio(contrast.skewness, contrast.units))
    order = np.argsort(-contrast.deciding_events, kind="stable")
    ratio = np.empty(contrast.rules)
    ratio[order] = np.maximum.accumulate(own[order])
    return ratio


def candidates(contrast: Contrast, least_widening: int = 1) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Return which rules may be tuned over, and the widening of each (0 where it may not).

    A candidate has 50 or more deciding events (in clusters on finite support: 20 that hold an adverse row) and
    r <= 0.40, the r of :func:`heaviest_tails`; clusters count as units. Too few clusters leave none.
    """
    factor, least = widening(heaviest_tails(contrast)), cluster_widening(contrast)
    enough = contrast.deciding_events >= EVENTS_TO_JUDGE
    if contrast.adverse is not None:
        enough = contrast.adverse >= ADVERSE_CLUSTERS
    mask = enough & (factor > 0) & (least > 0)
    return mask, np.where(mask, np.maximum(factor, max(least, least_widening)), 0)


def cluster_widening(contrast: Contrast) -> int:
    """Return 1 for rows and from 100 effective clusters on, 2 from 30 on, 0 (no verdict) below."""
    return unit_widening(contrast.degrees_of_freedom + 1.0) if contrast.clustered else 1


def unit_widening(effective: float) -> int:
    """Return what so many independent units, clusters or what weights leave of rows, ask of an interval.

    >>> unit_widening(100.0), unit_widening(30.0), unit_widening(29.0)
    (1, 2, 0)
    """
    return 1 if effective >= MANY_CLUSTERS else 2 if effective >= FEWEST_CLUSTERS else 0


def widened_words(factor: int, by_tail: int, units: str = "clusters") -> str:
    """Return what a method's name says of a widened interval: by how much, and for what.

    >>> widened_words(2, 1), widened_words(5, 5), widened_words(1, 1)
    (', widened x2 for few clusters', ', widened x5 for a heavy tail', '')
    """
    if factor <= 1:
        return ""
    return (
        f", widened x{factor} for few {units}"
        if by_tail < factor
        else f", widened x{factor} for a heavy tail"
    )


def choose_tier(contrast: Contrast, about: Circumstances, rule: int = 0) -> TierChoice:
    """Return the tier of one rule's gain.

    Parameters
    ----------
    contrast : its moments.
    about : finite support, cap, clusters.
    rule : index of the rule, for a contrast of several.

    >>> light = Contrast(units=2500, rows=2500, mean=np.zeros((1, 1)), covariance=np.ones((1, 1, 1)),
    ...     skewness=np.array([5.0]), deciding_events=np.array([60]), degrees_of_freedom=2499.0)
    >>> choose_tier(light, Circumstances()).tier
    'A'
    """
    if contrast.clustered and cluster_widening(contrast) == 0:
        return _few_clusters(contrast)
    if about.effective is not None and about.effective < FEWEST_CLUSTERS:
        return TierChoice(tier="C", reason="few_clusters", note=too_few(about.effective))
    if contrast.periods is not None and contrast.periods < FEWEST_PERIODS:
        note = f"{contrast.periods} periods, {FEWEST_PERIODS} are needed: more periods, not more rows in each"
        return TierChoice(tier="C", reason="few_periods", note=note)
    if about.finite_support and not contrast.clustered:
        return TierChoice(tier="F")
    # Whatever is not a number is too heavy a tail.
    ratio = float(np.maximum(tail_ratio(contrast.skewness[rule], contrast.units), about.least_tail))
    factor = int(widening(ratio))
    if factor and _enough_events(contrast, about, rule):
        factor = max(factor, about.least_widening, cluster_widening(contrast))
        return TierChoice(tier="A" if factor == 1 else "A-", widening=factor)
    if about.capped and not contrast.clustered and about.beyond_cap == 0 and contrast.units > 1:
        return TierChoice(tier="B")
    return TierChoice(tier="C", reason="no_verdict_tier", note=_why_not(contrast, about, rule, ratio))


def _enough_events(contrast: Contrast, about: Circumstances, rule: int) -> bool:
    if about.finite_support and about.adverse_clusters is not None:
        return about.adverse_clusters >= ADVERSE_CLUSTERS
    return int(contrast.deciding_events[rule]) >= EVENTS_TO_JUDGE


def _few_clusters(contrast: Contrast) -> TierChoice:
    effective = contrast.degrees_of_freedom + 1.0
    note = f"{effective:.0f} effective clusters, {FEWEST_CLUSTERS} are needed: more clusters, not more rows"
    return TierChoice(tier="C", reason="few_clusters", note=note)


def _why_not(contrast: Contrast, about: Circumstances, rule: int, ratio: float) -> str:
    """Say what is missing for a verdict and what would help."""
    events, found = int(contrast.deciding_events[rule]), []
    if about.finite_support and about.adverse_clusters is not None:
        if about.adverse_clusters < ADVERSE_CLUSTERS:
            found.append(
                f"{about.adverse_clusters} clusters hold an adverse row, {ADVERSE_CLUSTERS} are needed"
            )
    elif events < EVENTS_TO_JUDGE:
        found.append(f"{events} deciding events, {EVENTS_TO_JUDGE} are needed")
    if about.beyond_cap:
        found.append(f"{about.beyond_cap} rows lie beyond the declared cap")
    if not math.isfinite(ratio):
        found.append("too few rows to tell the tail")
    elif ratio > WIDENED_TEN_TIMES:
        found.append(f"the tail is too heavy (r = {ratio:.2f}, at most {WIDENED_TEN_TIMES:.2f})")
        if ratio > 0.0:
            rows = math.ceil(contrast.rows * (ratio / WIDENED_TEN_TIMES) ** 2 * (1.0 - ROUNDING))
            found.append(f"about {rows:,} rows may do (optimistic)")
    if not (about.capped or about.weighted or about.uncapped or contrast.clustered):
        found.append("or declare a cap")
    return "; ".join(found)
