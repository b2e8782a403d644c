"""What a result keeps so that its money can be revalued without the rows: sums and moments. Data only.

A gain is a sum over *terms*, products of powers of symbols (``payoff.formulas``), and everything here is laid out
along the vector

    (1, T_1(a) - T_1(likely), ..., T_m(a) - T_m(likely))

of a setting ``a``: the first number of every row is what holds at the likely assumptions, to all digits kept, and the
others say how it changes with each term. Floats are rounded to the ten digits that a result keeps when they are made,
so that a result in memory and one read from a file revalue alike.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal

from payoff.stats.estimates import Tier

Numbers = tuple[float, ...]
Powers = tuple[tuple[str, int], ...]
NO_INTERVAL = "no interval"
BEYOND_CAP = "no interval: rows were held to the declared cap only at assumptions that are held possible"
Kind = Literal["certain", "moments", "band", "picked", "support", "bernstein", "sequence", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dial:
    """One number that can be moved: an assumption, or ``decision.volume`` (decisions per year).

    Attributes
    ----------
    stops : of an assumption bound to rows, the values at which the rows were counted; empty where any will do.
    decides : policies whose decisions rest on it: they are held as they are.
    """

    name: str
    likely: float
    low: float | None
    high: float | None
    shape: Literal["triangle", "uniform", "p90"]
    stops: Numbers = ()
    decides: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportSums:
    """Cells of a declared support (tier F): rows in each, and what a row there contributes, along the terms.

    Under a capacity ties may be shared out, so that rows come in parts, and the gain is more than the mean over the
    cells by ``shift``, along the terms; empty where it is that mean.
    """

    LATER: ClassVar[tuple[str, ...]] = ("shift",)

    counts: tuple[int | float, ...]
    parts: tuple[Numbers, ...]
    exact: bool
    shift: Numbers = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BandSums:
    """The candidate cuts of a tuned threshold, for the confidence that the one deployed clears a hurdle.

    Attributes
    ----------
    rule : the deployed one among them.
    mean, covariance, skewness, widening : of each, as in :class:`Revalued`.
    maxima : draws of the multiplier process's maximum, ascending, in billionths, each less the one before.
    kept, shortlist : how many may have been picked, and their maxima; None and empty where all may.
    """

    rule: int
    mean: tuple[Numbers, ...]
    covariance: tuple[Numbers, ...]
    skewness: Numbers
    widening: tuple[int, ...]
    maxima: tuple[int, ...]
    kept: int | None
    shortlist: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Revalued:
    """The model's gain over one policy, per decision and before running costs, ready for other assumptions.

    Attributes
    ----------
    kind : how interval and confidence are made at the policy in use. ``certain``: no row is decided differently.
        ``picked``: a tuned threshold's interval alone, for a gain that no hurdle is about. ``none``: tier C, see note.
    point : the gain along the terms; of a tuned threshold by cross-fitting. None without a known outcome.
    mean, covariance : of the policy in use, that intervals rest on; the lower triangle, row by row, per unit.
    skewness : of a unit's contribution at the likely assumptions, kept at all others.
    units, degrees_of_freedom, widening : of the method; ``quantile`` of its two-sided 95% interval, all included.
    least, most : what one row can contribute, in tier B.
    rho : of the confidence sequence, in ``sequence``.
    cost, fixed_cost : running costs per decision at the likely volume, less the baseline's, and the part of them that
        is stated per period; None where none are declared, or nothing tells the volume.
    instead : what the baseline gains over ``otherwise`` everywhere, per decision, along the terms.
    elsewhere : why there is no interval at another cut; None where there is one. ``quantile_elsewhere`` is that of the
        delete-a-group jackknife's two-sided 95%; ``at_cuts`` holds its covariance at each published cut, a lower
        triangle with groups as units, and ``events`` the deciding events there.
    """

    over: str
    kind: Kind
    point: Numbers | None
    mean: Numbers
    covariance: Numbers
    skewness: float
    units: int
    rows: int
    deciding: int
    degrees_of_freedom: float
    widening: int
    quantile: float | None
    tier: Tier
    method: str
    note: str | None
    support: SupportSums | None = None
    band: BandSums | None = None
    least: float | None = None
    most: float | None = None
    rho: float | None = None
    cost: float | None = None
    fixed_cost: float | None = None
    instead: Numbers = ()
    elsewhere: str | None = None
    quantile_elsewhere: float | None = None
    at_cuts: tuple[Numbers, ...] = ()
    events: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CutMeans:
    """The published cuts of the model's score, by which its threshold can be moved; at least ten rows apart.

    Attributes
    ----------
    cuts : ascending; a row is above one when its score >= the cut. ``in_use`` is the place of the deployed one.
    mean : what each cut gains over ``otherwise`` everywhere, per decision, along the terms.
    groups : groups that hold known rows.
    """

    cuts: Numbers
    in_use: int | None
    mean: tuple[Numbers, ...]
    groups: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Revaluing:
    """All that what-if needs, beside the verdict and the curves of the same result.

    Attributes
    ----------
    of : the model.
    unit : of money.
    dials : what can be moved, the volume last.
    terms : the products of powers that gains are sums of, without the constant one.
    columns : dials that are drawn as one, in order of the points' columns; those without a range are in none.
    factor : lower triangle of the Cholesky factor of the normals behind the columns; empty where all are independent.
    gains : over every other policy.
    looked : the same for the baselines of hurdles, where the spec is judged at every look.
    cuts : of a model with one threshold, else None.
    rails : what the metric of each guardrail of the verdict judges: ``money``, ``decisions``, ``ranking``, ...
    """

    of: str
    unit: str
    dials: tuple[Dial, ...]
    terms: tuple[Powers, ...]
    columns: tuple[tuple[str, ...], ...]
    factor: Numbers
    gains: tuple[Revalued, ...]
    looked: tuple[Revalued, ...]
    cuts: CutMeans | None
    rails: tuple[str, ...]
