"""What a result keeps so that guardrails can be judged at other numbers: sums, moments and counts. Data only.

Money is laid out along the vector of ``payoff.doubt.revaluing``; numbers have ten significant digits.
"""

from dataclasses import dataclass

from payoff.doubt.revaluing import Kind, Numbers, Revalued, SupportSums


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a guardrail judges in one place, per decision and before running costs; fields as in :class:`Revalued`.

    Attributes
    ----------
    counts, shift : of a declared support whose cells are those of the :class:`Limit`.
    quantiles : of a tuned threshold, what stands for a t quantile at the guardrail's confidence and in the 95%
        interval; over all rows alone, for within parts it is taken as given.
    """

    kind: Kind
    point: Numbers | None
    mean: Numbers
    covariance: Numbers
    skewness: float
    units: int
    degrees_of_freedom: float
    widening: int
    least: float | None = None
    most: float | None = None
    counts: tuple[int | float, ...] = ()
    shift: Numbers = ()
    quantiles: Numbers = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One guardrail of money, in every place that it was judged in.

    Attributes
    ----------
    first : where its records begin among the guardrails of the verdict; there are as many as ``places``.
    at_least, at_most : the limit, in money per ``per``; one of them is None.
    cost, fixed_cost : running costs per decision at the likely volume, less the baseline's, and the part of them that
        is stated per period; zero where the metric is not net of them.
    parts, exact : cells of a declared support, as in ``SupportSums``; empty without one.
    """

    first: int
    at_least: float | None
    at_most: float | None
    per: str
    cost: float
    fixed_cost: float
    places: tuple[Place, ...]
    parts: tuple[Numbers, ...] = ()
    exact: bool = False

    @property
    def here(self) -> slice:
        """Return where its records stand among the guardrails of the verdict."""
        return slice(self.first, self.first + len(self.places))


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareLimit:
    """One guardrail of a share of all rows, such as recall, at every published cut of the model's score.

    Attributes
    ----------
    at : where it stands among the guardrails of the verdict.
    at_least, at_most : the limit; one of them is None.
    hits, out_of : rows that the share is of, and those that it is out of, at each cut of ``CutMeans``.
    """

    at: int
    at_least: float | None
    at_most: float | None
    hits: tuple[int, ...]
    out_of: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The guardrails that can be judged at other numbers: of ``money`` by assumptions, ``shares`` by thresholds."""

    money: tuple[Limit, ...]
    shares: tuple[ShareLimit, ...]


def gain_of(limit: Limit, place: Place) -> Revalued:
    """Return a place as a gain, to be revalued as one."""
    support = SupportSums(counts=place.counts, parts=limit.parts, exact=limit.exact, shift=place.shift)
    return Revalued(
        over="",
        kind=place.kind,
        point=place.point,
        mean=place.mean,
        covariance=place.covariance,
        skewness=place.skewness,
        units=place.units,
        rows=0,
        deciding=0,
        degrees_of_freedom=place.degrees_of_freedom,
        widening=place.widening,
        quantile=None,
        tier="A",
        method="",
        note=None,
        support=support if place.kind == "support" else None,
        least=place.least,
        most=place.most,
    )
