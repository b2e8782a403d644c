"""Which metrics suit a decision, what a point of each is worth in it, and what choosing a model by each would cost."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from payoff.catalogue import (
    CATALOGUE,
    Advice,
    Fingerprint,
    Regret,
    Worth,
    advise,
    traits,
)
from payoff.choices import Cuts, definition
from payoff.comparison import Grounds, compare
from payoff.errors.classes import NeedsTwoClasses
from payoff.errors.judging import PartialResult
from payoff.running.advising_quantities import quantity_advice
from payoff.running.gathering import Counted, counted_of
from payoff.running.measuring import technical_estimates
from payoff.running.money import LEVEL, money_interval
from payoff.running.tabulating import Gathered
from payoff.running.unseen import is_unseen
from payoff.spec.model import Maximise, Spec, Threshold
from payoff.spec.names import METRICS, OF_QUANTITIES
from payoff.spec.signs import values_by_outcome
from payoff.spec.volume import World, make_world
from payoff.stats.estimates import Estimate
from payoff.stats.exchange import (
    Present,
    act_rate_at_precision,
    precision_at_recall,
    recall_at_alarms,
    recall_at_precision,
    specificity_at_recall,
)
from payoff.tables.cells import NEGATIVE, POSITIVE

MORE = ("cohen_kappa", "partial_roc_auc", "capture_rate", "lift", "h_measure")
ONE_POINT = "1 percentage point"
WITHOUT_ROWS = "No rows were read: what depends on them is left out. Name them with --data."
NO_MONEY = "Ranking metrics such as ROC AUC have no price of their own: it depends on where a point is won."
IN_THE_MEAN = (
    "Values vary by row: prices take the mean of each class, and the next row may be worth more or less; "
    "those of calibration are of the very rows within a point of the threshold."
)


def asking_for_metrics(spec: Spec) -> Spec:
    """Return the spec with every metric that models can be chosen by."""
    if spec.of_quantity is not None:
        return replace(spec, metrics=OF_QUANTITIES, measures=())
    return replace(spec, metrics=tuple(dict.fromkeys((*METRICS, *MORE))), measures=())


def advice_without_rows(spec: Spec) -> Advice:
    """Return what can be said before there are rows: prices only where values are constant given the outcome."""
    if spec.decision.quantity is not None:
        return quantity_advice(spec, spec.decision.quantity.level, None)
    _refuse_classes(spec)
    known = values_by_outcome(spec)
    act, skip = spec.decision.actions[0], spec.decision.actions[-1]
    ends = (None, None) if known is None else tuple(known[act][j] - known[skip][j] for j in (0, 1))
    found = _fingerprint(spec, ends, None)
    found = replace(found, prevalence=spec.data.prevalence)
    world = make_world(spec, 0, None, None)
    return _advice(spec, found, None, tuple(_prices(spec, found, world, {})), (), [WITHOUT_ROWS])


def advice_with_rows(gathered: Gathered) -> Advice:
    """Return the same with rows: prices at the present decisions, and what each metric would have chosen.

    Raises
    ------
    PartialResult
        When the rows have errors.
    """
    _refuse_classes(gathered.plan.spec)
    counted = counted_of(gathered)
    grounds = counted.grounds
    if grounds is None:
        raise PartialResult(
            where="data",
            found="rows with errors",
            expected="rows that can be counted",
            fix="payoff check SPEC says which.",
        )
    measured = {(one.of, one.metric): one for one in technical_estimates(counted) if one.over is None}
    if grounds.spec.of_quantity is not None:
        many, level = int(grounds.cells.moments.rows.sum()), counted.tables.fixed.level
        return quantity_advice(grounds.spec, level, many, tuple(_regrets(counted, grounds, measured)))
    mine = {name: one.value for (of, name), one in measured.items() if of == grounds.spec.model.name}
    found = replace(
        _fingerprint(grounds.spec, _by_class(grounds), grounds),
        prevalence=mine.get("prevalence"),
        act_rate=mine.get("act_rate"),
        f_score=mine.get("f_beta"),
    )
    rows, notes = int(grounds.cells.moments.rows.sum()), [IN_THE_MEAN] if found.varies else []
    if found.unseen:
        return _advice(grounds.spec, replace(found, prevalence=None, f_score=None), rows, (), (), [])
    worth = (
        *_prices(grounds.spec, found, counted.world, mine),
        *_calibration(gathered.around, counted, grounds, found),
    )
    return _advice(grounds.spec, found, rows, worth, tuple(_regrets(counted, grounds, measured)), notes)


def _refuse_classes(spec: Spec) -> None:
    if spec.data.classes is not None:
        raise NeedsTwoClasses(
            where="data.classes",
            found=f"an outcome of {len(spec.data.classes)} classes",
            expected="a binary outcome: the advice weighs one kind of hit against one kind of miss",
            fix="evaluate tells every metric of several classes; the confusion in money says which error costs most.",
        )


def _advice(
    spec: Spec,
    found: Fingerprint,
    rows: int | None,
    worth: tuple[Worth, ...],
    regrets: tuple[Regret, ...],
    notes: list[str],
) -> Advice:
    if worth:
        notes = [*notes, NO_MONEY]
    return Advice(
        decision=spec.decision.name,
        unit=spec.decision.unit,
        rows=rows,
        traits=tuple(traits(found)),
        metrics=advise(found),
        worth=worth,
        regrets=regrets,
        notes=tuple(notes),
    )


def _fingerprint(spec: Spec, ends: tuple[float | None, ...], grounds: Grounds | None) -> Fingerprint:
    return Fingerprint(
        unit=spec.decision.unit,
        policy=f"{spec.model.name}: {definition(spec.model, spec.decision.row)}",
        prevalence=None,
        on_positive=ends[0],
        on_negative=ends[1],
        varies=grounds is not None and grounds.constants is None,
        act_rate=None,
        f_score=None,
        score_is=spec.model.score_is if spec.model.score is not None else None,
        threshold=_threshold(spec),
        unseen=grounds is not None and is_unseen(grounds),
    )


def _threshold(spec: Spec) -> Literal["from value", "best", "given", "maximise"] | None:
    """Return how the model's threshold came about; None for a policy that has none."""
    policy = spec.model.policy
    if isinstance(policy, Maximise):
        return "maximise"
    if not isinstance(policy, Threshold):
        return None
    return policy.at if policy.at in ("from value", "best") else "given"


def _by_class(grounds: Grounds) -> tuple[float | None, float | None]:
    """Return the mean worth of acting over doing nothing, on positive and on negative rows; None without."""
    cells, likely = grounds.cells, grounds.valuation.contrast().reshape(len(grounds.valuation.actions), -1)
    sums = cells.moments.part_sums() @ likely[1]
    means: list[float | None] = []
    for state in (NEGATIVE, POSITIVE):
        here = cells.state == state
        weight = float(cells.moments.weight[here].sum())
        means.append(float(sums[here].sum()) / weight if weight > 0 else None)
    return means[1], means[0]


@dataclass(frozen=True, slots=True)
class _Priced:
    """Worth in the longest period that is known."""

    of: str
    money: str
    world: World

    def __call__(self, metric: str, per_row: float, present: float | None, given: str) -> Worth:
        yearly = self.world.scale("year")
        per, factor = ("decision", 1.0) if yearly is None else ("year", yearly)
        unit = f"{self.money} per {per}"
        return Worth(
            metric=metric,
            of=self.of,
            step=ONE_POINT,
            amount=per_row * factor,
            unit=unit,
            present=present,
            given=given,
        )


def _prices(
    spec: Spec, found: Fingerprint, world: World, mine: Mapping[str, float | None]
) -> Iterator[Worth]:
    """Yield what one step of each metric of decisions is worth."""
    gain, loss, share = found.on_positive, found.on_negative, found.prevalence
    if gain is None or loss is None:
        return
    name, unit = spec.model.name, spec.decision.unit
    for metric, step, amount, given in (
        ("recall", "1 positive acted on", gain, "no false alarm more"),
        ("precision", "1 false alarm avoided", -loss, "no positive lost"),
    ):
        yield Worth(metric=metric, of=name, step=step, amount=amount, unit=unit, present=None, given=given)
    if share is None:
        return
    priced = _Priced(name, unit, world)
    recall, precision = mine.get("recall"), mine.get("precision")
    yield priced("recall", recall_at_alarms(share, gain), recall, "no false alarm more")
    yield priced(
        "specificity", specificity_at_recall(share, loss), mine.get("specificity"), "no positive lost"
    )
    if not recall or not precision:
        return
    at = Present(prevalence=share, recall=recall, precision=precision, on_positive=gain, on_negative=loss)
    yield priced("recall", recall_at_precision(at), recall, "as precise as now")
    yield priced("act_rate", act_rate_at_precision(at), mine.get("act_rate"), "as precise as now")
    per_row = precision_at_recall(at)
    if per_row is not None:
        yield priced("precision", per_row, precision, "no positive lost")


def _calibration(
    around: Cuts | None, counted: Counted, grounds: Grounds, found: Fingerprint
) -> Iterator[Worth]:
    """Yield what it costs if every probability is one point too high, or too low, and the threshold stays.

    Rows whose score lies within a point of the threshold are then decided otherwise: they are worth what they are.
    """
    model, policy = grounds.spec.model, grounds.spec.model.policy
    acts = isinstance(policy, Threshold) and policy.do == grounds.spec.decision.actions[0]
    if model.score_is != "probability" or around is None or not acts:
        return
    if found.on_positive is None or found.on_negative is None:
        return
    cells = around.cells
    likely = grounds.valuation.contrast().reshape(len(grounds.valuation.actions), -1)
    worth = cells.moments.part_sums() @ likely[1]
    weight = float(cells.moments.weight.sum())
    priced = _Priced(model.name, grounds.spec.decision.unit, counted.world)
    for block, sign, given in (
        (1, 1.0, "every score one point too high"),
        (2, -1.0, "every score one point too low"),
    ):
        change = sign * float(worth[around.block == block].sum()) / weight
        yield priced("calibration_in_the_large", change, None, f"{given}, same threshold")


def _regrets(
    counted: Counted, grounds: Grounds, measured: Mapping[tuple[str, str], Estimate]
) -> Iterator[Regret]:
    """Yield for every metric which of the models it would have chosen, and the paired cost of that."""
    spec = grounds.spec
    names = [one.name for one in spec.ranked]
    if spec.of_quantity is not None:
        names = [one.name for one in (spec.model, *spec.challengers)]
    if len(names) < 2:
        return
    likely = grounds.valuation.contrast()
    values = {name: float(compare(grounds, name, None).point @ likely) for name in names}
    best = max(names, key=lambda name: values[name])
    for metric, entry in CATALOGUE.items():
        found = {name: measured[name, metric].value for name in names if (name, metric) in measured}
        if entry.better == "neither" or len(found) < len(names):
            continue
        known = {name: value for name, value in found.items() if value is not None}
        if len(known) == len(names):
            yield _regret(counted, grounds, metric, _chosen(entry.better, known), best)


def _chosen(better: str, values: Mapping[str, float]) -> tuple[str, ...]:
    """Return the models that a metric likes best; several where they tie."""
    liked = {name: _liking(better, value) for name, value in values.items()}
    return tuple(name for name, liking in liked.items() if liking == max(liked.values()))


def _liking(better: str, value: float) -> float:
    return -abs(value) if better == "near" else -value if better == "low" else value


def _regret(counted: Counted, grounds: Grounds, metric: str, chosen: tuple[str, ...], best: str) -> Regret:
    yearly = counted.world.scale("year")
    per, factor = ("decision", 1.0) if yearly is None else ("year", yearly)
    unit = f"{grounds.spec.decision.unit} per {per}"
    named = chosen[0] if len(chosen) == 1 else " or ".join(chosen)
    if best in chosen:
        note = None if len(chosen) == 1 else "no preference"
        return Regret(
            metric=metric,
            chosen=named,
            best=best,
            regret=0.0,
            low=0.0,
            high=0.0,
            unit=unit,
            tier="A",
            note=note,
        )
    found = money_interval(grounds, compare(grounds, best, chosen[0]), LEVEL)
    regret, low, high = (
        None if end is None else end * factor for end in (found.value, found.low, found.high)
    )
    return Regret(
        metric=metric,
        chosen=chosen[0],
        best=best,
        regret=regret,
        low=low,
        high=high,
        unit=unit,
        tier=found.tier,
        note=found.note,
    )
