"""What decisions and forecasts get right where there are several classes, and the table of outcome against action."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from payoff.catalogue import (
    Clusters,
    against_the_rest,
    class_table,
    clusters_of,
    forecast_losses,
    one_class,
    table_metrics,
)
from payoff.choices import shares
from payoff.comparison import Grounds
from payoff.record import ConfusionCell
from payoff.running.gathering import Counted
from payoff.spec.model import Always, Candidate, Guardrail, Spec
from payoff.spec.volume import World
from payoff.stats.estimates import Estimate, Interval
from payoff.stats.multiclass import FEWEST, ClassTable, normalised_cost
from payoff.tables import Cells
from payoff.tabulation.classes import PREDICTED
from payoff.verdicts import Measured

LEVEL = 0.95
LIKELIEST = "likeliest class"
COST = "normalised_cost"
BY_ROW = "not evaluated: values differ between rows of one class, so there is no one cost of a decision"

Floats = NDArray[np.float64]


def answering(candidate: Candidate, cells: Cells, spec: Spec) -> Floats | None:
    """Return (c, L) the share of rows answered by each class, then by any other action; None without such actions.

    Actions answer an outcome where every class has one of its name.
    """
    actions, states = spec.decision.actions, spec.data.states
    if spec.data.classes is None or not set(states) <= set(actions):
        return None
    others = [a for a, action in enumerate(actions) if action not in states]
    return shares(candidate, cells, actions)[:, [*(actions.index(one) for one in states), *others]]


def class_estimates(counted: Counted) -> Iterator[Estimate]:
    """Yield every metric of several classes that the spec asks for, of every candidate it can be computed for."""
    grounds = counted.grounds
    if grounds is None:
        return
    spec = grounds.spec
    for candidate in spec.candidates:
        answers = answering(candidate, grounds.cells, spec)
        if answers is not None:
            table = class_table(grounds.cells, answers, spec.data.states)
            yield from _of_table(table, candidate.name, spec.metrics, clusters_of(grounds.cells))
    for candidate in spec.candidates:
        if candidate.scores:
            yield from _of_forecasts(counted, candidate, spec)
    if COST in spec.metrics:
        yield from _costs(grounds)


def measured_by_class(rail: Guardrail, cells: Cells, spec: Spec, where: Mapping[str, str] | None) -> Measured:
    """Return what a guardrail on a metric of answers limits: one-sided bounds are ends of a two-sided interval."""
    answers = answering(spec.model, cells, spec)
    if answers is None:
        raise ValueError("no action answers a class")
    table, clusters = class_table(cells, answers, spec.data.states), clusters_of(cells)

    def at(level: float) -> Interval:
        return dict(table_metrics(table, (rail.metric,), clusters, level))[rail.metric]

    def bounds(confidence: float) -> tuple[float | None, float | None]:
        one = at(max(2.0 * confidence - 1.0, 1e-9))
        return (None, None) if one.tier == "C" else (one.low, one.high)

    found = at(LEVEL)
    return Measured(slice=where, found=found, bounds=bounds, enough=(found.events or 0) >= FEWEST)


def _of_table(
    table: ClassTable, of: str, names: Sequence[str], clusters: Clusters | None
) -> Iterator[Estimate]:
    for name, found in table_metrics(table, names, clusters):
        yield _estimate(name, of, found)
    if any(name.startswith(("precision", "recall", "f1")) for name in names):
        for name, label, found in one_class(table, clusters):
            yield _estimate(name, of, found, at={"class": label})


def _of_forecasts(counted: Counted, candidate: Candidate, spec: Spec) -> Iterator[Estimate]:
    """Yield what class probabilities get right: by the likeliest class, by their losses, class against class."""
    cells, names = counted.tables.classes[candidate.name], spec.metrics
    decides = set(spec.data.states) <= set(spec.decision.actions)
    likeliest = np.eye(len(spec.data.states))[cells.actions[PREDICTED]]
    table = class_table(cells, likeliest, spec.data.states)
    of, clusters = f"{candidate.name}/{LIKELIEST}" if decides else candidate.name, clusters_of(cells)
    yield from _of_table(table, of, names, clusters)
    for name, found in forecast_losses(cells, names):
        yield _estimate(name, candidate.name, found)
    by_class = {label: counted.scores[f"{candidate.name}/{label}"] for label in spec.data.states}
    for name, label, found in against_the_rest(by_class, names, clusters):
        yield _estimate(name, candidate.name, found, at=None if label is None else {"class": label})


def _costs(grounds: Grounds) -> Iterator[Estimate]:
    """Yield the expected cost of every policy over that of the best constant action."""
    spec = grounds.spec
    actions, known = spec.decision.actions, grounds.cells.where(grounds.cells.known)
    for candidate in spec.candidates:
        table = class_table(known, shares(candidate, known, actions), spec.data.states)
        if grounds.constants is None:
            refused = Interval(
                value=None,
                low=None,
                high=None,
                level=LEVEL,
                rows=int(table.rows.sum()),
                events=None,
                method="delta_log",
                tier="C",
                note=BY_ROW,
            )
            yield _estimate(COST, candidate.name, refused)
            continue
        worth = grounds.constants @ grounds.valuation.values().T
        cost = worth.max(axis=1, keepdims=True) - worth
        best = int(np.argmin(table.totals.sum(axis=1) @ cost))
        yield _estimate(
            COST, candidate.name, normalised_cost(table, cost, best), over=_constant(spec, actions[best])
        )


def _constant(spec: Spec, action: str) -> str:
    return next(one.name for one in reversed(spec.baselines) if one.policy == Always(action))


def confusion(grounds: Grounds, world: World, *, exact: bool) -> Iterator[ConfusionCell]:
    """Yield the rows and the money of every policy by class of outcome and action; its cells add up to its value."""
    spec, cells = grounds.spec, grounds.cells.where(grounds.cells.known)
    if spec.of_quantity is not None:
        return
    actions, moments = spec.decision.actions, cells.moments
    per = "year" if world.volume is not None else "decision"
    factor = (world.scale(per) or 1.0) / max(float(moments.weight.sum()), 1e-300)
    worth = moments.part_sums() @ grounds.valuation.values().T
    for candidate in spec.candidates:
        taken = shares(candidate, cells, actions)
        whole = bool(np.isin(taken, (0.0, 1.0)).all()) and exact and not grounds.weighted
        for number, state in enumerate(spec.data.states):
            here = cells.state == number
            held = float(moments.weight[here].sum())
            for a, action in enumerate(actions):
                part = taken[:, a] * here
                yield ConfusionCell(
                    of=candidate.name,
                    outcome=state,
                    action=action,
                    rows=round(float(moments.rows @ part)),
                    share=float(moments.weight @ part) / held if held > 0 else None,
                    money=float(worth[:, a] @ part) * factor,
                    unit=f"{spec.decision.unit} per {per}",
                    total=moments.take(part > 0).exact_totals()[a] if whole else None,
                )


def _estimate(
    metric: str, of: str, found: Interval, *, over: str | None = None, at: Mapping[str, str] | None = None
) -> Estimate:
    return found.keyed(metric, of, at=at, over=over)
