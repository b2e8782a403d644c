"""A mean in another world: the parts of the rows as they are, their shares as they would be there.

Parts (the classes of outcome, or slices) are taken as typical of themselves; only how common each is changes. The
value there is ``sum_s share_s * mean_s``, valid where nothing else differs: for classes of outcome, where scores given
the outcome stay as they are (label shift); for slices, where outcomes given the slice do (a shift of the mix). Shares
are given numbers, so that only the means are in doubt. Cochran (1977), Sampling Techniques, chapter 5A
(post-stratification).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from payoff.stats.contrast import Contrast
from payoff.stats.contributions import coded, deciding_events
from payoff.stats.kish import kish
from payoff.stats.thirds import third_by_cell
from payoff.tables import Cells
from payoff.tables.cells import POSITIVE

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Strata:
    """Rows in parts whose shares are to be others.

    Attributes
    ----------
    cells : known ones.
    switches : (c, A) of the gain, as ``payoff.stats.contributions`` says.
    part : (c,) which part a cell belongs to.
    likely : (A*K,) coefficients at the likely assumptions: the skewness is that there.
    """

    cells: Cells
    switches: Floats
    part: Integers
    likely: Floats

    @property
    def given(self) -> bool:
        """Return whether the parts are outcomes whose shares here are given numbers too (``Cells.prevalence``)."""
        return self.cells.prevalence is not None and bool((self.part == (self.cells.state == POSITIVE)).all())

    def weights(self, parts: int) -> Floats:
        """Return (parts,) the share of the weight that each part has here."""
        held = np.bincount(self.part, self.cells.moments.weight, parts)
        return np.asarray(held / held.sum())

    def means(self, parts: int) -> Floats:
        """Return (parts, A*K) mean contributions within each part, NaN where it has no row."""
        flat = self._parts()
        sums = np.stack([np.bincount(self.part, column, parts) for column in flat.T], axis=1)
        weight = np.bincount(self.part, self.cells.moments.weight, parts)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(sums / weight[:, None])

    def _parts(self) -> Floats:
        """Return (c, A*K) sums of contributions in every cell."""
        sums = self.switches[:, :, None] * self.cells.moments.part_sums()[:, None, :]
        return np.asarray(sums.reshape(len(self.cells), -1))


def shifted(strata: Strata, shares: Floats, coefficients: Floats, less: Floats | None = None) -> Contrast:
    """Return the mean contribution where the parts have other shares, as a contrast of one part and one rule.

    Parameters
    ----------
    shares : (parts,) adding up to 1.
    coefficients : (A*K,) one setting of the assumptions, in any unit.
    less : (A*K,) coefficients of a mean over the rows as they are, which is subtracted: a paired difference.

    The contrast's only coefficient is 1. Its skewness is that at the likely assumptions, turned where a difference
    runs against them.
    """
    means, here = strata.means(len(shares)), strata.weights(len(shares))
    used = shares > 0.0
    factor = np.divide(shares, here, out=np.zeros(len(shares)), where=here > 0.0)
    held = np.where(np.isfinite(means), means, 0.0)
    value = float(shares[used] @ (means[used] @ coefficients))
    per_part = factor[:, None] * coefficients
    centre = factor * (held @ coefficients)
    if less is not None:
        plain = here @ held
        value -= float(plain @ less)
        centre = centre - (held @ less if strata.given else float(plain @ less))
        per_part = per_part - less
    cells, kept = strata.cells, np.ones(len(strata.cells), dtype=np.bool_)
    if less is None and not used.all():
        kept = used[strata.part]
        cells = cells.where(kept)
    part, switches = strata.part[kept], strata.switches[kept]
    units, second, skewness, freedom = _influence(
        cells,
        switches,
        part,
        per_part,
        centre,
        factor if less is None else np.ones(len(factor)),
        strata.likely,
    )
    if strata.given and cells.cluster is None:
        freedom = _satterthwaite(cells, switches, part, per_part, centre)
    total = float(strata.cells.moments.weight.sum())
    return Contrast(
        units=units,
        rows=int(cells.moments.rows.sum()),
        mean=np.array([[value]]),
        covariance=np.array([[[second * units / total**2]]]),
        skewness=np.array([skewness]),
        deciding_events=np.array([deciding_events(cells, switches)], dtype=np.int64),
        degrees_of_freedom=freedom,
        clustered=cells.cluster is not None,
    )


def _influence(
    cells: Cells,
    switches: Floats,
    part: Integers,
    per_part: Floats,
    centre: Floats,
    factor: Floats,
    likely: Floats,
) -> tuple[int, float, float, float]:
    """Return units, the sum of squared influence (with n / (n - 1)), its skewness and the degrees of freedom."""
    moments, actions = cells.moments, switches.shape[1]
    by_part = np.einsum("ca,cak->ck", switches, per_part[part].reshape(len(part), actions, -1))
    if cells.cluster is not None:
        code, size = coded(cells.cluster)
        rows = (by_part * moments.part_sums()).sum(axis=1) - centre[part] * moments.weight
        totals = np.bincount(code, rows, size)
        weight = np.bincount(code, moments.weight * factor[part], size)
        units = int(np.count_nonzero(np.bincount(code, minlength=size)))
        square, cube = float(totals @ totals), float((totals * totals) @ totals)
        skewness = cube / units / (square / units) ** 1.5 if square > 0.0 else 0.0
        effective = float(kish(weight.sum(), weight @ weight))
        spread = square * units / (units - 1) if units > 1 else np.nan
        return units, spread, skewness, min(units, effective) - 1.0
    squares = _squares(cells, switches, part, per_part, centre)
    rows = np.bincount(part, moments.rows, len(factor)).astype(np.float64)
    enough = rows > 1
    rising = np.divide(rows, rows - 1.0, out=np.full(len(rows), np.nan), where=enough)
    spread = float((squares * rising[part]).sum())
    units = int(moments.rows.sum())
    weighted, squared = factor[part] @ moments.weight, (factor[part] ** 2) @ moments.weight2
    effective = float(kish(weighted, squared))
    return units, spread, _skewness(cells, switches, part, per_part, factor, likely), effective - 1.0


def _satterthwaite(cells: Cells, switches: Floats, part: Integers, per_part: Floats, centre: Floats) -> float:
    """Return the degrees of freedom of the variances of the parts, added up."""
    squares = np.bincount(part, _squares(cells, switches, part, per_part, centre), len(centre))
    rows = np.bincount(part, cells.moments.rows, len(centre))
    used = squares > 0.0
    if not used.any():
        return float(rows.sum() - len(centre))
    below = squares[used] ** 2 / np.maximum(rows[used] - 1.0, 1.0)
    return float(squares.sum() ** 2 / below.sum())


def _squares(cells: Cells, switches: Floats, part: Integers, per_part: Floats, centre: Floats) -> Floats:
    """Return (c,) the squared influence of the rows of every cell."""
    moments, actions = cells.moments, switches.shape[1]
    by_part = np.einsum("ca,cak->ck", switches, per_part[part].reshape(len(part), actions, -1))
    away = (by_part * moments.shift).sum(axis=1) - centre[part]
    inner = np.einsum("ck,ckl,cl->c", by_part, moments.second, by_part)
    return np.asarray(inner + 2.0 * away * (by_part * moments.first2).sum(axis=1) + away**2 * moments.weight2)


def _skewness(
    cells: Cells, switches: Floats, part: Integers, per_part: Floats, factor: Floats, likely: Floats
) -> float:
    """Return the skewness of the influence at the likely assumptions, with the sign of what is asked."""
    moments, actions = cells.moments, switches.shape[1]
    by_part = np.einsum("ca,ak->ck", switches, likely.reshape(actions, -1))
    sums = np.bincount(part, (by_part * moments.part_sums()).sum(axis=1), len(factor))
    weight = np.bincount(part, moments.weight, len(factor))
    mean = np.divide(sums, weight, out=np.zeros(len(sums)), where=weight > 0.0)
    centre = (by_part * moments.shift).sum(axis=1) - mean[part]
    third = float((factor[part] ** 3) @ third_by_cell(moments, switches, centre)[2])
    inner = np.einsum("ck,ckl,cl->c", by_part, moments.second, by_part)
    square = inner + 2.0 * centre * (by_part * moments.first2).sum(axis=1) + centre**2 * moments.weight2
    second, units = float((factor[part] ** 2) @ square), int(moments.rows.sum())
    if not second > 0.0:
        return 0.0
    asked = np.einsum("ca,cak->ck", switches, per_part[part].reshape(len(part), actions, -1))
    along = float(np.einsum("ck,ckl,cl->", by_part, moments.second, asked))
    return float(np.copysign(1.0, along) * third / units / (second / units) ** 1.5)
