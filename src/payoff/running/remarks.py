"""Remarks that only the statistics can make: reversed or leaking scores, calibration, volume, the cap."""

from collections.abc import Iterator, Sequence

from payoff.errors import data as codes
from payoff.errors.family import DataError
from payoff.record import Check, Severity
from payoff.running.gathering import Counted
from payoff.spec.model import Threshold
from payoff.stats.estimates import Estimate

PERFECT = 0.999


def remarks(counted: Counted, estimates: Sequence[Estimate]) -> Iterator[Check]:
    """Yield what the finished estimates say about the data."""
    spec, rows = counted.plan.spec, counted.tables.facts.rows
    whole = {(one.metric, one.of): one for one in estimates if one.slice is None and one.over is None}
    for candidate in spec.scored:
        area = whole.get(("roc_auc", candidate.name))
        where = f"{candidate.name}.score {candidate.score!r}"
        if area is not None and area.value is not None:
            if (area.high is not None and area.high < 0.5) or area.value <= 1 - PERFECT:
                text = f"AUC {area.value:.3f}, below one half beyond chance: high scores go with negatives"
                yield _check(
                    codes.ReversedScore, where, rows, text, "score the other way round; payoff never flips."
                )
            if area.value >= PERFECT:
                text = f"AUC {area.value:.4f}: the score all but knows the outcome"
                yield _check(
                    codes.LeakSuspected,
                    where,
                    rows,
                    text,
                    "look for a feature that follows from the outcome.",
                )
        near = whole.get(("local_calibration", candidate.name))
        policy = candidate.policy
        rests = isinstance(policy, Threshold) and policy.at == "from value"
        if (
            rests
            and near is not None
            and near.low is not None
            and near.high is not None
            and not near.low <= 0 <= near.high
        ):
            text = f"near the threshold outcomes differ from scores by {near.value:+.3f}"
            yield _check(
                codes.Miscalibrated, where, near.rows, text, "recalibrate the score, or use threshold: best."
            )
    yield from _of_volume(counted)
    if counted.grounds is not None and counted.grounds.beyond_cap:
        beyond = counted.grounds.beyond_cap
        yield _check(
            codes.CapExceeded,
            "cap",
            beyond,
            f"{beyond} rows beyond the declared cap at assumptions that are held possible",
            "raise it, check them, or narrow the ranges.",
        )


def _of_volume(counted: Counted) -> Iterator[Check]:
    share, world = counted.world.share, counted.world
    stated = counted.plan.spec.data.sampled is not None
    if world.source == "spec" and not stated and share is not None and not 0.5 <= share <= 2.0:
        text = (
            f"{world.file_volume:,.0f} rows a year in the file, {world.volume:,.0f} decisions a year declared"
        )
        fix = "check decision.volume, or state data.sampled, the share of decisions that the rows are."
        yield _check(codes.VolumeMismatch, "decision.volume", counted.tables.facts.rows, text, fix)


def _check(
    error: type[DataError], where: str, rows: int, found: str, fix: str, severity: Severity = "warning"
) -> Check:
    return Check(code=error.code, severity=severity, where=where, rows=rows, ids=(), found=found, fix=fix)
