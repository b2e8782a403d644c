"""What is no estimate, in sentences: wrong labels that would change the answer, and bounds of what nobody saw."""

from collections.abc import Iterator

from payoff.record import Result, WrongLabels
from payoff.rendering import numbers
from payoff.rendering.views import candidate, headline_unit, metric_shown
from payoff.rendering.wording import STATUSES, metric_title

HEAD = "If labels were wrong (how sensitive the answer is, not how many are wrong)"
BOUNDS = "Bounds, not measurements: every unseen outcome at its worst and at its best"
CLASSES = {
    "positives": "labels that say positive",
    "negatives": "labels that say negative",
    "both": "labels of either kind",
}


def wrong_label_lines(result: Result) -> tuple[str, ...]:
    """Return one sentence per needed hurdle and class of labels; the class that changes the answer first is first."""
    told = [one for one in result.wrong_labels if one.note is None]
    told.sort(key=lambda one: (one.share_to_status or 2.0, one.share_to_no_gain or 2.0))
    untold: dict[tuple[str, str], list[str]] = {}
    for one in result.wrong_labels:
        if one.note is not None:
            untold.setdefault((one.hurdle, one.note), []).append(CLASSES[one.labels])
    notes = (f"{hurdle}, {_listed(kinds)}: {note}." for (hurdle, note), kinds in untold.items())
    return (*(_line(one) for one in told), *notes)


def _listed(kinds: list[str]) -> str:
    """Return kinds of labels as they are said in a row.

    >>> _listed(["labels that say positive", "labels of either kind"])
    'labels that say positive and labels of either kind'
    """
    return " and ".join((", ".join(kinds[:-1]), kinds[-1])) if len(kinds) > 1 else kinds[0]


def bound_lines(result: Result) -> tuple[str, ...]:
    """Return the bounds of the judged candidate where outcomes are seen only under one action."""
    if not any(one.metric == "value_bounds" or one.metric == "prevalence_bounds" for one in result.estimates):
        return ()
    return tuple(_bounds(result))


def _line(one: WrongLabels) -> str:
    rows = f"{numbers.count(one.rows)} {CLASSES[one.labels]}"
    found = []
    if one.share_to_status is not None and one.becomes is not None:
        becomes, at = STATUSES[one.becomes].word, _percent(one.share_to_status)
        found.append(f"from {at} wrong at random, {one.hurdle} is {becomes}")
    if one.share_to_no_gain is not None:
        wrong = "" if found else " wrong at random"
        found.append(f"at {_percent(one.share_to_no_gain)}{wrong} the gain over {one.over} is nothing")
    if not found:
        found.append(f"no share of them that is wrong at random changes {one.hurdle} or the sign of the gain")
    moves = numbers.money(one.gain_per_point, one.unit)
    return f"Of {rows}: {'; '.join(found)}. Each percent moves the gain by {moves}."


def _percent(share: float) -> str:
    """Return a share of labels, the small ones with digits that tell.

    >>> _percent(0.25), _percent(0.0123), _percent(0.00045)
    ('25%', '1.23%', '0.045%')
    """
    return f"{float(f'{100 * share:.3g}'):g}%"


def _bounds(result: Result) -> Iterator[str]:
    model, unit = candidate(result), headline_unit(result)
    for one in result.estimates:
        if one.of != model or not one.metric.endswith("_bounds") or one.unit not in ("1", unit):
            continue
        low, high = metric_shown(one)[1:]
        over = "" if one.over is None else f" over {one.over}"
        yield f"{metric_title(one.metric)}{over}: {low.text} to {high.text}."
