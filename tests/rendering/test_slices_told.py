"""Slices as the terminal and the report tell them: small ones by name alone, shrunken values beside the plain ones."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import payoff

HOSTILE = "</td><script>alert(1)</script>"


@pytest.fixture(scope="module")
def result() -> payoff.Result:
    """A result with four large slices and three of five rows each, one of them with a hostile name."""
    rng = np.random.default_rng(0)
    n = 8_000
    region = rng.choice(["north", "south", "west", "east"], n).astype(object)
    region[:15] = np.repeat(["islet", HOSTILE, "rock"], 5)
    p = rng.random(n).round(2)
    amount = rng.integers(4, 200, n) / 4 * np.where(region == "west", 2.0, 1.0)
    rows: dict[str, Any] = {
        "id": np.arange(n),
        "y": (rng.random(n) < p).astype(np.int64),
        "p": p,
        "amount": amount,
        "region": pa.array(region.tolist()),
    }
    spec = {
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y", "id": "id"},
        "value": {"act": "(case when outcome then amount else 0 end) - 8", "skip": "0"},
        "model": {"name": "m", "score": "p", "score_is": "probability", "policy": {"threshold": 0.4}},
        "today": "everybody",
        "slices": ["region"],
    }
    return payoff.evaluate(pa.table(rows), spec)


def test_the_terminal_shows_gain_difference_and_shrunken_value_of_large_slices(result: payoff.Result) -> None:
    text = result.to_text(120)
    part = text[text.index("Slices by region") : text.index("What is not known")]
    header = next(line for line in part.splitlines() if line.startswith("slice"))
    for words in ("gain", "95% interval", "less the rest", "shrunken"):
        assert words in header
    lines = {line.split()[0]: line for line in part.splitlines() if line}
    assert {"north", "south", "west", "east"} <= set(lines)
    assert not {"islet", "rock"} & set(lines)


def test_small_slices_are_listed_with_their_rows_and_told_by_no_number(result: payoff.Result) -> None:
    for text in (" ".join(result.to_text(120).split()), result.to_html()):
        assert "Fewer than 10 deciding events" in text
        assert "islet (5)" in text
        assert "rock (5)" in text
        assert "3 in all, with 15 rows" in text


def test_the_report_shows_both_and_escapes_every_name(result: payoff.Result) -> None:
    page = result.to_html()
    assert "Against the rest" in page
    assert "Shrunken, for display" in page
    assert HOSTILE not in page


def test_the_shrunken_value_stands_beside_the_plain_one(result: payoff.Result) -> None:
    found = {one.metric: one for one in result.estimates if one.slice == {"region": "west"}}
    line = next(one for one in result.to_text(160).splitlines() if one.startswith("west"))
    assert f"{found['gain'].value:.3g}"[:4] in line
    assert f"{found['gain_shrunken'].value:.3g}"[:4] in line
