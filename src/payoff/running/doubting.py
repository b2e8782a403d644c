"""What the ranges of the assumptions do to the gain that the first needed hurdle is about."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from payoff.doubt import (
    Contributions,
    Stake,
    bounds,
    box,
    crossings,
    cube,
    pair,
    stake_of,
    value_of_knowing,
    values_of_learning,
)
from payoff.doubt.records import AssumptionDoubt, BoxRecord, BreakEven, DoubtRecord, Effect, Pair
from payoff.quantities import Amount
from payoff.running.stakes import Held, deciding, headline, ranged_pairs, spread_of
from payoff.spec.names import VOLUME
from payoff.verdicts import status_of

Floats = NDArray[np.float64]

# 2^11 settings; the most influential assumptions are told in pairs, at 21 values each.
DOUBLINGS, MOST_PAIRED, STEPS = 11, 3, 21
QUANTILES = (0.05, 0.5, 0.95)
BOUND = "bound to rows: known at low, likely and high alone"


def doubt_record(every: Sequence[Held], shares: Contributions) -> DoubtRecord | None:
    """Return what is to be said; None without a hurdle that has a gain, or where nothing is assumed.

    Parameters
    ----------
    every : the hurdles with their gains, in the order written.
    shares : what contributes to the doubt of the headline's gain.
    """
    one = headline(every)
    stake, record = one.stake, one.record
    if record is None or record.gain is None or not stake.names:
        return None
    settings = stake.draw(cube(max(1, len(stake.groups)), DOUBLINGS)) if stake.groups else {}
    gains, at_likely = stake.at(settings), float(stake.at({})[0])
    ends = None if one.gain.is_alike else bounds(stake, one.gain.evidence, spread_of(record))
    low, middle, high = (float(end) for end in np.quantile(gains, QUANTILES))
    mean = float(gains.mean())
    yearly = _yearly(stake)
    return DoubtRecord(
        hurdle=record.name,
        of=record.of,
        over=record.over,
        metric=record.metric,
        unit=record.unit,
        gain=at_likely,
        mean=mean,
        asymmetry=mean - at_likely,
        p05=low,
        p50=middle,
        p95=high,
        low=None if ends is None else ends[0],
        high=None if ends is None else ends[1],
        draws=len(gains) if stake.groups else 0,
        interactions=None if shares.first is None else max(0.0, 1.0 - float(shares.first.sum())),
        worth_of_learning_all=None if yearly is None else value_of_knowing(yearly.at(settings)),
        worth_of_more_rows=record.evpi,
        effects=_effects(shares, yearly),
        assumptions=tuple(_assumption(name, one, every) for name in stake.names),
        pairs=tuple(_pairs(one, shares)),
        boxes=tuple(_box(each) for each in every if each.stake.groups and each.gain.differing),
        note=_note(stake, shares),
    )


def _yearly(stake: Stake) -> Stake | None:
    """Return the same gain per year, None where the volume is unknown."""
    if VOLUME not in stake.likely:
        return None
    return stake_of(stake.spec, stake.judged, Amount(0.0, "year"))


def _effects(shares: Contributions, yearly: Stake | None) -> tuple[Effect, ...]:
    worth = (None,) * len(shares.groups) if yearly is None else values_of_learning(yearly)
    listed = [
        Effect(
            names=names,
            first=None if shares.first is None else float(shares.first[place]),
            total=None if shares.total is None else float(shares.total[place]),
            shapley=None if shares.shapley is None else float(shares.shapley[place]),
            worth_of_learning=worth[place],
        )
        for place, names in enumerate(shares.groups)
    ]
    order = np.argsort(-shares.shares, kind="stable")
    return tuple(listed[place] for place in order.tolist())


def _assumption(name: str, one: Held, every: Sequence[Held]) -> AssumptionDoubt:
    stake, item = one.stake, one.stake.item(name)
    ends = stake.ends(name)
    return AssumptionDoubt(
        name=name,
        likely=item.likely,
        low=item.low,
        high=item.high,
        gain_low=ends[0],
        gain_high=ends[1],
        break_even=tuple(
            BreakEven(hurdle=each.hurdle.name, at=crossings(each.stake, name)) for each in every
        ),
        decides=deciding(stake.spec).get(name, ()),
        note=_turns(name, every) if stake.is_bound(name) else None,
    )


def _turns(name: str, every: Sequence[Held]) -> str:
    """Say between which of its three stops an assumption that is bound to rows turns a hurdle round."""
    words = [BOUND]
    for each in every:
        item = each.stake.item(name)
        stops = [one for one in (item.low, item.likely, item.high) if one is not None]
        gaps = [float(each.stake.at(each.stake.stop(name, stop))[0]) - each.stake.required for stop in stops]
        words += [
            f"{each.hurdle.name} turns between {stops[at]:g} and {stops[at + 1]:g}"
            for at in range(len(stops) - 1)
            if (gaps[at] > 0.0) != (gaps[at + 1] > 0.0)
        ]
    return "; ".join(words)


def _pairs(one: Held, shares: Contributions) -> list[Pair]:
    """Return the curves of the most influential assumptions, two at a time."""
    stake, order = one.stake, np.argsort(-shares.shares, kind="stable").tolist()
    names = [shares.groups[place][0] for place in order if shares.shares[place] > 0.0]
    names = [name for name in names if not stake.is_bound(name)]
    found = []
    for first, second in ranged_pairs(names, MOST_PAIRED):
        x, y = pair(stake, first, second, STEPS)
        if any(value is not None for value in y):
            found.append(
                Pair(first=first, second=second, hurdle=one.hurdle.name, x=tuple(x.tolist()), y=tuple(y))
            )
    return found


def _box(one: Held) -> BoxRecord:
    found = box(one.stake, one.gain.evidence)
    status = None if one.record is None else one.record.status
    shares: dict[str, float | None] = dict.fromkeys(("cleared", "undecided", "missed"))
    if found.chances is not None and status != "not evaluated":
        said: list[str] = [status_of(chance, one.hurdle.confidence) for chance in found.chances.tolist()]
        shares = {name: said.count(name) / len(said) for name in shares}
    return BoxRecord(
        hurdle=one.hurdle.name,
        above=found.above,
        **shares,
        stands=None if status is None else shares.get(status),
    )


def _note(stake: Stake, shares: Contributions) -> str | None:
    words = []
    if not shares.groups:
        words.append("no assumption has a range: all are taken as certain")
    if shares.shapley is not None:
        words.append(
            "some assumptions are correlated: Shapley effects in place of first-order and total ones"
        )
    if any(stake.is_bound(name) for names in shares.groups for name in names if name != VOLUME):
        words.append("assumptions bound to rows are drawn at three points")
    return "; ".join(words) or None
