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
