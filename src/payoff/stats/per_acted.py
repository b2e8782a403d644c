"""Value per row acted on, of one policy less that of another, at a mix of parts of the rows.

Where the two act on different kinds of rows, the one that earns more per row acted on in every part may earn less over
all rows (Simpson's paradox): it acts where less can be earned. With V_s and W_s the value and the weight of the rows
that a policy acts on in part s, q_s its share of the mix,

    D = sum_s q_s (V_s / W_s of the first - V_s / W_s of the second),

two ratios whose errors are linearised: row i adds w_i q_s a_i (d_i - V_s / W_s) / W_s of the first, less that of the
second.

Simpson (1951), https://doi.org/10.1111/j.2517-6161.1951.tb00088.x
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from payoff.stats.distributions import t_ppf
from payoff.tables import Cells

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
# Both signs of a reversal are told at this level at least, and what the mix does at the other.
HINT, LEVEL = 0.80, 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class PerActed:
    """A difference of values per row acted on, with its error and the independent units that it rests on."""

    value: float
    stderr: float
    units: int

    def sign(self, level: float) -> int:
        """Return 1 or -1 where zero lies outside the two-sided interval by Student's t, else 0."""
        low, high = self.ends(level)
        return int(low > 0.0) - int(high < 0.0)

    def ends(self, level: float) -> tuple[float, float]:
        """Return the two-sided interval by Student's t."""
        reach = float(t_ppf(0.5 + level / 2.0, max(self.units - 1, 1))) * self.stderr
        return self.value - reach, self.value + reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """The difference over all rows and where parts count as said, and the second less the first: what the mix does."""

    over_all: PerActed
    alike: PerActed
    mix: PerActed

    @property
    def turns(self) -> bool:
        """Return whether the sign turns round with the mix.

        Both signs are told at 80%, and that the mix moves the number at 95%: both numbers come from the same rows, so
        that what the mix does is known far better than either. ``certain`` asks 95% of both signs too.
        """
        apart = self.over_all.sign(HINT) * self.alike.sign(HINT) < 0
        return apart and self.mix.sign(LEVEL) != 0

    @property
    def certain(self) -> bool:
        """Return whether both signs are beyond chance at 95%, each by its own interval."""
        return self.over_all.sign(LEVEL) * self.alike.sign(LEVEL) < 0


def per_acted_gap(
    cells: Cells, worth: Floats, acted: tuple[Floats, Floats], part: Integers, share: Floats
) -> PerActed:
    """Return the difference at a mix of parts.

    Parameters
    ----------
    cells : of all rows; pending cells are left out.
    worth : (K,) coefficients of what acting on a row is worth more than doing nothing.
    acted : (c,) share of each cell's rows that the first and the second policy act on.
    part : (c,) the part of each cell, from 0 on.
    share : (S,) shares of the mix, 1 in sum; a part of share 0 is left out, and in every other part both must act.
    """
    known = cells.known
    cells, part, acted = cells.where(known), part[known], (acted[0][known], acted[1][known])
    return _with_error(cells, worth, _linear(cells, worth, acted, part, share))


def per_acted_turned(
    cells: Cells, worth: Floats, acted: tuple[Floats, Floats], part: Integers, share: Floats
) -> Turned:
    """Return the difference over all rows beside that at a mix of their parts; see :func:`per_acted_gap`."""
    known = cells.known
    cells, part, acted = cells.where(known), part[known], (acted[0][known], acted[1][known])
    whole = _linear(cells, worth, acted, np.zeros(len(cells), dtype=np.int64), np.ones(1))
    alike = _linear(cells, worth, acted, part, share)
    moved = _Linear(alike.value - whole.value, alike.slope - whole.slope, alike.level - whole.level)
    over_all, mixed, mix = (_with_error(cells, worth, one) for one in (whole, alike, moved))
    return Turned(over_all=over_all, alike=mixed, mix=mix)


@dataclass(frozen=True, slots=True, eq=False)
class _Linear:
    """A difference, whose influence of a row worth d is w (slope d - level) of its cell."""

    value: float
    slope: Floats
    level: Floats


def _linear(
    cells: Cells, worth: Floats, acted: tuple[Floats, Floats], part: Integers, share: Floats
) -> _Linear:
    held, mix = cells.moments, share[part]
    total, value, slope, level = held.part_sums() @ worth, 0.0, np.zeros(len(cells)), np.zeros(len(cells))
    for sign, column in zip((1.0, -1.0), acted, strict=True):
        weight = np.bincount(part, column * held.weight, len(share))
        earned = np.bincount(part, column * total, len(share))
        mean = np.divide(earned, weight, out=np.zeros(len(share)), where=weight > 0.0)
        scale = np.divide(share, weight, out=np.zeros(len(share)), where=weight > 0.0)
        value += sign * float(share @ mean)
        slope += sign * column * scale[part] * (mix > 0.0)
        level += sign * column * scale[part] * mean[part]
    return _Linear(value, slope, level)


def _with_error(cells: Cells, worth: Floats, found: _Linear) -> PerActed:
    total = cells.moments.part_sums() @ worth
    units, square = _squares(cells, worth, total, found.slope, found.level)
    stderr = float(np.sqrt(square * units / max(units - 1, 1)))
    return PerActed(value=found.value, stderr=stderr, units=units)


def _squares(cells: Cells, worth: Floats, total: Floats, slope: Floats, level: Floats) -> tuple[int, float]:
    """Return the units, and the sum over them of the squares of w (slope d - level)."""
    held = cells.moments
    if cells.cluster is not None:
        names, code = np.unique(cells.cluster, return_inverse=True)
        added = np.bincount(code, slope * total - level * held.weight, len(names))
        return len(names), float(added @ added)
    centre, first = held.shift @ worth, held.first2 @ worth
    second = np.einsum("k,ckm,m->c", worth, held.second, worth)
    raw_first = first + centre * held.weight2
    raw_second = second + 2.0 * centre * first + centre**2 * held.weight2
    square = slope**2 * raw_second - 2.0 * slope * level * raw_first + level**2 * held.weight2
    return int(held.rows.sum()), max(float(square.sum()), 0.0)
