"""What is decided where it is a number, as columns of ``prepared``: outcome, quantities, predicted intervals."""

from collections.abc import Mapping

from payoff.formulas import quote, to_sql
from payoff.tabulation.earlier import naive_columns
from payoff.tabulation.plan import Plan

HISTORY = "qty_had"


def quantity_columns(plan: Plan, names: Mapping[str, str]) -> dict[str, str]:
    """Return name -> SQL of the columns that only decisions about a quantity have."""
    spec = plan.spec
    out = {"qty_y": f"cast(source.{quote(spec.data.outcome)} as double)"}
    for j, formula in enumerate(plan.quantities.values()):
        out[f"qty_{j}"] = f"cast({to_sql(formula, names=names, outcome=None, values={})} as double)"
    for j, name in enumerate(plan.quantities):
        interval = spec.candidate(name).interval
        if interval is not None:
            out[f"qty_lo{j}"] = _end(plan, interval.low)
            out[f"qty_hi{j}"] = _end(plan, interval.high)
    if spec.data.censored is not None:
        column = f"source.{quote(spec.data.censored)}"
        flag = column if plan.schema[spec.data.censored] == "boolean" else f"{column} <> 0"
        out["qty_cut"] = f"coalesce({flag}, false)"
    needed = list(naive_columns(plan, needed=True))
    if needed:
        out[HISTORY] = " and ".join(f"source.{column} is not null" for column in needed)
    return out


def _end(plan: Plan, column: str) -> str:
    """Return an end of an interval; NaN, which SQL takes for more than every number, is a missing one."""
    number = f"cast(source.{quote(column)} as double)"
    return f"case when not isnan({number}) then {number} end" if column in plan.floats else number


def quantity_counts(plan: Plan) -> dict[str, str]:
    """Return name -> SQL of what one look at all rows asks about quantities."""
    out: dict[str, str] = {}
    if plan.quantities:
        seen = "case when st >= 0 then qty_y end"
        out |= {"lo_y": f"min({seen})", "hi_y": f"max({seen})"}
        out |= {"sum_y": f"sum({seen})", "sum_yy": f"sum({seen} * {seen})"}
    for j, name in enumerate(plan.quantities):
        column, known = f"qty_{j}", "st >= 0 and"
        out |= {f"qty{j}": f"count({column})", f"lo_qty{j}": f"min({column})", f"hi_qty{j}": f"max({column})"}
        out[f"met{j}"] = f"count(case when {known} qty_y = {column} then 1 end)"
        out[f"above{j}"] = f"count(case when {known} qty_y > {column} then 1 end)"
        gap = f"case when {known} true then qty_y - {column} end"
        out[f"under{j}"] = f"sum(greatest({gap}, 0.0e0))"
        out[f"over{j}"] = f"sum(greatest(-({gap}), 0.0e0))"
        out[f"square{j}"] = f"sum(({gap}) * ({gap}))"
        if plan.spec.candidate(name).interval is not None:
            out[f"in{j}"] = f"count(qty_lo{j} + qty_hi{j})"
            out[f"crossed{j}"] = f"count(case when qty_lo{j} > qty_hi{j} then 1 end)"
    if plan.spec.data.censored is not None:
        out["cut"] = "count(case when st >= 0 and qty_cut then 1 end)"
    return out
