"""Tabulation: which tables a spec needs, the queries that make them, and the checks of the rows."""

from payoff.tabulation.answers import Asking
from payoff.tabulation.basis import basis_of, entries_of
from payoff.tabulation.checks import check_rows
from payoff.tabulation.classes import count_classes
from payoff.tabulation.cluster_totals import ClusterTotals
from payoff.tabulation.coding import Coded, coded, told
from payoff.tabulation.counting import Scored, count_blocks, count_scores, count_sliced_scores
from payoff.tabulation.counts import beyond_cap
from payoff.tabulation.decided import Decided, count_decisions, count_hash
from payoff.tabulation.duels import count_duels
from payoff.tabulation.evening import (
    at_declared_shares,
    shared_weight,
    unweighted,
    without_shared_weight,
)
from payoff.tabulation.findings import Finding
from payoff.tabulation.grouping import MISSING
from payoff.tabulation.hashing import used_columns
from payoff.tabulation.losses import count_losses, count_sliced_losses
from payoff.tabulation.outcomes import calendar_day
from payoff.tabulation.pairing import count_pairs, score_pairs
from payoff.tabulation.plan import Plan, bind, make_plan, require_column
from payoff.tabulation.preparing import Prepared, fixed_of, prepare
from payoff.tabulation.ranking import count_rankings
from payoff.tabulation.rows import number_sql, period_name
from payoff.tabulation.searching import Searched, count_searched
from payoff.tabulation.slices import SliceTable
from payoff.tabulation.tabulated import Columns, Fixed, Tabulated, added

__all__ = [
    "Asking",
    "ClusterTotals",
    "Coded",
    "Columns",
    "Decided",
    "Finding",
    "Fixed",
    "MISSING",
    "Plan",
    "Prepared",
    "Scored",
    "Searched",
    "SliceTable",
    "Tabulated",
    "added",
    "at_declared_shares",
    "basis_of",
    "beyond_cap",
    "bind",
    "calendar_day",
    "check_rows",
    "coded",
    "count_blocks",
    "count_classes",
    "count_decisions",
    "count_duels",
    "count_hash",
    "count_losses",
    "count_pairs",
    "count_rankings",
    "count_scores",
    "count_searched",
    "count_sliced_losses",
    "count_sliced_scores",
    "entries_of",
    "fixed_of",
    "make_plan",
    "number_sql",
    "period_name",
    "prepare",
    "require_column",
    "score_pairs",
    "shared_weight",
    "told",
    "unweighted",
    "used_columns",
    "without_shared_weight",
]
