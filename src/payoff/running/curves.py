"""Curves: points enough to draw, never rows."""

from collections.abc import Iterator

import numpy as np

from payoff.catalogue import score_cells
from payoff.choices import Against, Cuts, curve_against
from payoff.comparison import Grounds
from payoff.record import Curve
from payoff.running.decision_curves import decision_curves
from payoff.running.duels import duel_curves
from payoff.running.gathering import Counted
from payoff.running.money import money_intervals, parts_compared, reference
from payoff.spec.model import Candidate
from payoff.stats.band import simultaneous_band
from payoff.stats.calibration import corp
from payoff.stats.contrast import moments
from payoff.stats.ranking import ranking_curve
from payoff.stats.tiers import candidates
from payoff.tabulation import SliceTable

MOST = 101


def curves(counted: Counted) -> Iterator[Curve]:
    """Yield every curve of every score, and value over time."""
    grounds = counted.grounds
    if grounds is None:
        return
    for candidate in grounds.spec.ranked:
        if candidate.role == "baseline":
            continue
        cells = counted.scores[candidate.name]
        by_score = score_cells(cells)
        if by_score.positives and by_score.negatives and len(by_score.score) > 1:
            yield value_curve(counted, grounds, candidate)
            points = ranking_curve(by_score, MOST)
            alarms, recall = points.false_positive_rate.tolist(), points.recall.tolist()
            yield Curve(
                kind="roc",
                of=candidate.name,
                over=None,
                unit="1",
                points={"false_positive_rate": [0.0, *alarms], "recall": [0.0, *recall]},
            )
            shown = {"recall": recall, "precision": points.precision.tolist()}
            yield Curve(kind="precision_recall", of=candidate.name, over=None, unit="1", points=shown)
        if candidate.score_is == "probability" and by_score.positives + by_score.negatives:
            found = corp(by_score)
            columns = {"score": found.score, "recalibrated": found.recalibrated, "rows": found.weight}
            listed = {name: np.asarray(column).tolist() for name, column in columns.items()}
            yield Curve(kind="calibration", of=candidate.name, over=None, unit="1", points=listed)
    yield from decision_curves(counted)
    yield from duel_curves(counted)
    if counted.tables.periods is not None:
        yield stability(grounds, counted.tables.periods, reference(grounds.spec))
        yield stability(grounds, counted.tables.periods, None)


def value_curve(counted: Counted, grounds: Grounds, candidate: Candidate) -> Curve:
    """Return gain over the reference at every cut, with the simultaneous band where a cut may be judged."""
    over = reference(grounds.spec)
    cuts, against = _against(counted, grounds, candidate, over)
    likely = grounds.valuation.contrast()
    per = "year" if counted.world.volume is not None else "decision"
    factor = counted.world.scale(per) or 1.0
    value = moments(against.contrast, likely).mean[0] * factor
    low, high = np.full(len(value), np.nan), np.full(len(value), np.nan)
    if against.band is not None:
        band = simultaneous_band(against.band, likely, candidates(against.band)[1])
        low[against.allowed], high[against.allowed] = band.low * factor, band.high * factor
    rows = np.bincount(cuts.block, cuts.cells.moments.weight, len(cuts.at) + 1)
    rate = np.cumsum(rows[::-1])[::-1][1:] / rows.sum()
    kept = np.unique(np.linspace(0, len(value) - 1, min(MOST, len(value))).round().astype(int))
    points = {
        "threshold": cuts.at[kept].tolist(),
        "value": value[kept].tolist(),
        "low": _listed(low[kept]),
        "high": _listed(high[kept]),
        "act_rate": rate[kept].tolist(),
    }
    return Curve(
        kind="value",
        of=candidate.name,
        over=over,
        unit=f"{grounds.spec.decision.unit} per {per}",
        points=points,
    )


def stability(grounds: Grounds, periods: SliceTable, over: str | None) -> Curve:
    """Return the model's gain over a baseline (its value without one) per decision in every period."""
    found = money_intervals(grounds, parts_compared(grounds, over, periods), 0.95)
    return Curve(
        kind="stability",
        of=grounds.spec.model.name,
        over=over,
        unit=f"{grounds.spec.decision.unit} per decision",
        points={
            "period": [str(keys[0]) for keys in periods.values],
            "value": [one.value for one in found],
            "low": [one.low for one in found],
            "high": [one.high for one in found],
            "rows": [one.rows for one in found],
        },
    )


def _against(counted: Counted, grounds: Grounds, candidate: Candidate, over: str) -> tuple[Cuts, Against]:
    tuned = grounds.choices.tuned.get(candidate.name)
    if tuned is not None and over in tuned.against:
        return tuned.cuts, tuned.against[over]
    cuts = counted.cuts[candidate.name]
    rival = grounds.spec.candidate(over)
    known = over in cuts.actions or (rival.score is None and not hasattr(rival.policy, "when"))
    return cuts, curve_against(
        grounds.spec, grounds.valuation, candidate, cuts, rival if known else grounds.spec.candidate("nobody")
    )


def _listed(column: np.ndarray) -> list[float | None]:
    return [None if np.isnan(number) else float(number) for number in column]
