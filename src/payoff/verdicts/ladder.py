"""From judged hurdles and guardrails to ship, hold or reject."""

from collections.abc import Sequence

from payoff.verdicts.rivals import Rival
from payoff.verdicts.rulings import GuardrailRecord, HurdleRecord, Overall, Verdict, unlocked
from payoff.verdicts.sentence import Occasion, sentence


def conclude(
    hurdles: Sequence[HurdleRecord],
    guardrails: Sequence[GuardrailRecord],
    occasion: Occasion,
    rivals: Sequence[Rival],
) -> Verdict:
    """Return the verdict.

    Parameters
    ----------
    hurdles, guardrails : judged, in the order of the spec.
    occasion : what is decided and what is done today, for the sentence.
    rivals : every baseline, with the model's gain over it.
    """
    overall = overall_of(hurdles, guardrails)
    return Verdict(
        overall=overall,
        unlocked=unlocked(hurdles),
        sentence=sentence(overall, hurdles, guardrails, occasion, rivals),
        hurdles=tuple(hurdles),
        guardrails=tuple(guardrails),
    )


def overall_of(hurdles: Sequence[HurdleRecord], guardrails: Sequence[GuardrailRecord]) -> Overall | None:
    """Return ship, hold or reject by the needed hurdles and all guardrails; None without hurdles.

    Slices too small to judge do not block.
    """
    if not hurdles:
        return None
    needed = [hurdle.status for hurdle in hurdles if hurdle.needed_to_ship]
    needed += [rail.status for rail in guardrails if rail.reason != "slice_too_small"]
    if "missed" in needed:
        return "reject"
    return "ship" if all(status == "cleared" for status in needed) else "hold"
