"""A stored plan told again by `payoff report`: in another language and form, without the spec it was made of."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.calls import Run, write

IDEA: dict[str, Any] = {
    "decision": {"name": "Call", "unit": "EUR", "volume": "1000 per year", "actions": ["call", "skip"]},
    "value": {"call": "(case when outcome then 10 else 0 end) - 2", "skip": 0},
    "today": "nobody",
    "hurdles": [{"name": "pays", "gain": "500 per year"}, {"name": "never", "gain": "9000 per year"}],
}


@pytest.fixture
def planned(folder: Path, payoff: Run) -> Path:
    """A folder that holds a stored plan and nothing that it was made of."""
    write(folder, IDEA, "idea.yaml")
    payoff("plan", "idea.yaml", "--prevalence", "0.1", "--out", "out")
    (folder / "idea.yaml").unlink()
    return folder


def test_a_stored_plan_is_told_as_it_was_when_it_was_made(planned: Path, payoff: Run) -> None:
    assert payoff("report", "out/plan.json").stdout == "wrote plan.html\n"
    first, again = planned / "out" / "plan.html", planned / "plan.html"
    assert again.read_text(encoding="utf-8") == first.read_text(encoding="utf-8")


def test_a_stored_plan_is_told_in_german_in_every_form_of_a_plan(planned: Path, payoff: Run) -> None:
    begins = {
        ("html", "plan.html"): '<!DOCTYPE html>\n<html lang="de"',
        ("markdown", "plan.md"): "## ✓ Erreichbar: Call\n\n**Um pays zu nehmen",
        ("text", "plan.txt"): "PLAN: Um pays zu nehmen (500 EUR pro Jahr gegenüber nobody (heute)),",
    }
    for (form, name), start in begins.items():
        done = payoff("report", "out/plan.json", "--as", form, "--language", "de")
        assert done.stdout == f"wrote {name}\n"
        assert (planned / name).read_text(encoding="utf-8").startswith(start)


def test_charts_of_a_stored_plan_are_written_in_its_language(planned: Path, payoff: Run) -> None:
    payoff("report", "out/plan.json", "--charts", "charts", "--language", "de")
    names = {path.name for path in (planned / "charts").iterdir()}
    assert names == {"frontier-1.svg", "frontier-2.svg", "accuracy.svg"}
    assert "Trefferquote" in (planned / "charts" / "frontier-1.svg").read_text(encoding="utf-8")
    assert not (planned / "plan.html").exists()


@pytest.mark.parametrize(
    ("options", "where"),
    [
        (("--as", "card"), "--as: found card, and a stored plan, expected html, markdown or text of a plan"),
        (("--as", "csv", "--out", "a.csv"), "--as: found csv, and a stored plan"),
        (("--reference", "out/plan.json"), "--reference: found a result to compare with, and a stored plan"),
    ],
)
def test_what_only_a_result_has_is_refused_of_a_plan(
    options: tuple[str, ...], where: str, planned: Path, payoff: Run
) -> None:
    before = sorted(planned.rglob("*"))
    assert payoff("report", "out/plan.json", *options, code=2).stderr.startswith(f"PAY129 at {where}")
    assert sorted(planned.rglob("*")) == before


def test_a_plan_is_not_written_over_itself(planned: Path, payoff: Run) -> None:
    before = (planned / "out" / "plan.json").read_bytes()
    assert "PAY105" in payoff("report", "out/plan.json", "--out", "out/plan.json", code=2).stderr
    assert (planned / "out" / "plan.json").read_bytes() == before


def test_a_plan_that_was_changed_cut_or_is_of_another_time_is_refused(planned: Path, payoff: Run) -> None:
    stored = planned / "out" / "plan.json"
    text, document = stored.read_text(encoding="utf-8"), json.loads(stored.read_text(encoding="utf-8"))
    without = {name: value for name, value in document.items() if name != "checksum"}
    for written, said in (
        (text.replace('"reachable"', '"no model needed"'), "PAY609 at out/plan.json: found a checksum that does"),
        (json.dumps({**document, "schema": 2, "payoff_version": "9.1"}), "PAY607 at out/plan.json: found a plan of "),
        (json.dumps({**document, "schema": 0}), "PAY609 at out/plan.json: found schema 0"),
        (json.dumps({**document, "hurdles": "none"}), "PAY609 at out/plan.json: found something else, or a part"),
        (json.dumps({**document, "more": 1}), "PAY609 at out/plan.json: found something else"),
        (json.dumps(without), "PAY609 at out/plan.json: found a plan without a checksum"),
        (text[:900], "PAY601 at out/plan.json: found JSON that breaks off"),
    ):  # fmt: skip
        assert written != text
        stored.write_text(written, encoding="utf-8")
        assert payoff("report", "out/plan.json", code=2).stderr.startswith(said)


def test_a_plan_is_no_result_to_gate_or_to_plan_from(planned: Path, payoff: Run) -> None:
    write(planned, IDEA, "idea.yaml")
    for command in (("gate", "out/plan.json"), ("plan", "idea.yaml", "--result", "out/plan.json")):
        assert payoff(*command, code=2).stderr.startswith(
            "PAY601 at out/plan.json: found a plan, which has no"
        )
