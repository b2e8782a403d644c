"""Errors and remarks of the specification (PAY201 to PAY249, PAY260 to PAY264 for doubt, and PAY279).

PAY201 to PAY229 are raised while a document is read and built; PAY230 to PAY249 are what
``payoff.spec.lint`` says of a document that could be built. Formulas have PAY250 onward.
"""

from payoff.errors.family import SpecError


class UnreadableSpec(SpecError):
    """The source is no spec file that payoff can open: missing, of an unknown kind, or not UTF-8 text."""

    code = "PAY201"


class MalformedSpec(SpecError):
    """The text is not well-formed YAML, JSON or TOML."""

    code = "PAY202"


class OversizedSpec(SpecError):
    """The document is larger, deeper or has more entries than any honest spec needs."""

    code = "PAY203"


class ForbiddenSyntax(SpecError):
    """The document uses tags, anchors, aliases, merge keys or several documents; none is read."""

    code = "PAY204"


class DuplicateKey(SpecError):
    """A key stands twice in one mapping; most readers would silently keep one of the two."""

    code = "PAY205"


class AmbiguousScalar(SpecError):
    """A bare word or number that YAML versions read differently, such as ``NO``, ``012`` or ``22:30``."""

    code = "PAY206"


class UnusableNumber(SpecError):
    """A number that is not finite or does not fit: NaN, infinity, ``1e999``, hundreds of digits."""

    code = "PAY207"


class EmptyValue(SpecError):
    """A key without a value (nothing, ``null`` or ``~``); leaving the key out says what is meant."""

    code = "PAY208"


class UnknownKey(SpecError):
    """A key that the format does not have; the nearest known one is suggested."""

    code = "PAY210"


class MissingKey(SpecError):
    """A key that the format needs is not there."""

    code = "PAY211"


class WrongKind(SpecError):
    """A value of the wrong kind: text where a number belongs, a list where a mapping belongs."""

    code = "PAY212"


class InvalidAmount(SpecError):
    """Not an amount per period (``200000 per year``), or in a period that has no meaning here."""

    code = "PAY213"


class OutOfRange(SpecError):
    """A number, date or duration outside the range in which it has a meaning."""

    code = "PAY214"


class InvalidName(SpecError):
    """A name that is empty, reserved, or would be confused with something else in results."""

    code = "PAY215"


class NameTaken(SpecError):
    """Two candidates, hurdles, guardrails or actions have one name."""

    code = "PAY216"


class UnknownCandidate(SpecError):
    """A name that is neither the model nor a challenger nor a baseline."""

    code = "PAY217"


class UnknownAction(SpecError):
    """An action that ``decision.actions`` does not list."""

    code = "PAY218"


class InvalidPolicy(SpecError):
    """A policy that is of no single known form, or decides nothing."""

    code = "PAY219"


class ScoreNeeded(SpecError):
    """A policy or metric needs a score (perhaps a probability) that the candidate does not have."""

    code = "PAY220"


class InvalidValue(SpecError):
    """The value leaves an action or a cell out, or mixes actions with the four-cell shorthand."""

    code = "PAY221"


class InvalidAssumption(SpecError):
    """An assumption whose name, range or group cannot be used."""

    code = "PAY222"


class InvalidHurdle(SpecError):
    """A hurdle that cannot be judged as written."""

    code = "PAY223"


class InvalidGuardrail(SpecError):
    """A guardrail that cannot be judged as written."""

    code = "PAY224"


class UnknownMetric(SpecError):
    """A metric that payoff does not have; the nearest known one is suggested."""

    code = "PAY225"


class NotSupportedYet(SpecError):
    """The format allows it, this version of payoff cannot do it; the message says what to use instead."""

    code = "PAY229"


class GainCountedTwice(SpecError):
    """One assumption is earned when a case is caught and charged when it is missed: it counts double."""

    code = "PAY230"


class MissingPays(SpecError):
    """By the value, leaving a positive row alone beats acting on it; a sign is probably turned."""

    code = "PAY231"


class ActionNeverBest(SpecError):
    """An action that is best for no outcome: the decision needs no model, or a formula is wrong."""

    code = "PAY232"


class UnusedAssumption(SpecError):
    """An assumption that no formula uses; changing it changes nothing."""

    code = "PAY233"


class CostsLeftOut(SpecError):
    """A hurdle on ``gain`` per period although running costs are declared; ``net_gain`` counts them."""

    code = "PAY234"


class HurdleTooLow(SpecError):
    """A hurdle of zero or less: a margin of non-inferiority, or one that doing nothing clears."""

    code = "PAY235"


class NoHurdles(SpecError):
    """No hurdle, so no verdict; the gate refuses."""

    code = "PAY236"


class NoToday(SpecError):
    """The spec does not say what is done today."""

    code = "PAY237"


class NoRanges(SpecError):
    """No assumption has a range, so the verdict's confidence knows only the doubt of sampling."""

    code = "PAY238"


class OutcomeGivenUnstated(SpecError):
    """Outcomes are taken as unaffected by what is done, and the spec does not say so itself."""

    code = "PAY239"


class OutcomeLeak(SpecError):
    """The outcome column serves as a score, a decision or part of a rule: it is not known when deciding."""

    code = "PAY240"


class NotLinted(SpecError):
    """The signs of the value could not be checked without data, because they depend on the row."""

    code = "PAY241"


class LadderFalls(SpecError):
    """A later hurdle asks for less than an earlier one of the same kind; ladders rise."""

    code = "PAY242"


class InvalidCorrelation(SpecError):
    """A rank correlation that cannot be: unknown or unranged names, out of range, or against the other ones."""

    code = "PAY260"


class InvalidScenario(SpecError):
    """A scenario that sets nothing, something unknown, or a number that cannot be."""

    code = "PAY261"


class OutsideRange(SpecError):
    """A scenario sets an assumption beyond what its owner holds possible."""

    code = "PAY262"


class BetweenStops(SpecError):
    """A scenario sets an assumption that is bound to rows to something else than its low, likely or high."""

    code = "PAY263"


class InvalidMix(SpecError):
    """Shares of slices or of positives that no world can have, or two changes of the world at once."""

    code = "PAY264"


class WeighedTwice(SpecError):
    """Rows have a weight and the share of positives is declared as well: each says how much a row counts."""

    code = "PAY279"
