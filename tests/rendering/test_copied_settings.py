"""What-if in the page, in a real browser: a setting that is copied is a spec, and is judged as it was shown."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml

import payoff
from browser import Visit
from customers import rows_of, spec_of
from tried import SAME, SETTLED, SPECS

pytestmark = pytest.mark.system


def copied_from(page: Any) -> str:
    page.locator("#what-if-copy").click()
    page.locator("#what-if-copied:not(:empty)").wait_for()
    return str(page.locator("#what-if-text").input_value())


def moved_to(page: Any, key: str, stop: int) -> None:
    """Move a slider with steps to one of them."""
    page.locator(f".dial[data-key='{key}'] input[type=range]").evaluate(
        "(one, at) => { one.value = at; one.dispatchEvent(new Event('input', {bubbles: true})); }", str(stop)
    )
    page.wait_for_function("() => document.getElementById('what-if').dataset.shown !== ''")


def said_in_comments(text: str) -> str:
    return " ".join(line.removeprefix("# ") for line in text.splitlines() if line.startswith("#"))


def written(text: str, folder: Path, name: str = "what-if.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_copied_setting_is_judged_by_an_evaluation_as_it_was_shown(visit: Visit, tmp_path: Path) -> None:
    """A fixed threshold on a declared support: neither decisions nor the tail rest on the assumptions."""
    rows, spec = pa.table(rows_of(11, 3_000)), SPECS["a declared support"](spec_of)
    result = payoff.evaluate(rows, spec)
    page = visit(result.to_html())
    page.locator(".dial[data-key=win] .exact").fill("52.5")
    page.locator(".dial[data-key=cost] .exact").fill("9")
    page.wait_for_function(SETTLED, arg="#what-if?win=52.5&cost=9")
    copied = copied_from(page)
    assert yaml.safe_load(copied)["assumptions"]["win"] == {
        "likely": 52.5,
        "low": 20,
        "high": 52.5,
        "shape": "p90",
    }
    fresh = payoff.evaluate(rows, written(copied, tmp_path)).verdict.hurdles[0]
    shown = page.locator("#what-if-hurdles tbody tr td:nth-of-type(4) data").get_attribute("value")
    assert float(shown or "nan") == pytest.approx(fresh.probability, abs=SAME)
    assert "an evaluation on the same rows says the same" in said_in_comments(copied)


def test_a_copied_spec_is_the_text_as_it_was_written_but_for_what_was_moved(demo: Path, visit: Visit) -> None:
    page = visit(demo)
    page.locator(".dial[data-key=call_cost] .exact").fill("5.5")
    page.locator(".dial[data-key='decision.volume'] .exact").fill("9000")
    page.wait_for_function(SETTLED, arg="#what-if?call_cost=5.5&decision.volume=9000")
    given = (payoff.demo_folder() / "bank.yaml").read_text(encoding="utf-8")
    expected = given.replace("call_cost: {likely: 5,", "call_cost: {likely: 5.5,").replace(
        "volume: 8400 per year ", 'volume: "9000 per year" '
    )
    assert copied_from(page).endswith(f"\n{expected}")
    page.locator("#what-if-reset").click()
    page.wait_for_function(SETTLED, arg="")
    assert copied_from(page).endswith(f"\n{given}")


def test_a_copy_of_a_tuned_policy_is_tuned_again_and_says_so(
    demo: Path, visit: Visit, tmp_path: Path
) -> None:
    """Held as a number the threshold would be judged as if no row had chosen it: from hold to ship in one click."""
    page = visit(demo)
    page.locator(".dial[data-key=call_cost] .exact").fill("5.5")
    page.wait_for_function(SETTLED, arg="#what-if?call_cost=5.5")
    copied, rows = copied_from(page), payoff.demo_folder() / "bank.parquet"
    again = payoff.evaluate(rows, written(copied, tmp_path))
    asked = payoff.evaluate(None, payoff.demo_folder() / "bank.yaml", assume={"call_cost": 5.5})
    assert again.verdict == asked.verdict
    comments = said_in_comments(copied)
    assert "for boosted, so that figures, confidence and verdict may differ" in comments
    assert "#   policy: {threshold: 0.04402}" in copied
    assert "pilot: cleared, 80.03% confident, 80% asked" in comments


def test_a_moved_threshold_is_no_part_of_the_copied_policy(demo: Path, visit: Visit, tmp_path: Path) -> None:
    page = visit(demo)
    stops = json.loads(page.locator(".dial[data-key='model.threshold']").get_attribute("data-stops") or "[]")
    moved_to(page, "model.threshold", len(stops) // 3)
    copied = copied_from(page)
    assert f"#   policy: {{threshold: {stops[len(stops) // 3]}}}" in copied
    assert "only to judge it on rows that did not choose it" in said_in_comments(copied)
    fresh = payoff.evaluate(payoff.demo_folder() / "bank.parquet", written(copied, tmp_path))
    assert fresh.verdict == payoff.evaluate(None, payoff.demo_folder() / "bank.yaml").verdict


def test_a_moved_capacity_is_written_into_the_policy(visit: Visit, tmp_path: Path) -> None:
    rows, spec = pa.table(rows_of(11, 3_000)), SPECS["a share of the rows"](spec_of)
    page = visit(payoff.evaluate(rows, spec).to_html())
    moved_to(page, "model.capacity", 0)
    copied = copied_from(page)
    assert yaml.safe_load(copied)["model"]["policy"] == {"capacity": 0.05}
    assert "an evaluation judges it with its interval" in said_in_comments(copied)
    payoff.evaluate(rows, written(copied, tmp_path))


def test_what_was_assumed_when_it_was_judged_stands_in_the_copy(visit: Visit) -> None:
    rows, spec = pa.table(rows_of(11, 3_000)), SPECS["a fixed threshold"](spec_of)
    page = visit(payoff.evaluate(rows, spec, assume={"cost": 14.0}).to_html())
    page.wait_for_function(SETTLED, arg="")
    copied = copied_from(page)
    assert yaml.safe_load(copied)["assumptions"]["cost"] == {"likely": 14, "low": 6, "high": 12}
    assert "--assume" not in copied
