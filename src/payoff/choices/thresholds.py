"""Thresholds: given, from the value definition, or tuned on the rows with the honesty that this asks for."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from payoff.choices.classes import ClassValue, class_values, refuse_contradicted
from payoff.choices.cuts import Cuts, cut_switches, keyed_by
from payoff.choices.policies import shares, switches
from payoff.choices.record import Against, Choices, Tuned
from payoff.formulas import is_constant_given_outcome
from payoff.spec.coefficients import Valuation
from payoff.spec.model import Candidate, Decided, Maximise, Rule, Spec, Threshold
from payoff.stats.band import multiplier_maxima_from_covariance, simultaneous_band
from payoff.stats.contrast import Contrast, Shortlist
from payoff.stats.contributions import adverse_clusters, contrast_of_rules, covariance_between
from payoff.stats.shortlist import may_be_picked
from payoff.stats.tiers import candidates, cluster_widening
from payoff.stats.tuning import CrossFit, HalfSplit, cross_fit, half_split

Floats = NDArray[np.float64]
SEED = 20_260_101


def choose_threshold(
    spec: Spec,
    valuation: Valuation,
    candidate: Candidate,
    cuts: Cuts,
    choices: Choices,
    held: Mapping[str, float | None] | None = None,
) -> Choices:
    """Return ``choices`` with the threshold of one candidate.

    Parameters
    ----------
    cuts : of its score, with cells keyed by the actions of the baselines that vary by row.
    choices : what was chosen before.
    held : thresholds that stand whatever the rows would choose, by candidate: those of saved tables. They count as
        tuned all the same, on these rows or on some of them.

    Raises
    ------
    ContradictedThreshold
        When acting on high scores is worth less the likelier the outcome, beyond the luck of the rows.
    """
    policy = candidate.policy
    if not isinstance(policy, Threshold):
        return choices
    negative, positive = class_values(cuts.cells, policy, valuation)
    refuse_contradicted(candidate, policy, negative, positive)
    if held is not None and candidate.name in held and isinstance(policy.at, str):
        return _held(spec, valuation, candidate, cuts, choices, held[candidate.name])
    if policy.at == "from value":
        at, note = _from_value(negative, positive, valuation)
        return choices.with_threshold(candidate.name, at, None, note)
    if policy.at == "best":
        tuned = _tune(spec, valuation, candidate, cuts)
        at = None if tuned.cut is None else float(tuned.cuts.at[tuned.cut])
        return choices.with_threshold(candidate.name, at, tuned, _tuned_note(tuned))
    return choices.with_threshold(candidate.name, float(policy.at), None, None)


def _held(
    spec: Spec,
    valuation: Valuation,
    candidate: Candidate,
    cuts: Cuts,
    choices: Choices,
    at: float | None,
) -> Choices:
    """Return the choices with a threshold that was chosen before."""
    policy = candidate.policy
    if isinstance(policy, Threshold) and policy.at == "best":
        tuned = _tune(spec, valuation, candidate, cuts)
        place = None if at is None else int(np.searchsorted(cuts.at, at))
        if place != tuned.cut:
            # Not the best of these rows: nothing says which others it may have been.
            against = {name: _shortlisted(one, None) for name, one in tuned.against.items()}
            tuned = replace(tuned, cut=place, against=against)
        return choices.with_threshold(candidate.name, at, tuned, _tuned_note(tuned))
    return choices.with_threshold(
        candidate.name, at, None, "from the value definition, when tables were counted"
    )


def curve_against(
    spec: Spec, valuation: Valuation, candidate: Candidate, cuts: Cuts, over: Candidate
) -> Against:
    """Return every cut of a score against one baseline, with the band over those that may be tuned over."""
    policy, cuts = _as_threshold(candidate, spec), keyed_by(cuts, over.name)
    actions, likely = valuation.actions, valuation.contrast()
    taken = cut_switches(cuts.block, len(cuts.at), policy, actions)
    by_cut = switches(taken, shares(over, cuts.cells, actions)[None])
    contrast = contrast_of_rules(cuts.cells, by_cut, likely)
    if contrast.clustered and all(is_constant_given_outcome(part) for part in valuation.expansion.parts):
        contrast = replace(contrast, adverse=adverse_clusters(cuts.cells, by_cut, likely))
    allowed, _ = candidates(contrast)
    if not allowed.any():
        return Against(contrast=contrast, allowed=allowed, band=None)
    covariance = covariance_between(cuts.cells, by_cut[allowed], likely)
    maxima = multiplier_maxima_from_covariance(covariance, seed=SEED)
    band = replace(_picked(contrast, allowed), maxima=maxima)
    return Against(contrast=contrast, allowed=allowed, band=band, covariance=covariance)


def _shortlisted(against: Against, stays: NDArray[np.bool_] | None) -> Against:
    """Return the same with the maxima of those cuts alone that may have been picked: all of them with None."""
    band, covariance = against.band, against.covariance
    if band is None or covariance is None:
        return against
    kept = None if stays is None else stays[against.allowed]
    if kept is None or not kept.any():
        return replace(against, band=replace(band, shortlist=None))
    maxima = multiplier_maxima_from_covariance(covariance[np.ix_(kept, kept)], seed=SEED)
    return replace(against, band=replace(band, shortlist=Shortlist(kept=kept, maxima=maxima)))


def _tune(spec: Spec, valuation: Valuation, candidate: Candidate, cuts: Cuts) -> Tuned:
    wanted = spec.today if spec.today is not None and spec.today != candidate.name else "nobody"
    over = spec.candidate(wanted)
    rivals = [
        rival
        for rival in spec.baselines
        if rival.name != candidate.name and (rival.name in cuts.actions or not _varies(rival))
    ]
    over = over if over in rivals else spec.candidate("nobody")
    if len(cuts.at) < 2:
        return _constant(valuation, candidate, cuts, over.name)
    constant = keyed_by(cuts, "nobody")
    keyed = {one.name: cuts if one.name in cuts.actions else constant for one in rivals}
    against = {one.name: curve_against(spec, valuation, candidate, keyed[one.name], one) for one in rivals}
    fits = {one.name: _fit(spec, valuation, candidate, cuts, one) for one in rivals}
    if against[over.name].band is not None:
        cut, stays = _best(against[over.name], valuation.contrast())
        against = {name: _shortlisted(one, stays) for name, one in against.items()}
        return Tuned(method="band", cut=cut, over=over.name, cuts=cuts, against=against, fits=fits)
    few = cluster_widening(against[over.name].contrast) == 0
    half = None if few else _half(spec, valuation, candidate, cuts, over)
    method, cut = ("half-split", half.chosen) if half else ("cross-fit", fits[over.name].claimed_cut)
    return Tuned(method=method, cut=cut, over=over.name, cuts=cuts, against=against, fits=fits, half=half)


def _best(against: Against, likely: Floats) -> tuple[int, NDArray[np.bool_]]:
    """Return the cut with the largest lower bound, and (T,) those that may be it."""
    band, covariance = against.band, against.covariance
    if band is None or covariance is None:
        raise ValueError("no cut may be tuned over")
    found = simultaneous_band(band, likely, candidates(band)[1])
    stays = np.zeros(len(against.allowed), dtype=np.bool_)
    stays[against.allowed] = may_be_picked(band, covariance, likely, found.low)
    return int(np.flatnonzero(against.allowed)[found.deployed]), stays


def _constant(valuation: Valuation, candidate: Candidate, cuts: Cuts, over: str) -> Tuned:
    """Return the better constant action: a score without ranking leaves no other choice."""
    policy = candidate.policy
    if not isinstance(policy, Threshold):
        raise TypeError("only thresholds are tuned")
    values = valuation.values()
    weights = values[valuation.actions.index(policy.do)] - values[valuation.actions.index(policy.otherwise)]
    worth = float(cuts.cells.moments.part_sums().sum(axis=0) @ weights)
    return Tuned(method="constant", cut=0 if worth > 0 else None, over=over, cuts=cuts, against={}, fits={})


def _fit(spec: Spec, valuation: Valuation, candidate: Candidate, cuts: Cuts, over: Candidate) -> CrossFit:
    gains, weights = _group_gains(spec, valuation, candidate, cuts, over)
    return cross_fit(gains, weights)


def _half(
    spec: Spec, valuation: Valuation, candidate: Candidate, cuts: Cuts, over: Candidate
) -> HalfSplit | None:
    gains, weights = _group_gains(spec, valuation, candidate, cuts, over)
    if not (weights[0::2].sum() > 0 and weights[1::2].sum() > 0):
        return None
    return half_split(gains, weights)


def _group_gains(
    spec: Spec, valuation: Valuation, candidate: Candidate, cuts: Cuts, over: Candidate
) -> tuple[Floats, Floats]:
    """Return (G, T) gains over ``over`` by group under each cut, and (G,) weights."""
    part, actions = cuts.part(over.name), valuation.actions
    cells = part.by_group
    groups = int(cells.group.max()) + 1 if len(cells) else 0
    weights = np.bincount(cells.group, cells.moments.weight, groups).astype(np.float64)
    worth = cells.moments.part_sums() @ valuation.differences().T
    policy, one = _as_threshold(candidate, spec), np.eye(len(actions))[:, :-1]
    do, otherwise = one[actions.index(policy.do)], one[actions.index(policy.otherwise)]
    below = ((otherwise - shares(over, cells, actions)[:, :-1]) * worth).sum(axis=1)
    place = cells.group * (len(cuts.at) + 1) + part.group_block
    moved = np.bincount(place, worth @ (do - otherwise), groups * (len(cuts.at) + 1))
    # From the highest cut down, so that cuts between which nothing is gained tie exactly.
    above = np.cumsum(moved.reshape(groups, -1)[:, ::-1], axis=1)[:, ::-1][:, 1:]
    return np.asarray(np.bincount(cells.group, below, groups)[:, None] + above, np.float64), weights


def _as_threshold(candidate: Candidate, spec: Spec) -> Threshold:
    if isinstance(candidate.policy, Threshold):
        return candidate.policy
    return Threshold(at="best", do=spec.decision.actions[0], otherwise=spec.decision.actions[-1])


def _picked(contrast: Contrast, mask: NDArray[np.bool_]) -> Contrast:
    return replace(
        contrast,
        mean=contrast.mean[mask],
        covariance=contrast.covariance[mask],
        skewness=contrast.skewness[mask],
        deciding_events=contrast.deciding_events[mask],
        adverse=None if contrast.adverse is None else contrast.adverse[mask],
    )


def _varies(candidate: Candidate) -> bool:
    return isinstance(candidate.policy, (Threshold, Rule, Decided, Maximise))


def _from_value(
    negative: ClassValue | None, positive: ClassValue | None, valuation: Valuation
) -> tuple[float | None, str]:
    if negative is None or positive is None:
        return None, "no threshold from value: outcomes of one class only; the policy acts on nobody"
    basis = "mean values of the two classes of outcome" if valuation.parts > 1 else "the value definition"
    if positive.mean <= 0:
        return None, "acting never pays by the value definition: the policy acts on nobody"
    if negative.mean >= 0:
        return 0.0, "acting always pays by the value definition: the policy acts on everybody"
    at = -negative.mean / (positive.mean - negative.mean)
    return at, f"acts where the expected gain is positive, by {basis}"


def _tuned_note(tuned: Tuned) -> str:
    if tuned.method == "constant":
        act = "everybody" if tuned.cut is not None else "nobody"
        return f"score carries no ranking: the policy is the better constant action, {act}"
    if tuned.method == "half-split":
        return "too few deciding events for a band: tuned on even groups, judged on odd groups"
    if tuned.method == "cross-fit":
        return f"tuned against {tuned.over} on these rows; too few independent units to judge it"
    return f"tuned against {tuned.over} on these rows; judged by a band over all candidate thresholds"
