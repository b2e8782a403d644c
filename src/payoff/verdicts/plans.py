"""What a plan consists of: data only. Shares and AUC are between 0 and 1, money in the ``unit`` beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from payoff.stats.estimates import Tier

PLAN_SCHEMA = 1
Points = Mapping[str, Sequence[float | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstance:
    """What the plan rests on.

    Attributes
    ----------
    prevalence : share of positives; ``prevalence_from`` is ``option``, ``spec``, ``rows`` or ``result``, and
        ``prevalence_low``, ``prevalence_high`` its 95% interval where rows were counted.
    volume_per_year, volume_from : decisions, and whether ``spec``, ``option``, ``time`` or ``none`` tells.
    capacity, capacity_share : as stated, and as the largest share of decisions; None without a limit.
    on_positive, on_negative : what acting is worth more than doing nothing, per row of each class, with the 5% and 95%
        points of the assumptions; ``worth_from`` is ``value``, ``rows`` (means) or ``declared`` (typical columns).
    break_even_precision : from which precision on acting pays.
    rows, positives : known rows that were counted, None without.
    """

    prevalence: float
    prevalence_low: float | None
    prevalence_high: float | None
    prevalence_from: Literal["option", "spec", "rows", "result"]
    volume_per_year: float | None
    volume_from: Literal["spec", "option", "time", "none"]
    capacity: str | None
    capacity_share: float | None
    on_positive: float
    on_positive_low: float | None
    on_positive_high: float | None
    on_negative: float
    on_negative_low: float | None
    on_negative_high: float | None
    worth_from: Literal["value", "rows", "declared"]
    break_even_precision: float | None
    rows: int | None
    positives: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRows:
    """Labelled rows that show the hurdle to be cleared, with ``power``, by a model of that AUC.

    ``rows`` for the gain, the thing that is judged; of them ``positives``. For comparison ``rows_for_auc`` that show
    the AUC to be above the least, ``acted_for_precision`` rows acted on that show the precision to be above the one
    needed, ``positives_for_recall`` the same of recall. None: no number of rows does.
    """

    auc: float
    gain: float
    recall: float
    precision: float
    act_rate: float
    rows: int | None
    positives: int | None
    rows_for_auc: int | None
    acted_for_precision: int | None
    positives_for_recall: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedHurdle:
    """What one hurdle asks of a model that does not exist.

    Attributes
    ----------
    required : as stated, in ``unit``, over ``over``; ``most`` is what perfect decisions gain.
    constant : the better of acting on nobody and on as many as there is room for; ``without_model`` is what it gains
        over ``over``.
    over_nobody : the value per decision over acting on nobody that has to be reached, the baseline's own included.
    status : ``no model needed`` where acting on nobody or on everybody already reaches it, ``reachable``, or
        ``unreachable`` even by perfect decisions.
    probability : share of the draws of the assumptions in which some model can reach it, None without ranges.
    least_recall : recall needed at precision 1. ``least_precision`` : precision needed at
        ``recall_of_least_precision``, where it is least.
    least_auc : under the binormal score model, with the 5% and 95% points of the draws; ``least_auc_sure`` reaches
        the hurdle in as many of them as its confidence asks; ``least_auc_power`` is under the power model. None where
        nothing reaches it.
    recall, precision, act_rate, false_positive_rate : of the best threshold at the least AUC.
    frontier : recall, precision, precision_low, precision_high: the precision needed at each recall at the likely
        assumptions and its 5% and 95% points; None where it cannot be reached.
    roc : false_positive_rate, recall, recall_low, recall_high: the recall needed at each false positive rate; and
        least_curve, the recall of the binormal curve of the least AUC, where there is one.
    """

    name: str
    metric: Literal["gain", "net_gain"]
    over: str
    confidence: float
    needed_to_ship: bool
    unlocks: str | None
    required: float
    unit: str
    most: float
    constant: Literal["nobody", "everybody"]
    without_model: float
    over_nobody: float
    status: Literal["no model needed", "reachable", "unreachable"]
    probability: float | None
    least_recall: float | None
    least_precision: float | None
    recall_of_least_precision: float | None
    least_auc: float | None
    least_auc_low: float | None
    least_auc_high: float | None
    least_auc_sure: float | None
    least_auc_power: float | None
    recall: float | None
    precision: float | None
    act_rate: float | None
    false_positive_rate: float | None
    frontier: Points
    roc: Points
    power: float
    rows: tuple[PlannedRows, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFound:
    """The best rule on one column, and what it claims to gain in sample."""

    column: str
    rule: str
    claimed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleRules:
    """What rules on one column gain over ``over``, in ``unit``.

    ``gain`` is cross-fitted over the choice of column and cut; ``low`` and ``high`` hold for every rule searched at
    once, of the rule that is named. ``by_column`` holds the best of each column, by what it claims.
    """

    over: str
    unit: str
    columns: tuple[str, ...]
    rules: int
    rule: str | None
    gain: float | None
    low: float | None
    high: float | None
    claimed: float | None
    level: float
    rows: int
    method: str
    tier: Tier
    note: str | None
    by_column: tuple[RuleFound, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """What the best threshold gains at one AUC over ``over`` of the accuracies, and what the next point adds."""

    auc: float
    gain: float
    next_point: float
    worth_it: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracies:
    """The worth of accuracy under the binormal model, in ``unit``.

    ``recall_point`` is what one more point of recall is worth without one more false alarm. ``cost`` is the stated
    cost of one more point of AUC, None without; ``worth_it`` ranges of AUC in which the next point is worth more.
    """

    over: str
    unit: str
    steps: tuple[Accuracy, ...]
    recall_point: float
    cost: float | None
    worth_it: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Direction:
    """One way to the next hurdle, everything else as it is.

    ``now`` and ``needed`` are in the direction's own unit. ``share`` is the part of the room there is that has to be
    used (1 is all of it, more is beyond); None where there is none.
    """

    name: str
    kind: Literal["auc", "recall", "precision", "threshold", "assumption", "cost"]
    now: float | None
    needed: float | None
    share: float | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Distance:
    """How far a result is from the next hurdle, and the ways there, the one that asks the least of its room first."""

    hurdle: str
    of: str
    over: str
    gain: float
    required: float
    gap: float
    unit: str
    rows_needed: tuple[int | None, int | None] | None
    directions: tuple[Direction, ...]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAssumption:
    """The least AUC of one hurdle with one assumption at its low and at its high end, the others likely.

    The hurdle is the first that a model could reach. None: nothing reaches it there, or there is no range.
    """

    hurdle: str
    name: str
    likely: float
    low: float | None
    high: float | None
    least_auc_low: float | None
    least_auc_high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What has to be true of a model before it exists. ``today`` is what is done now, where the spec says so."""

    schema: int
    payoff_version: str
    spec_hash: str
    decision: Mapping[str, str | None]
    today: str | None
    circumstance: Circumstance
    hurdles: tuple[PlannedHurdle, ...]
    assumptions: tuple[PlanAssumption, ...]
    accuracies: Accuracies | None
    rules: SingleRules | None
    distance: Distance | None
    draws: int
    notes: tuple[str, ...]
