"""What each policy costs and leaves, ready to tell: one row per policy, and what follows in sentences."""

from dataclasses import dataclass

from payoff.record import CostRecord, Result
from payoff.rendering import numbers
from payoff.rendering.views import Shown, candidate, interval_text
from payoff.stats.estimates import Estimate

HEAD = "What each policy costs and leaves"
UNKNOWN = "–"
COMPARED = {"gain": "gain", "recurring": "running cost", "complexity": "complexity", "latency": "latency"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CostView:
    """One policy, ready to tell, amounts without their period, which stands above them.

    ``mark`` says whether it is efficient, in a word.
    """

    record: CostRecord
    gain: Shown
    low: Shown
    high: Shown
    interval: str
    recurring: Shown
    net: Shown
    build: Shown
    complexity: str
    latency: str
    mark: str


def cost_views(result: Result) -> tuple[CostView, ...]:
    """Return every policy, the one that leaves most first; the model first where none can be told."""
    held = sorted(result.costs, key=lambda each: -(each.net_gain if each.net_gain is not None else -1e308))
    beside = tuple(end for each in held for end in (each.gain, each.net_gain, each.recurring) if end)
    return tuple(_view(each, beside) for each in held)


def latency_title(result: Result) -> str:
    """Return the head of the column of latencies.

    The percentile stands in it, as all are compared at one.
    """
    found = {each.percentile for each in result.costs if each.percentile is not None}
    return "latency" if len(found) != 1 else f"latency p{found.pop():g}"


def cost_lines(result: Result) -> tuple[str, ...]:
    """Return what follows from the table: present value and payback, and whether smaller policies keep the gain."""
    if not result.costs:
        return ()
    lines = [line for line in (_value_line(each) for each in result.estimates) if line]
    lines += [_keeps_line(result, each) for each in result.costs if each.keeps is not None]
    compared = result.costs[0].compared
    if compared:
        told = ", ".join(COMPARED[name] for name in compared)
        lines.append(f"Efficient: no other policy is at least as good in {told} and better in one of them.")
    if any(each.build is not None for each in result.costs):
        lines.append("What is paid once enters net present value and payback alone.")
    return tuple(lines)


def _view(record: CostRecord, beside: tuple[float, ...]) -> CostView:
    unit = record.unit.partition(" per ")[0]

    def amount(value: float | None) -> Shown:
        return Shown(value, UNKNOWN if value is None else numbers.money(value, unit, beside=beside))

    gain, low, high = (amount(end) for end in (record.gain, record.low, record.high))
    build = UNKNOWN if record.build is None else numbers.money(record.build, unit)
    words = record.complexity_words
    return CostView(
        record=record,
        gain=gain,
        low=low,
        high=high,
        interval=interval_text(low, high),
        recurring=amount(record.recurring),
        net=amount(record.net_gain),
        build=Shown(record.build, build),
        complexity=words or (UNKNOWN if record.complexity is None else numbers.number(record.complexity)),
        latency=UNKNOWN if record.latency is None else f"{numbers.number(record.latency)} ms",
        mark=_mark(record),
    )


def _mark(record: CostRecord) -> str:
    if record.efficient is None:
        return UNKNOWN
    return "efficient" if record.efficient else f"beaten by {record.beaten_by}"


def _value_line(each: Estimate) -> str | None:
    """Return net present value or payback in a sentence; None of any other estimate."""
    if each.metric == "net_present_value":
        text = numbers.money(each.value, each.unit, beside=(each.low, each.high))
        ends = numbers.between(each.low, each.high, each.unit, beside=(each.value,))
        return f"{each.of} over {each.over}: net present value {text} ({ends}), {each.note}."
    if each.metric == "payback":
        if each.value is None:
            return f"{each.of} over {each.over}: what it costs once is never paid back."
        ends = f"{_years(each.low)} to {_years(each.high)}" if each.low is not None else "no interval"
        return f"{each.of} over {each.over}: paid back in {_years(each.value)} years ({ends})."
    return None


def _years(value: float | None) -> str:
    return "never" if value is None else numbers.number(value)


def _keeps_line(result: Result, record: CostRecord) -> str:
    """Return whether a smaller policy keeps the model's net gain, in a sentence."""
    beside = (record.difference, record.difference_low, record.difference_high)
    ends = numbers.between(record.difference_low, record.difference_high, record.unit, beside=beside)
    model = candidate(result)
    if record.keeps == "keeps":
        return f"{record.of}, which takes less, keeps the net gain of {model}: the difference is {ends}."
    if record.keeps == "loses":
        return f"{record.of}, which takes less, leaves less than {model}: the difference is {ends}."
    return f"Whether {record.of}, which takes less, keeps the net gain of {model} cannot be told: {ends}."
