"""Tables: sums over rows that add up. Engines make them, the maths reads them."""

from payoff.tables.cells import KNOWN_STATES, PENDING, STATES, Cells, distinct
from payoff.tables.moments import BASE, Moments

__all__ = [
    "BASE",
    "Cells",
    "KNOWN_STATES",
    "Moments",
    "PENDING",
    "STATES",
    "distinct",
]
