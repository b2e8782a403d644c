"""One hurdle as what it asks of a model: frontier, least AUC, and the probability that any model reaches it."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from payoff.doubt import Draws
from payoff.running.footing import Footing
from payoff.running.planned_rows import acted_on, planned_rows
from payoff.spec.model import Hurdle
from payoff.stats.frontier import Stakes, most, precision_needed, recall_needed, without_ranking
from payoff.stats.sample_sizes import POWER
from payoff.stats.score_models import best_threshold, binormal_recall, least_auc
from payoff.verdicts.plans import PlannedHurdle

Floats = NDArray[np.float64]

ENDS = (0.05, 0.95)
"""Between which points of the draws a range is told."""

GRID = np.round(np.arange(0.01, 1.005, 0.01), 2)
FALSE_ALARMS = np.round(np.arange(0.0, 1.005, 0.01), 2)


def planned_hurdle(footing: Footing, hurdle: Hurdle, settings: Draws) -> PlannedHurdle:
    """Return what a hurdle asks at the likely assumptions and over the draws of them (``settings``, or nothing)."""
    stakes, required = footing.stakes({}), float(footing.required(hurdle, {}))
    factor = footing.world.scale(hurdle.amount.per) or 1.0
    own = float(footing.baseline(hurdle.over, {}))
    costs = required - own - hurdle.amount.value / factor
    alone = float(footing.required(hurdle, {}, by_model=False))
    reached = bool(without_ranking(stakes) >= alone)
    reachable = reached or bool(most(stakes) >= required)
    auc = _Least.of(footing, hurdle, settings) if stakes.is_choice else _Least()
    best = None if auc.likely is None else best_threshold("binormal", stakes, np.float64(auc.likely))
    rates = (None, None) if best is None else (float(best.recall), float(best.false_positive_rate))
    acted = None if rates[0] is None or rates[1] is None else acted_on(footing, rates[0], rates[1])
    least = _least_precision(stakes, required) if stakes.is_choice and not reached else (None, None)
    return PlannedHurdle(
        name=hurdle.name,
        metric=hurdle.metric,
        over=hurdle.over,
        confidence=hurdle.confidence,
        needed_to_ship=hurdle.needed_to_ship,
        unlocks=hurdle.unlocks,
        required=hurdle.amount.value,
        unit=f"{footing.spec.decision.unit} per {hurdle.amount.per}",
        most=(float(most(stakes)) - own - costs) * factor,
        constant="everybody" if without_ranking(stakes) > 0 else "nobody",
        without_model=(float(without_ranking(stakes)) - alone) * factor + hurdle.amount.value,
        over_nobody=required,
        status="no model needed" if reached else "reachable" if reachable else "unreachable",
        probability=_probability(footing, hurdle, settings),
        least_recall=_least_recall(stakes, required) if stakes.is_choice and not reached else None,
        least_precision=least[0],
        recall_of_least_precision=least[1],
        least_auc=auc.likely,
        least_auc_low=auc.low,
        least_auc_high=auc.high,
        least_auc_sure=auc.sure,
        least_auc_power=auc.power,
        recall=rates[0],
        precision=None if not acted or rates[0] is None else footing.prevalence * rates[0] / acted,
        act_rate=acted,
        false_positive_rate=rates[1],
        frontier=_frontier(footing, hurdle, settings) if stakes.is_choice else {},
        roc=_roc(footing, hurdle, settings, auc.likely) if stakes.is_choice else {},
        power=POWER,
        rows=() if auc.likely is None or reached else tuple(planned_rows(footing, hurdle, auc.likely)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Least:
    """The least AUC at the likely assumptions and over the draws."""

    likely: float | None = None
    low: float | None = None
    high: float | None = None
    sure: float | None = None
    power: float | None = None

    @classmethod
    def of(cls, footing: Footing, hurdle: Hurdle, settings: Draws) -> "_Least":
        stakes, required = footing.stakes({}), footing.required(hurdle, {})
        likely, power = (_number(least_auc(model, stakes, required)) for model in ("binormal", "power"))
        if not settings:
            return cls(likely=likely, power=power)
        drawn = drawn_auc(footing, hurdle, settings)
        low, high, sure = (quantile_of(drawn, share) for share in (*ENDS, hurdle.confidence))
        return cls(likely=likely, low=low, high=high, sure=sure, power=power)


def drawn_auc(footing: Footing, hurdle: Hurdle, settings: Draws) -> Floats:
    """Return the least AUC at every draw, infinite where nothing reaches the hurdle."""
    stakes, required = footing.stakes(settings), footing.required(hurdle, settings)
    # Where acting pays on no row, or on all, at a draw, no score helps: only what is had without one counts.
    choice = (stakes.on_positive > 0) & (stakes.on_negative < 0)
    tamed = replace(
        stakes,
        on_positive=np.where(choice, stakes.on_positive, 1.0),
        on_negative=np.where(choice, stakes.on_negative, -1.0),
    )
    found = np.where(choice, least_auc("binormal", tamed, required), np.nan)
    alone = footing.required(hurdle, settings, by_model=False)
    found = np.where(without_ranking(stakes) >= alone, 0.5, found)
    return np.asarray(np.where(np.isnan(found), np.inf, found))


def _probability(footing: Footing, hurdle: Hurdle, settings: Draws) -> float | None:
    if not settings:
        return None
    stakes, alone = footing.stakes(settings), footing.required(hurdle, settings, by_model=False)
    some = (most(stakes) >= footing.required(hurdle, settings)) | (without_ranking(stakes) >= alone)
    return float(some.mean())


def _least_recall(stakes: Stakes, required: float) -> float | None:
    """Return the recall that reaches the value at precision 1, None beyond 1."""
    return _number(recall_needed(stakes, required, 0.0))


def _least_precision(stakes: Stakes, required: float) -> tuple[float | None, float | None]:
    """Return the least precision on the frontier and the recall at which it is enough."""
    needed = precision_needed(stakes, required, GRID)
    if np.isnan(needed).all():
        return None, None
    at = int(np.nanargmin(needed))
    return float(needed[at]), float(GRID[at])


def _frontier(footing: Footing, hurdle: Hurdle, settings: Draws) -> dict[str, list[float | None]]:
    likely = precision_needed(footing.stakes({}), footing.required(hurdle, {}), GRID)
    out = {"recall": _listed(GRID), "precision": _listed(likely)}
    return {**out, **_band(footing, hurdle, settings, "precision", GRID)}


def _roc(
    footing: Footing, hurdle: Hurdle, settings: Draws, auc: float | None
) -> dict[str, list[float | None]]:
    likely = recall_needed(footing.stakes({}), footing.required(hurdle, {}), FALSE_ALARMS)
    out = {"false_positive_rate": _listed(FALSE_ALARMS), "recall": _listed(likely)}
    if auc is not None:
        out["least_curve"] = _listed(binormal_recall(auc, FALSE_ALARMS))
    return {**out, **_band(footing, hurdle, settings, "recall", FALSE_ALARMS)}


def _band(
    footing: Footing, hurdle: Hurdle, settings: Draws, of: str, along: Floats
) -> dict[str, list[float | None]]:
    """Return the 5% and the 95% point over the draws, at each place along; None where that draw reaches nothing."""
    if not settings:
        return {f"{of}_low": [None] * len(along), f"{of}_high": [None] * len(along)}
    drawn, required = footing.stakes(settings), footing.required(hurdle, settings)
    count = len(next(iter(settings.values())))
    tall = Stakes(
        prevalence=drawn.prevalence,
        on_positive=np.broadcast_to(drawn.on_positive, (count,))[:, None],
        on_negative=np.broadcast_to(drawn.on_negative, (count,))[:, None],
        capacity=np.broadcast_to(drawn.capacity, (count,))[:, None],
    )
    need = precision_needed if of == "precision" else recall_needed
    with np.errstate(divide="ignore", invalid="ignore"):
        found = need(tall, np.broadcast_to(required, (count,))[:, None], along)
    ordered = np.sort(np.where(np.isnan(found), np.inf, found), axis=0)
    places = [min(count - 1, math.ceil(end * count) - 1) for end in ENDS]
    low, high = (np.where(np.isfinite(ordered[place]), ordered[place], np.nan) for place in places)
    return {f"{of}_low": _listed(low), f"{of}_high": _listed(high)}


def quantile_of(drawn: Floats, share: float) -> float | None:
    """Return the draw that a share of them does not exceed, None where it is infinite."""
    ordered = np.sort(drawn.ravel())
    found = float(ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)])
    return found if math.isfinite(found) else None


def _number(found: Floats) -> float | None:
    return None if np.isnan(found) else float(found)


def _listed(found: Floats) -> list[float | None]:
    return [None if math.isnan(one) else one for one in found.tolist()]
