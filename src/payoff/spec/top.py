"""What may be asked of the top of a ranking."""

from dataclasses import dataclass

PERIODS = ("day", "week", "month")
RANKED = ("precision_at_k", "recall_at_k", "lift_at_k", "value_at_k", "ndcg")
"""What is estimated of the best k rows of a ranking; ``ndcg`` of all of them too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """One metric of the best rows.

    Attributes
    ----------
    name : of ``RANKED``.
    k : how many rows; None for all of them.
    per : a period, or a column whose every value is a ranking of its own (a query); None for one ranking.
    """

    name: str
    k: int | None
    per: str | None

    @property
    def is_timed(self) -> bool:
        """Return whether each ranking is that of a period."""
        return self.per in PERIODS
