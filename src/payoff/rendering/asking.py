"""What a result asks of whoever reads it: to decide, to settle an input, to wait for rows, to mend what is broken."""

from collections.abc import Iterator

from payoff.quantities import PER_YEAR
from payoff.quantities.telling import money
from payoff.record import AssumptionRecord, HurdleRecord, Result
from payoff.record.rivals import rivals_in
from payoff.rendering import numbers
from payoff.rendering.doubt import doubt_views
from payoff.rendering.views import candidate, headline_hurdle
from payoff.rendering.wording import reason_text
from payoff.verdicts.rivals import Rival, better_rival
from payoff.verdicts.sentence import baseline_words, occasion_of

TITLE = "What is asked of you"
MOST_NAMED = 6
NEXT_TO_NOTHING = 0.01
"""Of the yearly gain: what is worth less is told as next to nothing."""

BY = {
    "nothing": "without a model",
    "same": "with the same score, used in another way",
    "other": "with another model",
}


def asks(result: Result) -> tuple[str, ...]:
    """Return what is asked of the reader, the decision first."""
    return tuple(_asks(result))


def _asks(result: Result) -> Iterator[str]:
    if result.partial:
        first = next((check for check in result.data.checks if check.severity == "error"), None)
        yield "Nothing can be decided yet: mend the data and evaluate again."
        if first is not None:
            yield f"{first.where}: {first.fix}"
        return
    hurdle = headline_hurdle(result)
    if hurdle is None:
        yield "Say how much more it must be worth to be used, before looking at the numbers."
        return
    yield from _decision(result)
    if result.verdict.overall == "hold":
        yield from _open(result)
    if result.data.pending:
        pending, rows = numbers.count(result.data.pending), numbers.count(result.data.rows)
        yield f"Have the missing outcomes reported: {pending} of {rows} have none yet."
    yield from _unowned(result)


def _decision(result: Result) -> Iterator[str]:
    model = candidate(result) or "the model"
    kept, rival = kept_words(result), better_rival(rivals_in(result), result.verdict.hurdles)
    if result.verdict.overall == "ship":
        yield _put_to_use(result, model) if rival is None else _rather(result, rival, model)
        yield from _confirm(result)
    elif result.verdict.overall == "reject":
        broken = [each for each in result.verdict.guardrails if each.status == "missed"]
        if broken and all(each.status != "missed" for each in result.verdict.hurdles if each.needed_to_ship):
            yield f"Do not put {model} to use as it is; stay with {kept}."
            yield (
                f"Ask whether {_listed([each.name for each in broken])} can be held, at another threshold or by "
                "another model: without that limit the answer would be another."
            )
        else:
            yield f"Do not put {model} to use; stay with {kept}."
    else:
        yield f"Do not put {model} to use yet; stay with {kept}."
    if rival is not None and rival.name != result.today and result.verdict.overall != "ship":
        yield _rather(result, rival, model)


def kept_words(result: Result) -> str:
    """Return what is done without the model, in words."""
    if result.today is None:
        return "what is done without it"
    return baseline_words(result.today, occasion_of(result.decision, None))


def _put_to_use(result: Result, model: str) -> str:
    unlocked = result.verdict.unlocked
    hurdle = next((each for each in result.verdict.hurdles if each.name == unlocked), None)
    what = f": {hurdle.unlocks}" if hurdle is not None and hurdle.unlocks else ""
    return f"Decide whether {model} is put to use{what}."


def _rather(result: Result, rival: Rival, model: str) -> str:
    """Return which baseline to consider in place of a model that gains nothing over it, and by what it decides."""
    name = baseline_words(rival.name, occasion_of(result.decision, result.today))
    does = (
        f"it does better than {model}"
        if rival.is_better
        else f"as far as the data can tell it does as well as {model}"
    )
    return f"Consider {name} instead: {does}, {BY[rival.scored]}."


def _confirm(result: Result) -> Iterator[str]:
    """Return which inputs a ship rests on, and which other hurdles it leaves open."""
    turning = turning_views(result)
    if turning:
        owner = f" ({turning[0].owner})" if len(turning) == 1 and turning[0].owner else ""
        names = _listed([each.name for each in turning]) + owner
        yield f"Confirm {names} with whoever answers for it: within what is held possible the answer changes."
    elif result.assumptions:
        yield "Confirm the inputs below with those who answer for them: the answer holds for these inputs."
    for each in result.verdict.hurdles:
        if each.status == "undecided" and not each.needed_to_ship:
            what = f" ({each.unlocks})" if each.unlocks else ""
            yield f"Do not act as if “{each.name}”{what} were reached; {reason_text(each.reason)}."


def turning_views(result: Result) -> list[AssumptionRecord]:
    """Return the inputs at whose values held possible the answer changes, the most influential first."""
    return sorted(
        (each for each in result.assumptions if each.turns), key=lambda each: -(each.influence or 0.0)
    )


def _open(result: Result) -> Iterator[str]:
    """Return the one thing that would settle what is open, or that nothing is worth finding out."""
    opened = [
        each
        for each in result.verdict.hurdles
        if each.needed_to_ship and each.status in ("undecided", "not evaluated")
    ]
    said = [*_settled_by_input(result), *(line for each in opened for line in _settled_by_rows(each))]
    yield from said
    undecided = [each for each in opened if each.status == "undecided" and each.reason != "pending"]
    rival = better_rival(rivals_in(result), result.verdict.hurdles)
    if not said and undecided and (rival is None or not rival.is_better):
        yield from _by_nothing(result, undecided[0])
    open_rails = [each for each in result.verdict.guardrails if each.status in ("undecided", "missed")]
    if open_rails:
        yield f"Look at the limits that are not shown to hold: {_listed([each.name for each in open_rails])}."


def _settled_by_input(result: Result) -> Iterator[str]:
    """Return the input to settle, where the answer turns to use within its range and knowing it is worth something."""
    for first in turning_views(result):
        turn = next((one for one in first.turns or () if one.becomes == "ship"), None)
        worth = _worth_of(result, first.name)
        if turn is not None and worth is not None:
            at = numbers.number(turn.at, beside=(first.likely, first.low, first.high))
            owner = first.owner or "nobody is named yet"
            yield f"Settle {first.name} ({owner}): if it is {at}, the answer becomes “use it”.{worth}"
            return


def _worth_of(result: Result, name: str) -> str | None:
    """Return what knowing one input exactly is worth at most, None where that is next to nothing."""
    view = next((one for one in doubt_views(result) if one.name == name), None)
    if view is None or view.worth.value is None or result.doubt is None:
        return ""
    worth, per = round(view.worth.value, 2), result.doubt.unit.rpartition(" per ")[2]
    yearly = abs(result.doubt.gain) * PER_YEAR.get(per, result.data.volume_per_year or 0.0)
    if worth <= 0 or worth < NEXT_TO_NOTHING * yearly:
        return None
    return f" Knowing it exactly is worth {view.worth.text} at most."


def _settled_by_rows(hurdle: HurdleRecord) -> Iterator[str]:
    """Return for how many more rows one could wait, and what knowing more could be worth."""
    if hurdle.rows_needed is None or not hurdle.rows_needed[1]:
        return
    worth = ""
    if hurdle.evpi is not None and hurdle.evpi >= 0.005:
        head = hurdle.unit.partition(" per ")[0]
        worth = f" Knowing more is worth {money(hurdle.evpi, f'{head} per year')} at most."
    most = numbers.count(hurdle.rows_needed[1])
    yield f"Wait for up to {most} more cases with a known outcome, and judge those by themselves.{worth}"


def _by_nothing(result: Result, hurdle: HurdleRecord) -> Iterator[str]:
    """Say what is left where no input is worth settling and no number of further cases is sure to do."""
    fewest = None if hurdle.rows_needed is None else hurdle.rows_needed[0]
    ranged = [each for each in result.assumptions if each.low is not None]
    if any(each.turns is None for each in ranged):
        return
    if fewest and not any(turn.becomes == "ship" for each in ranged for turn in each.turns or ()):
        least = numbers.count(_rounded(fewest))
        yield f"Only more cases with a known outcome can settle it, at least about {least}: judge those by themselves."
    else:
        yield "Finding out more is worth next to nothing: look again when an input has changed."


def _rounded(rows: int) -> int:
    """Return a number of rows as one plans with it.

    >>> _rounded(6102), _rounded(17)
    (6100, 17)
    """
    return round(rows, min(0, 2 - len(str(rows))))


def _unowned(result: Result) -> Iterator[str]:
    nameless = [each.name for each in result.assumptions if not each.owner]
    if nameless:
        yield f"Name who answers for {_listed(nameless)}."


def _listed(names: list[str]) -> str:
    shown = list(dict.fromkeys(names))
    more = f" and {len(shown) - MOST_NAMED} more" if len(shown) > MOST_NAMED else ""
    return ", ".join(shown[:MOST_NAMED]) + more


def worth_title(result: Result) -> str:
    """Return what the first number of the note is, in words.

    It names the baseline that the headline hurdle, or without one today's, is about.
    """
    hurdle = headline_hurdle(result)
    over = hurdle.over if hurdle is not None else result.today
    if over is None:
        return "Worth more than the alternatives"
    net = ", running costs paid," if hurdle is not None and hurdle.metric == "net_gain" else ""
    return f"Worth more{net} than {baseline_words(over, occasion_of(result.decision, result.today))}"
