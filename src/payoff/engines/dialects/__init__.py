"""Queries are written once, in DuckDB's dialect and a short vocabulary; here they are put into other dialects."""

from payoff.engines.dialects.translation import Dialect, Rule, translate, with_definitions
from payoff.engines.dialects.vocabulary import refused

__all__ = ["Dialect", "Rule", "refused", "translate", "with_definitions"]
