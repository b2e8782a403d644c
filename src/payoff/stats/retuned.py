"""What a score could be worth if its threshold were chosen anew for every cost: potentials, not results.

At cost ratio c (a false alarm costs c, a missed positive 1 - c) the best threshold acts where the share of positives
on the convex hull of the ROC curve is above c. The hull's shares are those of the isotonic regression of outcomes on
scores, r. So the least loss, averaged over a distribution of c, is the mean over rows of

    y * integral from r to 1 of (1 - c) w(c) dc  +  (1 - y) * integral from 0 to r of c w(c) dc,

a proper scoring rule at r. A deployed threshold is fixed: it gets less. Since the hull is fitted to the same rows,
both numbers are biased upwards; the interval of the H-measure is made about the number less that optimism.

Hand (2009). https://doi.org/10.1007/s10994-009-5119-5
Hand, Anagnostopoulos (2014). Pattern Recognition Letters 40, 41-46.
Verbraken, Verbeke, Baesens (2013). https://doi.org/10.1109/TKDE.2012.50
Buja, Stuetzle, Shen (2005). Loss functions for binary class probability estimation and classification.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from payoff.stats.distributions import beta_cdf, normal_ppf
from payoff.stats.estimates import Interval
from payoff.stats.hidden_order import order_bound
from payoff.stats.influence import linearised_stderr, with_interval
from payoff.stats.jackknife import scaled_bounds
from payoff.stats.pooling import LEFT_OUT, hull_rates, optimism, pooled
from payoff.stats.ranking import ScoreCells, grid_note, no_ranking, undefined

Floats = NDArray[np.float64]
POTENTIAL = "potential, if the threshold is retuned"
FLATTERED = "biased upwards: thresholds are fitted to these rows"
# Half a step of the derivative by the prior's own parameter; its error is of the order of the square.
_STEP = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Losses:
    """Mean losses over the prior of cost ratios, by hull rate: of a positive and of a negative row."""

    of_positives: Floats
    of_negatives: Floats


def _losses(rate: Floats, prevalence: float) -> _Losses:
    """Return the losses under Beta(1 + prevalence, 2 - prevalence)."""
    a, b = 1.0 + prevalence, 2.0 - prevalence
    values, at = np.unique(rate, return_inverse=True)
    # The mean of c up to r is a / (a + b) I_r(a + 1, b); that of 1 - c beyond it likewise.
    missed = b / (a + b) * (1.0 - np.asarray(beta_cdf(values, a, b + 1.0)))
    alarms = a / (a + b) * np.asarray(beta_cdf(values, a + 1.0, b))
    return _Losses(of_positives=missed[at], of_negatives=alarms[at])


def h_value(cells: ScoreCells) -> float | None:
    """Return the H-measure alone; None where an outcome is absent."""
    total = float((cells.positive + cells.negative).sum())
    if min(cells.positive.sum(), cells.negative.sum()) <= 0.0:
        return None
    prevalence = float(cells.positive.sum()) / total
    found, most = (_mean(cells, _losses(rate, prevalence)) for rate in _rates(cells, prevalence))
    return 1.0 - found / most


def _rates(cells: ScoreCells, prevalence: float) -> tuple[Floats, Floats]:
    return hull_rates(cells), np.full(len(cells.positive), prevalence)


def _mean(cells: ScoreCells, losses: _Losses) -> float:
    total = float((cells.positive + cells.negative).sum())
    return float(cells.positive @ losses.of_positives + cells.negative @ losses.of_negatives) / total


def h_measure(cells: ScoreCells, level: float = 0.95) -> Interval:
    """Return the H-measure: the part of the least loss without a score that the score could save, 0 to 1.

    Parameters
    ----------
    cells : by score.
    level : two-sided.

    The distribution of the cost ratio c of a false alarm is Beta(1 + prevalence, 2 - prevalence), whose mode lies
    where both kinds of error cost the same in all (Hand and Anagnostopoulos 2014). It depends on the rows: compare
    only on rows of one prevalence. The number is biased upwards by the hull's fit to its rows, which the note gives;
    the interval is linearised, the prior's parameter included, on the logit scale, about the number less that bias.

    >>> one, none = np.ones(2), np.zeros(2)
    >>> perfect = ScoreCells(score=np.array([0.1, 0.9]), positive=one - [1, 0], negative=one - [0, 1],
    ...     positive_squared=one - [1, 0], negative_squared=one - [0, 1], positives=1, negatives=1)
    >>> h_measure(perfect).value
    1.0
    """
    reason = no_ranking(cells)
    if reason is not None:
        return undefined(cells, level, "hull_linearised", reason)
    value, found = float(h_value(cells) or 0.0), undefined(cells, level, "hull_linearised", "")
    stderr = linearised_stderr(cells, *_influence_on_h(cells)) if 0.0 < value < 1.0 else 0.0
    notes = [POTENTIAL, None if cells.within is None else grid_note(cells, order_bound(cells, h_value))]
    bias = min(_optimism_of_h(cells), value)
    if bias > 0.0 and stderr > 0.0:
        notes.append(f"biased upwards by some {bias:.2g}, {LEFT_OUT}")
    note = "; ".join(part for part in notes if part)
    plain = with_interval(found, value, stderr, "logit", note)
    if plain.low is None:
        return plain
    centre, quantile = value - bias, float(normal_ppf(0.5 + level / 2.0))
    # Within its error of zero a number has no logit to speak of.
    low, high = scaled_bounds(centre, stderr, quantile, "logit" if centre > quantile * stderr else "plain")
    return replace(plain, low=max(low, 0.0), high=min(max(high, value), 1.0))


def _optimism_of_h(cells: ScoreCells) -> float:
    prevalence = float(cells.positive.sum() / (cells.positive + cells.negative).sum())
    a, b = 1.0 + prevalence, 2.0 - prevalence
    whole = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b))
    saved = optimism(pooled(cells), lambda rate: whole * rate ** (a - 1.0) * (1.0 - rate) ** (b - 1.0))
    return saved / _mean(cells, _losses(_rates(cells, prevalence)[1], prevalence))


def _influence_on_h(cells: ScoreCells) -> tuple[Floats, Floats]:
    prevalence = float(cells.positive.sum() / (cells.positive + cells.negative).sum())
    parts = []
    for rate in _rates(cells, prevalence):
        own = _losses(rate, prevalence)
        up, down = (_mean(cells, _losses(rate, prevalence + step)) for step in (_STEP, -_STEP))
        # A positive row also shifts the prior.
        shift = (up - down) / (2.0 * _STEP)
        parts.append((_mean(cells, own), own.of_positives + shift, own.of_negatives))
    (found, hit, alarm), (most, all_hit, all_alarm) = parts
    ratio = found / most
    return -(hit - ratio * all_hit) / most, -(alarm - ratio * all_alarm) / most


def maximum_profit(cells: ScoreCells, gains: Floats, losses: Floats) -> float:
    """Return the mean over draws of the most that acting above any one threshold, or on nobody, can gain per row.

    Parameters
    ----------
    cells : by score.
    gains, losses : (D,) what acting gains on a positive and loses on a negative row, against doing nothing.
    """
    worth = _profits(cells, gains, losses)
    total = float((cells.positive + cells.negative).sum())
    return float(cells.positive @ worth[0] + cells.negative @ worth[1]) / total


def _profits(cells: ScoreCells, gains: Floats, losses: Floats) -> tuple[Floats, Floats]:
    """Return (k,) the mean profit of a positive and of a negative row of each cell at the best thresholds."""
    # A draw acts where the rate is above its own balance; below zero everywhere, at infinity nowhere.
    both = np.where(gains + losses > 0.0, gains + losses, 1.0)
    balance = np.where(losses < 0.0, -np.inf, np.where(gains + losses > 0.0, losses / both, np.inf))
    order = np.argsort(balance, kind="stable")
    acted = np.searchsorted(balance[order], hull_rates(cells), "left")
    upto = [np.concatenate([[0.0], np.cumsum(draws[order])]) for draws in (gains, losses)]
    return upto[0][acted] / len(gains), -upto[1][acted] / len(gains)


def expected_maximum_profit(
    cells: ScoreCells, gains: Floats, losses: Floats, level: float = 0.95
) -> Interval:
    """Return :func:`maximum_profit` with its interval: profit per row if the threshold is retuned to every draw.

    Parameters
    ----------
    cells : by score; value must be the same for all rows of an outcome.
    gains, losses : (D,) draws, in the unit of money: what acting gains on a positive row and loses on a negative one.
        Draws at which it loses on both act on nobody.
    level : two-sided, of sampling alone; the draws are averaged, not doubted.

    Raises
    ------
    ValueError
        Where acting loses on positives and gains on negatives: a higher score would then speak against acting.

    >>> one = np.ones(2)
    >>> cells = ScoreCells(score=np.array([0.1, 0.9]), positive=np.array([0.0, 2.0]), negative=2 * one,
    ...     positive_squared=np.array([0.0, 2.0]), negative_squared=2 * one, positives=2, negatives=4)
    >>> round(expected_maximum_profit(cells, np.array([3.0]), np.array([1.0])).value, 9)  # (2 * 3 - 2 * 1) / 6
    0.666666667
    """
    if ((gains < 0.0) & (losses < 0.0)).any():
        raise ValueError("acting must not lose on positives while it gains on negatives")
    reason = no_ranking(cells)
    if reason is not None:
        return undefined(cells, level, "hull_linearised", reason)
    worth = _profits(cells, gains, losses)
    stderr = linearised_stderr(cells, *worth)
    grid = None
    if cells.within is not None:
        grid = grid_note(cells, order_bound(cells, lambda other: maximum_profit(other, gains, losses)))
    note = "; ".join(part for part in (POTENTIAL, FLATTERED, grid) if part)
    value = maximum_profit(cells, gains, losses)
    found = with_interval(undefined(cells, level, "hull_linearised", ""), value, stderr, "plain", note)
    # Nobody is among the choices of every draw.
    return replace(found, tier="C", low=None if found.low is None else max(found.low, 0.0))
