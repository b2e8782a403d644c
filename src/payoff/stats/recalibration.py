"""Whether probabilities are right by a line: the intercept and the slope of logistic recalibration, and z.

Outcomes are regressed on logit(score): P(y = 1) = expit(a + b logit(score)). A right score has a = 0 and b = 1; below
1 its slope says that scores are too extreme (as of a model that has learnt its rows by heart). The intercept is the
one at slope 1: above 0, more came true than the scores said. Errors are robust ones (the line need not be right),
so that weights may be given.

Cox (1958). https://doi.org/10.1093/biomet/45.3-4.562
Van Calster, McLernon, van Smeden, Wynants, Steyerberg (2019). https://doi.org/10.1186/s12916-019-1466-7
White (1982), robust errors. https://doi.org/10.2307/1912526
Spiegelhalter (1986). https://doi.org/10.1002/sim.4780050506
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from payoff.stats.distributions import normal_cdf
from payoff.stats.estimates import Interval
from payoff.stats.influence import linearised_stderr, with_interval
from payoff.stats.probability_scores import EPSILON
from payoff.stats.ranking import NO_RANKING, NO_ROWS, ScoreCells, grid_note, no_ranking, undefined
from payoff.stats.weighted_means import few_rows

Floats = NDArray[np.float64]
APART = "undefined: a threshold parts the outcomes, no line is likeliest"
MOST_STEPS = 1_000
# After a step of so little Newton's next one would be of the order of its square, below rounding.
CONVERGED = 1e-10
# Of what the slope of the likelihood promises, what a step must keep (Armijo's rule), and what sums leave in doubt.
PART, ROUNDING = 1e-4, 1e-14
LEAST = 1e-100


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Line:
    """A fitted line.

    Attributes
    ----------
    intercept, slope : on the scale of logits.
    influence : ((2, k), (2, k)) of the positives and of the negatives of each cell on both.
    hidden : (2,) how far both move for the scores within cells of a grid, to the second order.
    """

    intercept: float
    slope: float
    influence: tuple[Floats, Floats]
    hidden: Floats


def recalibration_line(cells: ScoreCells, slope: float | None = None) -> Line | None:
    """Return the line that makes the outcomes likeliest; None where none does: see :func:`no_line`.

    Parameters
    ----------
    cells : of probabilities, which are clipped to [EPSILON, 1 - EPSILON]; both outcomes present.
    slope : the one to hold, at which there always is a line; None to fit it.

    >>> four, one = np.array([3.0, 1.0]), np.array([1.0, 3.0])
    >>> line = recalibration_line(ScoreCells(score=np.array([0.2, 0.8]), positive=one, negative=four,
    ...     positive_squared=one, negative_squared=four, positives=4, negatives=4))
    >>> round(line.slope, 6)  # log(3) / log(4): one in four where the score says one in five
    0.792481
    """
    return None if slope is None and no_line(cells) is not None else _line(cells, slope)


def _line(cells: ScoreCells, slope: float | None) -> Line:
    fitted = _fitted(*_rows(cells), slope)
    size = len(cells.score)
    found = Line(
        intercept=fitted.level - fitted.slope * fitted.centre,
        slope=fitted.slope,
        influence=(fitted.moves[:, :size], fitted.moves[:, size:]),
        hidden=np.zeros(2),
    )
    return replace(found, hidden=_hidden(cells, found, fitted))


def no_line(cells: ScoreCells) -> str | None:
    """Say why no slope makes the outcomes likeliest, if none does; both outcomes are present.

    >>> one, none = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    >>> no_line(ScoreCells(score=np.array([0.2, 0.8]), positive=none, negative=one, positive_squared=none,
    ...     negative_squared=one, positives=1, negatives=1))
    'undefined: a threshold parts the outcomes, no line is likeliest'
    """
    x, y, weight = _rows(cells)
    up, down = x[weight * y > 0.0], x[weight * (1.0 - y) > 0.0]
    if max(up.max(), down.max()) == min(up.min(), down.min()):
        return NO_RANKING  # Scores that the clip makes equal among them.
    return APART if up.min() >= down.max() or up.max() <= down.min() else None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Fit:
    """The likeliest line, level + slope (x - centre), where its level and slope have errors of their own.

    ``moves`` are (2, rows) those of intercept and slope with each row; ``errors`` the inverses of the information on
    level and slope, for weights that add up to 1.
    """

    level: float
    slope: float
    centre: float
    moves: Floats
    errors: Floats


def _rows(cells: ScoreCells) -> tuple[Floats, Floats, Floats]:
    """Return logits, outcomes and weights: the positives of all cells, then the negatives."""
    score = np.concatenate([cells.score_of_positives, cells.score_of_negatives])
    score = np.clip(score, EPSILON, 1.0 - EPSILON)
    size = len(cells.score)
    outcome = np.concatenate([np.ones(size), np.zeros(size)])
    return np.log(score) - np.log1p(-score), outcome, np.concatenate([cells.positive, cells.negative])


def _fitted(x: Floats, y: Floats, weight: Floats, slope: float | None) -> _Fit:
    """Return the likeliest line by Newton's method with halved steps; the likelihood is concave.

    About the mean of x by the curvature of the rows the information on level and slope is diagonal: no matrix is to be
    inverted. The start has no slope, or the given one, so that no row lies where its curvature is lost.
    """
    weight, free, side = weight / weight.sum(), float(slope is None), 2.0 * y - 1.0
    level = math.log(float(weight @ y)) - math.log(float(weight @ (1.0 - y)))
    slope, centre = slope or 0.0, float(weight @ x)
    for _ in range(MOST_STEPS):
        line = level + slope * (x - centre)
        gap, curve = side * _expit(-side * line), weight * _expit(line) * _expit(-line)
        moved = float(curve @ x) / max(float(curve.sum()), LEAST)
        level, centre = level + slope * (moved - centre), moved
        off = x - centre
        errors = np.array([1.0, free]) / np.maximum([curve.sum(), curve @ off**2], LEAST)
        pull = np.array([weight @ gap, (weight * gap) @ off])
        step = errors * pull
        move = step[0] + step[1] * off
        scale = _rising(side * line, side * move, weight, float(pull @ step))
        level, slope = level + scale * float(step[0]), slope + scale * float(step[1])
        if np.abs(move).max() <= CONVERGED * (1.0 + np.abs(line).max()):
            break
    own = errors[:, None] * np.stack([gap, gap * off])
    moves = np.stack([own[0] - centre * own[1], own[1]])
    return _Fit(level=level, slope=slope, centre=centre, moves=moves, errors=errors)


def _rising(toward: Floats, move: Floats, weight: Floats, promise: float) -> float:
    """Return the part of a step, 1 or halved, by which the likelihood rises by some of what its slope promises.

    ``toward`` is the line toward each row's outcome: minus the log likelihood is the mean of log(1 + exp(-toward)).
    """
    now, scale = float(weight @ np.logaddexp(0.0, -toward)), 1.0
    room = ROUNDING * (1.0 + now)
    while float(weight @ np.logaddexp(0.0, -toward - scale * move)) > now - PART * scale * promise + room:
        scale /= 2.0
    return scale


def _expit(line: Floats) -> Floats:
    return 1.0 / (1.0 + np.exp(-np.clip(line, -700.0, 700.0)))


def _hidden(cells: ScoreCells, line: Line, fitted: _Fit) -> Floats:
    """Return how far the line moves for variances within cells: half the curvature of each row's pull times them."""
    if cells.within is None:
        return np.zeros(2)
    score = np.concatenate([cells.score_of_positives, cells.score_of_negatives])
    score = np.clip(score, EPSILON, 1.0 - EPSILON)
    x, y, weight = _rows(cells)
    mu = _expit(line.intercept + line.slope * x)
    rise, bend = 1.0 / (score * (1.0 - score)), (2.0 * score - 1.0) / (score * (1.0 - score)) ** 2
    first = mu * (1.0 - mu)
    along = line.slope * rise
    pull = -first * (1.0 - 2.0 * mu) * along**2 - first * line.slope * bend
    turn = (y - mu) * bend - 2.0 * first * along * rise + (x - fitted.centre) * pull
    spread = weight * np.concatenate(cells.variances) / weight.sum()
    level, slope = fitted.errors * (np.stack([pull, turn]) @ spread) / 2.0
    return np.array([level - fitted.centre * slope, slope])


def calibration_slope(cells: ScoreCells, level: float = 0.95) -> Interval:
    """Return the slope of logistic recalibration: 1 if right, below 1 where scores are too extreme.

    Scores of 0 and 1 have no logit: they are clipped, counted in the note, and take the interval's trust away.
    """
    reason = no_ranking(cells)
    if reason is not None:
        return undefined(cells, level, "recalibration", reason)
    line = recalibration_line(cells)
    if line is None:
        return undefined(cells, level, "recalibration", no_line(cells) or "")
    return _told(cells, line, 1, level)


def calibration_intercept(cells: ScoreCells, level: float = 0.95) -> Interval:
    """Return the intercept of logistic recalibration at slope 1: above 0 more came true than the scores said.

    Scores of 0 and 1 have no logit: they are clipped, counted in the note, and take the interval's trust away.

    >>> one = np.ones(1)
    >>> cells = ScoreCells(score=0.5 * one, positive=3 * one, negative=one, positive_squared=3 * one,
    ...     negative_squared=one, positives=3, negatives=1)
    >>> round(calibration_intercept(cells).value, 6)  # log(3)
    1.098612
    """
    reason = no_ranking(cells)
    if reason is not None and reason.startswith("undefined"):
        return undefined(cells, level, "recalibration", reason)
    return _told(cells, _line(cells, 1.0), 0, level)


def _told(cells: ScoreCells, line: Line, which: int, level: float) -> Interval:
    of_positives, of_negatives = (side[which] for side in line.influence)
    value = (line.intercept, line.slope)[which]
    notes = []
    if cells.within is not None:
        off = abs(float(line.hidden[which]))
        notes.append(f"on a grid of {len(cells.score):,} cells: off by some {off:.1g} for it")
    stderr = linearised_stderr(cells, of_positives, of_negatives)
    found = with_interval(
        undefined(cells, level, "recalibration", ""), value, stderr, "plain", "; ".join(notes) or None
    )
    if found.low is not None:
        found = few_rows(found, min(cells.worth), math.inf)
    clipped = _clipped(cells)
    if not clipped > 0.0:
        return found
    note = f"{clipped:.2g} of the rows score 0 or 1, clipped at 2.2e-16: the line rests on the clip"
    return replace(found, tier="C", note="; ".join(part for part in (note, found.note) if part))


def _clipped(cells: ScoreCells) -> float:
    """Return the share of rows in cells that hold a score without a logit."""
    low, high = (cells.score, cells.score) if cells.within is None else (cells.within.low, cells.within.high)
    weight = cells.positive + cells.negative
    return float(weight[(low < EPSILON) | (high > 1.0 - EPSILON)].sum() / weight.sum())


def spiegelhalter_z(cells: ScoreCells, level: float = 0.95) -> Interval:
    """Return Spiegelhalter's z, the standardised excess of the Brier score over what right scores would have.

    About -1.96 to 1.96 in 95 of 100 draws where the scores are right; a large sample of a useful score may lie far
    outside. It has no interval, being a test; its two-sided p-value is in the note. Rows must be independent.

    >>> one = np.ones(1)
    >>> spiegelhalter_z(ScoreCells(score=0.5 * one, positive=one, negative=one, positive_squared=one,
    ...     negative_squared=one, positives=1, negatives=1)).note
    'undefined: every score is 0, 1/2 or 1, which the test cannot doubt'
    """
    weight = cells.positive + cells.negative
    if not weight.sum() > 0.0:
        return undefined(cells, level, "spiegelhalter", NO_ROWS)
    (hit, miss), (hit_spread, miss_spread) = (
        (cells.score_of_positives, cells.score_of_negatives),
        cells.variances,
    )
    # (1 - p)(1 - 2p) and p(1 - 2p) are quadratic in p: means and variances within cells say all.
    gap = float(cells.positive @ ((1.0 - hit) * (1.0 - 2.0 * hit) + 2.0 * hit_spread))
    gap -= float(cells.negative @ (miss * (1.0 - 2.0 * miss) - 2.0 * miss_spread))
    variance = sum(
        float(squared @ _expected(score, spread))
        for squared, score, spread in (
            (cells.positive_squared, hit, hit_spread),
            (cells.negative_squared, miss, miss_spread),
        )
    )
    if cells.stratified:
        # Rows were not drawn by their score: what varies is what rows of one outcome say.
        lean = (
            (1.0 - hit) * (1.0 - 2.0 * hit) + 2.0 * hit_spread,
            2.0 * miss_spread - miss * (1.0 - 2.0 * miss),
        )
        variance = (linearised_stderr(cells, *lean) * float(weight.sum())) ** 2
    if not variance > 0.0:
        note = "undefined: every score is 0, 1/2 or 1, which the test cannot doubt"
        return undefined(cells, level, "spiegelhalter", note)
    z = gap / math.sqrt(variance)
    p = min(2.0 * float(normal_cdf(-abs(z))), 1.0)
    grid = grid_note(cells, abs(z) * _stretch(cells, variance))
    note = f"a test, no interval: p = {p:.3g} that the scores are right" + (f"; {grid}" if grid else "")
    return replace(undefined(cells, level, "spiegelhalter", note), value=z)


def _stretch(cells: ScoreCells, variance: float) -> float:
    """Return by what share z can be off for its variance on a grid: a row's part moves no faster than its score."""
    if cells.within is None:
        return 0.0
    width = (cells.positive_squared + cells.negative_squared) @ (cells.within.high - cells.within.low)
    return 1.0 / math.sqrt(max(1.0 - float(width) / variance, np.finfo(np.float64).eps)) - 1.0


def _expected(score: Floats, spread: Floats) -> Floats:
    """Return the variance of a right row's part, (1 - 2p)^2 p (1 - p), within cells to the second order."""
    curve = 2.0 * (-5.0 + 24.0 * score - 24.0 * score**2)
    return np.maximum((1.0 - 2.0 * score) ** 2 * score * (1.0 - score) + curve * spread / 2.0, 0.0)
