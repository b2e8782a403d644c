"""Errors of the engine that reads the rows (PAY4xx)."""

from payoff.errors.family import EngineError


class UnreadableData(EngineError):
    """The file or frame could not be read: it is missing, damaged, or of a format payoff does not read."""

    code = "PAY401"


class QueryFailed(EngineError):
    """The engine stopped while counting. With ``--debug`` the traceback shows its own words."""

    code = "PAY402"


class OutOfMemory(EngineError):
    """The engine needed more memory than it may use, even with spilling to disk.

    What it may use is the least of what the process may map (``ulimit -v``), the limit of its container and the
    memory of the machine, less room for Python.
    """

    code = "PAY403"


class MoneyOverflow(EngineError):
    """A sum of money in quanta does not fit into 38 digits: declare a larger ``decision.quantum``."""

    code = "PAY404"


class CannotConnect(EngineError):
    """The server cannot be reached, or does not let this user in. The message never shows the password."""

    code = "PAY405"


class NoRights(EngineError):
    """The user may not read the table. The message names the right to ask for; reading is all payoff needs."""

    code = "PAY406"


class MissingTable(EngineError):
    """There is no table or view of that name where the engine looked."""

    code = "PAY407"


class QueryTimeout(EngineError):
    """A query ran longer than the server or payoff allows. Nothing was half-counted."""

    code = "PAY408"


class ConnectionLost(EngineError):
    """The connection, or what ran the query at its other end, went away before the answer came."""

    code = "PAY409"


class NotARelation(EngineError):
    """What was given as rows is neither one table nor one query that only reads."""

    code = "PAY410"


class UntranslatableQuery(EngineError):
    """A query uses a word that payoff does not translate to every engine. This is payoff's own fault: report it."""

    code = "PAY411"


class UnclearAddress(EngineError):
    """The address of a database cannot be followed: no table after ``#``, an unset variable, a password in a spec."""

    code = "PAY412"


class SpillFailed(EngineError):
    """What does not fit into memory is kept on disk while counting, and the disk was full or may not be written.

    Temporary files go where ``TMPDIR`` says, and are removed at the end.
    """

    code = "PAY413"
