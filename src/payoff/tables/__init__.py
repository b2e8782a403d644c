"""Tables: sums over rows that add up. Engines make them, the maths reads them."""

from payoff.tables.cells import PENDING, Cells, Spread, distinct, shared_code, shared_parts
from payoff.tables.duels import duels
from payoff.tables.filled import ALL, AS_IT_IS, AT_THE_CUT, HALF_WINDOW, LEVELS, Filled
from payoff.tables.merging import Keyed, joined, merge
from payoff.tables.moments import BASE, Moments
from payoff.tables.pairs import ScorePair, joined_pairs

__all__ = [
    "ALL",
    "AS_IT_IS",
    "AT_THE_CUT",
    "BASE",
    "Cells",
    "Filled",
    "HALF_WINDOW",
    "Keyed",
    "LEVELS",
    "Moments",
    "PENDING",
    "ScorePair",
    "Spread",
    "distinct",
    "duels",
    "joined",
    "joined_pairs",
    "merge",
    "shared_code",
    "shared_parts",
]
