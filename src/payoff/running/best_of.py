"""The best of several candidates: bounds of their gains over a baseline that hold for whichever of them is picked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from payoff.choices import shares, switches
from payoff.comparison import Comparison, Grounds, compare
from payoff.running.money import LEVEL, Adjusted, money_interval
from payoff.spec.model import Candidate
from payoff.stats.best_of import levels_of_each
from payoff.stats.contributions import contrast_of_rules, covariance_between
from payoff.stats.inference import tier_of
from payoff.stats.tiers import candidates

HEAVY = "too few deciding events, or too heavy a tail, in a candidate that decides as many"

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Rules:
    """Candidates whose decisions were fixed before, against one baseline; ``by_cell`` are (T, c, A) switches."""

    compared: tuple[Comparison, ...]
    by_cell: Floats

    def those(self, kept: Sequence[bool]) -> "_Rules":
        """Return some of them."""
        compared = tuple(one for one, keeps in zip(self.compared, kept, strict=True) if keeps)
        return _Rules(compared, self.by_cell[np.array(kept, dtype=np.bool_)])


def best_of_bounds(grounds: Grounds) -> Mapping[tuple[str, str], Adjusted]:
    """Return (candidate, baseline) -> bounds that hold for model and challengers at once; none without a challenger.

    Those of fixed decisions share a band by their joint draws; a tuned threshold brings the band over its own cuts, at
    its part of the error.
    """
    spec = grounds.spec
    judged = tuple(one for one in (spec.model, *spec.challengers) if one.variant_of is None)
    out: dict[tuple[str, str], Adjusted] = {}
    for rival in grounds.spec.baselines if len(judged) > 1 else ():
        compared = [compare(grounds, one.name, rival.name) for one in judged]
        out |= {(one.of, rival.name): found for one, found in _together(grounds, rival, compared)}
    return out


def _together(
    grounds: Grounds, rival: Candidate, compared: Sequence[Comparison]
) -> list[tuple[Comparison, Adjusted]]:
    adjustment = f"band over {len(compared)} candidates"
    tuned = [one for one in compared if _is_tuned(grounds, one.of)]
    rules = _rules(grounds, rival, [one for one in compared if one.differing and one not in tuned])
    rules = replace(rules, compared=_with_heaviest_tail(grounds, rules))
    judged = rules.those([tier_of(one.evidence).tier != "C" for one in rules.compared])
    levels = levels_of_each(_covariance(grounds, judged), _how_many(grounds, tuned), LEVEL)
    adapted = {one.of: one for one in rules.compared}
    out = []
    for one in compared:
        level = levels.apart if one in tuned else levels.joint
        found = money_interval(grounds, adapted.get(one.of, one), level)
        out.append((one, Adjusted(low=found.low, high=found.high, adjustment=adjustment)))
    return out


def _is_tuned(grounds: Grounds, name: str) -> bool:
    tuned = grounds.choices.tuned.get(name)
    return tuned is not None and tuned.method != "constant"


def _how_many(grounds: Grounds, tuned: Sequence[Comparison]) -> int:
    """Return how many of them can be told apart and judged: two of one score and one policy are one."""
    judged = [one.of for one in tuned if one.differing and tier_of(one.evidence).tier != "C"]
    kinds = [(one.score, one.policy) for one in (grounds.spec.candidate(name) for name in judged)]
    return sum(kind not in kinds[:place] for place, kind in enumerate(kinds))


def _rules(grounds: Grounds, rival: Candidate, compared: Sequence[Comparison]) -> _Rules:
    cells, actions = grounds.cells, grounds.valuation.actions
    instead = shares(rival, cells, actions)
    taken = [shares(grounds.spec.candidate(one.of), cells, actions) for one in compared]
    by_cell = [switches(each, instead) for each in taken]
    empty = np.zeros((0, len(cells), len(actions)))
    return _Rules(tuple(compared), np.array(by_cell) if by_cell else empty)


def _with_heaviest_tail(grounds: Grounds, rules: _Rules) -> tuple[Comparison, ...]:
    """Return the candidates, each as widened as the heaviest tail among those that decide as many events asks.

    As for the cuts of a tuned threshold: who picks the best seeks out those whose great loss has not been drawn. What
    rests on counts of all that can happen has no tail to seek.
    """
    if not rules.compared or rules.compared[0].evidence.about.finite_support:
        return rules.compared
    contrast = contrast_of_rules(grounds.cells, rules.by_cell, grounds.valuation.contrast())
    allowed, factor = candidates(contrast)
    out = []
    for one, allows, widens in zip(rules.compared, allowed.tolist(), factor.tolist(), strict=True):
        evidence, about = one.evidence, one.evidence.about
        if allows:
            about = replace(about, least_widening=max(about.least_widening, widens))
        elif tier_of(evidence).tier in ("A", "A-"):
            evidence = replace(evidence, refused=HEAVY)
        out.append(replace(one, evidence=replace(evidence, about=about)))
    return tuple(out)


def _covariance(grounds: Grounds, rules: _Rules) -> Floats:
    known = grounds.cells.known
    if not rules.compared:
        return np.zeros((0, 0))
    likely = grounds.valuation.contrast()
    return covariance_between(grounds.cells.where(known), rules.by_cell[:, known], likely)
