"""Remarks of the linter, and what is refused about costs (PAY265 to PAY282)."""

from payoff.errors.family import SpecError


class CellLeftOut(SpecError):
    """A cell (action and outcome) without a value, or in which being right or wrong makes no difference."""

    code = "PAY265"


class ActionsAlike(SpecError):
    """Every action is worth the same on every row: there is nothing to decide."""

    code = "PAY266"


class UnitsDiffer(SpecError):
    """An amount, a name or a column is in another unit than ``decision.unit``, or in percent where a share belongs."""

    code = "PAY267"


class ThresholdContradicted(SpecError):
    """A given threshold leaves money on the table by the spec's own values."""

    code = "PAY268"


class HurdleOutOfReach(SpecError):
    """A hurdle that not even perfect knowledge of every outcome could reach."""

    code = "PAY269"


class OutcomeByColumn(SpecError):
    """A value names the outcome's column; ``outcome`` says the same, and lets payoff see what depends on it."""

    code = "PAY270"


class HorizonMissing(SpecError):
    """Something is to be paid once, or a rate is given, and the other half of a net present value is missing."""

    code = "PAY271"


class InvalidCosts(SpecError):
    """Costs that cannot be counted as written, such as minutes without a price per hour."""

    code = "PAY272"


class InvalidLatency(SpecError):
    """A latency that is neither a column nor declared percentiles, or rows whose latency is no time."""

    code = "PAY273"


class PlaceholderLeft(SpecError):
    """A number or a text that `payoff init` made up still stands in the spec: nobody has said it."""

    code = "PAY278"
