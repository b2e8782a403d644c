"""Tables: sums over rows that add up. Engines make them, the maths reads them."""

from payoff.tables.cells import PENDING, Cells, Spread, distinct, shared_code, shared_parts
from payoff.tables.duels import duels
from payoff.tables.filled import AS_IT_IS, LEVELS, Filled
from payoff.tables.merging import Keyed, joined, merge
from payoff.tables.moments import BASE, Moments
from payoff.tables.pairs import ScorePair, joined_pairs

__all__ = [
    "AS_IT_IS",
    "BASE",
    "Cells",
    "Filled",
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
