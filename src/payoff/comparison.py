"""What a policy is worth, and what it gains over another on the same rows, with the evidence to judge both."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from payoff.choices import (
    GIVEN,
    Choices,
    Cuts,
    Limits,
    Tuned,
    cut_switches,
    judged_by,
    limited_policies,
    options,
    shares,
    switches,
)
from payoff.spec.coefficients import Valuation
from payoff.spec.model import (
    Candidate,
    Spec,
    Threshold,
)
from payoff.stats.bounded import Range
from payoff.stats.contrast import Contrast
from payoff.stats.contributions import contrasts_of
from payoff.stats.flows import flows
from payoff.stats.inference import Evidence, Support, tier_of
from payoff.stats.kish import kish
from payoff.stats.part_sums import PartSums, part_sums
from payoff.stats.tiers import Circumstances, heaviest_tails, tail_ratio, unit_widening
from payoff.stats.tuning import CrossFit
from payoff.tables import Cells, Keyed, merge
from payoff.tables.given_shares import at_given_shares

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
TUNED_HERE = "threshold tuned on these rows"
HALF = "threshold tuned on even groups, judged on odd groups"
CROSS_FITTED = "point cross-fitted over groups"
ONE_GROUP = "undefined: all rows fall into one group, so that no others can choose the threshold"
ADVICE = "for a verdict fix the threshold beforehand, or take it from value"
PENDING_ALONE = "no interval: only rows whose outcome is pending are decided otherwise"
RESOLVED = 1e-13  # of the parts' own variances: below it, less than three digits of the gain's are left


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grounds:
    """What every comparison rests on.

    Attributes
    ----------
    cells : the policies table.
    constants : (C, K) parts by known state where every value formula is constant given outcome, else None.
    weighted : whether rows carry weights.
    beyond_cap : known rows whose difference between acting and doing nothing exceeds the declared cap.
    limits : what policies under a capacity are judged by.
    """

    spec: Spec
    valuation: Valuation
    choices: Choices
    cells: Cells
    constants: Floats | None
    weighted: bool
    beyond_cap: int
    limits: Limits = field(default_factory=Limits)


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
    effective : rows that weights leave of those with a known outcome (Kish); None where all rows weigh 1, or weigh by
        outcomes whose shares are given: that takes doubt away.
    """

    of: str
    over: str | None
    evidence: Evidence
    point: Floats
    claimed: Floats | None
    differing: int
    note: str | None
    effective: float | None = None

    @property
    def is_alike(self) -> bool:
        """Return whether no row is decided differently, pending ones among them."""
        return self.differing == 0 and self.evidence.refused != PENDING_ALONE


def compare(grounds: Grounds, of: str, over: str | None) -> Comparison:
    """Return the value of ``of``, or its gain over ``over``."""
    if limited_policies(grounds.spec, of, over):
        return _under_capacity(grounds, of, over)
    return _without_capacity(grounds, of, over)


def _under_capacity(grounds: Grounds, of: str, over: str | None) -> Comparison:
    """Return a comparison in which a capacity decides: by period, or with a cut that moves with the rows."""
    tuned = grounds.choices.tuned.get(of)
    if tuned is not None and tuned.method != "constant":
        plain = _without_capacity(grounds, of, over)
        return _untrusted(plain, "no interval: a threshold tuned on these rows, against a capacity")
    fixed = _fixed(grounds, of, over, _whole(grounds.cells))[0]
    if fixed.evidence.refused is not None:
        return fixed
    constants = None if grounds.weighted else grounds.constants
    found = judged_by(grounds.spec, grounds.valuation, grounds.limits, grounds.cells, (of, over), constants)
    evidence = replace(
        fixed.evidence,
        contrast=found.contrast,
        refused=found.refused,
        support=found.support,
        about=found.about,
    )
    return replace(fixed, evidence=evidence, note=found.refused or _note(grounds, of, over))


def _without_capacity(grounds: Grounds, of: str, over: str | None) -> Comparison:
    """Return a comparison whose tables hold all that it rests on."""
    tuned, fixed = grounds.choices.tuned.get(of), _fixed(grounds, of, over, _whole(grounds.cells))[0]
    if tuned is None or tuned.method == "constant" or over == of:
        return replace(fixed, note=_note(grounds, of, over))
    rival_name = "nobody" if over is None and does_nothing_free(grounds) else over
    if tuned.method == "half-split":
        return _by_half(grounds, fixed, tuned, rival_name)
    if rival_name is None or rival_name not in tuned.against:
        return _untrusted(
            fixed, "no interval: a threshold was tuned on these rows without a band for this number"
        )
    return _by_band(grounds, fixed, tuned, rival_name)


def compare_parts(
    grounds: Grounds, of: str, over: str | None, cells: Cells, part: Integers, parts: int
) -> tuple[Comparison, ...]:
    """Return the same within each of many parts of the rows, such as slices.

    Parameters
    ----------
    cells : of all parts, keyed like the policies table.
    part : (c,) the part of each cell, ascending from 0.
    parts : how many there are.

    Within a part a tuned threshold is taken as given, and the note says so.
    """
    split = _Parts(cells, part, parts)
    if cells.cluster is None:
        split = _merged(split, {of, str(over)})
    found, note = _fixed(grounds, of, over, split), _note(grounds, of, over)
    if limited_policies(grounds.spec, of, over):
        note = "; ".join(text for text in (GIVEN, note) if text)
    return tuple(found if note is None else (replace(one, note=note) for one in found))


def sums_by_part(grounds: Grounds, of: str, over: str, cells: Cells, part: Integers, parts: int) -> PartSums:
    """Return what the gain of ``of`` over ``over`` in many parts, that are all rows together, has to be compared by.

    A tuned threshold is taken as given, as in ``compare_parts``.
    """
    split = _Parts(cells, part, parts)
    if cells.cluster is None:
        split = _merged(split, {of, over})
    actions = grounds.valuation.actions
    taken, instead = (shares(grounds.spec.candidate(name), split.cells, actions) for name in (of, over))
    likely = grounds.valuation.contrast()
    return part_sums(split.cells, switches(taken, instead), likely, split.part, parts)


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """Cells of many parts of the rows, ``part`` (c,) ascending, or of all of them as one."""

    cells: Cells
    part: Integers
    parts: int

    def sums(self, column: NDArray[np.generic]) -> Integers:
        """Return (parts,) the whole sums of a column over cells."""
        return np.bincount(self.part, column, self.parts).astype(np.int64)


def _merged(split: _Parts, actions: set[str]) -> _Parts:
    """Return the same parts by fewer cells, keyed by the actions of these policies alone."""
    merged = merge(Keyed(cells=split.cells, keys={"part": split.part}), group=False, actions=actions)
    return _Parts(merged.cells, np.asarray(merged.keys["part"], dtype=np.int64), split.parts)


def _whole(cells: Cells) -> _Parts:
    return _Parts(cells, np.zeros(len(cells), dtype=np.int64), 1)


def _note(grounds: Grounds, of: str, over: str | None) -> str | None:
    """Return what is to be said where the threshold of either policy was tuned and is taken as given."""
    mine, theirs = (grounds.choices.tuned.get(name) for name in (of, str(over)))
    if mine is not None and mine.method != "constant":
        return TUNED_HERE
    return None if theirs is None or over is None else f"{over}: {TUNED_HERE}"


def _fixed(grounds: Grounds, of: str, over: str | None, split: _Parts) -> list[Comparison]:
    """Return the comparison of two fixed policies in each part."""
    cells, likely, spec = split.cells, grounds.valuation.contrast(), grounds.spec
    policy = spec.candidate(of)
    rival = None if over is None else spec.candidate(over)
    taken = shares(policy, cells, grounds.valuation.actions)
    by_cell = switches(taken, None if rival is None else shares(rival, cells, grounds.valuation.actions))
    apart = _differing_rows(grounds, cells, by_cell, alone=rival is None)
    differing = split.sums(apart * cells.known)
    unseen = (split.sums(apart * ~cells.known) > 0) & (differing == 0) & (split.sums(cells.known) > 0)
    contrasts = contrasts_of(cells, by_cell, likely, split.part, split.parts)
    limited = bool(limited_policies(spec, of, over))
    about = [Circumstances()] * split.parts if limited else _circumstances(grounds, split, by_cell)
    supports = [None] * split.parts if limited else _supports(grounds, policy, rival, split, by_cell)
    refused = [
        PENDING_ALONE if one else why for one, why in zip(unseen, _cancelled(contrasts, likely), strict=True)
    ]
    within, effective = None if limited else _within(grounds, policy, rival), _effective(split)
    if cells.cluster is None:
        about = [_by_weight(one, rows) for one, rows in zip(about, effective, strict=True)]
    return [
        Comparison(
            of=of,
            over=over,
            evidence=Evidence(
                contrast=contrast, about=about[j], support=supports[j], within=within, refused=refused[j]
            ),
            point=contrast.mean[0],
            claimed=None,
            differing=int(differing[j]),
            note=None,
            effective=effective[j],
        )
        for j, contrast in enumerate(contrasts)
    ]


def _effective(split: _Parts) -> Sequence[float | None]:
    """Return what weights leave of the known rows of each part; None where all weigh 1, or weigh by given shares."""
    known, held = split.cells.known, split.cells.moments
    if split.parts == 1 and split.cells.prevalence is not None:
        return [None]
    if np.array_equal(held.weight, held.rows) and np.array_equal(held.weight, held.weight2):
        return [None] * split.parts
    weight, square = (
        np.bincount(split.part, one * known, split.parts) for one in (held.weight, held.weight2)
    )
    return [float(one) for one in kish(weight, square)]


def _by_weight(about: Circumstances, effective: float | None) -> Circumstances:
    """Return circumstances that know what unequal weights leave of rows, which count as few clusters do."""
    if effective is None:
        return about
    least = max(about.least_widening, unit_widening(effective))
    return replace(about, effective=effective, least_widening=least)


def _differing_rows(grounds: Grounds, cells: Cells, by_cell: Floats, *, alone: bool) -> Integers:
    """Return (c,) the rows that two policies decide differently; of one alone, those that it is worth something on.

    Each candidate of a quantity has an action of its own: there the rows are counted whose value differs.
    """
    if alone and not does_nothing_free(grounds):
        return cells.moments.rows
    if grounds.spec.of_quantity is not None:
        return np.asarray((cells.moments.nonzero * (flows(by_cell) != 0)).max(axis=1))
    return np.asarray(cells.moments.rows * (by_cell[:, 1:] != 0).any(axis=1))


def _by_band(grounds: Grounds, fixed: Comparison, tuned: Tuned, rival: str) -> Comparison:
    against, fit = tuned.against[rival], tuned.fits[rival]
    claimed = against.contrast.mean[fit.claimed_cut]
    point = _cross_fitted(grounds, tuned.cuts, fit, fixed.of, rival)
    note = "point cross-fitted over groups; interval holds for every candidate threshold at once"
    if fixed.evidence.refused is not None:
        return replace(fixed, point=point, claimed=claimed, note=fixed.evidence.refused)
    if tier_of(fixed.evidence).reason == "few_clusters":
        # Clusters, or rows that weights leave, are too few whatever the threshold.
        return replace(fixed, point=point, claimed=claimed, note=CROSS_FITTED if fit.is_honest else ONE_GROUP)
    if against.band is None or tuned.cut is None or not against.allowed[tuned.cut]:
        untrusted = "no interval: too few deciding events, or too heavy a tail, at the tuned threshold"
        return replace(_untrusted(fixed, untrusted), point=point, claimed=claimed)
    rule = int(against.allowed[: tuned.cut].sum())
    about = _by_weight(Circumstances(), fixed.evidence.about.effective)
    evidence = Evidence(contrast=against.band, rule=rule, about=about)
    return replace(fixed, evidence=evidence, point=point, claimed=claimed, note=note)


def _by_half(grounds: Grounds, fixed: Comparison, tuned: Tuned, rival: str | None) -> Comparison:
    """Return the gain of the threshold that the even groups chose, by the odd ones.

    A declared support or a cap holds at any size, so also for a half. Moments are believed by the tail of all rows:
    among halves that look light are those whose great loss fell to the other half.
    """
    odd = at_given_shares(grounds.cells.where(grounds.cells.group % 2 == 1))
    half = _fixed(grounds, fixed.of, fixed.over, _whole(odd))[0]
    tail = _tail_of_all(fixed, tuned, rival)
    about = replace(half.evidence.about, least_widening=2, least_tail=tail)
    evidence = replace(half.evidence, about=about)
    note = HALF if tier_of(evidence).tier != "C" else f"{HALF}; {ADVICE}"
    return replace(half, evidence=evidence, note=note, claimed=fixed.point, differing=fixed.differing)


def _tail_of_all(fixed: Comparison, tuned: Tuned, rival: str | None) -> float:
    """Return the heaviest tail, over all rows, among the cuts that decide at least as much as the one deployed."""
    against = None if rival is None else tuned.against.get(rival)
    if against is None or tuned.cut is None:
        contrast = fixed.evidence.contrast
        return float(tail_ratio(contrast.skewness[0], contrast.units))
    return float(heaviest_tails(against.contrast)[tuned.cut])


def _cancelled(contrasts: Sequence[Contrast], likely: Floats) -> list[str | None]:
    """Say why no interval can be given where large values cancel beyond what doubles resolve."""
    covariance = np.concatenate([one.covariance for one in contrasts])
    size = np.diagonal(covariance, axis1=1, axis2=2) @ likely**2
    lost = (size > 0) & ((covariance @ likely) @ likely <= RESOLVED * size)
    note = "no interval: values of the actions cancel beyond double precision; leave out what they share"
    return [note if one else None for one in lost]


def _untrusted(fixed: Comparison, note: str) -> Comparison:
    return replace(fixed, evidence=Evidence(contrast=fixed.evidence.contrast, refused=note), note=note)


def _cross_fitted(grounds: Grounds, cuts: Cuts, fit: CrossFit, of: str, rival: str) -> Floats:
    """Return the mean parts with every group decided by the cut that the other groups chose; NaN without others."""
    actions, part = grounds.valuation.actions, cuts.part(rival)
    cells = part.by_group
    policy = grounds.spec.candidate(of).policy
    if not isinstance(policy, Threshold):
        raise TypeError("only thresholds are tuned")
    block = part.group_block - fit.chosen[cells.group]
    moved = cut_switches(block, 1, policy, actions)[0] - shares(grounds.spec.candidate(rival), cells, actions)
    gains = moved[:, :-1, None] * cells.moments.part_sums()[:, None, :]
    held = np.concatenate([np.zeros(gains.shape[2]), gains.sum(axis=0).ravel()])
    return np.asarray(held / cells.moments.weight.sum() if fit.is_honest else np.full(len(held), np.nan))


def does_nothing_free(grounds: Grounds) -> bool:
    """Return whether doing nothing is worth exactly zero whatever is assumed: value is gain over nobody then."""
    return not grounds.valuation.expansion.terms[grounds.valuation.actions[-1]]


def _circumstances(grounds: Grounds, split: _Parts, by_cell: Floats) -> list[Circumstances]:
    cells, constants = split.cells, grounds.constants
    finite = constants is not None and not grounds.weighted
    about = Circumstances(
        finite_support=finite,
        capped=grounds.spec.cap is not None and not grounds.weighted,
        beyond_cap=grounds.beyond_cap,
        weighted=grounds.weighted,
    )
    if not finite or constants is None or cells.cluster is None:
        return [about] * split.parts
    likely = grounds.valuation.contrast().reshape(by_cell.shape[1], -1)
    worth = np.einsum("cj,ck,jk->c", by_cell, constants[np.maximum(cells.state, 0)], likely)
    losing = (worth < 0) & cells.known
    clusters, code = np.unique(cells.cluster[losing], return_inverse=True)
    places = np.unique(split.part[losing] * len(clusters) + code) // max(len(clusters), 1)
    adverse = np.bincount(places, minlength=split.parts)
    return [replace(about, adverse_clusters=int(count)) for count in adverse]


def _supports(
    grounds: Grounds, policy: Candidate, rival: Candidate | None, split: _Parts, by_cell: Floats
) -> list[Support] | list[None]:
    cells = split.cells
    if grounds.constants is None or grounds.weighted or cells.cluster is not None:
        return [None] * split.parts
    actions = grounds.valuation.actions
    possible = {
        tuple(switches(mine[None], None if theirs is None else theirs[None])[0])
        for mine in options(policy, actions)
        for theirs in ([None] if rival is None else options(rival, actions))
    }
    counts, parts = [], []
    for switch in sorted(possible):
        here = (by_cell == np.array(switch)).all(axis=1)
        for state in range(len(grounds.constants)):
            counts.append(split.sums(cells.moments.rows * (here & (cells.state == state))))
            parts.append(np.outer(switch, grounds.constants[state]).ravel())
    values = np.array(parts)
    return [Support(counts=column, parts=values) for column in np.array(counts).T]


def _within(grounds: Grounds, policy: Candidate, rival: Candidate | None) -> Range | None:
    """Return what one row can contribute, from the declared cap on each action against doing nothing."""
    cap = grounds.spec.cap
    if cap is None or (rival is None and not does_nothing_free(grounds)):
        return None
    actions = grounds.valuation.actions
    theirs = [np.zeros(len(actions))] if rival is None else options(rival, actions)
    moves = [(mine - other)[:-1] for mine in options(policy, actions) for other in theirs]
    ends = [np.stack([move * cap.gain, move * -cap.loss]) for move in moves]
    return Range(
        min(float(one.min(axis=0).sum()) for one in ends), max(float(one.max(axis=0).sum()) for one in ends)
    )
