"""`payoff report` says what `payoff evaluate` said, letter by letter, from the file alone: no data, no engine."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import fakes
import numpy as np
import pytest

import payoff
from payoff.errors.store import NewerResult, UnreadableResult
from payoff.rendering.report import to_html
from payoff.storage import read_record

SOURCE = Path(__file__).parents[2] / "src"
# Keys of every kind that could be put in the order of the alphabet: none of them stands in it.
SPEC: dict[str, Any] = {
    "decision": {"name": "Call", "unit": "EUR", "volume": "1000 per year", "actions": ["skip_not", "leave"]},
    "data": {"outcome": "y", "id": "id"},
    "value": {"skip_not": "(case when outcome then margin else 0 end) - cost", "leave": 0},
    "assumptions": {
        "margin": {"likely": 10, "low": 8, "high": 12},
        "cost": {"likely": 2, "low": 1, "high": 3},
    },
    "scenarios": {
        "zebra": {"margin": 9, "cost": 2.5},
        "apple": {"margin": 11, "cost": 1.5, "mix": {"wet": {"yes": 0.6, "no": 0.4}}},
    },
    "model": {"name": "z", "score": "p", "score_is": "probability", "policy": {"threshold": 0.3}},
    "challengers": {"a": {"score": "q", "score_is": "probability", "policy": {"threshold": 0.4}}},
    "today": "everybody",
    "hurdles": [{"name": "pays", "gain": "10 per year", "over": "nobody"}],
    "guardrails": [{"metric": "recall", "at_least": 0.1, "in_every": ["wet"]}],
    "slices": ["wet", ["wet", "area"]],
}


@pytest.fixture(scope="module")
def evaluated() -> payoff.Result:
    rng = np.random.default_rng(5)
    n = 3_000
    p = rng.random(n)
    rows = {
        "id": [f"{j:05d}" for j in range(n)],
        "y": (rng.random(n) < p).astype(int),
        "p": np.round(p, 4),
        "q": np.round(0.5 * p + 0.25, 4),
        "wet": rng.choice(["yes", "no"], n),
        "area": rng.choice(["north", "south"], n),
    }
    pyarrow = pytest.importorskip("pyarrow")
    return payoff.evaluate(pyarrow.table(rows), SPEC, assume={"margin": 10.5, "cost": 2.1})


def test_every_form_from_the_file_is_the_form_from_the_evaluation(
    evaluated: payoff.Result, tmp_path: Path
) -> None:
    evaluated.save(tmp_path)
    again = payoff.read_result(tmp_path / "result.json")
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == again.to_html()
    for form in ("to_json", "to_text", "to_markdown", "to_csv", "to_model_card", "_repr_html_"):
        assert getattr(again, form)() == getattr(evaluated, form)(), form


def test_columns_of_a_slice_and_settings_of_a_scenario_keep_the_order_of_the_spec(
    evaluated: payoff.Result, tmp_path: Path
) -> None:
    evaluated.save(tmp_path)
    again = payoff.read_result(tmp_path / "result.json")
    page = again.to_html()
    assert "wet × area" in page
    assert "area × wet" not in page
    assert "wet = no, area = north" in page
    assert "margin 9, cost 2.5" in page
    told = again.to_text(200)
    assert told.index("zebra") < told.index("apple")
    # The file itself stays canonical.
    for line in (tmp_path / "result.json").read_text(encoding="utf-8").splitlines():
        if '"slice": {"' in line:
            assert line.index('"area"') < line.index('"wet"') if '"area"' in line else True


def test_neither_engine_nor_parser_is_loaded_to_render_again(
    evaluated: payoff.Result, tmp_path: Path
) -> None:
    evaluated.save(tmp_path)
    code = (
        "import sys, payoff\n"
        f"told = payoff.read_result({str(tmp_path / 'result.json')!r})\n"
        "for form in ('to_html', 'to_text', 'to_markdown', 'to_csv', 'to_model_card', '_repr_html_'):\n"
        "    getattr(told.since(told), form)()\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(SOURCE), "PATH": ""},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    loaded = set(json.loads(run.stdout.replace("'", '"')))
    assert not loaded & {"duckdb", "sqlglot", "pyarrow", "pandas", "polars", "psycopg", "pyspark"}


def stored(tmp_path: Path, **changed: Any) -> Path:
    document = {**json.loads(fakes.bank().to_json()), **changed}
    path = tmp_path / "result.json"
    path.write_text(
        json.dumps({key: one for key, one in document.items() if one != "absent"}), encoding="utf-8"
    )
    return path


def test_a_result_of_a_newer_schema_says_which_version_reads_it(tmp_path: Path) -> None:
    path = stored(tmp_path, schema=7, payoff_version="3.1.0", curves="absent")
    with pytest.raises(
        NewerResult, match=r"PAY607 at .*schema 7, written by payoff 3\.1\.0.*payoff>=3\.1\.0"
    ):
        read_record(path)


@pytest.mark.parametrize("version", ["1'; rm -rf /", "\u202e1", "", None, 7, ["1"]])
def test_a_version_that_is_none_is_not_put_into_a_command(version: Any, tmp_path: Path) -> None:
    path = stored(tmp_path, schema=2, payoff_version=version)
    with pytest.raises(NewerResult, match="pip install --upgrade payoff") as raised:
        read_record(path)
    assert "rm -rf" not in str(raised.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda content: content[: len(content) // 2], "breaks off in line"),
        (lambda content: content[:-3], "breaks off in line|without checksum|checksum"),
        (lambda _: b"", "an empty file"),
        (lambda _: b"\n \n", "an empty file"),
        (lambda _: b"payoff: 1\n", "no JSON"),
        (lambda _: bytes(range(128, 256)), "bytes that are no text"),
        (lambda _: b"PAR1\x15\x04\x15\x00\xff\xfe", "bytes that are no text"),
        (lambda _: b'{"a": 1,, "b": 2}', "a mistake in line 1, column 9"),
        (lambda _: b"[1]", "JSON that is no object"),
        (lambda content: content.replace(b'"rows": 16998', b'"rows": 16999', 1), "changed by hand"),
        (lambda content: content.replace(b"0.61", b"0.62", 1), "changed by hand"),
    ],
)
def test_a_file_that_is_no_whole_result_is_told_apart(change: Any, said: str, tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    content = fakes.bank().to_json().encode()
    path.write_bytes(change(content))
    assert path.read_bytes() != content
    with pytest.raises(UnreadableResult, match=said) as raised:
        read_record(path)
    assert raised.value.where == str(path)


def test_a_part_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableResult, match="a JSON object without curves"):
        read_record(stored(tmp_path, curves="absent"))


def test_a_folder_and_a_file_that_is_not_there_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text("{}", encoding="utf-8")
    with pytest.raises(UnreadableResult, match=r"a folder with a result\.json in it"):
        read_record(tmp_path)
    with pytest.raises(UnreadableResult, match="no file of that name"):
        read_record(tmp_path / "other.json")


def test_curves_that_a_result_does_not_hold_are_left_out_and_named(tmp_path: Path) -> None:
    result = fakes.bank()
    page = to_html(replace(result, curves=()))
    model = next(one.name for one in result.policies if one.role == "model")
    assert "Not drawn, because the result holds no points for them" in page
    for title in ("ROC", "precision and recall"):
        assert f"{title} of {model}" in page
    assert "Not drawn" not in to_html(result)


def test_a_page_without_sums_to_try_other_numbers_with_says_so() -> None:
    result = payoff.evaluate(None, payoff.demo_folder() / "bank.yaml").record
    assert "Other numbers cannot be tried in this page" not in to_html(result)
    page = to_html(replace(result, revaluing=None))
    assert "Other numbers cannot be tried in this page, because the result holds no sums for it" in page
    assert 'id="what-if-data"' not in page


def test_a_newer_result_of_the_version_that_runs_is_not_answered_with_that_version(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text(json.dumps({"schema": 10**6, "payoff_version": payoff.__version__}), encoding="utf-8")
    with pytest.raises(NewerResult, match="newer than this one, though both are called"):
        read_record(path)
