"""PAY250 to PAY259: value formulas and conditions."""

from payoff.errors.family import SpecError


class FormulaSyntaxError(SpecError):
    """The text is not one SQL expression: a bracket, a quote or an operand is missing or too many."""

    code = "PAY250"


class FormulaLimitError(SpecError):
    """The formula is longer, deeper or larger than allowed, or a number in it is out of range."""

    code = "PAY251"


class FormulaConstructError(SpecError):
    """The formula uses a function, a word or a sign that formulas may not use.

    Formulas hold numbers, text, columns, ``outcome``, assumptions, arithmetic,
    comparisons, CASE and a short list of functions: nothing that reads, writes,
    aggregates or casts.
    """

    code = "PAY252"


class FormulaColumnError(SpecError):
    """A name in the formula is no column of the data, or could be several."""

    code = "PAY253"


class FormulaTypeError(SpecError):
    """Kinds of values are mixed, such as text compared with a number or a boolean that is added."""

    code = "PAY254"


class FormulaPartsError(SpecError):
    """A value expands into more parts than one pass over the rows should carry."""

    code = "PAY255"


class IdentifierError(SpecError):
    """A name that no SQL engine can hold as an identifier: empty, or with a NUL in it."""

    code = "PAY256"


class FormulaOutcomeError(SpecError):
    """The formula uses the outcome where it is not known yet, such as in a rule that decides."""

    code = "PAY257"
