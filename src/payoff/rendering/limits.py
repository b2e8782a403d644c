"""The limits beside the hurdles as the note tells them: one line for a limit that must hold in many parts."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from payoff.record import Result
from payoff.rendering import numbers
from payoff.rendering.views import RailView, rail_views

MOST_LISTED = 3
_AMOUNT = re.compile(r"-?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?")
# What the shares that limits are about say, for those who know no metrics.
PLAIN = {
    "recall": "of all that it is to find, the share that it finds",
    "precision": "of all that it picks, the share that it is to find",
    "specificity": "of all that it is to leave alone, the share that it does",
}


def note_limits(result: Result) -> tuple[RailView, ...]:
    """Return the limits for the note: one that holds in many parts in a line, then the few that need attention."""
    groups: dict[str, list[RailView]] = {}
    for view in rail_views(result):
        groups.setdefault(view.record.name, []).append(_plain(view))
    return tuple(line for views in groups.values() for line in _lines(views))


def grouped(result: Result) -> bool:
    """Return whether the note leaves parts out, so that all of them are told further down."""
    return len(note_limits(result)) != len(result.verdict.guardrails)


def _plain(view: RailView) -> RailView:
    meaning = PLAIN.get(view.record.metric) if view.record.over is None else ""
    return view if meaning is None else replace(view, meaning=meaning)


def _lines(views: Sequence[RailView]) -> Iterator[RailView]:
    judged = [view for view in views if view.record.reason != "slice_too_small"]
    if len(views) == 1 or not judged:
        yield from views[:1]
        return
    held = [view for view in judged if view.record.status == "cleared"]
    others = [view for view in judged if view.record.status != "cleared"]
    nearest = min(judged, key=_room)
    words = [f"nearest: {nearest.place}"]
    if len(judged) < len(views):
        words.append(f"{numbers.count(len(views) - len(judged))} too small to judge")
    if len(others) > MOST_LISTED:
        words.append(f"{numbers.count(len(others) - MOST_LISTED)} more do not hold or are open")
    place = f"{numbers.count(len(held))} of {numbers.count(len(judged))} hold"
    yield replace(nearest, place=place, status=judged[0].status, reason="; ".join(words))
    yield from (replace(view, meaning="") for view in others[:MOST_LISTED])


def _room(view: RailView) -> float:
    """Return how far a part is from its limit, on the side that holds; infinitely where either is not known."""
    amount = _AMOUNT.search(view.record.limit)
    if view.value.value is None or amount is None:
        return math.inf
    above = view.value.value - float(amount[0].replace(",", ""))
    return -above if view.record.limit.startswith("at most") else above
