"""Bad rows through the real command line: named with code, column, count, first ids and remedy; exit 2."""

import math
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pytest

Columns = dict[str, list[Any]]
Runner = Callable[..., Any]

FIRST_FIVE = ["r000", "r001", "r002", "r003", "r004"]


def spoiled(columns: Columns, name: str, value: Any, *at: int) -> Columns:
    cells = list(columns[name])
    for j in at:
        cells[j] = value
    return columns | {name: cells}


def assert_refused(seen: Any, code: str, where: str, rows: int, ids: list[str]) -> dict[str, Any]:
    """Assert exit 2, a partial result, and one check that says all the contract asks, on the screen too."""
    assert seen.exit == 2
    assert seen.result["partial"] is True
    assert seen.result["verdict"]["overall"] is None
    assert seen.result["estimates"] == []
    check: dict[str, Any] = seen.check(code)
    assert (check["severity"], check["rows"], check["ids"]) == ("error", rows, ids)
    assert where in check["where"]
    assert check["fix"]
    assert code in seen.words
    assert check["found"] in seen.words
    assert ", ".join(ids) in seen.words
    return check


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, None], ids=["NaN", "inf", "-inf", "NULL"])
@pytest.mark.parametrize("kind", ["probability", "rank"])
def test_d1_a_score_that_is_no_number_is_named(
    run: Runner, spec: Runner, columns: Columns, value: Any, kind: str
) -> None:
    rows = spoiled(columns, "p", value, 3, 9)
    found = assert_refused(run(spec(model__score_is=kind), rows), "PAY306", "'p'", 2, ["r003", "r009"])
    assert "payoff drops none" in found["fix"]


def test_d1_scores_that_are_all_missing_are_counted(run: Runner, spec: Runner, columns: Columns) -> None:
    rows = columns | {"p": pa.array([None] * 60, pa.float64())}
    assert_refused(run(spec(), rows), "PAY306", "'p'", 60, FIRST_FIVE)


def test_d2_missing_outcomes_are_pending_and_never_negative(
    run: Runner, spec: Runner, columns: Columns
) -> None:
    seen = run(spec(), spoiled(columns, "y", None, 5, 6, 7, 8))
    assert seen.exit == 0
    assert seen.check("PAY332")["rows"] == 4
    assert (seen.result["data"]["known"], seen.result["data"]["pending"]) == (56, 4)
    prevalence = next(one for one in seen.result["estimates"] if one["metric"] == "prevalence")
    assert prevalence["value"] == pytest.approx(19 / 56)  # row 6 was one of 20 positives
    assert any(one["metric"] == "gain_bounds" for one in seen.result["estimates"])


def test_d2_when_every_outcome_is_pending_nothing_can_be_judged(
    run: Runner, spec: Runner, columns: Columns
) -> None:
    seen = run(spec(), columns | {"y": pa.array([None] * 60, pa.int64())})
    assert_refused(seen, "PAY304", "'y'", 60, [])


@pytest.mark.parametrize(("outcome", "label", "worth"), [(0, "negative", -1.0), (1, "positive", 10.0)])
def test_d3_with_one_class_value_is_shown_and_ranking_is_undefined(
    run: Runner, spec: Runner, columns: Columns, outcome: int, label: str, worth: float
) -> None:
    seen = run(spec(), columns | {"y": [outcome] * 60})
    assert seen.exit == 0
    assert f"all 60 known outcomes are {label}" in seen.check("PAY330")["found"]
    by = {(one["metric"], one["of"]): one for one in seen.result["estimates"] if one["over"] is None}
    assert by["value", "everybody"]["value"] == worth
    assert by["prevalence", "m"]["value"] == outcome
    assert 0 < by["prevalence", "m"]["high"] - by["prevalence", "m"]["low"] < 0.1
    assert by["roc_auc", "m"]["value"] is None
    assert "undefined" in by["roc_auc", "m"]["note"]


def test_d4_a_constant_score_carries_no_ranking_and_says_so(
    run: Runner, spec: Runner, columns: Columns
) -> None:
    seen = run(spec(), columns | {"p": [0.7] * 60})
    assert seen.exit == 0
    assert "carries no ranking" in seen.check("PAY331")["found"]
    assert {"nobody", "everybody", "m"} <= {one["of"] for one in seen.result["totals"]}


def test_d5_rows_at_the_threshold_are_acted_on(run: Runner, spec: Runner, columns: Columns) -> None:
    seen = run(spec(), columns | {"p": [0.5, 0.4999] * 30})
    ours = next(one for one in seen.result["totals"] if one["of"] == "m")
    assert ours["counts"]["act/positive"] + ours["counts"]["act/negative"] == 30
    assert "p >= 0.5" in next(one for one in seen.result["policies"] if one["name"] == "m")["definition"]


def test_d6_a_negative_capacity_is_refused_with_what_to_write(
    run: Runner, spec: Runner, columns: Columns
) -> None:
    asked = spec(model__policy={"capacity": "-1 per day"})
    seen = run(asked, columns)
    assert seen.exit == 2
    assert "capacity" in seen.words
    assert "PAY283" in seen.words


def test_d7_a_score_that_knows_the_outcome_is_suspected_of_a_leak(
    run: Runner, spec: Runner, columns: Columns
) -> None:
    seen = run(spec(), columns | {"p": [0.9 if y else 0.1 + j / 1000 for j, y in enumerate(columns["y"])]})
    assert seen.exit == 0
    assert "AUC 1.0000" in seen.check("PAY335")["found"]


def test_d8_a_reversed_score_is_warned_of_and_not_flipped(
    run: Runner, spec: Runner, columns: Columns
) -> None:
    straight = [0.2 + 0.5 * y + (7 * j % 13) / 40 for j, y in enumerate(columns["y"])]
    reversed_score = [1 - p for p in straight]
    areas = []
    for scores in (straight, reversed_score):
        seen = run(spec(), columns | {"p": [min(max(p, 0.0), 1.0) for p in scores]})
        areas.append(next(one for one in seen.result["estimates"] if one["metric"] == "roc_auc")["value"])
    assert areas[0] + areas[1] == pytest.approx(1.0)
    assert "never flips" in seen.check("PAY334")["fix"]


@pytest.mark.parametrize(
    "labels",
    [[1, 2], [-1, 1], ["yes", "no"], ["1", "0"], [0.0, 0.5]],
    ids=["1/2", "-1/1", "yes/no", "text", "half"],
)
def test_d9_labels_without_a_declared_positive_are_refused(
    run: Runner, spec: Runner, columns: Columns, labels: list[Any]
) -> None:
    seen = run(spec(), columns | {"y": labels * 30})
    assert seen.exit == 2
    assert "PAY305 at data.outcome 'y'" in seen.words
    assert f"{labels[0]} (30 rows)" in seen.words
    assert "data.positive" in seen.words


@pytest.mark.parametrize(
    ("labels", "positive"),
    [
        ([1, 2], 2),
        ([-1, 1], 1),
        (["yes", "no"], "yes"),
        ([True, False], None),
        ([1.0, 0.0], None),
        (["1", "0"], "1"),
    ],
)
def test_d9_the_declared_label_counts_as_positive_whatever_its_type(
    run: Runner, spec: Runner, columns: Columns, labels: list[Any], positive: Any
) -> None:
    wanted = labels[0] if positive is None else positive
    cells = [labels[j % 3 > 0] for j in range(60)]
    seen = run(spec(data__positive=positive) if positive is not None else spec(), columns | {"y": cells})
    prevalence = next(one for one in seen.result["estimates"] if one["metric"] == "prevalence")
    assert prevalence["value"] == pytest.approx(cells.count(wanted) / 60)


@pytest.mark.parametrize("words", [("yes", "no"), ("Yes", "No"), ("t", "f"), ("true", "false"), ("Y", "N")])
def test_d9_labels_of_a_csv_file_stay_as_they_are_written(
    run: Runner, spec: Runner, words: tuple[str, str]
) -> None:
    text = "id,y,p\n" + "".join(f"r{j},{words[j % 3 > 0]},0.{j % 9}\n" for j in range(60))
    seen = run(spec(data__positive=words[0]), text, "rows.csv")
    prevalence = next(one for one in seen.result["estimates"] if one["metric"] == "prevalence")
    assert prevalence["value"] == pytest.approx(20 / 60)


def test_d9_a_label_that_a_boolean_outcome_does_not_have_is_refused(
    run: Runner, spec: Runner, columns: Columns
) -> None:
    seen = run(spec(data__positive="yes"), columns | {"y": [True, False] * 30})
    assert seen.exit == 2
    assert "PAY305" in seen.words


def test_d9_words_for_missing_are_labels_and_not_dropped(run: Runner, spec: Runner, columns: Columns) -> None:
    seen = run(spec(data__positive="yes"), columns | {"y": ["yes", "no", "NA"] * 20})
    assert seen.exit == 2
    assert "NA (20 rows)" in seen.words
    assert "leave unknown outcomes empty" in seen.words


def test_d10_a_probability_above_one_is_refused_and_one_off_by_rounding_is_noted(
    run: Runner, spec: Runner, columns: Columns
) -> None:
    assert_refused(run(spec(), spoiled(columns, "p", 1.3, 2)), "PAY307", "'p'", 1, ["r002"])
    seen = run(spec(), spoiled(columns, "p", 1 + 1e-12, 2))
    assert seen.exit == 0
    assert (seen.check("PAY336")["severity"], seen.check("PAY336")["rows"]) == ("note", 1)


def test_d10_a_rank_may_lie_anywhere_and_gets_no_calibration(
    run: Runner, spec: Runner, columns: Columns
) -> None:
    seen = run(spec(model__score_is="rank"), columns | {"p": [100 * p - 30 for p in columns["p"]]})
    assert seen.exit == 0
    metrics = {one["metric"] for one in seen.result["estimates"]}
    assert "roc_auc" in metrics
    assert not metrics & {"brier_score", "log_loss", "calibration_error", "local_calibration"}


def test_d11_percent_scores_are_refused_with_the_division(
    run: Runner, spec: Runner, columns: Columns
) -> None:
    seen = run(spec(), columns | {"p": [100 * p for p in columns["p"]]})
    assert "divide percent scores by 100" in assert_refused(seen, "PAY307", "'p'", 60, FIRST_FIVE)["fix"]


def test_d12_rows_that_stand_twice_are_refused(run: Runner, spec: Runner, columns: Columns) -> None:
    doubled = {name: column + column[:2] for name, column in columns.items()}
    found = assert_refused(run(spec(), doubled), "PAY310", "'id'", 4, ["r000", "r001"])
    assert "exact copies" in found["found"]


@pytest.mark.parametrize(("name", "value"), [("p", 0.77), ("y", 0)])
def test_d12_ids_that_contradict_themselves_are_told_from_copies(
    run: Runner, spec: Runner, columns: Columns, name: str, value: Any
) -> None:
    doubled = {key: column + column[:1] for key, column in columns.items()}
    found = assert_refused(run(spec(), spoiled(doubled, name, value, 60)), "PAY310", "'id'", 2, ["r000"])
    assert "different scores or outcomes" in found["found"]


def test_d13_float_ids_beyond_2_to_the_53_are_refused_and_integers_are_not(
    run: Runner, spec: Runner, columns: Columns
) -> None:
    seen = run(spec(), columns | {"id": [float(2**53 + 2 * j) for j in range(60)]})
    assert seen.exit == 2
    assert (seen.check("PAY312")["severity"], seen.check("PAY312")["rows"]) == ("error", 60)
    assert run(spec(), columns | {"id": [2**53 + j for j in range(60)]}).exit == 0


def test_d13_leading_zeros_of_ids_in_a_csv_file_tell_them_apart(run: Runner, spec: Runner) -> None:
    text = "id,y,p\n0007,1,0.5\n007,0,0.4\n7,1,0.3\n" + "".join(f"1{j},0,0.2\n" for j in range(40))
    seen = run(spec(), text, "rows.csv")
    assert seen.exit == 0
    assert "PAY310" not in {one["code"] for one in seen.result["data"]["checks"]}


def test_d13_ids_that_differ_by_spaces_or_accents_are_warned_of(
    run: Runner, spec: Runner, columns: Columns
) -> None:
    seen = run(spec(), columns | {"id": ["a", "a ", "caf\u00e9", "cafe\u0301", *columns["id"][4:]]})
    assert (seen.exit, seen.check("PAY337")["rows"]) == (0, 2)


def test_d14_rows_multiplied_by_a_join_are_refused_as_duplicates(
    run: Runner, spec: Runner, columns: Columns
) -> None:
    joined = {name: [cell for cell in column for _ in range(3)] for name, column in columns.items()}
    assert_refused(run(spec(), joined), "PAY310", "'id'", 180, FIRST_FIVE)


def test_d20_amounts_in_single_precision_are_summed_in_double(
    run: Runner, spec: Runner, columns: Columns
) -> None:
    rows = pa.table(columns | {"amount": pa.array([0.1] * 60, pa.float32())})
    seen = run(spec(value={"act": "amount", "skip": 0}), rows)
    everybody = next(one for one in seen.result["totals"] if one["of"] == "everybody")
    assert everybody["total"] == 60 * 1000


@pytest.mark.parametrize("value", [-1.0, math.nan, None, math.inf], ids=["negative", "NaN", "NULL", "inf"])
def test_d24_a_weight_that_is_none_is_refused(
    run: Runner, spec: Runner, columns: Columns, value: Any
) -> None:
    assert_refused(run(spec(data__weight="w"), spoiled(columns, "w", value, 4)), "PAY313", "'w'", 1, ["r004"])


def test_d24_a_weight_of_zero_takes_the_row_out_and_says_so(
    run: Runner, spec: Runner, columns: Columns
) -> None:
    seen = run(spec(data__weight="w"), spoiled(columns, "w", 0.0, 4, 5))
    assert (seen.exit, seen.check("PAY338")["rows"], seen.result["data"]["rows"]) == (0, 2, 58)


def test_d24_weights_that_are_all_zero_are_refused(run: Runner, spec: Runner, columns: Columns) -> None:
    seen = run(spec(data__weight="w"), columns | {"w": [0.0] * 60})
    assert_refused(seen, "PAY313", "data.weight", 60, [])


def test_d30_a_tuned_threshold_says_that_it_was_tuned_here(
    run: Runner, spec: Runner, columns: Columns
) -> None:
    seen = run(spec(model__policy={"threshold": "best"}), columns)
    ours = next(one for one in seen.result["policies"] if one["name"] == "m")
    assert ours["note"]
    values = [one for one in seen.result["estimates"] if one["metric"] == "gain" and one["over"] == "nobody"]
    assert all("tuned" in one["note"] or "cross-fitted" in one["note"] for one in values if one["of"] == "m")


def test_d32_an_entity_that_repeats_without_a_cluster_is_warned_of(
    run: Runner, spec: Runner, columns: Columns
) -> None:
    rows = columns | {"customer_id": [j // 3 for j in range(60)]}
    seen = run(spec(), rows)
    assert (seen.exit, seen.check("PAY333")["severity"]) == (0, "warning")
    assert "data.cluster: customer_id" in seen.check("PAY333")["fix"]
    quiet = run(spec(data__cluster="customer_id"), rows)
    assert "PAY333" not in {one["code"] for one in quiet.result["data"]["checks"]}


@pytest.mark.parametrize(
    ("formula", "rows"),
    [
        ("100 / (amount - 14)", 1),
        ("ln(amount - 10)", 1),
        ("ln(amount - 11)", 2),
        ("sqrt(amount - 12)", 2),
        ("exp(amount * 100)", 60),
    ],
)
def test_d33_a_formula_without_a_value_names_its_rows(
    run: Runner, spec: Runner, columns: Columns, formula: str, rows: int
) -> None:
    first = ["r004"] if rows == 1 and "14" in formula else FIRST_FIVE[:rows]
    seen = run(spec(value={"act": formula, "skip": 0}), columns)
    assert "coalesce" in assert_refused(seen, "PAY308", "value.act", rows, first)["fix"]


@pytest.mark.parametrize("value", [None, math.nan, math.inf])
def test_d33_a_missing_amount_is_never_zero(run: Runner, spec: Runner, columns: Columns, value: Any) -> None:
    seen = run(spec(value={"act": "amount", "skip": 0}), spoiled(columns, "amount", value, 4))
    assert_refused(seen, "PAY308", "value.act", 1, ["r004"])


def test_a_rule_that_is_neither_true_nor_false_is_refused(
    run: Runner, spec: Runner, columns: Columns
) -> None:
    asked = spec(baselines={"large": {"when": "amount > 30", "do": "act"}})
    seen = run(asked, spoiled(columns, "amount", None, 4))
    assert "coalesce" in assert_refused(seen, "PAY309", "large", 1, ["r004"])["fix"]


def test_a_recorded_decision_that_is_missing_or_unmapped_is_never_skip(
    run: Runner, spec: Runner, columns: Columns
) -> None:
    asked = spec(baselines={"past": {"decided": "d", "as": {"1": "act", "0": "skip"}}})
    seen = run(asked, columns | {"d": ["1", "0"] * 29 + ["2", None]})
    assert_refused(seen, "PAY309", "past", 2, ["r058", "r059"])


def test_rows_without_id_or_cluster_are_refused(run: Runner, spec: Runner, columns: Columns) -> None:
    assert_refused(run(spec(), spoiled(columns, "id", None, 4)), "PAY311", "'id'", 1, ["(missing)"])
    rows = spoiled(columns | {"who": [j // 2 for j in range(60)]}, "who", None, 7)
    assert_refused(run(spec(data__cluster="who"), rows), "PAY311", "'who'", 1, ["r007"])


def test_an_amount_beyond_all_money_is_refused(run: Runner, spec: Runner, columns: Columns) -> None:
    seen = run(spec(value={"act": "amount", "skip": 0}), spoiled(columns, "amount", 1e300, 4))
    assert seen.exit == 2
    assert "38 digits" in seen.words


@pytest.mark.parametrize("command", ["check", "evaluate"])
def test_checking_finds_what_evaluating_refuses(
    run: Runner, spec: Runner, columns: Columns, command: str
) -> None:
    seen = run(spec(), spoiled(columns, "p", math.nan, 3), command=command)
    assert seen.exit == 2
    for words in ("PAY306", "1 scores that are missing", "r003", "score these rows"):
        assert words in seen.words
