"""What having a candidate costs beside its decisions: money, people's time, latency, complexity."""

import re
from collections.abc import Mapping

from payoff.errors.linter import InvalidCosts, InvalidLatency
from payoff.quantities import Amount
from payoff.spec.asking import Asked
from payoff.spec.checking import described
from payoff.spec.document import CostsDocument, ReviewDocument
from payoff.spec.model import Costs, Latency
from payoff.spec.places import Path
from payoff.spec.world import TIME_PERIODS

MINUTES_IN_AN_HOUR = 60.0
MILLISECONDS: Mapping[str, float] = {"us": 0.001, "ms": 1.0, "s": 1000.0, "min": 60_000.0}
_TIME = re.compile(r"\s*(?P<number>[0-9]+(\.[0-9]+)?)\s*(?P<unit>us|ms|s|min)\s*")
_PERCENTILE = re.compile(r"p(?P<number>[0-9]{1,2}(\.[0-9]+)?)")
_RECURRING = ("decision", *TIME_PERIODS)


def costs(asked: Asked, given: CostsDocument | None, path: Path) -> Costs:
    """Return what is paid once and again, none below zero."""
    if given is None:
        return Costs()
    here = (*path, "costs")
    return Costs(
        running=_amount(asked, given.running, (*here, "running"), _RECURRING, "40000 per year"),
        call=_amount(asked, given.call, (*here, "call"), ("decision",), "0.002 per decision"),
        review=_review(asked, given.review, (*here, "review")),
        build=_amount(asked, given.build, (*here, "build"), ("once",), "120000 once"),
    )


def _amount(
    asked: Asked, given: str | None, path: Path, periods: tuple[str, ...], example: str
) -> Amount | None:
    if given is None:
        return None
    amount = asked.amount(given, path, periods=periods, example=example)
    asked.within(amount.value, path, claim="a cost of 0 or more", holds=amount.value >= 0)
    return amount


def _review(asked: Asked, given: ReviewDocument | None, path: Path) -> Amount | None:
    """Return people's time as money."""
    if given is None:
        return None
    minutes = _amount(asked, given.minutes, (*path, "minutes"), _RECURRING, "0.5 per decision")
    if minutes is None or not given.hourly >= 0:
        raise InvalidCosts(
            where=asked.text.at((*path, "hourly")),
            found=described(given.hourly),
            expected="what an hour costs, 0 or more",
            fix="write the full cost of an hour in decision.unit, such as hourly: 45.",
        )
    return Amount(minutes.value * float(given.hourly) / MINUTES_IN_AN_HOUR, minutes.per)


def latency(asked: Asked, given: Mapping[str, str] | str | None, path: Path) -> Latency | None:
    """Return the column that holds latencies, or the percentiles declared.

    Raises
    ------
    InvalidLatency
        For bare text or a time without percentile, for both forms at once, for times that fall as percentiles rise.
    """
    if given is None:
        return None
    here = (*path, "latency")
    if isinstance(given, str) or not given or ("column" in given and len(given) > 1):
        raise _no_latency(asked, here, given)
    if "column" in given:
        return Latency(column=asked.label(given["column"], (*here, "column")))
    declared = {
        _percentile(asked, key, here): _time(asked, text, (*here, key)) for key, text in given.items()
    }
    ordered = dict(sorted(declared.items()))
    if list(ordered.values()) != sorted(ordered.values()):
        raise InvalidLatency(
            where=asked.text.at(here),
            found=", ".join(f"p{key:g} {time:g} ms" for key, time in ordered.items()),
            expected="times that do not fall as percentiles rise",
            fix="correct the times.",
        )
    return Latency(declared=ordered)


def _percentile(asked: Asked, key: str, path: Path) -> float:
    match = _PERCENTILE.fullmatch(key)
    if match is None or not 0 < float(match["number"]) < 100:
        raise InvalidLatency(
            where=asked.text.at((*path, key)),
            found=f'the key "{key}"',
            expected="`column`, or percentiles such as p50, p95, p99.9",
            fix='write latency: {p95: "180 ms"}, or latency: {column: COLUMN}.',
        )
    return float(match["number"])


def _time(asked: Asked, text: str, path: Path) -> float:
    match = _TIME.fullmatch(text)
    if match is None:
        raise InvalidLatency(
            where=asked.text.at(path),
            found=described(text),
            expected='a time such as "180 ms" or "1.5 s"',
            fix="write a number and us, ms, s or min.",
        )
    return float(match["number"]) * MILLISECONDS[match["unit"]]


def _no_latency(asked: Asked, path: Path, given: Mapping[str, str] | str) -> InvalidLatency:
    return InvalidLatency(
        where=asked.text.at(path),
        found=described(given),
        expected="a column of the rows, or percentiles",
        fix='write latency: {column: latency_ms} (milliseconds), or what was measured: latency: {p95: "180 ms"}.',
    )


def complexity(asked: Asked, given: float | str | None, path: Path) -> float | str | None:
    """Return a number that can be compared, or words that cannot."""
    here = (*path, "complexity")
    if given is None or isinstance(given, str):
        return None if given is None else asked.label(given, here)
    return asked.within(given, here, claim="a number of 0 or more", holds=given >= 0)
