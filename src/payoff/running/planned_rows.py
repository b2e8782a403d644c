"""How many labelled rows would show that a hurdle is cleared, by a model that does not exist yet."""

import math

import numpy as np
from numpy.typing import NDArray

from payoff.running.footing import Footing
from payoff.spec.model import Hurdle
from payoff.stats.frontier import precision_needed, recall_needed
from payoff.stats.sample_sizes import rows_for_auc, rows_for_mean, rows_for_share
from payoff.stats.score_models import best_threshold
from payoff.stats.tiers import EVENTS_TO_JUDGE
from payoff.verdicts.plans import PlannedRows

Floats = NDArray[np.float64]

STEPS = (0.02, 0.05, 0.10)
"""By how much the AUC of a model is planned to lie above the least: exactly at it, no number of rows would do."""

FEWEST_OF_CONSTANTS = 10
"""Rows expected in each class on which the decisions differ, where a row's value follows from its class (tier F)."""

MOST_SHOWN = 1e12
HIGHEST_AUC = 0.99


def planned_rows(footing: Footing, hurdle: Hurdle, least: float) -> list[PlannedRows]:
    """Return the rows that show the hurdle cleared by models of AUCs above the least one.

    Model and baseline are taken to decide apart from each other among rows of one class.
    """
    stakes, required = footing.stakes({}), float(footing.required(hurdle, {}))
    factor = footing.world.scale(hurdle.amount.per) or 1.0
    own = required - hurdle.amount.value / factor
    out = []
    for step in STEPS:
        auc = least + step
        if auc > HIGHEST_AUC:
            continue
        best = best_threshold("binormal", stakes, np.float64(auc))
        recall, alarms = float(best.recall), float(best.false_positive_rate)
        acted = acted_on(footing, recall, alarms)
        gap = float(best.value) - required
        rows = max(rows_for_mean(gap, _spread(footing, hurdle.over, recall, alarms), hurdle.confidence),
                   _for_events(footing, hurdle.over, recall, alarms))  # fmt: skip
        precision = footing.prevalence * recall / acted if acted else 1.0
        floors = (
            float(precision_needed(stakes, required, recall)),
            float(recall_needed(stakes, required, alarms)),
        )
        out.append(
            PlannedRows(
                auc=auc,
                gain=(float(best.value) - own) * factor,
                recall=recall,
                precision=precision,
                act_rate=acted,
                rows=_whole(rows),
                positives=_whole(rows * footing.prevalence),
                rows_for_auc=_whole(rows_for_auc(auc, least, footing.prevalence, hurdle.confidence)),
                acted_for_precision=_whole(rows_for_share(precision, floors[0], hurdle.confidence)),
                positives_for_recall=_whole(rows_for_share(recall, floors[1], hurdle.confidence)),
            )
        )
    return out


def acted_on(footing: Footing, recall: float, alarms: float) -> float:
    """Return the share of rows acted on."""
    return footing.prevalence * recall + (1.0 - footing.prevalence) * alarms


def _differing(footing: Footing, over: str, recall: float, alarms: float) -> Floats:
    """Return (2,) share of each class on which model and baseline differ, deciding apart from each other in it."""
    mine, theirs = np.array([alarms, recall]), footing.deeds[over].acted
    return np.asarray(mine * (1.0 - theirs) + theirs * (1.0 - mine))


def _spread(footing: Footing, over: str, recall: float, alarms: float) -> float:
    """Return the standard deviation per row of what the model adds to the baseline."""
    adds, shares = footing.adds({}), footing.classes()
    differing = _differing(footing, over, recall, alarms)
    moved = np.array([alarms, recall])[:, None] * footing.parts - footing.deeds[over].parts
    mean = float(shares @ (moved @ adds))
    return math.sqrt(max(float(shares @ (differing * footing.squares)) - mean**2, 0.0))


def _for_events(footing: Footing, over: str, recall: float, alarms: float) -> float:
    """Return the rows in which enough rows of each class are expected on which the two decide differently."""
    shares = footing.classes() * _differing(footing, over, recall, alarms)
    events = shares[(footing.squares > 0) & (shares > 0)]
    fewest = FEWEST_OF_CONSTANTS if footing.constant else EVENTS_TO_JUDGE
    return fewest / float(events.min()) if len(events) else math.inf


def _whole(rows: float) -> int | None:
    return math.ceil(rows) if math.isfinite(rows) and rows < MOST_SHOWN else None
