"""The verdict in plain words: what to do, what it is worth beside what, how sure that is, and what leaves it open.

Amounts are rounded for reading, together, so that no two of them that differ read the same; the record holds them
exactly. A name of the user stands in quotation marks where it would otherwise be taken for a word of the sentence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from payoff.quantities import PER_YEAR
from payoff.quantities.telling import MINUS, beside_asked, between, confidence, money
from payoff.verdicts.rivals import Rival, better_rival
from payoff.verdicts.rulings import GuardrailRecord, HurdleRecord, Overall, unlocked

MOST_ACTIONS = 4

REASONS = {
    "sampling": "the data do not settle it",
    "pending": "too many outcomes are still pending",
    "does_nothing": "it acts on nobody, and doing nothing clears nothing",
    "same_decisions": "it decides every row as the baseline does",
    "no_verdict_tier": "the cases are too few, or their amounts too uneven, for a range that can be trusted",
    "few_clusters": "there are too few independent groups of rows",
    "few_periods": "there are too few periods to tell how much their totals vary",
    "no_labels": "no outcome is known yet",
    "miscalibrated": "the probabilities that it weighs values by are off where it decides",
    "unseen_outcomes": "outcomes are seen only where one action was taken, so the gain has bounds and no estimate",
    "no_any_time": "no bound that holds at every look can be given on these rows",
}

# What does as well or better is no model, another one, or another use of the same score.
FOUND = {
    "nothing": "You do not need this model",
    "same": "The same score can be used in another way",
    "other": "There is another model",
}
NEEDS = {
    "nothing": "which needs no model",
    "same": "which uses the same score in another way",
    "other": "which uses another model",
}
# What a share that a limit is about says, for those who know no metrics.
REACHED = {
    "recall": "it finds {value} of what it is to find",
    "precision": "{value} of those it picks are such as it is to find",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What is decided: the ``actions``, the first acting and the last doing nothing, and what is done ``today``.

    ``actions`` is empty where they are not choices of a row (a quantity) and are not named; the ``name`` of the
    decision stands for them then. ``volume`` is decisions per year, None where nothing tells it.
    """

    today: str | None
    actions: tuple[str, ...] = ()
    name: str | None = None
    volume: float | None = None


def occasion_of(decision: Mapping[str, Any], today: str | None, volume: float | None = None) -> Occasion:
    """Return the occasion of a result's decision; candidates of a quantity are not choices of a row.

    >>> occasion_of({"actions": ["call", "skip"]}, "everybody").actions
    ('call', 'skip')
    """
    actions = () if "quantity" in decision else tuple(decision.get("actions", ()))
    return Occasion(today=today, actions=actions, name=decision.get("name"), volume=volume)


def sentence(
    overall: Overall | None,
    hurdles: Sequence[HurdleRecord],
    guardrails: Sequence[GuardrailRecord],
    occasion: Occasion,
    rivals: Sequence[Rival],
) -> str:
    """Return the verdict as a few sentences, the answer first."""
    rival = better_rival(rivals, hurdles)
    trivial = _headline(rival, occasion)
    if overall is None:
        unjudged = "No verdict: the spec names no hurdle, so nothing says what would be worth having."
        return f"{unjudged} {trivial}".strip()
    deciding = _deciding(overall, hurdles)
    if deciding is None:
        return trivial + _by_guardrail(overall, hurdles, guardrails, occasion)
    if overall == "ship" and rival is not None:
        return f"{trivial}{_beaten(deciding, rival, occasion)}"
    said = {"ship": _ship, "hold": _hold, "reject": _reject}[overall](deciding, occasion)
    reached = unlocked(hurdles) if overall == "ship" else None
    more = f" It also clears {reached}." if reached not in (None, deciding.name) else ""
    return f"{trivial}{said}{_yearly(deciding, occasion)}{more}"


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
    return f"{named} for “{occasion.name}”" if occasion.name else f"{named} to decide"


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
    head = f"{head}: it would be {_worth(hurdle, occasion)}"
    if hurdle.required < 0:
        return f"{head}; it is worse by {_margin(hurdle)}."
    but = "but" if hurdle.gain > 0 else "where"
    sure = (
        "" if hurdle.probability is None else f" That it clears “{hurdle.name}” is {_sure(hurdle)} probable."
    )
    return f"{head}, {but} {_needed(hurdle)} more is needed.{sure}"


def _beaten(hurdle: HurdleRecord, rival: Rival, occasion: Occasion) -> str:
    """Return what a candidate that clears its hurdle is worth, and what does better."""
    name, done = f"The model “{hurdle.of}”", f"clears {_asked(hurdle)} with {_sure(hurdle)} probability"
    if hurdle.required < 0:
        done = f"is not worse by {_margin(hurdle)} with {_sure(hurdle)} probability"
    if hurdle.reason == "same_decisions":
        done = f"decides every case as {baseline_words(hurdle.over, occasion)}"
    other = baseline_words(rival.name, occasion)
    less = (
        f"it is worth {_short(rival, hurdle.unit, occasion)} less than"
        if rival.is_better
        else "it gains nothing over"
    )
    tail = "use that" if rival.is_better else "prefer what is simpler"
    return (
        f"{name} {done}: it is {_worth(hurdle, occasion)}. But {less} {other}, {NEEDS[rival.scored]}: {tail}."
    )


def _short(rival: Rival, unit: str, occasion: Occasion) -> str:
    """Return by how much a candidate is worth less than a rival, in the period of ``unit`` if the volume tells it."""
    head, _, per = unit.partition(" per ")
    scale = 1.0
    if per in PER_YEAR:
        scale, per = (1.0, "decision") if occasion.volume is None else (occasion.volume / PER_YEAR[per], per)
    return money(abs(rival.value or 0.0) * scale, f"{head} per {per}")


def _yearly(hurdle: HurdleRecord, occasion: Occasion) -> str:
    """Say what a gain per decision comes to in a year, where the volume is known."""
    head, _, per = hurdle.unit.partition(" per ")
    if per != "decision" or occasion.volume is None or not hurdle.gain:
        return ""
    comes = money(hurdle.gain * occasion.volume, f"{head} per year")
    return f" With {occasion.volume:,.0f} decisions a year that comes to about {comes}."


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
    return f"{text}, {_ends(gain, hurdle.low, hurdle.high, hurdle.unit, beside)}"


def _ends(gain: float, low: float, high: float, unit: str, beside: Sequence[float | None]) -> str:
    """Return an interval as more or less, as the gain is told.

    >>> _ends(-75.0, -90.0, -60.0, "EUR per year", ())
    'between EUR 60 and EUR 90 per year less'
    >>> _ends(5.0, -40.0, 50.0, "EUR per year", ())
    'between EUR 40 less and EUR 50 per year more'
    """
    rounded = (*beside, low, high)
    if high <= 0 and gain < 0:
        # By the size of the amounts, which are rounded as they were.
        return f"{between(-high, -low, unit, beside=[None if one is None else -one for one in rounded])} less"
    if low >= 0:
        return between(low, high, unit, beside=rounded)
    less = money(low, unit.partition(" per ")[0], beside=rounded).removeprefix(MINUS)
    sign = "more" if high > 0 else "less"
    return f"between {less} less and {money(abs(high), unit, beside=rounded)} {sign}"


def _needed(hurdle: HurdleRecord) -> str:
    _, beside = beside_asked((hurdle.gain, hurdle.low, hurdle.high), hurdle.required, hurdle.unit)
    return money(hurdle.required, hurdle.unit, beside=beside)


def _asked(hurdle: HurdleRecord) -> str:
    return f"the hurdle “{hurdle.name}” ({_needed(hurdle)} needed)"


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
    name, _, _ = hurdle.reason.removeprefix("assumptions: ").rpartition(", break-even at ")
    return f"the doubt lies in an input ({name or hurdle.reason.removeprefix('assumptions: ')})"


def _deciding(overall: Overall, hurdles: Sequence[HurdleRecord]) -> HurdleRecord | None:
    """Return the needed hurdle that decides: the first missed, else the first open, else the last."""
    needed = [hurdle for hurdle in hurdles if hurdle.needed_to_ship]
    wanted = {"reject": ("missed",), "hold": ("undecided", "not evaluated"), "ship": ("cleared",)}[overall]
    fitting = [hurdle for hurdle in needed if hurdle.status in wanted]
    return (fitting[-1] if overall == "ship" else fitting[0]) if fitting else None


def _by_guardrail(
    overall: Overall,
    hurdles: Sequence[HurdleRecord],
    guardrails: Sequence[GuardrailRecord],
    occasion: Occasion,
) -> str:
    """Return what a candidate is worth, and which limit it does not hold."""
    wanted = ("missed",) if overall == "reject" else ("undecided", "not evaluated")
    rail = next(one for one in guardrails if one.status in wanted and one.reason != "slice_too_small")
    use = use_words(rail.of, occasion)
    limit = limit_words(rail)
    needed = [one for one in hurdles if one.needed_to_ship]
    cleared = bool(needed) and all(one.status == "cleared" for one in needed)
    if not cleared or needed[-1].gain is None:
        return f"Do not use {use}: {limit}." if overall == "reject" else f"Not yet: {limit}."
    worth, asked = _worth(needed[-1], occasion), _asked(needed[-1])
    if needed[-1].required < 0:
        asked = f"what “{needed[-1].name}” asks"
    if overall == "reject":
        return f"Do not use {use}: it would be {worth}, which clears {asked}, but {limit}."
    return f"Not yet: using {use} is {worth}, which clears {asked}, but {limit}."


def limit_words(rail: GuardrailRecord) -> str:
    """Return which limit is not held, in plain words: what it reaches and what is required."""
    where = "" if rail.slice is None else ", where " + ", ".join(f"{k} = {v}" for k, v in rail.slice.items())
    verb, _, amount = rail.limit.rpartition(" ")
    told = (
        REACHED.get(rail.metric)
        if rail.over is None and verb == "at least" and rail.value is not None
        else None
    )
    if told is None:
        tail = "is not held" if rail.status == "missed" else "is not shown to hold yet"
        return f"the limit “{rail.name}”{where} {tail}"
    value, limit = (confidence(one, beside=(two,)) for one, two in _both(rail.value, float(amount)))
    shown = "" if rail.status == "missed" else " beyond doubt"
    return f"{told.format(value=value)}{where}; at least {limit}{shown} is required"


def _both(value: float | None, limit: float) -> tuple[tuple[float | None, float], tuple[float, float | None]]:
    return (value, limit), (limit, value)


def _headline(rival: Rival | None, occasion: Occasion) -> str:
    """Say when a baseline does as well or better: a trivial policy that wins is the headline."""
    if rival is None:
        return ""
    sure = "does better" if rival.is_better else "does as well as far as the data can tell"
    return f"{FOUND[rival.scored]}: {baseline_words(rival.name, occasion)} {sure}. "
