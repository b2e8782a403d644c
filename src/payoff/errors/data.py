"""Errors of the rows (PAY3xx). Each is also the code of a check in a result."""

from payoff.errors.family import DataError


class MissingColumn(DataError):
    """The spec names a column that the data do not have."""

    code = "PAY301"


class WrongColumnType(DataError):
    """A column is of a type that cannot play the part the spec gives it, such as text as a score."""

    code = "PAY302"


class NoRows(DataError):
    """The data hold no rows."""

    code = "PAY303"


class NoKnownOutcome(DataError):
    """Every row is pending: no outcome is known yet, so nothing can be valued."""

    code = "PAY304"


class UnclearPositive(DataError):
    """The outcome's labels do not say which of them is the positive one, or there are more than two."""

    code = "PAY305"


class ScoreMissing(DataError):
    """A score is missing, NaN or infinite. Such rows cannot be decided, and payoff drops none in silence."""

    code = "PAY306"


class ScoreOutOfRange(DataError):
    """A score declared as a probability lies outside 0 to 1. Percent scores are the usual cause."""

    code = "PAY307"


class ValueUndefined(DataError):
    """A value formula gives NULL or a number that is not finite: a missing input or a division by zero."""

    code = "PAY308"


class DecisionMissing(DataError):
    """A recorded decision or a rule is missing for some rows. A missing decision is never taken as doing nothing."""

    code = "PAY309"


class DuplicateIds(DataError):
    """An id stands for more than one row. Counting a row twice would make every interval too narrow."""

    code = "PAY310"


class IdMissing(DataError):
    """An id or a cluster is missing."""

    code = "PAY311"


class IdNotExact(DataError):
    """Ids come as floating point numbers beyond 2^53, where neighbours have merged already."""

    code = "PAY312"


class BadWeight(DataError):
    """A weight is missing, negative, not finite or beyond 1e-50 to 1e50, or all weights are zero."""

    code = "PAY313"


class NaiveTime(DataError):
    """Timestamps carry no offset and the spec names no ``data.timezone``."""

    code = "PAY314"


class TimeMissing(DataError):
    """A time is missing where the spec names a time column."""

    code = "PAY315"


class PrevalenceNeeded(DataError):
    """Rows were sampled by outcome and neither ``data.prevalence`` nor a weight says how common outcomes are."""

    code = "PAY316"


class ContradictedThreshold(DataError):
    """Acting on high scores is worth less the likelier the outcome: the threshold stands on the wrong side."""

    code = "PAY317"


class QuantumTooCoarse(DataError):
    """Values are so small that rounding them to ``decision.quantum`` would change the sums."""

    code = "PAY318"


class OneClass(DataError):
    """All known outcomes are of one class: value and counts are shown, ranking metrics are undefined."""

    code = "PAY330"


class ConstantScore(DataError):
    """A score is the same for every row: it carries no ranking."""

    code = "PAY331"


class PendingRows(DataError):
    """Some outcomes are not known yet. They count as rows and never enter a value, a metric or an interval."""

    code = "PAY332"


class RepeatedEntity(DataError):
    """A column that looks like a customer or a device repeats, and the spec names no cluster."""

    code = "PAY333"


class ReversedScore(DataError):
    """The interval of the AUC lies below one half: the score seems reversed. payoff never flips it."""

    code = "PAY334"


class LeakSuspected(DataError):
    """The score or the order of ids separates the outcomes almost perfectly: a leak is likelier than skill."""

    code = "PAY335"


class RoundedScore(DataError):
    """Scores were outside 0 to 1 by less than 1e-9 and were set to the border."""

    code = "PAY336"


class SimilarIds(DataError):
    """Ids differ only by spaces or by how accents are written."""

    code = "PAY337"


class ZeroWeights(DataError):
    """Rows of weight zero were taken out, as a weight of zero asks."""

    code = "PAY338"


class VolumeMismatch(DataError):
    """Rows per period and the declared volume differ by more than a factor of two."""

    code = "PAY339"


class Miscalibrated(DataError):
    """Scores near the threshold are not the probabilities they claim to be, and a threshold rests on them."""

    code = "PAY340"


class MiscalibratedDecisions(DataError):
    """The largest expected value is taken by probabilities that are shown to be off where it decides, at a cost."""

    code = "PAY350"


class DataAndSpecSwapped(DataError):
    """A spec was passed as data and rows as spec; ``evaluate`` and ``slices`` take data first, other calls the spec."""

    code = "PAY351"


class CapExceeded(DataError):
    """A row gains or loses more than the declared cap, so no guarantee can rest on the cap."""

    code = "PAY341"


class NoGroups(DataError):
    """Neither id nor cluster is given: groups follow the position of rows, so their order matters a little."""

    code = "PAY342"


class UnusableRows(DataError):
    """A check of the rows found an error, so that no tables are made of them; ``payoff check`` lists all findings."""

    code = "PAY343"


class ReversedBySlices(DataError):
    """The gain, or value per row acted on, changes sign where each slice counts the same: a matter of the mix."""

    code = "PAY344"


class MixNotThere(DataError):
    """A scenario mixes slices that these rows do not hold, or hold no known outcome of."""

    code = "PAY345"
