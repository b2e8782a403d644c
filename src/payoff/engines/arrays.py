"""From what drivers return to arrays: the same kinds from every engine."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from payoff.errors.engine import QueryFailed

MISSING = float("nan")


def column(values: Sequence[Any], kind: str) -> NDArray[np.generic]:
    """Return one column.

    Parameters
    ----------
    values : what the driver gave, None for NULL.
    kind : ``whole`` (int64; NULL is refused), ``number`` (float64; NULL is NaN), ``boolean`` or ``text``.

    Raises
    ------
    QueryFailed
        When NULL stands in a column of counts.

    >>> column([1.5, None], "number").tolist()
    [1.5, nan]
    """
    if kind == "text":
        return _objects([None if value is None else str(value) for value in values])
    if kind == "number":
        return np.array([MISSING if value is None else float(value) for value in values], dtype=np.float64)
    if any(value is None for value in values):
        raise QueryFailed(
            where="engine",
            found="NULL in a column of counts",
            expected="a number",
            fix="report this as a bug.",
        )
    return np.array(values, dtype=np.bool_ if kind == "boolean" else np.int64)


def _objects(values: Sequence[Any]) -> NDArray[np.generic]:
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out
