"""What a policy is worth, and what it gains over another on the same rows, with the evidence to judge both."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from payoff.choices import Choices, Tuned, cut_switches, shares, switches
from payoff.spec.coefficients import Valuation
from payoff.spec.model import Always, Candidate, Random, Spec, Threshold
from payoff.stats.bounded import Range
from payoff.stats.contrast import Contrast
from payoff.stats.contributions import contrast_of
from payoff.stats.inference import Evidence, Support
from payoff.stats.tiers import Circumstances
from payoff.tables import Cells
from payoff.tables.cells import KNOWN_STATES

Floats = NDArray[np.float64]
TUNED_HERE = "threshold tuned on these rows"
RESOLVED = 1e-13  # of the parts' own variances: below it, less than three digits of the gain's are left


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grounds:
    """What every comparison rests on.

    Attributes
    ----------
    cells : the policies table.
    constants : (2, K) parts by known state where every value formula is constant given outcome, else None.
    weighted : whether rows carry weights.
    beyond_cap : known rows whose difference between acting and doing nothing exceeds the declared cap.
    """

    spec: Spec
    valuation: Valuation
    choices: Choices
    cells: Cells
    constants: Floats | None
    weighted: bool
    beyond_cap: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparison:
    """One value (``over`` None) or gain, ready to be revalued at any assumptions.

    Attributes
    ----------
    evidence : moments and circumstances.
    point : (A*K,) mean parts of the honest point: cross-fitted where a threshold was tuned.
    claimed : (A*K,) the same in sample at the threshold that looks best, or None.
    differing : known rows on which the policies decide differently; of a value, rows that can be worth anything.
    note : what a reader must know of it.
    """

    of: str
    over: str | None
    evidence: Evidence
    point: Floats
    claimed: Floats | None
    differing: int
    note: str | None


def compare(grounds: Grounds, of: str, over: str | None, cells: Cells | None = None) -> Comparison:
    """Return the value of ``of``, or its gain over ``over``.

    Parameters
    ----------
    cells : a part of the rows, such as one slice, keyed like the policies table; None for all rows. Within a
        part a tuned threshold is taken as given, and the note says so.
    """
    tuned = grounds.choices.tuned.get(of)
    fixed = _fixed(grounds, of, over, grounds.cells if cells is None else cells)
    if tuned is None or tuned.method == "constant":
        rival = grounds.choices.tuned.get(over) if over is not None else None
        return replace(fixed, note=f"{over}: {TUNED_HERE}") if rival is not None else fixed
    if cells is not None or over == of:
        return replace(fixed, note=TUNED_HERE)
    if tuned.method == "half-split":
        return _by_half(grounds, fixed)
    rival_name = "nobody" if over is None and _does_nothing_free(grounds) else over
    if rival_name is None or rival_name not in tuned.against:
        return _untrusted(
            fixed, "no interval: a threshold was tuned on these rows without a band for this number"
        )
    return _by_band(grounds, fixed, tuned, rival_name)


def _fixed(grounds: Grounds, of: str, over: str | None, cells: Cells) -> Comparison:
    actions, spec = grounds.valuation.actions, grounds.spec
    policy = spec.candidate(of)
    rival = None if over is None else spec.candidate(over)
    taken = shares(policy, cells, actions)
    instead = None if rival is None else shares(rival, cells, actions)
    by_cell = switches(taken, instead)
    contrast = contrast_of(cells, by_cell, grounds.valuation.contrast())
    differs = (by_cell[:, 1:] != 0).any(axis=1)
    if rival is None and not _does_nothing_free(grounds):
        differs = np.ones(len(cells), dtype=np.bool_)
    evidence = Evidence(
        contrast=contrast,
        about=_circumstances(grounds, cells, by_cell),
        support=_support(grounds, policy, rival, cells, by_cell),
        within=_within(grounds, policy, rival),
        refused=_cancelled(contrast, grounds.valuation.contrast()),
    )
    return Comparison(
        of=of,
        over=over,
        evidence=evidence,
        point=contrast.mean[0],
        claimed=None,
        differing=int(cells.moments.rows[differs & cells.known].sum()),
        note=None,
    )


def _by_band(grounds: Grounds, fixed: Comparison, tuned: Tuned, rival: str) -> Comparison:
    against, fit = tuned.against[rival], tuned.fits[rival]
    claimed = against.contrast.mean[fit.claimed_cut]
    point = _cross_fitted(grounds, tuned, fit.chosen, fixed.of, rival)
    note = "point cross-fitted over groups; interval holds for every candidate threshold at once"
    if fixed.evidence.refused is not None:
        return replace(fixed, point=point, claimed=claimed, note=fixed.evidence.refused)
    if against.band is None or tuned.cut is None or not against.allowed[tuned.cut]:
        untrusted = "no interval: too few deciding events, or too heavy a tail, at the tuned threshold"
        return replace(_untrusted(fixed, untrusted), point=point, claimed=claimed)
    rule = int(against.allowed[: tuned.cut].sum())
    evidence = Evidence(contrast=against.band, rule=rule)
    return replace(fixed, evidence=evidence, point=point, claimed=claimed, note=note)


def _by_half(grounds: Grounds, fixed: Comparison) -> Comparison:
    odd = grounds.cells.where(grounds.cells.group % 2 == 1)
    half = _fixed(grounds, fixed.of, fixed.over, odd)
    evidence = replace(
        half.evidence,
        support=None,
        about=replace(half.evidence.about, finite_support=False, least_widening=2),
    )
    note = "threshold tuned on even groups, judged on odd groups"
    return replace(half, evidence=evidence, note=note, claimed=fixed.point, differing=fixed.differing)


def _cancelled(contrast: Contrast, likely: Floats) -> str | None:
    """Say why no interval can be given where large values cancel beyond what doubles resolve."""
    covariance = contrast.covariance[0]
    size, total = float(likely**2 @ np.diag(covariance)), float(likely @ covariance @ likely)
    if not size > 0 or total > RESOLVED * size:
        return None
    return "no interval: values of the actions cancel beyond double precision; leave out what they share"


def _untrusted(fixed: Comparison, note: str) -> Comparison:
    return replace(fixed, evidence=Evidence(contrast=fixed.evidence.contrast, refused=note), note=note)


def _cross_fitted(grounds: Grounds, tuned: Tuned, chosen: NDArray[np.int64], of: str, rival: str) -> Floats:
    """Return the mean parts with every group decided by the cut that the other groups chose."""
    actions, cells = grounds.valuation.actions, tuned.cuts.by_group
    policy = grounds.spec.candidate(of).policy
    if not isinstance(policy, Threshold):
        raise TypeError("only thresholds are tuned")
    block = tuned.cuts.group_block - chosen[cells.group]
    taken = cut_switches(block, 1, policy, actions)[0]
    by_cell = switches(taken, shares(grounds.spec.candidate(rival), cells, actions))
    contributions = by_cell[:, :, None] * cells.moments.part_sums()[:, None, :]
    return np.asarray(contributions.sum(axis=0).ravel() / cells.moments.weight.sum())


def _does_nothing_free(grounds: Grounds) -> bool:
    """Return whether doing nothing is worth exactly zero whatever is assumed: value is gain over nobody then."""
    return not grounds.valuation.expansion.terms[grounds.valuation.actions[-1]]


def _circumstances(grounds: Grounds, cells: Cells, by_cell: Floats) -> Circumstances:
    finite = grounds.constants is not None and not grounds.weighted
    adverse = None
    if finite and cells.cluster is not None and grounds.constants is not None:
        worth = np.einsum("cj,ck->cjk", by_cell, grounds.constants[np.minimum(cells.state, 1)])
        losing = worth.reshape(len(cells), -1) @ grounds.valuation.contrast() < 0
        adverse = len(np.unique(cells.cluster[losing & cells.known]))
    return Circumstances(
        finite_support=finite,
        capped=grounds.spec.cap is not None and not grounds.weighted,
        beyond_cap=grounds.beyond_cap,
        adverse_clusters=adverse,
    )


def _support(
    grounds: Grounds, policy: Candidate, rival: Candidate | None, cells: Cells, by_cell: Floats
) -> Support | None:
    if grounds.constants is None or grounds.weighted or cells.cluster is not None:
        return None
    actions = grounds.valuation.actions
    possible = {
        tuple(switches(mine[None], None if theirs is None else theirs[None])[0])
        for mine in _options(policy, actions)
        for theirs in ([None] if rival is None else _options(rival, actions))
    }
    counts, parts = [], []
    for switch in sorted(possible):
        here = (by_cell == np.array(switch)).all(axis=1)
        for state in KNOWN_STATES:
            counts.append(int(cells.moments.rows[here & (cells.state == state)].sum()))
            parts.append(np.outer(switch, grounds.constants[state]).ravel())
    return Support(counts=np.array(counts, dtype=np.int64), parts=np.array(parts))


def _options(candidate: Candidate, actions: tuple[str, ...]) -> list[Floats]:
    """Return the shares of actions that a policy can take on a row, seen or not."""
    policy, one = candidate.policy, np.eye(len(actions))
    if isinstance(policy, Always):
        return [one[actions.index(policy.action)]]
    if isinstance(policy, Random):
        return [
            policy.share * one[actions.index(policy.do)]
            + (1 - policy.share) * one[actions.index(policy.otherwise)]
        ]
    named = policy.mapping.values() if hasattr(policy, "mapping") else (policy.do, policy.otherwise)
    return [one[actions.index(name)] for name in dict.fromkeys(named)]


def _within(grounds: Grounds, policy: Candidate, rival: Candidate | None) -> Range | None:
    """Return what one row can contribute, from the declared cap on acting against doing nothing."""
    cap = grounds.spec.cap
    if cap is None or (rival is None and not _does_nothing_free(grounds)):
        return None
    actions = grounds.valuation.actions
    theirs = [np.zeros(len(actions))] if rival is None else _options(rival, actions)
    moves = [float(mine[0] - other[0]) for mine in _options(policy, actions) for other in theirs]
    ends = [move * end for move in moves for end in (cap.gain, -cap.loss)]
    return Range(min(ends), max(ends))
