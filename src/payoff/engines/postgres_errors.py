"""What PostgreSQL says when something goes wrong, in payoff's words. Nothing secret is repeated."""

import psycopg

from payoff.engines.addresses import Address, hidden
from payoff.errors import EngineError
from payoff.errors.engine import (
    CannotConnect,
    ConnectionLost,
    MissingTable,
    MoneyOverflow,
    NoRights,
    NotARelation,
    OutOfMemory,
    QueryFailed,
    QueryTimeout,
)

# A number out of range; a power of zero or of a negative number that is none.
OUT_OF_RANGE = ("22003", "2201F")
MOST = 300


class NumberTooLarge(Exception):
    """Arithmetic left the doubles, or an integer its bits; the query may be run again with guards."""


def of_connecting(told: str, address: Address) -> EngineError:
    """Return the error of a connection that was not made."""
    return CannotConnect(
        where=address.place,
        found=_first_line(told),
        expected="a connection",
        fix="check host, port, database, user and password; PGPASSWORD or ~/.pgpass can hold the password.",
    )


def of_query(problem: psycopg.Error, address: Address, *, lost: bool, last: bool) -> Exception:
    """Return the error of a query; ``last`` when it has run with guards already."""
    state, told = problem.sqlstate or "", _first_line(hidden(_message(problem), address.secrets))
    where = address.place
    if lost or state.startswith(("57P", "08")):
        return _lost(where, told)
    if state in OUT_OF_RANGE:
        return _overflow(told) if last else NumberTooLarge()
    if state == "57014":
        return _stopped(where, told)
    if state == "42501":
        return _no_rights(where, told, address)
    if state in ("42P01", "3F000", "3D000"):
        return _missing(where, told)
    if state.startswith("53") and state != "53300":
        return _exhausted(where, told)
    if state in ("25006", "42601", "0A000"):
        return _refused(where, told)
    return QueryFailed(
        where=where, found=told, expected="an answer", fix="check the column named, if one is."
    )


def _lost(where: str, told: str) -> EngineError:
    return ConnectionLost(
        where=where,
        found=told or "the connection closed",
        expected="an answer",
        fix="run again; ask who stopped the server or the session.",
    )


def _overflow(told: str) -> EngineError:
    return MoneyOverflow(
        where="value",
        found=told,
        expected="money that can be summed exactly",
        fix="declare a larger decision.quantum, such as 1, or check the columns and units of the formulas.",
    )


def _stopped(where: str, told: str) -> EngineError:
    return QueryTimeout(
        where=where,
        found=told,
        expected="an answer in time",
        fix="add ?statement_timeout=1h to the address, or ask for fewer rows.",
    )


def _no_rights(where: str, told: str, address: Address) -> EngineError:
    kind, _, name = told.removeprefix("permission denied for ").partition(" ")
    user = address.user or "the user"
    grants = {
        "schema": f"GRANT USAGE ON SCHEMA {name} TO {user}",
        "database": f"GRANT CONNECT ON DATABASE {name} TO {user}",
    }
    grant = grants.get(kind, f"GRANT SELECT ON {_table(address) or name} TO {user}")
    return NoRights(where=where, found=told, expected="the right to read", fix=f"ask its owner for: {grant};")


def _missing(where: str, told: str) -> EngineError:
    return MissingTable(
        where=where,
        found=told,
        expected="a table or view of that name",
        fix="name its schema too, as schema.table, and write names as the database spells them.",
    )


def _exhausted(where: str, told: str) -> EngineError:
    return OutOfMemory(
        where=where,
        found=told,
        expected="room for the query",
        fix="ask for more memory or disk for the server, or for fewer rows.",
    )


def _refused(where: str, told: str) -> EngineError:
    return NotARelation(
        where=where,
        found=told,
        expected="one query that only reads",
        fix="write one select after #, without a second statement.",
    )


def _table(address: Address) -> str:
    return "" if " " in address.relation else address.relation


def _message(problem: psycopg.Error) -> str:
    return problem.diag.message_primary or str(problem)


def _first_line(told: str) -> str:
    return told.strip().partition("\n")[0][:MOST]
