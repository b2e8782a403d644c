"""The seam to verdicts: interval, confidence, rows needed and the worth of more data, by the gain's own tier.

One-sided confidence and two-sided interval are one method read in two directions, so a gain whose lower bound
at 95% lies above a hurdle clears it with a confidence above 0.975, and no other does. Everything is analytic:
the seeded maxima of a tuned threshold are the only draws, made once.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from payoff.stats.band import band_confidence, bounds_of_picked, critical_of_picked, simultaneous_band
from payoff.stats.bounded import Range, bernstein_bounds, bernstein_confidence
from payoff.stats.contrast import Contrast, Counts, Floats, moments
from payoff.stats.distributions import normal_cdf, normal_ppf, t_cdf, t_ppf
from payoff.stats.estimates import Interval
from payoff.stats.means import hall_bounds, hall_statistic
from payoff.stats.sequences import sequence_bounds, sequence_confidence, sequence_deviate
from payoff.stats.support import Method, support_bounds, support_confidence, support_method
from payoff.stats.tiers import (
    EVENTS_TO_JUDGE,
    WIDENED_TEN_TIMES,
    Circumstances,
    TierChoice,
    candidates,
    choose_tier,
    heaviest_tails,
    tail_ratio,
    widened_words,
    widening,
)

Bounds = tuple[float, float]
POWER = 0.80
HOPELESS = 100


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Support:
    """A contribution's declared values: cells of (actions of both policies, outcome), with their rows.

    Attributes
    ----------
    counts : (J,) rows by cell, cells that have not occurred included as 0; in parts where ties are shared out. Rows on
        which the policies agree are one cell (or several) whose parts are all zero.
    parts : (J, K) parts of the contribution in each cell; its value is ``parts @ coefficients``.
    shift : (K,) parts that the gain is more than the mean over the cells; None where it is that mean.
    """

    counts: Counts | Floats
    parts: Floats
    shift: Floats | None = None

    def beyond(self, coefficients: Floats) -> Floats:
        """Return how much the gain is more than the mean over the cells, for (K,) or (D, K) coefficients."""
        return np.zeros(coefficients.shape[:-1]) if self.shift is None else coefficients @ self.shift


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequential:
    """A gain that is looked at again and again.

    Attributes
    ----------
    rho : of the confidence sequence, fixed before the first look.
    refused : what besides the moments stands against it, such as weights; None where nothing does.
    """

    rho: float
    refused: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """All that a judgement of one gain rests on.

    Attributes
    ----------
    contrast : moments; with ``maxima`` the rule is tuned and its T rules are the candidate cuts.
    about : what spec and data say beside the moments; the tier follows from both, at the likely assumptions.
    support : for tier F; rows independent and unweighted.
    within : what one unit can contribute, for tier B, in the unit of the gain.
    method : ``exact`` asks tier F for Clopper-Pearson bounds.
    rule : the cut that is deployed, chosen against this gain's baseline or another; None takes the cut with the
        largest lower bound.
    refused : why no interval can be given, whatever the moments say; the tier is C then.
    sequence : where the gain is to be judged at every look, by a confidence sequence; None for the only look.
    """

    contrast: Contrast
    about: Circumstances = field(default_factory=Circumstances)
    support: Support | None = None
    within: Range | None = None
    method: Method = "auto"
    rule: int | None = None
    refused: str | None = None
    sequence: Sequential | None = None


def tier_of(evidence: Evidence) -> TierChoice:
    """Return the tier of the gain: of a fixed rule by its moments, of a tuned one by its candidates."""
    contrast = evidence.contrast
    if evidence.refused is not None:
        return TierChoice(tier="C", reason="no_verdict_tier", note=evidence.refused)
    if evidence.sequence is not None:
        return _sequential_tier(evidence, evidence.sequence)
    if contrast.maxima is None:
        return choose_tier(contrast, evidence.about)
    allowed, factor = candidates(contrast, evidence.about.least_widening)
    if not allowed.all():
        return choose_tier(contrast, Circumstances(), int(np.argmin(allowed)))
    return TierChoice(tier="A" if factor.max() == 1 else "A-", widening=int(factor.max()))


def _sequential_tier(evidence: Evidence, sequence: Sequential) -> TierChoice:
    """Return A where the sequence holds: a fixed rule, independent rows, tier A by its moments alone; else C."""
    contrast = evidence.contrast
    why = sequence.refused
    if why is None and (contrast.maxima is not None or evidence.about.least_widening > 1):
        why = "its threshold is tuned on the rows of each look"
    if why is None and contrast.clustered:
        why = "clusters grow between looks"
    if why is None and contrast.periods is not None:
        why = "who finds room depends on the other rows of a period"
    if why is None:
        plain = choose_tier(contrast, Circumstances())
        if plain.tier == "A":
            return plain
        why = plain.note or "the tail is too heavy for the sequence (tier A-)"
    return TierChoice(tier="C", reason="no_any_time", note=f"no bound for every look: {why}")


def interval(
    evidence: Evidence, coefficients: Floats, level: float = 0.95, value: float | None = None
) -> Interval:
    """Return the gain per row with its two-sided interval.

    Parameters
    ----------
    evidence : of one gain.
    coefficients : (K,) one setting of the assumptions.
    level : two-sided.
    value : the point to print in place of the mean: the cross-fitted one of a tuned rule.

    Returns
    -------
    Interval
        Of a tuned rule it is that of the cut with the largest lower bound, and holds whichever was picked.
        In tier C the bounds are None and ``note`` says what would help.
    """
    return intervals([evidence], coefficients, level, [value])[0]


def intervals(
    several: Sequence[Evidence], coefficients: Floats, level: float, values: Sequence[float | None]
) -> list[Interval]:
    """Return the interval of each of several gains, such as those of slices, as :func:`interval` does.

    Quantiles, which cost most, are sought together.
    """
    choices = [tier_of(one) for one in several]
    bounds = _bounds_by_hall(several, choices, coefficients, level)
    bounds |= _bounds_by_support(several, choices, coefficients, level)
    return [
        _interval(evidence, choice, coefficients, level, value, bounds.get(j))
        for j, (evidence, choice, value) in enumerate(zip(several, choices, values, strict=True))
    ]


def _interval(
    evidence: Evidence,
    choice: TierChoice,
    coefficients: Floats,
    level: float,
    value: float | None,
    bounds: Bounds | None,
) -> Interval:
    contrast = evidence.contrast
    at, rule = moments(contrast, coefficients), 0
    if choice.tier in ("A", "A-") and contrast.maxima is not None:
        factors = _factors(evidence)
        if evidence.rule is None:
            band = simultaneous_band(contrast, coefficients, factors, level)
            rule = band.deployed
            bounds = float(band.low[rule]), float(band.high[rule])
        else:
            rule = evidence.rule
            bounds = bounds_of_picked(contrast, coefficients, int(factors[rule]), level, rule)
    elif choice.tier == "A" and evidence.sequence is not None:
        stderr = float(at.stderr[0, 0])
        bounds = sequence_bounds(float(at.mean[0, 0]), stderr, contrast.units, evidence.sequence.rho, level)
    elif choice.tier == "B" and evidence.within is not None:
        variance = at.stderr[0, 0] ** 2 * contrast.units
        ends = bernstein_bounds(at.mean[0, 0], variance, contrast.units, evidence.within, (1.0 - level) / 2.0)
        bounds = float(ends[0]), float(ends[1])
    return Interval(
        value=float(at.mean[0, rule]) if value is None else value,
        low=None if bounds is None else bounds[0],
        high=None if bounds is None else bounds[1],
        level=level,
        rows=contrast.rows,
        events=int(contrast.deciding_events[rule]),
        method=_method(evidence, choice, coefficients),
        tier=choice.tier,
        note=choice.note,
        stderr=float(at.stderr[0, rule]),
    )


def confidence(evidence: Evidence, coefficients: Floats, hurdle: float | Floats) -> Floats | None:
    """Return C(h; a), the one-sided confidence that the gain exceeds the hurdle, per draw of the assumptions.

    Parameters
    ----------
    evidence : of one gain.
    coefficients : (K,) or (D, K).
    hurdle : gain per row that is asked: a number or (D,).

    Returns
    -------
    (D,) float64, or None in tier C.
    """
    choice, contrast = tier_of(evidence), evidence.contrast
    if choice.tier == "C":
        return None
    draws = np.atleast_2d(np.asarray(coefficients, np.float64))
    if choice.tier == "F" and evidence.support is not None:
        values = draws @ evidence.support.parts.T
        asked = hurdle - evidence.support.beyond(draws)
        return support_confidence(evidence.support.counts, values, asked, evidence.method)
    if contrast.maxima is not None:
        return band_confidence(contrast, draws, hurdle, _factors(evidence), evidence.rule)
    at = moments(contrast, draws)
    mean, stderr = at.mean[:, 0], at.stderr[:, 0]
    if choice.tier == "B" and evidence.within is not None:
        variance = stderr**2 * contrast.units
        return bernstein_confidence(mean, variance, contrast.units, evidence.within, hurdle)
    if evidence.sequence is not None:
        return sequence_confidence(mean - hurdle, stderr, contrast.units, evidence.sequence.rho)
    statistic = hall_statistic(mean - hurdle, stderr, contrast.skewness[0], contrast.units)
    return widened(statistic, contrast.degrees_of_freedom, choice.widening)


def widened(statistic: Floats, degrees_of_freedom: float, factor: int) -> Floats:
    """Return the confidence with the error multiplied, for clearing and for missing apart."""
    tail = np.minimum(0.5, factor * t_cdf(-np.abs(statistic), degrees_of_freedom))
    return np.asarray(np.where(statistic >= 0.0, 1.0 - tail, tail), np.float64)


def _bounds_by_hall(
    several: Sequence[Evidence], choices: Sequence[TierChoice], coefficients: Floats, level: float
) -> dict[int, Bounds]:
    """Return the bounds of fixed rules by their place, where nothing better than moments is known."""
    places = [
        j for j, (one, choice) in enumerate(zip(several, choices, strict=True)) if _is_by_hall(one, choice)
    ]
    contrasts = [several[j].contrast for j in places]
    at = [moments(one, coefficients) for one in contrasts]
    mean, stderr = (np.array([getattr(one, name)[0, 0] for one in at]) for name in ("mean", "stderr"))
    tail = (1.0 - level) / 2.0 / np.array([choices[j].widening for j in places])
    quantile = -t_ppf(tail, np.array([one.degrees_of_freedom for one in contrasts]))
    skewness = np.array([one.skewness[0] for one in contrasts])
    units = np.array([float(one.units) for one in contrasts])
    low, high = hall_bounds(mean, stderr, skewness, units, (-quantile, quantile))
    return dict(zip(places, zip(low.tolist(), high.tolist(), strict=True), strict=True))


def _is_by_hall(evidence: Evidence, choice: TierChoice) -> bool:
    better = {"F": evidence.support, "B": evidence.within, "C": choice}.get(choice.tier)
    return better is None and evidence.contrast.maxima is None and evidence.sequence is None


def _bounds_by_support(
    several: Sequence[Evidence], choices: Sequence[TierChoice], coefficients: Floats, level: float
) -> dict[int, Bounds]:
    """Return the bounds of tier F by their place; those of one support, such as slices, together."""
    alike: dict[tuple[int, Method], list[tuple[int, Support]]] = {}
    for j, (one, choice) in enumerate(zip(several, choices, strict=True)):
        if choice.tier == "F" and one.support is not None:
            alike.setdefault((id(one.support.parts), one.method), []).append((j, one.support))
    found: dict[int, Bounds] = {}
    for (_, method), held in alike.items():
        counts = np.array([support.counts for _, support in held])
        low, high = support_bounds(counts, held[0][1].parts @ coefficients, level, method)
        beyond = [float(support.beyond(coefficients)) for _, support in held]
        found |= {
            j: (least + more, most + more)
            for (j, _), least, most, more in zip(held, low.tolist(), high.tolist(), beyond, strict=True)
        }
    return found


def _factors(evidence: Evidence) -> Counts:
    return candidates(evidence.contrast, evidence.about.least_widening)[1]


def _method(evidence: Evidence, choice: TierChoice, coefficients: Floats) -> str:
    """Name the method as docs/methods does."""
    if choice.tier == "F":
        held = evidence.support
        if held is None:
            return "finite support"
        return support_method(held.counts, held.parts @ coefficients, evidence.method)
    if choice.tier == "B":
        return "empirical Bernstein"
    if choice.tier == "C":
        return "no interval"
    if evidence.sequence is not None:
        return "confidence sequence"
    name = "Hall t" if evidence.contrast.maxima is None else "simultaneous band, Hall t"
    by = " by cluster" if evidence.contrast.clustered else ""
    by = " by period" if evidence.contrast.periods is not None and not by else by
    units = "clusters" if evidence.about.effective is None else "effective rows"
    return name + by + widened_words(choice.widening, _widened_by_tail(evidence), units)


def _widened_by_tail(evidence: Evidence) -> int:
    """Return by how much the tail alone widens an interval, whatever the number of clusters or effective rows."""
    tails = np.maximum(heaviest_tails(evidence.contrast), evidence.about.least_tail)
    least = evidence.about.least_widening if evidence.about.effective is None else 1
    return max(int(widening(tails).max()), least)


def rows_needed(
    evidence: Evidence, coefficients: Floats, hurdle: float, asked: float, value: float | None = None
) -> tuple[int | None, int | None]:
    """Return how many further labelled rows would let the gain clear the hurdle, with power 80%.

    Parameters
    ----------
    evidence : of one gain.
    coefficients : (K,).
    hurdle : gain per row that is asked.
    asked : the hurdle's confidence, one-sided, such as 0.95.
    value : the gain to plan with in place of the mean: the cross-fitted one of a tuned rule.

    Returns
    -------
    (from, to) : for a gain one standard error above and below the estimate. None on an end where no number of
        rows does, or more than 100 times those at hand. Recommend fresh rows judged alone: judging old and
        new rows together again is a second look.

    Notes
    -----
    ((z_a + z_b) stderr / gap)^2 rows, but no fewer than bring the tail ratio to 0.40 and 50 deciding events
    (which finite support does not ask). Design effects are in the standard error. Tuned: z_a is the band's; at every
    look: the sequence's at the rows at hand.
    """
    contrast, choice = evidence.contrast, tier_of(evidence)
    at, rule = moments(contrast, coefficients), 0
    deviate = float(normal_ppf(np.float64(asked)))
    if contrast.maxima is not None and choice.tier != "C":
        deployed = simultaneous_band(contrast, coefficients, _factors(evidence)).deployed
        rule = deployed if evidence.rule is None else evidence.rule
        deviate = critical_of_picked(contrast, 1.0 - asked)
    elif evidence.sequence is not None:
        deviate = sequence_deviate(contrast.units, evidence.sequence.rho, 1.0 - asked)
    stderr = float(at.stderr[0, rule])
    gap = (float(at.mean[0, rule]) if value is None else value) - hurdle
    floor = 0.0 if choice.tier == "F" else _fewest_rows(contrast, rule)
    spread = (deviate + float(normal_ppf(np.float64(POWER)))) * stderr
    return _further(contrast.rows, spread, gap + stderr, floor), _further(
        contrast.rows, spread, gap - stderr, floor
    )


def _fewest_rows(contrast: Contrast, rule: int) -> float:
    """Return the rows that tier A- would ask, infinite where no event was seen."""
    events = int(contrast.deciding_events[rule])
    ratio = float(tail_ratio(contrast.skewness[rule], contrast.units))
    heavy = contrast.rows * (ratio / WIDENED_TEN_TIMES) ** 2
    return max(heavy, contrast.rows * EVENTS_TO_JUDGE / events) if events else math.inf


def _further(rows: int, spread: float, gap: float, floor: float) -> int | None:
    if gap <= 0.0:
        return None
    needed = max((spread / gap) ** 2 * rows, floor)
    return max(0, math.ceil(needed) - rows) if needed <= HOPELESS * rows else None


def evpi_per_decision(mean: ArrayLike, stderr: ArrayLike) -> Floats:
    """Return the most that knowing the gain exactly could be worth, per decision: the unit normal loss.

    Parameters
    ----------
    mean : expected gain net of actual costs, at mean assumptions, not less the hurdle.
    stderr : the sampling standard error alone: data cannot teach an assumption.

    Raiffa, Schlaifer (1961), Applied Statistical Decision Theory, chapter 5.

    >>> round(float(evpi_per_decision(0.0, 1.0)), 4)  # phi(0)
    0.3989
    >>> float(evpi_per_decision(2.0, 0.0))
    0.0
    """
    mean, stderr = np.abs(np.asarray(mean, np.float64)), np.asarray(stderr, np.float64)
    away = np.divide(mean, stderr, out=np.full(np.broadcast(mean, stderr).shape, np.inf), where=stderr > 0.0)
    density = np.exp(-(away**2) / 2.0) / math.sqrt(2.0 * math.pi)
    return np.asarray(np.maximum(stderr * density - mean * normal_cdf(-away), 0.0), np.float64)
