"""The section ``scenarios``: named settings of the assumptions, the volume, the prevalence, the mix of slices."""

import math
from collections.abc import Mapping

from payoff.errors import PayoffError, nearest
from payoff.errors.spec import BetweenStops, InvalidMix, InvalidScenario
from payoff.formulas import expand
from payoff.spec.asking import Asked
from payoff.spec.document import ScenarioDocument
from payoff.spec.model import Assumption, Scenario, Volume
from payoff.spec.places import Path
from payoff.spec.world import TIME_PERIODS, decision
from payoff.spec.worth import Worth

WORLD_KEYS = ("volume", "prevalence", "mix")
# Shares written with a few decimals, such as thirds, add up to 1 within this.
SHARES = 1e-6


def scenarios(asked: Asked, valued: Worth) -> tuple[Scenario, ...]:
    """Return the named settings, in the order written."""
    given = asked.document.scenarios or {}
    bound = _bound(valued) if given else frozenset()
    return tuple(_scenario(asked, valued, bound, name, one) for name, one in given.items())


def _bound(valued: Worth) -> frozenset[str]:
    """Return the assumptions that rows alone can revalue; too long a formula is refused elsewhere."""
    ranges = {item.name: (item.likely, item.low, item.high) for item in valued.assumptions.values()}
    try:
        return frozenset(expand(dict(valued.value), ranges).bound)
    except PayoffError:
        return frozenset()


def _scenario(
    asked: Asked, valued: Worth, bound: frozenset[str], name: str, given: ScenarioDocument
) -> Scenario:
    path: Path = ("scenarios", name)
    for key in WORLD_KEYS:
        if getattr(given, key) is not None and key in valued.assumptions:
            raise _refused(
                asked, (*path, key), f"{key!r}, which is also an assumption", "one meaning", "rename it."
            )
    settings = {
        key: _setting(asked, valued.assumptions, bound, (*path, key), value)
        for key, value in given.__pydantic_extra__.items()
    }
    volume = _volume(asked, (*path, "volume"), given.volume)
    column, mix = _mix(asked, path, given)
    if not settings and volume is None and given.prevalence is None and column is None:
        raise _refused(
            asked, path, "a scenario that sets nothing", "an assumption, or volume, prevalence or mix"
        )
    return Scenario(
        name=asked.name(name, path),
        settings=settings,
        volume=volume,
        prevalence=_prevalence(asked, (*path, "prevalence"), given.prevalence),
        column=column,
        mix=mix,
    )


def _setting(
    asked: Asked, named: Mapping[str, Assumption], bound: frozenset[str], path: Path, value: float | str
) -> float:
    name = str(path[-1])
    if name not in named:
        known = [*named, *WORLD_KEYS]
        raise _refused(asked, path, f"{name!r}{nearest(name, known)}", f"one of {', '.join(known)}")
    item = named[name]
    if isinstance(value, str):
        stop = {"low": item.low, "likely": item.likely, "high": item.high}[value]
        if stop is None:
            raise _refused(asked, path, f"{value} of {name!r}, which has no range", "a number")
        return float(stop)
    if name in bound and value not in (item.low, item.likely, item.high):
        stops = ", ".join(f"{one:g}" for one in (item.low, item.likely, item.high) if one is not None)
        raise BetweenStops(
            where=asked.text.at(path),
            found=f"{value:g}",
            expected=f"{stops}: {name!r} stands inside a condition or a function, and rows are valued there alone",
            fix=f"use one of them, or make {value:g} its low or high.",
        )
    return float(value)


def _volume(asked: Asked, path: Path, given: float | str | None) -> float | None:
    """Return decisions per year."""
    if given is None:
        return None
    declared = decision(asked).volume
    if given in ("low", "likely", "high"):
        return _yearly(declared, _stop(asked, path, declared, str(given)))
    if isinstance(given, str):
        amount = asked.amount(given, path, periods=TIME_PERIODS, example="30000 per year")
        asked.within(amount.value, path, claim="more than no decision", holds=amount.value > 0)
        return amount.yearly()
    if declared is None:
        raise _refused(asked, path, f"{given:g} without a period", 'text such as "30000 per year"')
    asked.within(given, path, claim="more than no decision", holds=given > 0)
    return _yearly(declared, given)


def _stop(asked: Asked, path: Path, declared: Volume | None, word: str) -> float:
    ends = {} if declared is None else {
        "low": declared.low, "likely": declared.likely.value, "high": declared.high,
    }  # fmt: skip
    stop = ends.get(word)
    if stop is None:
        raise _refused(asked, path, f"{word} of a volume without range", 'text such as "30000 per year"')
    return stop


def _yearly(declared: Volume | None, number: float) -> float:
    if declared is None:
        raise ValueError("a number of decisions has the period of the declared volume")
    return declared.likely.yearly() * number / declared.likely.value


def _prevalence(asked: Asked, path: Path, given: float | None) -> float | None:
    if given is not None and asked.document.data.classes is not None:
        found = f"prevalence beside {len(asked.document.data.classes)} classes of outcome"
        raise _no_mix(
            asked, path, found, "an outcome that is positive or not; another mix of slices can be asked for"
        )
    if given is not None and not 0.0 < given < 1.0:
        raise _no_mix(asked, path, f"{given:g}", "a share of positives above 0 and below 1")
    return None if given is None else float(given)


def _mix(asked: Asked, path: Path, given: ScenarioDocument) -> tuple[str | None, Mapping[str, float]]:
    if given.mix is None:
        return None, {}
    place = (*path, "mix")
    if given.prevalence is not None:
        raise _no_mix(asked, path, "both prevalence and mix", "one change of the world at a time")
    if len(given.mix) != 1:
        raise _no_mix(asked, place, f"{len(given.mix)} columns", "one column with the share of each value")
    ((column, shares),) = given.mix.items()
    total = math.fsum(shares.values())
    if any(not share >= 0.0 for share in shares.values()) or abs(total - 1.0) > SHARES:
        raise _no_mix(
            asked,
            (*place, column),
            f"shares that add up to {total:g}",
            "shares of 0 or more that add up to 1",
        )
    return column, {value: share / total for value, share in shares.items()}


def _refused(
    asked: Asked, path: Path, found: str, expected: str, fix: str = "correct or remove it."
) -> InvalidScenario:
    return InvalidScenario(where=asked.text.at(path), found=found, expected=expected, fix=fix)


def _no_mix(asked: Asked, path: Path, found: str, expected: str) -> InvalidMix:
    return InvalidMix(
        where=asked.text.at(path),
        found=found,
        expected=expected,
        fix="write prevalence: 0.02, or mix: {region: {north: 0.5, south: 0.5}}.",
    )
