"""Classes, class probabilities and ladders of thresholds in a spec: what is taken, and what is refused where."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.truth.many import CLASSES, rows_of, shares_of, spec_of

import payoff
from payoff.errors import PayoffError
from payoff.spec import lint, load_spec
from payoff.spec.model import Thresholds

Change = Callable[[dict[str, Any]], Any]


def refused(change: Change) -> PayoffError:
    spec = spec_of()
    change(spec)
    with pytest.raises(PayoffError) as caught:
        load_spec(spec)
    return caught.value


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (lambda s: s["data"].update(classes=["paid"]), "PAY288", "2 to 20"),
        (lambda s: s["data"].update(classes=[str(k) for k in range(21)]), "PAY288", "21 classes"),
        (lambda s: s["data"].update(classes=["paid", "late", "late"]), "PAY288", "'late' twice"),
        (lambda s: s["data"].update(classes=["paid", 2]), "PAY288", "text beside numbers"),
        (lambda s: s["data"].update(classes=["paid", "pending"]), "PAY288", "pending"),
        (lambda s: s["data"].update(positive="paid"), "PAY288", "beside `positive`"),
        (lambda s: s["data"].update(prevalence=0.1), "PAY290", "data.weight"),
        (lambda s: s["data"].update(sampled="by outcome"), "PAY290", "data.weight"),
        (lambda s: s["model"]["scores"].pop("late"), "PAY289", "nothing for late"),
        (lambda s: s["model"]["scores"].update(lat="p_x"), "PAY289", "late"),
        (lambda s: s["model"]["scores"].update(late="p_paid"), "PAY289", "one column for two"),
        (lambda s: s["model"].update(score="p_paid"), "PAY289", "beside `score`"),
        (
            lambda s: s["data"].pop("classes") and s["data"].update(positive="paid"),
            "PAY289",
            "binary outcome",
        ),
        (
            lambda s: s["challengers"]["ladder"].update(policy={"threshold": "best"}),
            "PAY290",
            "threshold: best",
        ),
        (
            lambda s: s["challengers"]["ladder"].update(policy={"maximise": "expected value"}),
            "PAY290",
            "scores",
        ),
        (lambda s: s["value"].update(refer="case when outcome = 'lat' then 1 else 0 end"), "PAY221", "'lat'"),
        (lambda s: s["value"].update(refer="case when outcome then 1 else 0 end"), "PAY25", "boolean"),
        (lambda s: s["decision"].update(actions=["approve"]), "PAY214", "1 actions"),
        (lambda s: s.update(value={"true_positive": 1}), "PAY221", "four cells"),
        (lambda s: s.update(guardrails=[{"metric": "recall", "at_least": 0.1}]), "PAY225", "recall"),
        (
            lambda s: s.update(guardrails=[{"metric": "f1_macro", "at_least": 0.1}]),
            "PAY224",
            "no action is named",
        ),
        (lambda s: s.update(metrics=["roc_auc"]), "PAY225", "roc_auc"),
        (
            lambda s: s["challengers"]["ladder"].update(
                policy={"thresholds": {"approve": 0.3, "refer": 0.3}}
            ),
            "PAY219",
            "0.3 twice",
        ),
        (
            lambda s: s["challengers"]["ladder"].update(policy={"thresholds": {"decline": 0.3}}),
            "PAY219",
            "below all of them",
        ),
        (lambda s: s["challengers"]["ladder"].update(policy={"thresholds": {}}), "PAY219", "no threshold"),
        (
            lambda s: s["challengers"]["ladder"].update(policy={"thresholds": {"aprove": 0.3}}),
            "PAY218",
            "approve",
        ),
        (
            lambda s: s["challengers"]["ladder"].update(policy={"thresholds": {"approve": 3}}),
            "PAY214",
            "0 to 1",
        ),
        (
            lambda s: s["challengers"].update(ladder={"policy": {"thresholds": {"approve": 0.3}}}),
            "PAY220",
            "without a score",
        ),
        (lambda s: s["baselines"].update({"always refer": {"always": "approve"}}), "PAY215", "always: refer"),
    ],
)
def test_what_is_no_spec_of_many_is_refused_with_code_and_words(
    change: Change, code: str, words: str
) -> None:
    found = refused(change)
    assert any(one.code.startswith(code) for one in (found, *found.problems)), str(found)
    assert any(words in str(one) for one in (found, *found.problems)), str(found)


def test_a_ladder_stands_lowest_first_whatever_the_order_in_the_file() -> None:
    policy = load_spec(spec_of()).candidate("ladder").policy
    assert isinstance(policy, Thresholds)
    assert policy.steps == (("refer", 0.3), ("approve", 0.6))
    assert policy.ladder == ("decline", "refer", "approve")


def test_every_constant_action_is_a_baseline() -> None:
    names = [one.name for one in load_spec(spec_of()).baselines]
    assert names[-3:] == ["nobody", "everybody", "always refer"]


@pytest.mark.parametrize("numeric", [False, True], ids=["text", "numbers"])
def test_labels_that_no_class_lists_stop_the_evaluation(numeric: bool) -> None:
    rows, spec = rows_of(1, 60), spec_of()
    if numeric:
        rows["y"] = np.where(rows["id"] == 3, 7, 1)
        spec["data"]["classes"] = [1, 2, 3]
        spec["value"] = {"approve": "outcome", "refer": "0", "decline": "0"}
        spec["model"]["scores"] = {str(k + 1): f"p_{name}" for k, name in enumerate(CLASSES)}
    else:
        rows["y"] = np.where(rows["id"] == 3, "paidd", rows["y"])
    with pytest.raises(PayoffError, match=r"PAY319.*(7|paidd).*") as caught:
        payoff.evaluate(pa.table(rows), spec)
    assert "1 rows" in str(caught.value)


def test_numbers_may_be_classes_and_are_compared_as_numbers() -> None:
    rows, spec = rows_of(2, 200), spec_of()
    rows["y"] = np.array([CLASSES.index(one) + 1 for one in rows["y"]])
    spec["data"]["classes"] = [1, 2, 3]
    spec["value"] = {
        "approve": "case when outcome >= 2 then -50 else 10 * outcome end",
        "refer": "1",
        "decline": "0",
    }
    spec["model"]["scores"] = {str(k + 1): f"p_{name}" for k, name in enumerate(CLASSES)}
    found = payoff.evaluate(pa.table(rows), spec)
    expected = np.where(rows["y"] >= 2, -50.0, 10.0).mean()
    value = next(e for e in found.estimates if (e.metric, e.of, e.per) == ("value", "everybody", "decision"))
    assert value.value == pytest.approx(expected)


def test_text_classes_of_a_column_of_numbers_are_refused() -> None:
    rows = rows_of(3, 60)
    rows["y"] = np.ones(60, dtype=np.int64)
    with pytest.raises(PayoffError, match=r"text as data\.classes"):
        payoff.evaluate(pa.table(rows), spec_of())


def test_a_class_without_rows_is_warned_of() -> None:
    rows = rows_of(4, 300)
    rows["y"] = np.where(rows["y"] == "default", "late", rows["y"])
    found = payoff.evaluate(pa.table(rows), spec_of())
    assert any(one.code == "PAY320" and "'default'" in one.found for one in found.checks)


def test_the_linter_names_an_action_that_another_one_beats_in_every_class() -> None:
    spec = spec_of(
        {"approve": "case when outcome = 'paid' then 9 else -9 end", "refer": "-1", "decline": "0"}
    )
    found = [one for one in lint(load_spec(spec)) if one.code == "PAY232"]
    assert [one.where for one in found] == ["value.refer"]
    assert "decline is worth more in every class" in found[0].found


def test_the_linter_refuses_actions_that_are_all_alike_and_a_class_left_out() -> None:
    alike = spec_of(
        dict.fromkeys(("approve", "refer", "decline"), "case when outcome = 'late' then 2 else 1 end")
    )
    assert any(
        one.severity == "error" and "nothing can be gained" in one.found for one in lint(load_spec(alike))
    )
    left_out = spec_of(
        {"approve": "case outcome when 'paid' then 1 when 'late' then 0 end", "refer": "0", "decline": "0"}
    )
    assert any("no value for approve on a row of 'default'" in one.found for one in lint(load_spec(left_out)))


def test_a_first_spec_of_labels_lists_them_and_weighs_their_probabilities(tmp_path: Path) -> None:
    rows = rows_of(5, 400)
    table = {"id": rows["id"], "status": rows["y"], "amount": rows["amount"]}
    table |= {f"p_{name}": rows[f"p_{name}"] for name in CLASSES}
    pq.write_table(pa.table(table), tmp_path / "rows.parquet")
    (tmp_path / "spec.yaml").write_text(payoff.init(tmp_path / "rows.parquet"))
    spec = load_spec(tmp_path / "spec.yaml")
    assert set(spec.data.classes or ()) == set(CLASSES)
    assert spec.model.scores is not None
    assert not payoff.evaluate(None, tmp_path / "spec.yaml").record.partial


def test_deciding_follows_the_ladder_and_the_largest_expected_value() -> None:
    rows, actions = rows_of(6, 300), ("approve", "refer", "decline")
    expected = shares_of(rows)
    spec = spec_of()
    found = [action for _, _, action in payoff.decide(spec, pa.table(rows))]
    assert found == [actions[int(one.argmax())] for one in expected["m"]]
    spec["model"] = {"name": "m", **spec["challengers"]["ladder"]}
    found = [action for _, _, action in payoff.decide(spec, pa.table(rows))]
    assert found == [actions[int(one.argmax())] for one in expected["ladder"]]


def test_deciding_refuses_probabilities_that_do_not_sum_to_one() -> None:
    rows = rows_of(7, 60)
    rows["p_late"][0] = 0.9
    with pytest.raises(PayoffError, match="PAY321"):
        list(payoff.decide(spec_of(), pa.table(rows)))


def test_advice_and_walk_through_say_that_they_are_of_a_binary_outcome() -> None:
    for ask in (payoff.metrics, payoff.explain):
        with pytest.raises(PayoffError, match="PAY290"):
            ask(spec_of())
