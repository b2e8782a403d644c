"""Errors and remarks of outcomes of several classes: of the spec PAY288 to PAY290, of the rows PAY319 to PAY321."""

from payoff.errors.family import DataError, SpecError


class InvalidClasses(SpecError):
    """``data.classes`` that cannot be the classes of an outcome: one alone, a label twice, text beside numbers."""

    code = "PAY288"


class InvalidScores(SpecError):
    """Class probabilities that do not fit the spec: a class left out or unknown, no classes, a score beside them."""

    code = "PAY289"


class NeedsTwoClasses(SpecError):
    """Something that means nothing for an outcome of several classes, such as a prevalence or a tuned threshold."""

    code = "PAY290"


class UnlistedClass(DataError):
    """The outcome column holds a label that ``data.classes`` does not list; no row is dropped for it."""

    code = "PAY319"


class ClassUnseen(DataError):
    """A class that no known row has: nothing was seen of what it costs."""

    code = "PAY320"


class ProbabilitiesUnsummed(DataError):
    """Class probabilities that do not sum to one within 1e-6."""

    code = "PAY321"
