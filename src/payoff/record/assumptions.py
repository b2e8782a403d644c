"""What a result keeps of one assumption: data only."""

from dataclasses import dataclass
from typing import ClassVar

from payoff.verdicts import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumptionRecord:
    """One assumption. ``break_even``: where the first needed hurdle flips, others at likely, None if nowhere.

    ``influence``: share of the variance that the assumptions give to the judged gain.
    ``gain_low``, ``gain_high``: the judged gain (unit and period of the first needed hurdle) at low and high.
    ``turns``: the values held possible at which the overall answer turns, the nearest to likely first, one on each side
    of it at most; empty where none does, None where that is not worked out.
    ``unit``: of the number where the value formulas tell it: of money, or ``1`` for a plain share.
    """

    LATER: ClassVar[tuple[str, ...]] = ("turns", "unit")

    name: str
    likely: float
    low: float | None
    high: float | None
    shape: str
    owner: str | None
    source: str | None
    date: str | None
    break_even: float | None
    influence: float | None
    bound_to_rows: bool
    gain_low: float | None = None
    gain_high: float | None = None
    turns: tuple[Turn, ...] | None = None
    unit: str | None = None
