"""The Brier score taken apart: by isotonic regression (CORP), and by bins as Murphy did.

    Brier = miscalibration - discrimination + uncertainty

with uncertainty o (1 - o) at prevalence o, what a score that says o of every row gets; discrimination what the best
rising map of the score saves of it; miscalibration what the score itself loses against that map. Minima keep to the
envelope theorem: the influence of a row on discrimination is (y - o)^2 - (y - r)^2 at its pooled rate r.

Dimitriadis, Gneiting, Jordan (2021), CORP. https://doi.org/10.1073/pnas.2016191118
Murphy (1973). https://doi.org/10.1175/1520-0450(1973)012<0595:ANVPOT>2.0.CO;2
Stephenson, Coelho, Jolliffe (2008), within bins. https://doi.org/10.1175/2007WAF2006116.1
Ferro, Fricker (2012), bias. https://doi.org/10.1002/qj.1924
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from payoff.stats.binned_calibration import BINS, equal_mass
from payoff.stats.distributions import normal_ppf
from payoff.stats.estimates import Interval
from payoff.stats.hidden_order import order_note
from payoff.stats.influence import linearised_stderr, with_interval
from payoff.stats.pooling import LEFT_OUT, optimism, pooled
from payoff.stats.ranking import NO_ROWS, ScoreCells, undefined
from payoff.stats.resolved import RESOLVED

Floats = NDArray[np.float64]
DECLARED = "of the declared prevalence: no sampling error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Murphy:
    """The Brier score by bins: brier = reliability - resolution + uncertainty + within, exactly.

    Attributes
    ----------
    reliability : mean squared gap of mean outcome and mean score, by bin.
    resolution : mean squared gap of mean outcome by bin and prevalence.
    uncertainty : prevalence times its complement.
    within : variance of scores within bins, less twice their covariance with the outcome (Stephenson).
    bias : how much reliability and resolution are too large, by bins alone (Ferro and Fricker); resolution is too
        large by it less ``bias_of_uncertainty``.
    bias_of_uncertainty : how much uncertainty is too small.
    """

    reliability: float
    resolution: float
    uncertainty: float
    within: float
    bias: float
    bias_of_uncertainty: float

    @property
    def brier(self) -> float:
        """Return the Brier score, put together again."""
        return self.reliability - self.resolution + self.uncertainty + self.within


def murphy(cells: ScoreCells, bins: int = BINS) -> Murphy:
    """Return the parts by bins of whole cells and about equal mass; cells must hold rows.

    >>> one, two = np.ones(2), np.array([2.0, 2.0])
    >>> found = murphy(ScoreCells(score=np.array([0.25, 0.75]), positive=np.array([0.0, 2.0]), negative=two - [0, 2],
    ...     positive_squared=np.array([0.0, 2.0]), negative_squared=two - [0, 2], positives=2, negatives=2), 2)
    >>> found.reliability, found.resolution, found.uncertainty  # 1/4 off everywhere, outcomes fully told apart
    (0.0625, 0.25, 0.25)
    """
    held = equal_mass(cells, bins)
    share = held.weight / held.weight.sum()
    prevalence = float(share @ held.outcome)
    gap, apart = held.outcome - held.score, held.outcome - prevalence
    bias = float(share @ held.noise)
    # The variance of the prevalence, from that of the outcomes of all rows.
    squared = float((cells.positive_squared + cells.negative_squared).sum()) / float(held.weight.sum()) ** 2
    rows = cells.positives + cells.negatives
    spread = prevalence * (1.0 - prevalence) * squared * rows / max(rows - 1, 1) * (not cells.stratified)
    return Murphy(
        reliability=float(share @ gap**2),
        resolution=float(share @ apart**2),
        uncertainty=prevalence * (1.0 - prevalence),
        within=float(share @ held.within),
        bias=bias,
        bias_of_uncertainty=spread,
    )


def discrimination(cells: ScoreCells, level: float = 0.95) -> Interval:
    """Return CORP's discrimination: what the best rising map of the score saves of the prevalence's Brier score.

    It reads the order of the scores alone, and is biased upwards, since the map is fitted to its rows; the interval
    is linearised, about the number less that optimism. Rows must be independent.

    >>> one, two = np.ones(2), np.array([2.0, 0.0])
    >>> discrimination(ScoreCells(score=np.array([0.1, 0.9]), positive=two[::-1], negative=two,
    ...     positive_squared=two[::-1], negative_squared=two, positives=2, negatives=2)).value
    0.25
    """
    found = undefined(cells, level, "corp_linearised", NO_ROWS)
    if not (cells.positive + cells.negative).sum() > 0.0:
        return found
    value, (of_positives, of_negatives), bias = _told_apart(cells)
    stderr = linearised_stderr(cells, of_positives, of_negatives) if value > 0.0 else 0.0
    notes = [order_note(cells, lambda other: _told_apart(other)[0])]
    if bias > 0.0 and stderr > 0.0:
        notes.append(f"biased upwards by some {bias:.2g}, {LEFT_OUT}")
    plain = with_interval(found, value, stderr, "plain", "; ".join(note for note in notes if note) or None)
    if plain.low is None:
        return plain
    reach = float(normal_ppf(0.5 + level / 2.0)) * stderr
    centre = max(value - bias, 0.0)
    return replace(plain, low=max(centre - reach, 0.0), high=max(min(centre + reach, 0.25), value))


def _told_apart(cells: ScoreCells) -> tuple[float, tuple[Floats, Floats], float]:
    """Return discrimination, the loss that each row is saved, and the optimism."""
    fit = pooled(cells)
    total = float((cells.positive + cells.negative).sum())
    prevalence = float(cells.positive.sum()) / total
    saved = (1.0 - prevalence) ** 2 - (1.0 - fit.rate) ** 2, prevalence**2 - fit.rate**2
    value = float(cells.positive @ saved[0] + cells.negative @ saved[1]) / total
    one_block = optimism(fit, lambda rate: np.full(len(rate), 2.0))
    return max(value, 0.0), saved, one_block if len(fit.block_rate) > 1 else 0.0


def uncertainty(cells: ScoreCells, level: float = 0.95) -> Interval:
    """Return o (1 - o) at prevalence o: the Brier score of saying the prevalence of every row; linearised interval.

    It says how hard the rows are, not how good the score is.

    >>> one = np.ones(1)
    >>> uncertainty(ScoreCells(score=one, positive=one, negative=3 * one, positive_squared=one,
    ...     negative_squared=3 * one, positives=1, negatives=3)).value
    0.1875
    """
    found = undefined(cells, level, "corp_linearised", NO_ROWS)
    total = float((cells.positive + cells.negative).sum())
    if not total > 0.0:
        return found
    share = float(cells.positive.sum()) / total
    if cells.stratified:
        known = share * (1.0 - share)
        return replace(
            found, value=known, low=known, high=known, stderr=0.0, tier="A", method="declared", note=DECLARED
        )
    lean = 1.0 - 2.0 * share
    slope = np.full(len(cells.score), lean if abs(lean) > RESOLVED else 0.0)
    plain = with_interval(found, share * (1.0 - share), linearised_stderr(cells, slope, 0.0 * slope))
    if plain.low is None or plain.high is None:
        return plain
    return replace(plain, low=max(plain.low, 0.0), high=max(min(plain.high, 0.25), share * (1.0 - share)))


def reliability(cells: ScoreCells, level: float = 0.95, bins: int = BINS) -> Interval:
    """Return Murphy's reliability by equal-mass bins, without an interval; the note gives its bias. Prefer CORP."""
    return _by_bins(murphy(cells, bins) if _held(cells) else None, cells, level, "reliability")


def resolution(cells: ScoreCells, level: float = 0.95, bins: int = BINS) -> Interval:
    """Return Murphy's resolution by equal-mass bins, without an interval; the note gives its bias. Prefer CORP."""
    return _by_bins(murphy(cells, bins) if _held(cells) else None, cells, level, "resolution")


def _held(cells: ScoreCells) -> bool:
    return bool((cells.positive + cells.negative).sum() > 0.0)


def _by_bins(parts: Murphy | None, cells: ScoreCells, level: float, part: str) -> Interval:
    found = undefined(cells, level, "murphy", NO_ROWS)
    if parts is None:
        return found
    bias = parts.bias if part == "reliability" else parts.bias - parts.bias_of_uncertainty
    note = f"no interval: biased upwards by some {max(bias, 0.0):.2g} by its bins; {parts.within:.2g} lies within them"
    return replace(found, value=float(getattr(parts, part)), note=note)
