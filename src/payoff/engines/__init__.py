"""Engines answer SQL and make tables; they know nothing of decisions or statistics."""

from payoff.engines.addresses import is_address, refuse_written_password, shown
from payoff.engines.engine import Columns, Engine, Kind
from payoff.engines.opening import open_engine
from payoff.engines.waiting import Watchable, is_stuck

__all__ = [
    "Columns",
    "Engine",
    "Kind",
    "Watchable",
    "is_address",
    "is_stuck",
    "open_engine",
    "refuse_written_password",
    "shown",
]
