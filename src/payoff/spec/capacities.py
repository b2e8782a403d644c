"""Policies under a capacity: rows per period, a share of the rows, or money per period."""

import re

from payoff.errors import SpecError
from payoff.errors.capacity import (
    CapacityOfWeightedRows,
    CapacityWithoutShare,
    CapacityWithoutTime,
    InvalidCapacity,
)
from payoff.errors.spec import InvalidPolicy
from payoff.quantities import Amount, parse_amount
from payoff.spec.asking import Asked
from payoff.spec.checking import described
from payoff.spec.document import PolicyDocument
from payoff.spec.model import Capacity, CapacityPeriod
from payoff.spec.places import Path

PERIODS: dict[str, CapacityPeriod] = {"day": "day", "week": "week", "month": "month"}
MOST_WAITING = 366
_PERCENT = re.compile(r"\s*([0-9]+(\.[0-9]*)?|\.[0-9]+)\s*%\s*")
EXAMPLES = 'such as "200 per day", or a share such as "10%" or 0.1'


def capacity(asked: Asked, given: PolicyDocument, path: Path, *, do: str, otherwise: str) -> Capacity:
    """Return the policy that a ``capacity`` or a ``budget`` describes.

    Raises
    ------
    InvalidCapacity
        When it is negative, a fraction of a row, of no period or of one that is no calendar period.
    CapacityWithoutTime, CapacityWithoutShare, CapacityOfWeightedRows
        When ``data`` and ``decision`` do not say what it means for these rows.
    InvalidPolicy
        When a budget has no cost, or a share a queue.
    """
    cost = None
    if given.budget is not None:
        limit, per = _money(asked, given.budget, (*path, "budget"))
        if given.cost is None:
            raise InvalidPolicy(
                where=asked.text.at(path),
                found="a budget, and no cost of acting",
                expected="`cost` beside `budget`: a number or a formula of columns and assumptions",
                fix="add it, such as cost: 5; or state the capacity in rows.",
            )
        cost = asked.formula(str(given.cost), (*path, "cost"), outcome_allowed=False)
    else:
        limit, per = _rows(asked, given.capacity, (*path, "capacity"))
    _check_world(asked, (*path, "budget" if cost is not None else "capacity"), per)
    if given.by is not None:
        asked.label(given.by, (*path, "by"))
    return Capacity(
        limit=limit,
        per=per,
        do=do,
        otherwise=otherwise,
        by=given.by,
        cost=cost,
        carry_over=_waiting(asked, given, path, per),
    )


def share_of_rows(given: object) -> float | None:
    """Return a capacity that is a share of all rows, written as `10%` or `0.1`; None for any other."""
    if isinstance(given, float) and 0.0 <= given <= 1.0:
        return given
    percent = _PERCENT.fullmatch(given) if isinstance(given, str) else None
    return float(percent[1]) / 100.0 if percent is not None and float(percent[1]) <= 100.0 else None


def _rows(asked: Asked, given: object, path: Path) -> tuple[float, CapacityPeriod | None]:
    """Return rows and their period, or a share and None."""
    share = share_of_rows(given)
    if share is not None:
        return share, None
    amount = _amount(asked, given, path)
    if amount.value != int(amount.value):
        raise _invalid(asked, given, path, f"a whole number of rows, {EXAMPLES}", "round it down.")
    return amount.value, PERIODS[amount.per]


def _money(asked: Asked, given: str, path: Path) -> tuple[float, CapacityPeriod | None]:
    amount = _amount(asked, given, path, 'such as "1000 per day"')
    return amount.value, PERIODS[amount.per]


def _amount(asked: Asked, given: object, path: Path, examples: str = EXAMPLES) -> Amount:
    try:
        amount = parse_amount(str(given))
    except ValueError:
        raise _invalid(
            asked, given, path, f"a ceiling, {examples}", "write number and period: 200 per day."
        ) from None
    if amount.per not in PERIODS:
        fix = "a capacity never converts between periods: state it for the period in which it binds."
        raise _invalid(asked, given, path, "a ceiling per day, week or month", fix)
    if not 0.0 <= amount.value < float("inf"):
        raise _invalid(asked, given, path, "a ceiling of 0 or more", "correct the number.")
    return amount


def _check_world(asked: Asked, path: Path, per: CapacityPeriod | None) -> None:
    """Refuse a capacity that nothing relates to these rows."""
    data = asked.document.data
    where = asked.text.at(path)
    if data.weight is not None or data.prevalence is not None or data.sampled == "by outcome":
        raise CapacityOfWeightedRows(
            where=where,
            found="a capacity over weighted rows",
            expected="rows that count once each: no weight, no prevalence, not sampled by outcome",
            fix="evaluate on a plain sample of the decisions, or use a threshold.",
        )
    if per is None:
        return
    if data.time is None:
        raise CapacityWithoutTime(
            where=where,
            found=f"a capacity per {per}, and no data.time",
            expected="the column that says when each decision is made",
            fix="add data.time, or state the capacity as a share of all rows, such as 10%.",
        )
    if asked.document.decision.volume is None and data.sampled is None:
        raise CapacityWithoutShare(
            where=where,
            found=f"a capacity per {per}, and nothing that says which share of the world the rows are",
            expected="decision.volume (the share follows from the window), or data.sampled",
            fix="add decision.volume, or data.sampled: 1.0 where the rows are all decisions of their days.",
        )


def _waiting(asked: Asked, given: PolicyDocument, path: Path, per: CapacityPeriod | None) -> int:
    if given.carry_over is None:
        return 0
    if per is None:
        raise InvalidPolicy(
            where=asked.text.at((*path, "carry_over")),
            found="carry_over beside a share of all rows",
            expected="a capacity per period: with one pool there is no later period",
            fix="remove `carry_over`.",
        )
    claim = f"a whole number of further periods, 1 to {MOST_WAITING}"
    holds = given.carry_over == int(given.carry_over) and 1 <= given.carry_over <= MOST_WAITING
    return int(asked.within(given.carry_over, (*path, "carry_over"), claim=claim, holds=holds))


def _invalid(asked: Asked, given: object, path: Path, expected: str, fix: str) -> SpecError:
    found = described(given)
    return InvalidCapacity(where=asked.text.at(path), found=found, expected=expected, fix=fix)
