"""Large amounts that all actions share: written into formulas they cost nothing, in columns what the docs say."""

import numpy as np
import pyarrow as pa
import pytest

import payoff

ROWS = 1000
# Sums of a thousand doubles: the amounts that are shared are gone before anything is added up.
ULPS = 1e-12


def rows_of(base):
    drawn = np.random.default_rng(0)
    score = drawn.random(ROWS).round(3)
    return {
        "id": np.arange(ROWS),
        "s": score,
        "y": (drawn.random(ROWS) < score).astype(int),
        "amount": drawn.gamma(8, 1, ROWS),
        "base": np.full(ROWS, float(base)),
    }


def gain_of(value, base=0):
    spec = {
        "payoff": 1,
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y", "id": "id"},
        "value": value,
        "model": {"score": "s", "policy": {"threshold": 0.5}},
        "today": "nobody",
        "hurdles": [{"gain": "0 per decision"}],
    }
    found = payoff.evaluate(pa.table(rows_of(base)), spec)
    gain = next(one for one in found.estimates if (one.metric, one.over) == ("gain", "nobody"))
    return gain, found.verdict.overall


def cells(base):
    made = {"true_positive": 5, "false_positive": -2, "false_negative": 0, "true_negative": 0}
    return {name: amount + base for name, amount in made.items()}


def formulas(base):
    return {"act": f"case when outcome then amount + {base} else {base} - 3 end", "skip": f"{base}"}


def around(base):
    return {"act": f"{base} + (case when outcome then amount else -3 end)", "skip": f"{base}"}


@pytest.mark.parametrize("value", [cells, formulas, around])
@pytest.mark.parametrize("base", [10**6, 10**7, -(10**8), 10**9, 10**10])
def test_an_amount_written_under_every_action_moves_no_gain_bound_tier_or_verdict(value, base):
    (plain, told), (found, again) = gain_of(value(0)), gain_of(value(base))
    for end in ("value", "low", "high"):
        assert getattr(found, end) == pytest.approx(getattr(plain, end), rel=ULPS)
    assert (found.tier, found.method, found.note, again) == (plain.tier, plain.method, plain.note, told)


def test_four_cells_beside_a_billion_keep_finite_support_and_the_gain_of_hand():
    found, _ = gain_of(cells(10**9))
    rows = rows_of(0)
    acted = rows["s"] >= 0.5
    by_hand = (5 * (acted & (rows["y"] == 1)).sum() - 2 * (acted & (rows["y"] == 0)).sum()) / ROWS
    assert found.value == pytest.approx(by_hand, rel=ULPS)
    assert found.tier == "F"


COLUMN = {"act": "base + (case when outcome then amount else -3 end)", "skip": "base"}


# The relative error of the half-width is some 1e-16 S^2, S the amount over the spread of the gains, here 4.8.
@pytest.mark.parametrize(("base", "error"), [(10**5, 1e-6), (10**6, 1e-4), (10**7, 1e-2)])
def test_an_amount_that_a_column_holds_costs_digits_of_the_interval(base, error):
    (plain, _), (found, _) = gain_of(COLUMN), gain_of(COLUMN, base)
    width = plain.high - plain.low
    assert found.low == pytest.approx(plain.low, abs=error * width)
    assert found.high == pytest.approx(plain.high, abs=error * width)


@pytest.mark.parametrize("base", [3 * 10**7, 10**9])
def test_from_millions_of_times_the_spread_on_a_column_leaves_no_interval(base):
    found, _ = gain_of(COLUMN, base)
    assert (found.low, found.tier) == (None, "C")
    assert "cancel beyond double precision" in found.note
