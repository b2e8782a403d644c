"""What a hostile user found: each was an answer that looked right."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import payoff
from payoff.errors import PayoffError

SPEC: dict[str, Any] = {
    "decision": {"unit": "EUR"},
    "data": {"outcome": "y", "id": "id"},
    "value": {"act": "case when outcome then amount else -2 end", "skip": 0},
    "model": {"score": "score", "policy": {"threshold": 0.5}},
    "today": "everybody",
    "hurdles": [{"name": "pays", "gain": "0.1 per decision", "over": "today"}],
}


def rows(count: int = 400) -> pd.DataFrame:
    number = np.arange(count)
    score = (number * 7 % 11) / 10.0
    return pd.DataFrame({"id": number, "y": number % 4 == 0, "score": score, "amount": 10.0 + number % 50})


def gain(result: payoff.Result) -> float:
    return next(one.value for one in result.estimates if one.metric == "gain" and one.over == "everybody")


def test_an_amount_of_1e20_that_both_policies_act_on_cancels() -> None:
    table = rows()
    both = table.index[table["y"] & (table["score"] >= 0.5)][0]
    huge = table.assign(amount=table["amount"].where(table.index != both, 1e20))
    assert gain(payoff.evaluate(huge, SPEC)) == pytest.approx(gain(payoff.evaluate(table, SPEC)), rel=1e-9)


@pytest.mark.parametrize("place", ["verdict", "estimates", "notes", "policies"])
def test_a_number_or_a_word_changed_by_hand_is_refused(place: str, tmp_path: Path) -> None:
    payoff.evaluate(rows(), SPEC).save(tmp_path)
    path = tmp_path / "result.json"
    document = json.loads(path.read_text())
    changed = {
        "verdict": {**document["verdict"], "sentence": "Use it."},
        "estimates": document["estimates"][1:],
        "notes": ["all is well"],
        "policies": document["policies"][:-1],
    }
    path.write_text(json.dumps({**document, place: changed[place]}))
    with pytest.raises(PayoffError) as refused:
        payoff.read_result(path)
    assert refused.value.code == "PAY601"


def test_a_line_that_begins_with_a_hash_is_a_row(tmp_path: Path) -> None:
    table = rows().assign(id=lambda frame: "#" + frame["id"].astype(str))
    table.to_csv(tmp_path / "rows.csv", index=False)
    assert payoff.evaluate(tmp_path / "rows.csv", SPEC).record.data.rows == len(table)


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    text = rows().to_csv(index=False).replace("id,y,score,amount", "id,y,amount,amount")
    (tmp_path / "rows.csv").write_text(text)
    with pytest.raises(PayoffError, match="two columns named amount"):
        payoff.evaluate(tmp_path / "rows.csv", SPEC)


def test_a_partial_result_counts_its_known_outcomes_and_says_why_no_hurdle_was_judged() -> None:
    table = rows().assign(score=lambda frame: frame["score"].where(frame["id"] > 1))
    result = payoff.evaluate(table, SPEC)
    assert result.record.partial
    assert result.record.data.known == len(table)
    assert "Not judged" in result.to_text()
    assert "None given" not in result.to_text()
