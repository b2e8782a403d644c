"""What the actions of a spec are worth, and what one is worth more than another, as far as the spec alone tells.

A value is a sum of parts (``formulas.expand``). With the outcome put in, parts become alike or vanish; differences are
taken part by part, so what two actions share cancels exactly, and the rest lies in an interval (``reckoning``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType

from payoff.errors import PayoffError
from payoff.formulas import Node, Outcome, expand, given
from payoff.spec.coefficients import Valuation
from payoff.spec.model import Spec
from payoff.spec.reckoning import Bounds, bounds, times

OUTCOMES = (True, False)
MOST_CORNERS = 256

Row = Mapping[str, float]
"""Numbers of one row, by column."""

NO_ROW: Row = MappingProxyType({})

Weights = Mapping[Node, float]
"""Row expression without outcome and assumptions -> what it is multiplied by."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Margins:
    """The values of a spec at one setting of its assumptions.

    Attributes
    ----------
    weights : outcome -> action -> its value as weights of row expressions.
    ends : row expression -> the interval in which it lies whatever the row.
    """

    actions: tuple[str, ...]
    weights: Mapping[Outcome, Mapping[str, Weights]]
    ends: Mapping[Node, Bounds | None]

    def value(self, action: str, outcome: Outcome, row: Row = NO_ROW) -> Bounds | None:
        """Return between which numbers the value of an action lies; None where it is NULL for every row.

        ``row`` holds numbers of one row, by column: what it names is that, and may be anything otherwise.
        """
        return self._total(self.weights[outcome][action], row)

    def gap(self, action: str, other: str, outcome: Outcome, row: Row = NO_ROW) -> Bounds | None:
        """Return between which numbers ``action`` is worth more than ``other``."""
        return self._total(self.difference(action, other, outcome), row)

    def difference(self, action: str, other: str, outcome: Outcome) -> Weights:
        """Return by what ``action`` is worth more than ``other``, what cancels left out."""
        mine, theirs = (self.weights[outcome][name] for name in (action, other))
        found = {part: mine.get(part, 0.0) - theirs.get(part, 0.0) for part in {**mine, **theirs}}
        return {part: weight for part, weight in found.items() if weight != 0.0 or part.op == "null"}

    def _total(self, weights: Weights, row: Row) -> Bounds | None:
        known = {name: (number, number) for name, number in row.items()}
        low = high = 0.0
        for part, weight in weights.items():
            found = bounds(part, known) if known else self.ends[part]
            if found is None:
                return None
            least, most = times(found, (weight, weight))
            low, high = low + least, high + most
        return low, high


def margins_of(spec: Spec) -> Margins | None:
    """Return the values at the likely assumptions; None where the spec alone cannot tell.

    That is where a formula has too many parts, or names the outcome's column rather than ``outcome``, and where the
    outcome is not binary (:func:`margins_by_class`).
    """
    found = margins_over(spec, [{}])
    return found[0] if found else None


def margins_by_class(spec: Spec) -> Margins | None:
    """Return the same by the classes of the outcome."""
    found = _margins(spec, [{}], spec.data.outcomes)
    return found[0] if found else None


def margins_over(spec: Spec, settings: Sequence[Mapping[str, float]]) -> tuple[Margins, ...]:
    """Return the values at each of several settings of the assumptions; none where the spec alone cannot tell."""
    binary = spec.data.classes is None and spec.of_quantity is None
    return () if not binary else _margins(spec, settings, OUTCOMES)


def _margins(
    spec: Spec, settings: Sequence[Mapping[str, float]], outcomes: Sequence[Outcome]
) -> tuple[Margins, ...]:
    valuation = valued(spec)
    if valuation is None or names_outcome(spec):
        return ()
    parts = {y: [given(part.tree, y) for part in valuation.expansion.parts] for y in outcomes}
    ends = {part: bounds(part, {}) for many in parts.values() for part in many} | {_ONE: (1.0, 1.0)}
    out = []
    for setting in settings:
        rows = dict(zip(spec.decision.actions, valuation.values(setting).tolist(), strict=True))
        weights = {
            y: {action: _gathered(parts[y], row, ends) for action, row in rows.items()} for y in outcomes
        }
        out.append(Margins(actions=spec.decision.actions, weights=weights, ends=ends))
    return tuple(out)


def valued(spec: Spec) -> Valuation | None:
    """Return the expanded values, or None where they have too many parts to be evaluated."""
    ranges = {item.name: (item.likely, item.low, item.high) for item in spec.assumptions.values()}
    try:
        expansion = expand(spec.value, ranges)
    except PayoffError:
        return None
    return Valuation(expansion, spec.decision.actions, {name: one[0] for name, one in ranges.items()})


def names_outcome(spec: Spec) -> bool:
    """Return whether a value reads the outcome by the name of its column."""
    column = spec.data.outcome.casefold()
    return any(column == name.casefold() for formula in spec.value.values() for name in formula.columns)


def corners(spec: Spec) -> list[dict[str, float]] | None:
    """Return settings at every combination of the ends of the ranges.

    Where values are linear in each assumption, no setting in the box has a larger or a smaller value than all of these.
    None where there are too many, or where an assumption bound to rows has a range, which no setting moves.
    """
    valuation = valued(spec)
    ranged = [item for item in spec.assumptions.values() if item.low is not None and item.high is not None]
    if valuation is None or 2 ** len(ranged) > MOST_CORNERS:
        return None
    if any(item.name in valuation.expansion.bound for item in ranged):
        return None
    ends = {item.name: sorted({item.low or 0.0, item.high or 0.0}) for item in ranged}
    return [dict(zip(ends, chosen, strict=True)) for chosen in product(*ends.values())]


def _gathered(parts: list[Node], row: list[float], ends: Mapping[Node, Bounds | None]) -> Weights:
    """Return weights of distinct expressions; those that are one number for every row are gathered under 1."""
    held: dict[Node, float] = {}
    for part, factor in zip(parts, row, strict=True):
        found = ends[part] if factor != 0.0 else (0.0, 0.0)
        settled = found is not None and found[0] == found[1]
        key = _ONE if settled else part
        weight = factor * found[0] if found is not None and settled else factor
        if weight != 0.0:
            held[key] = held.get(key, 0.0) + weight
    return held


_ONE = Node("number", value=1.0, kind="number")
