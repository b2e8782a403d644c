"""The verdict in plain words: what to do, what it is worth beside what, how sure that is, and what leaves it open.

Amounts are rounded for reading, together, so that no two of them that differ read the same; the record holds them
exactly. A name of the user stands in quotation marks where it would otherwise be taken for a word of the sentence.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from payoff.quantities.telling import beside_asked, between, confidence, money
from payoff.stats.estimates import Estimate
from payoff.verdicts.rulings import GuardrailRecord, HurdleRecord, Overall, unlocked

Rival = tuple[str, float | None, float | None]

MOST_ACTIONS = 4

REASONS = {
    "sampling": "these rows do not settle it",
    "pending": "too many outcomes are still pending",
    "does_nothing": "it acts on nobody, and doing nothing clears nothing",
    "same_decisions": "it decides every row as the baseline does",
    "no_verdict_tier": "the rows are too few, or their amounts too uneven, for a range that can be trusted",
    "few_clusters": "there are too few independent groups of rows",
    "few_periods": "there are too few periods to tell how much their totals vary",
    "no_labels": "no outcome is known yet",
    "miscalibrated": "the probabilities that it weighs values by are off where it decides",
    "unseen_outcomes": "outcomes are seen only where one action was taken, so the gain has bounds and no estimate",
    "no_any_time": "no bound that holds at every look can be given on these rows",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What is decided: the ``actions``, the first acting and the last doing nothing, and what is done ``today``.

    ``actions`` is empty where they are not choices of a row (a quantity) and are not named.
    """

    today: str | None
    actions: tuple[str, ...] = ()


def occasion_of(decision: Mapping[str, Any], today: str | None) -> Occasion:
    """Return the occasion of a result's decision; candidates of a quantity are not choices of a row.

    >>> occasion_of({"actions": ["call", "skip"]}, "everybody").actions
    ('call', 'skip')
    """
    return Occasion(today=today, actions=() if "quantity" in decision else tuple(decision.get("actions", ())))


def sentence(
    overall: Overall | None,
    hurdles: Sequence[HurdleRecord],
    guardrails: Sequence[GuardrailRecord],
    occasion: Occasion,
    rivals: Sequence[Rival],
) -> str:
    """Return the verdict as one to three sentences."""
    trivial = _trivial(better_rival(rivals, hurdles))
    if overall is None:
        unjudged = "No verdict: the spec names no hurdle, so nothing says what would be worth having."
        return f"{unjudged} {trivial}".strip()
    deciding = _deciding(overall, hurdles)
    if deciding is None:
        return trivial + _by_guardrail(overall, hurdles, guardrails)
    said = {"ship": _ship, "hold": _hold, "reject": _reject}[overall](deciding, occasion)
    reached = unlocked(hurdles) if overall == "ship" else None
    more = f" It also clears {reached}." if reached not in (None, deciding.name) else ""
    return f"{trivial}{said}{more}"


def better_rival(rivals: Sequence[Rival], hurdles: Sequence[HurdleRecord]) -> Rival | None:
    """Return the baseline that the candidate gains least over, where it gains nothing over it.

    A baseline that a cleared hurdle allows to be missed by a margin is none.

    >>> better_rival([("everybody", -3.0, -1.0), ("nobody", 5.0, 7.0)], [])
    ('everybody', -3.0, -1.0)
    """
    allowed = {one.over for one in hurdles if one.required < 0 and one.status == "cleared"}
    losing = [one for one in rivals if one[0] not in allowed and one[1] is not None and one[1] <= 0]
    return min(losing, key=lambda one: one[1] or 0.0) if losing else None


def rivals_among(estimates: Iterable[Estimate], model: str | None, baselines: Container[str]) -> list[Rival]:
    """Return what a model gains per decision over each of the baselines, as the sentence needs it."""
    return [
        (str(one.over), one.value, one.high)
        for one in estimates
        if (one.metric, one.of, one.per, one.slice) == ("gain", model, "decision", None)
        and one.over in baselines
    ]


def baseline_words(name: str, occasion: Occasion) -> str:
    """Return a baseline as people say it.

    >>> baseline_words("everybody", Occasion(today="everybody", actions=("call", "skip")))
    'choosing “call” every time, as today'
    >>> baseline_words("nobody", Occasion(today=None))
    'doing nothing'
    >>> baseline_words("rule", Occasion(today="rule"))
    'today’s “rule”'
    """
    now = name == occasion.today
    if name == "nobody":
        return "doing nothing, as today" if now else "doing nothing"
    if name == "everybody" and occasion.actions:
        return f"choosing “{occasion.actions[0]}” every time" + (", as today" if now else "")
    return f"today’s “{name}”" if now else f"“{name}”"


def use_words(model: str, occasion: Occasion) -> str:
    """Return what using a model means here.

    >>> use_words("v3", Occasion(today=None, actions=("call", "skip")))
    'the model “v3” to decide when to “call”'
    """
    named = f"the model “{model}”"
    if len(occasion.actions) == 2:
        return f"{named} to decide when to “{occasion.actions[0]}”"
    if 2 < len(occasion.actions) <= MOST_ACTIONS:
        *most, last = (f"“{action}”" for action in occasion.actions)
        return f"{named} to choose between {', '.join(most)} and {last}"
    return f"{named} to decide"


def _ship(hurdle: HurdleRecord, occasion: Occasion) -> str:
    use = f"Use {use_words(hurdle.of, occasion)}"
    if hurdle.reason == "same_decisions":
        return f"{use}: it is never worse than {hurdle.over}, whose decisions it makes in every row."
    done = f"is not worse by {_margin(hurdle)}" if hurdle.required < 0 else f"clears {_asked(hurdle)}"
    return f"{use}: that is {_worth(hurdle, occasion)}; it {done} with {_sure(hurdle)} probability."


def _hold(hurdle: HurdleRecord, occasion: Occasion) -> str:
    why, use = _why(hurdle), use_words(hurdle.of, occasion)
    if hurdle.gain is None:
        over = baseline_words(hurdle.over, occasion)
        return f"Not yet: what using {use} is worth beside {over} is not known; {why or 'it was not judged'}."
    head = f"Not yet: using {use} is {_worth(hurdle, occasion)}"
    if hurdle.probability is None:
        return f"{head}; {why or 'it was not judged'}."
    done = f"is not worse by {_margin(hurdle)}" if hurdle.required < 0 else f"clears {_asked(hurdle)}"
    wanted = confidence(hurdle.confidence, beside=(hurdle.probability,))
    open_ = f"That it {done} is {_sure(hurdle)} probable, where {wanted} is asked"
    return f"{head}. {open_}{': ' if why else ''}{why}."


def _reject(hurdle: HurdleRecord, occasion: Occasion) -> str:
    head = f"Do not use {use_words(hurdle.of, occasion)}"
    if hurdle.gain is None:
        return f"{head}: it misses {_asked(hurdle)}."
    head = f"{head}: that is {_worth(hurdle, occasion)}"
    if hurdle.required < 0:
        return f"{head}; it is worse by {_margin(hurdle)}."
    if hurdle.probability is None:
        return f"{head}; it misses {_asked(hurdle)}."
    return f"{head}. That it clears {_asked(hurdle)} is {_sure(hurdle)} probable."


def _worth(hurdle: HurdleRecord, occasion: Occasion) -> str:
    """Return what a candidate of known gain is worth beside the baseline, and between what."""
    over = baseline_words(hurdle.over, occasion)
    net = ", running costs paid," if hurdle.metric == "net_gain" else ""
    gain = 0.0 if hurdle.gain is None else hurdle.gain
    beside, _ = beside_asked((gain, hurdle.low, hurdle.high), hurdle.required, hurdle.unit)
    amount = money(abs(gain), hurdle.unit, beside=beside)
    text = f"worth about {amount} {'more' if gain > 0 else 'less'}{net} than {over}"
    if gain == 0:
        text = f"worth as much{net} as {over}"
    if hurdle.low is None or hurdle.high is None:
        return text
    return f"{text}, {between(hurdle.low, hurdle.high, hurdle.unit, beside=beside)}"


def _asked(hurdle: HurdleRecord) -> str:
    _, beside = beside_asked((hurdle.gain, hurdle.low, hurdle.high), hurdle.required, hurdle.unit)
    return f"the hurdle “{hurdle.name}” ({money(hurdle.required, hurdle.unit, beside=beside)} needed)"


def _margin(hurdle: HurdleRecord) -> str:
    """Return the margin by which a candidate may be worse."""
    _, beside = beside_asked((hurdle.gain, hurdle.low, hurdle.high), hurdle.required, hurdle.unit)
    return f"more than the {money(-hurdle.required, hurdle.unit, beside=beside)} that “{hurdle.name}” allows"


def _sure(hurdle: HurdleRecord) -> str:
    return confidence(hurdle.probability, beside=(hurdle.confidence,))


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


def _trivial(rival: Rival | None) -> str:
    """Say when a baseline does as well or better: a trivial policy that wins is the headline."""
    if rival is None:
        return ""
    name, _, high = rival
    sure = "does better" if high is not None and high < 0 else "does as well as far as these rows can tell"
    return f"You do not need this model: {name} {sure}. "
