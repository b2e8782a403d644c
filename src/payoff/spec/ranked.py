"""Metrics of the top of a ranking, which need a number of rows, and perhaps pools such as queries or days."""

from payoff.errors.capacity import CapacityOfWeightedRows, CapacityWithoutTime, InvalidCapacity
from payoff.errors.classes import NeedsTwoClasses
from payoff.spec.asking import Asked
from payoff.spec.checking import described
from payoff.spec.document import MetricDocument, RankedDocument
from payoff.spec.places import Path
from payoff.spec.top import PERIODS, RANKED, Ranked


def tops(asked: Asked) -> tuple[Ranked, ...]:
    """Return the metrics of the top that a spec asks for, in order.

    Raises
    ------
    InvalidCapacity
        When k is missing, or no whole number of rows.
    CapacityWithoutTime
        When a ranking per period has no time.
    CapacityOfWeightedRows, NeedsTwoClasses
        When rows stand for several (a place is one row), or outcomes are of several classes.
    """
    found: dict[Ranked, None] = {}
    data = asked.document.data
    weighted = data.weight is not None or data.prevalence is not None or data.sampled == "by outcome"
    for position, entry in enumerate(asked.document.metrics or ()):
        if isinstance(entry, str):
            if entry in RANKED:
                found[_one(asked, entry, RankedDocument(k=None, per=None), ("metrics", position))] = None
            continue
        if isinstance(entry, MetricDocument):
            continue
        for name, given in entry.items():
            found[_one(asked, name, given, ("metrics", position, name))] = None
    if found and (data.classes is not None or asked.document.decision.quantity is not None):
        raise NeedsTwoClasses(
            where=asked.at("metrics"),
            found="the best k rows, of an outcome that is no yes or no",
            expected="an outcome of two",
            fix="leave these metrics out, or name one class as data.positive.",
        )
    if found and weighted:
        raise CapacityOfWeightedRows(
            where=asked.at("metrics"),
            found="the best k rows, of rows that carry weights",
            expected="rows that count once each: no weight, no prevalence, not sampled by outcome",
            fix="ask for a share of the rows in their place, with capture_rate or lift.",
        )
    return tuple(found)


def _one(asked: Asked, name: str, given: RankedDocument, path: Path) -> Ranked:
    k = given.k
    if k is None and name != "ndcg":
        raise _invalid(asked, path, f"{name} without k", f"how many rows, as in {{{name}: {{k: 100}}}}")
    if k is not None and (k != int(k) or k < 1):
        raise _invalid(asked, (*path, "k"), described(k), "a whole number of rows, 1 or more")
    if given.per in PERIODS and asked.document.data.time is None:
        raise CapacityWithoutTime(
            where=asked.text.at((*path, "per")),
            found=f"a ranking per {given.per}, and no data.time",
            expected="the column that says when each decision is made",
            fix="add data.time, or name the column of the query.",
        )
    if given.per is not None:
        asked.label(given.per, (*path, "per"))
    return Ranked(name=name, k=None if k is None else int(k), per=given.per)


def _invalid(asked: Asked, path: Path, found: str, expected: str) -> InvalidCapacity:
    return InvalidCapacity(
        where=asked.text.at(path),
        found=found,
        expected=expected,
        fix="write the number of rows that are looked at.",
    )
