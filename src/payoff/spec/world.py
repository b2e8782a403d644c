"""The sections ``decision``, ``data`` and ``cap``: the world, the file, and the most a row can move."""

from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from payoff.errors import nearest
from payoff.errors.spec import InvalidName, OutOfRange, WeighedTwice, WrongKind
from payoff.quantities import Amount, parse_amount, parse_days, years_of
from payoff.spec.asking import Asked, taken
from payoff.spec.checking import described
from payoff.spec.classes import classes
from payoff.spec.document import VolumeDocument
from payoff.spec.model import Cap, Data, Decision, Volume
from payoff.spec.quantity import check_outcome, quantities, refuse

QUANTUM = 0.0001
TIME_PERIODS = ("day", "week", "month", "year")
ANY_ACTION = "any action"
BY_OUTCOME = "by outcome"
MOST_ACTIONS = 12
RESERVED_ACTIONS = frozenset({"shared", "pending", "known"})


def decision(asked: Asked) -> Decision:
    """Return what is decided, with defaults filled."""
    given = asked.document.decision
    quantum = QUANTUM if given.quantum is None else given.quantum
    rate = given.discount_rate
    if rate is not None:
        asked.within(
            rate,
            ("decision", "discount_rate"),
            claim="a yearly rate from 0 to below 1",
            holds=0 <= rate < 1,
            fix=f"write {rate / 100:g} for {rate:g}% a year." if 1 <= rate < 100 else "correct the number.",
        )
    _check_horizon(asked)
    return Decision(
        name=asked.label("Decision" if given.name is None else given.name, ("decision", "name")),
        row=asked.label("a row" if given.row is None else given.row, ("decision", "row")),
        unit=asked.name(given.unit, ("decision", "unit")),
        volume=_volume(asked),
        actions=_actions(asked),
        quantum=asked.within(
            quantum, ("decision", "quantum"), claim="a positive step of money", holds=quantum > 0
        ),
        horizon=given.horizon,
        discount_rate=rate,
        quantity=quantities(asked),
    )


def _check_horizon(asked: Asked) -> None:
    given = asked.document.decision.horizon
    try:
        if given is not None:
            years_of(given)
    except ValueError:
        raise OutOfRange(
            where=asked.at("decision", "horizon"),
            found=described(given),
            expected='a duration such as "3 years"',
            fix="write a whole number and days, weeks, months or years.",
        ) from None


def _actions(asked: Asked) -> tuple[str, ...]:
    if asked.of_quantity:
        return asked.actions
    for position, action in enumerate(asked.actions):
        path = ("decision", "actions", position)
        asked.name(action, path)
        if action in RESERVED_ACTIONS:
            raise InvalidName(
                where=asked.at(*path),
                found=f'the action "{action}", a word that tables use themselves',
                expected="another word",
                fix="rename the action.",
            )
        if action in asked.actions[:position]:
            raise taken(asked.at(*path), action, "the other actions")
    if not 2 <= len(asked.actions) <= MOST_ACTIONS:
        raise OutOfRange(
            where=asked.at("decision", "actions"),
            found=f"{len(asked.actions)} actions",
            expected=f"2 to {MOST_ACTIONS}: the first acts, the last does nothing",
            fix="name what can be done, and what doing nothing is called.",
        )
    return asked.actions


def _volume(asked: Asked) -> Volume | None:
    given, path = asked.document.decision.volume, ("decision", "volume")
    if given is None:
        return None
    if isinstance(given, VolumeDocument):
        return _ranged(asked, given)
    amount = asked.amount(given, path, periods=TIME_PERIODS, example="45000 per year")
    asked.within(amount.value, path, claim="more than no decision", holds=amount.value > 0)
    return Volume(likely=amount)


def _ranged(asked: Asked, given: VolumeDocument) -> Volume:
    path = ("decision", "volume")
    if given.per not in TIME_PERIODS:
        raise OutOfRange(
            where=asked.at(*path, "per"),
            found=f'"{given.per}"',
            expected=f"one of {', '.join(TIME_PERIODS)}",
            fix="state the volume in one of these periods.",
        )
    low, high = in_order(asked, path, low=given.low, likely=given.likely, high=given.high)
    least = given.likely if low is None else low
    asked.within(least, path, claim="more than no decision", holds=least > 0)
    period = parse_amount(f"1 per {given.per}").per
    return Volume(likely=Amount(float(given.likely), period), low=low, high=high)


def in_order(
    asked: Asked, path: tuple[str | int, ...], *, low: float | None, likely: float, high: float | None
) -> tuple[float | None, float | None]:
    """Return a range that is given whole and holds its likely value, or raise OutOfRange."""
    if low is None and high is None:
        return None, None
    if low is None or high is None or not low <= likely <= high:
        raise OutOfRange(
            where=asked.text.at(path),
            found=f"low {low if low is not None else 'missing'}, likely {likely}, "
            f"high {high if high is not None else 'missing'}",
            expected="low <= likely <= high, both ends or neither",
            fix="state the least and the most that the owner holds possible.",
        )
    return float(low), float(high)


def data(asked: Asked) -> Data:
    """Return where the rows are and what their columns mean."""
    given = asked.document.data
    columns = {
        key: getattr(given, key)
        for key in ("outcome", "id", "time", "cluster", "weight", "label_known_on", "censored")
    }
    for key, column in columns.items():
        if column is not None and not column.strip():
            raise InvalidName(
                where=asked.at("data", key),
                found="no text",
                expected="a column's name",
                fix="name the column.",
            )
    _check_world(asked)
    check_outcome(asked)
    return Data(
        path=given.path,
        positive=given.positive,
        classes=classes(asked),
        timezone=_timezone(asked),
        maturity_days=_maturity(asked),
        as_of=given.as_of,
        sampled=_sampled(asked),
        prevalence=None if given.prevalence is None else float(given.prevalence),
        outcome_given=given.outcome_given or ANY_ACTION,
        **columns,
    )


def _check_world(asked: Asked) -> None:
    given = asked.document.data
    if given.prevalence is not None:
        asked.within(
            given.prevalence,
            ("data", "prevalence"),
            claim="a share strictly between 0 and 1",
            holds=0 < given.prevalence < 1,
        )
        if given.weight is not None:
            raise WeighedTwice(
                where=asked.at("data", "prevalence"),
                found=f"a prevalence of {given.prevalence:g} beside weight: {given.weight}",
                expected="one of them: each says how much a row counts in the world",
                fix="leave out prevalence where the weights already make the shares of the world, or leave out weight.",
            )
    if given.outcome_given is not None and given.outcome_given != ANY_ACTION:
        asked.action(given.outcome_given, ("data", "outcome_given"))


def _sampled(asked: Asked) -> float | Literal["by outcome"] | None:
    given = asked.document.data.sampled
    if given is None or given == BY_OUTCOME:
        return None if given is None else "by outcome"
    if isinstance(given, str):
        raise WrongKind(
            where=asked.at("data", "sampled"),
            found=f'"{given}"',
            expected=f"a share of the world above 0 and at most 1, or `{BY_OUTCOME}`",
            fix="write a number such as 0.1.",
        )
    return asked.within(
        given, ("data", "sampled"), claim="a share of the world above 0 and at most 1", holds=0 < given <= 1
    )


def _maturity(asked: Asked) -> int | None:
    given = asked.document.data.maturity
    if given is None:
        return None
    try:
        return parse_days(given)
    except ValueError:
        raise OutOfRange(
            where=asked.at("data", "maturity"),
            found=f'"{given}"',
            expected='whole days or weeks, such as "60 days"',
            fix="state how old a row must be before its outcome is final.",
        ) from None


def _timezone(asked: Asked) -> str | None:
    given = asked.document.data.timezone
    if given is None:
        return None
    known = available_timezones()
    try:
        if known:
            ZoneInfo(given)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise OutOfRange(
            where=asked.at("data", "timezone"),
            found=f'"{given}"{nearest(given, sorted(known))}',
            expected="a zone of the IANA database, such as Europe/Amsterdam",
            fix="correct the name.",
        ) from None
    return given


def cap(asked: Asked) -> Cap | None:
    """Return the most that one row can gain or lose."""
    given = asked.document.cap
    if given is None:
        return None
    if asked.of_quantity:
        raise refuse(asked, ("cap",), "a cap", "no cap: it bounds acting against not acting")
    for key, number in (("gain", given.gain), ("loss", given.loss)):
        asked.within(number, ("cap", key), claim="a positive amount of the unit", holds=number > 0)
    return Cap(gain=float(given.gain), loss=float(given.loss))
