"""Repeated looks: what each must reach, how often a gain of nothing passes, and what is recorded."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import payoff
from payoff.errors.judging import LooksNeedRows
from payoff.errors.usage import NotALook
from payoff.spec.looks import PLANNED, read_looks
from payoff.stats.distributions import normal_ppf
from payoff.stats.sequences import sequence_bounds, sequence_confidence, sequence_deviate, tightest_at

# Solving for a bound and inverting it are both closed forms: what is left is rounding.
ROUNDING = 1e-10


def spec_of(**more: Any) -> dict[str, Any]:
    return {
        "decision": {"name": "Call", "unit": "EUR"},
        "data": {"outcome": "y"},
        "value": {"act": "case when outcome then 10 else -2 end", "skip": 0},
        "model": {"name": "new", "score": "p", "score_is": "probability", "policy": {"threshold": 0.3}},
        "hurdles": [{"name": "a", "gain": "2.4 per decision", "over": "nobody", "confidence": 0.9}],
        **more,
    }


def rows_of(n: int = 3_000, seed: int = 5) -> pa.Table:
    rng = np.random.default_rng(seed)
    p = rng.random(n).round(2)
    return pa.table({"y": (rng.random(n) < p).astype(np.int64), "p": p, "w": 1.0 + np.arange(n) % 2})


def at_the_edge(looks: int) -> dict[str, Any]:
    """A hurdle that a single look clears at 90% and one of so many looks leaves open."""
    first = payoff.evaluate(rows_of(), spec_of()).verdict.hurdles[0]
    asked = 1 - (1 - 0.9) / looks
    level = 1 - 2 * (1 - (0.9 + asked) / 2)
    sd = (first.high - first.low) / 2 / float(normal_ppf(np.float64(0.975)))
    required = first.gain - sd * float(normal_ppf(np.float64((1 + level) / 2)))
    hurdle = {"name": "a", "gain": f"{required:.6f} per decision", "over": "nobody", "confidence": 0.9}
    return spec_of(hurdles=[hurdle])


def test_each_of_three_looks_asks_a_third_of_the_error() -> None:
    spec, rows = at_the_edge(3), rows_of()
    alone, third = payoff.gate(spec, rows), payoff.gate(spec, rows, looks=3)
    assert (alone.exit_code, third.exit_code) == (0, 3)
    one, other = alone.result.verdict.hurdles[0], third.result.verdict.hurdles[0]
    assert other.confidence == pytest.approx(1 - 0.1 / 3, abs=ROUNDING)
    assert (other.probability, other.gain, other.low) == (one.probability, one.gain, one.low)
    assert (other.status, other.reason) == ("undecided", "sampling")
    assert one.confidence < one.probability < other.confidence


def test_what_the_caller_says_of_looks_is_recorded_and_hashed() -> None:
    spec, rows = spec_of(), rows_of()
    alone, third = payoff.evaluate(rows, spec), payoff.evaluate(rows, spec, looks="3")
    record = third.record
    assert (record.looks.count, dict(record.looks.asked)) == (3, {"a": 0.9})
    assert record.overrides == {"looks": "3"}
    assert "judged 3 times in all" in record.looks.words
    assert "96.7% in place of 90%" in record.looks.words
    assert record.looks.words in record.notes
    assert record.looks.words in " ".join(third.to_text().split())
    assert record.hash != alone.record.hash
    assert '"looks"' not in alone.to_json()
    assert [check.code for check in third.checks if check.where == "looks"] == ["PAY508"]


def test_a_result_with_looks_is_read_back(tmp_path: Any) -> None:
    made = payoff.evaluate(rows_of(), spec_of(), looks=4)
    assert payoff.read_result(made.save(tmp_path)[0]).record.looks == made.record.looks


@pytest.mark.parametrize(("looks", "severity"), [(2, "note"), (9, "note"), (10, "warning"), (500, "warning")])
def test_ten_looks_are_warned_of(looks: int, severity: str) -> None:
    found = payoff.evaluate(rows_of(300), spec_of(), looks=looks)
    assert [one.severity for one in found.checks if one.code == "PAY508"] == [severity]


def test_one_look_is_what_no_looks_are() -> None:
    rows = rows_of(400)
    assert payoff.evaluate(rows, spec_of(), looks=1).to_json() == payoff.evaluate(rows, spec_of()).to_json()


@pytest.mark.parametrize("asked", [0, -1, 1.5, "two", "", "any-time:", "any-time:0", "anytime", True, "3:5"])
def test_looks_that_are_none_are_refused(asked: Any) -> None:
    with pytest.raises(NotALook) as caught:
        payoff.evaluate(rows_of(50), spec_of(), looks=asked)
    assert caught.value.code == "PAY107"


@pytest.mark.parametrize("looks", [2, 3, 40])
def test_a_stored_result_is_judged_as_its_rows_would_be(looks: int) -> None:
    rows = rows_of()
    for spec in (at_the_edge(3), spec_of()):
        fresh = payoff.gate(spec, rows, looks=looks).result
        stored = payoff.gate(payoff.evaluate(rows, spec), looks=looks).result
        assert stored.hash == fresh.hash
        assert stored.looks == fresh.looks
        assert stored.verdict.sentence == fresh.verdict.sentence
        keys = ("status", "reason", "confidence", "probability")
        for one, other in zip(stored.verdict.hurdles, fresh.verdict.hurdles, strict=True):
            assert [getattr(one, key) for key in keys] == [getattr(other, key) for key in keys]


def test_a_stored_result_changes_from_three_looks_to_five_as_from_one() -> None:
    spec, rows = at_the_edge(3), rows_of()
    over_three = payoff.gate(payoff.evaluate(rows, spec, looks=3), looks=5).result
    assert over_three.to_json().count("judged 3 times") == 0
    assert over_three.hash == payoff.gate(spec, rows, looks=5).result.hash


@pytest.mark.parametrize(
    ("looks", "more"),
    [("any-time", {}), (3, {"guardrails": [{"name": "r", "metric": "recall", "at_least": 0.1}]})],
)
def test_what_a_stored_result_cannot_tell_is_refused(looks: Any, more: dict[str, Any]) -> None:
    stored = payoff.evaluate(rows_of(), spec_of(**more))
    with pytest.raises(LooksNeedRows) as caught:
        payoff.gate(stored, looks=looks)
    assert caught.value.code == "PAY507"


def test_a_guardrail_asks_more_at_each_of_several_looks() -> None:
    rail = {"name": "r", "metric": "precision", "at_least": 0.5, "confidence": 0.9}
    found = payoff.gate(spec_of(guardrails=[rail]), rows_of(), looks=4).result.verdict.guardrails[0]
    assert found.confidence == pytest.approx(0.975, abs=ROUNDING)


def test_at_any_time_the_hurdle_is_judged_by_the_sequence() -> None:
    """The bounds by hand from the mean, the standard deviation and the formula of the paper."""
    rows = rows_of()
    p, y = rows["p"].to_numpy(), rows["y"].to_numpy()
    gain = np.where(p >= 0.3, np.where(y == 1, 10.0, -2.0), 0.0)
    n, rho2 = len(gain), 7.9361985 / PLANNED
    half = gain.std(ddof=1) * np.sqrt(
        2 * (n * rho2 + 1) / (n**2 * rho2) * np.log(1 + np.sqrt(n * rho2 + 1) / 0.05)
    )
    found = payoff.gate(spec_of(), rows, looks="any-time").result.verdict.hurdles[0]
    # Eight digits of rho^2 are written above.
    assert (found.low, found.high) == pytest.approx((gain.mean() - half, gain.mean() + half), rel=1e-7)
    assert found.confidence == 0.9
    assert found.probability == pytest.approx(
        float(sequence_confidence(gain.mean() - 2.4, gain.std(ddof=1) / np.sqrt(n), n, np.sqrt(rho2))),
        rel=1e-7,
    )


@pytest.mark.parametrize(
    "more",
    [
        {"data": {"outcome": "y", "weight": "w"}},
        {
            "model": {
                "name": "new",
                "score": "p",
                "score_is": "probability",
                "policy": {"threshold": "best"},
            },
        },
        {"value": {"act": "case when outcome then 1000 else -2 end", "skip": 0}, "rare": True},
    ],
    ids=["weights", "a tuned threshold", "a heavy tail"],
)
def test_where_no_bound_holds_at_every_look_the_verdict_is_hold_with_the_reason(more: dict[str, Any]) -> None:
    rows = rows_of()
    if more.pop("rare", False):
        rare = np.where(np.arange(3_000) < 60, 1, 0)
        rows = pa.table({"y": rare, "p": np.full(3_000, 0.5)})
    gate = payoff.gate(spec_of(**more), rows, looks="any-time")
    hurdle = gate.result.verdict.hurdles[0]
    assert (gate.exit_code, hurdle.status, hurdle.reason) == (3, "not evaluated", "no_any_time")
    assert (hurdle.low, hurdle.probability) == (None, None)
    assert "every look" in gate.result.verdict.sentence


def test_a_guardrail_that_a_single_look_shows_is_open_at_any_time() -> None:
    rails = [
        {"name": "shown", "metric": "recall", "at_least": 0.2},
        {"name": "lenient", "metric": "recall", "at_least": 0.2, "evidence": "not refuted"},
    ]
    found = payoff.gate(spec_of(guardrails=rails), rows_of(), looks="any-time").result
    assert [(one.status, one.reason) for one in found.verdict.guardrails] == [
        ("undecided", "no_any_time"),
        ("cleared", None),
    ]
    assert found.verdict.overall == "hold"


@pytest.mark.parametrize("units", [50, 1_000, 10_000, 10_000_000])
@pytest.mark.parametrize("tail", [0.2, 0.05, 1e-6])
def test_the_confidence_of_the_sequence_is_its_bound_read_backwards(units: int, tail: float) -> None:
    rho = tightest_at(5_000)
    low, high = sequence_bounds(3.0, 0.5, units, rho, 1 - 2 * tail)
    assert float(sequence_confidence(3.0 - low, 0.5, units, rho)) == pytest.approx(1 - tail, abs=ROUNDING)
    assert float(sequence_confidence(3.0 - high, 0.5, units, rho)) == pytest.approx(tail, abs=ROUNDING)


def test_the_sequence_is_tightest_about_where_it_was_planned() -> None:
    widths = {
        planned: sequence_deviate(10_000, tightest_at(planned), 0.025) for planned in (100, 10_000, 10**6)
    }
    finest = min(sequence_deviate(10_000, rho, 0.025) for rho in np.geomspace(1e-3, 1, 400))
    # The closed form of rho is the paper's approximation to the best: within one percent.
    assert finest <= widths[10_000] <= 1.01 * finest
    assert widths[10_000] < min(widths[100], widths[10**6])


def test_a_gain_without_spread_is_certain_and_one_at_the_hurdle_is_open() -> None:
    found = sequence_confidence(np.array([1.0, 0.0, -1.0]), 0.0, 100, 0.1)
    assert found.tolist() == [1.0, 0.5, 0.0]


def test_looking_again_at_grown_rows_inflates_plain_looks_and_neither_remedy() -> None:
    """A gain of exactly the hurdle, looked at five times as rows grow; nominal error 5%."""
    rng, alpha, looks, sets = np.random.default_rng(11), 0.05, 5, 1_500
    at = np.arange(1, looks + 1) * 800
    passed = np.zeros(3)
    rho = tightest_at(4_000)
    for _ in range(sets):
        x = np.where(rng.random(at[-1]) < 0.2, 4.0, -1.0)
        n = at
        mean, square = np.cumsum(x)[at - 1] / n, np.cumsum(x * x)[at - 1] / n
        stderr = np.sqrt((square - mean**2) / (n - 1))
        t = mean / stderr
        passed += [
            (t > float(normal_ppf(np.float64(1 - alpha)))).any(),
            (t > float(normal_ppf(np.float64(1 - alpha / looks)))).any(),
            any(
                sequence_confidence(one, other, int(units), rho) > 1 - alpha
                for one, other, units in zip(mean, stderr, n, strict=True)
            ),
        ]
    plain, shared, sequence = passed / sets
    noise = 3 * np.sqrt(alpha * (1 - alpha) / sets)  # three Monte Carlo standard errors
    assert plain > alpha + noise  # about 12%
    assert shared <= alpha + noise
    assert sequence <= alpha + noise


def test_looks_read_as_they_are_written() -> None:
    for text in ("3", "any-time", "any-time:20000"):
        assert str(read_looks(text)) == text
    assert read_looks(None) is None


def test_the_gate_says_what_looks_ask_to_every_machine() -> None:
    judged = payoff.gate(spec_of(), rows_of(400), looks=3)
    words = judged.result.looks.words
    assert words.replace("%", "%25") in payoff.annotations(judged)
    assert words in payoff.junit(judged)
    alone = payoff.gate(spec_of(), rows_of(400))
    assert "judged" not in payoff.annotations(alone) + payoff.junit(alone)


@pytest.mark.parametrize(("looks", "warned"), [(3, False), (9, False), (10, True), (12, True)])
def test_a_gate_warns_of_rows_that_are_worn_out_fresh_or_stored(looks: int, warned: bool) -> None:
    stored = payoff.evaluate(rows_of(), spec_of())
    for judged in (payoff.gate(spec_of(), rows_of(), looks=looks), payoff.gate(stored, looks=looks)):
        lines = payoff.annotations(judged).splitlines()
        found = [line for line in lines if "PAY508" in line]
        assert len(found) == warned
        assert all(line.startswith("::warning title=payoff::PAY508: ") for line in found)
        (check,) = [one for one in judged.result.data.checks if one.code == "PAY508"]
        assert check.severity == ("warning" if warned else "note")
