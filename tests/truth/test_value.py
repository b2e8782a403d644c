"""Value, gain and counts of a thousand random tables, against a loop over rows in exact fractions."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import yaml

import payoff
from payoff.errors.data import ContradictedThreshold
from payoff.record import PolicyTotal
from payoff.stats.estimates import Estimate

# Every number below is a multiple of 1/64, so doubles hold it exactly; means and their centring cost a few ulps.
ULPS = 1e-11
FILES, TABLES_PER_FILE = 50, 20
QUANTUM = Fraction(1, 10_000)
CENT = 0.01
POLICIES = ("threshold", "rule", "decided", "always")
REFERENCES = Path(__file__).parents[1] / "references"

Row = Mapping[str, Any]
Policy = Callable[[Row], Fraction]


@dataclass(frozen=True, slots=True)
class Term:
    """A formula as text and as a function of a row and its outcome."""

    text: str
    of: Callable[[Row, bool], Fraction]


def quarters(rng: np.random.Generator, low: int, high: int) -> Fraction:
    return Fraction(int(rng.integers(4 * low, 4 * high)), 4)


def atom(rng: np.random.Generator) -> Term:
    number, kind = quarters(rng, -9, 9), int(rng.integers(5))
    return [
        Term(f"({float(number)!r})", lambda row, _: number),
        Term("amount", lambda row, _: row["amount"]),
        Term("rate", lambda row, _: Fraction(3, 2)),
        Term("coalesce(extra, 2)", lambda row, _: Fraction(2) if row["extra"] is None else row["extra"]),
        Term("(amount / 4)", lambda row, _: row["amount"] / 4),
    ][kind]


def term(rng: np.random.Generator, depth: int, outcome: bool) -> Term:
    if depth == 0:
        return atom(rng)
    a, b = term(rng, depth - 1, outcome), term(rng, 0, outcome)
    both: list[Term] = [
        Term(f"({a.text} + {b.text})", lambda row, y: a.of(row, y) + b.of(row, y)),
        Term(f"({a.text} - {b.text})", lambda row, y: a.of(row, y) - b.of(row, y)),
        Term(f"least({a.text}, {b.text})", lambda row, y: min(a.of(row, y), b.of(row, y))),
        Term(f"greatest({a.text}, {b.text})", lambda row, y: max(a.of(row, y), b.of(row, y))),
        Term(f"(2 * abs({a.text}))", lambda row, y: 2 * abs(a.of(row, y))),
        Term(
            f"case when segment = 'a' then {a.text} else {b.text} end",
            lambda row, y: a.of(row, y) if row["segment"] == "a" else b.of(row, y),
        ),
    ]
    if outcome:
        both.append(
            Term(
                f"case when outcome then {a.text} else {b.text} end",
                lambda row, y: a.of(row, y) if y else b.of(row, y),
            )
        )
    return both[int(rng.integers(len(both)))]


@dataclass(frozen=True, slots=True)
class Asked:
    """A spec, the same policies and values in Python, and the rows."""

    spec: dict[str, Any]
    policies: Mapping[str, Policy]
    worth: Mapping[str, Callable[[Row, bool], Fraction]]
    rows: list[dict[str, Any]]
    weighted: bool

    def value(self, name: str, row: Row) -> Fraction:
        share = self.policies[name](row)
        act, skip = self.worth["act"](row, row["y"] == 1), self.worth["skip"](row, row["y"] == 1)
        return share * act + (1 - share) * skip

    def mean(self, name: str, over: str | None, where: Callable[[Row], bool]) -> Fraction | None:
        rows = [row for row in self.rows if row["y"] is not None and where(row)]
        weight = sum((row["w"] for row in rows), Fraction(0))
        if weight == 0:
            return None
        worth = sum(
            row["w"] * (self.value(name, row) - (self.value(over, row) if over else 0)) for row in rows
        )
        return Fraction(worth) / weight


def named_policy(rng: np.random.Generator, kind: str, swapped: bool) -> tuple[dict[str, Any], Policy]:
    at = quarters(rng, -4, 12)
    if kind == "threshold":
        cut = Fraction(int(rng.integers(0, 9)), 8)
        if swapped:
            below = {"threshold": float(cut), "do": "skip", "otherwise": "act"}
            return below, lambda row: Fraction(row["p"] < cut)
        return {"threshold": float(cut)}, lambda row: Fraction(row["p"] >= cut)
    if kind == "rule":
        rule = {"when": f"amount > {float(at)!r} or segment = 'b'", "do": "act"}
        return rule, lambda row: Fraction(row["amount"] > at or row["segment"] == "b")
    if kind == "decided":
        decided = {"decided": "seen", "as": {"yes": "act", "no": "skip"}}
        return decided, lambda row: Fraction(row["seen"] == "yes")
    if kind == "random":
        share = Fraction(int(rng.integers(1, 8)), 8)
        return {"random": float(share)}, lambda row: share
    return {"always": "act"}, lambda row: Fraction(1)


def random_rows(rng: np.random.Generator, weighted: bool) -> list[dict[str, Any]]:
    rows = []
    for table in range(TABLES_PER_FILE):
        for _ in range(int(rng.integers(1, 30))):
            weight = Fraction(int(rng.integers(0, 5)), 2) if weighted else Fraction(1)
            rows.append(
                {
                    "id": f"r{len(rows)}",
                    "table": f"t{table}",
                    "y": None if rng.random() < 0.1 else int(rng.random() < 0.4),
                    "p": Fraction(int(rng.integers(0, 9)), 8),
                    "amount": quarters(rng, -10, 40),
                    "extra": None if rng.random() < 0.3 else quarters(rng, -3, 3),
                    "segment": str(rng.choice(["a", "b", "c"])),
                    "seen": str(rng.choice(["yes", "no"])),
                    "w": weight,
                }
            )
    return rows


def asked_of(seed: int, swapped: bool) -> Asked:
    rng = np.random.default_rng(seed)
    weighted, cells = seed % 3 == 2, seed % 2 == 0
    if cells:
        four = {
            name: term(rng, 2, outcome=False)
            for name in ("true_positive", "false_positive", "false_negative", "true_negative")
        }
        worth = {
            "act": lambda row, y: four["true_positive" if y else "false_positive"].of(row, y),
            "skip": lambda row, y: four["false_negative" if y else "true_negative"].of(row, y),
        }
        written = {name: each.text for name, each in four.items()}
    else:
        by_action = {name: term(rng, 3, outcome=True) for name in ("act", "skip")}
        worth = {name: each.of for name, each in by_action.items()}
        written = {name: each.text for name, each in by_action.items()}
    kinds = [POLICIES[(seed + j) % len(POLICIES)] for j in range(len(POLICIES))] + ["random"]
    made = {f"policy {j}": named_policy(rng, kind, swapped) for j, kind in enumerate(kinds)}
    scored = {"score": "p", "score_is": "rank"}
    spec = {
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y", "id": "id"} | ({"weight": "w"} if weighted else {}),
        "value": written,
        "assumptions": {"rate": 1.5},
        "model": {"name": "policy 0", "policy": made["policy 0"][0], **scored},
        "baselines": {
            name: made[name][0] | (scored if "threshold" in made[name][0] else {}) for name in list(made)[1:]
        },
        "today": "policy 1",
        "slices": ["table"],
        "metrics": ["value", "gain"],
    }
    policies: dict[str, Policy] = {name: policy for name, (_, policy) in made.items()}
    policies |= {"nobody": lambda row: Fraction(0), "everybody": lambda row: Fraction(1)}
    return Asked(spec, policies, worth, random_rows(rng, weighted), weighted)


def frame_of(rows: list[dict[str, Any]]) -> pa.Table:
    plain = [
        {name: float(cell) if isinstance(cell, Fraction) else cell for name, cell in row.items()}
        for row in rows
    ]
    kinds = {
        "y": pa.int64(),
        "p": pa.float64(),
        "amount": pa.float64(),
        "extra": pa.float64(),
        "w": pa.float64(),
    }
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in plain[0]])
    return pa.Table.from_pylist(plain, schema=schema)


def is_slice(table: str | None) -> Callable[[Row], bool]:
    return (lambda row: True) if table is None else (lambda row: row["table"] == table)


def money(found: Any) -> list[Estimate]:
    return [one for one in found.estimates if one.metric in ("value", "gain") and one.per == "decision"]


def assert_equal(one: Estimate, expected: Fraction | None) -> None:
    where = (one.metric, one.of, one.over, one.slice)
    if expected is None:
        assert one.value is None, where
    else:
        assert one.value == pytest.approx(float(expected), rel=ULPS, abs=ULPS * 1000), where


@pytest.fixture(scope="module", params=range(FILES))
def pair(request: pytest.FixtureRequest) -> tuple[Asked, Any]:
    asked = asked_of(request.param, swapped=False)
    try:
        return asked, payoff.evaluate(frame_of(asked.rows), asked.spec)
    except ContradictedThreshold:  # random values may say that acting suits low scores; then it does
        asked = asked_of(request.param, swapped=True)
        return asked, payoff.evaluate(frame_of(asked.rows), asked.spec)


def test_every_value_and_gain_is_that_of_a_loop_over_the_rows(pair: tuple[Asked, Any]) -> None:
    asked, found = pair
    seen = money(found)
    for one in seen:
        table = one.slice["table"] if one.slice else None
        assert_equal(one, asked.mean(one.of, one.over, is_slice(table)))
    tables = {row["table"] for row in asked.rows if row["w"] > 0}
    assert {one.slice["table"] for one in seen if one.slice and one.metric == "gain"} == tables
    assert {one.of for one in seen if not one.slice and one.metric == "value"} == set(asked.policies)
    assert {one.over for one in seen if not one.slice and one.metric == "gain"} == set(asked.policies) - {
        "policy 0"
    }


def test_counts_and_totals_are_exact(pair: tuple[Asked, Any]) -> None:
    asked, found = pair
    kept = [row for row in asked.rows if row["w"] > 0]
    for total in found.record.totals:
        assert (total.rows, total.pending) == (len(kept), sum(row["y"] is None for row in kept))
        shares = {asked.policies[total.of](row) for row in kept}
        if not shares <= {0, 1}:
            assert total.counts == {}
            assert total.total is None
            continue
        assert dict(total.counts) == counted(asked.policies[total.of], kept)
        assert total.total == (None if asked.weighted else exact(asked, total, kept))


def counted(policy: Policy, rows: list[dict[str, Any]]) -> dict[str, int]:
    states = {0: "negative", 1: "positive", None: "pending"}
    counts = {f"{action}/{state}": 0 for action in ("act", "skip") for state in states.values()}
    for row in rows:
        counts[("act" if policy(row) else "skip") + "/" + states[row["y"]]] += 1
    return counts


def exact(asked: Asked, total: PolicyTotal, rows: list[dict[str, Any]]) -> int:
    return sum(
        math.floor(asked.value(total.of, row) / QUANTUM + Fraction(1, 2))
        for row in rows
        if row["y"] is not None
    )


def test_slices_add_up_to_the_total(pair: tuple[Asked, Any]) -> None:
    asked, found = pair
    for metric in ("value", "gain"):
        ours = [one for one in money(found) if one.metric == metric and one.of == "policy 0"]
        whole = next(one for one in ours if one.slice is None and one.over in (None, "policy 1"))
        parts = sum(
            one.value * float(known_weight(asked, one.slice["table"]))
            for one in ours
            if one.slice and one.value is not None
        )
        assert parts == pytest.approx(
            (whole.value or 0.0) * float(known_weight(asked, None)), rel=ULPS, abs=ULPS * 1e5
        )


def known_weight(asked: Asked, table: str | None) -> Fraction:
    keep = is_slice(table)
    return sum((row["w"] for row in asked.rows if row["y"] is not None and keep(row)), Fraction(0))


def test_sums_of_cents_are_exact_whatever_their_number_and_sign() -> None:
    rng = np.random.default_rng(7)
    cents = rng.integers(-(10**9), 10**9, 5_000)
    table = pa.table({"y": rng.integers(0, 2, 5_000), "p": rng.random(5_000), "amount": cents / 100})
    spec = skeleton("amount") | {"decision": {"unit": "EUR", "quantum": CENT}}
    found = totals(payoff.evaluate(table, spec))
    assert found["everybody"].total == int(cents.sum())
    assert found["nobody"].total == 0


def test_a_sum_of_amounts_of_a_thousand_trillion_is_exact_to_a_hundredth_of_a_cent() -> None:
    # In quanta of 0.0001 one such row is 10^19: beyond doubles' whole numbers and beyond 64 bits.
    rng = np.random.default_rng(15)
    amounts = np.array([10.0**15, 10.0**15 + 0.125, -(10.0**15) - 7, 10.0**15 - 0.5] * 250)
    table = pa.table({"y": rng.integers(0, 2, 1000), "p": rng.random(1000), "amount": amounts})
    found = totals(payoff.evaluate(table, skeleton("amount")))
    assert found["everybody"].total == 500 * 10**19 - 250 * 73750
    assert found["everybody"].total == sum(Fraction(amount) / QUANTUM for amount in amounts)


def test_the_bank_demonstration_equals_its_row_loop() -> None:
    folder = payoff.demo_folder()
    expected = json.loads((REFERENCES / "bank_expected.json").read_text())
    spec = yaml.safe_load((folder / "bank.yaml").read_text())
    fixed = [name for name in expected["policies"] if name.startswith("boosted at ")]
    spec["decision"]["quantum"] = 0.00001  # value of a call has five decimals: nothing is rounded then
    spec["model"] = {
        "name": fixed[0],
        "score": "p_subscribe",
        "score_is": "probability",
        "policy": {"threshold": float(fixed[0].split()[-1])},
    }
    for name in fixed[1:]:
        spec["baselines"][name] = {
            "score": "p_subscribe",
            "score_is": "probability",
            "threshold": float(name.split()[-1]),
        }
    spec |= {"metrics": ["value", "gain"], "slices": [], "guardrails": []}
    found = payoff.evaluate(folder / "bank.parquet", spec)
    seen, names = totals(found), {"older at 0.1": "older"}
    values = {one.of: one.value for one in found.estimates if one.metric == "value" and one.per == "decision"}
    for key, figures in expected["policies"].items():
        name = names.get(key, key)
        counts = seen[name].counts
        assert [
            counts[cell] for cell in ("call/positive", "call/negative", "skip/positive", "skip/negative")
        ] == [figures[cell] for cell in ("tp", "fp", "fn", "tn")]
        assert seen[name].total == round(Fraction(str(figures["value_total"])) * 100_000)
        assert values[name] == pytest.approx(figures["value_per_row"], rel=ULPS)


def totals(found: Any) -> dict[str, PolicyTotal]:
    return {total.of: total for total in found.record.totals}


def skeleton(worth: str) -> dict[str, Any]:
    return {
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y"},
        "value": {"act": worth, "skip": 0},
        "model": {"name": "m", "score": "p", "score_is": "rank", "policy": {"threshold": 0.5}},
        "today": "nobody",
    }
