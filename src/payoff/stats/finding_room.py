"""Money of rows that find room: the best k, the rows around a cut, totals of periods; trusted as all money is.

Every number here is a mean of contributions, so that it has the tier of one: by deciding events, by the tail of what
the rows contribute, or on the declared support. Where the cut moves with the rows, the error is that of (v - m) A and
the tail that of v A, as for a gain in which a share of one pool is acted on (``payoff.choices.limited``).
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from payoff.stats.contrast import Contrast
from payoff.stats.estimates import Interval
from payoff.stats.inference import Evidence, Support, interval
from payoff.stats.support import FEWEST_ROWS, Rows
from payoff.stats.tiers import Circumstances

Floats = NDArray[np.float64]
ONE = np.ones(1)
ALIKE = "the rows at the cut are alike, from which no error can be told"
# Of the mean square: below it, sums of squares and cubes leave no digit of a spread that could be believed.
RESOLVED = 1e-10
# Of the number itself.
WIDTH = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Sums over rows, or parts of rows, of what each contributes and of how it moves the number.

    Attributes
    ----------
    rows : that the mean is over.
    first, second, third : sums of the contributions, of their squares and of their cubes; other rows contribute 0.
    moved, moved_second : sums of the influences and of their squares; those of the contributions at a cut that stays.
    """

    rows: float
    first: float
    second: float
    third: float
    moved: float
    moved_second: float

    @classmethod
    def of_mean(cls, rows: float, first: float, second: float, third: float) -> "Sums":
        """Return the sums of a plain mean of rows."""
        return cls(rows=rows, first=first, second=second, third=third, moved=first, moved_second=second)


def rarer(deciding: Rows, possible: Rows) -> int:
    """Return the deciding rows of the rarer class of outcome, of (S,) rows by class; parts of rows are rounded down.

    A class none of whose ``possible`` rows can gain or lose is no class here.

    >>> rarer(np.array([80.0, 12.6]), np.array([900.0, 100.0])), rarer(np.array([0.0, 70.0]), np.array([0.0, 100.0]))
    (12, 70)
    """
    counted = deciding[possible > 0]
    # Parts that add up to a whole row may fall short of it by rounding.
    return int(counted.min() + 1e-9) if len(counted) else 0


def contrast_of_sums(sums: Sums, events: int) -> Contrast:
    """Return the contrast of a mean over independent rows.

    >>> found = contrast_of_sums(Sums.of_mean(5.0, 10.0, 30.0, 106.0), 2)  # variance 2.5, third moment 1.2
    >>> found.mean[0, 0], found.covariance[0, 0, 0], round(float(found.skewness[0]), 6)
    (np.float64(2.0), np.float64(2.5), 0.424264)
    """
    n, units = sums.rows, max(1, round(sums.rows))
    mean, square = (sums.first / n, sums.second / n) if n > 0 else (np.nan, np.nan)
    variance = skewness = np.nan
    if n >= 2:
        spread, least = square - mean**2, RESOLVED * square
        variance = (sums.moved_second - sums.moved**2 / n) / (n - 1.0)
        variance = variance * units / n if variance > least else 0.0
        third = sums.third / n - 3.0 * mean * square + 2.0 * mean**3
        skewness = third / spread**1.5 if spread > least else 0.0
    return Contrast(
        units=units,
        rows=units,
        mean=np.array([[mean]]),
        covariance=np.array([[[variance]]]),
        skewness=np.array([skewness]),
        deciding_events=np.array([events], dtype=np.int64),
        degrees_of_freedom=max(n - 1.0, 1.0),
    )


def support_of_room(part: Floats, rows: Floats, worth: Floats, at_cut: float) -> Support:
    """Return the support of a mean over all rows of what the part acted on is worth, where a share of them is.

    Parameters
    ----------
    part : (c,) of each cell that is acted on.
    rows : (c, S) of each cell, by class of outcome.
    worth : (S,) declared value of acting on a row.
    at_cut : mean value of the rows at the cut, which lose the place that another takes.

    As for gains, rows tied at a cut are a value of their own where each class holds ten of them or none, and shared out
    otherwise (``payoff.choices.supporting``).
    """
    tied = (part > 0.0) & (part < 1.0)
    alone = tied & ((rows == 0) | (rows >= FEWEST_ROWS)).all(axis=1)
    shared = np.where(alone, 0.0, part)
    counts = [shared @ rows]
    values = [worth - at_cut]
    for each in np.flatnonzero(alone):
        counts.append(rows[each])
        values.append(part[each] * (worth - at_cut))
    if (part < 1.0).any():
        counts.append(np.array([(np.where(alone, 0.0, 1.0 - part) @ rows).sum()]))
        values.append(np.zeros(1))
    acted = float(part @ rows.sum(axis=1))
    return Support(
        counts=np.concatenate(counts),
        parts=np.concatenate(values)[:, None],
        shift=np.array([at_cut * acted / rows.sum()]),
    )


def trusted(
    contrast: Contrast, support: Support | None = None, refused: str | None = None, alike: str = ALIKE
) -> Interval:
    """Return a number with its interval by its tier, and none where it would be of no width.

    Parameters
    ----------
    contrast : of one part.
    support : where values are declared and rows independent.
    refused : why there is no interval, whatever the sums say.
    alike : what to say where no error was seen.
    """
    about = Circumstances(finite_support=support is not None, uncapped=True)
    found = interval(Evidence(contrast=contrast, about=about, support=support, refused=refused), ONE)
    if found.value is None or found.low is None or found.high is None:
        return found
    if found.high - found.low > WIDTH * abs(found.value):
        return found
    return replace(found, low=None, high=None, method="no interval", tier="C", note=alike)


def scaled(found: Interval, factor: float) -> Interval:
    """Return the same number in another unit; ``factor`` is above 0."""
    value, low, high, stderr = (
        None if one is None else one * factor for one in (found.value, found.low, found.high, found.stderr)
    )
    return replace(found, value=value, low=low, high=high, stderr=stderr)
