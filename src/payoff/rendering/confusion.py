"""Outcome against action, in rows and in money, as tables that can be told anywhere."""

from dataclasses import dataclass

from payoff.record import ConfusionCell, Result
from payoff.rendering import numbers


@dataclass(frozen=True, slots=True)
class CellView:
    """One cell: how many rows, which share of their class, and what they add to the value, without its unit."""

    rows: str
    share: str
    money: str
    loses: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfusionView:
    """One policy: ``lines`` hold a class of outcome with a cell per action, then all of it; ``foot`` all classes."""

    of: str
    unit: str
    actions: tuple[str, ...]
    lines: tuple[tuple[str, tuple[CellView, ...]], ...]
    foot: tuple[CellView, ...]


def confusion_views(result: Result, *, challengers: bool = True) -> tuple[ConfusionView, ...]:
    """Return the tables of the model and of today's policy; ``challengers`` asks for theirs too."""
    found = confusion_cells(result, challengers=challengers)
    return tuple(_view(of, cells) for of, cells in found.items() if cells)


def confusion_cells(result: Result, *, challengers: bool = True) -> dict[str, list[ConfusionCell]]:
    """Return the cells of the model and of today's policy, by policy; ``challengers`` asks for theirs too."""
    roles = ("model", "challenger") if challengers else ("model",)
    told = [one.name for one in result.policies if one.role in roles or one.name == result.today]
    held: dict[str, list[ConfusionCell]] = {name: [] for name in told}
    for cell in result.confusion:
        if cell.of in held:
            held[cell.of].append(cell)
    return held


def _view(of: str, cells: list[ConfusionCell]) -> ConfusionView:
    actions = tuple(dict.fromkeys(cell.action for cell in cells))
    outcomes = tuple(dict.fromkeys(cell.outcome for cell in cells))
    beside = [cell.money for cell in cells]

    def told(some: list[ConfusionCell], *, one: bool) -> CellView:
        money, rows = sum(cell.money for cell in some), sum(cell.rows for cell in some)
        share = some[0].share if one else None
        return CellView(
            rows=numbers.count(rows),
            share="" if share is None else numbers.percent(share),
            money=numbers.number(money, beside=(*beside, money)),
            loses=money < 0,
        )

    def line(some: list[ConfusionCell]) -> tuple[CellView, ...]:
        by_action = ([cell for cell in some if cell.action == action] for action in actions)
        return (*(told(each, one=len(each) == 1) for each in by_action), told(some, one=False))

    lines = tuple(
        (outcome, line([cell for cell in cells if cell.outcome == outcome])) for outcome in outcomes
    )
    return ConfusionView(of=of, unit=cells[0].unit, actions=actions, lines=lines, foot=line(cells))
