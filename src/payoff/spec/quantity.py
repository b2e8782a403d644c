"""Decisions about a quantity: what is decided, how a candidate decides it, and what it is worth."""

from collections.abc import Mapping

from payoff.errors.quantity import InvalidNaive, InvalidQuantity, NotForQuantities, OnlyForQuantities
from payoff.formulas import Formula, Node, quote, substituted, walk
from payoff.quantities import parse_days
from payoff.spec.asking import Asked
from payoff.spec.document import IntervalDocument, PolicyDocument
from payoff.spec.model import Naive, Policy, Predicted, Quantities, Quantity, Spec
from payoff.spec.places import Path

OF_QUANTITY = frozenset({"quantity", "naive"})
"""Policies that decide a number and nothing else."""

_FORMS = "always with a number, decided with a column, quantity with a formula, or naive"
# What each naive rule cannot do without.
_NEEDED: Mapping[str, str] = {"last season": "season", "quantile": "level"}
_EXAMPLES: Mapping[str, str] = {"season": "season: 7 days", "level": "level: 0.8"}


def quantities(asked: Asked) -> Quantities | None:
    """Return what is decided where it is a number, None where it is one of several actions."""
    given = asked.document.decision.quantity
    if given is None:
        return None
    if asked.document.decision.actions is not None:
        raise InvalidQuantity(
            where=asked.at("decision", "actions"),
            found="actions beside a quantity",
            expected="one of the two: what is decided is a number, or one of several actions",
            fix="remove `actions`; every candidate decides a quantity of its own.",
        )
    path = ("decision", "quantity")
    if isinstance(given, str):
        return Quantities(unit=asked.name(given, path))
    least = 0.0 if given.least is None else float(given.least)
    if given.most is not None:
        asked.within(
            given.most, (*path, "most"), claim=f"more than least, {least:g}", holds=given.most > least
        )
    if given.level is not None:
        asked.within(
            given.level, (*path, "level"), claim="a level strictly between 0 and 1", holds=0 < given.level < 1
        )
    return Quantities(
        unit=asked.name("units of outcome" if given.unit is None else given.unit, (*path, "unit")),
        least=least,
        most=None if given.most is None else float(given.most),
        level=None if given.level is None else float(given.level),
    )


def check_outcome(asked: Asked) -> None:
    """Refuse what says something of an outcome with classes, where it is a number, and the reverse."""
    given = asked.document.data
    if not asked.of_quantity:
        if given.censored is not None:
            raise only_for_quantities(asked, ("data", "censored"), "a column of censored outcomes")
        return
    named = {
        "positive": given.positive is not None,
        "prevalence": given.prevalence is not None,
        "sampled": isinstance(given.sampled, str),
        "outcome_given": given.outcome_given not in (None, "any action"),
    }
    for key, is_there in named.items():
        if is_there:
            found, expected = f"`{key}` of an outcome that is a number", "no such key: it is about classes"
            raise refuse(asked, ("data", key), found, expected)


def quantity_policy(asked: Asked, form: str, given: PolicyDocument, path: Path) -> Policy:
    """Return the policy that decides a number.

    Raises
    ------
    NotForQuantities, OnlyForQuantities, InvalidQuantity, InvalidNaive
        A policy that chooses among actions, one that decides a number where there are actions, or a number that
        cannot be made.
    """
    if not asked.of_quantity:
        raise only_for_quantities(asked, (*path, form), f"the policy `{form}`")
    if form == "always":
        return Quantity(formula=_constant(asked, given.always, (*path, "always")))
    if form == "decided":
        if given.as_:
            raise refuse(asked, (*path, "as"), "a map of recorded decisions", "the column of numbers alone")
        asked.label(str(given.decided), (*path, "decided"))
        return Quantity(formula=_formula(asked, quote(str(given.decided)), (*path, "decided")))
    if form == "quantity":
        written = given.quantity if isinstance(given.quantity, str) else repr(given.quantity)
        return Quantity(formula=_formula(asked, written, (*path, "quantity")))
    if form == "naive":
        return _naive(asked, given, path)
    raise refuse(asked, (*path, form), f"the policy `{form}`", _FORMS)


def _constant(asked: Asked, number: object, path: Path) -> Formula:
    if not isinstance(number, (int, float)):
        raise InvalidQuantity(
            where=asked.text.at(path),
            found=f'"{number}"',
            expected="a number: the quantity of every row",
            fix="write a number such as 120; a column is {decided: COLUMN}, a formula {quantity: FORMULA}.",
        )
    return _formula(asked, repr(number), path)


def _formula(asked: Asked, text: str, path: Path) -> Formula:
    return asked.formula(text, path, outcome_allowed=False)


def _naive(asked: Asked, given: PolicyDocument, path: Path) -> Naive:
    rule, data = str(given.naive), asked.document.data
    for key in ("season", "level"):
        stated, wanted = getattr(given, key) is not None, _NEEDED.get(rule) == key
        if stated and not wanted:
            raise _no_naive(
                asked, (*path, key), f"`{key}` beside {rule}, where it means nothing", f"{rule} alone"
            )
        if wanted and not stated:
            raise _no_naive(
                asked, path, f"{rule} without `{key}`", f"`{key}` beside it, as in {_EXAMPLES[key]}"
            )
    if data.time is None:
        raise _no_naive(asked, path, f"{rule} without data.time", "a time: only earlier rows may be used")
    for key in ("label_known_on", "maturity"):
        if getattr(data, key) is not None:
            found = f"{rule} beside data.{key}: outcomes of earlier rows may not have been known"
            raise _no_naive(asked, path, found, "a column that holds what was known then: {decided: COLUMN}")
    if given.level is not None:
        claim = "a level strictly between 0 and 1"
        asked.within(given.level, (*path, "level"), claim=claim, holds=0 < given.level < 1)
    if given.otherwise is not None and not isinstance(given.otherwise, (int, float)):
        found = f'otherwise "{given.otherwise}"'
        raise _no_naive(asked, (*path, "otherwise"), found, "a number: the quantity of rows without history")
    return Naive(
        rule=given.naive or "last value",
        by=() if given.by is None else (given.by,),
        season_days=None if given.season is None else _days(asked, given.season, (*path, "season")),
        level=None if given.level is None else float(given.level),
        otherwise=None if given.otherwise is None else float(given.otherwise),
    )


def _days(asked: Asked, text: str, path: Path) -> int:
    try:
        days = parse_days(text)
    except ValueError:
        days = 0
    if days < 1:
        raise _no_naive(asked, path, f'"{text}"', 'whole days or weeks, such as "7 days" or "52 weeks"')
    return days


def _no_naive(asked: Asked, path: Path, found: str, expected: str) -> InvalidNaive:
    return InvalidNaive(
        where=asked.text.at(path), found=found, expected=expected, fix="correct the baseline, or take it out."
    )


def none_at_all(asked: Asked) -> Policy:
    """Return the policy of nobody: zero for every row."""
    return Quantity(formula=_formula(asked, "0", ("baselines",)))


def refuse_score(asked: Asked, score: str | None, path: Path) -> None:
    """Refuse a score, which ranks rows for an action."""
    if score is not None:
        expected = "a policy that says how many: {decided: COLUMN}"
        raise refuse(asked, (*path, "score"), "a score", expected)


def predicted(asked: Asked, given: IntervalDocument | None, path: Path) -> Predicted | None:
    """Return the columns of a predicted interval."""
    if given is None:
        return None
    here = (*path, "interval")
    if not asked.of_quantity:
        raise only_for_quantities(asked, here, "a predicted interval")
    if given.covers is not None:
        claim = "a share strictly between 0 and 1"
        asked.within(given.covers, (*here, "covers"), claim=claim, holds=0 < given.covers < 1)
    return Predicted(
        low=asked.label(given.low, (*here, "low")),
        high=asked.label(given.high, (*here, "high")),
        covers=None if given.covers is None else float(given.covers),
    )


def worth_of_quantity(asked: Asked) -> Formula:
    """Return what a row is worth, in terms of ``outcome`` and ``quantity``."""
    given = asked.document.value
    strange = [key for key in given if key != "quantity"]
    if strange or "quantity" not in given:
        raise InvalidQuantity(
            where=asked.at("value", *strange[:1]),
            found=f"a value of {strange[0]}" if strange else "no value",
            expected="one formula, value.quantity: what a row is worth by `outcome` and `quantity`",
            fix="write value: {quantity: 5 * least(outcome, quantity) - 2 * quantity}.",
        )
    written = given["quantity"] if isinstance(given["quantity"], str) else repr(given["quantity"])
    made = asked.formula(written, ("value", "quantity"), outcome_allowed=True, of_quantity=True)
    uses_quantity = any(node.op == "quantity" for node in walk(made.tree))
    missing = [
        name for name, used in (("outcome", made.uses_outcome), ("quantity", uses_quantity)) if not used
    ]
    if missing:
        raise InvalidQuantity(
            where=asked.at("value", "quantity"),
            found=f"a formula without `{missing[0]}`",
            expected="both `outcome` and `quantity`: else no candidate is worth more than another by deciding better",
            fix=f"say what the row is worth by how {missing[0]} turns out.",
        )
    return made


def values_of_quantities(spec: Spec) -> dict[str, Formula]:
    """Return what deciding as each candidate does is worth: the formula with that candidate's quantity in it.

    Assumptions in a quantity stand at their likely value: an assumption revalues decisions, it does not re-decide.
    """
    if spec.of_quantity is None:
        raise ValueError("no quantity is decided")
    outcome, made = Node("column", value=spec.data.outcome), {}
    for name in spec.decision.actions:
        quantity = quantity_of(spec, name)
        with_it = substituted(spec.of_quantity, {"outcome": outcome, "quantity": quantity.tree})
        text = f"{with_it.text} with quantity {quantity.text}"
        made[name] = Formula(
            text=text,
            where=with_it.where,
            columns=with_it.columns,
            assumptions=with_it.assumptions,
            uses_outcome=with_it.uses_outcome,
            tree=with_it.tree,
        )
    return made


def quantity_of(spec: Spec, name: str) -> Formula:
    """Return the quantity of a candidate as a formula over columns, those that naive rules make among them."""
    policy = spec.candidate(name).policy
    if isinstance(policy, Naive):
        column = naive_column(spec, name)
        tree = _within(Node("column", value=column, kind="number"), spec.decision.quantity)
        return Formula(column, f"baselines.{name}", frozenset({column}), frozenset(), False, tree)
    if not isinstance(policy, Quantity):
        raise TypeError(type(policy).__name__)
    likely = {one.name: Node("number", value=one.likely, kind="number") for one in spec.assumptions.values()}
    return substituted(policy.formula, likely)


def _within(quantity: Node, limits: Quantities | None) -> Node:
    """Return the nearest quantity that may be decided: outcomes may lie where quantities may not."""
    if limits is None:
        return quantity
    ends = [("greatest", limits.least), *([] if limits.most is None else [("least", limits.most)])]
    for op, end in ends:
        quantity = Node(op, (quantity, Node("number", value=end, kind="number")), kind="number")
    return quantity


def naive_column(spec: Spec, name: str) -> str:
    """Return the column that payoff makes for a naive candidate."""
    return f"payoff_naive_{[one.name for one in spec.candidates].index(name)}"


def refuse(asked: Asked, path: Path, found: str, expected: str) -> NotForQuantities:
    """Return the error for what means nothing where a quantity is decided."""
    return NotForQuantities(
        where=asked.text.at(path),
        found=f"{found}, where a quantity is decided",
        expected=expected,
        fix="remove it, or take out decision.quantity where one of several actions is decided.",
    )


def only_for_quantities(asked: Asked, path: Path, found: str) -> OnlyForQuantities:
    """Return the error for what means something only where a quantity is decided."""
    return OnlyForQuantities(
        where=asked.text.at(path),
        found=f"{found}, where one of several actions is decided",
        expected="decision.quantity beside it",
        fix="say what is decided, such as decision: {quantity: pieces}, or remove it.",
    )
