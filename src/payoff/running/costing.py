"""What each policy costs and leaves: the table, net present value and payback."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from payoff.comparison import Grounds, compare
from payoff.quantities import years_of
from payoff.running.gathering import Counted
from payoff.running.money import LEVEL, money_interval, reference
from payoff.running.timing import latency_of
from payoff.spec.model import Always, Candidate, Random, Spec
from payoff.stats.estimates import Estimate, Interval
from payoff.stats.finance import annuity, payback
from payoff.verdicts.costs import CostRecord, is_smaller, keeps, marked

NET_PRESENT_VALUE, PAYBACK = "net_present_value", "payback"
PREFERRED = (95.0, 99.0, 90.0, 50.0)


def cost_records(counted: Counted) -> tuple[CostRecord, ...]:
    """Return every policy with its gain, its costs and what is left; nothing where no spec declares any."""
    grounds = counted.grounds
    if grounds is None or not declares(grounds.spec):
        return ()
    percentile = _percentile(grounds.spec, counted)
    records = [_record(counted, grounds, one, percentile) for one in grounds.spec.candidates]
    return _held_against_model(counted, grounds, marked(records))


def declares(spec: Spec) -> bool:
    """Return whether any candidate declares what having it takes."""
    return any(
        one.costs.recurring or one.costs.build or one.latency or one.complexity is not None
        for one in spec.candidates
    )


def present_values(counted: Counted) -> Iterator[Estimate]:
    """Yield net present value and payback of model and challengers over what is done today.

    What is done today is built already; a yearly net gain that stays as it is, for the horizon.
    """
    grounds = counted.grounds
    yearly = counted.world.scale("year")
    if grounds is None or yearly is None:
        return
    spec, over = grounds.spec, reference(grounds.spec)
    for candidate in (spec.model, *spec.challengers):
        net = _net(counted, grounds, candidate.name, over)
        if candidate.name == over or net is None:
            continue
        yearly_net = _scaled(net, yearly)
        once = 0.0 if candidate.costs.build is None else candidate.costs.build.value
        if spec.decision.horizon is not None and spec.decision.discount_rate is not None:
            yield _present_value(spec, candidate.name, over, yearly_net, once)
        if candidate.costs.build is not None:
            yield _payback(candidate.name, over, yearly_net, once)


def _present_value(spec: Spec, of: str, over: str, net: Interval, once: float) -> Estimate:
    rate, years = spec.decision.discount_rate or 0.0, years_of(str(spec.decision.horizon))
    factor = annuity(rate, years)
    ends = [None if end is None else end * factor - once for end in (net.value, net.low, net.high)]
    note = f"over {spec.decision.horizon} at {100 * rate:g}% a year, yearly net gain unchanged"
    return _estimate(NET_PRESENT_VALUE, of, over, net, ends, spec.decision.unit, note)


def _payback(of: str, over: str, net: Interval, once: float) -> Estimate:
    """Return payback; the larger gain pays back the sooner, and an end that never does is None."""
    ends = [None if end is None else payback(end, once) for end in (net.value, net.high, net.low)]
    never = [
        f"never at the {name}"
        for name, end, paid in zip(
            ("estimate", "high end of the gain", "low end of the gain"),
            (net.value, net.high, net.low),
            ends,
            strict=True,
        )
        if end is not None and paid is None
    ]
    return _estimate(PAYBACK, of, over, net, ends, "years", "; ".join(never) or None)


def _estimate(
    metric: str, of: str, over: str, net: Interval, ends: Sequence[float | None], unit: str, note: str | None
) -> Estimate:
    value, low, high = ends
    joined = "; ".join(text for text in (note, net.note) if text)
    return Estimate(
        metric=metric,
        at=None,
        of=of,
        over=over,
        slice=None,
        value=value,
        low=low,
        high=high,
        level=net.level,
        unit=unit,
        per=None,
        rows=net.rows,
        events=net.events,
        method=net.method,
        tier=net.tier,
        note=joined or None,
    )


def _net(counted: Counted, grounds: Grounds, of: str, over: str) -> Interval | None:
    """Return the gain less running costs, per decision; None where these are per period and the volume is unknown."""
    costs = [counted.world.running(grounds.spec.candidate(name).costs) for name in (of, over)]
    if costs[0] is None or costs[1] is None:
        return None
    found, less = money_interval(grounds, compare(grounds, of, over), LEVEL), costs[0] - costs[1]
    value, low, high = (None if end is None else end - less for end in (found.value, found.low, found.high))
    return replace(found, value=value, low=low, high=high)


def _scaled(found: Interval, factor: float) -> Interval:
    value, low, high = (None if end is None else end * factor for end in (found.value, found.low, found.high))
    return replace(found, value=value, low=low, high=high, stderr=None)


def _record(counted: Counted, grounds: Grounds, one: Candidate, percentile: float | None) -> CostRecord:
    world, over = counted.world, reference(grounds.spec)
    yearly = world.scale("year")
    per, factor = ("decision", 1.0) if yearly is None else ("year", yearly)
    gain = _scaled(money_interval(grounds, compare(grounds, one.name, over), LEVEL), factor)
    net, running = _net(counted, grounds, one.name, over), world.running(one.costs)
    nothing = isinstance(one.policy, (Always, Random))
    told = one.complexity if isinstance(one.complexity, float) else 0.0 if nothing else None
    latency = None if percentile is None else latency_of(one, counted.latencies, percentile)
    return CostRecord(
        of=one.name,
        role=one.role,
        over=over,
        unit=f"{grounds.spec.decision.unit} per {per}",
        gain=gain.value,
        low=gain.low,
        high=gain.high,
        rows=gain.rows,
        method=gain.method,
        tier=gain.tier,
        recurring=None if running is None else running * factor,
        net_gain=None if net is None or net.value is None else net.value * factor,
        build=None if one.costs.build is None else one.costs.build.value,
        complexity=told,
        complexity_words=one.complexity if isinstance(one.complexity, str) else None,
        latency=0.0 if latency is None and nothing and percentile is not None else latency,
        percentile=None if nothing or latency is None else percentile,
    )


def _held_against_model(
    counted: Counted, grounds: Grounds, records: Sequence[CostRecord]
) -> tuple[CostRecord, ...]:
    """Return the records, of those that are smaller than the model with whether they keep its net gain."""
    model = records[0]
    yearly = counted.world.scale("year") or 1.0
    out = [model]
    for record in records[1:]:
        net = _net(counted, grounds, record.of, model.of) if is_smaller(record, model) else None
        if net is None or net.low is None or net.high is None:
            out.append(record)
            continue
        found = _scaled(net, yearly)
        judged = keeps(found.low, found.high) if found.tier != "C" else "cannot be told"
        out.append(
            replace(
                record,
                keeps=judged,
                difference=found.value,
                difference_low=found.low,
                difference_high=found.high,
            )
        )
    return tuple(out)


def _percentile(spec: Spec, counted: Counted) -> float | None:
    """Return the percentile by which latencies are compared: one that all who declare any have, the preferred first."""
    timed = [one for one in spec.candidates if one.latency is not None]
    declared = {key for one in timed if one.latency is not None for key in one.latency.declared}
    for percentile in (*PREFERRED, *sorted(declared, reverse=True)):
        if timed and all(latency_of(one, counted.latencies, percentile) is not None for one in timed):
            return percentile
    return None
