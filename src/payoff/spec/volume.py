"""The world and the file: how many decisions a year there are, and which share of them the rows hold."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from payoff.quantities import PER_YEAR, Amount
from payoff.spec.model import Costs, Spec


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Decisions per year and where the number comes from.

    Attributes
    ----------
    volume : decisions per year, None where neither spec nor time tells.
    low, high : its declared range, or None.
    source : ``spec``, ``time`` (rows over the window, marked as such) or ``none``.
    share : part of the world's decisions that the file holds, None where unknown.
    file_volume : rows per year of the window, or None.
    """

    volume: float | None
    low: float | None
    high: float | None
    source: Literal["spec", "time", "none"]
    share: float | None
    file_volume: float | None

    def per_decision(self, amount: Amount) -> float | None:
        """Return an amount as money per decision at the likely volume; None where the volume is unknown.

        >>> World(volume=1000.0, low=None, high=None, source="spec", share=None, file_volume=None).per_decision(
        ...     Amount(12.0, "month"))
        0.144
        """
        if amount.per == "decision":
            return amount.value
        return None if self.volume is None else amount.yearly() / self.volume

    def scale(self, per: str) -> float | None:
        """Return decisions per period: what money per decision is multiplied by; None where unknown."""
        if per == "decision":
            return 1.0
        return None if self.volume is None else self.volume / PER_YEAR[per]

    def running(self, costs: Costs) -> float | None:
        """Return recurring costs per decision, zero where none are declared, None where the volume is unknown."""
        found = [self.per_decision(one) for one in costs.recurring]
        known = [one for one in found if one is not None]
        return sum(known) if len(known) == len(found) else None

    def running_by_period(self, costs: Costs) -> float:
        """Return those of them per decision that are stated per period, and so shrink as the volume grows."""
        return sum(self.per_decision(one) or 0.0 for one in costs.recurring if one.per != "decision")


def make_world(spec: Spec, rows: int, first: date | None, last: date | None) -> World:
    """Return the world of a file of ``rows`` rows from ``first`` to ``last``.

    A window of whole days: from the first to the last day, both included.
    """
    years = None if first is None or last is None else ((last - first).days + 1) / 365.25
    in_file = None if years is None else rows / years
    declared = spec.decision.volume
    sampled = spec.data.sampled if isinstance(spec.data.sampled, float) else None
    if declared is not None:
        factor = PER_YEAR[declared.likely.per]
        volume = declared.likely.yearly()
        share = sampled if sampled is not None else None if in_file is None else in_file / volume
        low, high = (None if end is None else end * factor for end in (declared.low, declared.high))
        return World(volume=volume, low=low, high=high, source="spec", share=share, file_volume=in_file)
    if in_file is None:
        return World(volume=None, low=None, high=None, source="none", share=sampled, file_volume=None)
    volume = in_file / sampled if sampled else in_file
    return World(volume=volume, low=None, high=None, source="time", share=sampled or 1.0, file_volume=in_file)
