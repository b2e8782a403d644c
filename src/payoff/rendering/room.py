"""Capacities in sentences: how full they are, what one more place is worth, and what a busy period does."""

from collections.abc import Iterator, Mapping

from payoff.record import CapacityRecord, Curve, Result
from payoff.rendering import numbers
from payoff.rendering.views import metric_shown
from payoff.stats.estimates import Estimate

ROOM = "Capacity"


def room_lines(result: Result) -> tuple[str, ...]:
    """Return what every capacity does, of baselines how full it is alone; nothing where there is none."""
    return tuple(line for one in result.capacities for line in _lines(result, one))


def burst_of(result: Result, of: str) -> Curve | None:
    """Return the curve of one policy's value by how many rows arrive in a period, where it is told."""
    return next((one for one in result.curves if one.kind == "burst" and one.of == of), None)


def _lines(result: Result, one: CapacityRecord) -> Iterator[str]:
    yield f"{one.of}, {one.limit}: {_fullness(one)}"
    if any(policy.name == one.of and policy.role == "baseline" for policy in result.policies):
        return
    if one.share is not None and one.room is not None:
        room = _amount(one.room, one.counts)
        yield (
            f"{one.of}: the rows are {numbers.percent(one.share)} of the world's, so that a {one.per} "
            f"has room for {room} of them{_team(one)}."
        )
    yield from _worth(result, one)
    if one.worst is not None and one.best is not None and one.middle is not None:
        unit = str(result.decision["unit"])
        told = ", ".join(
            f"{word} {each.period} {numbers.money(each.value, unit)} with {numbers.number(each.rows)} arriving"
            for word, each in (("worst", one.worst), ("middle", one.middle), ("best", one.best))
        )
        yield f"{one.of}, value by {one.per}: {told}."
    yield from _busy(result, one)
    if one.tie_spread:
        unit = f"{result.decision['unit']} per decision"
        yield (
            f"{one.of}: tied scores share the last places; drawing lots for them instead varies the value by "
            f"{numbers.money(one.tie_spread, unit)} (one standard deviation), which no interval counts."
        )


def _fullness(one: CapacityRecord) -> str:
    unused = one.places - one.used
    if one.per is None:
        pools = "" if one.by is None else f" in {numbers.count(one.pools)} teams"
        return f"{_amount(one.used, one.counts)} acted on{pools}."
    pools = f"{numbers.count(one.full)} of {numbers.count(one.pools)} {one.per}s{_team(one)} were full"
    share = unused / one.places if one.places else 0.0
    waiting = "" if not one.carry_over else "; full means that some row never found room"
    return f"{pools}, {numbers.percent(share)} of the room stayed unused{waiting}."


def _worth(result: Result, one: CapacityRecord) -> Iterator[str]:
    found = {each.metric: each for each in _own(result, one.of)}
    more = found.get("worth_of_one_more")
    tenth = _tenth(result, one.of)
    if more is not None and more.value is not None:
        yield f"{one.of}: one more row acted on where it is full is worth {_told(more)}."
    elif more is not None and more.note:
        yield f"{one.of}: the worth of one more place is {more.note}."
    if tenth is not None and tenth.value is not None:
        yield f"{one.of}: a tenth more room is worth {_told(tenth)}."


def _busy(result: Result, one: CapacityRecord) -> Iterator[str]:
    curve = burst_of(result, one.of)
    if curve is None or len(curve.points["rows"]) < 2:
        return
    points: Mapping[str, tuple[float, ...]] = curve.points  # type: ignore[assignment]
    unit = str(result.decision["unit"])
    quiet, busy = (
        f"{numbers.number(points['rows'][j])} rows, {numbers.number(points['acted'][j])} acted on, "
        f"{numbers.money(points['value'][j], unit)}"
        for j in (0, -1)
    )
    yield f"{one.of}, the tenth of {one.per}s with fewest rows against the one with most: {quiet}; {busy} on average."


def _told(each: Estimate) -> str:
    value, low, high = metric_shown(each)
    if low.value is None or high.value is None:
        return f"{value.text} (no interval: {each.note})" if each.note else value.text
    return f"{value.text} ({low.text.partition(' per ')[0]} to {high.text.partition(' per ')[0]})"


def _own(result: Result, of: str) -> Iterator[Estimate]:
    yield from (
        each for each in result.estimates if each.of == of and each.over is None and each.slice is None
    )


def _tenth(result: Result, of: str) -> Estimate | None:
    found = [each for each in _own(result, of) if each.metric == "worth_of_a_tenth_more"]
    found.sort(key=lambda each: each.unit.endswith("per decision"))
    return found[0] if found else None


def _team(one: CapacityRecord) -> str:
    return "" if one.by is None else f" of a {one.by}"


def _amount(places: float, counts: str) -> str:
    return f"{numbers.number(places)} rows" if counts == "rows" else numbers.money(places, counts)
