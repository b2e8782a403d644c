"""The command line as users meet it: exit codes, what goes to stdout, and no traceback on stderr."""

import csv
import io
import json
import os
import shlex
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.cli.calls import BANK, SOURCE, SPEC, Run, write

from payoff import __version__

COMMANDS = ("demo", "init", "check", "evaluate", "gate", "metrics", "report", "decide", "slices")


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_exits_0_and_names_every_command(command: str, payoff: Run) -> None:
    done = payoff(*([command] if command else []), "--help")
    assert "Usage" in done.stdout
    if not command:
        assert all(name in done.stdout for name in COMMANDS)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--nonsense",),
        ("evaluat",),
        ("evaluate", "spec.yaml", "--nonsense"),
        ("evaluate",),
        ("gate", "spec.yaml", "--require"),
        ("check", "no-such-spec.yaml"),
        ("evaluate", "no-such-spec.yaml"),
        ("evaluate", "."),
        ("evaluate", "rows.csv"),
        ("report", "no-such-result.json"),
        ("report", "spec.yaml"),
        ("init", "no-such-data.csv"),
        ("init", "spec.yaml"),
        ("evaluate", "spec.yaml", "--data", "no-such-data.parquet"),
        ("evaluate", "spec.yaml", "--assume", "margin=ten"),
        ("evaluate", "spec.yaml", "--assume", "margin"),
        ("evaluate", "spec.yaml", "--assume", "margin=nan"),
        ("plan", "spec.yaml", "--prevalence", "0.1", "--assume", "margin=inf"),
        ("evaluate", "spec.yaml", "--out", "rows.csv/inside"),
        ("decide", "spec.yaml", "--result", "rows.csv"),
        ("metrics", "no-such-spec.yaml"),
        ("metrics", "spec.yaml", "--data", "no-such-data.parquet"),
        ("gate", "spec.yaml", "--looks", "often"),
        ("gate", "spec.yaml", "--looks", "0"),
    ],
)
def test_what_cannot_be_done_exits_2_with_a_remedy_and_nothing_on_stdout(
    arguments: tuple[str, ...], payoff: Run
) -> None:
    done = payoff(*arguments, code=2)
    assert done.stderr.strip()
    if arguments[:1] != ("evaluate",) or "--out" not in arguments:
        assert done.stdout == ""


def test_the_version_is_printed(payoff: Run) -> None:
    assert payoff("--version").stdout == __version__ + "\n"


def test_the_demonstration_writes_both_files_and_a_verdict(folder: Path, payoff: Run) -> None:
    done = payoff("demo", "--out", "shown")
    assert done.stdout.split(":")[0] in ("SHIP", "HOLD", "REJECT")
    document = json.loads((folder / "shown" / "result.json").read_text(encoding="utf-8"))
    assert document["data"]["rows"] == 13_752
    assert (
        (folder / "shown" / "report.html").read_text(encoding="utf-8").lower().startswith("<!doctype html>")
    )


def test_json_keeps_stdout_pure_and_files_come_on_top(folder: Path, payoff: Run) -> None:
    done = payoff("evaluate", "spec.yaml", "--json", "--out", "out")
    document = json.loads(done.stdout)
    assert document["verdict"]["overall"] == "ship"
    assert {path.name for path in (folder / "out").iterdir()} == {"result.json", "report.html"}
    stored = json.loads((folder / "out" / "result.json").read_text(encoding="utf-8"))
    assert stored["hash"] == document["hash"]
    assert json.loads(payoff("check", "spec.yaml", "--json").stdout) is not None


def test_an_evaluation_exits_0_whatever_the_verdict(folder: Path, payoff: Run) -> None:
    write(folder, SPEC | {"hurdles": [{"name": "h", "gain": "90000 per year", "over": "nobody"}]})
    assert payoff("evaluate", "spec.yaml").stdout.startswith("REJECT")


def test_another_likely_value_is_used_and_recorded(payoff: Run) -> None:
    plain = json.loads(payoff("evaluate", "spec.yaml", "--json").stdout)
    other = json.loads(payoff("evaluate", "spec.yaml", "--json", "--assume", "margin=9").stdout)
    assert plain["overrides"] == {}
    assert other["overrides"] == {"assume": {"margin": 9.0}}
    assert other["hash"] != plain["hash"]
    assert next(one["likely"] for one in other["assumptions"] if one["name"] == "margin") == 9.0


def test_an_unknown_assumption_exits_2_and_suggests_the_nearest(payoff: Run) -> None:
    done = payoff("evaluate", "spec.yaml", "--assume", "margn=9", code=2)
    assert "did you mean margin?" in done.stderr
    assert "PAY102" in done.stderr


def test_a_challenger_takes_the_place_of_the_model_and_that_is_recorded(payoff: Run) -> None:
    document = json.loads(payoff("evaluate", "spec.yaml", "--json", "--model", "old").stdout)
    assert document["overrides"] == {"model": "old"}
    roles = {one["name"]: one["role"] for one in document["policies"]}
    assert (roles["old"], roles["new"]) == ("model", "challenger")
    assert {one["of"] for one in document["verdict"]["hurdles"]} == {"old"}
    assert "did you mean old?" in payoff("evaluate", "spec.yaml", "--model", "odl", code=2).stderr


def test_init_writes_a_spec_once_and_never_overwrites(folder: Path, payoff: Run) -> None:
    payoff("init", "rows.csv", "--out", "drafted.yaml")
    drafted = (folder / "drafted.yaml").read_text(encoding="utf-8")
    assert yaml.safe_load(drafted)["data"]["outcome"] == "y"
    (folder / "drafted.yaml").write_text("mine", encoding="utf-8")
    done = payoff("init", "rows.csv", "--out", "drafted.yaml", code=2)
    assert "PAY105" in done.stderr
    assert (folder / "drafted.yaml").read_text(encoding="utf-8") == "mine"


def test_check_exits_2_on_an_error_of_the_rows_and_0_on_remarks(folder: Path, payoff: Run) -> None:
    payoff("check", "spec.yaml")
    rows = (folder / "rows.csv").read_text(encoding="utf-8").splitlines()
    (folder / "rows.csv").write_text("\n".join([*rows, rows[1]]) + "\n", encoding="utf-8")
    done = payoff("check", "spec.yaml", code=2)
    assert "error:" in done.stdout
    assert "00000" in done.stdout
    assert any(
        one["severity"] == "error"
        for one in json.loads(payoff("check", "spec.yaml", "--json", code=2).stdout)
    )
    payoff("evaluate", "spec.yaml", code=2)
    assert "PAY504" in payoff("gate", "spec.yaml", code=2).stderr


def test_check_explains_what_a_row_is_worth(payoff: Run) -> None:
    assert "- When we " in payoff("check", "spec.yaml", "--explain").stdout
    told = json.loads(payoff("check", "spec.yaml", "--explain", "--json").stdout)
    assert set(told) == {"checks", "explained"}
    assert {cell["action"] for cell in told["explained"]["cells"]} == set(
        SPEC["decision"].get("actions", ["act", "skip"])
    )


def test_every_problem_of_a_spec_is_told_at_once(folder: Path, payoff: Run) -> None:
    write(folder, SPEC | {"hurdels": [], "desicion": {}})
    done = payoff("check", "spec.yaml", code=2)
    assert "did you mean hurdles?" in done.stderr
    assert "did you mean decision?" in done.stderr


def test_decisions_are_one_line_per_row_by_the_threshold(folder: Path, payoff: Run) -> None:
    done = payoff("decide", "spec.yaml")
    found = list(csv.DictReader(io.StringIO(done.stdout)))
    rows = list(csv.DictReader(io.StringIO((folder / "rows.csv").read_text(encoding="utf-8"))))
    assert done.stdout.splitlines()[0] == "id,score,action"
    assert [one["id"] for one in found] == [row["id"] for row in rows]
    assert [float(one["score"]) for one in found] == [float(row["p"]) for row in rows]
    expected = ["call" if float(row["p"]) >= 0.3 else "skip" for row in rows]
    assert [one["action"] for one in found] == expected


def test_rows_without_a_score_are_not_decided(folder: Path, payoff: Run) -> None:
    (folder / "new.csv").write_text("id,p\n1,0.5\n2,\n", encoding="utf-8")
    done = payoff("decide", "spec.yaml", "--data", "new.csv", code=2)
    assert "1 scores missing" in done.stderr
    assert [line for line in done.stdout.splitlines() if line != "id,score,action"] == []


def test_a_tuned_threshold_decides_only_with_the_result_that_chose_it(folder: Path, payoff: Run) -> None:
    spec = SPEC | {"model": SPEC["model"] | {"policy": {"threshold": "best"}}}
    write(folder, spec)
    assert "PAY104" in payoff("decide", "spec.yaml", code=2).stderr
    payoff("evaluate", "spec.yaml", "--out", "out")
    document = json.loads((folder / "out" / "result.json").read_text(encoding="utf-8"))
    at = next(one["threshold"] for one in document["policies"] if one["name"] == "new")
    (folder / "new.csv").write_text(f"id,p\na,{at}\nb,{at - 0.001}\n", encoding="utf-8")
    done = payoff("decide", "spec.yaml", "--data", "new.csv", "--result", "out/result.json")
    assert [line.split(",")[2] for line in done.stdout.splitlines()[1:]] == ["call", "skip"]


def test_ids_that_a_spreadsheet_would_run_are_defused(folder: Path, payoff: Run) -> None:
    ids = ["=1+1", "+2", "-3x", "@sum", " =2", "\t=3", 'a"b', "plain"]
    with (folder / "new.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([["id", "p"], *([one, 0.5] for one in ids)])
    done = payoff("decide", "spec.yaml", "--data", "new.csv")
    found = [row[0] for row in csv.reader(io.StringIO(done.stdout))][1:]
    assert len(found) == len(ids)
    assert all(one.lstrip()[:1] not in set("=+-@") and one[:1] not in "\t\r" for one in found)
    assert found[-2:] == ['a"b', "plain"]


def test_the_gate_exits_by_its_verdict(folder: Path, payoff: Run) -> None:
    done = payoff("gate", "spec.yaml", "--out", "out")
    assert done.stdout.splitlines()[-1].startswith("ship: Use the model “new”")
    assert payoff("gate", "out/result.json").stdout == done.stdout
    assert (
        payoff("gate", "out/result.json", "--require", "pays a lot", code=1).stdout.splitlines()[-1][:6]
        == "reject"
    )
    assert "did you mean pays?" in payoff("gate", "spec.yaml", "--require", "pay", code=2).stderr
    write(folder, SPEC | {"hurdles": [{"name": "h", "gain": "2300 per year", "over": "nobody"}]})
    open_one = json.loads(payoff("evaluate", "spec.yaml", "--json").stdout)
    gain = next(one["gain"] for one in open_one["verdict"]["hurdles"])
    write(folder, SPEC | {"hurdles": [{"name": "h", "gain": f"{gain:.0f} per year", "over": "nobody"}]})
    assert payoff("gate", "spec.yaml", code=3).stdout.splitlines()[-1].startswith("hold: Not yet")
    write(folder, {key: value for key, value in SPEC.items() if key != "hurdles"})
    assert "PAY502" in payoff("gate", "spec.yaml", code=2).stderr


def test_a_missing_reference_exits_2_unless_this_is_the_first(folder: Path, payoff: Run) -> None:
    done = payoff("gate", "spec.yaml", "--reference", "release.json", code=2)
    assert "PAY505" in done.stderr
    assert done.stdout == ""
    payoff("gate", "spec.yaml", "--reference", "release.json", "--first")
    payoff("evaluate", "spec.yaml", "--out", "out")
    payoff("gate", "spec.yaml", "--reference", "out/result.json")
    write(folder, SPEC | {"decision": SPEC["decision"] | {"name": "Another"}})
    assert "PAY505" in payoff("gate", "spec.yaml", "--reference", "out/result.json", code=2).stderr


def test_the_gate_writes_junit_and_markdown(folder: Path, payoff: Run) -> None:
    payoff("gate", "spec.yaml", "--junit", "ci/junit.xml", "--markdown", "ci/summary.md")
    suite = ET.fromstring((folder / "ci" / "junit.xml").read_text(encoding="utf-8"))
    assert suite.get("tests") == "2"
    assert suite.get("failures") == "0"
    assert "pays" in (folder / "ci" / "summary.md").read_text(encoding="utf-8")


def test_a_spec_that_is_no_text_is_refused_in_plain_words(folder: Path, payoff: Run) -> None:
    (folder / "bad.yaml").write_bytes(bytes(range(128, 256)) * 10)
    (folder / "list.yaml").write_text("- 1\n- 2\n", encoding="utf-8")
    (folder / "empty.yaml").write_text("", encoding="utf-8")
    for name in ("bad.yaml", "list.yaml", "empty.yaml"):
        assert "Fix:" in payoff("check", name, code=2).stderr


def test_a_reader_that_leaves_early_gets_no_complaint(folder: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    command = f"{sys.executable} -m payoff decide spec.yaml | head -n 1"
    done = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == "id,score,action\n"
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_the_files_are_written_before_anything_is_printed(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    command = (
        f"{shlex.quote(sys.executable)} -m payoff demo --out {shlex.quote(str(tmp_path / 'out'))} | true"
    )
    subprocess.run(["bash", "-c", command], env=environment, check=False, capture_output=True)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["report.html", "result.json"]


def test_a_search_over_slices_prints_a_table_or_pure_json(payoff: Run) -> None:
    asked = ["slices", str(BANK), "--columns", "job, housing"]
    told = payoff(*asked)
    assert "confident loss" in told.stdout
    assert "housing = no" in told.stdout
    found = json.loads(payoff(*asked, "--json", "--depth", "1").stdout)
    assert found["depth"] == 1
    assert {len(one["slice"]) for one in found["losses"]} == {1}


def test_a_column_that_is_not_there_cannot_be_searched(payoff: Run) -> None:
    told = payoff("slices", str(BANK), "--columns", "hosing", code=2)
    assert "PAY108" in told.stderr
    assert "did you mean housing" in told.stderr
    assert told.stdout == ""


def test_metrics_are_told_as_text_and_as_json_and_stdout_is_pure(payoff: Run) -> None:
    told = payoff("metrics", "spec.yaml").stdout
    assert "Misleads here" in told
    assert "Which model each metric would choose" in told
    document = json.loads(payoff("metrics", "spec.yaml", "--json").stdout)
    assert {one["role"] for one in document["metrics"]} >= {"decide by", "read beside"}
    assert document["rows"] == 600


def test_looks_are_asked_of_the_gate_and_stored(folder: Path, payoff: Run) -> None:
    told = payoff("gate", "spec.yaml", "--looks", "2", "--out", "stored").stdout
    assert "judged 2 times in all" in told
    document = json.loads((folder / "stored" / "result.json").read_text(encoding="utf-8"))
    assert (document["looks"]["count"], document["overrides"]["looks"]) == (2, "2")
    again = payoff("gate", "stored/result.json", "--looks", "any-time", code=2)
    assert "PAY507" in again.stderr


IDEA: dict[str, Any] = {
    "decision": {"name": "Call", "unit": "EUR", "volume": "1000 per year", "actions": ["call", "skip"]},
    "value": {"call": "(case when outcome then 10 else 0 end) - 2", "skip": 0},
    "today": "nobody",
    "hurdles": [{"name": "pays", "gain": "500 per year"}, {"name": "never", "gain": "9000 per year"}],
}


def test_plan_needs_no_model_and_exits_0_whatever_it_says(payoff: Run, folder: Path) -> None:
    write(folder, IDEA, "idea.yaml")
    told = payoff("plan", "idea.yaml", "--prevalence", "0.1", "--out", "out")
    assert told.stdout.startswith("PLAN: To clear pays")
    assert (folder / "out" / "plan.html").is_file()
    document = json.loads(payoff("plan", "idea.yaml", "--prevalence", "0.1", "--json").stdout)
    assert document == json.loads((folder / "out" / "plan.json").read_text(encoding="utf-8"))
    assert [one["status"] for one in document["hurdles"]] == ["reachable", "unreachable"]
    payoff("evaluate", "idea.yaml", code=2)


def test_plan_says_what_is_lacking_and_exits_2(payoff: Run, folder: Path) -> None:
    write(folder, IDEA, "idea.yaml")
    assert "PAY512" in payoff("plan", "idea.yaml", code=2).stderr
    assert "PAY103" in payoff("plan", "idea.yaml", "--prevalence", "5", code=2).stderr
    write(
        folder, {**IDEA, "value": {"call": "case when outcome then -2 else 10 end", "skip": 0}}, "turned.yaml"
    )
    assert "PAY513" in payoff("plan", "turned.yaml", "--prevalence", "0.1", code=2).stderr
    three = {**IDEA["decision"], "actions": ["a", "b", "c"]}
    write(folder, {**IDEA, "decision": three, "value": {"a": 1, "b": 1, "c": 0}}, "three.yaml")
    assert "PAY109" in payoff("plan", "three.yaml", "--prevalence", "0.1", code=2).stderr


def test_plan_takes_rows_and_a_result_of_the_same_decision(payoff: Run, folder: Path) -> None:
    payoff("evaluate", "spec.yaml", "--out", "done")
    told = payoff("plan", "spec.yaml", "--result", "done/result.json", "--assume", "margin=9").stdout
    assert "From new to the next hurdle, pays a lot" in told
    assert "600 rows" in told
    other = {**SPEC, "decision": {**SPEC["decision"], "name": "Post"}}
    write(folder, other, "other.yaml")
    assert "PAY514" in payoff("plan", "other.yaml", "--result", "done/result.json", code=2).stderr
