"""What every teller says about the decision, picked from the result once: hurdles, gains, doubt.

A number travels as `Shown`: its exact value beside the text that people read, so that a test (and a reader's
clipboard) can hold one against the other.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from payoff.quantities.telling import beside_asked
from payoff.record import AssumptionRecord, GuardrailRecord, HurdleRecord, Result
from payoff.rendering import numbers
from payoff.rendering.turning import turn_text, value_text
from payoff.rendering.wording import (
    KEY_METRICS,
    KEY_OF_CLASSES,
    KEY_OF_RANKINGS,
    METRICS,
    STATUSES,
    Status,
    metric_title,
    part_text,
    reason_text,
)
from payoff.stats.estimates import Estimate

Teller = Callable[[float | None], str]
Ends = tuple[float | None, float | None, float | None]


@dataclass(frozen=True, slots=True)
class Shown:
    """A number of the result and how it reads. ``value`` is None where there is none."""

    value: float | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HurdleView:
    """One rung of the ladder, ready to tell."""

    record: HurdleRecord
    status: Status
    gain: Shown
    low: Shown
    high: Shown
    interval: str
    required: Shown
    asked: Shown
    reached: Shown
    sampling: Shown
    reason: str
    more_rows: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GainView:
    """The paired gain over one baseline, ready to tell. ``share`` only where a percentage is honest."""

    over: str
    title: str
    is_today: bool
    estimate: Estimate
    gain: Shown
    low: Shown
    high: Shown
    interval: str
    share: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RailView:
    """One guardrail in one place, ready to tell."""

    record: GuardrailRecord
    status: Status
    meaning: str
    place: str
    value: Shown
    low: Shown
    high: Shown
    interval: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlipView:
    """One assumption: ``at`` which the gain just meets what is needed, and in words where the answer ``turns``."""

    record: AssumptionRecord
    likely: Shown
    low: Shown
    high: Shown
    at: Shown
    influence: Shown
    turns: str


def headline_hurdle(result: Result) -> HurdleRecord | None:
    """Return the hurdle that the sentence is about: the first needed one, else the first."""
    hurdles = result.verdict.hurdles
    return next((each for each in hurdles if each.needed_to_ship), hurdles[0] if hurdles else None)


def candidate(result: Result) -> str | None:
    """Return the name of the one candidate that is judged."""
    return next((policy.name for policy in result.policies if policy.role == "model"), None)


def hurdle_views(result: Result) -> tuple[HurdleView, ...]:
    """Return the ladder in the order written."""
    return tuple(_hurdle(each) for each in result.verdict.hurdles)


def gain_views(result: Result) -> tuple[GainView, ...]:
    """Return the gain of the judged candidate over every baseline, today's first, in the headline's unit.

    After the baselines come second policies on its own score.
    """
    model = candidate(result)
    names = [policy.name for policy in result.policies if policy.role == "baseline"]
    names += [policy.name for policy in result.policies if policy.name.startswith(f"{model}/")]
    names.sort(key=lambda name: name != result.today)
    found = (_gain_over(result, model, name) for name in names)
    return tuple(_gain(result, each) for each in found if each is not None)


def gains_title(result: Result) -> str:
    """Return what the gains over every baseline are called: net where the headline hurdle counts costs."""
    net = any(view.estimate.metric == "net_gain" for view in gain_views(result))
    return "Net gain over each baseline" if net else "Gain over each baseline"


def rail_views(result: Result) -> tuple[RailView, ...]:
    """Return every guardrail, those that need attention first."""
    order = ("missed", "undecided", "not evaluated", "cleared")
    records = sorted(result.verdict.guardrails, key=lambda each: order.index(each.status))
    return tuple(_rail(each, _unit_of(result, each)) for each in records)


def flip_views(result: Result) -> tuple[FlipView, ...]:
    """Return the assumptions, the one with most influence on the answer first."""
    records = sorted(result.assumptions, key=lambda each: -(each.influence or 0.0))
    return tuple(_flip(each) for each in records)


def metric_shown(estimate: Estimate) -> tuple[Shown, Shown, Shown]:
    """Return value, low and high of an estimate as they read together, without the note."""
    ends = (estimate.value, estimate.low, estimate.high)
    known = METRICS.get(estimate.metric)
    kind = known.kind if known else ("ratio" if estimate.unit == "1" else "money")
    if kind == "money" or estimate.unit != "1":
        return _three(ends, lambda value: numbers.money(value, estimate.unit, beside=ends))
    tell = numbers.percent if kind == "percent" else numbers.ratio
    return _three(ends, lambda value: tell(value, beside=ends))


def interval_text(low: Shown, high: Shown) -> str:
    """Return ``LOW to HIGH`` for narrow places, without the period; nothing where there is no interval."""
    if low.value is None or high.value is None:
        return ""
    return " to ".join(end.text.partition(" per ")[0] for end in (low, high))


def plain_estimates(result: Result, of: str) -> tuple[Estimate, ...]:
    """Return one candidate's own estimates over all rows (no slice, no comparison)."""
    return tuple(
        each for each in result.estimates if each.of == of and each.slice is None and each.over is None
    )


def key_estimates(result: Result, of: str) -> tuple[Estimate, ...]:
    """Return the few estimates of a candidate that are told first, those of the best k rows where they are asked for.

    Of several classes they are those over all of them.
    """
    several = any(each.metric == "f1_macro" for each in result.estimates)
    keys = (*KEY_METRICS, *KEY_OF_CLASSES) if several else (*KEY_METRICS, "normalised_cost")
    return tuple(
        each
        for each in result.estimates
        if each.of == of
        and each.slice is None
        and (each.metric in keys or each.metric.partition("_per_")[0] in KEY_OF_RANKINGS)
        and (each.over is None or each.metric == "normalised_cost")
        and not (each.metric == "normalised_cost" and each.value is None)
        and not (each.at is not None and "class" in each.at)
    )


def headline_unit(result: Result) -> str | None:
    """Return the unit in which money is told: the headline hurdle's, else the longest period there is."""
    hurdle = headline_hurdle(result)
    if hurdle is not None:
        return hurdle.unit
    units = [each.unit for each in result.estimates if each.metric in ("gain", "value")]
    return next((unit for unit in units if not unit.endswith("per decision")), units[0] if units else None)


def more_rows_text(record: HurdleRecord) -> str:
    """Return how many more labelled rows would settle a hurdle, in words."""
    if record.rows_needed == (None, None) and record.status == "not evaluated":
        return ""
    words = rows_needed_text(record.rows_needed)
    doubted = words.endswith("settle it") and (record.reason or "").startswith("assumptions")
    return f"with every input exactly as it is taken, {words}" if doubted else words


def rows_needed_text(needed: tuple[int | None, int | None] | None) -> str:
    """Return a number of further rows in words. An end that is None has no finite number of rows."""
    if needed is None:
        return ""
    fewest, most = needed
    if fewest is None and most is None:
        return "more cases alone would not settle it"
    if most is None:
        return f"at least {numbers.count(fewest)} more cases with a known outcome; perhaps no number would settle it"
    if most == 0:
        return "more cases are not what it lacks"
    if fewest is None or fewest == most:
        return f"about {numbers.count(most)} more cases with a known outcome would settle it"
    if fewest == 0:
        return f"up to {numbers.count(most)} more cases with a known outcome would settle it"
    between = f"between {numbers.count(fewest)} and {numbers.count(most)}"
    return f"{between} more cases with a known outcome would settle it"


def _hurdle(record: HurdleRecord) -> HurdleView:
    ends = (record.gain, record.low, record.high)
    beside, beside_required = beside_asked(ends, record.required, record.unit)
    gain, low, high = _money((record.gain, record.low, record.high), record.unit, beside)
    chances = (record.confidence, record.probability, record.probability_sampling)
    asked, reached, sampling = (Shown(each, numbers.confidence(each, beside=chances)) for each in chances)
    return HurdleView(
        record=record,
        status=STATUSES[record.status],
        gain=gain,
        low=low,
        high=high,
        interval=numbers.between(record.low, record.high, record.unit, beside=beside),
        required=Shown(record.required, numbers.money(record.required, record.unit, beside=beside_required)),
        asked=asked,
        reached=reached,
        sampling=sampling,
        reason=reason_text(record.reason),
        more_rows=more_rows_text(record),
    )


def _gain_over(result: Result, model: str | None, over: str) -> Estimate | None:
    """Return the gain over one baseline, in the headline's metric and unit where there is one."""
    hurdle, unit = headline_hurdle(result), headline_unit(result)
    wanted = hurdle.metric if hurdle else "gain"
    found = [
        each
        for each in result.estimates
        if each.of == model
        and each.over == over
        and each.slice is None
        and each.metric in ("gain", "net_gain")
    ]
    found.sort(key=lambda each: (each.unit != unit, each.metric != wanted))
    return found[0] if found else None


def _gain(result: Result, estimate: Estimate) -> GainView:
    beside = (estimate.value, estimate.low, estimate.high)
    gain, low, high = _money((estimate.value, estimate.low, estimate.high), estimate.unit, beside)
    over = str(estimate.over)
    baseline = next(
        (e for e in plain_estimates(result, over) if e.metric == "value" and e.unit == estimate.unit), None
    )
    return GainView(
        over=over,
        title=metric_title(estimate.metric),
        is_today=over == result.today,
        estimate=estimate,
        gain=gain,
        low=low,
        high=high,
        interval=numbers.between(estimate.low, estimate.high, estimate.unit, beside=beside),
        share=None if baseline is None else numbers.share_of_baseline(estimate, baseline),
    )


def _unit_of(result: Result, record: GuardrailRecord) -> str:
    """Return the unit of what a guardrail limits: of money per decision, as its limit is."""
    units = [one.unit for one in result.estimates if (one.metric, one.of) == (record.metric, record.of)]
    return next((unit for unit in units if unit.endswith(" per decision")), units[0] if units else "1")


def _rail(record: GuardrailRecord, unit: str) -> RailView:
    ends = (record.value, record.low, record.high)
    known = METRICS.get(record.metric)
    if known is not None and known.kind == "percent" and record.over is None:
        value, low, high = _three(ends, lambda each: numbers.percent(each, beside=ends))
    elif unit != "1":
        value, low, high = _three(ends, lambda each: numbers.money(each, unit, beside=ends))
    else:
        value, low, high = _three(ends, lambda each: numbers.number(each, beside=ends))
    return RailView(
        record=record,
        status=STATUSES[record.status],
        meaning=known.meaning if known is not None else "",
        place=part_text(record.slice),
        value=value,
        low=low,
        high=high,
        interval=interval_text(low, high),
        reason=reason_text(record.reason),
    )


def _flip(record: AssumptionRecord) -> FlipView:
    values = (record.likely, record.low, record.high, record.break_even)
    likely, low, high, at = (Shown(each, value_text(record, each)) for each in values)
    return FlipView(
        record=record,
        likely=likely,
        low=low,
        high=high,
        at=at,
        influence=Shown(record.influence, numbers.percent(record.influence)),
        turns=turn_text(record),
    )


def _money(ends: Ends, unit: str, beside: Sequence[float | None]) -> tuple[Shown, Shown, Shown]:
    return _three(ends, lambda value: numbers.money(value, unit, beside=beside))


def _three(ends: Ends, tell: Teller) -> tuple[Shown, Shown, Shown]:
    value, low, high = (Shown(each, tell(each)) for each in ends)
    return value, low, high
