"""Errors of policies under a capacity: in the spec (PAY283 to PAY287) and in the rows (PAY346 to PAY349)."""

from payoff.errors.family import DataError, SpecError


class InvalidCapacity(SpecError):
    """A capacity that is no ceiling: negative, a fraction of a row, without period, or of a period that is none."""

    code = "PAY283"


class CapacityWithoutTime(SpecError):
    """A capacity per period, and no ``data.time`` that tells in which period a row falls."""

    code = "PAY284"


class CapacityWithoutShare(SpecError):
    """A capacity per period of the world, and nothing says which share of the world the rows are."""

    code = "PAY285"


class CapacityOfWeightedRows(SpecError):
    """A capacity over rows that carry weights, which stand for more rows than there is room for."""

    code = "PAY286"


class CapacityNotHeld(SpecError):
    """Something that a capacity cannot give: its cuts belong to the rows, and to all of them, that chose them."""

    code = "PAY287"


class CostUnusable(DataError):
    """What acting on a row takes of a budget is missing, zero, negative or not finite."""

    code = "PAY346"


class CapacityNeverFull(DataError):
    """A ceiling that no period reached: the policy acts on every row and the score decides nothing."""

    code = "PAY347"


class FewPeriods(DataError):
    """Periods are too few to tell by how much their totals vary, so that no interval can be trusted."""

    code = "PAY348"
