"""What a user names as rows in a database: one table, or one query that only reads."""

import re

from payoff.errors.engine import NotARelation

_QUERY = re.compile(r"^(?:\s|\(|--[^\n]*\n|/\*.*?\*/)*(select|with)\b", re.IGNORECASE | re.DOTALL)
_PART = re.compile(r'\s*(?:"((?:[^"]|"")+)"|`((?:[^`]|``)+)`|([^\s."`;()\']+))\s*(\.|$)')


def is_query(relation: str) -> bool:
    """Return whether ``relation`` is a query rather than the name of a table.

    >>> is_query("select * from t"), is_query("with"), is_query("sales.calls"), is_query("selection")
    (True, False, False, False)
    """
    found = _QUERY.match(relation)
    return found is not None and relation.strip().lower() not in ("select", "with")


def table_parts(relation: str) -> tuple[str, ...]:
    """Return the parts of a table's name, without quotes.

    Raises
    ------
    NotARelation
        When it is no name.

    >>> table_parts('sales."Calls of May"')
    ('sales', 'Calls of May')
    """
    parts, at = [], 0
    while True:
        found = _PART.match(relation, at)
        if found is None:
            raise _refused(relation)
        parts.append((found[1] or "").replace('""', '"') or (found[2] or "").replace("``", "`") or found[3])
        at = found.end()
        if not found[4]:
            return tuple(parts)


def query_text(relation: str) -> str:
    """Return a query without the semicolon at its end.

    Raises
    ------
    NotARelation
        When more follows the semicolon.
    """
    stripped = relation.strip()
    while stripped.endswith(";"):
        stripped = stripped[:-1].rstrip()
    return stripped


def _refused(relation: str) -> NotARelation:
    shown = relation if len(relation) <= 80 else f"{relation[:77]}..."
    return NotARelation(
        where="data",
        found=shown,
        expected="the name of one table, or one query that begins with select or with",
        fix="name the table as schema.table, in double quotes where it holds other signs.",
    )
