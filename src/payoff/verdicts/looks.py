"""Repeated looks at the same rows: what each look must reach, and what is said of it.

With a count, every look takes its part of the error (Bonferroni): the confidence asked is 1 - (1 - asked) / looks.
Without one, hurdles are judged by a confidence sequence at the confidence asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from payoff.spec.looks import Looks
from payoff.spec.model import Guardrail, Hurdle
from payoff.verdicts.hurdles import status_of
from payoff.verdicts.rulings import GuardrailRecord, HurdleRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class LooksRecord:
    """How often these rows are judged, as the caller said, and what that asks of each look.

    Attributes
    ----------
    count : looks in all; None where hurdles are judged by a confidence sequence, at any number of looks.
    planned : rows at which that sequence is tightest; None with a count.
    asked : hurdle -> the confidence that it asks of a single look at these rows.
    words : the same in a sentence.
    """

    count: int | None
    planned: int | None
    asked: Mapping[str, float]
    words: str


def looks_record(looks: Looks, asked: Mapping[str, float]) -> LooksRecord:
    """Return what is recorded of looks at hurdles that ask such confidences by themselves.

    >>> looks_record(Looks(count=3), {"pilot": 0.95}).words
    'These rows are judged 3 times in all, as the caller says: the confidence asked is 98.3% in place of 95%.'
    """
    if looks.count is None:
        words = (
            "These rows are judged as often as anybody likes: hurdles are judged by a bound that holds at every look "
            f"(a confidence sequence, tightest at {looks.planned:,} rows). Other intervals are those of a single look."
        )
        return LooksRecord(count=None, planned=looks.planned, asked=dict(asked), words=words)
    levels = dict.fromkeys(asked.values())
    each = ", ".join(f"{100 * looks.confidence(one):.3g}% in place of {100 * one:.3g}%" for one in levels)
    words = f"These rows are judged {looks.count} times in all, as the caller says: the confidence asked is {each}."
    return LooksRecord(count=looks.count, planned=None, asked=dict(asked), words=words)


def stricter_hurdles(hurdles: Sequence[Hurdle], looks: Looks | None) -> tuple[Hurdle, ...]:
    """Return the hurdles with the confidence that one of several looks must reach."""
    if looks is None:
        return tuple(hurdles)
    return tuple(replace(one, confidence=looks.confidence(one.confidence)) for one in hurdles)


def stricter_guardrails(guardrails: Sequence[Guardrail], looks: Looks | None) -> tuple[Guardrail, ...]:
    """Return the guardrails with the confidence that one of several looks must reach."""
    if looks is None:
        return tuple(guardrails)
    return tuple(replace(one, confidence=looks.confidence(one.confidence)) for one in guardrails)


def guardrail_at_every_look(record: GuardrailRecord, looks: Looks | None) -> GuardrailRecord:
    """Return a guardrail as it stands at any number of looks: what a single look shows, shows nothing there."""
    shown = record.status == "cleared" and record.evidence == "shown"
    if looks is None or looks.count is not None or not shown:
        return record
    return replace(record, status="undecided", reason="no_any_time")


def judged_again(record: HurdleRecord, asked: float, looks: Looks) -> HurdleRecord:
    """Return a judged hurdle at the confidence of one of several looks, from the probability that it holds.

    Parameters
    ----------
    asked : the confidence that the hurdle asks of a single look.
    """
    confidence = looks.confidence(asked)
    record = replace(record, confidence=confidence)
    if record.probability is None or record.reason == "pending":
        return record
    status = status_of(record.probability, confidence)
    if status == record.status:
        return record
    if status != "undecided":
        return replace(record, status=status, reason=None, rows_needed=None)
    by_rows = record.probability_sampling is None or (
        status_of(record.probability_sampling, confidence) == "undecided"
    )
    return replace(record, status=status, reason="sampling" if by_rows else "assumptions", rows_needed=None)
