"""What a result keeps of guardrails, so that they can be judged at other numbers without the rows."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from payoff.choices import limited_policies
from payoff.comparison import Comparison, Grounds
from payoff.doubt.limits import Limit, Limits, Place, ShareLimit
from payoff.doubt.revaluing import CutMeans
from payoff.running.basis import Basis, rows_of_ten, ten
from payoff.running.gathering import Counted
from payoff.running.measuring import costs_compared, money_compared
from payoff.running.revaluing import picked_quantile, revalued_gain
from payoff.spec.model import Guardrail, Spec, Threshold
from payoff.spec.names import MONEY
from payoff.stats.confusion import SHARES
from payoff.tables.cells import POSITIVE
from payoff.verdicts import GuardrailRecord
from payoff.verdicts.guardrails import confidences_of, tail_of

Integers = NDArray[np.int64]

# Numbers that all of them may hold together: about 150 kB of a result.
MOST_NUMBERS = 12_000


def limit_records(
    counted: Counted, grounds: Grounds, rails: Sequence[GuardrailRecord], cuts: CutMeans | None
) -> Limits | None:
    """Return the guardrails that can be judged at other numbers; None where there is none.

    Parameters
    ----------
    rails : the guardrails as they were judged.
    cuts : the published cuts of the model's score.

    Where rows are judged any number of times no guardrail is shown by a single look: nothing is kept.
    """
    looks = grounds.spec.looks
    if looks is not None and looks.count is None:
        return None
    found = Limits(
        money=_money(counted, grounds, rails),
        shares=() if cuts is None else tuple(_shares(counted, grounds, rails, cuts)),
    )
    return found if found.money or found.shares else None


def _money(counted: Counted, grounds: Grounds, rails: Sequence[GuardrailRecord]) -> tuple[Limit, ...]:
    """Return those of money, while there is room for their numbers."""
    left, out = MOST_NUMBERS, []
    for made in _limits(counted, grounds, rails):
        size = sum(len(one.mean) + len(one.covariance) + len(one.counts) for one in made.places)
        size += sum(map(len, made.parts))
        if size <= left:
            left -= size
            out.append(made)
    return tuple(out)


def _limits(counted: Counted, grounds: Grounds, rails: Sequence[GuardrailRecord]) -> Iterator[Limit]:
    basis = Basis.of(grounds)
    for rail in grounds.spec.guardrails:
        if rail.metric not in MONEY:
            continue
        judged = [one for one in rails if one.name == rail.name]
        compared = [comparison for _, comparison in money_compared(counted, grounds, rail)]
        if judged and len(judged) == len(compared):
            made = _limit(counted, basis, rail, compared, judged[0].confidence)
            if made is not None:
                yield replace(made, first=rails.index(judged[0]))


def _limit(
    counted: Counted, basis: Basis, rail: Guardrail, compared: Sequence[Comparison], confidence: float
) -> Limit | None:
    """Return one guardrail; None where its places rest on different declared values."""
    cost = fixed = 0.0
    if rail.metric == "net_gain":
        ours, theirs = costs_compared(counted.plan.spec, compared[0])
        world = counted.world
        cost = (world.running(ours) or 0.0) - (world.running(theirs) or 0.0)
        fixed = world.running_by_period(ours) - world.running_by_period(theirs)
    places = [_place(basis, one, confidences_of(confidence)) for one in compared]
    supports = (one.evidence.support for one, place in zip(compared, places, strict=True) if place.counts)
    parts = [one.parts for one in supports if one is not None]
    if any(not np.array_equal(one, parts[0]) for one in parts):
        return None
    return Limit(
        first=0,
        at_least=rail.at_least,
        at_most=rail.at_most,
        per=rail.per or "decision",
        cost=ten([cost])[0],
        fixed_cost=ten([fixed])[0],
        places=tuple(places),
        parts=rows_of_ten(parts[0] @ basis.along.T) if parts else (),
        exact=any(one.evidence.method == "exact" for one in compared),
    )


def _place(basis: Basis, compared: Comparison, confidences: Sequence[float]) -> Place:
    gain, rule = revalued_gain(basis, compared, whole=False, told=False), compared.evidence.rule or 0
    picked = gain.kind == "picked"
    return Place(
        kind=gain.kind,
        point=gain.point,
        mean=gain.mean,
        covariance=gain.covariance if gain.kind != "support" else (),
        skewness=gain.skewness,
        units=gain.units,
        degrees_of_freedom=gain.degrees_of_freedom,
        widening=gain.widening,
        least=gain.least,
        most=gain.most,
        counts=() if gain.support is None else gain.support.counts,
        shift=() if gain.support is None else gain.support.shift,
        quantiles=tuple(picked_quantile(compared.evidence, rule, tail_of(one)) for one in confidences)
        if picked
        else (),
    )


def _shares(
    counted: Counted, grounds: Grounds, rails: Sequence[GuardrailRecord], cuts: CutMeans
) -> Iterator[ShareLimit]:
    """Yield the guardrails of shares whose exact bounds rest on counts of independent, unweighted rows alone."""
    spec = grounds.spec
    if grounds.weighted or grounds.cells.cluster is not None or not _acts_above(spec) or cuts.in_use is None:
        return
    quarters = _quarters(counted, cuts)
    for rail in spec.guardrails:
        judged = [place for place, one in enumerate(rails) if one.name == rail.name]
        if rail.metric not in SHARES or rail.over is not None or rail.in_every or len(judged) != 1:
            continue
        part, whole = SHARES[rail.metric]
        hits, out_of = quarters @ np.array(part), quarters @ np.array(whole)
        value = rails[judged[0]].value
        # They must be the counts that were judged: the act rate is of pending rows too, which no cut counts.
        if value is None or abs(hits[cuts.in_use] - value * out_of[cuts.in_use]) > 1e-6:
            continue
        yield ShareLimit(
            at=judged[0],
            at_least=rail.at_least,
            at_most=rail.at_most,
            hits=tuple(map(int, hits)),
            out_of=tuple(map(int, out_of)),
        )


def _acts_above(spec: Spec) -> bool:
    """Return whether the model takes the first of two actions from a threshold on, and the other below it."""
    policy, actions = spec.model.policy, tuple(spec.decision.actions)
    plain = (
        spec.data.classes is None
        and spec.of_quantity is None
        and not limited_policies(spec, spec.model.name, None)
    )
    return plain and isinstance(policy, Threshold) and (policy.do, policy.otherwise) == actions


def _quarters(counted: Counted, cuts: CutMeans) -> Integers:
    """Return (T, 4) true and false positives, false and true negatives among the known rows at each cut."""
    found = counted.cuts[counted.plan.spec.model.name]
    places = np.abs(found.at[:, None] - np.array(cuts.cuts)).argmin(axis=0)
    rows, columns = found.cells.moments.rows * found.cells.known, []
    for column in (rows * (found.cells.state == POSITIVE), rows * (found.cells.state != POSITIVE)):
        by_block = np.bincount(found.block, column, len(found.at) + 1)
        above = np.cumsum(by_block[::-1])[::-1][1:][places]
        columns += [above, by_block.sum() - above]
    true, missed, false, spared = columns
    return np.asarray(np.rint(np.stack([true, false, missed, spared], axis=1)), dtype=np.int64)
