"""What is not known, in sentences: what the range leaves out, periods and parts that lose, missing outcomes."""

from collections.abc import Iterator

from payoff.record import Curve, Result
from payoff.rendering import numbers
from payoff.rendering.charts.asking import floats, of_kind
from payoff.rendering.charts.slices import ends_told, is_small, money_by_slice
from payoff.rendering.views import candidate, headline_hurdle, hurdle_views, interval_text
from payoff.rendering.wording import part_text

TITLE = "What is not known"
MOST_NAMED = 6


def unknown_lines(result: Result) -> tuple[str, ...]:
    """Return all of it, for tellers that know only text; the notes of the result come after."""
    return (*_confidences(result), *unsettled_lines(result), *_pending(result))


def unsettled_lines(result: Result) -> tuple[str, ...]:
    """Return what the headline range leaves out, in how many periods the gain is below zero, and which parts lose."""
    return (*_range(result), *_periods(result), *_parts(result))


def _confidences(result: Result) -> Iterator[str]:
    for each in hurdle_views(result):
        if each.record.needed_to_ship and each.sampling.value is not None:
            yield (
                f"Confidence for {each.record.name}: {each.sampling.text} by the draw of the rows alone, "
                f"{each.reached.text} with the ranges of the assumptions."
            )


def _pending(result: Result) -> Iterator[str]:
    if result.data.pending:
        pending, rows = numbers.count(result.data.pending), numbers.count(result.data.rows)
        yield f"{pending} of {rows} rows are pending."


def _range(result: Result) -> Iterator[str]:
    """Say that the headline range takes every input as certain, and between what the gain lies where none is."""
    doubt, headline = result.doubt, headline_hurdle(result)
    view = next((each for each in hurdle_views(result) if each.record == headline), None)
    if doubt is None or not doubt.effects or doubt.low is None or doubt.high is None or view is None:
        return
    alone = interval_text(view.low, view.high)
    if not alone or (doubt.hurdle, doubt.unit) != (view.record.name, view.record.unit):
        return
    both = numbers.between(doubt.low, doubt.high, doubt.unit, beside=(doubt.low, doubt.high))
    yield (
        f"The range of the gain, {alone} (95%), holds if every input is exactly as it is taken; with what is held "
        f"possible of them counted in, the gain over {doubt.over} is {both} (90%)."
    )


def _periods(result: Result) -> Iterator[str]:
    """Say in how many periods the gain is below zero, where it is in any, and how many cannot be judged."""
    headline = headline_hurdle(result)
    wanted = (candidate(result), headline.over if headline is not None else result.today)
    for each in of_kind(result, "stability"):
        if (each.of, each.over) == wanted:
            yield from _stability(each)


def _stability(each: Curve) -> Iterator[str]:
    values, highs = floats(each, "value"), floats(each, "high")
    below = sum(value is not None and value < 0 for value in values)
    if not below:
        return
    sure = numbers.count(sum(high is not None and high < 0 for high in highs))
    untold = len(values) - sum(high is not None for high in highs)
    yield (
        f"Of {numbers.count(len(values))} periods the gain over {each.over} is below zero in {numbers.count(below)}, "
        f"in {sure} of them with its whole interval."
    )
    if untold:
        have = "has" if untold == 1 else "have"
        yield f"{numbers.count(untold)} of the periods {have} no interval, so cannot be judged."


def _parts(result: Result) -> Iterator[str]:
    """Name the parts of the rows that lose with their whole interval, adjusted for many where it is."""
    losing: dict[str | None, list[str]] = {}
    for estimates in money_by_slice(result).values():
        for each in estimates:
            high = ends_told(each)[1]
            if high is not None and high < 0 and not is_small(each):
                losing.setdefault(each.over, []).append(part_text(each.slice))
    for over, names in losing.items():
        beside = "doing nothing" if over is None else over
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        yield f"It loses beside {beside}, with the whole interval, where {', '.join(names[:MOST_NAMED])}{more}."
