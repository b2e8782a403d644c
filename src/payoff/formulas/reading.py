"""From text to tree: sqlglot parses, and every step is rebuilt from an allow-list (``converting``).

The parser is loaded with the first formula: what only tells a stored result never needs it.
"""

from collections.abc import Collection
from importlib import import_module

from payoff.errors.formulas import FormulaLimitError, IdentifierError
from payoff.formulas.kinds import typed
from payoff.formulas.scanning import MAX_NESTING, scan
from payoff.formulas.tree import Formula, Node, summarise, walk

MAX_NODES = 500
MAX_WRITTEN = 5000


def parse(
    text: str,
    *,
    where: str,
    assumptions: Collection[str],
    outcome_allowed: bool,
    outcome_kind: str = "boolean",
    of_quantity: bool = False,
) -> Formula:
    """Read one SQL expression over columns, ``outcome`` and assumptions.

    An unquoted name that is exactly an assumption's is that assumption, an unquoted
    ``outcome`` in any case is the outcome, and every other name is a column; a name
    in double quotes is always a column. Numbers are doubles. Nothing is evaluated.

    Parameters
    ----------
    text : the expression, at most 4,096 characters, 500 steps, 24 levels.
    where : its place in the spec, for messages.
    assumptions : the names of all assumptions.
    outcome_allowed : False in rules, which decide before the outcome is known.
    outcome_kind : ``boolean``, or the kind of the labels where the outcome is one of several classes.
    of_quantity : whether it says what a quantity is worth: ``outcome`` is a number then, and an unquoted
        ``quantity`` is the number that was decided.

    Raises
    ------
    FormulaSyntaxError, FormulaLimitError, FormulaConstructError
        The text is not one expression, too large, or uses what is not allowed.
    FormulaTypeError
        Kinds are mixed in a way that no data could mend, such as ``1 + 'a'``.
    FormulaOutcomeError
        ``outcome`` is used where it is not allowed.

    >>> formula = parse("margin * amount", where="value.call", assumptions=["margin"], outcome_allowed=True)
    >>> sorted(formula.columns), sorted(formula.assumptions), formula.uses_outcome
    (['amount'], ['margin'], False)
    """
    scan(text, where=where)
    parser = import_module("payoff.formulas.converting")
    names = parser.Names(where, frozenset(assumptions), outcome_allowed, outcome_kind, of_quantity)
    try:
        tree: Node = parser.converted(text, names)
    except RecursionError:
        raise _too_large(where, "nesting too deep to read", f"at most {MAX_NESTING} levels") from None
    _check_size(tree, where)
    return summarise(typed(tree, {}, where=where), text=text, where=where)


def _check_size(tree: Node, where: str) -> None:
    nodes = sum(1 for _ in walk(tree))
    depth, written = _measure(tree)
    if nodes > MAX_NODES or written > MAX_WRITTEN:
        raise _too_large(where, f"{max(nodes, written)} steps", f"at most {MAX_NODES} ({MAX_WRITTEN} as SQL)")
    if depth > MAX_NESTING:
        raise _too_large(where, f"{depth} levels", f"at most {MAX_NESTING} levels")


def _measure(node: Node) -> tuple[int, int]:
    """Return depth and size as SQL: guarded functions write their argument more than once."""
    if not node.args:
        return 1, 1
    inner = [_measure(arg) for arg in node.args]
    times = {"exp": 4, "ln": 2, "sqrt": 2, "round": 2, "greatest": 2, "least": 2}.get(node.op, 1)
    return 1 + max(depth for depth, _ in inner), 1 + times * sum(size for _, size in inner)


def _too_large(where: str, found: str, expected: str) -> FormulaLimitError:
    return FormulaLimitError(
        where=where, found=found, expected=expected, fix="compute part of it as a column of the data."
    )


def quote(name: str) -> str:
    '''Return a name as an SQL identifier: in double quotes, quotes inside doubled.

    Raises
    ------
    IdentifierError
        For an empty name, or one that holds NUL or half a surrogate pair.

    >>> quote('say "hi"')
    '"say ""hi"""'
    '''
    if not name or "\0" in name or any("\ud800" <= letter <= "\udfff" for letter in name):
        raise IdentifierError(
            where="column name",
            found=ascii(name),
            expected="at least one character, and no NUL or broken Unicode",
            fix="rename the column in the data.",
        )
    return '"' + name.replace('"', '""') + '"'
