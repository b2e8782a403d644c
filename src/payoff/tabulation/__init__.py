"""Tabulation: which tables a spec needs, the queries that make them, and the checks of the rows."""

from payoff.tabulation.checks import Finding, beyond_cap, check_rows
from payoff.tabulation.counting import (
    Prepared,
    SliceTable,
    count_blocks,
    count_periods,
    count_policies,
    count_scores,
    count_sliced_scores,
    count_slices,
    prepare,
)
from payoff.tabulation.plan import Plan, make_plan

__all__ = [
    "Finding",
    "Plan",
    "Prepared",
    "SliceTable",
    "beyond_cap",
    "check_rows",
    "count_blocks",
    "count_periods",
    "count_policies",
    "count_scores",
    "count_sliced_scores",
    "count_slices",
    "make_plan",
    "prepare",
]
