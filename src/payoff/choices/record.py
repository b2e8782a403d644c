"""The frozen record of choices, kept beside every table that rests on them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from payoff.choices.cuts import Cuts
from payoff.choices.grids import Grid
from payoff.stats.contrast import Contrast
from payoff.stats.tuning import CrossFit, HalfSplit


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Against:
    """All cuts of one score against one baseline.

    Attributes
    ----------
    contrast : one rule per cut.
    allowed : (T,) cuts that may be tuned over.
    band : the contrast of the allowed cuts alone with the maxima of their process, or None without any.
    covariance : of their process, in some unit of money; None without any.
    """

    contrast: Contrast
    allowed: NDArray[np.bool_]
    band: Contrast | None
    covariance: NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tuned:
    """How a threshold ``best`` was found.

    Attributes
    ----------
    method : ``band``, ``half-split``, ``cross-fit`` where neither can judge it (too few clusters, or a half without
        rows), or ``constant`` where the score carries no ranking.
    cut : index into ``cuts`` of the deployed threshold, None where the policy acts on nobody.
    over : baseline that it was tuned against.
    against : baseline -> all cuts against it.
    fits : baseline -> cross-fit, honest beside claimed; empty for a constant score.
    half : the half-split, where the method is that one.
    """

    method: str
    cut: int | None
    over: str
    cuts: Cuts
    against: Mapping[str, Against]
    fits: Mapping[str, CrossFit]
    half: HalfSplit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalibration:
    """A line through the logits of a probability, found from the rows: logit(p) becomes intercept + slope logit(p)."""

    intercept: float
    slope: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Choices:
    """Every number taken from the rows before they are counted.

    Attributes
    ----------
    thresholds : candidate -> the deployed one; None acts on nobody.
    tuned : candidate -> how a threshold ``best`` was found.
    notes : candidate -> what a reader must know of its threshold.
    grids : candidate -> which of its scores share a cell.
    recalibrations : candidate -> how its probability is moved before it weighs values; None where no line is likeliest.
    """

    thresholds: Mapping[str, float | None] = field(default_factory=dict)
    tuned: Mapping[str, Tuned] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    grids: Mapping[str, Grid] = field(default_factory=dict)
    recalibrations: Mapping[str, Recalibration | None] = field(default_factory=dict)

    def with_threshold(self, name: str, at: float | None, tuned: Tuned | None, note: str | None) -> "Choices":
        """Return these choices and one more."""
        return replace(
            self,
            thresholds={**self.thresholds, name: at},
            tuned={**self.tuned, **({name: tuned} if tuned else {})},
            notes={**self.notes, **({name: note} if note else {})},
        )

    def with_grids(self, grids: Mapping[str, Grid]) -> "Choices":
        """Return these choices with the grids of some scores."""
        return replace(self, grids={**self.grids, **grids})
