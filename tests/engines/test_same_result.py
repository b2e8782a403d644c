"""The same rows give the same result, to the last digit of its hash, wherever they are."""

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest
import yaml

import payoff
from conftest import ENGINES
from payoff.choices import grids
from payoff.tabulation import filling

ROOT = Path(__file__).resolve().parents[2]
CASES = {
    "bank": (ROOT / "src/payoff/demonstration/bank.parquet", ROOT / "src/payoff/demonstration/bank.yaml"),
    "stranger": (ROOT / "examples/stranger/orders.csv", ROOT / "examples/stranger/ship.yaml"),
}
# Sums of doubles in another order.
ROUNDING = 1e-9
POSTGRES = {
    "string": "text",
    "double": "float8",
    "int64": "bigint",
    "int32": "integer",
    "date32[day]": "date",
}


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest) -> tuple[str, pa.Table, Path, payoff.Result]:
    """Rows, their spec, and the result on DuckDB."""
    path, spec = CASES[request.param]
    rows = duckdb.sql(f"select * from '{path}'").to_arrow_table()
    return request.param, rows, spec, payoff.evaluate(rows, spec)


@pytest.mark.parametrize("name", ENGINES)
def test_the_hash_of_the_result_is_that_of_duckdb(
    case: tuple[str, pa.Table, Path, payoff.Result], name: str, request: pytest.FixtureRequest
) -> None:
    called, rows, spec, expected = case
    server = request.getfixturevalue(name)
    found = payoff.evaluate(there(name, server, called, rows), spec)
    assert found.record.data.hash == expected.record.data.hash
    assert found.record.hash == expected.record.hash
    assert found.record.data.engine.startswith("postgresql 1" if name == "postgres" else "spark 4.")


@pytest.mark.parametrize("gridded", [False, True])
@pytest.mark.parametrize("name", ENGINES)
def test_how_scores_differ_and_their_net_benefit_are_those_of_duckdb(
    name: str,
    gridded: bool,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if gridded:
        monkeypatch.setattr(grids, "EXACT_ROWS", 100)
    path, spec = CASES["stranger"]
    asked = tmp_path / "asked.yaml"
    asked.write_text(
        f"{spec.read_text(encoding='utf-8')}\nmetrics: [paired_differences, net_benefit]\n"
        "baselines: {large: {score: amount, score_is: rank, threshold: 50}}\n",
        encoding="utf-8",
    )
    rows = duckdb.sql(f"select * from '{path}'").to_arrow_table()
    server = request.getfixturevalue(name)
    results = [payoff.evaluate(where, asked) for where in (rows, there(name, server, "paired", rows))]
    expected, found = ({key(one): one.value for one in each.estimates} for each in results)
    assert {metric for metric, *_ in expected} >= {"roc_auc", "net_benefit", "recall"}
    assert found == pytest.approx(expected, abs=ROUNDING)


def key(one: Any) -> tuple[Any, ...]:
    """Return what tells one estimate from the others."""
    return (one.metric, one.of, one.over, one.unit, str(one.slice))


def there(name: str, server: Any, called: str, rows: pa.Table) -> Any:
    """Put the rows where the engine is, and return what payoff is given."""
    if name != "postgres":
        return server.createDataFrame(rows)
    with server.connect() as connection:
        columns = ", ".join(
            f'"{one.name}" {POSTGRES.get(str(one.type), str(one.type))}' for one in rows.schema
        )
        connection.execute(f"drop table if exists {called}; create table {called} ({columns})")
        with connection.cursor().copy(f"copy {called} from stdin") as copy:
            for row in zip(*(one.to_pylist() for one in rows.columns), strict=True):
                copy.write_row(row)
    return server.address(called)


@pytest.mark.parametrize("name", ENGINES)
def test_many_rules_and_given_thresholds_give_one_result_on_a_grid(
    name: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grids, "EXACT_ROWS", 100)
    rng = np.random.default_rng(3)
    skill = rng.normal(0, 1, 2_000)
    rows = pa.table(
        {
            "id": np.arange(2_000),
            "y": (rng.random(2_000) < 1 / (1 + np.exp(1.0 - skill))).astype(np.int64),
            "p": 1 / (1 + np.exp(1.0 - skill - rng.normal(0, 0.7, 2_000))),
            "amount": rng.gamma(2.0, 30.0, 2_000).round(2),
            "region": rng.choice(["north", "south"], 2_000),
        }
    )
    spec = {
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y", "id": "id"},
        "value": {"act": "case when outcome then amount else -20 end", "skip": 0},
        "model": {"name": "m", "score": "p", "score_is": "probability", "policy": {"threshold": "best"}},
        # More than are looked at at a time, so that cells are counted through finer ones.
        "baselines": {
            **{f"rule {k}": {"when": f"amount > {20 * (k + 1)}"} for k in range(5)},
            "old": {"score": "p", "score_is": "probability", "threshold": 0.3},
        },
        "today": "rule 1",
        "hurdles": [{"name": "worth it", "gain": "0.1 per decision", "over": "rule 1"}],
        "slices": ["region"],
    }
    expected = payoff.evaluate(rows, spec)
    found = payoff.evaluate(there(name, request.getfixturevalue(name), "many_rules", rows), spec)
    assert found.record.hash == expected.record.hash
    for one, other in zip(found.record.estimates, expected.record.estimates, strict=True):
        # Doubles are added in another order.
        assert (one.metric, one.of, one.over) == (other.metric, other.of, other.over)
        values = one.value, other.value
        assert values == (None, None) or one.value == pytest.approx(other.value, rel=1e-8, abs=1e-10), (
            one.metric
        )


@pytest.mark.parametrize(
    ("policy", "cells"),
    [("period", False), ("period", True), ("share", True), ("budget", False), ("waiting", False)],
)
@pytest.mark.parametrize("name", ENGINES)
def test_capacities_are_filled_alike(
    name: str, policy: str, cells: bool, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    if cells:
        monkeypatch.setattr(filling, "EXACT_ROWS", 10)
    rows, spec = limited_rows(), limited_spec(LIMITS[policy])
    server = request.getfixturevalue(name)
    results = [payoff.evaluate(where, spec).record for where in (rows, there(name, server, "limited", rows))]
    assert results[0].hash == results[1].hash
    for what in ("value", "low", "high", "events"):
        expected, found = ({key(one): getattr(one, what) for one in each.estimates} for each in results)
        assert found == pytest.approx(expected, abs=ROUNDING)
    assert results[0].document()["capacities"] == results[1].document()["capacities"]


@pytest.mark.parametrize("policy", ["period", "share", "budget"])
@pytest.mark.parametrize("name", ENGINES)
def test_the_list_of_a_capacity_is_that_of_duckdb(
    name: str, policy: str, request: pytest.FixtureRequest
) -> None:
    rows, spec = limited_rows(), limited_spec(LIMITS[policy])
    server = request.getfixturevalue(name)
    ours, theirs = (
        sorted(payoff.decide(spec, where)) for where in (rows, there(name, server, "listed", rows))
    )
    assert ours == theirs


LIMITS: dict[str, Any] = {
    "period": {"capacity": "3 per day", "by": "team"},
    "share": {"capacity": "15%", "by": "team"},
    "budget": {"budget": "55 per week", "cost": "5 + amount / 20"},
    "waiting": {"capacity": "4 per day", "carry_over": 2},
}


def limited_rows() -> pa.Table:
    rng = np.random.default_rng(5)
    n = 600
    return pa.table(
        {
            "id": np.arange(n),
            "day": pa.array((19_723 + rng.integers(0, 45, n)).astype(np.int32), pa.date32()),
            "y": (rng.random(n) < 0.3).astype(np.int64),
            "p": rng.random(n).round(1),
            "amount": rng.gamma(2.0, 30.0, n).round(2),
            "team": rng.choice(["north", "o'south", "back\\slash"], n),
        }
    )


def limited_spec(policy: Any) -> dict[str, Any]:
    return {
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y", "id": "id", "time": "day", "sampled": 1.0},
        "value": {"act": "case when outcome then amount else 0 end - 9", "skip": 0},
        "model": {"name": "m", "score": "p", "policy": policy},
        "baselines": {"monthly": {"score": "p", "capacity": "90 per month"}},
        "today": "monthly",
        "metrics": [{"value_at_k": {"k": 200}}, {"value_at_k": {"k": 5, "per": "day"}}],
    }


@pytest.mark.parametrize("name", ENGINES)
def test_the_largest_expected_value_is_taken_alike(name: str, request: pytest.FixtureRequest) -> None:
    path, spec = CASES["stranger"]
    asked = yaml.safe_load(spec.read_text(encoding="utf-8"))
    asked["model"]["policy"] = {"maximise": "expected value"}
    asked["data"]["id"] = "number"
    rows = duckdb.sql(f"select *, row_number() over () as number from '{path}'").to_arrow_table()
    server = request.getfixturevalue(name)
    there_and_here = (there(name, server, "maximised", rows), rows)
    found, expected = (payoff.evaluate(where, asked).record for where in there_and_here)
    assert found.totals == expected.totals
    assert found.hash == expected.hash
