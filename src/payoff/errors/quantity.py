"""PAY292 to PAY295 and PAY325 to PAY329: decisions about a quantity, in the specification and in the rows."""

from payoff.errors.family import DataError, SpecError


class InvalidQuantity(SpecError):
    """What a quantity is worth, or how it is decided, is written in a way that means nothing."""

    code = "PAY292"


class NotForQuantities(SpecError):
    """A key, a policy or a metric that means something only where one of several actions is taken."""

    code = "PAY293"


class InvalidNaive(SpecError):
    """A naive baseline that cannot be made from the rows honestly, such as the last value without a time."""

    code = "PAY294"


class OnlyForQuantities(SpecError):
    """A key, a policy or a metric that means something only where a quantity is decided."""

    code = "PAY295"


class QuantityMissing(DataError):
    """Rows without the quantity that a candidate decides: NULL, NaN or infinite. payoff takes none for zero."""

    code = "PAY325"


class QuantityOutOfRange(DataError):
    """Quantities below ``decision.quantity.least`` (zero unless stated) or above ``most``."""

    code = "PAY326"


class CensoredOutcome(DataError):
    """Outcomes that show only as much as could be had, such as sales that stop where the stock did."""

    code = "PAY327"


class CrossedInterval(DataError):
    """Predicted intervals whose low end lies above the high one: crossed quantiles."""

    code = "PAY328"


class NoHistory(DataError):
    """Rows that have no earlier rows to make a naive quantity of: no candidate is judged on them."""

    code = "PAY329"
