"""What Spark says when something goes wrong, in payoff's words: its classes differ by client, so its words count."""

import re

from payoff.engines.addresses import Address, hidden
from payoff.errors import PayoffError
from payoff.errors.engine import (
    CannotConnect,
    ConnectionLost,
    MissingTable,
    MoneyOverflow,
    NoRights,
    NotARelation,
    OutOfMemory,
    QueryFailed,
)

MOST = 300
# The first that matches decides.
SIGNS: tuple[tuple[type[PayoffError], tuple[str, ...]], ...] = (
    (
        MoneyOverflow,
        (
            "CAST_OVERFLOW", "ARITHMETIC_OVERFLOW", "NUMERIC_VALUE_OUT_OF_RANGE", "can't cast value .* to type int",
            "arithmetic overflow", "overflow happened", "cannot cast to decimal",
        ),
    ),
    (MissingTable, ("TABLE_OR_VIEW_NOT_FOUND", "SCHEMA_NOT_FOUND", "(table|view) not found")),
    (NoRights, ("INSUFFICIENT_PERMISSIONS", "permission ?denied", "access ?denied", "not authorized", r"\b403\b")),
    (OutOfMemory, ("OutOfMemory", "UNABLE_TO_ACQUIRE_MEMORY", "java heap space", "resources exhausted")),
    (
        ConnectionLost,
        (
            "SparkContext was (shut|stopped)", "stopped SparkContext", "NoneType. object has no attribute",
            "executor.*(lost|killed)", "ExecutorLostFailure",
            "job .*cancelled", "UNAVAILABLE", "failed to connect to all addresses", "Connection (reset|refused)",
            "Socket closed", "gateway", "Answer from Java", "Py4JNetwork", "SESSION_(CLOSED|CHANGED)",
            "Tried reading schema message", "Error while sending or receiving", "^Py4JError: An error occurred",
            "INVALID_HANDLE", "NO_ACTIVE_SESSION", "is not running", "OPERATION_CANCELED",
        ),
    ),
    (NotARelation, ("PARSE_SYNTAX_ERROR", "ParseException", "invalid syntax", "expected .* found")),
)  # fmt: skip
ADVICE: dict[type[PayoffError], tuple[str, str]] = {
    MoneyOverflow: (
        "money that can be summed exactly",
        "declare a larger decision.quantum, such as 1, or check the columns and units of the formulas.",
    ),
    MissingTable: (
        "a table or view of that name",
        "name its catalog and schema too, as catalog.schema.table.",
    ),
    NoRights: ("the right to read", "ask its owner for: GRANT SELECT ON TABLE {table} TO you;"),
    OutOfMemory: (
        "room for the query",
        "give Spark more memory (spark.executor.memory, spark.driver.memory).",
    ),
    ConnectionLost: ("an answer", "run again; the logs of the driver say what stopped it."),
    NotARelation: ("one query that only reads", "write one select after #, without a second statement."),
    QueryFailed: ("an answer", "check the column named, if one is."),
}


def of_connecting(problem: Exception, address: Address) -> PayoffError:
    """Return the error of a session that was not made, or the error that was found in it."""
    if isinstance(problem, PayoffError) and not isinstance(problem, ConnectionLost):
        return problem
    told = problem.found if isinstance(problem, PayoffError) else _told(problem, address)
    return CannotConnect(
        where=address.place,
        found=told,
        expected="a connection",
        fix="check host, port and token, and that Spark Connect runs there.",
    )


def of_query(problem: Exception, place: str, address: Address | None) -> PayoffError:
    """Return the error of a query."""
    if isinstance(problem, PayoffError):
        return problem
    kind = _kind(f"{type(problem).__name__}: {problem}")
    behind = problem.__cause__ or problem.__context__
    while kind is QueryFailed and behind is not None:
        # Java that has died is told of in the words of the call that missed it.
        kind = ConnectionLost if _kind(f"{type(behind).__name__}: {behind}") is ConnectionLost else kind
        behind = behind.__cause__ or behind.__context__
    expected, fix = ADVICE[kind]
    where = "value" if kind is MoneyOverflow else place
    table = "the table" if address is None or " " in address.relation else address.relation
    return kind(where=where, found=_told(problem, address), expected=expected, fix=fix.format(table=table))


def _kind(words: str) -> type[PayoffError]:
    return next(
        (kind for kind, signs in SIGNS if re.search("|".join(signs), words, re.IGNORECASE)), QueryFailed
    )


def _told(problem: Exception, address: Address | None) -> str:
    text = str(problem).strip() or type(problem).__name__
    details = re.search(r'details = "([^"\n]+)', text)  # gRPC prints its whole state
    line = details[1] if details else text.partition("\n")[0]
    return hidden(line, () if address is None else address.secrets)[:MOST]
