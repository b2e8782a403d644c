"""Rows prepared in an engine, as fixtures."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import pytest

from payoff.engines import Engine, open_engine
from payoff.spec import load_spec
from payoff.tabulation import Plan, Prepared, make_plan, prepare


@contextmanager
def opened(data: Any, spec: dict[str, Any]) -> Iterator[tuple[Plan, Engine, Prepared]]:
    """Give plan, engine and prepared rows of a table in columns, a frame or a file."""
    with open_engine(pa.table(data) if isinstance(data, dict) else data) as engine:
        plan = make_plan(load_spec(spec), engine)
        yield plan, engine, prepare(plan, engine)


def spec_of(value: dict[str, Any], quantum: float = 0.0001, **data: str) -> dict[str, Any]:
    """Return a spec over y and p with these values."""
    return {
        "decision": {"unit": "EUR", "quantum": quantum},
        "data": {"outcome": "y", **data},
        "value": value,
        "assumptions": {"rate": 0.25, "fee": 3},
        "model": {"name": "m", "score": "p", "score_is": "probability", "policy": {"threshold": 0.5}},
        "today": "nobody",
    }


@pytest.fixture
def open_rows() -> Callable[..., Any]:
    return opened


@pytest.fixture
def make_spec() -> Callable[..., dict[str, Any]]:
    return spec_of
