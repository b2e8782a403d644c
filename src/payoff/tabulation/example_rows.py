"""One real row per outcome, to explain values by: the row whose difference between actions is nearest to the mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from payoff.engines import Engine
from payoff.formulas import double, quote
from payoff.spec.signs import Examples
from payoff.tables.cells import NEGATIVE, POSITIVE
from payoff.tabulation.plan import Plan
from payoff.tabulation.preparing import Prepared

DIGITS = 10
STATES: Mapping[bool, int] = {True: POSITIVE, False: NEGATIVE}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleRow:
    """A row of one outcome.

    Attributes
    ----------
    id : as text; its position where the data have no ids.
    where : SQL that is true for this row alone, in ``from_sql``.
    rows : known rows of that outcome.
    means : action -> mean value over them, at the likely assumptions.
    numbers : numeric columns that the values read, where the row has a number.
    """

    id: str
    where: str
    rows: int
    means: Mapping[str, float]
    numbers: Mapping[str, float]


def example_rows(plan: Plan, engine: Engine, ready: Prepared) -> Mapping[bool, ExampleRow]:
    """Return a row per outcome that has one; ties go to the first id."""
    found = {outcome: _example(plan, engine, ready, state) for outcome, state in STATES.items()}
    return {outcome: row for outcome, row in found.items() if row is not None}


def numbers_of(rows: Mapping[bool, ExampleRow]) -> Examples:
    """Return the numbers of these rows alone, as the linter takes them."""
    return {outcome: rows[outcome].numbers if outcome in rows else {} for outcome in STATES}


def from_sql(plan: Plan) -> str:
    """Return the relation that ``ExampleRow.where`` is written for."""
    if plan.spec.data.id is not None:
        return "source"
    return "(select *, row_number() over () as payoff_row from source) as source"


def one_row(plan: Plan, engine: Engine, row: ExampleRow, expressions: Sequence[str]) -> list[object]:
    """Return what expressions over the columns of one row are."""
    if not expressions:
        return []
    named = ", ".join(f"{sql} as e{j}" for j, sql in enumerate(expressions))
    found = engine.columns(f"select {named} from {from_sql(plan)} where {row.where} limit 1")
    return [found[f"e{j}"][0] for j in range(len(expressions))]


def _example(plan: Plan, engine: Engine, ready: Prepared, state: int) -> ExampleRow | None:
    actions = plan.spec.decision.actions
    sums = ", ".join(f"sum(v{a}) as v{a}" for a in range(len(actions)))
    found = engine.columns(f"select count(*) as n, {sums} from prepared where st = {state}")
    rows = int(found["n"][0])
    if rows == 0 or any(found[f"v{a}"][0] is None for a in range(len(actions))):
        return None
    # Engines add doubles in their own order: beyond these digits the row would depend on it.
    means = [float(f"{float(found[f'v{a}'][0]) / rows:.{DIGITS}g}") for a in range(len(actions))]
    gap = double(means[0] - means[-1])
    order = f"abs(v0 - v{len(actions) - 1} - {gap}), {ready.order}"
    nearest = engine.columns(f"select i from prepared where st = {state} order by {order} limit 1")
    name = str(nearest["i"][0])
    row = ExampleRow(
        id=name, where=_where(plan, name), rows=rows, means=dict(zip(actions, means, strict=True)), numbers={}
    )
    columns = _numeric(plan)
    read = one_row(plan, engine, row, [f"cast(source.{quote(one)} as double)" for one in columns])
    numbers = {one: float(number) for one, number in zip(columns, read, strict=True) if _is_number(number)}  # type: ignore[arg-type]
    return ExampleRow(id=row.id, where=row.where, rows=rows, means=row.means, numbers=numbers)


def _where(plan: Plan, name: str) -> str:
    if plan.spec.data.id is None:
        return f"payoff_row = {int(name)}"
    escaped = name.replace("'", "''")
    return f"cast(source.{quote(plan.spec.data.id)} as varchar) = '{escaped}'"


def _numeric(plan: Plan) -> list[str]:
    used = {column for formula in plan.value.values() for column in formula.columns}
    return sorted(column for column in used if plan.schema[column] == "number")


def _is_number(value: object) -> bool:
    return (isinstance(value, float) and value == value) or isinstance(value, int)
