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


@dataclass(frozen=True, slots=True, kw_only=True)
class PerActed:
    """A difference of values per row acted on, with its error and the independent units that it rests on."""

    value: float
    stderr: float
    units: int

    def sign(self, level: float) -> int:
        """Return 1 or -1 where zero lies outside the two-sided interval by Student's t, else 0."""
        reach = float(t_ppf(0.5 + level / 2.0, max(self.units - 1, 1))) * self.stderr
        return int(self.value > reach) - int(self.value < -reach)


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
    cells, part = cells.where(known), part[known]
    held, mix = cells.moments, share[part]
    total, value, slope, level = held.part_sums() @ worth, 0.0, np.zeros(len(cells)), np.zeros(len(cells))
    for sign, column in zip((1.0, -1.0), (acted[0][known], acted[1][known]), strict=True):
        weight = np.bincount(part, column * held.weight, len(share))
        earned = np.bincount(part, column * total, len(share))
        mean = np.divide(earned, weight, out=np.zeros(len(share)), where=weight > 0.0)
        scale = np.divide(share, weight, out=np.zeros(len(share)), where=weight > 0.0)
        value += sign * float(share @ mean)
        slope += sign * column * scale[part] * (mix > 0.0)
        level += sign * column * scale[part] * mean[part]
    units, square = _squares(cells, worth, total, slope, level)
    return PerActed(value=value, stderr=float(np.sqrt(square * units / max(units - 1, 1))), units=units)


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
