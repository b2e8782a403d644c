"""Slices as the terminal and the report tell them: small ones by name alone, shrunken values beside the plain ones."""

import re
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import payoff

HOSTILE = "</td><script>alert(1)</script>"


def evaluated(**more: Any) -> payoff.Result:
    """Return a result with four large slices and three of five rows each, one of them with a hostile name."""
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
    return payoff.evaluate(pa.table(rows), spec | more)


@pytest.fixture(scope="module")
def result() -> payoff.Result:
    """A result without a word of what was not asked."""
    return evaluated()


@pytest.fixture(scope="module")
def split() -> payoff.Result:
    """The same, asked why slices differ."""
    return evaluated(metrics=["recall", "shift_effects"])


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


def test_the_terminal_shows_the_slices_that_gain_least() -> None:
    rng = np.random.default_rng(2)
    n, many = 8_000, 8
    part = rng.integers(0, many, n)
    rows = {
        "id": np.arange(n),
        "y": (rng.random(n) < 0.2 + 0.05 * part).astype(np.int64),
        "p": rng.random(n).round(2),
        "part": np.array([f"part {k}" for k in range(many)])[part],
    }
    spec = {
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y", "id": "id"},
        "value": {"act": "case when outcome then 10 else -3 end", "skip": "0"},
        "model": {"name": "m", "score": "p", "score_is": "probability", "policy": {"threshold": 0.4}},
        "today": "nobody",
        "slices": ["part"],
    }
    found = payoff.evaluate(pa.table(rows), spec)
    gains = {one.slice["part"]: one.value for one in found.estimates if one.slice and one.metric == "gain"}
    least = sorted(gains, key=lambda name: gains[name])
    lines = [line[:6] for line in found.to_text(120).splitlines() if line.startswith("part ")]
    assert lines == least[:5]
    card = found.to_model_card()
    assert re.findall(r"part \d", card[card.index("#### Factors") :])[:5] == least[:5]


def test_why_slices_differ_is_told_where_it_is_asked(split: payoff.Result, result: payoff.Result) -> None:
    found = {one.metric: one for one in split.estimates if one.slice == {"region": "west"}}
    text = split.to_text(160)
    part = text[text.index("why they differ from the rest") :]
    line = next(one for one in part.splitlines() if one.startswith("west"))
    for metric in ("gain_difference", "mix_effect", "performance_effect", "gain_reweighted"):
        assert f"{found[metric].value:.3g}"[:4] in line
    assert f"{found['mix_effect'].low:.2g}"[:4] in line
    assert "Performance: what other gains on rows of one outcome make" in " ".join(part.split())
    page = split.to_html()
    assert "Why parts by region differ from the rest" in page
    assert "Re-weighted to the rest" in page
    assert HOSTILE not in page
    assert "why they differ" not in result.to_text(160)
    assert "differ from the rest" not in result.to_html()


def test_a_slice_that_lacks_an_outcome_has_dashes_and_the_reason_in_the_page() -> None:
    rng = np.random.default_rng(0)
    n = 4_000
    region = rng.choice(["north", "south"], n)
    rows = {
        "id": np.arange(n),
        "y": ((rng.random(n) < 0.4) & (region == "north")).astype(np.int64),
        "p": rng.random(n).round(2),
        "region": region,
    }
    spec = {
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y", "id": "id"},
        # A negative that is left alone saves what acting on it costs, so that the slice decides rows.
        "value": {"act": "case when outcome then 10 else -3 end", "skip": "0"},
        "model": {"name": "m", "score": "p", "score_is": "probability", "policy": {"threshold": 0.4}},
        "today": "everybody",
        "slices": ["region"],
        "metrics": ["shift_effects"],
    }
    found = payoff.evaluate(pa.table(rows), spec)
    assert [one.value for one in found.estimates if one.metric == "mix_effect"].count(None) == 1
    for language, words in (("en", "no positive outcome in this slice"), ("de", "kein positiver Ausgang")):
        assert words in found.to_html(language=language)
    assert "why they differ" in found.to_text(120)
