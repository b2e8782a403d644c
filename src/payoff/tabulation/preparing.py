"""Rows made ready: what was seen of them, and how sums over them are taken."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from payoff.engines import Engine
from payoff.errors.capacity import CapacityNotHeld
from payoff.spec.volume import make_world
from payoff.tables import PENDING, Filled
from payoff.tabulation.counts import Counts, Shape, centres, count_money, count_rows, is_wide, shape_of
from payoff.tabulation.critical import critical_level
from payoff.tabulation.filling import fill, held_actions
from payoff.tabulation.loss_columns import centres_of_losses, thresholds_of
from payoff.tabulation.outcomes import Facts, look, state_sql, weighs_by_outcome
from payoff.tabulation.plan import Plan
from payoff.tabulation.quantity_checks import count_without_history
from payoff.tabulation.rows import EPOCH, Seen, prepared_sql
from payoff.tabulation.sums import Sums
from payoff.tabulation.tabulated import Fixed

# Rows whose money varies are kept by the engine where they are so few, and read again otherwise.
MOST_KEPT = 5_000_000
SHARE_KEPT = 0.1
LARGEST_ID = 1e17
LARGEST_SMALL = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prepared:
    """Rows made ready once.

    Attributes
    ----------
    by_state : rows by known outcome that weights come from, where a prevalence is declared.
    prevalence : the share of positives that these weights make; None without them.
    counts : totals and extremes over all rows.
    order : the column of ``prepared`` that first rows are named by.
    level, losses, duel : of quantities, as ``Fixed`` keeps them.
    filled : candidate -> what its capacity is filled with.
    """

    facts: Facts
    by_state: Mapping[int, int] | None
    prevalence: float | None
    counts: Counts
    shape: Shape
    sums: Sums
    weighted: bool
    clustered: bool
    pending: bool
    order: str
    level: float | None = None
    losses: tuple[float, ...] = ()
    duel: tuple[float, ...] = ()
    filled: Mapping[str, Filled] = field(default_factory=dict)


def prepare(plan: Plan, engine: Engine, fixed: Fixed | None = None) -> Prepared:
    """Define ``prepared`` in the engine, look at all rows once, and fix what sums are centred by.

    ``fixed`` are choices made before, which stand in place of those that these rows would give. ``varying`` holds
    those of its rows whose money must be summed: where the outcome leaves it to vary.

    Raises
    ------
    UnclearPositive, PrevalenceNeeded
        As the rows and labels demand.
    CapacityNotHeld
        When choices of other rows are given and a policy acts under a capacity.
    """
    facts, data = look(plan, engine), plan.spec.data
    if fixed is not None and plan.spec.limited:
        raise CapacityNotHeld(
            where=f"{plan.spec.limited[0][0].name}.policy",
            found="choices of other rows, and a capacity",
            expected="all rows at once: who finds room depends on the other rows of the period",
            fix="count all rows together, without --choices.",
        )
    if fixed is not None:
        facts = replace(facts, period=fixed.period)
        if waits_for_outcomes(plan):
            facts = replace(facts, as_of=fixed.as_of, mature_until=fixed.mature_until)
    by_state = None if fixed is None else fixed.by_state
    if by_state is None and data.prevalence is not None and data.weight is None:
        by_state = _by_state(plan, facts, engine)
    shape = shape_of(plan, engine)
    engine.define("prepared", prepared_sql(plan, facts, by_state))
    counts = count_rows(plan, engine) + count_without_history(plan, engine)
    seen = _seen(plan, facts, counts)
    engine.define("prepared", prepared_sql(plan, facts, by_state, seen))
    world = make_world(plan.spec, facts.rows, facts.first_day, facts.last_day)
    filled = fill(plan, engine, world.share, facts.rows) if plan.spec.limited else {}
    held = held_actions(plan, filled, seen)
    if held:
        engine.define("prepared", prepared_sql(plan, facts, by_state, seen, held=held))
    states = (*shape.states, PENDING)
    few = _rows_of(states, plan, counts) <= min(MOST_KEPT, SHARE_KEPT * facts.rows)
    engine.define("varying", prepared_sql(plan, facts, by_state, seen, states, held), kept=few)
    counts = counts + count_money(plan, engine, shape)
    pending = counts.count("n") > sum(_known_rows(plan, counts).values())
    weighted = data.weight is not None or by_state is not None
    sums = Sums(
        quantum=plan.spec.decision.quantum,
        weighted=weighted,
        shift=centres(counts, shape)
        if fixed is None
        else np.array(fixed.shift).reshape(len(data.states), -1),
        values=plan.valuation.values(),
        differences=plan.valuation.duels(),
        varying=shape.varying,
        moving=shape.moving,
        fixed=shape.fixed,
        wide=is_wide(counts, shape, plan.spec.decision.quantum),
        pending=pending,
    )
    return Prepared(
        facts=facts,
        by_state=by_state,
        prevalence=data.prevalence if weighs_by_outcome(by_state) else None,
        counts=counts,
        shape=shape,
        sums=sums,
        weighted=weighted,
        clustered=data.cluster is not None,
        pending=pending,
        order="n" if data.id is None else "u" if data.id in plan.integers else "i",
        **_of_quantities(plan, engine, counts, fixed),
        filled=filled,
    )


def _of_quantities(plan: Plan, engine: Engine, counts: Counts, fixed: Fixed | None) -> dict[str, Any]:
    if fixed is not None:
        return {"level": fixed.level, "losses": fixed.losses, "duel": fixed.duel}
    level = critical_level(plan, engine)
    return {
        "level": level,
        "losses": centres_of_losses(plan, counts, level),
        "duel": thresholds_of(plan, counts),
    }


def _seen(plan: Plan, facts: Facts, counts: Counts) -> Seen:
    data, small, complete = plan.spec.data, set(), set()
    whole = data.id in plan.integers and counts.is_whole("u", "n")
    if data.id is not None and whole:
        complete.add(data.id)
        small |= {data.id} if counts.within("u", 0, LARGEST_SMALL) else set()
    if sum(facts.labels.values()) == facts.rows:
        complete.add(data.outcome)
        numbers = (
            not plan.quantities
            and data.outcome in plan.integers
            and all(0 <= int(label) <= LARGEST_SMALL for label in facts.labels)
        )
        small |= {data.outcome} if numbers else set()
    if data.time is not None and counts.count("t") == counts.count("n"):
        complete.add(data.time)
        small |= {data.time} if facts.first_day is not None and facts.first_day >= EPOCH else set()
    scored = list(enumerate(plan.spec.columns_scored))
    complete |= {str(one.score) for j, one in scored if counts.count(f"s{j}") == counts.count("n")}
    outside = [
        j for j, one in scored if one.score_is == "probability" and not counts.within(f"s{j}", 0.0, 1.0)
    ]
    return Seen(
        rounded=frozenset(outside),
        plain=whole and counts.within("u", 0.0, LARGEST_ID),
        small=frozenset(small),
        complete=frozenset(complete),
    )


def fixed_of(plan: Plan, ready: Prepared) -> Fixed:
    """Return the choices that preparing has made; those of scores and thresholds come later."""
    waits, facts = waits_for_outcomes(plan), ready.facts
    return Fixed(
        as_of=facts.as_of if waits else None,
        mature_until=facts.mature_until if waits else None,
        period=facts.period,
        by_state=ready.by_state,
        shift=tuple(tuple(row) for row in ready.sums.shift.tolist()),
        level=ready.level,
        losses=ready.losses,
        duel=ready.duel,
    )


def waits_for_outcomes(plan: Plan) -> bool:
    """Return whether the day on which knowledge is judged decides which outcomes are known."""
    return plan.spec.data.label_known_on is not None or plan.spec.data.maturity_days is not None


def _rows_of(states: Collection[int], plan: Plan, counts: Counts) -> int:
    known = _known_rows(plan, counts)
    by_state = {**known, PENDING: counts.count("n") - sum(known.values())}
    return sum(by_state[state] for state in states)


def _known_rows(plan: Plan, counts: Counts) -> dict[int, int]:
    return {state: counts.count(f"n{state}") for state in range(len(plan.spec.data.states))}


def _by_state(plan: Plan, facts: Facts, engine: Engine) -> Mapping[int, int]:
    found = engine.columns(f"select {state_sql(plan, facts)} as st, count(*) as n from source group by 1")
    return {int(state): int(n) for state, n in zip(found["st"], found["n"], strict=True)}
