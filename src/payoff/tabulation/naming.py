"""How formulas read the columns of a relation."""

from payoff.formulas import quote
from payoff.tabulation.earlier import naive_columns
from payoff.tabulation.plan import Plan


def column_names(plan: Plan) -> dict[str, str]:
    """Return column -> the SQL that reads it from ``source``; numbers are doubles."""
    return {
        column: f"cast(source.{quote(column)} as double)" if kind == "number" else f"source.{quote(column)}"
        for column, kind in plan.schema.items()
    } | {column: f"source.{column}" for column in naive_columns(plan)}
