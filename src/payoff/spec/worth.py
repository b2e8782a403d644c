"""The sections ``value`` and ``assumptions``: what each action is worth, in which named numbers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from payoff.errors import nearest
from payoff.errors.spec import InvalidAssumption, InvalidValue
from payoff.formulas import Formula
from payoff.spec.asking import Asked
from payoff.spec.classes import check_labels
from payoff.spec.document import AssumptionDocument
from payoff.spec.model import Assumption
from payoff.spec.names import CELLS
from payoff.spec.quantity import only_for_quantities, worth_of_quantity
from payoff.spec.world import in_order

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SQL = (
    "outcome case when then else end and or not in like between is null true false "
    "if coalesce nullif greatest least abs ln exp sqrt floor ceil ceiling round power pow mod lower upper "
    "trim year month day select from where having group order limit union join with values exists any all "
    "cast try_cast as over filter distinct using on date time timestamp interval current_date create insert "
    "delete drop alter update set table"
)
RESERVED = frozenset(_SQL.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """The value per action with the assumptions in it."""

    value: Mapping[str, Formula]
    assumptions: Mapping[str, Assumption]
    together: tuple[tuple[str, ...], ...]
    of_quantity: Formula | None = None


def worth(asked: Asked) -> Worth:
    """Return the formulas per action and the assumptions they may use."""
    named = {name: _assumption(asked, name) for name in _names(asked)}
    if asked.of_quantity:
        return Worth(
            value={},
            assumptions=named,
            together=_together(asked, named),
            of_quantity=worth_of_quantity(asked),
        )
    return Worth(value=_value(asked), assumptions=named, together=_together(asked, named))


def _value(asked: Asked) -> dict[str, Formula]:
    given = asked.document.value
    cells = [key for key in given if key in CELLS and key not in asked.actions]
    actions = [key for key in given if key in asked.actions]
    if cells and actions:
        raise InvalidValue(
            where=asked.at("value"),
            found=f"the cell {cells[0]} beside the action {actions[0]}",
            expected="either one formula per action or the four cells",
            fix="use one of the two forms.",
        )
    if cells and (len(asked.actions) != 2 or asked.document.data.classes is not None):
        raise InvalidValue(
            where=asked.at("value", cells[0]),
            found=f"the cell {cells[0]}, where there are more than two actions or classes",
            expected="one formula per action: the four cells are of two actions and a binary outcome",
            fix=f"write a formula for each of {', '.join(asked.actions)}.",
        )
    return _from_cells(asked) if cells else _per_action(asked)


def _per_action(asked: Asked) -> dict[str, Formula]:
    given = asked.document.value
    for key in given:
        if key == "quantity" and key not in asked.actions:
            raise only_for_quantities(asked, ("value", key), "a value of a quantity")
        asked.action(key, ("value", key))
    _all_there(asked, asked.actions, "every action has a formula")
    found = {
        action: asked.formula(_written(given[action]), ("value", action), outcome_allowed=True)
        for action in asked.actions
    }
    for formula in found.values():
        check_labels(asked, formula)
    return found


def _from_cells(asked: Asked) -> dict[str, Formula]:
    """Rewrite the four cells as what acting and doing nothing are worth, given the outcome."""
    given = asked.document.value
    for key in given:
        if key not in CELLS:
            raise InvalidValue(
                where=asked.at("value", key),
                found=f'"{key}"{nearest(key, CELLS)}',
                expected=f"the four cells {', '.join(CELLS)}",
                fix="correct the name.",
            )
    _all_there(asked, CELLS, "every cell has a formula (0 is one)")
    for key in CELLS:
        asked.formula(_written(given[key]), ("value", key), outcome_allowed=True)
    act, skip = asked.actions[0], asked.actions[-1]
    return {
        action: asked.formula(
            _of_outcome(_written(given[positive]), _written(given[negative])),
            ("value", positive),
            outcome_allowed=True,
        )
        for action, positive, negative in (
            (act, "true_positive", "false_positive"),
            (skip, "false_negative", "true_negative"),
        )
    }


def _of_outcome(positive: str, negative: str) -> str:
    """Return the formula of one action; free of the outcome where both cells are zero, as such an action is."""
    if _is_zero(positive) and _is_zero(negative):
        return "0"
    return f"case when outcome then ({positive}) else ({negative}) end"


def _is_zero(text: str) -> bool:
    try:
        return float(text) == 0.0
    except ValueError:
        return False


def _all_there(asked: Asked, needed: tuple[str, ...], expected: str) -> None:
    missing = [key for key in needed if key not in asked.document.value]
    if missing:
        raise InvalidValue(
            where=asked.at("value"),
            found=f"nothing for {' and '.join(missing)}",
            expected=expected,
            fix=f"add `{missing[0]}`; write 0 where nothing is gained or lost.",
        )


def _written(value: str | float) -> str:
    return value if isinstance(value, str) else repr(value)


def _names(asked: Asked) -> tuple[str, ...]:
    for name in asked.assumptions:
        if not _IDENTIFIER.fullmatch(name) or name.lower() in RESERVED:
            raise InvalidAssumption(
                where=asked.at("assumptions", name),
                found=f'the name "{name}"',
                expected="letters, digits and underscores, beginning with a letter, and no word of SQL",
                fix="rename the assumption, for example with an underscore or a second word.",
            )
    return tuple(asked.assumptions)


def _assumption(asked: Asked, name: str) -> Assumption:
    given, path = asked.assumptions[name], ("assumptions", name)
    if not isinstance(given, AssumptionDocument):
        return Assumption(name=name, likely=float(given))
    low, high = in_order(asked, path, low=given.low, likely=given.likely, high=given.high)
    if given.shape is not None and low is None:
        raise InvalidAssumption(
            where=asked.at(*path, "shape"),
            found=f"the shape {given.shape} without a range",
            expected="low and high beside it",
            fix="add low and high, or remove the shape.",
        )
    return Assumption(
        name=name,
        likely=float(given.likely),
        low=low,
        high=high,
        shape=given.shape or "triangle",
        owner=given.owner,
        source=given.source,
        date=given.date,
    )


def _together(asked: Asked, named: Mapping[str, Assumption]) -> tuple[tuple[str, ...], ...]:
    """Return the groups that move as one: one list of names, or a list of such lists."""
    given = asked.document.assumptions
    if given is None or given.together is None:
        return ()
    flat = all(isinstance(entry, str) for entry in given.together)
    groups = (given.together,) if flat else given.together
    seen: set[str] = set()
    for position, group in enumerate(groups):
        path = ("assumptions", "together", *(() if flat else (position,)))
        if isinstance(group, str) or len(group) < 2:
            raise _no_group(asked, path, f"{group!r}", "two or more names that move as one")
        for name in group:
            if not isinstance(name, str) or name not in named:
                raise _no_group(asked, path, f"{name!r}{nearest(str(name), named)}", "names of assumptions")
            if name in seen:
                raise _no_group(asked, path, f"{name!r} again", "each name once, in one group")
            if named[name].low is None:
                raise _no_group(asked, path, f"{name!r}, which has no range", "assumptions with low and high")
            seen.add(name)
    return tuple(tuple(str(name) for name in group) for group in groups)


def _no_group(asked: Asked, path: tuple[str | int, ...], found: str, expected: str) -> InvalidAssumption:
    return InvalidAssumption(
        where=asked.text.at(path), found=found, expected=expected, fix="write together: [first, second]."
    )
