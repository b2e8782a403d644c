"""What each policy costs and leaves, which ones are efficient, and whether a smaller one keeps the gain."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from payoff.stats.efficiency import dominated_by
from payoff.stats.estimates import Tier

Keeps = Literal["keeps", "loses", "cannot be told"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CostRecord:
    """One policy: its gain over ``over``, what it takes to have it, and what is left.

    Attributes
    ----------
    gain, low, high : in ``unit``, paired, two-sided 95%, by ``method`` and of ``tier``.
    recurring : running costs, calls and people's time, in ``unit``; 0 where none are declared.
    net_gain : the gain less what ``of`` takes and ``over`` does not.
    build : what is paid once; None where nothing is declared.
    complexity : as declared, 0 where nothing is worked out (one action for all rows, or by lot); None where unknown.
    latency, percentile : milliseconds at that percentile; latency 0 where nothing is worked out.
    compared : what policies were compared by: ``gain``, ``recurring``, and of complexity and latency what all declare.
    efficient : whether no other policy is at least as good in all of ``compared`` and better in some.
    beaten_by : one that is, with the largest gain.
    keeps : whether a policy that is smaller than the model keeps its net gain: ``difference`` with its interval, this
        one less the model; None of one that is not smaller.
    """

    of: str
    role: str
    over: str
    unit: str
    gain: float | None
    low: float | None
    high: float | None
    rows: int
    method: str
    tier: Tier
    recurring: float | None
    net_gain: float | None
    build: float | None = None
    complexity: float | None = None
    complexity_words: str | None = None
    latency: float | None = None
    percentile: float | None = None
    compared: tuple[str, ...] = ()
    efficient: bool | None = None
    beaten_by: str | None = None
    keeps: Keeps | None = None
    difference: float | None = None
    difference_low: float | None = None
    difference_high: float | None = None


def marked(records: Sequence[CostRecord]) -> tuple[CostRecord, ...]:
    """Return the records with the efficient ones marked, by what all of them declare."""
    known = [record for record in records if record.gain is not None]
    compared = ["gain"]
    compared += [name for name in ("recurring", "complexity", "latency") if _worth_comparing(known, name)]
    points = [_point(record, compared) for record in known]
    beaten = {
        record.of: None if rival is None else _largest(known, points, point)
        for record, point, rival in zip(known, points, dominated_by(points), strict=True)
    }
    return tuple(
        replace(
            record,
            compared=tuple(compared),
            efficient=beaten[record.of] is None,
            beaten_by=beaten[record.of],
        )
        if record.of in beaten
        else record
        for record in records
    )


def keeps(low: float | None, high: float | None) -> Keeps:
    """Return what the interval of a net gain less the model's says.

    >>> keeps(0.0, 3.0), keeps(-3.0, -1.0), keeps(-1.0, 1.0), keeps(None, None)
    ('keeps', 'loses', 'cannot be told', 'cannot be told')
    """
    if low is not None and low >= 0.0:
        return "keeps"
    return "loses" if high is not None and high < 0.0 else "cannot be told"


def is_smaller(record: CostRecord, model: CostRecord) -> bool:
    """Return whether a policy takes less than the model in something, and more in nothing that both declare."""
    pairs = [
        (mine, theirs)
        for mine, theirs in (
            (record.recurring, model.recurring),
            (record.build, model.build),
            (record.complexity, model.complexity),
            (record.latency, model.latency),
        )
        if mine is not None and theirs is not None
    ]
    return any(mine < theirs for mine, theirs in pairs) and all(mine <= theirs for mine, theirs in pairs)


def _worth_comparing(records: Sequence[CostRecord], name: str) -> bool:
    """Return whether all policies declare it, and at one percentile."""
    percentiles = {record.percentile for record in records if record.percentile is not None}
    known = all(getattr(record, name) is not None for record in records)
    return known and (name != "latency" or len(percentiles) == 1)


def _point(record: CostRecord, compared: Sequence[str]) -> tuple[float, ...]:
    held = tuple(float(getattr(record, name) or 0.0) for name in compared)
    return (-held[0], *held[1:])


def _largest(
    records: Sequence[CostRecord], points: Sequence[Sequence[float]], beaten: Sequence[float]
) -> str:
    rivals = [
        record
        for record, point in zip(records, points, strict=True)
        if dominated_by([beaten, point])[0] is not None
    ]
    return max(rivals, key=lambda record: record.gain or 0.0).of
