"""From judged hurdles and guardrails to ship, hold or reject, and the sentence that says so."""

from collections.abc import Sequence

from payoff.quantities import readable
from payoff.verdicts.rulings import GuardrailRecord, HurdleRecord, Overall, Verdict

REASONS = {
    "sampling": "more labelled rows are needed",
    "pending": "too many outcomes are still pending",
    "does_nothing": "it acts on nobody, and doing nothing clears nothing",
    "same_decisions": "it decides every row as the baseline does",
    "no_verdict_tier": "no interval can be trusted on these rows",
    "few_clusters": "there are too few independent clusters",
    "few_periods": "there are too few periods to tell how much their totals vary",
    "no_labels": "no outcome is known yet",
    "miscalibrated": "the probabilities that it weighs values by are off where it decides",
    "unseen_outcomes": "outcomes are seen only where one action was taken, so the gain has bounds and no estimate",
    "no_any_time": "no bound that holds at every look can be given on these rows",
}


def conclude(
    hurdles: Sequence[HurdleRecord],
    guardrails: Sequence[GuardrailRecord],
    today: str | None,
    rivals: Sequence[tuple[str, float | None, float | None]],
) -> Verdict:
    """Return the verdict.

    Parameters
    ----------
    hurdles, guardrails : judged, in the order of the spec.
    rivals : (baseline, the model's gain over it, its upper bound) for every baseline, in money per period.
    """
    overall = overall_of(hurdles, guardrails)
    return Verdict(
        overall=overall,
        unlocked=unlocked(hurdles),
        sentence=_sentence(overall, hurdles, guardrails, today, rivals),
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


def unlocked(hurdles: Sequence[HurdleRecord]) -> str | None:
    """Return the highest hurdle such that it and all before it are cleared."""
    name = None
    for hurdle in hurdles:
        if hurdle.status != "cleared":
            break
        name = hurdle.name
    return name


def _sentence(
    overall: Overall | None,
    hurdles: Sequence[HurdleRecord],
    guardrails: Sequence[GuardrailRecord],
    today: str | None,
    rivals: Sequence[tuple[str, float | None, float | None]],
) -> str:
    allowed = {one.over for one in hurdles if one.required < 0 and one.status == "cleared"}
    trivial = _trivial([one for one in rivals if one[0] not in allowed])
    if overall is None:
        unjudged = "No verdict: the spec names no hurdle, so nothing says what would be worth having."
        return f"{unjudged} {trivial}".strip()
    deciding = _deciding(overall, hurdles)
    if deciding is None:
        return trivial + _by_guardrail(overall, hurdles, guardrails)
    gain = _gain(deciding, today)
    if deciding.required < 0:
        return trivial + _by_margin(overall, deciding, gain, unlocked(hurdles))
    required = f"{_money(deciding.required, deciding.unit)} that {deciding.name} asks"
    if overall == "ship":
        reached = unlocked(hurdles)
        more = f", and unlocks {reached}" if reached not in (None, deciding.name) else ""
        return f"{trivial}Use {deciding.of}: it {gain}, and clears the {required}{more}."
    if overall == "reject":
        return f"{trivial}Do not use {deciding.of}: it {gain}, below the {required}."
    return (
        f"{trivial}Not yet: {deciding.of} {gain}, which cannot be told from the {required}; {_why(deciding)}."
    )


def _by_margin(overall: Overall, hurdle: HurdleRecord, gain: str, reached: str | None) -> str:
    """Say of a hurdle below zero, a margin of non-inferiority, what was shown."""
    margin = f"the margin of {_money(-hurdle.required, hurdle.unit)} that {hurdle.name} allows"
    if overall == "ship":
        more = f"; it unlocks {reached}" if reached not in (None, hurdle.name) else ""
        shown = f"not worse than {hurdle.over} by {margin}"
        if hurdle.reason == "same_decisions":
            shown = f"never worse than {hurdle.over}, whose decisions it makes in every row"
        return f"Use {hurdle.of}: it {gain}, and is {shown}{more}."
    if overall == "reject":
        return f"Do not use {hurdle.of}: it {gain}, worse by more than {margin}."
    return f"Not yet: {hurdle.of} {gain}, and may be worse by more than {margin}; {_why(hurdle)}."


def _why(hurdle: HurdleRecord) -> str:
    """Return what leaves a hurdle open."""
    why = REASONS.get(str(hurdle.reason), "")
    if why or not hurdle.reason:
        return why
    return f"the doubt lies in an assumption ({hurdle.reason.removeprefix('assumptions: ')})"


def _deciding(overall: Overall, hurdles: Sequence[HurdleRecord]) -> HurdleRecord | None:
    """Return the needed hurdle that decides: the first missed, else the first open, else the last."""
    needed = [hurdle for hurdle in hurdles if hurdle.needed_to_ship]
    wanted = {"reject": ("missed",), "hold": ("undecided", "not evaluated"), "ship": ("cleared",)}[overall]
    fitting = [hurdle for hurdle in needed if hurdle.status in wanted]
    return (fitting[-1] if overall == "ship" else fitting[0]) if fitting else None


def _by_guardrail(
    overall: Overall, hurdles: Sequence[HurdleRecord], guardrails: Sequence[GuardrailRecord]
) -> str:
    wanted = ("missed",) if overall == "reject" else ("undecided", "not evaluated")
    rail = next(one for one in guardrails if one.status in wanted and one.reason != "slice_too_small")
    where = (
        ""
        if rail.slice is None
        else " in " + ", ".join(f"{key} {value}" for key, value in rail.slice.items())
    )
    verb = "Do not use" if overall == "reject" else "Not yet for"
    tail = "is not held" if overall == "reject" else "cannot be shown yet"
    cleared = all(hurdle.status == "cleared" for hurdle in hurdles if hurdle.needed_to_ship)
    but = "the hurdle is cleared, but the guardrail" if cleared else "the guardrail"
    return f"{verb} {rail.of}: {but} {rail.name}{where} {tail}."


def _gain(hurdle: HurdleRecord, today: str | None) -> str:
    over = f"{hurdle.over} (today)" if hurdle.over == today else hurdle.over
    if hurdle.gain is None:
        return f"has no known gain over {over}"
    verb = "gains" if hurdle.gain >= 0 else "loses"
    text = f"{verb} {_money(abs(hurdle.gain), hurdle.unit)} against {over}"
    if hurdle.low is None or hurdle.high is None:
        return text
    return f"{text} (95% interval {readable(hurdle.low)} to {readable(hurdle.high)})"


def _trivial(rivals: Sequence[tuple[str, float | None, float | None]]) -> str:
    """Say when a baseline does as well or better: a trivial policy that wins is the headline."""
    known = [(name, gain, high) for name, gain, high in rivals if gain is not None]
    if not known:
        return ""
    name, gain, high = min(known, key=lambda one: one[1])
    if gain > 0:
        return ""
    sure = "does better" if high is not None and high < 0 else "does as well as far as these rows can tell"
    return f"You do not need this model: {name} {sure}. "


def _money(value: float, unit: str) -> str:
    name, _, per = unit.partition(" per ")
    return f"{name} {readable(value)}" + (f" per {per}" if per else "")
