"""Tables: sums over rows that add up. Engines make them, the maths reads them."""

from payoff.tables.cells import KNOWN_STATES, PENDING, STATES, Cells, Spread, distinct
from payoff.tables.merging import Keyed, joined, merge
from payoff.tables.moments import BASE, Moments, pairs_of
from payoff.tables.pairs import ScorePair, joined_pairs

__all__ = [
    "BASE",
    "Cells",
    "KNOWN_STATES",
    "Keyed",
    "Moments",
    "PENDING",
    "STATES",
    "ScorePair",
    "Spread",
    "distinct",
    "joined",
    "joined_pairs",
    "merge",
    "pairs_of",
]
