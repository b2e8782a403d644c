"""Coefficients of parts: differences that cancel exactly, and the layout of contrasts."""

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payoff.formulas import expand, parse
from payoff.spec.coefficients import Valuation

# A product of three doubles and a sum of a few.
ROUNDING = 1e-12


def valuation(likely: dict[str, float], **value: str) -> Valuation:
    formulas = {
        action: parse(text, where=f"value.{action}", assumptions=list(likely), outcome_allowed=True)
        for action, text in value.items()
    }
    expansion = expand(formulas, {name: (number, None, None) for name, number in likely.items()})
    return Valuation(expansion, tuple(value), likely)


def parts_at(made: Valuation, outcome: bool, amount: float) -> np.ndarray:
    """Return the parts on one row, by DuckDB."""
    row = f"(select {str(outcome).lower()} as outcome, {amount!r} as amount)"
    texts = ", ".join(part.text for part in made.expansion.parts)
    return np.array(duckdb.sql(f"select {texts} from {row}").fetchall()[0], dtype=np.float64)


def test_what_two_actions_share_cancels_exactly_however_large() -> None:
    made = valuation(
        {"huge": 1e9, "tiny": 1e-8},
        act="huge * amount - tiny",
        skip="huge * amount",
    )
    difference = made.differences()[0]
    assert sorted(difference.tolist()) == [-1e-8, 0.0]
    naive = made.values()[0] - made.values()[1]
    assert np.array_equal(naive, difference)


def test_a_shared_constant_of_a_billion_leaves_a_difference_of_cents_whole() -> None:
    made = valuation({"huge": 1e9, "cost": 0.01}, act="huge - cost", skip="huge")
    assert made.differences().tolist() == [[-0.01]]
    naive = made.values()[0] - made.values()[1]
    assert naive[0] != -0.01


@settings(max_examples=25, deadline=None)
@given(margin=st.floats(-100, 100), cost=st.floats(-100, 100))
def test_coefficients_times_parts_are_the_formula(margin: float, cost: float) -> None:
    made = valuation(
        {"margin": 5.0, "cost": 1.0},
        act="margin * cost * amount - cost + case when outcome then margin else 0 end",
        skip="-0.5 * cost * cost * amount",
    )
    for outcome, amount in ((True, 3.0), (False, -2.5)):
        parts = parts_at(made, outcome, amount)
        act, skip = made.values({"margin": margin, "cost": cost}) @ parts
        scale = 1 + abs(margin * cost) + cost**2
        assert act == pytest.approx(
            margin * cost * amount - cost + (margin if outcome else 0), abs=10 * ROUNDING * scale
        )
        assert skip == pytest.approx(-0.5 * cost**2 * amount, abs=10 * ROUNDING * scale)


def test_settings_replace_likely_values_and_draws_lead() -> None:
    made = valuation({"margin": 5.0, "cost": 1.0}, call="margin", mail="cost", skip="0")
    assert made.parts == 1
    assert made.values().tolist() == [[5.0], [1.0], [0.0]]
    draws = made.values({"margin": np.array([1.0, 2.0])})
    assert draws.tolist() == [[[1.0], [1.0], [0.0]], [[2.0], [1.0], [0.0]]]
    assert made.differences({"margin": np.array([1.0, 2.0])}).shape == (2, 2, 1)
    assert made.values({"unknown": 7.0}).tolist() == made.values().tolist()


def test_a_contrast_lays_out_doing_nothing_first_then_the_differences() -> None:
    made = valuation({"a": 7.0, "b": 3.0, "c": 2.0}, call="a * amount + 1", mail="b", skip="c")
    values, contrast = made.values(), made.contrast()
    expected = np.concatenate([values[2], values[0] - values[2], values[1] - values[2]])
    np.testing.assert_allclose(contrast, expected, rtol=ROUNDING)
    several = made.contrast({"a": np.array([7.0, 8.0])})
    assert several.shape == (2, 3 * made.parts)
    np.testing.assert_array_equal(several[0], contrast)


def test_switches_of_bound_assumptions_are_off_unless_set() -> None:
    text = "case when amount > limit then 1 else 0 end"
    formula = parse(text, where="value.act", assumptions=["limit"], outcome_allowed=True)
    nothing = parse("0", where="value.skip", assumptions=["limit"], outcome_allowed=True)
    expansion = expand({"act": formula, "skip": nothing}, {"limit": (10.0, 5.0, 20.0)})
    made = Valuation(expansion, ("act", "skip"), {"limit": 10.0})
    assert expansion.bound == ("limit",)
    likely, low = made.values()[0], made.values({"limit@low": 1.0})[0]
    assert sorted(likely.tolist()) == [0.0, 0.0, 1.0]
    assert sorted(low.tolist()) == [0.0, 0.0, 1.0]
    assert not np.array_equal(likely, low)


def test_a_contrast_at_the_likely_assumptions_is_made_once_and_nobody_can_change_it() -> None:
    made = valuation({"cost": 2.0}, act="amount - cost", skip="0")
    assert made.contrast() is made.contrast()
    assert np.array_equal(made.contrast(), made.contrast({"cost": 2.0}))
    with pytest.raises(ValueError, match="read-only"):
        made.contrast()[0] = 1.0
    other = valuation({"cost": 3.0}, act="amount - cost", skip="0")
    assert not np.array_equal(made.contrast(), other.contrast())
