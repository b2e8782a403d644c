"""How full a capacity is, as the result keeps it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodValue:
    """One period under a capacity, in the world's numbers: rows that arrive, those acted on, their value."""

    period: str
    rows: float
    acted: float
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityRecord:
    """How full one capacity is.

    ``room`` is what one period (of one team) has in the file, ``share`` of the world's; both None for a share of all
    rows. ``pools`` are periods, or teams in periods; in ``full`` of them some row found no room. ``places`` and
    ``used`` are totals, in what ``counts`` says: rows, or money. ``tie_spread`` is by how much one way of breaking ties
    varies, in money per decision; None where rows wait. ``worst``, ``middle`` and ``best`` are periods by their value.
    """

    of: str
    limit: str
    per: str | None
    by: str | None
    counts: str
    share: float | None
    room: float | None
    periods: int
    pools: int
    full: int
    places: float
    used: float
    carry_over: int
    tie_spread: float | None
    worst: PeriodValue | None
    middle: PeriodValue | None
    best: PeriodValue | None
