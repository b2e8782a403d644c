"""What a plan stands on: prevalence, volume, what acting is worth by class, and what baselines do."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from payoff.choices import shares
from payoff.comparison import Grounds
from payoff.doubt import VOLUME, Draws
from payoff.errors.judging import PartialResult, PlanLacks, UnseenOutcomes
from payoff.formulas import expand, resolve
from payoff.record import Result
from payoff.running.gathering import counted_of
from payoff.running.tabulating import Gathered
from payoff.running.unseen import is_unseen
from payoff.spec.coefficients import Valuation
from payoff.spec.model import Always, Candidate, Hurdle, Random, Spec
from payoff.spec.signs import worked_out
from payoff.spec.unfinished import Capacity, Unfinished
from payoff.spec.volume import World, make_world
from payoff.stats.frontier import Stakes
from payoff.tables.cells import NEGATIVE, POSITIVE

Floats = NDArray[np.float64]
Source = Literal["option", "spec", "rows", "result"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Deeds:
    """What one baseline does: (2,) share acted on and (2, K) mean parts of rows acted on, by class."""

    acted: Floats
    parts: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Footing:
    """Numbers for a plan, from rows or from what was stated. Classes are negative, positive.

    Attributes
    ----------
    parts : (2, K) mean parts by class.
    squares : (2,) mean square by class of what acting adds, at the likely assumptions.
    deeds : what every baseline does that a hurdle compares with.
    constant : whether a row's value follows from its class.
    """

    spec: Spec
    valuation: Valuation
    world: World
    capacity: Capacity | None
    prevalence: float
    prevalence_from: Source
    worth_from: Literal["value", "rows", "declared"]
    parts: Floats
    squares: Floats
    deeds: Mapping[str, Deeds]
    constant: bool
    rows: int | None = None
    positives: int | None = None

    def classes(self) -> Floats:
        """Return (2,) shares of negatives and positives."""
        return np.array([1.0 - self.prevalence, self.prevalence])

    def adds(self, settings: Draws) -> Floats:
        """Return (..., K) coefficients of what acting adds to doing nothing."""
        symbols = {name: at for name, at in settings.items() if name != VOLUME}
        return np.asarray(self.valuation.differences(symbols)[..., 0, :])

    def stakes(self, settings: Draws) -> Stakes:
        """Return the stakes at a setting of the assumptions, or at many."""
        worth = self.adds(settings) @ self.parts.T
        room = 1.0 if self.capacity is None else self.capacity.share_of(self.world.volume)
        factor = self.volume_factor(settings) if self.capacity and self.capacity.per_year is not None else 1.0
        capacity = np.minimum((1.0 if room is None else room) * np.asarray(factor), 1.0)
        return Stakes.of(self.prevalence, worth[..., 1], worth[..., 0], capacity)

    def volume_factor(self, settings: Draws) -> Floats:
        """Return likely volume over drawn volume."""
        if VOLUME not in settings or self.world.volume is None:
            return np.asarray(1.0)
        return np.asarray(self.world.volume / settings[VOLUME])

    def required(self, hurdle: Hurdle, settings: Draws, *, by_model: bool = True) -> Floats:
        """Return the value per decision over nobody that clears the hurdle: the baseline's own and costs included.

        Not ``by_model``: by doing the same for every row, which costs nothing to run.
        """
        factor = self.volume_factor(settings)
        asked = _per_decision(self.world, hurdle) * (factor if hurdle.amount.per != "decision" else 1.0)
        costs = self._costs(hurdle, factor, by_model=by_model)
        return np.asarray(asked + self.baseline(hurdle.over, settings) + costs)

    def baseline(self, name: str, settings: Draws) -> Floats:
        """Return what a baseline is worth per decision over nobody."""
        return np.asarray(self.adds(settings) @ (self.classes() @ self.deeds[name].parts))

    def _costs(self, hurdle: Hurdle, factor: Floats, *, by_model: bool) -> Floats | float:
        """Return costs per decision less the baseline's; those stated per period shrink as the volume grows."""
        if hurdle.metric != "net_gain":
            return 0.0
        costs: Floats | float = 0.0
        for sign, one in ((float(by_model), self.spec.model), (-1.0, self.spec.candidate(hurdle.over))):
            whole = self.world.running(one.costs)
            if whole is None:
                raise _lacks("decision.volume", "running costs per period and no volume", "volume")
            by_period = self.world.running_by_period(one.costs)
            costs = costs + sign * (whole - by_period + by_period * factor)
        return costs


def _per_decision(world: World, hurdle: Hurdle) -> float:
    found = world.per_decision(hurdle.amount)
    if found is None:
        raise _lacks(
            "decision.volume", f"the hurdle {hurdle.name} of {hurdle.amount} and no volume", "volume"
        )
    return found


def compared_with(spec: Spec) -> tuple[str, ...]:
    """Return the baselines that a plan needs: those of hurdles, and what is done today."""
    named = [hurdle.over for hurdle in spec.hurdles] + [spec.today or "nobody"]
    return tuple(dict.fromkeys(named))


def reduced(spec: Spec) -> Spec:
    """Return the spec with the baselines that the plan needs, and those that are always there."""
    needed = {*compared_with(spec), "nobody", "everybody"}
    return replace(
        spec,
        challengers=tuple(one for one in spec.challengers if one.name in needed),
        baselines=tuple(one for one in spec.baselines if one.name in needed),
    )


def footing_without_rows(
    unfinished: Unfinished, prevalence: float | None, typical: Mapping[str, float], result: Result | None
) -> Footing:
    """Return what a plan can stand on without reading a row.

    Parameters
    ----------
    typical : a column's value that is taken for every row, where formulas use columns.
    result : whose recall and specificity tell what a baseline does that decides by columns.

    Raises
    ------
    PlanLacks
        When the prevalence, a column or what a baseline does is not known.
    """
    spec = unfinished.spec
    stated, source = _stated_prevalence(spec, prevalence, result)
    lacking = sorted({name for one in spec.value.values() for name in one.columns} - set(typical))
    if lacking:
        raise _lacks("value", f"formulas that use {', '.join(lacking)}, and no rows", lacking[0])
    numbers = dict.fromkeys(typical, "number")
    value = {action: resolve(formula, numbers, wants="number") for action, formula in spec.value.items()}
    ranges = {item.name: (item.likely, item.low, item.high) for item in spec.assumptions.values()}
    likely = {item.name: item.likely for item in spec.assumptions.values()}
    valuation = Valuation(expand(value, ranges), spec.decision.actions, likely)
    parts = _parts(valuation, typical)
    adds = valuation.differences()[0]
    return Footing(
        spec=spec,
        valuation=valuation,
        world=make_world(spec, 0, None, None),
        capacity=unfinished.capacity,
        prevalence=stated,
        prevalence_from=source,
        worth_from="value" if not any(formula.columns for formula in spec.value.values()) else "declared",
        parts=parts,
        squares=(parts @ adds) ** 2,
        deeds={name: _stated_deeds(spec, name, parts, result) for name in compared_with(spec)},
        constant=True,
    )


def _stated_prevalence(spec: Spec, option: float | None, result: Result | None) -> tuple[float, Source]:
    measured = None if result is None else estimate_of(result, spec.model.name, "prevalence")
    known: tuple[tuple[float | None, Source], ...] = (
        (option, "option"),
        (spec.data.prevalence, "spec"),
        (measured, "result"),
    )
    for share, source in known:
        if share is not None:
            return share, source
    raise _lacks("data.prevalence", "no share of positives and no rows", "prevalence")


def _parts(valuation: Valuation, typical: Mapping[str, float]) -> Floats:
    found = np.zeros((2, valuation.parts))
    for state in (NEGATIVE, POSITIVE):
        for k, part in enumerate(valuation.expansion.parts):
            number = worked_out(part, typical, bool(state))
            if number is None:
                raise _lacks(
                    "value", f"`{part.text}`, which only an engine can work out, and no rows", "data"
                )
            found[state, k] = number
    return found


def _stated_deeds(spec: Spec, name: str, parts: Floats, result: Result | None) -> Deeds:
    """Return what a baseline does where no row tells: constants, random shares, and what a result has measured."""
    acted = _constant_share(spec.candidate(name), spec.decision.actions[0])
    if acted is not None:
        rates = np.array([acted, acted])
    else:
        recall, specificity = (
            None if result is None else estimate_of(result, name, metric)
            for metric in ("recall", "specificity")
        )
        if recall is None or specificity is None:
            raise _lacks(f"baselines.{name}", "a baseline that decides by columns, and no rows", "data")
        rates = np.array([1.0 - specificity, recall])
    return Deeds(acted=rates, parts=rates[:, None] * parts)


def _constant_share(candidate: Candidate, act: str) -> float | None:
    policy = candidate.policy
    if isinstance(policy, Always):
        return float(policy.action == act)
    if isinstance(policy, Random):
        return policy.share * (policy.do == act) + (1.0 - policy.share) * (policy.otherwise == act)
    return None


def estimate_of(result: Result, of: str, metric: str) -> float | None:
    """Return the point of an estimate over all rows, None where there is none."""
    found = (
        one for one in result.estimates if (one.of, one.metric, one.slice, one.at) == (of, metric, None, None)
    )
    return next((one.value for one in found), None)


def footing_with_rows(gathered: Gathered, unfinished: Unfinished, prevalence: float | None) -> Footing:
    """Return what a plan stands on once rows are counted.

    Raises
    ------
    PartialResult
        When the rows have errors.
    UnseenOutcomes
        When outcomes are seen only where one action was taken: the share of positives is not known then.
    PlanLacks
        When there are no positives or no negatives.
    """
    counted = counted_of(gathered)
    grounds = counted.grounds
    first = next((one for one in counted.tables.findings if one.severity == "error"), None)
    if grounds is None or first is not None:
        raise PartialResult(
            where="data" if first is None else first.where,
            found="rows with errors" if first is None else f"{first.found} ({first.code})",
            expected="rows that can be counted",
            fix="payoff check SPEC says which." if first is None else first.fix,
        )
    if is_unseen(grounds):
        raise UnseenOutcomes(
            where="data.outcome_given",
            found=f"outcomes seen only under {grounds.spec.data.outcome_given!r}, and rows without one",
            expected="rows that are a fair part of the world",
            fix="plan without rows: leave out --data and data.path, and state --prevalence.",
        )
    cells = grounds.cells
    held = [cells.where(cells.state == state) for state in (NEGATIVE, POSITIVE)]
    weights = np.array([float(one.moments.weight.sum()) for one in held])
    if not (weights > 0).all():
        raise _lacks("data.outcome", "rows of one class of outcome only", "data")
    parts = np.stack([one.moments.part_sums().sum(axis=0) for one in held]) / weights[:, None]
    rows = [int(one.moments.rows.sum()) for one in held]
    return Footing(
        spec=unfinished.spec,
        valuation=grounds.valuation,
        world=counted.world,
        capacity=unfinished.capacity,
        prevalence=prevalence if prevalence is not None else float(weights[POSITIVE] / weights.sum()),
        prevalence_from="option"
        if prevalence is not None
        else "rows"
        if unfinished.spec.data.prevalence is None
        else "spec",
        worth_from="value" if grounds.constants is not None else "rows",
        parts=parts,
        squares=_squares(grounds),
        deeds={name: _counted_deeds(grounds, name) for name in compared_with(unfinished.spec)},
        constant=grounds.constants is not None,
        rows=sum(rows),
        positives=rows[POSITIVE],
    )


def _counted_deeds(grounds: Grounds, name: str) -> Deeds:
    cells, actions = grounds.cells, grounds.spec.decision.actions
    acted = shares(grounds.spec.candidate(name), cells, actions)[:, 0]
    rates, parts = [], []
    for state in (NEGATIVE, POSITIVE):
        here = (cells.state == state) * 1.0
        weight = float(cells.moments.weight @ here)
        rates.append(float(cells.moments.weight @ (here * acted)) / weight)
        parts.append((here * acted) @ cells.moments.part_sums() / weight)
    return Deeds(acted=np.array(rates), parts=np.stack(parts))


def _squares(grounds: Grounds) -> Floats:
    """Return (2,) mean squares of what acting adds, by class; squared weights where rows carry weights."""
    adds, found = grounds.valuation.differences()[0], []
    for state in (NEGATIVE, POSITIVE):
        held = grounds.cells.where(grounds.cells.state == state).moments
        at = held.shift @ adds
        squares = np.einsum("k,ckm,m->c", adds, held.second, adds)
        squares = squares + 2.0 * at * (held.first2 @ adds) + at**2 * held.weight2
        found.append(float(squares.sum() / held.weight2.sum()))
    return np.array(found)


_WAYS = {
    "prevalence": (
        "the share of decisions whose outcome is positive",
        "state it: --prevalence 0.05, data.prevalence, or rows with --data.",
    ),
    "volume": (
        "how many decisions there are in a period",
        'state it: --volume "45000 per year", or decision.volume.',
    ),
    "data": ("rows that tell", "give rows with --data."),
}


def _lacks(where: str, found: str, what: str) -> PlanLacks:
    typical = f"give rows with --data, or a typical value for every row: --assume {what}=100."
    expected, fix = _WAYS.get(what, ("the mean value of each class of outcome", typical))
    return PlanLacks(where=where, found=found, expected=expected, fix=fix)
