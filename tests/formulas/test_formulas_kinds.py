"""Names and kinds are checked before any engine sees a formula; limits are told."""

import pytest

import payoff.errors.formulas as errors
from payoff.errors import codes
from payoff.formulas import Formula, expand, is_constant_given_outcome, parse, resolve, to_sql

SCHEMA = {
    "amount": "number",
    "Amount Due": "number",
    "job": "text",
    "member": "boolean",
    "seen": "date",
    "at": "timestamp",
    "tags": "other",
    "Twin": "number",
    "twin": "number",
}


def _parse(text: str, *, outcome_allowed: bool = True) -> Formula:
    return parse(text, where="value.call (line 14)", assumptions=["margin"], outcome_allowed=outcome_allowed)


def test_a_name_is_an_assumption_the_outcome_or_a_column_and_quotes_make_it_a_column() -> None:
    formula = _parse('margin * "margin" + "outcome" + Margin + case when OUTCOME then 1 end')
    assert formula.assumptions == {"margin"}
    assert formula.columns == {"margin", "outcome", "Margin"}
    assert formula.uses_outcome


def test_a_name_may_differ_in_case_only_where_one_column_answers_to_it() -> None:
    assert resolve(_parse("AMOUNT + twin"), SCHEMA, wants="number").columns == {"amount", "twin"}
    with pytest.raises(errors.FormulaColumnError, match="Twin, twin"):
        resolve(_parse("TWIN + 1"), SCHEMA, wants="number")


def test_an_unknown_column_is_told_with_its_place_and_the_nearest_name() -> None:
    with pytest.raises(errors.FormulaColumnError, match=r"did you mean amount\?") as refusal:
        resolve(_parse("1 + amuont"), SCHEMA, wants="number")
    assert refusal.value.where == "value.call (line 14) column 5"


@pytest.mark.parametrize(
    ("text", "found", "column"),
    [
        ("case when job > 3 then 1 else 0 end", "a number with text in `>`", 17),
        ("amount + member", "a boolean in `+`", 10),
        ("outcome * 2", "a boolean in `*`", 1),
        ("if(amount, 1, 2)", "a number as a condition of CASE", 4),
        ("if(job < 'b', 1, 2)", "text in `<`", 4),
        ("if(seen > '2026-01-01', 1, 2)", "text with a date in `>`", 11),
        ("if(seen = at, 1, 2)", "a timestamp with a date in `=`", 11),
        ("if(tags = tags, 1, 2)", "a column that is neither number, text, boolean nor date in `=`", 4),
        ("coalesce(amount, 'x')", "text with a number in `coalesce`", 18),
        ("if(member, amount, job)", "text with a number in `CASE`", 20),
        ("year(amount)", "a number in `year`", 6),
        ("if(lower(amount) = 'x', 1, 2)", "a number in `lower`", 10),
        ("if(amount in (1, 'x'), 1, 2)", "text with a number in `in`", 18),
    ],
)
def test_mixed_kinds_are_told_with_both_kinds_and_the_column(text: str, found: str, column: int) -> None:
    with pytest.raises(errors.FormulaTypeError) as refusal:
        resolve(_parse(text), SCHEMA, wants="number")
    assert refusal.value.found == found
    assert refusal.value.where == f"value.call (line 14) column {column}"


@pytest.mark.parametrize(("text", "wants"), [("member", "number"), ("amount", "boolean"), ("null", "number")])
def test_a_formula_of_the_wrong_kind_is_refused(text: str, wants: str) -> None:
    with pytest.raises(errors.FormulaTypeError):
        resolve(_parse(text), SCHEMA, wants=wants)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["tags is null", "member", "not member is true", "job in ('a', null)", "at > at"]
)
def test_conditions_resolve_to_a_boolean(text: str) -> None:
    assert resolve(_parse(text), SCHEMA, wants="boolean").tree.kind == "boolean"


def test_the_outcome_is_refused_in_a_rule_that_decides() -> None:
    with pytest.raises(errors.FormulaOutcomeError) as refusal:
        _parse("amount > 3 and outcome", outcome_allowed=False)
    assert refusal.value.where.endswith("column 16")


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        (
            "1 + 2 read_csv('x')",
            errors.FormulaConstructError,
            "Function `read_csv` is not allowed at column 7",
        ),
        ("1 + sum(amount)", errors.FormulaConstructError, "Function `sum` is not allowed at column 5"),
        ("roundd(1)", errors.FormulaConstructError, r"did you mean round\?"),
        ("1 ; 2", errors.FormulaConstructError, "A second statement is not allowed at column 3"),
        ("amount ** 2", errors.FormulaConstructError, r"write power\(x, 2\)"),
        ("(1 + 2", errors.FormulaSyntaxError, "`\\(` without its partner"),
        ("amount +", errors.FormulaSyntaxError, "value.call"),
        ("1" * 41, errors.FormulaLimitError, "at most 40 digits"),
        ("1 " * 4000, errors.FormulaLimitError, "8000 characters"),
        ("power(amount, 9)", errors.FormulaLimitError, "from 1 to 8"),
    ],
)
def test_a_refusal_names_the_construct_and_its_column(text: str, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        _parse(text)


def test_sums_and_quotients_up_to_the_limit_are_read() -> None:
    # 499 numbers and one sum are 500 steps.
    assert len(_parse("+".join(["1"] * 499)).tree.args) == 499
    with pytest.raises(errors.FormulaLimitError, match="501 steps"):
        _parse("+".join(["1"] * 500))
    with pytest.raises(errors.FormulaLimitError, match="25 levels"):
        _parse("1" + " / 2" * 24)


@pytest.mark.parametrize(
    ("before", "after"),
    [("(", ")"), ("abs(", ")"), ("if(a, ", ", 2)"), ("case when a then ", " end"), ("coalesce(", ", 1)")],
)
def test_nesting_up_to_the_limit_is_read_whatever_the_depth_of_the_caller(before: str, after: str) -> None:
    text = before * 23 + "1" + after * 23

    def called_from(depth: int) -> Formula:
        return _parse(text) if depth == 0 else called_from(depth - 1)

    assert called_from(150).text == text
    with pytest.raises(errors.FormulaLimitError, match="24 levels"):
        _parse(f"(({text}))")


def test_parts_are_shared_across_actions_and_constants_are_folded() -> None:
    texts = {"call": "2 * margin * amount - 5", "mail": "-(amount * margin) + amount / 4", "skip": "0"}
    value = {action: _parse(text) for action, text in texts.items()}
    expansion = expand(value, {"margin": (60.0, 40.0, 90.0)})
    assert [part.text for part in expansion.parts] == ['CAST("amount" AS DOUBLE)', "1.0e0"]
    assert expansion.coefficients({"margin": 3.0}).tolist() == [[6.0, -5.0], [-2.75, 0.0], [0.0, 0.0]]
    assert expansion.used().tolist() == [[True, True], [True, False], [False, False]]
    assert expansion.symbols == ("margin",)


def test_an_assumption_in_a_condition_is_bound_to_rows_at_three_stops() -> None:
    value = {"call": _parse("case when amount > margin then 1 else 0 end")}
    expansion = expand(value, {"margin": (60.0, 40.0, 90.0)})
    assert expansion.bound == ("margin",)
    assert expansion.symbols == ("margin@high", "margin@low")
    assert expansion.coefficients({"margin": 60.0}).tolist() == [[[1.0, 0.0, 0.0]]][0]
    assert expansion.coefficients({"margin@low": 1.0}).tolist() == [[0.0, 1.0, 0.0]]
    assert expansion.coefficients({"margin@high": 1.0}).tolist() == [[0.0, 0.0, 1.0]]
    assert expand(value, {"margin": (60.0, None, None)}).symbols == ()


def test_more_than_twelve_parts_are_refused_with_the_list() -> None:
    text = " + ".join(f"margin * c{i}" for i in range(13))
    with pytest.raises(errors.FormulaPartsError, match=r"13 parts: .*c12"):
        expand({"call": _parse(text)}, {"margin": (1.0, None, None)})
    names = [f"a{i}" for i in range(20)]
    wide = parse(f"power({' + '.join(names)}, 8)", where="v", assumptions=names, outcome_allowed=True)
    with pytest.raises(errors.FormulaPartsError, match="1000 terms"):
        expand({"call": wide}, dict.fromkeys(names, (1.0, None, None)))


def test_a_missing_value_or_name_is_an_error_and_never_a_default() -> None:
    formula = _parse("margin * amount + if(outcome, 1, 0)")
    with pytest.raises(KeyError):
        to_sql(formula, names={"amount": "a"}, outcome="o", values={})
    with pytest.raises(KeyError):
        to_sql(formula, names={}, outcome="o", values={"margin": 1.0})
    with pytest.raises(ValueError, match="outcome"):
        to_sql(formula, names={"amount": "a"}, outcome=None, values={"margin": 1.0})
    with pytest.raises(ValueError, match="finite"):
        to_sql(formula, names={"amount": "a"}, outcome="o", values={"margin": float("nan")})
    with pytest.raises(KeyError):
        expand({"call": formula}, {"margin": (1.0, None, None)}).coefficients({})


def test_a_negative_number_never_begins_a_comment() -> None:
    formula = parse("- -m - m - -0.0", where="v", assumptions=["m"], outcome_allowed=True)
    for value in (-1.0, -0.0, 0.0, -1e-300):
        assert "--" not in to_sql(formula, names={}, outcome=None, values={"m": value})


def test_a_formula_without_columns_is_constant_given_the_outcome() -> None:
    assert is_constant_given_outcome(_parse("case when outcome then margin else 0 end - 5"))
    assert not is_constant_given_outcome(_parse("case when outcome then amount else 0 end"))


def test_every_code_of_this_family_has_one_class_with_a_docstring() -> None:
    family = {code: cls for code, cls in codes().items() if code.startswith("PAY25")}
    assert set(family.values()) == {
        cls for cls in vars(errors).values() if isinstance(cls, type) and cls.__module__ == errors.__name__
    }
    assert all(cls.__doc__ for cls in family.values())
