"""From a query in DuckDB's dialect to one that means the same elsewhere."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from payoff.engines.dialects.kinds import said
from payoff.engines.dialects.vocabulary import check, refused

Rule = Callable[[Any], exp.Expression]
CACHED = 512  # an evaluation asks a few dozen queries


@dataclass(frozen=True, slots=True, eq=False)
class Dialect:
    """How one engine writes what DuckDB says.

    Attributes
    ----------
    name : the dialect's name in sqlglot.
    rules : node -> what to write instead, its operands being rewritten already.
    longest_name : bytes of the longest name that the engine keeps whole; None where there is no limit.
    """

    name: str
    rules: Mapping[type[exp.Expression], Rule]
    longest_name: int | None = None


@lru_cache(maxsize=CACHED)
def translate(query: str, dialect: Dialect) -> str:
    """Return ``query`` in another dialect.

    Raises
    ------
    UntranslatableQuery
        When it is no single query, or uses a word that is not in the vocabulary.
    """
    try:
        trees = sqlglot.parse(query, read="duckdb")
    except SqlglotError as problem:
        raise refused(f"a query that cannot be read: {str(problem)[:200]}") from None
    if len(trees) != 1 or not isinstance(trees[0], (exp.Select, exp.Union)):
        raise refused(f"something other than one query: {query[:120]}")
    tree = trees[0]
    check(tree)
    _refuse_long_names(tree, dialect)
    return _rewritten(tree, dialect).sql(dialect.name, identify=True, comments=False)


def with_definitions(query: str, definitions: Iterable[tuple[str, str]]) -> str:
    """Return a translated query with named relations before it; both are in the engine's dialect already.

    >>> with_definitions("SELECT 1 FROM s", [("s as", "select 2")])
    'WITH s as (select 2) SELECT 1 FROM s'
    """
    named = ", ".join(f"{head} ({text})" for head, text in definitions)
    if not named:
        return query
    if query.upper().startswith("WITH "):
        return f"WITH {named}, {query[5:]}"
    return f"WITH {named} {query}"


def _rewritten(node: exp.Expression, dialect: Dialect) -> exp.Expression:
    kind = said(node)
    for key, value in list(node.args.items()):
        if isinstance(value, exp.Expression):
            node.set(key, _rewritten(value, dialect))
        elif isinstance(value, list):
            node.set(
                key, [_rewritten(one, dialect) if isinstance(one, exp.Expression) else one for one in value]
            )
    rule = dialect.rules.get(type(node))
    written = node if rule is None else rule(node)
    if kind != "unknown":
        written.meta["said"] = kind
    return written


def _refuse_long_names(tree: exp.Expression, dialect: Dialect) -> None:
    if dialect.longest_name is None:
        return
    for name in tree.find_all(exp.Identifier):
        if len(name.name.encode()) > dialect.longest_name:
            raise refused(f"a name of {len(name.name.encode())} bytes: {name.name[:40]}...")
