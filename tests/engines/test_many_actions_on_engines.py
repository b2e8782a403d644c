"""Classes, class probabilities and ladders of thresholds count alike on every engine."""

from typing import Any

import pyarrow as pa
import pytest
from test_same_result import there
from tests.truth.many import CONSTANT, VALUES, rows_of, spec_of

import payoff
from conftest import ENGINES
from payoff.choices import grids
from payoff.spec.names import OF_CLASSES

# Sums of doubles in another order; losses pass through each engine's own logarithm.
ROUNDING = 1e-9


@pytest.mark.parametrize("kind", ["by row", "constant, pending and weights"])
@pytest.mark.parametrize("gridded", [False, True], ids=["exact", "grid"])
@pytest.mark.parametrize("name", ENGINES)
def test_every_number_of_many_classes_and_actions_is_that_of_duckdb(
    name: str, gridded: bool, kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    if gridded:
        monkeypatch.setattr(grids, "EXACT_ROWS", 100)
    weights = kind != "by row"
    rows, spec = rows_of(31, 600, weights=weights), spec_of(CONSTANT if weights else VALUES)
    if weights:
        rows["y"] = pa.array([None if j % 11 == 0 else str(one) for j, one in enumerate(rows["y"])])
        spec["data"]["weight"] = "w"
    spec["slices"], spec["metrics"] = ["region"], [*OF_CLASSES, "shift_effects"]
    table = pa.table(rows)
    server = request.getfixturevalue(name)
    found = payoff.evaluate(there(name, server, f"many_{kind[:2]}_{gridded}".lower(), table), spec)
    expected = payoff.evaluate(table, spec)
    assert found.record.hash == expected.record.hash
    mine, theirs = ({key(one): one for one in each.estimates} for each in (expected, found))
    assert mine.keys() == theirs.keys()
    for name_of, one in mine.items():
        for end in ("value", "low", "high"):
            assert same(getattr(theirs[name_of], end), getattr(one, end))
    for one, other in zip(expected.record.confusion, found.record.confusion, strict=True):
        assert (one.of, one.outcome, one.action, one.rows, one.total) == (
            other.of,
            other.outcome,
            other.action,
            other.rows,
            other.total,
        )


def key(one: Any) -> tuple[Any, ...]:
    return (one.metric, str(one.at), one.of, one.over, one.unit, str(one.slice))


def same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= ROUNDING * max(abs(one), abs(other), 1.0)
