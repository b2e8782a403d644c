"""Outcomes seen only where somebody acted: bounds that hold, and nothing called measured."""

from itertools import product
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import payoff

# Sums of exact quanta against one division: what is left is rounding.
ROUNDING = 1e-9


def spec_of(given: str = "lend", **more: Any) -> dict[str, Any]:
    return {
        "decision": {
            "name": "Lend",
            "unit": "EUR",
            "volume": "1000 per year",
            "actions": ["lend", "decline"],
        },
        "data": {"outcome": "repaid", "outcome_given": given},
        "value": {"lend": "case when outcome then interest else -amount end", "decline": 0},
        "model": {"name": "new", "score": "p", "score_is": "probability", "policy": {"threshold": 0.5}},
        "challengers": {"old": {"score": "p", "score_is": "probability", "policy": {"threshold": 0.7}}},
        "baselines": {"officers": {"decided": "officer", "as": {"yes": "lend", "no": "decline"}}},
        "today": "officers",
        "hurdles": [{"name": "pays", "gain": "1 per year", "over": "today", "confidence": 0.8}],
        "guardrails": [
            {"name": "careful", "metric": "precision", "at_least": 0.1},
            {"name": "open", "metric": "act_rate", "at_least": 0.1},
        ],
        "slices": ["region"],
        **more,
    }


def lending(n: int = 3_000, seed: int = 8) -> dict[str, Any]:
    """Officers know more than the score: whom they decline repays less often than the score says."""
    rng = np.random.default_rng(seed)
    seen, hidden = rng.normal(size=n), rng.normal(size=n)
    repaid = rng.random(n) < 1 / (1 + np.exp(-0.8 - seen - 1.5 * hidden))
    officer = 0.7 * seen + 1.2 * hidden + rng.normal(size=n) > -0.3
    return {
        "repaid": repaid.astype(np.int64),
        "p": (1 / (1 + np.exp(-0.8 - seen))).round(3),
        "officer": np.where(officer, "yes", "no"),
        "interest": rng.gamma(4.0, 5.0, n).round(2),
        "amount": rng.gamma(3.0, 25.0, n).round(2),
        "region": rng.choice(["north", "south"], n),
    }


def as_seen(rows: dict[str, Any]) -> dict[str, Any]:
    seen = np.where(rows["officer"] == "yes", rows["repaid"].astype(object), None)
    return rows | {"repaid": pa.array(list(seen), pa.int64())}


def by_key(result: Any) -> dict[tuple[Any, ...], Any]:
    return {(one.metric, one.of, one.over, one.per): one for one in result.estimates if one.slice is None}


def test_what_was_not_seen_is_never_called_measured() -> None:
    found = payoff.evaluate(pa.table(as_seen(lending())), spec_of())
    for one in found.estimates:
        if one.metric == "act_rate":
            assert one.value is not None
        elif one.metric.endswith("_bounds"):
            assert (one.value, one.level, one.tier) == (None, 1.0, "C")
            assert "no sampling doubt" in one.note
        else:
            assert (one.value, one.low, one.high, one.low_adjusted) == (None, None, None, None)
            assert one.note == "not measured: outcomes are seen only under 'lend'"
    record = found.record
    assert (record.curves, record.tables, record.wrong_labels) == ((), (), ())
    assert all(one.total is None for one in record.totals)
    assert {"precision", "recall", "roc_auc", "value", "gain"} <= {one.metric for one in found.estimates}


def test_the_verdict_is_hold_and_says_why() -> None:
    gate = payoff.gate(spec_of(), pa.table(as_seen(lending())))
    hurdle = gate.result.verdict.hurdles[0]
    assert (gate.exit_code, hurdle.status, hurdle.reason) == (3, "not evaluated", "unseen_outcomes")
    assert (hurdle.gain, hurdle.low, hurdle.high, hurdle.probability, hurdle.evpi) == (None,) * 5
    rails = {one.name: (one.status, one.reason) for one in gate.result.verdict.guardrails}
    assert rails == {"careful": ("not evaluated", "unseen_outcomes"), "open": ("cleared", None)}
    assert "only where one action was taken" in gate.result.verdict.sentence
    assert [one.severity for one in gate.result.data.checks if one.code == "PAY509"] == ["warning"]


@pytest.mark.parametrize("text", ["to_text", "to_markdown", "to_html"])
def test_every_teller_gives_the_bounds_and_calls_them_so(text: str) -> None:
    found = payoff.evaluate(pa.table(as_seen(lending())), spec_of())
    told = " ".join(getattr(found, text)().split())
    assert "Bounds, not measurements" in told
    assert "no random part" in told
    assert "Bounds of precision" in told


def test_the_bounds_hold_whatever_the_unseen_outcomes_are() -> None:
    rows, spec = lending(), spec_of()
    found = by_key(payoff.evaluate(pa.table(as_seen(rows)), spec))
    unseen, rng = rows["officer"] == "no", np.random.default_rng(2)
    truths = [rows["repaid"], 1 - rows["repaid"], np.zeros(3_000, int), np.ones(3_000, int)]
    truths += [rng.integers(0, 2, 3_000) for _ in range(2)]
    names = {"value": "value_bounds", "gain": "gain_bounds", "precision": "precision_bounds"}
    names |= {"recall": "recall_bounds", "prevalence": "prevalence_bounds"}
    held = 0
    for truth in truths:
        known = rows | {"repaid": np.where(unseen, truth, rows["repaid"])}
        for (metric, of, over, per), one in by_key(payoff.evaluate(pa.table(known), spec)).items():
            bound = found.get((names.get(metric), of, over, per))
            if bound is not None and one.value is not None:
                assert bound.low - ROUNDING <= one.value <= bound.high + ROUNDING, (metric, of, over)
                held += 1
    assert held > 150


def test_the_bounds_are_the_least_and_the_most_of_every_way_it_could_have_been() -> None:
    """Six unseen rows, 64 ways: the bounds are met, so none could be narrower."""
    rows = lending(40, seed=3)
    rows["officer"] = np.where(np.arange(40) < 6, "no", "yes")
    p, yes = rows["p"], rows["officer"] == "yes"
    found = by_key(payoff.evaluate(pa.table(as_seen(rows)), spec_of()))
    seen: dict[str, list[float]] = {}
    for way in product((0, 1), repeat=6):
        y = np.concatenate([way, rows["repaid"][6:]])
        worth = np.where(y == 1, rows["interest"], -rows["amount"])
        acted = p >= 0.5
        seen.setdefault("value", []).append((worth * acted).mean())
        seen.setdefault("gain", []).append((worth * (acted.astype(float) - yes)).mean())
        seen.setdefault("gain over everybody", []).append((worth * (acted - 1.0)).mean())
        seen.setdefault("precision", []).append(y[acted].mean())
        seen.setdefault("recall", []).append(acted[y == 1].mean())
        seen.setdefault("prevalence", []).append(y.mean())
    for metric, values in seen.items():
        name, _, rival = metric.partition(" over ")
        over = (rival or "officers") if name == "gain" else None
        per = "decision" if name in ("value", "gain") else None
        one = found[f"{name}_bounds", "new", over, per]
        assert (one.low, one.high) == pytest.approx((min(values), max(values)), abs=ROUNDING), metric
    yearly = found["gain_bounds", "new", "officers", "year"]
    assert yearly.low == pytest.approx(1000 * min(seen["gain"]), abs=1000 * ROUNDING)


def test_taking_the_labelled_part_for_all_would_have_deceived() -> None:
    """The reason for all this: precision on the part that was seen lies far above the truth."""
    rows, spec = lending(20_000), spec_of("any action")
    labelled = by_key(payoff.evaluate(pa.table(as_seen(rows)), spec))["precision", "new", None, None]
    truth = by_key(payoff.evaluate(pa.table(rows), spec))["precision", "new", None, None]
    bounds = by_key(payoff.evaluate(pa.table(as_seen(rows)), spec_of()))[
        "precision_bounds", "new", None, None
    ]
    assert labelled.low > truth.high + 0.02
    assert bounds.low < truth.value < bounds.high


def test_where_every_outcome_was_seen_all_is_measured() -> None:
    found = payoff.evaluate(pa.table(lending()), spec_of())
    assert found.verdict.hurdles[0].gain is not None
    assert not any(one.metric.endswith("_bounds") for one in found.estimates)


def test_pending_rows_under_any_action_are_judged_as_before() -> None:
    found = payoff.evaluate(pa.table(as_seen(lending())), spec_of("any action"))
    assert found.verdict.hurdles[0].gain is not None
    assert [one.metric for one in found.estimates if one.metric.endswith("_bounds")] == ["gain_bounds"]


def test_with_weights_there_are_no_bounds_rather_than_wrong_ones() -> None:
    spec = spec_of()
    spec["data"] = spec["data"] | {"weight": "w"}
    found = payoff.evaluate(pa.table(as_seen(lending() | {"w": np.tile([1.0, 2.0], 1_500)})), spec)
    assert not any(one.metric.endswith("_bounds") for one in found.estimates)
    assert found.verdict.overall == "hold"


def test_a_result_without_measurements_is_read_back(tmp_path: Any) -> None:
    made = payoff.evaluate(pa.table(as_seen(lending())), spec_of())
    assert payoff.read_result(made.save(tmp_path)[0]).to_json() == made.to_json()
