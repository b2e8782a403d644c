"""A value walked through cell by cell: what each action is worth at each outcome, and of which amounts it consists."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from payoff.formulas import Node, given
from payoff.spec.margins import OUTCOMES
from payoff.spec.model import Spec
from payoff.spec.reckoning import bounds
from payoff.spec.telling import Look, told


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """One amount that a value adds or takes off.

    Attributes
    ----------
    text : names and numbers as in the formula, without the sign.
    takes : whether it is taken off.
    number : what it adds on the row told of, below zero where it takes; None where that depends on the row.
    given : the conditions under which it counts, in words.
    """

    text: str
    takes: bool
    number: float | None
    given: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One action at one outcome.

    Attributes
    ----------
    outcome : in words, such as ``subscribed is yes``.
    worth : of the row told of; None where it depends on the row, ``low`` and ``high`` then hold it if anything does.
    row, rows, mean : the row's id, known rows of that outcome and their mean worth; None without rows.
    """

    action: str
    outcome: str
    amounts: tuple[Amount, ...]
    worth: float | None
    low: float | None
    high: float | None
    row: str | None = None
    rows: int | None = None
    mean: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Walkthrough:
    """Every cell of a value, outcome by outcome, at the likely assumptions."""

    decision: str
    unit: str
    id: str | None
    cells: tuple[Cell, ...]


def outcome_words(spec: Spec, outcome: bool) -> str:
    """Return an outcome in the words of the data."""
    label = spec.data.positive
    if label is None or isinstance(label, bool):
        return f"{spec.data.outcome} is {'positive' if outcome else 'negative'}"
    return f"{spec.data.outcome} is {'' if outcome else 'not '}{label}"


def walk_through(spec: Spec) -> Walkthrough:
    """Return the cells as far as the spec alone tells: columns stay names."""
    likely = {name: item.likely for name, item in spec.assumptions.items()}
    cells = []
    for outcome in OUTCOMES:
        for action in spec.decision.actions:
            tree = given(spec.value[action].tree, outcome)
            found = bounds(tree, {name: (number, number) for name, number in likely.items()})
            low, high = (None, None) if found is None else found
            cells.append(
                Cell(
                    action=action,
                    outcome=outcome_words(spec, outcome),
                    amounts=amounts(tree, settled_by(likely)),
                    worth=low if low == high else None,
                    low=_finite(low),
                    high=_finite(high),
                )
            )
    return Walkthrough(
        decision=spec.decision.name, unit=spec.decision.unit, id=spec.data.id, cells=tuple(cells)
    )


def amounts(tree: Node, look: Look) -> tuple[Amount, ...]:
    """Return the amounts that a value consists of, zeros left out.

    Parameters
    ----------
    tree : with the outcome put in (``formulas.given``).
    look : what a step is on the row told of.
    """
    return tuple(one for one in _amounts(tree, look, 1.0, ()) if one.number != 0.0)


def steps(trees: Sequence[Node]) -> tuple[Node, ...]:
    """Return every step of formulas that is a number or a condition and depends on the row, each once."""
    found: dict[Node, None] = {}
    waiting = list(trees)
    while waiting:
        node = waiting.pop()
        waiting.extend(node.args)
        if node.kind in ("number", "boolean") and _reads_rows(node):
            found[node] = None
    return tuple(found)


def _amounts(node: Node, look: Look, sign: float, conditions: tuple[str, ...]) -> Iterator[Amount]:
    if node.op == "+":
        for arg in node.args:
            yield from _amounts(arg, look, sign, conditions)
    elif node.op == "neg":
        yield from _amounts(node.args[0], look, -sign, conditions)
    elif node.op == "case":
        yield from _branches(node, look, sign, conditions)
    else:
        number, (bare, turned) = look(node), _unsigned(node)
        yield Amount(
            text=told(bare, look),
            takes=sign * turned < 0.0,
            number=None if number is None else sign * number,
            given=conditions,
        )


def _unsigned(node: Node) -> tuple[Node, float]:
    """Return a product without the signs of its factors, and the sign that they come to."""
    if node.op not in ("*", "/"):
        return node, 1.0
    turned = [arg.op == "neg" for arg in node.args]
    args = tuple(arg.args[0] if arg.op == "neg" else arg for arg in node.args)
    return replace(node, args=args), -1.0 if sum(turned) % 2 else 1.0


def _branches(node: Node, look: Look, sign: float, conditions: tuple[str, ...]) -> Iterator[Amount]:
    """Yield the amounts of the branch that is taken, or of every branch with its condition where that is open."""
    is_open = False
    for condition, value in zip(node.args[:-1:2], node.args[1::2], strict=True):
        holds = look(condition)
        if holds == 0.0:
            continue
        yield from _amounts(value, look, sign, (*conditions, f"if {told(condition, look)}"))
        if holds is not None:
            return
        is_open = True
    last = (*conditions, "otherwise") if is_open else conditions
    yield from _amounts(node.args[-1], look, sign, last)


def settled_by(likely: Mapping[str, float]) -> Look:
    """Return a look at what is the same number for every row."""
    known = {name: (number, number) for name, number in likely.items()}

    def look(node: Node) -> float | None:
        if node.op in ("text", "date"):
            return None
        found = bounds(node, known)
        return found[0] if found is not None and found[0] == found[1] else None

    return look


def _reads_rows(node: Node) -> bool:
    return node.op == "column" or any(_reads_rows(arg) for arg in node.args)


def _finite(end: float | None) -> float | None:
    return None if end is None or abs(end) == float("inf") else end
