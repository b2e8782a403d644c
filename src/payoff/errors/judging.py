"""Errors of the verdict and the gate (PAY5xx)."""

from payoff.errors.family import JudgingError


class VolumeUnknown(JudgingError):
    """An amount per period cannot be compared with a gain per decision: nothing tells how many decisions there are."""

    code = "PAY501"


class NoHurdle(JudgingError):
    """The gate was asked to judge a spec without hurdles. Success has to be stated before it can be judged."""

    code = "PAY502"


class UnknownHurdle(JudgingError):
    """A hurdle was required by a name that the spec does not have."""

    code = "PAY503"


class PartialResult(JudgingError):
    """The data had errors, so no verdict can rest on the result."""

    code = "PAY504"


class NoReference(JudgingError):
    """The reference result is not there, or is of another decision, and ``--first`` was not given."""

    code = "PAY505"


class UnsupportedGuardrail(JudgingError):
    """A guardrail compares a metric over a baseline in a way that payoff cannot judge yet."""

    code = "PAY506"


class LooksNeedRows(JudgingError):
    """A stored result cannot be judged for repeated looks: that asks evidence which only the rows give."""

    code = "PAY507"


class RepeatedLook(JudgingError):
    """These rows are judged more than once, so that a lucky look may be taken for a gain; each look asks more."""

    code = "PAY508"


class UnseenOutcomes(JudgingError):
    """Outcomes are seen only under one action; rows without one are no random part: value has bounds, no estimate."""

    code = "PAY509"


class PlanLacks(JudgingError):
    """A plan without rows lacks a number: the prevalence, the volume, what a row is worth, how a baseline decides."""

    code = "PAY512"


class ActingOnNegativesPays(JudgingError):
    """Acting is worth more on negatives than on positives, so that no recall is worth having: the value is turned."""

    code = "PAY513"


class OtherDecision(JudgingError):
    """The result at hand is of another decision than the spec: no distance to its hurdles can be told."""

    code = "PAY514"
