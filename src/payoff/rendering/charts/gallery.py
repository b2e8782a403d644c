"""Every chart there is, by the word it is asked for: the one list for report, notebook, pages and files."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from payoff.record import Result
from payoff.rendering.charts import (
    checks,
    choosing,
    decision_curves,
    doubt,
    duels,
    frontier,
    models,
    money,
    outcomes,
    ranking,
    room,
    slices,
    value,
)
from payoff.rendering.charts.marks import Chart

# What is drawn of: a result, or a plan.
Drawn = Callable[[Any], tuple[Chart, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of chart.

    Attributes
    ----------
    place : in which part of the report it stands.
    draw : makes the charts of this kind that a result can draw.
    shows : what it shows, in a few words.
    needs : what a result must have for it.
    """

    place: str
    draw: Drawn
    shows: str
    needs: str


def _one(draw: Callable[[Any], Chart | None]) -> Drawn:
    return lambda result: tuple(each for each in (draw(result),) if each is not None)


def _only(word: str, draw: Drawn) -> Drawn:
    return lambda result: tuple(each for each in draw(result) if each.word == word)


KINDS: Mapping[str, Kind] = {
    "hurdles": Kind(
        place="decision",
        draw=_one(money.hurdle_ladder),
        shows="the gain against what each hurdle needs",
        needs="a hurdle",
    ),
    "gains": Kind(
        place="decision",
        draw=_one(money.gain_over_baselines),
        shows="the paired gain over every baseline",
        needs="rows with a known outcome and a policy of the model",
    ),
    "policies": Kind(
        place="policies",
        draw=_one(money.policies),
        shows="what every policy is worth against doing nothing",
        needs="rows with a known outcome",
    ),
    "models": Kind(
        place="models",
        draw=_one(models.models),
        shows="the paired gain of the model over every challenger, and of all over today",
        needs="a challenger",
    ),
    "flips": Kind(
        place="models",
        draw=outcomes.flip_charts,
        shows="the money of what two policies decide differently",
        needs="a policy that is no constant and decides some rows differently than the model",
    ),
    "confusion": Kind(
        place="confusion",
        draw=outcomes.confusion_charts,
        shows="outcome by action, in rows and money",
        needs="actions to choose from, and rows with a known outcome",
    ),
    "value_curve": Kind(
        place="curves",
        draw=value.value_charts,
        shows="value by threshold, with band, hurdles, flat region, claimed and honest value",
        needs="a score, and outcomes of both kinds",
    ),
    "value_close_up": Kind(
        place="curves",
        draw=value.close_charts,
        shows="value by threshold close to the one in use",
        needs="a threshold in use whose interval or flat region is small beside the whole curve",
    ),
    "value_by_capacity": Kind(
        place="curves",
        draw=value.capacity_charts,
        shows="value by how many rows are acted on",
        needs="a score, and outcomes of both kinds",
    ),
    "metric_choices": Kind(
        place="curves",
        draw=choosing.choosing_charts,
        shows="the threshold that each metric likes best, and what it gives up",
        needs="a score, two actions, outcomes of both kinds, and rows without weights",
    ),
    "roc": Kind(
        place="curves",
        draw=_one(ranking.roc),
        shows="recall by false positive rate, with lines of equal value where they are straight",
        needs="a score, and outcomes of both kinds",
    ),
    "precision_recall": Kind(
        place="curves",
        draw=_one(ranking.precision_recall),
        shows="precision by recall, with lines of equal value where values are the same for all rows",
        needs="a score, and outcomes of both kinds",
    ),
    "calibration": Kind(
        place="curves",
        draw=checks.calibration_charts,
        shows="observed rate by score, and the scores that move money",
        needs="a score that is a probability",
    ),
    "decision_curve": Kind(
        place="curves",
        draw=_only("decision_curve", decision_curves.decision_curve_charts),
        shows="net benefit by threshold probability",
        needs="`net_benefit` among the metrics of the spec, and a score that is a probability",
    ),
    "actions_avoided": Kind(
        place="curves",
        draw=_only("actions_avoided", decision_curves.decision_curve_charts),
        shows="actions avoided, net of misses, by threshold probability",
        needs="`net_benefit` among the metrics of the spec, and a score that is a probability",
    ),
    "cost_ratio": Kind(
        place="curves",
        draw=_only("cost_ratio", duels.duel_charts),
        shows="for which costs which forecast wins",
        needs="a quantity that is decided",
    ),
    "murphy": Kind(
        place="curves",
        draw=_only("murphy", duels.duel_charts),
        shows="which forecast wins by threshold",
        needs="a quantity that is decided",
    ),
    "prevalence": Kind(
        place="curves",
        draw=_one(doubt.prevalence_chart),
        shows="the gain if positives were rarer or more common",
        needs="a hurdle, two outcomes, and tables that tell value by outcome",
    ),
    "room": Kind(
        place="capacity",
        draw=room.room_charts,
        shows="value by room",
        needs="a policy with a capacity",
    ),
    "bursts": Kind(
        place="capacity",
        draw=room.burst_charts,
        shows="value of quiet and busy periods",
        needs="a policy with a capacity per period",
    ),
    "slices": Kind(
        place="slices",
        draw=slices.slice_charts,
        shows="money in every part of the rows, worst first",
        needs="`slices` in the spec",
    ),
    "stability": Kind(
        place="stability",
        draw=checks.stability_charts,
        shows="gain and value by period",
        needs="`data.time` in the spec",
    ),
    "tornado": Kind(
        place="assumptions",
        draw=_one(money.tornado),
        shows="the gain at the ends of each assumption",
        needs="a hurdle, and an assumption with a range",
    ),
    "assumption_pairs": Kind(
        place="pairs",
        draw=doubt.pair_charts,
        shows="where two assumptions together just meet the hurdle",
        needs="a hurdle, and two assumptions with ranges",
    ),
}


PLAN_KINDS: Mapping[str, Kind] = {
    "frontier": Kind(
        place="frontier",
        draw=_only("frontier", frontier.frontier_charts),
        shows="precision needed at each recall, and the same in ROC space",
        needs="a hurdle that a model can reach",
    ),
    "accuracy": Kind(
        place="frontier",
        draw=_only("accuracy", frontier.frontier_charts),
        shows="what the best threshold gains at each AUC",
        needs="values for which the best action depends on the outcome",
    ),
}


PLACES = tuple(dict.fromkeys(kind.place for kind in KINDS.values()))


def gallery(result: Result) -> dict[str, tuple[Chart, ...]]:
    """Return the charts that a result can draw, by word, in the order in which they are read."""
    found = {word: kind.draw(result) for word, kind in KINDS.items()}
    return {word: charts for word, charts in found.items() if charts}


def placed(charts: Mapping[str, Iterable[Chart]], place: str) -> tuple[Chart, ...]:
    """Return the charts of one part of the report."""
    return tuple(each for word, found in charts.items() if KINDS[word].place == place for each in found)
