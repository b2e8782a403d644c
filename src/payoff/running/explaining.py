"""A value walked through on one real row per outcome: the engine works out every step, payoff only words it."""

from dataclasses import replace

from payoff.engines import Engine
from payoff.formulas import Node, given, quote, to_sql
from payoff.spec.margins import OUTCOMES
from payoff.spec.telling import Look
from payoff.spec.walkthrough import Cell, Walkthrough, amounts, outcome_words, settled_by, steps, walk_through
from payoff.tabulation import Plan
from payoff.tabulation.example_rows import ExampleRow, one_row

MOST_STEPS = 1_000
"""Steps asked of one row at most; beyond, the row's worth is told without them."""


def walked_through(plan: Plan, engine: Engine, rows: dict[bool, ExampleRow]) -> Walkthrough:
    """Return every cell with a real row where there is one of that outcome, else as the spec alone tells it."""
    spec = plan.spec
    alone = walk_through(spec)
    cells: list[Cell] = []
    for outcome in OUTCOMES:
        here = [cell for cell in alone.cells if cell.outcome == outcome_words(spec, outcome)]
        row = rows.get(outcome)
        cells += here if row is None else _on_row(plan, engine, outcome, row, here)
    return replace(alone, cells=tuple(cells))


def _on_row(plan: Plan, engine: Engine, outcome: bool, row: ExampleRow, cells: list[Cell]) -> list[Cell]:
    trees = {cell.action: given(plan.value[cell.action].tree, outcome) for cell in cells}
    asked = steps(list(trees.values()))[:MOST_STEPS]
    wanted = [*asked, *(tree for tree in trees.values() if tree not in asked)]
    read = one_row(plan, engine, row, [_step_sql(plan, node) for node in wanted])
    known = {
        node: float(number)  # type: ignore[arg-type]
        for node, number in zip(wanted, read, strict=True)
        if number is not None and number == number
    }
    look = _looking(plan, known)
    return [
        replace(
            cell,
            amounts=amounts(trees[cell.action], look),
            worth=known.get(trees[cell.action]),
            low=None,
            high=None,
            row=row.id,
            rows=row.rows,
            mean=row.means[cell.action],
        )
        for cell in cells
    ]


def _looking(plan: Plan, known: dict[Node, float]) -> Look:
    likely = plan.valuation.likely
    settled = settled_by(likely)

    def look(node: Node) -> float | None:
        if node.op == "assumption":
            return likely[str(node.value)]
        if node.op in ("number", "boolean"):
            return float(node.value or 0)
        return known[node] if node in known else settled(node)

    return look


def _step_sql(plan: Plan, node: Node) -> str:
    names = {
        column: f"cast(source.{quote(column)} as double)" if kind == "number" else f"source.{quote(column)}"
        for column, kind in plan.schema.items()
    }
    text = to_sql(node, names=names, outcome=None, values=plan.valuation.likely)
    if node.kind == "boolean":
        return f"cast(case when {text} then 1 when not ({text}) then 0 end as double)"
    return f"cast({text} as double)"
