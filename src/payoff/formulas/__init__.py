"""Value formulas and conditions: read, checked, bounded, rewritten; never evaluated by Python.

The only room that imports sqlglot for text that a user wrote.
"""

from payoff.formulas.expansion import Expansion, Term, expand
from payoff.formulas.kinds import resolve
from payoff.formulas.reading import parse, quote
from payoff.formulas.tree import (
    Formula,
    Node,
    Outcome,
    given,
    is_constant_given_outcome,
    outcome_leaf,
    substituted,
    walk,
)
from payoff.formulas.writing import double, literal, to_sql

__all__ = [
    "Expansion",
    "Formula",
    "Node",
    "Outcome",
    "Term",
    "double",
    "expand",
    "given",
    "is_constant_given_outcome",
    "literal",
    "outcome_leaf",
    "parse",
    "quote",
    "resolve",
    "substituted",
    "to_sql",
    "walk",
]
