"""The sections that stand alone: the decision, the data and the cap."""

import re
from typing import Literal
from zoneinfo import ZoneInfo

from payoff.errors.spec import InvalidAmount, InvalidName, NameTaken, NotSupportedYet, OutOfRange, UnknownAction
from payoff.quantities import LONGEST_DURATION_DAYS, PER_YEAR, Amount, parse_days
from payoff.spec.asking import Asked
from payoff.spec.checking import described
from payoff.spec.document import VolumeDocument
from payoff.spec.model import Cap, Data, Decision, Volume
from payoff.spec.names import CELLS

QUANTUM = 0.0001
ANY_ACTION = "any action"

_RATES = tuple(PER_YEAR)
_HORIZON = re.compile(r"[0-9]{1,4} (day|week|month|year)s?")


def decision(asked: Asked) -> Decision:
    """Return the decision with its defaults."""
    given = asked.document.decision
    quantum, rate, horizon = given.quantum, given.discount_rate, given.horizon
    if quantum is not None:
        asked.within(quantum, ("decision", "quantum"), quantum > 0, "a number above zero")
    if rate is not None:
        asked.within(rate, ("decision", "discount_rate"), 0 <= rate < 1, "a rate per year from 0 to below 1")
    if horizon is not None and (not _HORIZON.fullmatch(horizon) or not int(horizon.split()[0])):
        raise asked.refusal(
            OutOfRange, ("decision", "horizon"), described(horizon), "a duration", 'write it such as "3 years".'
        )
    return Decision(
        name=asked.name(given.name or "the decision", ("decision", "name")),
        row=asked.name(given.row or "a row", ("decision", "row")),
        unit=asked.label(given.unit, ("decision", "unit")),
        volume=_volume(asked),
        actions=_actions(asked),
        quantum=QUANTUM if quantum is None else float(quantum),
        horizon=horizon,
        discount_rate=None if rate is None else float(rate),
    )


def _actions(asked: Asked) -> tuple[str, ...]:
    path, actions = ("decision", "actions"), asked.actions
    for position, action in enumerate(actions):
        asked.label(action, (*path, position))
        if action in CELLS or action == ANY_ACTION:
            raise asked.refusal(
                InvalidName,
                (*path, position),
                f'the action "{action}"',
                "a name that means nothing else in a spec",
                "name what is done.",
            )
        if action in actions[:position]:
            raise asked.refusal(
                NameTaken, (*path, position), f'"{action}" twice', "each action once", "remove one of the two."
            )
    if len(actions) < 2:
        raise asked.refusal(
            OutOfRange,
            path,
            f"{len(actions)} action(s)",
            "two actions",
            "name what is done and what is done otherwise, such as [call, skip].",
        )
    if len(actions) > 2:
        raise asked.refusal(
            NotSupportedYet,
            path,
            f"{len(actions)} actions, which is not supported by this version",
            "two actions",
            "judge two of them at a time, one spec each, the last doing nothing.",
        )
    return actions


def _volume(asked: Asked) -> Volume | None:
    given, path = asked.document.decision.volume, ("decision", "volume")
    if given is None:
        return None
    if isinstance(given, str):
        likely = asked.amount(given, path, _RATES)
        asked.within(likely.value, path, likely.value > 0, "more than zero decisions")
        return Volume(likely=likely)
    return _ranged(asked, given)


def _ranged(asked: Asked, given: VolumeDocument) -> Volume:
    path = ("decision", "volume")
    if given.per not in PER_YEAR:
        raise asked.refusal(
            InvalidAmount,
            (*path, "per"),
            described(given.per),
            f"one of {', '.join(PER_YEAR)}",
            'write it such as "year".',
        )
    asked.within(given.likely, (*path, "likely"), given.likely > 0, "more than zero decisions")
    if given.low is not None:
        asked.within(given.low, (*path, "low"), 0 < given.low <= given.likely, "above zero, at most `likely`")
    if given.high is not None:
        asked.within(given.high, (*path, "high"), given.high >= given.likely, "at least `likely`")
    return Volume(
        likely=Amount(float(given.likely), given.per),  # type: ignore[arg-type]
        low=None if given.low is None else float(given.low),
        high=None if given.high is None else float(given.high),
    )


def data(asked: Asked) -> Data:
    """Return what the columns mean, with its defaults."""
    given = asked.document.data
    columns = {
        key: asked.column(getattr(given, key), ("data", key))
        for key in ("path", "id", "time", "cluster", "weight", "label_known_on")
    }
    prevalence = given.prevalence
    if prevalence is not None:
        asked.within(prevalence, ("data", "prevalence"), 0 < prevalence < 1, "a share between 0 and 1")
    return Data(
        outcome=asked.name(given.outcome, ("data", "outcome")),
        positive=given.positive,
        timezone=_timezone(asked),
        maturity_days=_maturity(asked),
        as_of=given.as_of,
        sampled=_sampled(asked),
        prevalence=None if prevalence is None else float(prevalence),
        outcome_given=_outcome_given(asked),
        **columns,
    )


def _timezone(asked: Asked) -> str | None:
    given = asked.document.data.timezone
    if given is not None:
        try:
            ZoneInfo(given)
        except (KeyError, ValueError, OSError):
            raise asked.refusal(
                OutOfRange,
                ("data", "timezone"),
                described(given),
                "a time zone that this machine knows",
                'write it such as "Europe/Amsterdam".',
            ) from None
    return given


def _maturity(asked: Asked) -> int | None:
    given = asked.document.data.maturity
    if given is None:
        return None
    try:
        return parse_days(given)
    except ValueError:
        raise asked.refusal(
            OutOfRange,
            ("data", "maturity"),
            described(given),
            f"whole days or weeks, at most {LONGEST_DURATION_DAYS} days",
            'write it such as "60 days"; months differ in length.',
        ) from None


def _sampled(asked: Asked) -> float | Literal["by outcome"] | None:
    given, path = asked.document.data.sampled, ("data", "sampled")
    if given is None or given == "by outcome":
        return given  # type: ignore[return-value]
    if isinstance(given, str):
        raise asked.refusal(
            OutOfRange, path, described(given), "a share above 0 and up to 1, or `by outcome`", "correct the value."
        )
    return asked.within(given, path, 0 < given <= 1, "a share above 0 and up to 1, or `by outcome`")


def _outcome_given(asked: Asked) -> str:
    given = asked.document.data.outcome_given
    if given is None or given == ANY_ACTION:
        return ANY_ACTION
    if given not in asked.actions:
        raise asked.refusal(
            UnknownAction,
            ("data", "outcome_given"),
            described(given),
            f"`{ANY_ACTION}`, or one of {', '.join(asked.actions)}",
            "say under which action the outcomes in the file were seen.",
        )
    return given


def cap(asked: Asked) -> Cap | None:
    """Return the most that one row can gain or lose."""
    given = asked.document.cap
    if given is None:
        return None
    return Cap(
        gain=asked.within(given.gain, ("cap", "gain"), given.gain >= 0, "zero or more"),
        loss=asked.within(given.loss, ("cap", "loss"), given.loss >= 0, "zero or more; the sign is in the name"),
    )
