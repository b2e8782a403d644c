"""Laws that any evaluation must obey, whatever the rows: order, units, copies, weights, formats, doing nothing."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

import payoff
from payoff.errors import JudgingError

Rows = dict[str, Any]
Maker = Callable[..., Any]

# Sums of doubles in another order or on another scale: a few ulps each, over some thousand rows.
ULPS = 1e-9
# A value near 10^9 is a multiple of 1.2e-7 in doubles; means of a thousand rounded rows stay within half of that.
BILLION_ULP = 1.2e-7
# Copies change n - 1 into 5 n - 1 and a normal into a t quantile; nothing else may narrow the interval.
NARROWER = 1e-6
# Korn and Graubard count no more rows than there are. Where clusters happen to vary less than rows would, that
# cap binds before copying and no longer after it.
CAPPED = 0.06
SHARES = ("prevalence", "act_rate", "accuracy", "precision", "recall", "specificity")
# What is certain, such as the balanced accuracy of a coin, has the width of rounding errors.
ROUNDING_WIDTH = 1e-6
# The interface promises ten digits within 1e-10; a band multiplies that by its steepest slope.
ORDER = 1e-8


def evaluated(rows: Rows, spec: dict[str, Any]) -> Any:
    return payoff.evaluate(pa.table(rows), spec)


def shuffled(rows: Rows, seed: int) -> Rows:
    order = np.random.default_rng(seed).permutation(len(rows["id"]))
    return {name: column[order] for name, column in rows.items()}


def points(found: Any, *without: str) -> dict[str, float | None]:
    return {
        repr((one.metric, one.of, one.over, one.per, one.slice)): one.value
        for one in found.estimates
        if one.metric not in without
    }


def assert_same(one: dict[Any, float | None], other: dict[Any, float | None], rel: float = ULPS) -> None:
    assert one.keys() == other.keys()
    for name, value in one.items():
        assert other[name] == (None if value is None else pytest.approx(value, rel=rel, abs=rel)), name


def assert_alike(one: Any, other: Any, at: str = "result") -> None:
    """Assert that two documents are equal, but for the last digits of numbers."""
    if isinstance(one, dict):
        assert one.keys() == other.keys(), at
        for name in one.keys() - {"meta"}:
            assert_alike(one[name], other[name], f"{at}.{name}")
    elif isinstance(one, list):
        assert len(one) == len(other), at
        for j, (mine, theirs) in enumerate(zip(one, other, strict=True)):
            assert_alike(mine, theirs, f"{at}[{j}]")
    elif isinstance(one, float) and isinstance(other, float):
        assert one == pytest.approx(other, rel=ORDER, abs=ORDER), at
    else:
        assert one == other, at


@pytest.mark.parametrize("threshold", [0.3, "best", "from value"])
@pytest.mark.parametrize("cluster", [{}, {"cluster": "person"}], ids=["rows", "clusters"])
def test_with_an_id_the_order_of_rows_changes_nothing(
    make_rows: Maker, make_spec: Maker, threshold: Any, cluster: dict[str, str]
) -> None:
    rows, spec = make_rows(1, 900), make_spec(threshold, id="id", **cluster)
    first = evaluated(rows, spec).record
    for seed in (2, 3):
        again = evaluated(shuffled(rows, seed), spec).record
        assert again.hash == first.hash  # counts, money in quanta and every status, to the last bit
        assert_alike(json.loads(again.to_json()), json.loads(first.to_json()))


@pytest.mark.parametrize("threshold", [0.3, "best"])
def test_a_billion_on_every_value_changes_no_gain_and_no_standard_error(
    make_rows: Maker, make_spec: Maker, money: Maker, threshold: Any
) -> None:
    rows, spec = make_rows(4), make_spec(threshold, id="id")
    plain = money(evaluated(rows, spec))
    spec["assumptions"]["base"] = 1e9
    spec["value"] = {"act": f"base + ({spec['value']['act']})", "skip": "base"}
    raised = money(evaluated(rows, spec))
    gains = [name for name in plain if name[0] == "gain"]
    assert gains
    for name in gains:
        one, other = plain[name], raised[name]
        for end in ("value", "low", "high"):
            was = getattr(one, end)
            assert getattr(other, end) == (None if was is None else pytest.approx(was, rel=1e-6)), name


def test_a_billion_written_into_the_formulas_changes_no_gain_either(
    make_rows: Maker, make_spec: Maker, money: Maker
) -> None:
    rows, spec = make_rows(5), make_spec(0.3, id="id")
    plain = money(evaluated(rows, spec))
    spec["value"] = {"act": f"{spec['value']['act']} + 1000000000", "skip": "1000000000"}
    raised = money(evaluated(rows, spec))
    for name, one in plain.items():
        if name[0] == "gain" and name[3] == "decision":
            for end in ("value", "low", "high"):
                was = getattr(one, end)
                assert getattr(raised[name], end) == (
                    None if was is None else pytest.approx(was, abs=BILLION_ULP)
                ), name


@pytest.mark.parametrize(("base", "rel"), [(1e6, 1e-6), (1e9, None)])
def test_values_that_hide_a_large_sum_in_the_rows_give_the_interval_or_none(
    make_rows: Maker, money: Maker, base: float, rel: float | None
) -> None:
    rows, name = make_rows(19), ("gain", "m", "everybody", "decision", None)
    spec = {
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y", "id": "id"},
        "value": {"act": "if_acted", "skip": "if_not"},
        "model": {"name": "m", "score": "p", "score_is": "rank", "policy": {"threshold": 0.3}},
    }
    acted, nothing = np.where(rows["y"] == 1, rows["amount"], -10.0), np.zeros(len(rows["y"]))
    plain = money(evaluated(rows | {"if_acted": acted, "if_not": nothing}, spec))[name]
    found = money(evaluated(rows | {"if_acted": base + acted, "if_not": base + nothing}, spec))[name]
    assert found.value == pytest.approx(plain.value, abs=10 * BILLION_ULP)
    assert plain.low is not None
    if rel is None:
        assert (found.low, found.high) == (None, None)
        assert "cancel beyond double precision" in found.note
    else:
        assert (found.low, found.high) == (
            pytest.approx(plain.low, rel=rel),
            pytest.approx(plain.high, rel=rel),
        )


def widths(found: Any) -> dict[str, float]:
    return {
        repr((one.metric, one.of, one.over, one.per, one.slice)): one.high - one.low
        for one in found.estimates
        if one.low is not None and one.high is not None and one.high - one.low > ROUNDING_WIDTH
    }


@pytest.mark.parametrize("threshold", [0.3, "best"])
def test_copies_of_a_customer_in_the_same_cluster_narrow_no_interval(
    make_rows: Maker, make_spec: Maker, threshold: Any
) -> None:
    rows = make_rows(6)
    five = {name: np.tile(column, 5) for name, column in rows.items()}
    five["id"] = np.array([f"{name}/{j // len(rows['id'])}" for j, name in enumerate(five["id"])])
    spec = make_spec(threshold, id="id", cluster="person")
    once, copied = widths(evaluated(rows, spec)), widths(evaluated(five, spec))
    assert len(once) > 50
    for name in once.keys() & copied.keys():
        metric, of = name[2:-1].replace("'", "").split(", ")[:2]
        if metric in SHARES and of == "coin":
            continue  # acts on a share of every row: its rows are a fraction, and so is that cap
        narrower = CAPPED if metric in SHARES else NARROWER
        assert copied[name] >= once[name] * (1 - narrower), name


def test_copies_of_a_customer_without_a_cluster_narrow_intervals_and_are_warned_of(
    make_rows: Maker, make_spec: Maker
) -> None:
    rows = make_rows(6)
    rows["customer_id"] = rows.pop("person")
    five = {name: np.tile(column, 5) for name, column in rows.items()}
    five["id"] = np.array([str(j) for j in range(len(five["id"]))])
    once, copied = evaluated(rows, make_spec(0.3, id="id")), evaluated(five, make_spec(0.3, id="id"))
    name = repr(("gain", "new", "rule", "decision", None))
    assert widths(copied)[name] < 0.6 * widths(once)[name]
    assert [check.code for check in copied.checks].count("PAY333") == 1


def test_another_currency_scales_all_money_and_changes_no_verdict(
    make_rows: Maker, make_spec: Maker, money: Maker
) -> None:
    rows, spec = make_rows(7), make_spec("best", id="id")
    euros = evaluated(rows, spec)
    spec["value"]["act"] = f"100 * ({spec['value']['act']})"
    spec["hurdles"][0]["gain"] = "10000 per year"
    cents = evaluated(rows, spec)
    one, other = money(euros), money(cents)
    assert one.keys() == other.keys()
    for name, estimate in one.items():
        for end in ("value", "low", "high"):
            was = getattr(estimate, end)
            assert getattr(other[name], end) == (
                None if was is None else pytest.approx(100 * was, rel=ULPS)
            ), name
    assert [hurdle.status for hurdle in cents.verdict.hurdles] == [
        hurdle.status for hurdle in euros.verdict.hurdles
    ]
    assert cents.record.policies[0].threshold == euros.record.policies[0].threshold


def test_a_weight_of_two_is_a_row_twice(make_rows: Maker, make_spec: Maker) -> None:
    rows = make_rows(8)
    times = np.random.default_rng(8).integers(0, 4, len(rows["id"]))
    repeated = {name: np.repeat(column, times) for name, column in rows.items()}
    repeated["id"] = np.array([str(j) for j in range(len(repeated["id"]))])
    weighted = evaluated(rows | {"w": times}, make_spec(0.3, id="id", weight="w"))
    # Near a threshold are the nearest 200 rows, and a heavy row is one row; slices are shrunken by their errors, which
    # say that a heavy row is less known than two rows.
    apart = ("local_calibration", "gain_shrunken")
    assert_same(points(weighted, *apart), points(evaluated(repeated, make_spec(0.3, id="id")), *apart))


@pytest.mark.parametrize("threshold", [0.3, "best", "from value"])
def test_a_pending_row_changes_no_point_value(make_rows: Maker, make_spec: Maker, threshold: Any) -> None:
    rows, more = make_rows(9), make_rows(10, 40)
    outcomes = np.concatenate([rows["y"].astype(object), np.full(40, None)])
    joined = {name: np.concatenate([column, more[name]]) for name, column in rows.items()}
    joined |= {"id": np.array([f"{j}" for j in range(len(outcomes))]), "y": outcomes}
    rows["id"] = joined["id"][: len(rows["id"])]
    spec = make_spec(threshold, id="id")
    without, with_pending = evaluated(rows, spec), evaluated(joined, spec)
    # The act rate counts pending rows, and bounds exist only where there are some.
    known = ("act_rate", "gain_bounds")
    assert_same(points(without, *known), points(with_pending, *known), rel=0)
    assert with_pending.record.data.pending == 40
    bounds = next(one for one in with_pending.estimates if one.metric == "gain_bounds")
    assert bounds.low < bounds.high


def test_bounds_of_pending_rows_hold_whatever_their_outcome(make_rows: Maker, make_spec: Maker) -> None:
    rows, spec = make_rows(11, 800), make_spec(0.3, id="id")
    rng = np.random.default_rng(11)
    late = rng.random(800) < 0.2
    pending = rows | {"y": np.where(late, None, rows["y"].astype(object))}
    bounds = next(one for one in evaluated(pending, spec).estimates if one.metric == "gain_bounds")
    for outcomes in (rows["y"], 1 - rows["y"], np.zeros(800, int), np.ones(800, int)):
        known = evaluated(rows | {"y": np.where(late, outcomes, rows["y"])}, spec)
        gain = next(
            one for one in known.estimates if (one.metric, one.of, one.over) == ("gain", "new", "rule")
        )
        assert bounds.low - ULPS <= gain.value <= bounds.high + ULPS


def test_every_format_and_frame_gives_the_same_numbers(
    make_rows: Maker, make_spec: Maker, tmp_path: Path
) -> None:
    table, spec = pa.table(make_rows(12, 600)), make_spec(0.3, id="id")
    pyarrow.parquet.write_table(table, tmp_path / "rows.parquet")
    pyarrow.csv.write_csv(table, tmp_path / "rows.csv")
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in table.to_pylist()))
    wanted = json.loads(payoff.evaluate(table, spec).to_json())
    for data in (
        tmp_path / "rows.parquet",
        str(tmp_path / "rows.csv"),
        tmp_path / "rows.jsonl",
        pd.DataFrame(make_rows(12, 600)),
        pl.DataFrame(make_rows(12, 600)),
        table.to_batches()[0],
    ):
        found = json.loads(payoff.evaluate(data, spec).to_json())
        assert_alike(found, wanted, type(data).__name__)


def test_the_same_question_twice_has_the_same_answer_to_the_byte(make_rows: Maker, make_spec: Maker) -> None:
    rows, spec = make_rows(13), make_spec("best", id="id")
    assert evaluated(rows, spec).to_json() == evaluated(rows, spec).to_json()


@pytest.mark.parametrize("over", ["everybody", "rule", "nobody"])
@pytest.mark.parametrize("gain", ["-1000000 per year", "0 per year", "1 per year"])
def test_doing_nothing_clears_nothing(make_rows: Maker, make_spec: Maker, over: str, gain: str) -> None:
    spec = make_spec(0.999, id="id")
    spec["assumptions"]["cost"] = 500  # acting always loses, so doing nothing is the best there is
    spec["hurdles"] = [{"name": "any", "gain": gain, "over": over, "confidence": 0.6}]
    spec["guardrails"] = []
    found = evaluated(make_rows(14), spec)
    assert found.record.totals[0].counts["act/positive"] + found.record.totals[0].counts["act/negative"] == 0
    hurdle = found.verdict.hurdles[0]
    assert (hurdle.status, hurdle.reason) == ("not evaluated", "does_nothing")
    assert found.verdict.overall == "hold"
    assert "doing nothing clears nothing" in found.verdict.sentence


@pytest.mark.parametrize(("gain", "status"), [("0 per year", "not evaluated"), ("-1 per year", "cleared")])
def test_a_policy_that_decides_as_its_baseline_gains_exactly_nothing(
    make_rows: Maker, make_spec: Maker, gain: str, status: str
) -> None:
    spec = make_spec(0.3, id="id")
    spec["baselines"]["twin"] = {"when": "p >= 0.3", "do": "act"}
    spec["hurdles"] = [{"name": "margin", "gain": gain, "over": "twin", "confidence": 0.95}]
    found = evaluated(make_rows(15), spec)
    hurdle = found.verdict.hurdles[0]
    assert (hurdle.gain, hurdle.low, hurdle.high) == (0.0, 0.0, 0.0)
    assert (hurdle.status, hurdle.reason) == (status, "same_decisions")


def test_a_trivial_policy_that_wins_is_the_headline(make_rows: Maker, make_spec: Maker) -> None:
    spec = make_spec(0.6, id="id")
    spec["assumptions"]["cost"] = 0.01
    found = evaluated(make_rows(16), spec)
    assert found.verdict.overall == "reject"
    assert "You do not need this model: choosing “act” every time does better." in found.verdict.sentence
    assert "You do not need this model: choosing “act” every time does better." in " ".join(
        found.to_text().split()
    )


SKELETON = """\
decision: {unit: EUR}
data:
  path: rows.csv
  outcome: y
value:
  act: case when outcome then 10 else -1 end
  skip: 0
model: {score: score, score_is: probability, policy: {threshold: 0.5}}
today: nobody
"""


@pytest.mark.parametrize(
    ("threshold", "prevalence", "constant", "says"),
    [
        ("0.5", 0.3, "1", None),
        ("best", 0.3, "0.2", "the better constant action, everybody"),
        ("best", 0.05, "0.2", "the better constant action, nobody"),
    ],
)
def test_the_walking_skeleton_gives_a_full_report(
    tmp_path: Path, threshold: str, prevalence: float, constant: str, says: str | None
) -> None:
    positive = [int(j % 100 < 100 * prevalence) for j in range(1_000)]
    (tmp_path / "rows.csv").write_text("y,score\n" + "".join(f"{y},{constant}\n" for y in positive))
    spec = tmp_path / "spec.yaml"
    spec.write_text(SKELETON.replace("0.5}", f"{threshold}}}"))
    assert SKELETON.count("\n") <= 10
    found = payoff.evaluate(None, spec)
    values = {one.of: one.value for one in found.estimates if one.metric == "value" and one.per == "decision"}
    acts = prevalence * 10 - (1 - prevalence)
    assert values == pytest.approx(
        {"nobody": 0.0, "everybody": acts, "model": max(acts, 0.0) if says else acts}, abs=ULPS
    )
    assert "PAY331" in {check.code for check in found.checks}
    area = next(one for one in found.estimates if one.metric == "roc_auc")
    assert area.low is None or area.low <= 0.5 <= area.high
    assert says is None or says in found.record.policies[0].note
    page = found.to_html()
    assert "No verdict" in page
    assert "carries no ranking" in page
    assert says is None or says in page


def test_without_a_hurdle_there_is_no_verdict_and_the_gate_refuses(
    make_rows: Maker, make_spec: Maker
) -> None:
    spec = make_spec(0.3, id="id")
    spec["hurdles"] = []
    found = evaluated(make_rows(17), spec)
    assert found.verdict.overall is None
    assert found.verdict.sentence.startswith("No verdict: the spec names no hurdle")
    with pytest.raises(JudgingError, match="hurdles"):
        payoff.gate(found)


def test_naming_another_today_changes_what_is_compared_and_no_number(
    make_rows: Maker, make_spec: Maker
) -> None:
    rows, spec = make_rows(18), make_spec(0.3, id="id")
    other = copy.deepcopy(spec) | {"today": "recorded", "hurdles": [], "slices": []}
    spec |= {"hurdles": [], "slices": []}
    assert_same(points(evaluated(rows, spec)), points(evaluated(rows, other)), rel=0)
