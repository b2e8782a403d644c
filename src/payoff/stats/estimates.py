"""The shapes in which numbers leave the statistics: an interval, a keyed estimate, a cell of outcome by action."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

Tier = Literal["A", "A-", "F", "B", "C"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A number with its interval, before anybody says what it is a number of.

    Attributes
    ----------
    value, low, high : None where undefined; ``note`` then says why.
    level : two-sided coverage that ``low`` and ``high`` promise.
    rows : rows the number rests on (the denominator of a proportion).
    events : the rarer side of those rows, or the deciding events of a gain.
    method : name of the method, a heading in docs/methods.
    tier : how far the interval can be trusted (METHODS: A, A-, F, B, C).
    stderr : standard error on the number's own scale, None where the method has none.
    """

    value: float | None
    low: float | None
    high: float | None
    level: float
    rows: int
    events: int | None
    method: str
    tier: Tier
    note: str | None = None
    stderr: float | None = None

    def negated(self) -> "Interval":
        """Return the same of minus the number: of a difference, the other way round.

        >>> one = Interval(value=0.5, low=0.0, high=None, level=0.95, rows=9, events=4, method="wilson", tier="A")
        >>> one.negated().value, one.negated().low, one.negated().high
        (-0.5, None, 0.0)
        """
        value, low, high = (None if end is None else 0.0 - end for end in (self.value, self.high, self.low))
        return replace(self, value=value, low=low, high=high)

    def keyed(self, metric: str, of: str, **key: Any) -> "Estimate":
        """Return this number as an estimate of one policy; ``key`` holds the fields that differ from a plain ratio's.

        Raises
        ------
        TypeError
            When ``key`` names no field of an estimate.

        >>> half = Interval(value=0.5, low=0.4, high=0.6, level=0.95, rows=9, events=4, method="wilson", tier="A")
        >>> half.keyed("recall", "new").unit, half.keyed("gain", "new", unit="EUR per year", per="year").per
        ('1', 'year')
        """
        plain = {"at": None, "over": None, "slice": None, "unit": "1", "per": None}
        said = {"events": self.events, "note": self.note}
        return Estimate(
            metric=metric,
            of=of,
            value=self.value,
            low=self.low,
            high=self.high,
            level=self.level,
            rows=self.rows,
            method=self.method,
            tier=self.tier,
            **{**plain, **said, **key},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One number of the result. (metric, at, of, over, slice, unit) is its key and unique."""

    metric: str
    at: Mapping[str, float] | Mapping[str, str] | None
    of: str
    over: str | None
    slice: Mapping[str, str] | None
    value: float | None
    low: float | None
    high: float | None
    level: float
    unit: str
    per: str | None
    rows: int
    events: int | None
    method: str
    tier: Tier
    note: str | None = None
    low_adjusted: float | None = None
    high_adjusted: float | None = None
    adjustment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfusionCell:
    """Known rows of one class of outcome on which a policy takes one action, and what they are worth.

    ``share`` is their part of the rows of that class, by weight. ``money`` is what they add to the policy's value, in
    ``unit``; all cells of a policy add up to it. ``total`` is exact, in whole quanta, as in ``PolicyTotal``.
    """

    of: str
    outcome: str
    action: str
    rows: int
    share: float | None
    money: float
    unit: str
    total: int | None
