"""Choices: every number taken from the data before policies are counted, and who decides what."""

from payoff.choices.cuts import Cuts, cut_scores, cut_switches, make_block_cuts, make_cuts
from payoff.choices.fullness import CapacityRecord, PeriodValue
from payoff.choices.given import given_thresholds, refuse_given
from payoff.choices.grids import Grid, finer, grid_for, is_fine_enough, least_scores, split_at
from payoff.choices.limited import GIVEN, Limits, coarser, judged_by, limited_policies
from payoff.choices.policies import ceiling, definition, is_given, kind_of, options, shares, switches
from payoff.choices.recalibrating import recalibrate
from payoff.choices.record import Against, Choices, Recalibration, Tuned
from payoff.choices.thresholds import choose_threshold, curve_against

__all__ = [
    "Against",
    "CapacityRecord",
    "Choices",
    "Cuts",
    "GIVEN",
    "Grid",
    "Limits",
    "PeriodValue",
    "Recalibration",
    "Tuned",
    "ceiling",
    "choose_threshold",
    "coarser",
    "curve_against",
    "cut_scores",
    "cut_switches",
    "definition",
    "finer",
    "given_thresholds",
    "grid_for",
    "is_fine_enough",
    "is_given",
    "judged_by",
    "kind_of",
    "least_scores",
    "limited_policies",
    "make_block_cuts",
    "make_cuts",
    "options",
    "recalibrate",
    "refuse_given",
    "shares",
    "split_at",
    "switches",
]
