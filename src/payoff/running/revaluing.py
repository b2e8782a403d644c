"""What a result keeps to be revalued without its rows: sums and moments along the terms of the money."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from payoff.catalogue import kind_of_metric
from payoff.choices import Cuts, limited_policies, shares, switches
from payoff.comparison import Comparison, Grounds, compare
from payoff.doubt import VOLUME, dimensions, ties
from payoff.doubt.revaluing import (
    BandSums,
    CutMeans,
    Dial,
    Kind,
    Numbers,
    Revalued,
    Revaluing,
    SupportSums,
)
from payoff.record import CutTable
from payoff.running.basis import Basis, rows_of_ten, ten
from payoff.running.gathering import Counted
from payoff.running.looking import at_every_look
from payoff.running.stakes import deciding
from payoff.running.timing import LATENCY
from payoff.spec.model import Candidate, Spec, Threshold
from payoff.spec.volume import World
from payoff.stats.band import critical_of_picked
from payoff.stats.copula import factor
from payoff.stats.distributions import normal_cdf, t_ppf
from payoff.stats.inference import Evidence, interval, tier_of
from payoff.stats.sequences import sequence_deviate
from payoff.stats.tiers import TierChoice, candidates
from payoff.tables import Cells
from payoff.verdicts import GuardrailRecord

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

TAIL = 0.025
# Numbers that the covariances at cuts may hold: about 150 kB of a result.
MOST_NUMBERS = 12_000
BILLIONTH = 1e-9


def revaluing_record(
    counted: Counted, grounds: Grounds, tables: Sequence[CutTable], rails: Sequence[GuardrailRecord]
) -> Revaluing:
    """Return all that revaluing the model's gains needs.

    Parameters
    ----------
    tables : the published cuts of every score.
    rails : the guardrails as they were judged.
    """
    spec, basis = grounds.spec, Basis.of(grounds)
    table = next((one for one in tables if one.of == spec.model.name), None)
    at = None if table is None else _published(grounds, basis, counted.cuts[spec.model.name], table)
    rivals = sorted(
        (one.name for one in spec.candidates if one.name != spec.model.name),
        key=lambda name: name != spec.today,
    )
    judged = {hurdle.over for hurdle in spec.hurdles}
    gains = [compare(grounds, spec.model.name, rival) for rival in rivals]
    by_rival = _by_rival(grounds, basis, at)
    costed = partial(_costed, spec, counted.world)
    every = spec.looks is not None and spec.looks.count is None
    return Revaluing(
        of=spec.model.name,
        unit=spec.decision.unit,
        dials=tuple(_dials(grounds, counted.world)),
        terms=basis.terms,
        columns=dimensions(spec, counted.world),
        factor=_factor(spec, counted.world),
        gains=tuple(
            by_rival(costed(gain, revalued_gain(basis, gain, whole=gain.over in judged and not every)))
            for gain in gains
        ),
        looked=tuple(
            by_rival(costed(gain, revalued_gain(basis, at_every_look(grounds, gain), whole=True)))
            for gain in gains
            if every and gain.over in judged
        ),
        cuts=None if at is None else _cut_means(grounds, at),
        rails=tuple(LATENCY if rail.metric == LATENCY else kind_of_metric(rail.metric) for rail in rails),
    )


def _dials(grounds: Grounds, world: World) -> Iterator[Dial]:
    spec, bound = grounds.spec, grounds.valuation.expansion.bound
    decides = deciding(spec)
    for item in spec.assumptions.values():
        stops = [one for one in (item.low, item.likely, item.high) if one is not None]
        yield Dial(
            name=item.name,
            likely=item.likely,
            low=item.low,
            high=item.high,
            shape=item.shape,
            stops=tuple(sorted(set(stops))) if item.name in bound else (),
            decides=decides[item.name],
        )
    if world.volume is not None:
        yield Dial(name=VOLUME, likely=world.volume, low=world.low, high=world.high, shape="triangle")


def _factor(spec: Spec, world: World) -> Numbers:
    tied = ties(spec, world)
    return () if tied is None else ten(factor(tied)[np.tril_indices(len(tied))])


def revalued_gain(basis: Basis, gain: Comparison, *, whole: bool, told: bool = True) -> Revalued:
    """Return one gain along the terms.

    Parameters
    ----------
    whole : whether a hurdle is judged by it, so that its confidence is needed.
    told : whether method and note are; finding them costs most.
    """
    evidence, likely = gain.evidence, basis.along[0]
    contrast, choice, rule = evidence.contrast, tier_of(evidence), 0
    if choice.tier in ("A", "A-") and contrast.maxima is not None and evidence.rule is not None:
        rule = evidence.rule
    counted = contrast.rows > 0 and bool(np.isfinite(contrast.mean[rule]).all())
    certain = gain.is_alike and contrast.rows > 0
    kind: Kind = "certain" if certain else _kind(evidence, choice, whole=whole) if counted else "none"
    skewness = float(contrast.skewness[rule])
    found = interval(evidence, likely, value=0.0) if counted and told else None
    notes = (gain.note, None if found is None else found.note)
    return Revalued(
        over=str(gain.over),
        kind=kind,
        point=ten(basis.along @ gain.point) if counted and np.isfinite(gain.point).all() else None,
        mean=ten(basis.along @ contrast.mean[rule]) if counted else (),
        # A declared support serves a single row too, which has no variance.
        covariance=()
        if kind in ("certain", "none") or contrast.units < 2
        else basis.squared(contrast.covariance[rule]),
        skewness=ten([skewness])[0] if np.isfinite(skewness) else 0.0,
        units=contrast.units,
        rows=contrast.rows,
        deciding=int(contrast.deciding_events[rule]),
        degrees_of_freedom=ten([contrast.degrees_of_freedom])[0],
        widening=choice.widening,
        quantile=_quantile(evidence, choice, kind, rule),
        tier="A" if certain else choice.tier,
        method="exact: no row is decided differently" if certain or found is None else found.method,
        note="; ".join(dict.fromkeys(text for text in notes if text)) or None,
        support=_support(basis, evidence) if kind == "support" else None,
        band=_band(basis, evidence) if kind == "band" else None,
        least=None if evidence.within is None or kind != "bernstein" else ten([evidence.within.low])[0],
        most=None if evidence.within is None or kind != "bernstein" else ten([evidence.within.high])[0],
        rho=None if evidence.sequence is None or kind != "sequence" else ten([evidence.sequence.rho])[0],
    )


def _kind(evidence: Evidence, choice: TierChoice, *, whole: bool) -> Kind:
    if choice.tier == "C":
        return "none"
    if evidence.sequence is not None:
        return "sequence"
    if evidence.contrast.maxima is not None:
        return "band" if whole else "picked"
    if choice.tier == "F" and evidence.support is not None:
        return "support"
    return "bernstein" if choice.tier == "B" and evidence.within is not None else "moments"


def _quantile(evidence: Evidence, choice: TierChoice, kind: Kind, rule: int) -> float | None:
    """Return what stands for a t quantile in the 95% interval of the policy in use."""
    contrast = evidence.contrast
    if kind == "sequence" and evidence.sequence is not None:
        return ten([sequence_deviate(contrast.units, evidence.sequence.rho, TAIL)])[0]
    if kind in ("band", "picked"):
        return picked_quantile(evidence, rule, TAIL)
    if kind == "moments":
        return ten(-t_ppf(TAIL / choice.widening, contrast.degrees_of_freedom))[0]
    return None


def picked_quantile(evidence: Evidence, rule: int, beyond: float) -> float:
    """Return what stands for a t quantile of a tuned threshold, in a bound missed with this probability."""
    contrast = evidence.contrast
    widened = int(candidates(contrast, evidence.about.least_widening)[1][rule])
    tail = normal_cdf(-critical_of_picked(contrast, beyond / widened))
    return ten([-t_ppf(tail, contrast.degrees_of_freedom)])[0]


def _support(basis: Basis, evidence: Evidence) -> SupportSums:
    support = evidence.support
    if support is None:
        raise ValueError("no support is declared")
    return SupportSums(
        counts=tuple(int(count) if count == int(count) else ten([count])[0] for count in support.counts),
        parts=rows_of_ten(support.parts @ basis.along.T),
        exact=evidence.method == "exact",
        shift=() if support.shift is None else ten(basis.along @ support.shift),
    )


def _band(basis: Basis, evidence: Evidence) -> BandSums:
    contrast = evidence.contrast
    if contrast.maxima is None or evidence.rule is None:
        raise ValueError("no threshold is tuned")
    short = contrast.shortlist
    return BandSums(
        rule=evidence.rule,
        mean=rows_of_ten(contrast.mean @ basis.along.T),
        covariance=tuple(basis.squared(one) for one in contrast.covariance),
        skewness=ten(contrast.skewness),
        widening=tuple(int(one) for one in candidates(contrast, evidence.about.least_widening)[1]),
        maxima=_billionths(contrast.maxima),
        kept=None if short is None else int(short.kept.sum()),
        shortlist=() if short is None else _billionths(short.maxima),
    )


def _billionths(maxima: Floats) -> tuple[int, ...]:
    whole = np.rint(maxima / BILLIONTH).astype(np.int64)
    return tuple(int(step) for step in np.diff(whole, prepend=0))


def _costed(spec: Spec, world: World, gain: Comparison, made: Revalued) -> Revalued:
    """Add running costs per decision less the baseline's, where either declares any and the volume is known."""
    ours, theirs = (spec.candidate(name).costs for name in (gain.of, str(gain.over)))
    here, there = world.running(ours), world.running(theirs)
    if not (ours.recurring or theirs.recurring) or here is None or there is None:
        return made
    fixed = world.running_by_period(ours) - world.running_by_period(theirs)
    return replace(made, cost=ten([here - there])[0], fixed_cost=ten([fixed])[0])


@dataclass(frozen=True, slots=True, eq=False)
class _Published:
    """The cuts at which the model's threshold can be moved: ``at`` (T,) among all ``cuts``; rows come in ``groups``.

    ``sums`` (T, C, G, 1 + m) is what each gains over ``otherwise`` everywhere, by group, along the terms; ``weight``
    (C, G) are known rows. C is one, or each outcome where their shares are given. Neither leaves this room: a group
    between two cuts may be a single row.
    """

    cuts: Cuts
    at: Floats
    policy: Threshold
    sums: Floats
    weight: Floats

    def places(self, block: Integers) -> Integers:
        """Return how many of the published cuts lie at or below the rows of a block."""
        return _places(self.cuts, self.at, block)

    def spread(self, instead: Floats) -> tuple[Numbers, ...]:
        """Return the jackknife's covariance of the gain over a policy with sums (C, G, 1 + m), at every cut.

        The thetas without one group are linear in the terms, so that one matrix serves every setting. Outcomes of given
        shares keep these without the group.
        """
        filled, whole = self.weight.sum(axis=0) > 0.0, self.weight.sum(axis=1, keepdims=True)
        apart = self.sums - instead
        total, left = apart.sum(axis=2, keepdims=True), (whole - self.weight[:, filled])[:, :, None]
        each = np.divide(
            total - apart[:, :, filled], left, out=np.zeros_like(apart[:, :, filled]), where=left > 0.0
        )
        without = (each * (whole / whole.sum())[:, :, None]).sum(axis=1)
        moved = without - without.mean(axis=1, keepdims=True)
        covariance = (filled.sum() - 1) * np.einsum("tgi,tgj->tij", moved, moved)
        rows, columns = np.tril_indices(covariance.shape[1])
        return rows_of_ten(covariance[:, rows, columns])


def _places(cuts: Cuts, at: Floats, block: Integers) -> Integers:
    kept = np.searchsorted(cuts.at, at)
    return np.asarray(np.searchsorted(kept, block, side="left"), dtype=np.int64)


def _published(grounds: Grounds, basis: Basis, cuts: Cuts, table: CutTable) -> _Published | None:
    """Return the cuts of a table, fewer of them where terms are many; None without one threshold or any cut."""
    policy, part = grounds.spec.model.policy, cuts.parts[0]
    if not isinstance(policy, Threshold) or not table.cuts:
        return None
    cells, wide = part.by_group, len(basis.along)
    groups = int(max(cells.group.max(), grounds.cells.group.max())) + 1
    at, keep = np.array(table.cuts), grounds.choices.thresholds.get(grounds.spec.model.name)
    most = max(2, MOST_NUMBERS // (wide * (wide + 1) // 2 * len(grounds.spec.candidates)))
    if len(at) > most:
        picked = at[np.unique(np.linspace(0, len(at) - 1, most).round().astype(np.int64))]
        at = picked if keep is None else np.union1d(picked, at[at == keep])
    code, apart = _by_outcome_and_group(cells, groups)
    place, size = _places(cuts, at, part.group_block) * apart * groups + code, (len(at) + 1) * apart * groups
    held = np.stack([np.bincount(place, column, size) for column in cells.moments.part_sums().T], axis=1)
    above = np.cumsum(held.reshape(len(at) + 1, apart, groups, -1)[:0:-1], axis=0)[::-1]
    return _Published(
        cuts=cuts,
        at=at,
        policy=policy,
        sums=above @ _mixing(grounds, basis, policy).T,
        weight=np.bincount(code, cells.moments.weight, apart * groups).reshape(apart, -1).astype(np.float64),
    )


def _by_outcome_and_group(cells: Cells, groups: int) -> tuple[Integers, int]:
    """Return the place of known cells by group, outcome by outcome where shares of these are given, and how many."""
    if cells.prevalence is None:
        return cells.group, 1
    return cells.state * groups + cells.group, 2


def _cut_means(grounds: Grounds, published: _Published) -> CutMeans:
    used = np.flatnonzero(published.at == grounds.choices.thresholds.get(grounds.spec.model.name))
    return CutMeans(
        cuts=ten(published.at),
        in_use=int(used[0]) if len(used) else None,
        mean=rows_of_ten(published.sums.sum(axis=2).sum(axis=1) / published.weight.sum()),
        groups=int((published.weight.sum(axis=0) > 0).sum()),
    )


def _mixing(grounds: Grounds, basis: Basis, policy: Threshold) -> Floats:
    """Return (1 + m, K) what parts are multiplied by, along the terms, for ``do`` less ``otherwise``."""
    actions = grounds.valuation.actions
    one = np.eye(len(actions))
    moved = (one[actions.index(policy.do)] - one[actions.index(policy.otherwise)])[:-1]
    along = basis.along.reshape(len(basis.along), len(actions), -1)
    return np.asarray(np.einsum("j,mjk->mk", moved, along[:, 1:]))


def _by_rival(grounds: Grounds, basis: Basis, published: _Published | None) -> Callable[[Revalued], Revalued]:
    """Return what adds to a gain all that must be known of the other policy at another cut."""
    if published is None:
        return lambda gain: gain
    known = grounds.cells.where(grounds.cells.known)
    sums, actions = known.moments.part_sums(), grounds.valuation.actions
    idle = np.zeros((len(known), len(actions)))
    idle[:, actions.index(published.policy.otherwise)] = 1.0
    freedom = int((published.weight.sum(axis=0) > 0).sum()) - 1
    apart, groups = published.weight.shape
    code, _ = _by_outcome_and_group(known, groups)

    def added(gain: Revalued) -> Revalued:
        rival = grounds.spec.candidate(gain.over)
        moved = switches(shares(rival, known, actions), idle)
        held = [
            np.bincount(code, moved[:, j] * column, apart * groups)
            for j in range(len(actions))
            for column in sums.T
        ]
        instead = (np.stack(held, axis=1) @ basis.along.T).reshape(apart, groups, -1)
        events = _deciding(grounds, published, rival)
        gain = replace(
            gain, instead=ten(instead.sum(axis=1).sum(axis=0) / published.weight.sum()), events=events or ()
        )
        why = _elsewhere(grounds, gain, events, freedom)
        if why is not None:
            return replace(gain, elsewhere=why)
        quantile = ten(-t_ppf(TAIL / max(gain.widening, 1), float(freedom)))[0]
        return replace(gain, quantile_elsewhere=quantile, at_cuts=published.spread(instead))

    return added


def _elsewhere(grounds: Grounds, gain: Revalued, events: tuple[int, ...] | None, freedom: int) -> str | None:
    """Return why sums by group can give no interval of a gain at another cut."""
    if grounds.spec.looks is not None and grounds.spec.looks.count is None:
        return "no bound for every look rests on sums by group"
    if gain.kind == "none":
        return gain.note or "no interval"
    if gain.kind == "bernstein":
        return "a tail so heavy needs the declared cap, which sums by group know nothing of"
    if limited_policies(grounds.spec, grounds.spec.model.name, gain.over):
        return "who finds room depends on the other rows, which sums by group know nothing of"
    if events is None:
        return f"the tables at the cuts do not hold what {gain.over} decides"
    return "too few groups hold rows" if freedom < 1 else None


def _deciding(grounds: Grounds, published: _Published, rival: Candidate) -> tuple[int, ...] | None:
    """Return, for each cut, the rows decided otherwise than by ``rival`` in the rarer class of outcome."""
    part, actions = published.cuts.part(rival.name), grounds.valuation.actions
    try:
        taken = shares(rival, part.cells, actions)
    except KeyError:
        return None
    rows = part.cells.moments.rows.astype(np.float64)
    place, size = published.places(part.block), len(published.at) + 1
    counts = []
    for state in np.unique(part.cells.state):
        here = part.cells.state == state
        above, below = (
            np.bincount(place[here], (rows * (taken[:, actions.index(action)] != 1.0))[here], size).cumsum()
            for action in (published.policy.do, published.policy.otherwise)
        )
        counts.append(above[-1] - above[:-1] + below[:-1])
    return tuple(int(one) for one in np.min(counts, axis=0)) if counts else None
