"""Value formulas and conditions: read, checked, bounded, rewritten; never evaluated by Python.

The only room that imports sqlglot for text that a user wrote.
"""

from payoff.formulas.expansion import Expansion, Term, expand
from payoff.formulas.kinds import resolve
from payoff.formulas.reading import parse, quote
from payoff.formulas.tree import Formula, Node, given, is_constant_given_outcome, substituted, walk
from payoff.formulas.writing import double, to_sql

__all__ = [
    "Expansion",
    "Formula",
    "Node",
    "Term",
    "double",
    "expand",
    "given",
    "is_constant_given_outcome",
    "parse",
    "quote",
    "resolve",
    "substituted",
    "to_sql",
    "walk",
]
