"""Wrong answers that tools gave when FAILURES section 1 was measured, each held to its truth here."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import payoff
from payoff.errors import SpecError
from payoff.errors.data import ContradictedThreshold

Maker = Callable[..., Any]

ULPS = 1e-9
# Against the truth of a simulation: the tuned claim lies above it by luck, the honest one within luck of it.
DRAWS = 12


def rows_of(**cells: int) -> pa.Table:
    """Return rows of a confusion matrix: score 0.9 where acted, 0.1 where not."""
    kinds = {"tp": (1, 0.9), "fp": (0, 0.9), "fn": (1, 0.1), "tn": (0, 0.1)}
    listed = [kinds[name] for name, times in cells.items() for _ in range(times)]
    return pa.table(
        {"id": [str(j) for j in range(len(listed))], "y": [y for y, _ in listed], "p": [p for _, p in listed]}
    )


def spec_of(tp: Any, fp: Any, fn: Any, tn: Any, **more: Any) -> dict[str, Any]:
    return {
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y", "id": "id"},
        "value": {"true_positive": tp, "false_positive": fp, "false_negative": fn, "true_negative": tn},
        "model": {"name": "m", "score": "p", "score_is": "probability", "policy": {"threshold": 0.5}},
        "today": "nobody",
        **more,
    }


def estimate(found: Any, metric: str, of: str = "m", over: str | None = None) -> Any:
    return next(
        one
        for one in found.estimates
        if (one.metric, one.of, one.over) == (metric, of, over)
        and one.slice is None
        and one.per in ("decision", None)
    )


def test_value_per_row_is_the_plain_mean_of_what_rows_are_worth() -> None:
    found = payoff.evaluate(rows_of(tp=40, fp=20, fn=10, tn=930), spec_of(50, -10, -100, 0))
    assert estimate(found, "value").value == pytest.approx(0.80, abs=ULPS)
    total = next(one for one in found.record.totals if one.of == "m")
    assert total.total == 800 * 10_000


def test_two_chunks_that_earn_the_same_show_no_change() -> None:
    both = {"tp": 221, "fn": 0, "tn": 4779}, {"tp": 225, "fn": 0, "tn": 4775}
    spec = spec_of(50, -10, -100, 0)
    chunks = [estimate(payoff.evaluate(rows_of(**cells), spec), "value") for cells in both]
    assert [one.value for one in chunks] == pytest.approx([2.21, 2.25], abs=ULPS)
    assert chunks[0].low < chunks[1].value < chunks[0].high


def test_true_negatives_worth_nothing_are_worth_nothing() -> None:
    found = payoff.evaluate(rows_of(tn=100), spec_of(50, -10, -100, 0))
    assert estimate(found, "value").value == 0.0
    assert next(one for one in found.record.totals if one.of == "m").total == 0


def test_savings_over_a_baseline_that_costs_nothing_are_money_and_never_a_ratio() -> None:
    # The model loses 4,090; doing nothing costs 0. A ratio of the two is not defined and not shown.
    found = payoff.evaluate(rows_of(tp=1, fp=410, tn=589), spec_of(10, -10, 0, 0))
    gain = estimate(found, "gain", over="nobody")
    assert gain.value * 1000 == pytest.approx(-4090, abs=1e-6)
    assert "inf" not in found.to_text()
    assert "nan" not in found.to_text().lower()


def test_a_baseline_that_already_earns_counts_against_the_model() -> None:
    # Acting on everybody earns 81,000; the model earns 47,290: 33,710 worse, whatever a ratio says.
    found = payoff.evaluate(rows_of(tp=4729, fn=3371), spec_of(10, -1, 0, 0, today="everybody"))
    values = {name: estimate(found, "value", name).value * 8100 for name in ("m", "everybody")}
    assert values == pytest.approx({"m": 47_290, "everybody": 81_000})
    assert estimate(found, "gain", over="everybody").value * 8100 == pytest.approx(-33_710)
    assert "You do not need this model: choosing " in found.verdict.sentence


@pytest.mark.parametrize("misspelt", ["true_postive", "truepositive", "benefit"])
def test_a_misspelt_parameter_is_an_error(misspelt: str) -> None:
    spec = spec_of(10, -1, 0, 0)
    spec["value"][misspelt] = spec["value"].pop("true_positive")
    with pytest.raises(SpecError, match=misspelt):
        payoff.load_spec(spec)
    with pytest.raises(SpecError, match="tresh"):
        payoff.load_spec(spec_of(10, -1, 0, 0, model={"score": "p", "policy": {"treshold": 0.5}}))


def test_the_best_threshold_on_random_scores_is_not_worth_what_it_claims() -> None:
    claims, honest = [], []
    for seed in range(DRAWS):
        rng = np.random.default_rng(seed)
        rows = pa.table(
            {
                "id": np.arange(500).astype(str),
                "y": (rng.random(500) < 0.03).astype(int),
                "p": rng.random(500),
            }
        )
        spec = spec_of(20, -1, 0, 0, metrics=["value", "gain"])
        spec["model"]["policy"]["threshold"] = "best"
        found = payoff.evaluate(rows, spec)
        honest.append(estimate(found, "value").value)
        claims.append(estimate(found, "claimed_value").value)
    # No threshold is worth more than nothing here: each row acted on loses 0.37 on average.
    assert np.mean(claims) > 0.0
    assert np.mean(honest) < np.mean(claims)
    assert np.mean(honest) < 0.02


def test_of_doing_nothing_acting_always_and_a_coin_the_coin_is_not_best() -> None:
    # Fraud: acting on a legitimate payment costs 1, missing a fraud costs 100; 2% are frauds.
    spec = spec_of(0, -1, -100, 0, baselines={"coin": {"random": 0.5}})
    found = payoff.evaluate(rows_of(tp=20, fp=0, fn=0, tn=980), spec)
    values = {name: estimate(found, "value", name).value for name in ("nobody", "coin", "everybody")}
    assert values == pytest.approx({"nobody": -2.0, "coin": -1.49, "everybody": -0.98})
    assert max(values, key=lambda name: values[name]) == "everybody"


def test_a_candidate_that_loses_50_where_the_baseline_loses_100_is_50_better() -> None:
    hurdle = [{"name": "better", "gain": "0.01 per decision", "over": "today", "confidence": 0.9}]
    spec = spec_of(0, -1, -1, 0, today="everybody", hurdles=hurdle)
    found = payoff.evaluate(rows_of(fp=50, tp=850, tn=50), spec)
    by_name = {one.of: one.total for one in found.record.totals}
    assert (by_name["everybody"], by_name["m"]) == (-100 * 10_000, -50 * 10_000)
    assert estimate(found, "gain", over="everybody").value * 950 == pytest.approx(50)
    assert found.verdict.overall == "ship"


def test_all_rows_are_judged_and_not_the_first_ten_thousand() -> None:
    late = np.arange(25_000) >= 10_000  # whoever reads the first rows alone finds no positive at all
    rows = pa.table(
        {"id": np.arange(25_000).astype(str), "y": late.astype(int), "p": np.where(late, 0.9, 0.1)}
    )
    found = payoff.evaluate(rows, spec_of(1, -1, 0, 0, metrics=["value", "prevalence"]))
    assert found.record.data.rows == 25_000
    assert estimate(found, "prevalence").value == pytest.approx(0.6)


def test_nan_scores_are_named_and_counted_and_never_taken_as_negatives() -> None:
    rows = pa.table({"id": ["a", "b", "c"], "y": [1, 0, 1], "p": [0.9, math.nan, math.nan]})
    found = payoff.evaluate(rows, spec_of(1, -1, 0, 0))
    check = next(one for one in found.checks if one.code == "PAY306")
    assert found.record.partial
    assert (check.rows, check.ids) == (2, ("b", "c"))
    assert found.estimates == ()


def test_labels_of_one_and_two_give_the_average_precision_of_zero_and_one(make_rows: Maker) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    rows = make_rows(21)
    spec = spec_of(1, -1, 0, 0)
    coded = payoff.evaluate(
        pa.table(rows | {"y": rows["y"] + 1}), spec | {"data": {"outcome": "y", "id": "id", "positive": 2}}
    )
    expected = metrics.average_precision_score(rows["y"], rows["p"])
    assert estimate(coded, "average_precision").value == pytest.approx(expected, rel=ULPS)
    with pytest.raises(payoff.errors.DataError, match=r"data\.positive"):
        payoff.evaluate(pa.table(rows | {"y": rows["y"] + 1}), spec)


@pytest.mark.parametrize(
    "name", ["</script><img src=x onerror=alert(1)>", '"><svg onload=alert(1)>', "{{7*7}}"]
)
def test_a_hostile_column_name_is_shown_literally(make_rows: Maker, name: str) -> None:
    rows = make_rows(22, 300)
    rows[name] = rows["region"]
    page = payoff.evaluate(pa.table(rows), spec_of(1, -1, 0, 0, slices=[name])).to_html()
    assert "<img" not in page
    assert "<svg onload" not in page
    assert name != "49"
    assert "{{7*7}}" in page or "7*7" not in name


def test_luck_in_amounts_never_makes_a_threshold_look_contradicted(make_rows: Maker) -> None:
    rows = make_rows(23)
    for seed in range(DRAWS):
        rng = np.random.default_rng(seed)
        spec = spec_of("amount", "amount", 0, 0, metrics=["value"])
        payoff.evaluate(pa.table(rows | {"amount": rng.gamma(1.0, 50.0, len(rows["y"]))}), spec)


@pytest.mark.parametrize("worth", [(-1, 1, 0, 0), ("-amount", "amount", 0, 0)], ids=["constant", "by row"])
def test_a_threshold_on_the_side_that_the_value_contradicts_is_refused(
    make_rows: Maker, worth: tuple[Any, ...]
) -> None:
    with pytest.raises(ContradictedThreshold, match="swap"):
        payoff.evaluate(pa.table(make_rows(24)), spec_of(*worth))


def test_capacity_is_no_quota_that_must_be_filled() -> None:
    rows = {
        "y": [1, 0] * 30,
        "p": [0.9, 0.2] * 30,
        "day": pa.array([20_000 + j // 2 for j in range(60)], pa.date32()),
    }
    spec = spec_of(1, -1, 0, 0, model={"name": "m", "score": "p", "policy": {"capacity": "5 per day"}})
    spec["data"] = {"outcome": "y", "time": "day", "sampled": 1.0}
    record = payoff.evaluate(pa.table(rows), spec).record
    assert record.capacities[0].places - record.capacities[0].used == 30 * 3
