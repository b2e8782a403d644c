"""Tabulation: which tables a spec needs, the queries that make them, and the checks of the rows."""

from payoff.tabulation.checks import check_rows
from payoff.tabulation.counting import (
    Decided,
    count_blocks,
    count_decisions,
    count_scores,
    count_sliced_scores,
    count_stretches,
)
from payoff.tabulation.counts import beyond_cap
from payoff.tabulation.findings import Finding
from payoff.tabulation.hashing import used_columns
from payoff.tabulation.plan import Plan, make_plan
from payoff.tabulation.preparing import Prepared, prepare
from payoff.tabulation.slices import SliceTable

__all__ = [
    "Decided",
    "Finding",
    "Plan",
    "Prepared",
    "SliceTable",
    "beyond_cap",
    "check_rows",
    "count_blocks",
    "count_decisions",
    "count_scores",
    "count_sliced_scores",
    "count_stretches",
    "make_plan",
    "prepare",
    "used_columns",
]
