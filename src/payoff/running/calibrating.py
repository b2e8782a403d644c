"""What it costs that the probabilities behind a largest expected value are off, and when that refuses the policy."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from payoff.comparison import Grounds
from payoff.errors.data import MiscalibratedDecisions
from payoff.record import Check
from payoff.spec.model import Maximise
from payoff.spec.variants import BEST_THRESHOLD, RECALIBRATED
from payoff.stats.estimates import Estimate
from payoff.verdicts import HurdleRecord

MISCALIBRATED = "miscalibrated"


def miscalibrated(grounds: Grounds, estimates: Sequence[Estimate]) -> Iterator[Check]:
    """Yield a refusal of every largest expected value that a recalibrated score is shown to beat.

    Only rows near the decision can be decided otherwise by a recalibrated score, so its gain is the cost in money of
    being miscalibrated there; shown where its interval excludes zero. An error for the model, which is not judged
    then; a warning for a challenger.
    """
    spec = grounds.spec
    for one in (spec.model, *spec.challengers):
        if one.policy == Maximise():
            cost = _cost(estimates, one.name)
            if cost is not None and cost.low is not None and cost.low > 0:
                yield _refusal(one.name, one.name == spec.model.name, cost)


def refused_hurdle(record: HurdleRecord) -> HurdleRecord:
    """Return a hurdle as it stands where the policy is refused: its numbers are shown, and judge nothing."""
    blank = replace(record, probability=None, probability_sampling=None, rows_needed=None, evpi=None)
    return replace(blank, status="not evaluated", reason=MISCALIBRATED)


def _cost(estimates: Sequence[Estimate], name: str) -> Estimate | None:
    """Return the gain of the recalibrated policy over the policy itself, per year where a volume is known."""
    found = [
        one
        for one in estimates
        if (one.metric, one.of, one.over, one.slice) == ("gain", f"{name}/{RECALIBRATED}", name, None)
    ]
    return next((one for one in found if one.per == "year"), found[0] if found else None)


def _refusal(name: str, is_model: bool, cost: Estimate) -> Check:
    low, value, high = (float(end or 0.0) for end in (cost.low, cost.value, cost.high))
    return Check(
        code=MiscalibratedDecisions.code,
        severity="error" if is_model else "warning",
        where=f"{name}.policy",
        rows=cost.rows,
        ids=(),
        found=f"probabilities that are off where it decides: recalibrated by a line through their logits they bring "
        f"{value:,.6g} {cost.unit} more (95% interval {low:,.6g} to {high:,.6g})",
        fix=f"recalibrate the score on other rows, or use `threshold: best`: see {name}/{BEST_THRESHOLD}.",
    )
