"""Errors of what-if on a stored result (PAY274 to PAY277)."""

from payoff.errors.family import UsageError


class NothingToRevalue(UsageError):
    """The result keeps nothing to revalue: it is older, partial, or of outcomes that nobody saw."""

    code = "PAY274"


class UnknownSetting(UsageError):
    """A number to try is of no assumption of the result, or the result has no volume, threshold or capacity."""

    code = "PAY275"


class UnusableSetting(UsageError):
    """A number to try is none, not finite, beyond 1e30, or a volume that is not above zero."""

    code = "PAY276"


class NotAStep(UsageError):
    """Only some values can be tried: the stops of an assumption bound to rows, published cuts, steps of a capacity."""

    code = "PAY277"
