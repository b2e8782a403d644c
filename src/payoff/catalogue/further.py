"""Metrics of a score that a spec has to ask for by name: how cells become their numbers."""

from collections.abc import Callable
from dataclasses import replace

from payoff.stats.binned_calibration import binned_calibration_error
from payoff.stats.decomposition import discrimination, reliability, resolution, uncertainty
from payoff.stats.estimates import Interval
from payoff.stats.jackknife import Scale
from payoff.stats.partial_area import partial_roc_auc
from payoff.stats.pooling import KEPT, LEFT_OUT
from payoff.stats.ranking import ScoreCells
from payoff.stats.recalibration import calibration_intercept, calibration_slope, spiegelhalter_z
from payoff.stats.retuned import h_measure
from payoff.stats.targeting import capture_rate, lift

FURTHER: dict[str, Callable[[ScoreCells, float], Interval]] = {
    "partial_roc_auc": partial_roc_auc,
    "capture_rate": capture_rate,
    "lift": lift,
    "h_measure": h_measure,
    "discrimination": discrimination,
    "uncertainty": uncertainty,
    "calibration_intercept": calibration_intercept,
    "calibration_slope": calibration_slope,
    "spiegelhalter_z": spiegelhalter_z,
    "binned_calibration_error": binned_calibration_error,
    "reliability": reliability,
    "resolution": resolution,
}
FURTHER_SCALES: dict[str, Scale] = {
    "partial_roc_auc": "logit",
    "capture_rate": "logit",
    "lift": "log",
    "h_measure": "logit",
}
# What these correct for, or test against, is the luck of independent rows.
INDEPENDENT = frozenset({"spiegelhalter_z", "binned_calibration_error", "reliability", "resolution"})
NOT_IN_CLUSTERS = "not evaluated: rows come in clusters, and it takes every row's luck as its own"
LUCK_UNTOLD = "biased upwards, no interval; what luck alone would show is not told: rows come in clusters"


def by_clusters(name: str, found: Interval, jackknifed: Callable[[Interval], Interval]) -> Interval:
    """Return a metric of rows that come in clusters: jackknifed, or refused where it rests on independent rows.

    A number that is fitted to its rows keeps its upward bias under the jackknife, and is not trusted.

    >>> about = Interval(value=1.0, low=None, high=None, level=0.95, rows=9, events=4, method="spiegelhalter", tier="C")
    >>> by_clusters("spiegelhalter_z", about, lambda one: one).value is None
    True
    """
    if found.method == "declared":
        return found
    if name in INDEPENDENT:
        return replace(found, value=None, low=None, high=None, stderr=None, tier="C", note=NOT_IN_CLUSTERS)
    if name == "calibration_error" and found.value is not None:
        return replace(found, note=LUCK_UNTOLD)
    made = jackknifed(found)
    if made.stderr == 0.0:
        return replace(
            made, low=None, high=None, tier="C", note="no interval: groups of clusters show no error"
        )
    if made.note is None or LEFT_OUT not in made.note:
        return made
    return replace(made, tier="C", note=made.note.replace(LEFT_OUT, KEPT))
