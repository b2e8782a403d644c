"""The gate: exit codes, what it refuses to judge, JUnit XML and CI annotations."""

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from typing import Any, get_args

import numpy as np
import pyarrow as pa
import pytest

import payoff
from payoff.errors import JudgingError
from payoff.errors.judging import NoHurdle, NoReference, PartialResult, UnknownHurdle
from payoff.judging import annotations, judge, junit
from payoff.record import GuardrailRecord, HurdleRecord, Result, Status

STATUSES: tuple[Status, ...] = get_args(Status)
SPEC: Mapping[str, Any] = {
    "decision": {"name": "Call", "unit": "EUR"},
    "data": {"outcome": "y"},
    "value": {"act": "case when outcome then 10 else -2 end", "skip": 0},
    "model": {"name": "new", "score": "p", "score_is": "probability", "policy": {"threshold": 0.3}},
    "hurdles": [
        {"name": "a", "gain": "0.1 per decision", "over": "nobody", "needed_to_ship": True},
        {"name": "b", "gain": "0.2 per decision", "over": "nobody"},
        {"name": "c", "gain": "90 per decision", "over": "nobody"},
    ],
    "guardrails": [{"name": "r", "metric": "recall", "at_least": 0.2}],
}


@pytest.fixture(scope="module")
def record() -> Result:
    rng = np.random.default_rng(5)
    p = rng.random(800).round(2)
    return payoff.evaluate(pa.table({"y": (rng.random(800) < p).astype(np.int64), "p": p}), SPEC).record


def with_statuses(
    record: Result, hurdles: tuple[Status, ...], rail: Status = "cleared", **of_rail: Any
) -> Result:
    made: tuple[HurdleRecord, ...] = tuple(
        replace(one, status=status, needed_to_ship=one.name == "a")
        for one, status in zip(record.verdict.hurdles, hurdles, strict=True)
    )
    rails: tuple[GuardrailRecord, ...] = (replace(record.verdict.guardrails[0], status=rail, **of_rail),)
    return replace(record, verdict=replace(record.verdict, hurdles=made, guardrails=rails))


@pytest.mark.parametrize(("hurdle", "rail"), list(product(STATUSES, STATUSES)))
def test_the_exit_code_is_0_to_ship_1_to_reject_and_3_to_hold(
    hurdle: Status, rail: Status, record: Result
) -> None:
    gate = judge(with_statuses(record, (hurdle, "missed", "missed"), rail))
    expected = 1 if "missed" in (hurdle, rail) else 0 if (hurdle, rail) == ("cleared", "cleared") else 3
    assert gate.exit_code == expected
    assert gate.overall == {0: "ship", 1: "reject", 3: "hold"}[expected]
    assert gate.result.verdict.overall == gate.overall


def test_required_hurdles_are_those_up_to_the_one_named(record: Result) -> None:
    result = with_statuses(record, ("cleared", "undecided", "missed"))
    assert judge(result).exit_code == 0
    assert judge(result, require="a").exit_code == 0
    assert judge(result, require="b").exit_code == 3
    gate = judge(result, require="c")
    assert gate.exit_code == 1
    assert [one.needed_to_ship for one in gate.result.verdict.hurdles] == [True, True, True]
    lenient = with_statuses(record, ("cleared", "cleared", "missed"))
    assert [one.needed_to_ship for one in judge(lenient, require="b").result.verdict.hurdles] == [
        True,
        True,
        False,
    ]


def refused(record: Result, **asked: Any) -> JudgingError:
    with pytest.raises(JudgingError) as caught:
        judge(record, **asked)
    return caught.value


def test_what_cannot_be_judged_never_passes(record: Result) -> None:
    none = replace(record, verdict=replace(record.verdict, hurdles=()))
    other = replace(record, decision={**record.decision, "name": "Mail"})
    for problem, kind, code in (
        (refused(none), NoHurdle, "PAY502"),
        (refused(record, require="aa"), UnknownHurdle, "PAY503"),
        (refused(replace(record, partial=True)), PartialResult, "PAY504"),
        (refused(record, reference=other), NoReference, "PAY505"),
        (refused(record, reference=other, first=True), NoReference, "PAY505"),
    ):
        assert isinstance(problem, kind)
        assert problem.code == code


def test_the_reference_is_recorded_by_its_hash(record: Result) -> None:
    assert judge(record).reference is None
    assert judge(record, first=True).reference == "no_reference"
    assert judge(record, reference=record).reference == record.hash


NASTY = "a\x00b\x1b[31m\x08 <&>\"' \ud7ff\x7f\r\n\t]]>%0A::error::x"


@pytest.mark.parametrize("statuses", list(product(STATUSES, repeat=2)))
def test_junit_counts_missed_as_failures_and_open_as_errors(
    statuses: tuple[Status, Status], record: Result
) -> None:
    hurdle, rail = statuses
    gate = judge(with_statuses(record, (hurdle, "missed", "undecided"), rail))
    suite = ET.fromstring(junit(gate))
    assert suite.tag == "testsuite"
    cases = suite.findall("testcase")
    assert [case.get("name") for case in cases] == ["hurdle a", "hurdle b", "hurdle c", "guardrail r"]
    judged = [hurdle, "cleared", "cleared", rail]
    kinds = ["failure" if one == "missed" else None if one == "cleared" else "error" for one in judged]
    assert [case[0].tag if len(case) else None for case in cases] == kinds
    assert suite.get("tests") == "4"
    assert suite.get("failures") == str(kinds.count("failure"))
    assert suite.get("errors") == str(kinds.count("error"))


def test_junit_is_valid_xml_whatever_names_hold(record: Result) -> None:
    named = with_statuses(
        record, ("missed", "cleared", "cleared"), name=NASTY, slice={NASTY: NASTY}, limit=NASTY
    )
    named = replace(
        named,
        decision={**named.decision, "name": NASTY},
        verdict=replace(
            named.verdict,
            hurdles=tuple(replace(one, name=NASTY, unit=NASTY) for one in named.verdict.hurdles),
        ),
    )
    text = junit(judge(named))
    suite = ET.fromstring(text)
    assert text.startswith("<?xml")
    assert text.encode("utf-8")
    assert "<&>" in str(suite.get("name"))
    assert not any(letter < " " and letter != "\n" for letter in text)


def test_annotations_are_one_line_each_with_newlines_and_percent_escaped(record: Result) -> None:
    named = with_statuses(
        record, ("missed", "cleared", "undecided"), "undecided", name=NASTY, limit="50%\r\nx"
    )
    lines = annotations(judge(named)).split("\n")
    assert lines[-1] == ""
    assert [line.split(" ")[0] for line in lines[:-1]] == ["::error", "::notice", "::notice", "::warning"]
    assert all(line.count("\r") == 0 for line in lines)
    rail = lines[3]
    assert rail.endswith("undecided: 50%25%0D%0Ax")
    assert "%250A::error::x" in rail


def test_a_slice_too_small_to_judge_is_neither_failure_nor_error(record: Result) -> None:
    small = with_statuses(
        record,
        ("cleared", "cleared", "cleared"),
        "not evaluated",
        reason="slice_too_small",
        slice={"region": "north"},
    )
    gate = judge(small)
    assert gate.exit_code == 0
    suite = ET.fromstring(junit(gate))
    assert suite.get("errors") == "0"
    assert suite.findall("testcase")[-1].get("name") == "guardrail r in region=north"
