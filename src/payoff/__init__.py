"""Is acting on a model worth more than what is done otherwise, by enough to matter, and how sure are we?

Importing payoff costs almost nothing: each public name is loaded from its room when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from payoff.api import (
        Result,
        annotations,
        check,
        decide,
        demo_folder,
        evaluate,
        explain,
        gate,
        init,
        is_result,
        junit,
        load_spec,
        metrics,
        read_result,
        reference,
        slices,
        tabulate,
        write_bytes,
        write_new,
        write_text,
    )
    from payoff.api.planning import plan
    from payoff.api.stored import read
    from payoff.api.trying import what_if
    from payoff.errors import PayoffError
    from payoff.rendering.spreadsheets import cell

__version__ = "0.1.0"

_ROOMS = {
    "PayoffError": "payoff.errors",
    "Result": "payoff.api",
    "annotations": "payoff.api",
    "cell": "payoff.rendering.spreadsheets",
    "check": "payoff.api",
    "decide": "payoff.api",
    "demo_folder": "payoff.api",
    "evaluate": "payoff.api",
    "explain": "payoff.api",
    "gate": "payoff.api",
    "init": "payoff.api",
    "is_result": "payoff.api",
    "junit": "payoff.api",
    "load_spec": "payoff.api",
    "metrics": "payoff.api",
    "plan": "payoff.api.planning",
    "read": "payoff.api.stored",
    "read_result": "payoff.api",
    "reference": "payoff.api",
    "slices": "payoff.api",
    "tabulate": "payoff.api",
    "what_if": "payoff.api.trying",
    "write_bytes": "payoff.api",
    "write_new": "payoff.api",
    "write_text": "payoff.api",
}

__all__ = [
    "PayoffError",
    "Result",
    "__version__",
    "annotations",
    "cell",
    "check",
    "decide",
    "demo_folder",
    "evaluate",
    "explain",
    "gate",
    "init",
    "is_result",
    "junit",
    "load_spec",
    "metrics",
    "plan",
    "read",
    "read_result",
    "reference",
    "slices",
    "tabulate",
    "what_if",
    "write_bytes",
    "write_new",
    "write_text",
]


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_ROOMS[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
