"""Outcome by action as it is told: in the terminal, the report, Markdown and the result, user strings escaped."""

import json

import numpy as np
import pyarrow as pa
import pytest
from tests.truth.many import rows_of, spec_of

import payoff

NASTY = "<b>late</b> | *x*"


@pytest.fixture(scope="module")
def found() -> payoff.Result:
    rows, spec = rows_of(41, 600), spec_of()
    rows["y"] = np.where(rows["y"] == "late", NASTY, rows["y"])
    spec["data"]["classes"] = ["paid", NASTY, "default"]
    spec["value"] = {action: text.replace("'late'", f"'{NASTY}'") for action, text in spec["value"].items()}
    spec["model"]["scores"] = {"paid": "p_paid", NASTY: "p_late", "default": "p_default"}
    return payoff.evaluate(pa.table(rows), spec)


def test_the_terminal_tells_the_table_of_the_model_and_of_today(found: payoff.Result) -> None:
    text = found.to_text(160)
    assert "m: outcome by action, rows and EUR per year" in text
    assert "agents: outcome by action" in text
    assert "ladder: outcome by action" not in text
    cell = next(
        one for one in found.record.confusion if (one.of, one.outcome, one.action) == ("m", "paid", "refer")
    )
    assert f"{cell.rows}:" in text


def test_the_report_tells_challengers_too_and_escapes_what_users_write(found: payoff.Result) -> None:
    page = found.to_html()
    assert 'id="confusion"' in page
    assert "Outcome by action of ladder" in page
    assert "<b>late</b>" not in page
    assert "&lt;b&gt;late&lt;/b&gt;" in page


def test_markdown_escapes_what_users_write(found: payoff.Result) -> None:
    text = found.to_markdown()
    assert "outcome by action" in text
    assert "<b>" not in text
    assert "&#60;b&#62;late" in text


def test_the_result_round_trips_with_its_cells(found: payoff.Result) -> None:
    document = json.loads(found.to_json())
    assert len(document["confusion"]) == len(found.record.policies) * 9
    again = payoff.record.from_document(document)
    assert again.hash == found.record.hash
    assert len(again.confusion) == len(found.record.confusion)


def test_key_metrics_are_those_over_all_classes(found: payoff.Result) -> None:
    lines = found.to_text(160).split("Key metrics", 1)[1].splitlines()
    told = {line.split("  ")[0] for line in lines}
    assert {"Accuracy", "F1, macro", "Log loss"} <= told
    assert not any("class" in line for line in told)
