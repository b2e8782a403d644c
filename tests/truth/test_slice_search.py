"""The search over slices, against plain loops over rows: who is in which slice, what it gains, and what is claimed."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import payoff
from payoff.api.searching import SlicesFound
from payoff.errors.data import UnusableRows
from payoff.errors.usage import UnusableSearch

Columns = dict[str, Any]
# Sums of some thousand doubles in another order.
ROUNDING = 1e-9
NAMES = ["region", "channel", "age", "vip", "children"]


def rows_of(seed: int = 0, n: int = 6_000) -> Columns:
    rng = np.random.default_rng(seed)
    p = rng.random(n).round(2)
    channel = rng.choice(["web", "shop", None, "phone", "x'; --"], n, p=[0.5, 0.3, 0.1, 0.09, 0.01])
    age = rng.integers(18, 90, n).astype(float)
    age[rng.random(n) < 0.05] = np.nan
    region = rng.choice(["north", "south"], n)
    y = rng.random(n) < np.where((region == "south") & (age > 60), 0.7, p)
    return {
        "id": np.arange(n),
        "y": y.astype(np.int64),
        "p": p,
        "amount": rng.integers(4, 200, n) / 4,
        "region": region,
        "channel": pa.array(channel.tolist()),
        "age": age,
        "vip": rng.random(n) < 0.3,
        "children": rng.integers(0, 4, n),
    }


def spec_of(**more: Any) -> dict[str, Any]:
    return {
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y", "id": "id"},
        "value": {"act": "(case when outcome then amount else 0 end) - 8", "skip": "0"},
        "model": {"name": "m", "score": "p", "score_is": "probability", "policy": {"threshold": 0.4}},
        "today": "everybody",
        **more,
    }


def gains(rows: Columns) -> np.ndarray:
    return np.where(rows["p"] >= 0.4, 0.0, 8 - np.where(rows["y"] == 1, rows["amount"], 0.0))


def within(rows: Columns, place: dict[str, str]) -> np.ndarray:
    """Return which rows are in a slice, by its words alone."""
    inside = np.ones(len(rows["y"]), dtype=bool)
    for column, word in place.items():
        if column == "age":
            age = rows["age"]
            if word == "(missing)":
                inside &= np.isnan(age)
            elif word.startswith("below"):
                inside &= age < float(word.removeprefix("below "))
            elif word.endswith("above"):
                inside &= age >= float(word.removesuffix(" and above"))
            else:
                low, high = word.split(" to below ")
                inside &= (age >= float(low)) & (age < float(high))
        elif column == "channel":
            texts = np.array([one or "(missing)" for one in rows["channel"].to_pylist()])
            kept = ["web", "shop", "phone", "x'; --", "(missing)"]
            inside &= ~np.isin(texts, kept) if word == "(other)" else texts == word
        elif column == "vip":
            inside &= rows["vip"] == (word == "true")
        else:
            inside &= rows[column].astype(str) == word
    return inside


def found_in(rows: Columns, **asked: Any) -> SlicesFound:
    columns = asked.pop("columns", NAMES)
    return payoff.slices(pa.table(rows), spec_of(), columns, **asked)


@pytest.mark.parametrize("depth", [1, 2])
def test_every_slice_told_has_the_rows_and_the_gain_of_its_words(depth: int) -> None:
    rows = rows_of()
    record, x = found_in(rows, depth=depth).record, gains(rows_of())
    assert len(record.losses) >= 5
    for one in record.losses:
        inside = within(rows, dict(one.slice))
        assert one.rows == inside.sum()
        assert one.value == pytest.approx(x[inside].mean(), abs=ROUNDING)
        assert one.total == pytest.approx(x[inside].sum(), abs=1e-6)
        decided = inside & (rows["p"] < 0.4) & ((rows["amount"] != 8) | (rows["y"] == 0))
        assert one.events == min((decided & (rows["y"] == y)).sum() for y in (0, 1))
        assert one.confident_loss == (one.high < 0.0)
    assert [one.total for one in record.losses] == sorted(one.total for one in record.losses)
    assert max(len(one.slice) for one in record.losses) == depth


def test_all_slices_are_counted_and_the_planted_one_is_claimed() -> None:
    record = found_in(rows_of()).record
    # 2 regions, 4 channels and missing, 5 bins and missing, 2, 4: and every pair of values that occurs.
    sizes = [2, 5, 6, 2, 4]
    pairs = sum(a * b for j, a in enumerate(sizes) for b in sizes[j + 1 :])
    assert record.searched == sum(sizes) + pairs == record.judged + record.small
    claimed = [dict(one.slice) for one in record.losses if one.confident_loss]
    assert any(set(one) == {"region", "age"} and one["region"] == "south" for one in claimed)
    assert record.confident == len(claimed) <= record.losing


def test_a_search_over_one_slice_says_what_the_evaluation_says() -> None:
    rows = rows_of()
    rows["region"] = np.repeat("south", 6_000)
    rows["amount"] += 8.0  # acting on everybody is better then
    one = found_in(rows, columns=["region"], depth=1).record
    result = payoff.evaluate(pa.table(rows), spec_of(slices=["region"]))
    plain = next(e for e in result.estimates if e.metric == "gain" and e.slice)
    assert (one.searched, one.judged, one.losing) == (1, 1, 1)
    assert one.losses[0].low == pytest.approx(plain.low, abs=ROUNDING)
    assert one.losses[0].high == pytest.approx(plain.high, abs=ROUNDING)


def test_the_band_is_wider_than_each_slice_alone_and_narrower_than_bonferroni() -> None:
    rows = rows_of()
    record = found_in(rows, columns=["region", "channel"], depth=1).record
    result = payoff.evaluate(pa.table(rows), spec_of(slices=["region", "channel"]))
    plain = {tuple(e.slice.items()): e for e in result.estimates if e.metric == "gain" and e.slice}
    for one in record.losses:
        alone = plain[tuple(one.slice.items())]
        assert one.low < alone.low < alone.high < one.high


def test_doubling_money_doubles_what_is_told_and_the_order_of_rows_is_nothing() -> None:
    rows = rows_of(3)
    plain = found_in(rows).record
    double = spec_of(value={"act": "2 * ((case when outcome then amount else 0 end) - 8)", "skip": "0"})
    twice = payoff.slices(pa.table(rows), double, NAMES).record
    order = np.random.default_rng(1).permutation(len(rows["y"]))
    turned = payoff.slices(pa.table(rows).take(order), spec_of(), NAMES).record
    assert len(plain.losses) == len(twice.losses) == len(turned.losses)
    for one, other, third in zip(plain.losses, twice.losses, turned.losses, strict=True):
        assert one.slice == other.slice == third.slice
        for name in ("value", "low", "high", "total"):
            assert getattr(other, name) == pytest.approx(2 * getattr(one, name), rel=ROUNDING)
            assert getattr(third, name) == pytest.approx(getattr(one, name), rel=ROUNDING)


@settings(max_examples=6, deadline=None)
@given(bins=st.integers(2, 20), seed=st.integers(0, 100))
def test_bins_hold_about_as_many_rows_each_and_their_edges_are_told(bins: int, seed: int) -> None:
    rows = rows_of(seed, n=2_000)
    rows["wait"] = np.random.default_rng(seed).gamma(2.0, 30.0, 2_000)
    record = found_in(rows, columns=["wait"], depth=1, bins=bins).record
    edges = [float(one) for one in record.choices[0].split("cut at ")[1].replace(",", " ").split()]
    assert len(edges) == bins - 1
    counts = np.histogram(rows["wait"], [-np.inf, *edges, np.inf])[0]
    # The edges are told to ten digits, so that a row at an edge may fall to the other side of it.
    assert np.abs(counts - 2_000 / bins).max() <= 2


def test_weights_count_and_pending_rows_do_not() -> None:
    rows = rows_of(5)
    rows["w"] = np.random.default_rng(0).integers(1, 4, 6_000) / 2
    y = rows["y"].astype(object)
    y[::10] = None
    pending = np.arange(6_000) % 10 == 0
    table = pa.table({**rows, "y": pa.array(y.tolist())})
    spec = spec_of(data={"outcome": "y", "id": "id", "weight": "w", "positive": 1})
    record, x = payoff.slices(table, spec, ["region"], depth=1).record, gains(rows)
    assert record.rows == (~pending).sum()
    for one in record.losses:
        inside = within(rows, dict(one.slice)) & ~pending
        assert one.rows == inside.sum()
        assert one.value == pytest.approx(np.average(x[inside], weights=rows["w"][inside]), abs=ROUNDING)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"columns": ["regoin"]}, "did you mean region?"),
        ({"columns": []}, "none"),
        ({"columns": ["region", "region"]}, "region, region"),
        ({"columns": ["y"]}, "known only afterwards"),
        ({"columns": ["region"], "depth": 3}, "3"),
        ({"columns": ["region"], "bins": 1}, "1"),
    ],
)
def test_what_is_no_search_is_refused_with_the_reason(asked: dict[str, Any], words: str) -> None:
    with pytest.raises(UnusableSearch, match="PAY108") as problem:
        found_in(rows_of(n=200), **asked)
    assert words in str(problem.value)


def test_unusable_rows_are_refused() -> None:
    rows = rows_of(n=200)
    rows["p"] = rows["p"] + 2.0
    with pytest.raises(UnusableRows):
        payoff.slices(pa.table(rows), spec_of(), ["region"])


def test_the_text_names_what_was_searched_and_the_json_holds_the_same(tmp_path: Path) -> None:
    found = found_in(rows_of())
    text, told = found.to_text(), json.loads(found.to_json())
    assert str(found) == text
    assert f"{told['searched']:,} slices of {', '.join(NAMES)} searched" in " ".join(text.split())
    assert "bins of about equal size, cut at" in text
    assert max(len(line) for line in text.splitlines()) <= 80
    assert told["losses"][0]["total"] == min(one["total"] for one in told["losses"])


def test_hostile_names_stay_names() -> None:
    rows = rows_of(n=3_000)
    rows['re"g\x1b[31m'] = rows.pop("region")
    text = payoff.slices(pa.table(rows), spec_of(), ['re"g\x1b[31m', "channel"]).to_text()
    assert "\x1b" not in text
