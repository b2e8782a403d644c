"""Engines answer SQL and make tables; they know nothing of decisions or statistics."""

from payoff.engines.engine import Columns, Engine, Kind
from payoff.engines.opening import open_engine

__all__ = ["Columns", "Engine", "Kind", "open_engine"]
