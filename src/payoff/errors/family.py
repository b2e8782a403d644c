"""The root of all errors and its six families."""

import difflib
from collections.abc import Iterable, Mapping
from typing import ClassVar


class PayoffError(Exception):
    """Something payoff refuses, said so that the reader can act on it.

    Attributes
    ----------
    code : the class's own code, such as ``PAY201``.
    where : the place: a path into the spec, a column, a file.
    found, expected : what stood there and what should have.
    fix : what to do now.
    problems : all problems of one document, this one first, where several were found at once.
    """

    code: ClassVar[str] = "PAY000"
    problems: tuple["PayoffError", ...] = ()

    def __init__(self, *, where: str, found: str, expected: str, fix: str) -> None:
        self.where, self.found, self.expected, self.fix = where, found, expected, fix
        super().__init__(f"{self.code} at {where}: found {found}, expected {expected}. Fix: {fix}")


class UsageError(PayoffError):
    """A call or a command line that cannot be followed."""

    code = "PAY100"


class SpecError(PayoffError):
    """The specification says something that payoff cannot take."""

    code = "PAY200"


class DataError(PayoffError):
    """The rows cannot answer the question as they are."""

    code = "PAY300"


class EngineError(PayoffError):
    """The engine could not read or count the rows."""

    code = "PAY400"


class JudgingError(PayoffError):
    """A verdict was asked for that cannot be given."""

    code = "PAY500"


class StoreError(PayoffError):
    """A file could not be written or read back."""

    code = "PAY600"


def codes() -> Mapping[str, type[PayoffError]]:
    """Return every error class by its code.

    Raises
    ------
    TypeError
        If two classes claim one code.
    """
    found: dict[str, type[PayoffError]] = {}
    waiting: list[type[PayoffError]] = [PayoffError]
    while waiting:
        family = waiting.pop()
        if family.code in found:
            raise TypeError(f"{family.__name__} and {found[family.code].__name__} share {family.code}")
        found[family.code] = family
        waiting.extend(family.__subclasses__())
    return dict(sorted(found.items()))


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ' (did you mean X?)' for the known word nearest to ``word``, or nothing.

    >>> nearest("hurdels", ["hurdles", "slices"])
    ' (did you mean hurdles?)'
    >>> nearest("xyz", ["hurdles"])
    ''
    """
    matches = difflib.get_close_matches(word, [str(name) for name in known], n=1, cutoff=0.6)
    return f" (did you mean {matches[0]}?)" if matches else ""
