"""What a result asks of whoever reads it: to decide, to settle an input, to wait for rows, to mend what is broken."""

from collections.abc import Iterator

from payoff.quantities import PER_YEAR
from payoff.quantities.telling import money
from payoff.record import AssumptionRecord, HurdleRecord, Result
from payoff.rendering import numbers
from payoff.rendering.doubt import doubt_views
from payoff.rendering.views import candidate, headline_hurdle
from payoff.rendering.wording import reason_text
from payoff.verdicts.sentence import baseline_words, better_rival, occasion_of, rivals_among

TITLE = "What is asked of you"
MOST_NAMED = 6
NEXT_TO_NOTHING = 0.01
"""Of the yearly gain: what is worth less is told as next to nothing."""


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
        yield f"Have the missing outcomes reported: {pending} of {rows} rows have none yet."
    yield from _unowned(result)


def _decision(result: Result) -> Iterator[str]:
    model, unlocked = candidate(result) or "the model", result.verdict.unlocked
    occasion = occasion_of(result.decision, None)
    kept = "what is done without it" if result.today is None else baseline_words(result.today, occasion)
    if result.verdict.overall == "ship":
        hurdle = next((each for each in result.verdict.hurdles if each.name == unlocked), None)
        what = f": {hurdle.unlocks}" if hurdle is not None and hurdle.unlocks else ""
        yield f"Decide whether {model} is put to use{what}."
        yield from _confirm(result)
    elif result.verdict.overall == "reject":
        yield f"Do not put {model} to use; stay with {kept}."
    else:
        yield f"Do not decide for {model} yet; stay with {kept} until what is open is settled."
    yield from _instead(result)


def _confirm(result: Result) -> Iterator[str]:
    """Return which inputs a ship rests on, and which other hurdles it leaves open."""
    inside, hurdle = _inside(result), headline_hurdle(result)
    if inside and hurdle is not None:
        names = _listed([f"{each.name} ({each.owner})" if each.owner else each.name for each in inside])
        yield (
            f"Confirm {names} with whoever answers for it: within what is held possible, the gain just meets what "
            f"“{hurdle.name}” needs."
        )
    else:
        yield "Confirm the inputs below with those who answer for them: the answer holds for these inputs."
    for each in result.verdict.hurdles:
        if each.status == "undecided" and not each.needed_to_ship:
            what = f" ({each.unlocks})" if each.unlocks else ""
            yield f"Do not act as if “{each.name}”{what} were reached; {reason_text(each.reason)}."


def _instead(result: Result) -> Iterator[str]:
    """Return the baseline to consider in place of a model that gains nothing over it."""
    model = candidate(result)
    baselines = {each.name for each in result.policies if each.role == "baseline"}
    rival = better_rival(rivals_among(result.estimates, model, baselines), result.verdict.hurdles)
    if rival is None or rival[0] == result.today:
        return
    name, _, high = rival
    does = "does better" if high is not None and high < 0 else "does as well as far as these rows can tell"
    yield f"Consider {baseline_words(name, occasion_of(result.decision, None))} instead: it {does}, without a model."


def _inside(result: Result) -> list[AssumptionRecord]:
    """Return the inputs in whose own range the gain just meets what is needed, the most influential first."""
    inside = [
        each
        for each in result.assumptions
        if each.break_even is not None
        and each.low is not None
        and each.high is not None
        and each.low <= each.break_even <= each.high
    ]
    return sorted(inside, key=lambda each: -(each.influence or 0.0))


def _open(result: Result) -> Iterator[str]:
    """Return what would settle the hurdles that are open."""
    for hurdle in result.verdict.hurdles:
        if hurdle.needed_to_ship and hurdle.status in ("undecided", "not evaluated"):
            yield from _rows(hurdle)
    for first in _inside(result)[:1]:
        answers = first.owner or "nobody is named who"
        verb = "answers for it" if first.owner else "answers for it yet"
        at = numbers.number(first.break_even, beside=(first.likely, first.low, first.high, first.break_even))
        yield (
            f"Settle {first.name} ({answers} {verb}): no input moves the gain more, and at {at}, within its range, "
            f"the gain just meets what is needed.{_worth_of(result, first.name)}"
        )
    open_rails = [each for each in result.verdict.guardrails if each.status in ("undecided", "missed")]
    if open_rails:
        yield f"Look at the limits that are not shown to hold: {_listed([each.name for each in open_rails])}."


def _worth_of(result: Result, name: str) -> str:
    """Return what knowing one input exactly is worth at most, and whether that is next to nothing."""
    view = next((one for one in doubt_views(result) if one.name == name), None)
    if view is None or view.worth.value is None or result.doubt is None:
        return ""
    worth, per = round(view.worth.value, 2), result.doubt.unit.rpartition(" per ")[2]
    yearly = abs(result.doubt.gain) * PER_YEAR.get(per, result.data.volume_per_year or 0.0)
    if worth <= 0:
        return " Knowing it exactly would change nothing of what is best: it takes away doubt, no more."
    little = ", next to nothing beside the gain" if worth < NEXT_TO_NOTHING * yearly else ""
    return f" Knowing it exactly is worth {view.worth.text} at most{little}."


def _rows(hurdle: HurdleRecord) -> Iterator[str]:
    """Return for how many more rows one could wait, and what knowing more could be worth."""
    if hurdle.rows_needed is None:
        return
    fewest, most = hurdle.rows_needed
    worth = ""
    if hurdle.evpi is not None and hurdle.evpi >= 0.005:
        head = hurdle.unit.partition(" per ")[0]
        worth = f" Knowing more is worth {money(hurdle.evpi, f'{head} per year')} at most."
    if most is not None and most > 0:
        few = "" if fewest is None or fewest == most else f"between {numbers.count(fewest)} and "
        wait = f"Or wait for {few}{numbers.count(most)} more rows with a known outcome"
        yield f"{wait}, and judge those by themselves.{worth}"
    elif most is None and fewest is not None:
        least = f"at least {numbers.count(fewest)} more with a known outcome would be needed"
        yield f"Do not wait for more rows alone: {least}, and perhaps no number would do.{worth}"
    elif most is None and hurdle.status == "undecided":
        yield f"Do not wait for more rows alone: no number of them would do.{worth}"


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
