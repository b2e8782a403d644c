"""Errors of files written and read back (PAY6xx)."""

from payoff.errors.family import StoreError


class UnreadableResult(StoreError):
    """The file is no payoff result, was written by another schema, or was changed after it was written."""

    code = "PAY601"


class UnwritableOutput(StoreError):
    """A result or report could not be written where it was asked for."""

    code = "PAY602"


class UnreadableTables(StoreError):
    """The file holds no saved tables, those of another version, or was changed after it was written."""

    code = "PAY603"


class TablesDiffer(StoreError):
    """Saved tables add only where one spec counted them with the same choices; the message says what differs."""

    code = "PAY604"


class TablesLack(StoreError):
    """What the spec asks now cannot be told from the saved tables: rows must be read, and none were named."""

    code = "PAY605"


class NewerResult(StoreError):
    """The result or plan was written by a later version of payoff, in a form that this one does not know."""

    code = "PAY607"


class UnreadablePlan(StoreError):
    """The file holds a part of a plan, one of another form, or one that was changed after it was written."""

    code = "PAY609"
