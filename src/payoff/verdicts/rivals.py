"""Baselines that do as well as the candidate or better, with or without a model."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from payoff.stats.estimates import Estimate
from payoff.verdicts.rulings import HurdleRecord

Scored = Literal["nothing", "same", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """A baseline, and what the candidate gains over it per decision: ``value``, with its upper bound ``high``.

    ``scored`` says by what the baseline decides: no score (``nothing``), the candidate's own (``same``), or another's.
    """

    name: str
    value: float | None
    high: float | None
    scored: Scored = "nothing"

    @property
    def is_better(self) -> bool:
        """Return whether it is better beyond doubt, rather than as good as far as the rows can tell."""
        return self.high is not None and self.high < 0


def scored_by(score: str | None, own: str | None) -> Scored:
    """Return by what a baseline decides that uses a score, beside the candidate's own.

    >>> scored_by(None, "p"), scored_by("p", "p"), scored_by("older", "p")
    ('nothing', 'same', 'other')
    """
    if score is None:
        return "nothing"
    return "same" if score == own else "other"


def better_rival(rivals: Sequence[Rival], hurdles: Sequence[HurdleRecord]) -> Rival | None:
    """Return the baseline that the candidate gains least over, where it gains nothing over it; without a model first.

    A baseline that a cleared hurdle allows to be missed by a margin is none.

    >>> better_rival([Rival(name="v1", value=-9.0, high=-1.0, scored="other"),
    ...               Rival(name="everybody", value=-3.0, high=-1.0)], []).name
    'everybody'
    """
    allowed = {one.over for one in hurdles if one.required < 0 and one.status == "cleared"}
    losing = [one for one in rivals if one.name not in allowed and one.value is not None and one.value <= 0]
    return min(losing, key=lambda one: (one.scored != "nothing", one.value or 0.0)) if losing else None


def rivals_among(
    estimates: Iterable[Estimate], model: str | None, scored: Mapping[str, Scored]
) -> list[Rival]:
    """Return what a model gains per decision over each of the baselines, the keys of ``scored``."""
    return [
        Rival(name=str(one.over), value=one.value, high=one.high, scored=scored[str(one.over)])
        for one in estimates
        if (one.metric, one.of, one.per, one.slice) == ("gain", model, "decision", None)
        and one.over in scored
    ]
