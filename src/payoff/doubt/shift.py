"""A gain in another world: another share of positives, or another mix of slices (METHODS 6.5)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from payoff.choices import shares as shares_of
from payoff.choices import switches
from payoff.comparison import TUNED_HERE, Comparison, Grounds
from payoff.doubt.spread import beyond, where_chance_is
from payoff.stats.contrast import Contrast
from payoff.stats.estimates import Interval
from payoff.stats.inference import Evidence, confidence, intervals
from payoff.stats.strata import Strata, shifted
from payoff.tables import Cells, Keyed, merge

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

LEVEL = 0.95
ONE = np.ones(1)
HELD = f"{TUNED_HERE}, taken as given here; what tuning adds to the gain over all rows is taken off"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shifting:
    """One gain whose parts can be given other shares.

    Attributes
    ----------
    strata : the parts.
    shares : (parts,) their shares of the rows as they are.
    optimism : (A*K,) what a threshold tuned on these rows adds to the mean parts; zeros for a fixed one.
    note : what a reader must know, or None.
    """

    strata: Strata
    shares: Floats
    optimism: Floats
    note: str | None

    def contrast(self, shares: Floats, coefficients: Floats, less: Floats | None = None) -> Contrast:
        """Return the gain where the parts have other ``shares``, per decision; ``less`` a gain as the rows are."""
        found = shifted(self.strata, shares, coefficients, less)
        moved = coefficients if less is None else coefficients - less
        return replace(found, mean=found.mean - float(self.optimism @ moved))

    def intervals(self, contrasts: Sequence[Contrast]) -> list[Interval]:
        """Return each with its 95% interval."""
        found = intervals([Evidence(contrast=one) for one in contrasts], ONE, LEVEL, [None] * len(contrasts))
        return [self._noted(one) for one in found]

    def chance(self, contrast: Contrast, required: float) -> float | None:
        """Return the confidence that it exceeds ``required``; None in tier C."""
        found = confidence(Evidence(contrast=contrast), ONE, required)
        return None if found is None else float(found[0])

    def _noted(self, found: Interval) -> Interval:
        note = "; ".join(text for text in (self.note, found.note) if text) or None
        value = found.value if found.value is not None and np.isfinite(found.value) else None
        return replace(found, value=value, note=note)


def shifting(grounds: Grounds, gain: Comparison, cells: Cells, part: Integers, parts: int) -> Shifting:
    """Return a gain by part.

    Parameters
    ----------
    cells : of all rows, keyed like the policies table.
    part : (c,) the part of each cell.
    parts : how many there are.
    """
    known = cells.known
    cells, part = cells.where(known), part[known]
    if cells.cluster is None:
        names = {gain.of, str(gain.over)}
        merged = merge(Keyed(cells=cells, keys={"part": part}), group=False, actions=names)
        cells, part = merged.cells, np.asarray(merged.keys["part"], dtype=np.int64)
    spec, actions, likely = grounds.spec, grounds.valuation.actions, grounds.valuation.contrast()
    mine = shares_of(spec.candidate(gain.of), cells, actions)
    theirs = None if gain.over is None else shares_of(spec.candidate(gain.over), cells, actions)
    strata = Strata(cells=cells, switches=switches(mine, theirs), part=part, likely=likely)
    shares, means = strata.weights(parts), strata.means(parts)
    in_sample = shares @ np.where(np.isfinite(means), means, 0.0)
    tuned = gain.claimed is not None
    return Shifting(
        strata=strata,
        shares=shares,
        optimism=in_sample - gain.point if tuned else np.zeros(len(likely)),
        note=None if not tuned else HELD if np.isfinite(gain.point).all() else gain.note,
    )


def break_even_prevalence(one: Shifting, coefficients: Floats, required: float) -> float | None:
    """Return the share of positives at which the gain meets ``required``, None where no share between 0 and 1 does.

    ``one`` has two parts: negatives, then positives. Between them the gain is a straight line.
    """
    at_none, at_all = (_mean(one, share, coefficients) - required for share in (0.0, 1.0))
    if at_none == at_all or not np.isfinite(at_none + at_all):
        return None
    found = at_none / (at_none - at_all)
    return float(found) if 0.0 < found < 1.0 else None


def break_even_range(
    one: Shifting, coefficients: Floats, required: float
) -> tuple[float | None, float | None]:
    """Return the shares of positives between which the rows cannot tell whether the gain meets ``required``.

    The confidence that it does is 2.5% at one and 97.5% at the other; None on an end that no share reaches.
    """
    edge = 1e-6

    @cache
    def chance(share: float) -> float | None:
        share = min(max(share, edge), 1.0 - edge)
        return one.chance(one.contrast(np.array([1.0 - share, share]), coefficients), required)

    found = []
    for wanted in ((1.0 - LEVEL) / 2.0, (1.0 + LEVEL) / 2.0):
        ends = beyond(chance, wanted, 0.0), beyond(chance, wanted, 1.0)
        found.append(where_chance_is(chance, wanted, 0.0, 1.0) if ends[0] * ends[1] < 0.0 else None)
    rising = _mean(one, 1.0, coefficients) >= _mean(one, 0.0, coefficients)
    return (found[0], found[1]) if rising else (found[1], found[0])


def _mean(one: Shifting, share: float, coefficients: Floats) -> float:
    means = one.strata.means(2) @ coefficients
    shares = np.array([1.0 - share, share])
    used = shares > 0.0
    return float(shares[used] @ means[used]) - float(one.optimism @ coefficients)
