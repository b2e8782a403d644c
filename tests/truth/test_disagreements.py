"""What two policies decide differently: counts, shares and money, against tables by hand and plain loops over rows."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import payoff

Maker = Callable[..., Any]
# Sums of some thousand amounts below a thousand, in another order.
ROUNDING = 1e-9
PER_YEAR = 12_000


def evaluated(rows: Any, spec: dict[str, Any]) -> Any:
    return payoff.evaluate(rows if isinstance(rows, pd.DataFrame) else pa.table(rows), spec)


def pair(found: Any, over: str) -> Any:
    return next(one for one in found.record.disagreements if one.over == over)


def kinds(one: Any) -> dict[tuple[str, str, str], Any]:
    return {(flip.outcome, flip.action, flip.instead): flip for flip in one.flips}


def small(threshold: float = 0.5, **more: Any) -> dict[str, Any]:
    return {
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y", "id": "id"},
        "value": {"act": "case when outcome then 7 else -2 end", "skip": 0},
        "model": {
            "name": "new",
            "score": "p",
            "score_is": "probability",
            "policy": {"threshold": threshold},
        },
        "challengers": {"old": {"score": "q", "score_is": "probability", "policy": {"threshold": 0.5}}},
        **more,
    }


def two_by_two_by_two(counts: dict[tuple[int, int, int], int]) -> pd.DataFrame:
    """Return rows with so many of each outcome, decision of new and decision of old."""
    rows = [key for key, count in counts.items() for _ in range(count)]
    y, new, old = (np.array(column) for column in zip(*rows, strict=True))
    return pd.DataFrame({"id": np.arange(len(y)), "y": y, "p": 0.2 + 0.6 * new, "q": 0.2 + 0.6 * old})


def test_flips_are_those_of_a_table_by_hand() -> None:
    counts = {(1, 1, 1): 10, (1, 1, 0): 6, (1, 0, 1): 3, (1, 0, 0): 1}
    counts |= {(0, 1, 1): 20, (0, 1, 0): 5, (0, 0, 1): 15, (0, 0, 0): 40}
    one = pair(evaluated(two_by_two_by_two(counts), small()), "old")
    assert (one.of, one.rows, one.differing, one.share, one.pending) == ("new", 100, 29, 0.29, 0)
    found = {key: (flip.rows, flip.share) for key, flip in kinds(one).items()}
    assert found == {
        ("positive", "act", "skip"): (6, 6 / 20),
        ("positive", "skip", "act"): (3, 3 / 20),
        ("negative", "act", "skip"): (5, pytest.approx(5 / 80)),
        ("negative", "skip", "act"): (15, pytest.approx(15 / 80)),
    }
    money = {key: flip.money * 100 for key, flip in kinds(one).items()}
    assert list(money.values()) == pytest.approx([6 * 7, -3 * 7, -5 * 2, 15 * 2], abs=ROUNDING)
    assert one.money * 100 == pytest.approx(6 * 7 - 3 * 7 - 5 * 2 + 15 * 2, abs=ROUNDING)
    assert (one.unit, one.tier, one.note) == ("EUR per decision", "A", None)
    # Wilson's bounds of 29 in 100 with z = 1.96: (0.29 + 0.0192 -+ 0.0910) / 1.0384.
    assert (one.low, one.high) == pytest.approx((0.2101, 0.3854), abs=1e-4)


@pytest.mark.parametrize("seed", range(8))
def test_counts_and_money_are_those_of_a_loop_over_the_rows(
    make_rows: Maker, make_spec: Maker, seed: int
) -> None:
    data = [{}, {"weight": "amount"}, {"cluster": "person"}, {"label_known_on": "when"}][seed % 4]
    rows = make_rows(seed)
    dates = np.array(["2024-01-01", "2024-12-31"], dtype="datetime64[D]")
    rows["when"] = dates[(np.arange(len(rows["y"])) % 40 == 0).astype(int)]
    spec = make_spec(0.3, id="id", **data)
    if "label_known_on" in data:
        spec["data"]["as_of"] = "2024-06-30"
    found = evaluated(rows, spec)
    act = {"new": rows["p"] >= 0.3, "old": rows["older"] >= 0.3, "rule": rows["amount"] > 90}
    act |= {"recorded": rows["seen"] == "yes", "nobody": rows["p"] < 0, "everybody": rows["p"] >= 0}
    known = rows["when"] < dates[1] if "label_known_on" in data else np.ones(len(rows["y"]), bool)
    weight = rows["amount"] if "weight" in data else np.ones(len(rows["y"]))
    for over in ("old", "rule", "recorded", "nobody", "everybody"):
        one = pair(found, over)
        expected: dict[tuple[str, str, str], list[float]] = {}
        for row in np.flatnonzero(known & (act["new"] != act[over])):
            ours = bool(act["new"][row])
            gain = (0.5 * rows["amount"][row] * rows["y"][row] - 8) * (1 if ours else -1)
            key = ("positive" if rows["y"][row] else "negative", *(("act", "skip")[:: 1 if ours else -1]))
            held = expected.setdefault(key, [0, 0.0, 0.0])
            held[0] += 1
            held[1] += weight[row]
            held[2] += weight[row] * gain
        assert one.differing == sum(held[0] for held in expected.values())
        assert one.pending == int((~known & (act["new"] != act[over])).sum())
        for key, flip in kinds(one).items():
            count, mass, money = expected.get(key, [0, 0.0, 0.0])
            of_outcome = weight[known & (rows["y"] == (key[0] == "positive"))].sum()
            assert flip.rows == count
            assert flip.share == pytest.approx(mass / of_outcome, abs=ROUNDING)
            total = weight[known].sum()
            assert flip.money == pytest.approx(money / total * PER_YEAR, rel=ROUNDING, abs=1e-6)


def test_the_money_of_all_flips_is_the_gain_and_no_row_that_is_decided_alike_adds_to_it(
    make_rows: Maker, make_spec: Maker
) -> None:
    found = evaluated(make_rows(3), make_spec(0.3, id="id"))
    for one in found.record.disagreements:
        gain = next(
            each
            for each in found.estimates
            if (each.metric, each.of, each.over, each.per, each.slice)
            == ("gain", "new", one.over, "year", None)
        )
        assert one.money == pytest.approx(gain.value, rel=ROUNDING)
        assert sum(flip.money for flip in one.flips) == pytest.approx(gain.value, rel=ROUNDING)
    assert {one.over for one in found.record.disagreements} == {
        "old",
        "rule",
        "recorded",
        "coin",
        "nobody",
        "everybody",
    }


def test_swapping_the_two_models_turns_every_flip_round(make_rows: Maker, make_spec: Maker) -> None:
    spec, swapped = make_spec(0.3, id="id"), make_spec(0.3, id="id")
    swapped["model"], new = {"name": "old", **spec["challengers"]["old"]}, swapped["model"]
    swapped["challengers"] = {"new": {key: value for key, value in new.items() if key != "name"}}
    rows = make_rows(4)
    once, back = pair(evaluated(rows, spec), "old"), pair(evaluated(rows, swapped), "new")
    assert (back.differing, back.share, back.low) == (once.differing, once.share, once.low)
    assert back.money == pytest.approx(-once.money, rel=ROUNDING)
    for (outcome, action, instead), flip in kinds(once).items():
        other = kinds(back)[outcome, instead, action]
        assert (other.rows, other.share) == (flip.rows, flip.share)
        assert other.money == pytest.approx(-flip.money, rel=ROUNDING)


def test_the_same_decisions_differ_nowhere_and_a_lot_differs_in_expectation() -> None:
    counts = {(1, 1, 1): 30, (1, 0, 0): 10, (0, 1, 1): 20, (0, 0, 0): 140}
    found = evaluated(two_by_two_by_two(counts), small(baselines={"coin": {"random": 0.25}}))
    same, coin = pair(found, "old"), pair(found, "coin")
    assert (same.differing, same.share, same.low, same.money) == (0, 0.0, 0.0, 0.0)
    assert same.high > 0.0  # rows not yet seen may be decided differently
    assert coin.differing == round(50 * 0.75 + 150 * 0.25)
    assert coin.share == pytest.approx(75 / 200)
    assert coin.note == "one of them acts by lot: expected numbers of rows"


def test_at_a_tuned_threshold_the_money_is_said_to_be_a_claim(make_rows: Maker, make_spec: Maker) -> None:
    one = pair(evaluated(make_rows(5), make_spec("best", id="id")), "rule")
    assert one.note == "threshold tuned on these rows: the money is what they claim, not the honest gain"


# Margins of non-inferiority: a hurdle below zero.


def test_a_margin_is_cleared_by_the_lower_bound_of_the_paired_gain(
    make_rows: Maker, make_spec: Maker
) -> None:
    rows, spec = make_rows(6), make_spec(0.3, id="id")
    spec["assumptions"] = {"margin": 0.5, "cost": 8}  # without ranges the rule is the one-sided bound itself
    act, other = rows["p"] >= 0.3, rows["older"] >= 0.3
    gains = (0.5 * rows["amount"] * rows["y"] - 8) * (act.astype(float) - other)
    mean, error = gains.mean(), gains.std(ddof=1) / len(gains) ** 0.5
    spec["model"]["costs"] = {"running": "50 per decision"}
    for asked, status in ((-2.5, "cleared"), (-1.0, "undecided"), (4.0, "missed")):
        margin = mean + asked * error - 50.0  # what the model may lose at most, its running costs counted
        hurdle = {"name": "no worse", "net_gain": f"{margin:.9f} per decision", "over": "old"}
        spec["hurdles"] = [{**hurdle, "confidence": 0.95}]
        judged = evaluated(rows, spec).verdict.hurdles[0]
        assert margin < 0
        assert judged.status == status


def test_the_sentence_speaks_of_the_margin(make_rows: Maker, make_spec: Maker) -> None:
    spec = make_spec(0.3, id="id")
    spec["hurdles"] = [{"name": "no worse", "gain": "-2 per decision", "over": "old", "confidence": 0.95}]
    found = evaluated(make_rows(7), spec)
    said = "it is not worse by more than the EUR 2 per decision that “no worse” allows"
    assert found.verdict.overall == "ship"
    assert said in found.verdict.sentence
    assert "may be worse than" in found.to_html()
    spec["baselines"]["twin"] = {"when": "p >= 0.3", "do": "act"}
    spec["hurdles"] = [{"name": "no worse", "gain": "-0.01 per decision", "over": "twin"}]
    alike = evaluated(make_rows(7), spec)
    assert (alike.verdict.overall, alike.verdict.hurdles[0].reason) == ("ship", "same_decisions")
    assert "never worse than twin, whose decisions it makes in every row" in alike.verdict.sentence
    assert "You do not need this model: twin" not in alike.verdict.sentence
    spec["model"]["policy"] = {"threshold": 0.6}
    del spec["guardrails"]
    spec["hurdles"] = [{"name": "no worse", "gain": "-0.01 per decision", "over": "everybody"}]
    spec["assumptions"] = {"margin": 3, "cost": 1}
    worse = evaluated(make_rows(7), spec)
    assert worse.verdict.overall == "reject"
    assert "worse by more than the EUR 0.01 per decision that “no worse” allows" in worse.verdict.sentence


def test_a_margin_is_remarked_on_and_not_warned_of_unless_nobody_clears_it(make_spec: Maker) -> None:
    spec = make_spec(0.3, id="id")
    spec["hurdles"] = [{"name": "no worse", "gain": "-2 per decision", "over": "rule"}]
    remarks = [one for one in payoff.check(spec) if one.code == "PAY235"]
    assert [one.severity for one in remarks] == ["note"]
    assert "being worse than rule by less than 2 per decision clears it" in remarks[0].found
    spec["hurdles"][0]["over"] = "nobody"
    assert [one.severity for one in payoff.check(spec) if one.code == "PAY235"] == ["warning"]


def test_report_and_summary_show_what_is_decided_differently(make_rows: Maker, make_spec: Maker) -> None:
    spec = make_spec(0.3, id="id")
    spec["challengers"] = {"<b>old": spec["challengers"]["old"]}
    found = evaluated(make_rows(8), spec)
    one = pair(found, "<b>old")
    page, text = found.to_html(), found.to_text(100)
    assert "Where decisions differ" in page
    assert f'<data value="{one.differing}">' in page
    assert "<b>old" not in page
    assert "Decided differently" in text
    assert f"{one.differing:,}" in text
