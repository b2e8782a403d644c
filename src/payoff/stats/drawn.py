"""Curves as the result keeps them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

CurveKind = Literal[
    "value",
    "roc",
    "precision_recall",
    "calibration",
    "stability",
    "net_benefit",
    "prevalence",
    "capacity",
    "burst",
    "cost_ratio",
    "murphy",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Points enough to draw, never rows. All lists of ``points`` have one length.

    kind and its points: ``value`` (threshold, value, low, high, act_rate; simultaneous band; unit is money per
    period) · ``roc`` (false_positive_rate, recall) · ``precision_recall`` (recall, precision) · ``calibration``
    (score, recalibrated, rows) · ``stability`` (period, value, low, high, rows) · ``net_benefit`` (threshold, value,
    low, high at each by itself, band_low, band_high of all together; over ``nobody`` also everybody, over
    ``everybody`` also avoided, per 100 rows) · ``prevalence`` (prevalence, value, low, high: the headline's gain) ·
    ``capacity`` (room, value, low, high, over doing nothing within it; the note says what is limited) · ``burst``
    (rows, acted, value, least, most, periods: tenths of the periods by the rows that arrive, means of the world) ·
    ``cost_ratio`` and ``murphy`` (at, value, low, high; simultaneous band; what ``of`` saves against ``over`` per row,
    by what part a unit too few has of the cost of both, and by threshold).
    """

    kind: CurveKind
    of: str
    over: str | None
    unit: str
    points: Mapping[str, Sequence[float | int | str | None]]
    note: str | None = None
