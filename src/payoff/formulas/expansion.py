"""Values as sums of assumptions times row expressions, so that revaluing never reads rows again.

A value such as ``(case when outcome then margin else 0 end) - call_cost`` is
``margin * [case when outcome then 1 else 0 end] - call_cost * [1]``. What stands in
square brackets is a **part**: it is summed over the rows once, and any polynomial in
the assumptions is arithmetic on these sums from then on.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from payoff.errors.formulas import FormulaPartsError
from payoff.formulas.polynomials import Polynomial, expanded, is_bound
from payoff.formulas.tree import Formula, Node, summarise
from payoff.formulas.writing import written

MAX_PARTS = 12
Range = tuple[float, float | None, float | None]


@dataclass(frozen=True, slots=True)
class Term:
    """``factor`` times the product of ``symbol ** power`` times one part."""

    factor: float
    powers: tuple[tuple[str, int], ...]
    part: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Expansion:
    """The value of every action as terms over shared parts.

    ``value(action) = sum(factor * prod(symbol ** power) * parts[part])``, row by row.
    A row on which a part of an action is NULL has no value under that action, even
    where the coefficient is zero; see :meth:`used`.

    Attributes
    ----------
    parts : distinct row expressions without assumptions; the number 1 is one if used.
    terms : action -> its terms. An action that is always 0 has none.
    bound : assumptions inside a condition or a function, which only rows can revalue.
        Instead of a symbol they have two switches, ``NAME@low`` and ``NAME@high``
        (0 or 1, default 0, at most one of them 1): columns of the same pass at low and
        at high. Two bound assumptions moved at once add up their separate effects.
    """

    parts: tuple[Formula, ...]
    terms: Mapping[str, tuple[Term, ...]]
    bound: tuple[str, ...]

    @property
    def actions(self) -> tuple[str, ...]:
        """Return the actions, in the order of the spec."""
        return tuple(self.terms)

    @property
    def symbols(self) -> tuple[str, ...]:
        """Return every name that a term multiplies by: assumptions and switches."""
        names = {name for terms in self.terms.values() for term in terms for name, _ in term.powers}
        return tuple(sorted(names))

    def used(self) -> NDArray[np.bool_]:
        """Return which parts each action needs at the likely assumptions: (actions, parts).

        A part that only a switch brings in is not among them.
        """
        needed = np.zeros((len(self.terms), len(self.parts)), dtype=np.bool_)
        for row, terms in enumerate(self.terms.values()):
            for term in terms:
                needed[row, term.part] |= not any("@" in name for name, _ in term.powers)
        return needed

    def coefficients(self, values: Mapping[str, NDArray[np.float64] | float]) -> NDArray[np.float64]:
        """Return what each part is multiplied by, per action: (..., actions, parts).

        Parameters
        ----------
        values : symbol -> number, or an array of draws; arrays broadcast together.
            Switches default to 0. Names that are no symbol are ignored: pass all
            assumptions, and the switches of those that are bound.

        Raises
        ------
        KeyError
            When an assumption that is a symbol has no value.

        >>> from payoff.formulas import parse
        >>> call = parse("2 * margin", where="value.call", assumptions=["margin"], outcome_allowed=True)
        >>> expand({"call": call}, {"margin": (60.0, None, None)}).coefficients({"margin": 60.0})
        array([[120.]])
        """
        given = {name: np.asarray(values[name] if name in values else _switch(name)) for name in self.symbols}
        shape = np.broadcast_shapes(*(value.shape for value in given.values()))
        out = np.zeros((*shape, len(self.terms), len(self.parts)))
        for row, terms in enumerate(self.terms.values()):
            for term in terms:
                product = np.full(shape, term.factor)
                for name, power in term.powers:
                    product = product * given[name].astype(np.float64) ** power
                out[..., row, term.part] += product
        return out


def _switch(name: str) -> float:
    if "@" not in name:
        raise KeyError(name)
    return 0.0


def expand(
    value: Mapping[str, Formula], assumptions: Mapping[str, Range], most: int = MAX_PARTS
) -> Expansion:
    """Split the value of every action into assumptions times parts.

    Sums, products, small powers, division by what holds no assumption, and CASE whose
    conditions hold none are split; the assumptions anywhere else are bound to rows.
    Parts are shared across actions.

    Parameters
    ----------
    value : action -> formula.
    assumptions : name -> (likely, low, high); low and high None without a range.
    most : parts that one pass over the rows should carry.

    Raises
    ------
    FormulaPartsError
        More parts than ``most``, or a product of sums with too many terms.
    KeyError
        A formula uses an assumption that is not given.

    >>> from payoff.formulas import parse
    >>> names = {"margin": (60.0, 40.0, 90.0), "cost": (5.0, None, None)}
    >>> text = "(case when outcome then margin else 0 end) - cost"
    >>> call = parse(text, where="value.call", assumptions=names, outcome_allowed=True)
    >>> expansion = expand({"call": call}, names)
    >>> [part.text for part in expansion.parts]
    ['CASE WHEN outcome THEN 1.0e0 ELSE 0.0e0 END', '1.0e0']
    """
    polynomials = {action: _value(formula, assumptions) for action, formula in value.items()}
    trees: dict[Node, int] = {}
    terms: dict[str, tuple[Term, ...]] = {}
    for action, polynomial in polynomials.items():
        terms[action] = tuple(
            Term(factor, powers, trees.setdefault(part, len(trees)))
            for (powers, part), factor in polynomial.items()
        )
    parts = tuple(_part(tree) for tree in trees)
    if len(parts) > most:
        raise FormulaPartsError(
            where=", ".join(formula.where for formula in value.values())[:200],
            found=f"{len(parts)} parts: {'; '.join(part.text for part in parts)}"[:2000],
            expected=f"at most {most} products of assumptions and row expressions",
            fix="compute more of it as columns of the data, or fix some assumptions as numbers.",
        )
    bound = {name for formula in value.values() for name in _bound(formula)}
    return Expansion(parts=parts, terms=terms, bound=tuple(sorted(bound)))


def _part(tree: Node) -> Formula:
    bare = summarise(tree, text="", where="")
    names = {name: '"' + name.replace('"', '""') + '"' for name in bare.columns}
    text = written(tree, names=names, outcome="outcome", values={})
    return summarise(tree, text=text, where="part")


def _bound(formula: Formula) -> list[str]:
    return [name for name in sorted(formula.assumptions) if is_bound(formula.tree, name)]


def _value(formula: Formula, assumptions: Mapping[str, Range]) -> Polynomial:
    """Expand at likely, and add the differences that each bound assumption makes at low and high."""
    bound = _bound(formula)
    likely = {name: assumptions[name][0] for name in bound}
    base = expanded(formula, likely)
    total = dict(base)
    for name in bound:
        for stop, at in zip(("low", "high"), assumptions[name][1:], strict=True):
            if at is None or at == likely[name]:
                continue
            moved = expanded(formula, {**likely, name: at})
            for key in (*moved, *(key for key in base if key not in moved)):
                change = moved.get(key, 0.0) - base.get(key, 0.0)
                if change or key not in base:
                    powers, part = key
                    total[((*powers, (f"{name}@{stop}", 1)), part)] = change
    return total
