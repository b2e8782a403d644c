"""What guardrails limit of scores: a metric of the model's own, and its paired difference from another score."""

from collections.abc import Callable, Mapping
from functools import partial

from payoff.catalogue import (
    CATALOGUE,
    PAIRED_SCORES,
    Clusters,
    clusters_of,
    judged_area,
    score_difference,
    score_difference_at,
    score_metric_at,
    score_metrics,
)
from payoff.errors.judging import UnsupportedGuardrail
from payoff.running.gathering import Counted
from payoff.spec.model import Guardrail
from payoff.stats.estimates import Interval
from payoff.tables import Cells
from payoff.tables.cells import POSITIVE
from payoff.verdicts import Measured

FEWEST = 10
# Below so many positives average precision is biased upwards: it is told and not judged.
FEW_POSITIVES = 100
AVERAGE_PRECISION = "average_precision"


def score_limit(
    counted: Counted,
    rail: Guardrail,
    scores: Cells,
    clusters: Clusters | None,
    where: Mapping[str, str] | None,
) -> Measured:
    """Measure a metric of the model's score in one place.

    Parameters
    ----------
    scores : of that place.
    clusters : that its rows come in, None where they are independent.

    Raises
    ------
    UnsupportedGuardrail
        When it is no metric of such a score.
    """
    grounds = counted.grounds
    if grounds is None:
        raise ValueError("nothing was counted")
    model = grounds.spec.model
    threshold, probability = grounds.choices.thresholds.get(model.name), model.score_is == "probability"

    def at(level: float) -> Interval:
        if rail.at is not None:
            return score_metric_at(scores, rail.metric, rail.at, clusters, level)
        asked = (rail.metric,)
        found = dict(
            score_metrics(scores, asked, threshold, probability=probability, clusters=clusters, level=level)
        )
        if rail.metric not in found:
            raise unsupported(rail, "a metric of probabilities, of a rank or without a threshold")
        return found[rail.metric]

    judged = partial(judged_area, scores, clusters) if rail.metric == "roc_auc" else at
    return _measured(rail, at, judged, _positives(scores), where)


def score_gap_limit(counted: Counted, rail: Guardrail) -> Measured:
    """Measure a metric of the model's score less that of another candidate's, on the same rows.

    Raises
    ------
    UnsupportedGuardrail
        Within slices, over a candidate without a score or with a rank where a probability is asked, and of metrics
        that are biased by their own fit or that are neither better high nor low.
    """
    grounds = counted.grounds
    if grounds is None:
        raise ValueError("nothing was counted")
    model, rival = grounds.spec.model, grounds.spec.candidate(str(rail.over))
    scores = counted.scores
    of_probability = CATALOGUE[rail.metric].of == "probability"
    refused = [
        (bool(rail.in_every), "a difference of a metric of scores within slices"),
        (rail.metric not in PAIRED_SCORES, f"a difference of {rail.metric}, which has none worth a limit"),
        (rival.name not in scores or model.name not in scores, f"{rail.over}, which has no score"),
        (of_probability and rival.score_is != "probability", f"{rail.over}, whose score is a rank"),
    ]
    found = next((text for holds, text in refused if holds), None)
    if found is not None:
        raise unsupported(rail, found)
    pair, clusters = counted.tables.pair(model.name, rival.name), clusters_of(grounds.cells)
    first, second = scores[model.name], scores[rival.name]
    if pair is None and clusters is None and model.score != rival.score:
        raise ValueError("both scores were not counted together")

    def at(level: float) -> Interval:
        if rail.at is not None:
            return score_difference_at(rail.metric, rail.at, first, second, clusters, level)
        return score_difference(rail.metric, first, second, pair, clusters, level)

    return _measured(rail, at, at, _positives(first), None)


def unsupported(rail: Guardrail, found: str) -> UnsupportedGuardrail:
    """Return that a guardrail cannot be judged."""
    return UnsupportedGuardrail(
        where=f"guardrails.{rail.name}",
        found=found,
        expected="a metric that these rows can give",
        fix="limit the metric itself, or one of decisions or money.",
    )


def _positives(scores: Cells) -> int:
    return int(scores.moments.rows[scores.state == POSITIVE].sum())


def _measured(
    rail: Guardrail,
    shown: Callable[[float], Interval],
    judged: Callable[[float], Interval],
    positives: int,
    where: Mapping[str, str] | None,
) -> Measured:
    """Return the metric with one-sided bounds that it is judged by; none where its interval is not to be trusted."""
    biased = rail.metric == AVERAGE_PRECISION and positives < FEW_POSITIVES

    def bounds(confidence: float) -> tuple[float | None, float | None]:
        one = judged(max(2.0 * confidence - 1.0, 1e-9))
        return (None, None) if biased or one.tier == "C" else (one.low, one.high)

    found = shown(0.95)
    return Measured(slice=where, found=found, bounds=bounds, enough=(found.events or 0) >= FEWEST)
