"""What the command line writes: every form of a result, over nothing that it reads, as no command to a build."""

import shutil
from pathlib import Path

import pytest
from tests.cli.calls import SPEC, Run, write


def test_a_report_is_rendered_again_without_the_data(folder: Path, payoff: Run) -> None:
    payoff("evaluate", "spec.yaml", "--out", "out")
    (folder / "rows.csv").unlink()
    (folder / "spec.yaml").unlink()
    payoff("report", "out/result.json", "--out", "again.html")
    first, again = (folder / name for name in ("out/report.html", "again.html"))
    assert first.read_text(encoding="utf-8") == again.read_text(encoding="utf-8")


def test_a_result_is_told_in_every_form_without_the_data(folder: Path, payoff: Run) -> None:
    payoff("evaluate", "spec.yaml", "--out", "out")
    files = {"markdown": "summary.md", "text": "summary.txt", "card": "README.md", "csv": "estimates.csv"}
    for form, name in files.items():
        payoff("report", "out/result.json", "--as", form)
        assert (folder / name).read_text(encoding="utf-8")
    done = payoff("report", "out/result.json", "--as", "docx", code=2)
    assert "'docx' is not one of" in done.stderr


def test_every_chart_is_written_into_a_folder_and_the_page_only_if_asked_for(
    folder: Path, payoff: Run
) -> None:
    payoff("evaluate", "spec.yaml", "--out", "out")
    done = payoff("report", "out/result.json", "--charts", "charts", "--png")
    names = {path.name for path in (folder / "charts").iterdir()}
    assert {"hurdles.svg", "hurdles.png", "gains.svg", "policies.png"} <= names
    assert any(name.startswith("value_curve") for name in names)
    assert {f"wrote charts/{name}" for name in names} == set(done.stdout.splitlines())
    assert not (folder / "report.html").exists()
    payoff("report", "out/result.json", "--charts", "charts", "--out", "page.html")
    assert (folder / "page.html").exists()
    assert "goes with --charts" in payoff("report", "out/result.json", "--png", code=2).stderr


@pytest.mark.parametrize(
    "options",
    [
        ("--out", "out/result.json"),
        ("--out", "link.html"),
        ("--reference", "old.json", "--out", "old.json"),
        ("--reference", "old.json", "--pdf", "old.json"),
        ("--out", "a.html", "--pdf", "./a.html"),
        ("--pdf", "report.html", "--as", "html"),
        ("--charts", "out", "--out", "out/value_curve.svg"),
        ("--charts", "old.json"),
        ("--out", "out"),
        ("--out", "-"),
    ],
    ids=" ".join,
)
def test_a_report_never_writes_over_what_it_reads_nor_twice_into_one_file(
    options: tuple[str, ...], folder: Path, payoff: Run
) -> None:
    payoff("evaluate", "spec.yaml", "--out", "out")
    shutil.copy(folder / "out/result.json", folder / "old.json")
    (folder / "link.html").symlink_to("out/result.json")
    before = held(folder)
    done = payoff("report", "out/result.json", *options, code=2)
    assert done.stderr.startswith("PAY105 at -")
    assert held(folder) == before


def held(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_gate_and_tables_are_not_written_over_what_they_come_from(folder: Path, payoff: Run) -> None:
    payoff("evaluate", "spec.yaml", "--out", "out")
    before = held(folder)
    for command in (
        ("gate", "out/result.json", "--junit", "out/result.json"),
        ("gate", "out/result.json", "--junit", "both", "--markdown", "both"),
        ("gate", "spec.yaml", "--markdown", "spec.yaml"),
        ("gate", "spec.yaml", "--reference", "out/result.json", "--out", "out"),
        ("tabulate", "spec.yaml", "--data", "rows.csv", "--out", "rows.csv"),
        ("tabulate", "spec.yaml", "--out", "spec.yaml"),
    ):
        assert payoff(*command, code=2).stderr.startswith("PAY105 at -")
    assert held(folder) == before


@pytest.mark.parametrize("name", ["##[error]m", "::error::m", "##vso[task.setvariable variable=x]y"])
def test_no_name_of_a_spec_becomes_a_command_of_the_build_that_runs_payoff(
    name: str, folder: Path, payoff: Run
) -> None:
    spec = {**SPEC, "model": {**SPEC["model"], "name": name}}
    spec["hurdles"] = [{**SPEC["hurdles"][0], "name": name}]
    del spec["today"]
    write(folder, spec)
    for command in (
        ("evaluate", "spec.yaml", "--out", name),
        ("gate", "spec.yaml"),
        ("gate", "spec.yaml", "--reference", "##[error]none.json"),
        ("gate", "spec.yaml", "--require", "##[error]none"),
        ("check", "spec.yaml"),
        ("check", "spec.yaml", "--explain"),
        ("metrics", "spec.yaml"),
        ("plan", "spec.yaml"),
        ("slices", "spec.yaml", "--columns", "q"),
        ("report", f"{name}/result.json", "--out", "##[error]m.html"),
        ("report", "##[error]none.json"),
    ):
        done = payoff(*command, code=None)
        for line in (*done.stdout.splitlines(), *done.stderr.splitlines()):
            assert "##[" not in line, command
            assert "##vso[" not in line, command
            assert not line.lstrip().startswith("::error::m"), command


def test_a_changed_result_is_refused(folder: Path, payoff: Run) -> None:
    payoff("evaluate", "spec.yaml", "--out", "out")
    stored = folder / "out" / "result.json"
    text = stored.read_text(encoding="utf-8")
    stored.write_text(text.replace('"status": "missed"', '"status": "cleared"'), encoding="utf-8")
    assert text != stored.read_text(encoding="utf-8")
    for command in (("report",), ("gate",)):
        assert "PAY601" in payoff(*command, "out/result.json", code=2).stderr
