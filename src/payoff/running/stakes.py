"""What every hurdle holds against which gain, made once for all that is said about doubt."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from payoff.comparison import Comparison, Grounds, compare
from payoff.doubt import Stake, stake_of
from payoff.quantities import Amount
from payoff.running.looking import at_every_look
from payoff.running.money import reference
from payoff.spec.model import Hurdle, Maximise, Rule, Spec, Threshold
from payoff.verdicts import Circumstances, HurdleRecord, judged_gain


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Held:
    """One hurdle with its gain; ``record`` is None where the spec has none: the gain is held against nothing then."""

    hurdle: Hurdle
    gain: Comparison
    stake: Stake
    record: HurdleRecord | None

    @property
    def unit(self) -> str:
        """Return the unit and period of the gain."""
        return f"{self.stake.spec.decision.unit} per {self.hurdle.amount.per}"

    @property
    def name(self) -> str | None:
        """Return the hurdle's name, None where the spec has none."""
        return None if self.record is None else self.hurdle.name


def held(grounds: Grounds, about: Circumstances, records: Sequence[HurdleRecord]) -> tuple[Held, ...]:
    """Return every hurdle with its gain, in the order written; without any, the gain over the reference alone.

    Parameters
    ----------
    records : the hurdles as they were judged.
    """
    spec, judged = grounds.spec, {record.name: record for record in records}
    hurdles = spec.hurdles or (_against_nothing(spec, about),)
    gains: dict[str, Comparison] = {}
    out = []
    for hurdle in hurdles:
        if hurdle.over not in gains:
            gains[hurdle.over] = at_every_look(grounds, compare(grounds, spec.model.name, hurdle.over))
        gain = gains[hurdle.over]
        stake = stake_of(spec, judged_gain(hurdle, gain, about), hurdle.amount)
        out.append(Held(hurdle=hurdle, gain=gain, stake=stake, record=judged.get(hurdle.name)))
    return tuple(out)


def headline(every: Sequence[Held]) -> Held:
    """Return the first needed hurdle, else the first."""
    return next((one for one in every if one.hurdle.needed_to_ship), every[0])


def deciding(spec: Spec) -> Mapping[str, tuple[str, ...]]:
    """Return assumption -> the policies whose decisions depend on it, and are held as they are.

    A rule depends on the assumptions in its condition; a threshold that is chosen by money, and an action that is worth
    most, on all that money knows.
    """
    in_value = {name for formula in spec.value.values() for name in formula.assumptions}
    found: dict[str, list[str]] = {name: [] for name in spec.assumptions}
    for candidate in spec.candidates:
        policy, used = candidate.policy, frozenset[str]()
        if isinstance(policy, Rule):
            used = policy.when.assumptions
        elif isinstance(policy, Maximise) or (isinstance(policy, Threshold) and isinstance(policy.at, str)):
            used = frozenset(in_value)
        for name in used:
            found[name].append(candidate.name)
    return {name: tuple(names) for name, names in found.items()}


def decided_by(spec: Spec, changed: Sequence[str]) -> tuple[str, ...]:
    """Return the policies whose decisions depend on any of these assumptions, in the order of the spec."""
    by_name = deciding(spec)
    named = {policy for name in changed for policy in by_name.get(name, ())}
    return tuple(candidate.name for candidate in spec.candidates if candidate.name in named)


def _against_nothing(spec: Spec, about: Circumstances) -> Hurdle:
    per = "decision" if about.world.volume is None else "year"
    return Hurdle(
        name="",
        metric="gain",
        amount=Amount(0.0, "year" if per == "year" else "decision"),
        over=reference(spec),
        confidence=0.95,
        needed_to_ship=True,
        unlocks=None,
    )


def spread_of(record: HurdleRecord | None) -> float:
    """Return about one standard error of a judged gain, 0 where it has no interval."""
    if record is None or record.low is None or record.high is None:
        return 0.0
    return (record.high - record.low) / 4.0


def ranged_pairs(names: Sequence[str], most: int) -> Iterator[tuple[str, str]]:
    """Yield the pairs of the first ``most`` names."""
    first = names[:most]
    return ((one, other) for place, one in enumerate(first) for other in first[place + 1 :])
