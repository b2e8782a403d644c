"""What a page lacks: curves, and sums to try other numbers with, that a result does not hold beside its estimates."""

from collections.abc import Mapping

from payoff.record import Result
from payoff.stats.drawn import CurveKind

# A curve, the estimate that is made from the same numbers, and how the chart is called.
_BESIDE: Mapping[CurveKind, tuple[str, str]] = {
    "value": ("claimed_value", "value over threshold"),
    "roc": ("roc_auc", "ROC"),
    "precision_recall": ("average_precision", "precision and recall"),
    "calibration": ("calibration_error", "calibration"),
}


def undrawn_curves(result: Result) -> tuple[str, ...]:
    """Return the charts that are left out because the result holds no points for them, by policy."""
    # A second policy on a score (NAME/POLICY) has no curves of its own.
    judged = {one.name for one in result.policies if one.role != "baseline" and "/" not in one.name}
    there = {(curve.kind, curve.of) for curve in result.curves}
    told = {
        (one.metric, one.of)
        for one in result.estimates
        if one.slice is None and one.over is None and one.value is not None and one.of in judged
    }
    return tuple(
        f"{title} of {of}"
        for kind, (metric, title) in _BESIDE.items()
        for of in sorted(judged)
        if (metric, of) in told and (kind, of) not in there
    )


def lacks_sums(result: Result) -> bool:
    """Return whether gains were told and assumptions named, and the result keeps no sums to revalue them.

    So it is with results of a payoff that kept none.
    """
    told = any(one.metric == "gain" and one.value is not None for one in result.estimates)
    return result.revaluing is None and not result.partial and told and bool(result.assumptions)
