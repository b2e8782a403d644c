"""From a grid to SQL: the number of the cell that a score falls into."""

from collections.abc import Sequence

from payoff.choices import Grid
from payoff.formulas import double

# A score with at most four digits behind the point is taken for rounded: such scores are tied, others hardly ever.
ROUNDED_TO = 10_000
EXACT_BELOW = 1e15
ROOTS = 5


def fine_sql(grid: Grid, score: str) -> str:
    """Return the number of the score cell; its last bits say whether the threshold in use is reached, and round.

    Cells of round scores stand apart, so that tied scores are not mixed with others of their stretch.
    """
    bits = _is_round(grid, score)
    if grid.at is not None:
        bits = f"case when {score} >= {double(grid.at)} then 2.0e0 else 0.0e0 end + {bits}"
    if grid.kind == "probability":
        return f"cast({_probability_cell(grid, score)} * 4.0e0 + {bits} as bigint)"
    # Cells of enormous ranks are beyond the whole numbers that doubles hold.
    return f"{cell_sql(grid, score)} * 4 + cast({bits} as bigint)"


def coarse_sql(grid: Grid, cell: str) -> str:
    """Return the number of the stretch of cells whose money is summed as one, split at the threshold in use.

    Parameters
    ----------
    cell : a column that holds ``fine_sql``.
    """
    # Twice the number of the stretch, and whether the threshold is reached: shifts round down, below zero too.
    stretch = f"((({cell}) >> {grid.coarse.bit_length()}) & -2)"
    return stretch if grid.at is None else f"({stretch} | ((({cell}) >> 1) & 1))"


def paired_sql(grid: Grid, cell: str) -> str:
    """Return the number of the stretch of cells that a score is counted by beside another score.

    Parameters
    ----------
    cell : a column that holds ``fine_sql``.

    Its last bits are those of the cell, so that tied scores stay apart from the others of their stretch.
    """
    return f"(((({cell}) >> {grid.coarse.bit_length() - 1}) & -4) | (({cell}) & 3))"


def cell_sql(grid: Grid, score: str) -> str:
    """Return the cell of a score as a whole number that rises with it."""
    if grid.kind == "probability":
        return f"cast({_probability_cell(grid, score)} as bigint)"
    if grid.kind == "rank":
        root = f"abs({score})"
        for _ in range(ROOTS):
            root = f"sqrt({root})"
        steps = f"cast(floor({root} * {grid.steps}.0e0) as bigint)"
        return f"(case when {score} < 0 then -1 - {steps} else {steps} end)"
    if grid.kind == "edges":
        return f"({_between(grid, score, 0, len(grid.edges) - 1)})"
    raise ValueError("exact scores have no cells")


def _probability_cell(grid: Grid, score: str) -> str:
    """Return the cell of a probability as a double that holds a whole number."""
    roots = f"sqrt(sqrt({score})) - sqrt(sqrt(1.0e0 - {score})) + 1.0e0"
    return f"floor(({roots}) * {grid.steps}.0e0)"


def block_sql(score: str, at: Sequence[float]) -> str:
    """Return the number of cuts at or below a score."""
    return _block(score, at, 0, len(at))


def _block(score: str, at: Sequence[float], low: int, high: int) -> str:
    if low == high:
        return str(low)
    middle = (low + high) // 2
    above, below = _block(score, at, middle + 1, high), _block(score, at, low, middle)
    return f"case when {score} >= {double(float(at[middle]))} then {above} else {below} end"


def _is_round(grid: Grid, score: str) -> str:
    rounded = f"floor({score} * {ROUNDED_TO}.0e0 + 0.5e0) / {ROUNDED_TO}.0e0"
    equal = f"cast({score} = {rounded} as integer)"
    if grid.kind == "probability":
        return equal
    return f"case when abs({score}) < {double(EXACT_BELOW)} then {equal} else 0 end"


def _between(grid: Grid, score: str, low: int, high: int) -> str:
    """Return the cell between edges ``low`` and ``high`` by halving; below the first edge it is -1."""
    if high < 0:
        return "cast(-1 as bigint)"
    if low == high:
        inside = _inside(grid, score, low)
        return (
            f"case when {score} >= {double(grid.edges[0])} then {inside} else -1 end" if low == 0 else inside
        )
    middle = (low + high + 1) // 2
    above, below = _between(grid, score, middle, high), _between(grid, score, low, middle - 1)
    return f"case when {score} >= {double(grid.edges[middle])} then {above} else {below} end"


def _inside(grid: Grid, score: str, edge: int) -> str:
    first = edge * grid.steps
    if edge == len(grid.edges) - 1:
        return f"cast({first} as bigint)"
    width = grid.edges[edge + 1] - grid.edges[edge]
    scale = grid.steps / width if width > 0 else 0.0
    if not 0.0 < scale < 1e300:
        return f"cast({first} as bigint)"
    step = f"floor(({score} - {double(grid.edges[edge])}) * {double(scale)})"
    return f"cast({first} + least({grid.steps - 1}.0e0, greatest(0.0e0, {step})) as bigint)"
