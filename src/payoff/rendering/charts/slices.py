"""Money in every part of the rows: a forest plot, worst first, with what is done for looking at many parts."""

from collections.abc import Sequence

from payoff.record import Result
from payoff.rendering import numbers
from payoff.rendering.charts.asking import listed
from payoff.rendering.charts.marks import Chart, Key, Row, Rows
from payoff.rendering.charts.money import short, tone
from payoff.rendering.views import headline_hurdle
from payoff.rendering.wording import part_text
from payoff.stats.estimates import Estimate

WORST, BEST = 18, 4
FEWEST_EVENTS = 10
TONES = {
    "bad": "loses: the whole interval is below zero",
    "doubt": "the interval holds zero: either may be so",
    "good": "gains: the whole interval is above zero",
    "none": "too few deciding rows for an interval",
}


def slice_charts(result: Result) -> tuple[Chart, ...]:
    """Draw the money in every value of each slice entry, worst first; one chart for each entry.

    Parts that decide too little to be told by a number are not drawn: how many is said. Of very many others the worst
    and the few best are drawn, and how many lie between is said.
    """
    found = []
    for index, (entry, estimates) in enumerate(money_by_slice(result).items()):
        there = [each for each in estimates if each.value is not None]
        told = [each for each in there if not is_small(each)]
        if told:
            left_out = (len(there) - len(told), len(estimates) - len(there))
            found.append(_chart(result, entry, told, left_out, index))
    return tuple(found)


def money_by_slice(result: Result) -> dict[tuple[str, ...], list[Estimate]]:
    """Return the estimates of money by slice entry, worst first; per decision, so that sizes do not mislead.

    The gain over today where it is known by slice, else over the headline's baseline, else any, else value.
    """
    headline = headline_hurdle(result)
    wanted = [result.today, headline.over if headline else None]
    found: dict[tuple[str, ...], list[Estimate]] = {}
    model = next((policy.name for policy in result.policies if policy.role == "model"), None)
    for each in result.estimates:
        if each.slice is not None and each.of == model and each.metric in ("gain", "value"):
            found.setdefault(tuple(each.slice), []).append(each)
    for entry, estimates in found.items():
        best = min(_preference(each, wanted) for each in estimates)
        kept = [each for each in estimates if _preference(each, wanted) == best]
        found[entry] = sorted(kept, key=lambda each: (each.value is None, each.value or 0.0))
    return found


def is_small(estimate: Estimate) -> bool:
    """Return whether a slice decides too few events to be told by a number: such slices are listed."""
    same = estimate.method.startswith("exact: no row") and estimate.rows >= FEWEST_EVENTS
    return estimate.events is not None and estimate.events < FEWEST_EVENTS and not same


def _chart(
    result: Result, entry: Sequence[str], there: Sequence[Estimate], left_out: tuple[int, int], index: int
) -> Chart:
    """Return one chart of estimates, worst first; ``left_out`` counts parts too small to tell, and without a number."""
    over, unit, many = there[0].over, there[0].unit, len(there) > WORST + BEST + 1
    shown = [*there[:WORST], *there[-BEST:]] if many else list(there)
    left = there[WORST:-BEST] if many else []
    whole, largest = _whole(result, there[0]), max(abs(each.value or 0.0) for each in shown)
    gap = ""
    if left:
        ends = [
            numbers.money(each.value, short(unit), beside=(left[0].value, left[-1].value))
            for each in (left[0], left[-1])
        ]
        gap = f"… {numbers.count(len(left))} more between, {ends[0]} to {ends[1]} …"
    key = [] if whole is None else [Key("line", "guide", f"all rows: {numbers.money(whole, unit)}", "3 3")]
    adjustment = next((each.adjustment for each in there if each.adjustment), None)
    tones = {tone(*ends_told(each)) for each in shown}
    key += [Key("dot", f"dot {kind}", words) for kind, words in TONES.items() if kind in tones]
    return Chart(
        id=f"slice-{index}",
        word="slices",
        about=" × ".join(entry),
        title=f"{'Gain over ' + over if over else 'Value'} by {' × '.join(entry)}, worst first",
        message=_message(there, left_out, adjustment),
        figure=Rows(
            unit=unit,
            rows=tuple(_row(each, largest) for each in shown),
            dense=True,
            mark=whole,
            split=WORST if left else None,
            gap=gap,
            key=tuple(key),
        ),
        numbers=tuple(
            {
                "slice": part_text(each.slice),
                "over": each.over,
                "value": each.value,
                "low": ends_told(each)[0],
                "high": ends_told(each)[1],
                "unit": each.unit,
                "rows": each.rows,
                "adjustment": each.adjustment,
            }
            for each in there
        ),
    )


def _row(each: Estimate, largest: float) -> Row:
    """Return one row, read at the digits of the largest: the table has all of them."""
    low, high = ends_told(each)
    places = numbers.decimals([largest])
    isnt_told = each.value is None or (each.value != 0.0 and round(each.value, places) == 0.0)
    return Row(
        label=part_text(each.slice, alone=True),
        note=f"n {numbers.count(each.rows)}",
        reading=numbers.money(each.value, "1") if isnt_told else numbers.signed(each.value or 0.0, places),
        value=each.value,
        low=low,
        high=high,
        tone=tone(low, high),
    )


def _message(told: Sequence[Estimate], left_out: tuple[int, int], adjustment: str | None) -> str:
    """Say what the worst part is, which lose and which gain by the whole interval, and what looking at many costs."""
    words, (small, without) = [_from_to(told[0], told[-1])], left_out
    losing = [part_text(each.slice, alone=True) for each in told if (ends_told(each)[1] or 0.0) < 0]
    gaining = sum((ends_told(each)[0] or 0.0) > 0 for each in told)
    words.append(
        f"Losing with the whole interval: {listed(losing)}."
        if losing
        else "None loses with its whole interval."
    )
    words.append(f"Gaining with the whole interval: {numbers.count(gaining)} of {numbers.count(len(told))}.")
    if small:
        words.append(
            f"With fewer than {FEWEST_EVENTS} deciding events, so neither drawn nor told by a number: "
            f"{numbers.count(small)}."
        )
    words.append(
        f"Intervals are widened for looking at many parts ({adjustment})."
        if adjustment
        else "Each interval is for its part alone: of many, one in twenty misses by chance."
    )
    if without:
        words.append(f"{numbers.count(without)} more have no number.")
    return " ".join(words)


def _from_to(worst: Estimate, best: Estimate) -> str:
    """Return the worst and the best part that decide enough to be told by a number."""
    unit, ends = worst.unit, (worst.value, best.value)
    first, last = (
        f"{numbers.money(each.value, short(unit), beside=ends)} ({part_text(each.slice, alone=True)}, "
        f"{numbers.count(each.rows)} rows)"
        for each in (worst, best)
    )
    if unit.endswith("per decision"):
        return f"From {first} to {last} per decision."
    return f"{unit}: from {first} to {last}."


def _whole(result: Result, one: Estimate) -> float | None:
    """Return the same number over all rows."""
    return next(
        (
            each.value
            for each in result.estimates
            if each.slice is None
            and (each.metric, each.of, each.over, each.unit) == (one.metric, one.of, one.over, one.unit)
        ),
        None,
    )


def ends_told(each: Estimate) -> tuple[float | None, float | None]:
    """Return the adjusted interval where there is one."""
    low = each.low if each.low_adjusted is None else each.low_adjusted
    return low, each.high if each.high_adjusted is None else each.high_adjusted


def _preference(estimate: Estimate, wanted: list[str | None]) -> tuple[int, int, str, str]:
    over = (
        wanted.index(estimate.over) if estimate.over is not None and estimate.over in wanted else len(wanted)
    )
    return (
        0 if estimate.metric == "gain" else 1,
        over,
        "" if estimate.unit.endswith("per decision") else estimate.unit,
        estimate.over or "",
    )
