"""The estimates as CSV and the result as a model card: complete, and harmless whatever a name holds."""

import csv
import io
import json
from dataclasses import fields, replace
from typing import Any

import fake_parts
import fakes
import pytest
import yaml

from payoff.rendering.languages import language
from payoff.rendering.model_card import TEMPLATE, to_model_card
from payoff.rendering.spreadsheets import COLUMNS, to_csv
from payoff.stats.estimates import Estimate

BUILDS = [fakes.bank, fakes.without_hurdles, fakes.one_class, fakes.partial, fakes.hostile]
# What a spreadsheet takes for the beginning of a formula.
FORMULAS = ("=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "  =cmd|' /C calc'!A0")
NUMBERS = ("value", "low", "high", "low_adjusted", "high_adjusted", "level")


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_csv_holds_every_estimate_with_every_field() -> None:
    result = fakes.bank()
    rows = rows_of(to_csv(result))
    assert set(COLUMNS) == {field.name for field in fields(Estimate)}
    assert len(rows) == len(result.estimates)
    for row, one in zip(rows, result.estimates, strict=True):
        for name in NUMBERS:
            expected = getattr(one, name)
            # Ten significant digits.
            assert (float(row[name]) if row[name] else None) == (
                None if expected is None else pytest.approx(expected, rel=1e-9)
            )
        assert (json.loads(row["slice"]) if row["slice"] else None) == one.slice
        assert (row["metric"], row["of"], row["over"]) == (one.metric, one.of, one.over or "")


@pytest.mark.parametrize("payload", FORMULAS)
def test_no_text_of_the_csv_is_a_formula(payload: str) -> None:
    for row in rows_of(to_csv(fakes.hostile(payload))):
        for name, text in row.items():
            if name not in (*NUMBERS, "rows", "events"):
                assert not text.lstrip().startswith(("=", "+", "-", "@"))
                assert not text.startswith(("\t", "\r"))


@pytest.mark.parametrize("build", BUILDS)
def test_the_metadata_of_a_card_is_yaml_that_names_the_model(build: Any) -> None:
    result = build()
    _, head, body = to_model_card(result).split("---\n", 2)
    found = yaml.safe_load(head)["model-index"][0]
    name = next((one.name for one in result.policies if one.role == "model"), "model")
    assert found["name"] == name
    assert all(isinstance(metric["value"], float) for each in found["results"] for metric in each["metrics"])
    assert "# Model Card for" in body


@pytest.mark.parametrize(
    "payload", [fake_parts.HOSTILE, "\n---\nevil: true\n---\n", "# Heading", "[x](http://evil)"]
)
def test_a_name_neither_ends_the_metadata_nor_becomes_markup(payload: str) -> None:
    text = to_model_card(fakes.hostile(payload))
    _, head, body = text.split("---\n", 2)
    assert set(yaml.safe_load(head)) == {"tags", "model-index"}
    assert "<img" not in body
    assert "](http" not in body
    headings = [line for line in body.splitlines() if line.startswith("#")]
    plain = [line for line in to_model_card(fakes.bank()).splitlines() if line.startswith("#")]
    assert [line.split(" for ")[0] for line in headings] == [line.split(" for ")[0] for line in plain]


def test_what_payoff_cannot_know_is_left_open_and_the_verdict_is_told() -> None:
    text = to_model_card(fakes.bank())
    assert text.count("[More Information Needed]") >= 4
    assert "**Ship.**" in text
    assert len(text) < 20_000


# Every heading of huggingface_hub's modelcard_template.md, in its order.
HEADINGS = """## Model Details
### Model Description
### Model Sources [optional]
## Uses
### Direct Use
### Downstream Use [optional]
### Out-of-Scope Use
## Bias, Risks, and Limitations
### Recommendations
## How to Get Started with the Model
## Training Details
### Training Data
### Training Procedure
#### Preprocessing [optional]
#### Training Hyperparameters
#### Speeds, Sizes, Times [optional]
## Evaluation
### Testing Data, Factors & Metrics
#### Testing Data
#### Factors
#### Metrics
### Results
#### Summary
## Model Examination [optional]
## Environmental Impact
## Technical Specifications [optional]
### Model Architecture and Objective
### Compute Infrastructure
#### Hardware
#### Software
## Citation [optional]
## Glossary [optional]
## More Information [optional]
## Model Card Authors [optional]
## Model Card Contact""".splitlines()


@pytest.mark.parametrize("code", ["en", "de"])
def test_a_card_has_the_headings_of_the_template_and_no_other(code: str) -> None:
    card = to_model_card(fakes.bank(), language(code))
    found = [line for line in card.splitlines() if line.startswith("##")]
    assert found == HEADINGS
    assert set(HEADINGS) <= TEMPLATE


def test_a_card_tells_the_gain_to_the_hub_and_each_slice_with_its_column() -> None:
    result = fakes.bank()
    card = to_model_card(result)
    metrics = yaml.safe_load(card.split("---\n")[1])["model-index"][0]["results"][0]["metrics"]
    hurdle = result.verdict.hurdles[0]
    assert metrics[0]["type"] == hurdle.metric
    assert metrics[0]["value"] == pytest.approx(hurdle.gain, rel=1e-5)  # six digits
    assert f"over {hurdle.over}, {hurdle.unit}" in metrics[0]["name"]
    factors = card.split("#### Factors")[1].split("#### Metrics")[0]
    rows = [line for line in factors.splitlines() if line.startswith("| ")][1:]
    assert rows
    assert all(" &#61; " in line.split(" | ")[0] for line in rows if not set(line) <= set("|- "))


def test_a_small_number_of_a_card_is_a_number_in_yaml() -> None:
    result = fakes.bank()
    tiny = [replace(one, value=1e-7) if one.metric == "brier_score" else one for one in result.estimates]
    head = to_model_card(replace(result, estimates=tuple(tiny))).split("---\n")[1]
    found = yaml.safe_load(head)["model-index"][0]["results"][0]["metrics"]
    assert {one["type"]: one["value"] for one in found}["brier_score"] == 1e-7
