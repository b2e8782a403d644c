"""A declared cap guarantees at every draw of the assumptions, so rows are held to it at all that is held possible."""

import numpy as np
import pyarrow as pa
import pytest

import payoff

ROWS = 400


def rows(seed: int) -> pa.Table:
    random = np.random.default_rng(seed)
    outcome = (random.uniform(size=ROWS) < 0.1).astype(int)
    amount = np.round(random.exponential(20.0, ROWS), 2)
    return pa.table({"id": np.arange(ROWS), "p": random.uniform(size=ROWS), "y": outcome, "amount": amount})


def spec(value: str, margin: dict[str, object], cost: dict[str, object], **more: object) -> dict[str, object]:
    return {
        "payoff": 1,
        "decision": {"name": "d", "row": "a row", "unit": "EUR", "actions": ["act", "skip"]},
        "data": {"outcome": "y", "id": "id"},
        "value": {"act": value, "skip": 0},
        "assumptions": {"margin": margin, "cost": cost},
        "cap": {"gain": 60, "loss": 6},
        "model": {"name": "m", "score": "p", "score_is": "probability", "policy": {"threshold": 0.5}},
        "today": "nobody",
        "hurdles": [{"name": "h", "gain": "0.01 per decision", "over": "nobody", "confidence": 0.9}],
        **more,
    }


def beyond(result: payoff.Result) -> int:
    return sum(check.rows for check in result.record.data.checks if check.code == "PAY341")


@pytest.mark.parametrize(
    ("value", "is_exact"),
    [
        ("(case when outcome then margin * amount else 0 end) - cost", True),
        ("margin * amount - margin * cost", True),
        ("margin * margin * amount - cost", False),
        ("(case when outcome and amount > 10 * margin then amount else 0 end) - cost", True),
        ("margin * (case when outcome then 30 else 0 end) - cost", True),
    ],
)
@pytest.mark.parametrize("seed", range(4))
def test_rows_beyond_a_cap_are_those_of_a_search_over_the_ranges(
    value: str, is_exact: bool, seed: int
) -> None:
    random = np.random.default_rng(seed)
    low, likely, high = np.sort(np.round(random.uniform(0.2, 3.0, 3), 2)).tolist()
    table = rows(seed)
    asked = spec(
        value, {"likely": likely, "low": low, "high": high}, {"likely": 5, "low": 4, "high": 5 + seed}
    )
    outcome, amount = table["y"].to_numpy() == 1, table["amount"].to_numpy()

    def gap(margin: float, cost: float) -> np.ndarray:
        whole = np.full(ROWS, margin)
        return {
            0: np.where(outcome, margin * amount, 0.0) - cost,
            1: margin * amount - margin * cost,
            2: margin * margin * amount - cost,
            3: np.where(outcome & (amount > 10 * margin), amount, 0.0) - cost,
            4: whole * np.where(outcome, 30.0, 0.0) - cost,
        }[KINDS.index(value)]

    # Bound to rows, an assumption is known at three stops alone.
    margins = [low, likely, high] if "10 * margin" in value else np.linspace(low, high, 9)
    gaps = np.array([gap(margin, cost) for margin in margins for cost in np.linspace(4, 5 + seed, 5)])
    # A row that touches the cap to the last digit counts on neither side of this comparison.
    searched = int(((gaps > 60 + 1e-9) | (gaps < -6 - 1e-9)).any(axis=0).sum())
    found = beyond(payoff.evaluate(table, asked))
    assert found == searched if is_exact else found >= searched


KINDS = [
    "(case when outcome then margin * amount else 0 end) - cost",
    "margin * amount - margin * cost",
    "margin * margin * amount - cost",
    "(case when outcome and amount > 10 * margin then amount else 0 end) - cost",
    "margin * (case when outcome then 30 else 0 end) - cost",
]


def test_a_cap_that_breaks_within_the_ranges_guarantees_no_verdict() -> None:
    value = "(case when outcome then margin * amount else 0 end) - cost"
    narrow = spec(value, {"likely": 0.3, "low": 0.2, "high": 0.4}, {"likely": 5, "low": 4, "high": 6})
    wide = spec(value, {"likely": 0.3, "low": 0.2, "high": 60}, {"likely": 5, "low": 4, "high": 6})
    held, broken = (payoff.evaluate(rows(1), one).verdict.hurdles[0] for one in (narrow, wide))
    assert held.low is not None
    assert (broken.low, broken.status, broken.reason) == (None, "not evaluated", "no_verdict_tier")


@pytest.mark.parametrize(
    ("moved", "is_held"),
    [({"margin": 0.39}, True), ({"margin": 0.5}, False), ({"cost": 3.9}, False), ({}, True)],
)
def test_what_if_gives_no_interval_where_rows_were_not_held_to_the_cap(
    moved: dict[str, float], is_held: bool
) -> None:
    value = "(case when outcome then margin * amount else 0 end) - cost"
    asked = spec(
        value,
        {"likely": 0.3, "low": 0.2, "high": 0.4},
        {"likely": 5, "low": 4, "high": 6},
        scenarios={"other": moved or {"cost": 5}},
    )
    result = payoff.evaluate(rows(1), asked)
    then = payoff.what_if(result, moved)
    assert (then.hurdles[0].low is not None) == is_held
    assert (then.hurdles[0].probability is not None) == is_held
    assert {gain.tier for gain in then.gains} == {"B" if is_held else "C"}
    assert (result.record.scenarios[0].gains[0].low is not None) == is_held


def test_an_assumption_without_a_range_is_held_to_the_cap_where_it_is_taken_alone() -> None:
    value = "(case when outcome then margin * amount else 0 end) - cost"
    result = payoff.evaluate(rows(1), spec(value, {"likely": 0.3}, {"likely": 5}))
    assert payoff.what_if(result).gains[0].tier == "B"
    assert payoff.what_if(result, {"cost": 5.5}).gains[0].tier == "C"
