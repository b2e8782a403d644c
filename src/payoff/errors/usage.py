"""Errors of calls and command lines (PAY1xx)."""

from payoff.errors.family import UsageError


class NoData(UsageError):
    """Neither the call nor the spec says where the rows are."""

    code = "PAY101"


class UnknownName(UsageError):
    """A name given to a call or an option is not one that the spec has."""

    code = "PAY102"


class NotANumber(UsageError):
    """``--assume`` needs NAME=VALUE with a number as the value."""

    code = "PAY103"


class ResultNeeded(UsageError):
    """The deployed threshold was chosen from data: only a result knows it."""

    code = "PAY104"


class FileInTheWay(UsageError):
    """A file would be overwritten: one that exists already, an input, or another output of the same call."""

    code = "PAY105"


class NotALook(UsageError):
    """Looks at the same rows are given as a count, ``any-time`` or ``any-time:ROWS``."""

    code = "PAY107"


class MissingExtra(UsageError):
    """The call needs a package that is not installed."""

    code = "PAY106"


class UnusableSearch(UsageError):
    """A search over slices cannot be made of these columns, bins or rows."""

    code = "PAY108"


class UnplannableDecision(UsageError):
    """A plan is made of recall and precision: it knows two actions, a yes-or-no outcome and one capacity."""

    code = "PAY109"


class UnknownLanguage(UsageError):
    """A result is told in a language that payoff has no catalogue of."""

    code = "PAY110"


class NoBrowser(UsageError):
    """The report is printed by a browser of this machine, and there is none that can print."""

    code = "PAY124"


class NotPrinted(UsageError):
    """The browser that was asked to print the report did not."""

    code = "PAY125"


class ChartNotDrawn(UsageError, AttributeError):
    """A chart of that name does not exist, or this result has not what it needs."""

    code = "PAY126"


class NoFont(UsageError):
    """A picture was asked for, and this machine has no font to write its texts in."""

    code = "PAY127"


class UnusableStyle(UsageError):
    """A chart cannot be drawn in that style: no such part of it, or a value that it cannot take."""

    code = "PAY128"


class NotOfAPlan(UsageError):
    """A stored plan is told as a page, in Markdown and as text, with its charts; not as what only a result can be."""

    code = "PAY129"
