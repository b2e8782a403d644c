"""What is not known, in sentences: what the range leaves out, periods and parts that lose, missing outcomes."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from payoff.record import Curve, Result
from payoff.rendering import numbers
from payoff.rendering.charts.asking import floats, of_kind
from payoff.rendering.charts.slices import ends_told, is_small, money_by_slice
from payoff.rendering.views import candidate, headline_hurdle, hurdle_views
from payoff.rendering.wording import part_text
from payoff.verdicts.sentence import baseline_words, occasion_of

TITLE = "What is not known"
MOST_NAMED = 6
# Times as far on one side of the best figure as on the other.
LOPSIDED = 1.5
LONGEST_MONTH = 31
FOR_BUILDERS = ("Pinball losses",)


def unknown_lines(result: Result) -> tuple[str, ...]:
    """Return all of it, for tellers that know only text; the notes of the result come after."""
    return (*_confidences(result), *best_figure_lines(result), *unsettled_lines(result), *_pending(result))


def unsettled_lines(result: Result) -> tuple[str, ...]:
    """Return in how many periods it earns less, and which parts lose."""
    return (*_periods(result), *_parts(result))


def best_figure_lines(result: Result) -> tuple[str, ...]:
    """Return how the best figure, what is needed and the chance go together, where the inputs are in doubt."""
    return tuple(_best_figure(result))


def notes_for_owners(result: Result) -> tuple[str, ...]:
    """Return the notes of the result without those that only who builds models can read."""
    return tuple(note for note in result.notes if not note.startswith(FOR_BUILDERS))


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


def _best_figure(result: Result) -> Iterator[str]:
    doubt, headline = result.doubt, headline_hurdle(result)
    view = next((each for each in hurdle_views(result) if each.record == headline), None)
    if doubt is None or not doubt.effects or doubt.low is None or doubt.high is None or view is None:
        return
    if view.record.gain is None or (doubt.hurdle, doubt.unit) != (view.record.name, view.record.unit):
        return
    asked, gain = view.record.required, view.record.gain
    if asked < 0:
        return
    both = numbers.between(doubt.low, doubt.high, doubt.unit, beside=(doubt.low, doubt.high))
    stands = "more than" if gain > asked else "just short of" if gain > 0.9 * asked > 0 else "less than"
    stands = "just" if gain == asked else stands
    up, down = doubt.high - gain, gain - doubt.low
    sides = (
        ", mostly upwards" if up > LOPSIDED * down else ", mostly downwards" if down > LOPSIDED * up else ""
    )
    hence = "" if view.reached.value is None else f": hence {view.reached.text} sure"
    yield (
        f"Our best figure is {view.gain.text}, {stands} the {view.required.text} needed. "
        f"Counting what is held possible for the inputs it could be {both}{sides}{hence}."
    )


def _periods(result: Result) -> Iterator[str]:
    """Say in how many periods it earns less, where it does in any, and whether a period tells anything by itself."""
    headline = headline_hurdle(result)
    wanted = (candidate(result), headline.over if headline is not None else result.today)
    for each in of_kind(result, "stability"):
        if (each.of, each.over) == wanted:
            yield from _stability(result, each)


def _stability(result: Result, each: Curve) -> Iterator[str]:
    values, highs = floats(each, "value"), floats(each, "high")
    below = sum(value is not None and value < 0 for value in values)
    if not below:
        return
    surely = sum(high is not None and high < 0 for high in highs)
    known = sum(high is not None for high in highs)
    over = (
        "doing nothing"
        if each.over is None
        else baseline_words(each.over, occasion_of(result.decision, None))
    )
    said = f"In {numbers.count(below)} of {numbers.count(len(values))} {_called(each)} it earned less than {over}"
    if surely:
        yield f"{said}, in {numbers.count(surely)} of them surely."
    elif known < len(values):
        yield f"{said}; most of them are too small to be sure of by themselves."
    else:
        yield f"{said}, in none of them surely."


def _called(each: Curve) -> str:
    """Return what the periods of a curve are called, by the days on which they begin."""
    try:
        days = [date.fromisoformat(str(one)) for one in each.points["period"]]
    except ValueError:
        return "periods"
    apart = {(later - first).days for first, later in pairwise(days)}
    if all(day.day == 1 for day in days):
        return "years" if apart and min(apart) > LONGEST_MONTH else "months"
    return "weeks" if apart and min(apart) == 7 else "days" if apart and min(apart) == 1 else "periods"


def _parts(result: Result) -> Iterator[str]:
    """Name the parts that lose with their whole interval, adjusted for many where it is."""
    losing: dict[str | None, list[str]] = {}
    for estimates in money_by_slice(result).values():
        for each in estimates:
            high = ends_told(each)[1]
            if high is not None and high < 0 and not is_small(each):
                losing.setdefault(each.over, []).append(part_text(each.slice))
    for over, names in losing.items():
        beside = "doing nothing" if over is None else baseline_words(over, occasion_of(result.decision, None))
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        yield f"Where {', '.join(names[:MOST_NAMED])}{more}, it surely earns less than {beside}."
