"""Signs of the value: what the actions are worth on a positive and on a negative row, at the likely assumptions.

Where a value reads columns, what is said holds whatever they are; where that cannot be told, rows are needed
(``tabulation.worth``). With numbers of real rows at hand the words carry them.
"""

from collections.abc import Iterator, Mapping

from payoff.errors.linter import ActionsAlike, CellLeftOut
from payoff.errors.spec import ActionNeverBest, GainCountedTwice, MissingPays, NotLinted
from payoff.formulas import Formula, given, is_constant_given_outcome, walk
from payoff.quantities import readable
from payoff.spec.dominance import by_class
from payoff.spec.findings import Finding
from payoff.spec.margins import NO_ROW, OUTCOMES, Margins, Row, margins_of
from payoff.spec.model import Spec
from payoff.spec.reckoning import Bounds, bounds

Examples = Mapping[bool, Row]
"""Numbers of one real row per outcome, by column."""

NO_EXAMPLES: Examples = {True: NO_ROW, False: NO_ROW}
STAND_INS = (1.0, 1000.0)
"""What columns hold, one after the other, while the direction in which a value moves is tried out without rows."""

STEP = 0.5
"""By how much (relative, at least absolute) a name is moved to see the direction; any size would do."""


def signs(spec: Spec, examples: Examples = NO_EXAMPLES) -> Iterator[Finding]:
    """Yield what the value's signs give away.

    A gain counted twice, a miss that pays, an action never best, a cell left out, actions that are all alike.
    """
    if spec.of_quantity is not None:
        return
    if spec.data.classes is not None:
        yield from by_class(spec)
        return
    yield from _counted_twice(spec, examples)
    margins = margins_of(spec)
    if margins is None:
        yield _not_linted("values name the outcome's column or have too many parts")
        return
    found = [*_empty_cells(margins), *_ordered(spec, margins, examples)]
    yield from found
    if not found and not _is_settled(margins):
        varying = [action for action in spec.value if not is_constant_given_outcome(spec.value[action])]
        yield _not_linted(f"values of {', '.join(varying or spec.value)} vary by row")


def values_by_outcome(spec: Spec) -> dict[str, tuple[float, float]] | None:
    """Return per action its likely value on a positive and on a negative row; None where it varies by row."""
    margins = margins_of(spec)
    if margins is None or not all(is_constant_given_outcome(formula) for formula in spec.value.values()):
        return None
    found: dict[str, tuple[float, float]] = {}
    for action in spec.decision.actions:
        ends = [margins.value(action, outcome) for outcome in OUTCOMES]
        points = [end[0] for end in ends if end is not None and end[0] == end[1]]
        if len(points) < len(OUTCOMES):
            return None
        found[action] = points[0], points[1]
    return found


def worked_out(formula: Formula, known: Mapping[str, float], outcome: bool) -> float | None:
    """Return a formula's value on a row of that outcome whose columns are ``known``; None where it cannot be told."""
    return _point(formula, known, outcome) if formula.columns <= set(known) else None


def pays_on_positives(act: Formula, skip: Formula, likely: Mapping[str, float]) -> bool:
    """Return whether acting gains more on a positive row than on a negative one, as far as signs tell.

    True where they do not: most models score what somebody acts on.
    """
    row = {**dict.fromkeys(act.columns | skip.columns, STAND_INS[0]), **likely}
    gaps = []
    for outcome in OUTCOMES:
        ends = _point(act, row, outcome), _point(skip, row, outcome)
        if ends[0] is None or ends[1] is None:
            return True
        gaps.append(ends[0] - ends[1])
    return gaps[0] >= gaps[1]


def never_best(margins: Margins) -> Iterator[tuple[str, str]]:
    """Yield (action, better): actions that another one beats whatever the outcome and the row."""
    for action in margins.actions:
        for other in margins.actions:
            if other != action and all(_loses(margins.gap(action, other, y)) for y in OUTCOMES):
                yield action, other
                break
        else:
            if _is_below(margins, action):
                yield action, "another"


def on_each(margins: Margins, pair: tuple[str, str], examples: Examples) -> str:
    """Say what two actions are worth on a positive and on a negative row, with the numbers of a row where known."""
    words = []
    for outcome, name in zip(OUTCOMES, ("positive", "negative"), strict=True):
        row = _used(margins, pair, outcome, examples[outcome])
        worth = [said(margins.value(action, outcome, row)) for action in pair]
        at = (
            f" ({', '.join(f'{column} {readable(number)}' for column, number in row.items())})" if row else ""
        )
        words.append(f"on a {name}{at} {pair[0]} is worth {worth[0]}, {pair[1]} {worth[1]}")
    return "; ".join(words)


def said(found: Bounds | None) -> str:
    """Return an interval of money in words.

    >>> said((-5.0, -5.0)), said((0.0, 20.0)), said((-float("inf"), 3.0)), said(None)
    ('-5', '0 to 20', 'at most 3', 'nothing that is a number')
    """
    if found is None:
        return "nothing that is a number"
    low, high = found
    if low == high:
        return readable(low)
    if low == -float("inf"):
        return "any number" if high == float("inf") else f"at most {readable(high)}"
    return f"{readable(low)} or more" if high == float("inf") else f"{readable(low)} to {readable(high)}"


def _empty_cells(margins: Margins) -> Iterator[Finding]:
    for action in margins.actions:
        for outcome, name in zip(OUTCOMES, ("positive", "negative"), strict=True):
            if margins.value(action, outcome) is None:
                yield Finding.of(
                    CellLeftOut,
                    "error",
                    f"value.{action}",
                    f"no value for {action} on a {name} row: a `case` without `else` is NULL there",
                    "write what it is worth, such as `else 0`; a row without a value cannot be judged.",
                )


def _ordered(spec: Spec, margins: Margins, examples: Examples) -> Iterator[Finding]:
    """Compare what the actions are worth on a positive and on a negative row."""
    pair = spec.decision.actions[0], spec.decision.actions[-1]
    if any(margins.value(action, y) is None for action in margins.actions for y in OUTCOMES):
        return
    shown = on_each(margins, pair, examples)
    yes, no = (margins.gap(*pair, outcome) for outcome in OUTCOMES)
    if all(margins.gap(action, pair[1], y) == (0.0, 0.0) for action in margins.actions for y in OUTCOMES):
        yield alike(shown)
        return
    if _loses(yes) and _wins(no):
        yield missing_pays(shown)
        return
    useless = list(never_best(margins))
    yield from (never(action, better, shown) for action, better in useless)
    if not useless:
        yield from _free_cells(margins, pair, shown)


def alike(shown: str) -> Finding:
    """Return the finding that nothing is to be decided."""
    return Finding.of(
        ActionsAlike,
        "error",
        "value",
        f"{shown}: all actions are worth the same, so nothing can be gained",
        "state what each action earns and costs; a cost that equals what it saves leaves nothing to decide.",
    )


def missing_pays(shown: str) -> Finding:
    """Return the finding that a sign is probably turned."""
    return Finding.of(
        MissingPays,
        "warning",
        "value",
        f"{shown}: it pays to miss",
        "check the signs: costs are negative, gains positive; or data.positive names the wrong label.",
    )


def never(action: str, better: str, shown: str) -> Finding:
    """Return the finding that an action is never best."""
    return Finding.of(
        ActionNeverBest,
        "warning",
        f"value.{action}",
        f"{shown}: {action} is never best",
        f"check the formulas and their signs; if they are right, {better} is better for every row and {action} "
        "needs no model.",
    )


def free_cell(pair: tuple[str, str], shown: str, *, positive: bool) -> Finding:
    """Return the finding that being wrong costs nothing, or that being right earns nothing."""
    act, skip = pair
    text = (
        f"{act} on a positive row earns no more than {skip}"
        if positive
        else f"{act} costs nothing when wrong"
    )
    constant = skip if positive else act
    return Finding.of(
        CellLeftOut,
        "warning",
        "value",
        f"{shown}: {text}, so {constant} for every row can never lose",
        f"add what {'a caught case earns' if positive else 'a false alarm costs'}; if it is truly nothing, "
        "no model is needed.",
    )


def _free_cells(margins: Margins, pair: tuple[str, str], shown: str) -> Iterator[Finding]:
    """Yield a cell in which being right or wrong makes no difference; probably it was left out."""
    yes, no = (margins.gap(*pair, outcome) for outcome in OUTCOMES)
    if no == (0.0, 0.0) and _wins(yes):
        yield free_cell(pair, shown, positive=False)
    elif yes == (0.0, 0.0) and _loses(no):
        yield free_cell(pair, shown, positive=True)
    elif margins.difference(*pair, True) == margins.difference(*pair, False):
        yield Finding.of(
            CellLeftOut,
            "warning",
            "value",
            f"{pair[0]} is worth the same more than {pair[1]} whatever the outcome: being right earns nothing",
            "use `outcome` in a value, such as case when outcome then margin else 0 end.",
        )


def _is_settled(margins: Margins) -> bool:
    """Return whether the sign of every difference from the last action is known without rows."""
    gaps = [margins.gap(action, margins.actions[-1], y) for action in margins.actions[:-1] for y in OUTCOMES]
    return all(_wins(gap) or _loses(gap) or gap == (0.0, 0.0) for gap in gaps)


def _is_below(margins: Margins, action: str) -> bool:
    """Return whether an action is worse than the best of several others at every probability of a positive.

    Only where values do not vary by row: between the crossings of straight lines nothing changes.
    """
    gaps = [
        tuple(margins.gap(action, other, outcome) for outcome in OUTCOMES)
        for other in margins.actions
        if other != action
    ]
    lines = [(yes[0], no[0]) for yes, no in gaps if yes and no and yes[0] == yes[1] and no[0] == no[1]]
    if len(lines) < 2 or len(lines) < len(gaps):
        return False
    crossings = [
        (no - other_no) / ((no - other_no) - (yes - other_yes))
        for yes, no in lines
        for other_yes, other_no in lines
        if (no - other_no) != (yes - other_yes)
    ]
    tried = [0.0, 1.0, *(p for p in crossings if 0.0 < p < 1.0)]
    return all(min(p * yes + (1.0 - p) * no for yes, no in lines) < 0.0 for p in tried)


def _used(margins: Margins, pair: tuple[str, str], outcome: bool, row: Row) -> Row:
    """Return the numbers of a row that the values of two actions read at that outcome."""
    parts = [part for action in pair for part in margins.weights[outcome][action]]
    named = {str(node.value) for part in parts for node in walk(part) if node.op == "column"}
    return {column: number for column, number in row.items() if column in named}


def _wins(gap: Bounds | None) -> bool:
    return gap is not None and gap[0] > 0.0


def _loses(gap: Bounds | None) -> bool:
    return gap is not None and gap[1] < 0.0


def _not_linted(why: str) -> Finding:
    return Finding.of(
        NotLinted,
        "note",
        "value",
        f"not checked without data: {why}",
        "name the rows with --data; or read the gains in the result: acting should pay on positives.",
    )


def _counted_twice(spec: Spec, examples: Examples) -> Iterator[Finding]:
    """Yield what acting earns on positives and doing nothing is charged for on positives, once for all its names."""
    names = spec.decision.actions[0], spec.decision.actions[-1]
    act, skip = (spec.value[action] for action in names)
    shared = (act.assumptions & skip.assumptions) | (act.columns & skip.columns)
    found: dict[str, Row] = {}
    for name in sorted(shared):
        for row in _rows(spec, examples):
            if _moved(act, name, row) > 0.0 > _moved(skip, name, row):
                found[name] = row
                break
    if found:
        yield _twice(spec, found)


def _rows(spec: Spec, examples: Examples) -> Iterator[Row]:
    """Yield what the names of formulas may stand for: a real positive row, or stand-ins for its columns."""
    likely = {name: assumption.likely for name, assumption in spec.assumptions.items()}
    columns = {column for formula in spec.value.values() for column in formula.columns}
    if columns <= set(examples[True]):
        yield {**likely, **examples[True]}
        return
    for number in STAND_INS:
        yield {**dict.fromkeys(columns, number), **likely, **examples[True]}


def _moved(formula: Formula, name: str, row: Row) -> float:
    """Return by how much more a positive row than a negative one moves when a name does, if a positive moves so too.

    0 where that cannot be told. What is earned or paid whatever the outcome is no double counting.
    """
    at = row.get(name, STAND_INS[0])
    moved = {**row, name: at + max(abs(at), 1.0) * STEP}
    on = []
    for outcome in OUTCOMES:
        ends = [_point(formula, numbers, outcome) for numbers in (moved, row)]
        if ends[0] is None or ends[1] is None:
            return 0.0
        on.append(ends[0] - ends[1])
    alone = on[0] - on[1]
    return alone if alone * on[0] > 0.0 else 0.0


def _point(formula: Formula, row: Row, outcome: bool) -> float | None:
    found = bounds(given(formula.tree, outcome), {name: (number, number) for name, number in row.items()})
    return found[0] if found is not None and found[0] == found[1] else None


def _twice(spec: Spec, found: Mapping[str, Row]) -> Finding:
    """Word a gain counted twice with what its first name brings on one row: the values less those without it."""
    act, skip = spec.decision.actions[0], spec.decision.actions[-1]
    name, row = next(iter(found.items()))
    parts = []
    for action in (act, skip):
        ends = [_point(spec.value[action], numbers, True) for numbers in (row, {**row, name: 0.0})]
        parts.append(None if ends[0] is None or ends[1] is None else ends[0] - ends[1])
    told = ""
    if parts[0] is not None and parts[1] is not None:
        brought = f"{readable(parts[0])} and {readable(parts[1])}, together {readable(parts[0] - parts[1])}"
        told = f" (with {name} {readable(row[name])}: {brought} for one case)"
    named = " and ".join(f"`{each}`" for each in found)
    return Finding.of(
        GainCountedTwice,
        "warning",
        spec.value[act].where,
        f"{named} {'is' if len(found) == 1 else 'are'} earned by {act} on a positive row and charged to {skip} on a "
        f"positive row: the same money twice{told}",
        "keep one of the two: what a case is worth when caught, or what it costs when missed.",
    )
