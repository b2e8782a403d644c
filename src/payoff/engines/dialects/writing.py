"""What the rules of several dialects share: building expressions, and rules that hold wherever they are used."""

from sqlglot import exp

from payoff.engines.dialects.kinds import said

Type = exp.DataType.Type


def cast(node: exp.Expression, to: str, dialect: str) -> exp.Expression:
    """Return ``node`` as a type; a node that says it is of that type is left alone."""
    target = exp.DataType.build(to, dialect=dialect)
    if isinstance(node, exp.Cast) and node.to == target:
        return node
    made = exp.Cast(this=node, to=target)
    made.meta.pop("said", None)
    return made


def call(name: str, *args: exp.Expression) -> exp.Expression:
    """Return a call of a function by its own name."""
    return exp.Anonymous(this=name, expressions=list(args))


def whole(number: int) -> exp.Expression:
    """Return an integer literal."""
    return exp.Literal.number(number)


def text(value: str) -> exp.Expression:
    """Return a text literal."""
    return exp.Literal.string(value)


def binary(kind: type[exp.Binary], left: exp.Expression, right: exp.Expression) -> exp.Expression:
    """Return an operation in brackets, its operands in brackets where they are operations."""
    return exp.Paren(this=kind(this=bracketed(left), expression=bracketed(right)))


def bracketed(node: exp.Expression) -> exp.Expression:
    """Return a node that can stand beside any operator."""
    needs = isinstance(node, (exp.Binary, exp.Neg, exp.Not, exp.Between, exp.In, exp.Case, exp.Collate))
    return exp.Paren(this=node) if needs else node


def in_brackets(node: exp.Binary) -> exp.Expression:
    """Put brackets around an operation on bits: engines bind these operators differently."""
    return binary(type(node), node.this, node.expression)


def nulls_last(node: exp.Ordered) -> exp.Expression:
    """Order NULL after everything, as DuckDB does in both directions; said in words on every engine."""
    node.set("nulls_first", False)
    return node


def aliased(prefix: str = "payoff_t") -> "Aliases":
    """Return a rule that names subqueries in FROM, which some engines insist on."""
    return Aliases(prefix)


class Aliases:
    """Gives every subquery in FROM a name."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    def __call__(self, node: exp.From) -> exp.Expression:
        """Name the subquery of one FROM."""
        inner = node.this
        if isinstance(inner, exp.Subquery) and not inner.alias:
            inner.set("alias", exp.TableAlias(this=exp.to_identifier(self._prefix)))
        return node


def grouping_mask(node: exp.Grouping, dialect: str) -> exp.Expression:
    """Write the bit mask as a sum of single GROUPINGs: engines differ in how many they take, and in which order."""
    total: exp.Expression | None = None
    for place, column in enumerate(reversed(node.expressions)):
        bit = cast(exp.Grouping(expressions=[column]), "bigint", dialect)
        term = bit if place == 0 else exp.Mul(this=bit, expression=whole(2**place))
        total = term if total is None else exp.Add(this=total, expression=term)
    return exp.Paren(this=total)


def hugeint(node: exp.Cast, to: str, dialect: str) -> exp.Expression:
    """Cast to more than 64 bits; what may be a double goes through 64 bits, where no digit is lost in silence."""
    exact = said(node.this) in ("whole", "null")
    inner = node.this if exact else cast(node.this, "bigint", dialect)
    return cast(inner, to, dialect)
