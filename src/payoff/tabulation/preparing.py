"""Rows made ready: what was seen of them, and how sums over them are taken."""

from collections.abc import Mapping
from dataclasses import dataclass

from payoff.engines import Engine
from payoff.tables import PENDING
from payoff.tabulation.counts import Counts, Shape, centres, count_rows, is_wide, shape_of
from payoff.tabulation.outcomes import Facts, look, state_sql
from payoff.tabulation.plan import Plan
from payoff.tabulation.rows import prepared_sql
from payoff.tabulation.sums import Sums


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prepared:
    """Rows made ready once.

    Attributes
    ----------
    counts : totals and extremes over all rows.
    order : the column of ``prepared`` that first rows are named by.
    """

    facts: Facts
    counts: Counts
    shape: Shape
    sums: Sums
    weighted: bool
    clustered: bool
    pending: bool
    order: str


def prepare(plan: Plan, engine: Engine) -> Prepared:
    """Define ``prepared`` in the engine, look at all rows once, and fix what sums are centred by.

    ``varying`` holds those of its rows whose money must be summed: where the outcome leaves it to vary.

    Raises
    ------
    UnclearPositive, PrevalenceNeeded
        As the rows and labels demand.
    """
    facts = look(plan, engine)
    data = plan.spec.data
    by_state = _by_state(plan, facts, engine) if data.prevalence is not None and data.weight is None else None
    shape = shape_of(plan, engine)
    engine.define("prepared", prepared_sql(plan, facts, by_state))
    engine.define("varying", prepared_sql(plan, facts, by_state, states=(*shape.states, PENDING)))
    counts = count_rows(plan, engine, shape)
    pending = counts.count("n") > counts.count("n0") + counts.count("n1")
    weighted = data.weight is not None or by_state is not None
    sums = Sums(
        quantum=plan.spec.decision.quantum,
        weighted=weighted,
        shift=centres(counts, shape),
        values=plan.valuation.values(),
        differences=plan.valuation.differences(),
        varying=shape.varying,
        moving=shape.moving,
        fixed=shape.fixed,
        wide=is_wide(counts, shape, plan.spec.decision.quantum),
        pending=pending,
    )
    probabilities = [j for j, one in enumerate(plan.spec.scored) if one.score_is == "probability"]
    rounded = [j for j in probabilities if not counts.within(f"s{j}", 0.0, 1.0)]
    engine.define("prepared", prepared_sql(plan, facts, by_state, rounded))
    engine.define("varying", prepared_sql(plan, facts, by_state, rounded, sums.summed_states))
    return Prepared(
        facts=facts,
        counts=counts,
        shape=shape,
        sums=sums,
        weighted=weighted,
        clustered=data.cluster is not None,
        pending=pending,
        order="n" if data.id is None else "u" if data.id in plan.integers else "i",
    )


def _by_state(plan: Plan, facts: Facts, engine: Engine) -> Mapping[int, int]:
    found = engine.columns(f"select {state_sql(plan, facts)} as st, count(*) as n from source group by 1")
    return {int(state): int(n) for state, n in zip(found["st"], found["n"], strict=True)}
