"""Bad files and columns through the real command line: named with code, place and remedy; exit 2, no traceback."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pytest

import payoff

Columns = dict[str, list[Any]]
Runner = Callable[..., Any]

NO_ROWS = pa.table(
    {"id": pa.array([], pa.string()), "y": pa.array([], pa.int64()), "p": pa.array([], pa.float64())}
)


@pytest.mark.parametrize(
    ("rows", "name", "code", "says"),
    [
        pytest.param("", "rows.csv", "PAY401", "an empty file", id="empty CSV"),
        pytest.param(b"", "rows.parquet", "PAY401", "an empty file", id="empty Parquet"),
        pytest.param("id,y,p\n", "rows.csv", "PAY303", "0 rows", id="header only"),
        pytest.param(NO_ROWS, "rows.parquet", "PAY303", "0 rows", id="no rows"),
        pytest.param("id,y,p\n1,0,0.5\n2,1,0.6,9,9\n3,1\n", "rows.csv", "PAY401", "Line: 3", id="ragged"),
        pytest.param(bytes(range(256)) * 20, "rows.parquet", "PAY401", "rows.parquet", id="garbage Parquet"),
        pytest.param(
            b"PAR1" + bytes(60) + b"PAR1", "rows.parquet", "PAY401", "rows.parquet", id="broken Parquet"
        ),
        pytest.param(bytes(range(256)) * 20, "rows.csv", "PAY401", "rows.csv", id="garbage CSV"),
        pytest.param("{not json\n", "rows.jsonl", "PAY401", "rows.jsonl", id="no JSON"),
        pytest.param("id,y,p\n1,0,0.5\n", "rows.xlsx", "PAY401", ".xlsx", id="unknown ending"),
    ],
)
def test_a_file_that_holds_no_table_is_named(
    run: Runner, spec: Runner, rows: Any, name: str, code: str, says: str
) -> None:
    seen = run(spec(), rows, name)
    assert (seen.exit, seen.result) == (2, None)
    assert code in seen.words
    assert says in seen.words
    assert "Fix:" in seen.words


@pytest.mark.parametrize(
    ("changes", "code", "says"),
    [
        ({"data__outcome": "Y2"}, "PAY301", "'Y2'"),
        ({"data__weight": "wieght"}, "PAY301", "'wieght'"),
        ({"model__score": "id"}, "PAY302", "VARCHAR"),
        ({"data__weight": "id"}, "PAY302", "VARCHAR"),
        ({"data__time": "amount"}, "PAY302", "DOUBLE"),
    ],
)
def test_a_column_that_is_missing_or_cannot_play_its_part_is_named(
    run: Runner, spec: Runner, columns: Columns, changes: dict[str, str], code: str, says: str
) -> None:
    seen = run(spec(**changes), columns)
    assert (seen.exit, code in seen.words, says in seen.words) == (2, True, True)


NAMES = ['a"b', "it's", "select", "case", "a;b--c", "[x]", "with space", "\u00fc\u00df\U0001f600", "x" * 300]


@pytest.mark.parametrize("name", [*NAMES, "</script><img src=x>", "{{7*7}}"])
@pytest.mark.parametrize("file", ["rows.parquet", "rows.csv"])
def test_a_column_of_any_name_is_a_column(
    run: Runner, spec: Runner, columns: Columns, name: str, file: str
) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    parts = ("y", "id", "p", "amount", "w")
    asked = spec(
        value={"act": f"case when outcome then {quoted} else -1 end", "skip": 0},
        baselines={"large": {"when": f"{quoted} > 30", "do": "act"}},
        slices=[name],
    )
    table = pa.table(columns | {name: [10.5 + j % 40 for j in range(60)]})
    rows: Any = table if file.endswith("parquet") else as_csv(table)
    seen = run(asked, rows, file)
    assert seen.exit == 0, seen.words
    assert {one["slice"][name] for one in seen.result["estimates"] if one["slice"]} >= {"10.5", "49.5"}
    assert set(parts) < set(table.column_names)


def as_csv(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pa.csv.write_csv(table, sink)
    return bytes(sink.getvalue().to_pybytes())


def in_a_process(*words: str) -> subprocess.CompletedProcess[str]:
    source = str(Path(payoff.__file__).parents[1])
    return subprocess.run(
        [sys.executable, "-m", "payoff", *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": source},
    )


SPEC = """\
decision: {unit: EUR}
data: {outcome: y, id: id}
value: {act: case when outcome then 10 else -1 end, skip: 0}
model: {name: m, score: p, score_is: probability, policy: {threshold: 0.5}}
hurdles: [{name: any, gain: 0.1 per decision, over: nobody}]
"""


@pytest.mark.parametrize("command", ["evaluate", "gate", "check", "decide"])
def test_a_process_that_meets_bad_rows_leaves_with_2_and_no_traceback(tmp_path: Path, command: str) -> None:
    (tmp_path / "spec.yaml").write_text(SPEC)
    (tmp_path / "rows.csv").write_text("id,y,p\n" + "".join(f"r{j},{j % 2},{j}\n" for j in range(30)))
    (tmp_path / "garbage.parquet").write_bytes(bytes(range(256)))
    for name in ("rows.csv", "garbage.parquet", "absent.csv"):
        if (command, name) == ("decide", "rows.csv"):
            continue  # decides whatever the outcome says; scores out of range are the evaluation's finding
        done = in_a_process(command, str(tmp_path / "spec.yaml"), "--data", str(tmp_path / name))
        assert done.returncode == 2, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        assert "PAY" in done.stdout + done.stderr
