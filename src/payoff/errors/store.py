"""Errors of files written and read back (PAY6xx)."""

from payoff.errors.family import StoreError


class UnreadableResult(StoreError):
    """The file is no payoff result, was written by another schema, or was changed after it was written."""

    code = "PAY601"


class UnwritableOutput(StoreError):
    """A result or report could not be written where it was asked for."""

    code = "PAY602"
