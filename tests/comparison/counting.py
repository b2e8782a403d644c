"""What an evaluation has counted of some rows, before anything is made of it."""

from typing import Any

import pyarrow as pa

from payoff.engines import open_engine
from payoff.running.gathering import Counted
from payoff.running.gathering import counted_of as gathered_counts
from payoff.running.tabulating import tabulate
from payoff.spec import load_spec


def counted_of(rows: dict[str, Any], spec: dict[str, Any]) -> Counted:
    """Return the tables, choices and grounds of a spec over some rows."""
    with open_engine(pa.table(rows)) as engine:
        return gathered_counts(tabulate(load_spec(spec), engine, lambda _: None))
