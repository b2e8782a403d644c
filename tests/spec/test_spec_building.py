"""What a document means once names are resolved and defaults filled, and what is refused on the way."""

from collections.abc import Mapping
from typing import Any

import pytest

from payoff.errors import SpecError
from payoff.errors.capacity import InvalidCapacity
from payoff.errors.spec import (
    InvalidAmount,
    InvalidAssumption,
    InvalidGuardrail,
    InvalidHurdle,
    InvalidName,
    InvalidPolicy,
    InvalidValue,
    MissingKey,
    NameTaken,
    OutOfRange,
    ScoreNeeded,
    UnknownAction,
    UnknownCandidate,
    UnknownMetric,
    WeighedTwice,
    WrongKind,
)
from payoff.quantities import Amount, parse_amount, parse_days
from payoff.spec import Spec, load_spec
from payoff.spec.model import Always, Assumption, Costs, Decided, Random, Threshold, Volume
from payoff.spec.names import METRICS

SKELETON: dict[str, Any] = {
    "decision": {"unit": "EUR"},
    "data": {"outcome": "y"},
    "value": {"act": "case when outcome then gain_each else -1 end", "skip": 0},
    "assumptions": {"gain_each": 10},
    "model": {"score": "p", "policy": {"threshold": 0.5}},
    "today": "nobody",
}


def asked(**changes: object) -> dict[str, Any]:
    """Return the skeleton with sections replaced, or merged where both are mappings."""
    spec = dict(SKELETON)
    for section, change in changes.items():
        before = spec.get(section)
        merged = isinstance(before, Mapping) and isinstance(change, Mapping) and section != "value"
        spec[section] = {**before, **change} if merged else change  # type: ignore[dict-item]
    return spec


def built(**changes: object) -> Spec:
    return load_spec(asked(**changes))


REFUSED: list[tuple[dict[str, object], type[SpecError], str]] = [
    ({"decision": {"volume": "45,000 per year"}}, InvalidAmount, "200000, not 200,000"),
    ({"decision": {"volume": "45000"}}, InvalidAmount, 'such as "45000 per year"'),
    ({"decision": {"volume": "45000 EUR per year"}}, InvalidAmount, "decision.volume"),
    ({"decision": {"volume": "5 per decision"}}, InvalidAmount, "per day, per week, per month or per year"),
    ({"decision": {"volume": "1e999 per year"}}, InvalidAmount, "decision.volume"),
    ({"decision": {"volume": "0 per year"}}, OutOfRange, "more than no decision"),
    (
        {"decision": {"volume": {"likely": 5, "per": "fortnight"}}},
        OutOfRange,
        "one of day, week, month, year",
    ),
    ({"decision": {"volume": {"likely": 5, "low": 6, "high": 7, "per": "day"}}}, OutOfRange, "low <= likely"),
    ({"decision": {"actions": ["a"]}}, OutOfRange, "2 to 12"),
    ({"decision": {"actions": [f"a{j}" for j in range(13)]}}, OutOfRange, "13 actions"),
    ({"decision": {"actions": ["a", "a"]}}, NameTaken, "decision.actions[1]"),
    ({"decision": {"actions": ["act", "shared"]}}, InvalidName, "tables use themselves"),
    ({"decision": {"quantum": 0}}, OutOfRange, "a positive step"),
    ({"decision": {"horizon": "a while"}}, OutOfRange, "3 years"),
    ({"decision": {"discount_rate": 5}}, OutOfRange, "a yearly rate"),
    ({"decision": {"unit": " "}}, InvalidName, "decision.unit"),
    ({"data": {"outcome": ""}}, InvalidName, "a column's name"),
    ({"data": {"maturity": "2 months"}}, OutOfRange, '"60 days"'),
    ({"data": {"timezone": "Europe/Amsterdm"}}, OutOfRange, "did you mean Europe/Amsterdam"),
    ({"data": {"sampled": 0}}, OutOfRange, "at most 1"),
    ({"data": {"sampled": "by column"}}, WrongKind, "by outcome"),
    ({"data": {"prevalence": 1}}, OutOfRange, "strictly between 0 and 1"),
    ({"data": {"outcome_given": "actt"}}, UnknownAction, "did you mean act"),
    ({"cap": {"gain": 0, "loss": 5}}, OutOfRange, "cap.gain"),
    ({"cap": {"gain": 5}}, MissingKey, "cap.loss"),
    ({"value": {"act": "1"}}, InvalidValue, "nothing for skip"),
    ({"value": {"act": "1", "skp": 0}}, UnknownAction, "did you mean skip"),
    ({"value": {"act": "1", "skip": 0, "true_positive": 1}}, InvalidValue, "one of the two forms"),
    (
        {"value": {"true_positive": 1, "false_positive": 1, "false_negative": 1}},
        InvalidValue,
        "true_negative",
    ),
    ({"value": {"true_positive": 1, "false_postive": 1}}, InvalidValue, "did you mean false_positive"),
    ({"value": {"act": "1; drop table x", "skip": 0}}, SpecError, "value.act"),
    ({"assumptions": {"outcome": 1}}, InvalidAssumption, "no word of SQL"),
    ({"assumptions": {"Case": 1}}, InvalidAssumption, "no word of SQL"),
    ({"assumptions": {"my margin": 1}}, InvalidAssumption, "letters, digits"),
    ({"assumptions": {"m": {"likely": 5, "low": 4}}}, OutOfRange, "high missing"),
    ({"assumptions": {"m": {"likely": 5, "low": 6, "high": 9}}}, OutOfRange, "low <= likely <= high"),
    ({"assumptions": {"m": {"likely": 5, "shape": "uniform"}}}, InvalidAssumption, "without a range"),
    ({"assumptions": {"together": ["gain_each"]}}, InvalidAssumption, "two or more"),
    ({"assumptions": {"together": ["gain_each", "gain_all"]}}, InvalidAssumption, "has no range"),
    ({"assumptions": {"together": [["gain_eech", "x"]]}}, InvalidAssumption, "did you mean gain_each"),
    ({"model": {"score": "p", "policy": {}}}, InvalidPolicy, "no policy"),
    ({"model": {"policy": {"threshold": 0.5, "always": "act"}}}, InvalidPolicy, "always and threshold"),
    ({"model": {"policy": {"threshold": "worst"}}}, InvalidPolicy, "best or from value"),
    ({"model": {"policy": {"threshold": 0.5, "as": {"1": "act"}}}}, InvalidPolicy, "where it means nothing"),
    ({"model": {"policy": {"threshold": 0.5, "do": "skip"}}}, InvalidPolicy, "in both branches"),
    ({"model": {"policy": {"threshold": 50}}}, OutOfRange, "score_is: rank"),
    ({"model": {"policy": {"capacity": "200 per year"}}}, InvalidCapacity, "never converts"),
    ({"model": {"policy": {"thresholds": {"skip": 0.5}}}}, InvalidPolicy, "below all of them"),
    ({"model": {"policy": {"always": "sikp"}}}, UnknownAction, "did you mean skip"),
    ({"model": {"policy": {"random": 1}}}, OutOfRange, "strictly between"),
    ({"model": {"policy": {"decided": "d"}}}, InvalidPolicy, 'as: {"1": act, "0": skip}'),
    ({"model": {"policy": {"decided": "d", "as": {"1": "call"}}}}, UnknownAction, 'model.policy.as."1"'),
    ({"model": {"policy": {"when": "outcome"}}}, SpecError, "model.policy.when"),
    ({"model": {"score_is": "rank", "policy": {"threshold": "from value"}}}, ScoreNeeded, "a rank"),
    ({"model": {"name": "today"}}, InvalidName, "not `today`"),
    ({"model": {"name": "a/b"}}, InvalidName, "NAME/POLICY"),
    ({"model": {"name": "nobody"}}, NameTaken, "nobody"),
    ({"model": {"costs": {"running": "5 once"}}}, InvalidAmount, "model.costs.running"),
    ({"model": {"costs": {"build": "5 per year"}}}, InvalidAmount, "120000 once"),
    ({"model": {"costs": {"running": "-5 per year"}}}, OutOfRange, "a cost of 0 or more"),
    ({"challengers": {"model": {"policy": {"always": "act"}}}}, NameTaken, "beside the model"),
    ({"challengers": {"c": {"name": "d", "policy": {"always": "act"}}}}, InvalidName, "challengers.c.name"),
    ({"baselines": {"v2": {"threshold": 0.2}}}, ScoreNeeded, "own score"),
    ({"baselines": {"v2": {"score_is": "rank", "always": "act"}}}, ScoreNeeded, "score_is without a score"),
    ({"baselines": {"nobody": {"always": "act"}}}, InvalidName, "in every spec"),
    ({"today": "nobdy"}, UnknownCandidate, "did you mean nobody"),
    ({"hurdles": [{"confidence": 0.9}]}, InvalidHurdle, "neither gain nor net_gain"),
    (
        {"hurdles": [{"gain": "1 per year", "net_gain": "1 per year"}]},
        InvalidHurdle,
        "both gain and net_gain",
    ),
    ({"hurdles": [{"gain": "1 once"}]}, InvalidAmount, "hurdles[0].gain"),
    ({"hurdles": [{"gain": "200000 EUR"}]}, InvalidAmount, 'such as "200000 per year"'),
    ({"hurdles": [{"gain": "1 per year", "over": "model"}]}, InvalidHurdle, "against itself"),
    ({"hurdles": [{"gain": "1 per year", "over": "everbody"}]}, UnknownCandidate, "did you mean everybody"),
    ({"hurdles": [{"gain": "1 per year", "confidence": 95}]}, OutOfRange, "below 1"),
    ({"hurdles": [{"gain": "1 per year", "confidence": 0.5}]}, OutOfRange, "above 0.5"),
    ({"hurdles": [{"gain": "1 per year", "needed_to_ship": False}]}, InvalidHurdle, "at least one"),
    ({"hurdles": [{"name": "a", "gain": "1 per year"}] * 2}, NameTaken, "hurdles[1]"),
    ({"guardrails": [{"metric": "recal", "at_least": 0.4}]}, UnknownMetric, "did you mean recall"),
    ({"guardrails": [{"metric": "recall"}]}, InvalidGuardrail, "exactly one of"),
    ({"guardrails": [{"metric": "recall", "at_least": 40}]}, OutOfRange, "recall from 0 to 1"),
    ({"guardrails": [{"metric": "local_calibration", "at_most": 2}]}, OutOfRange, "from -1 to 1"),
    ({"guardrails": [{"metric": "recall", "at_least": "40%"}]}, WrongKind, "0.4, not 40%"),
    ({"guardrails": [{"metric": "recall", "at_least": 0.4, "at": {"beta": 2}}]}, InvalidGuardrail, "f_beta"),
    (
        {"guardrails": [{"metric": "f_beta", "at_least": 0.4, "at": {"beta": 0}}]},
        InvalidGuardrail,
        "positive",
    ),
    ({"guardrails": [{"metric": "gain", "at_least": 0, "over": "model"}]}, InvalidGuardrail, "itself"),
    ({"guardrails": [{"metric": "gain", "at_least": "5 once"}]}, InvalidAmount, "at_least"),
    ({"guardrails": [{"metric": "recall", "at_least": 0.4, "in_every": [[]]}]}, InvalidName, "in_every[0]"),
    ({"slices": [["a", "a"]]}, InvalidName, "slices[0]"),
    ({"data": {"outcome": "y", "prevalence": 0.1, "weight": "w"}}, WeighedTwice, "how much a row counts"),
    ({"metrics": ["roc_au"]}, UnknownMetric, "did you mean roc_auc"),
]


@pytest.mark.parametrize(("changes", "kind", "said"), REFUSED, ids=[str(row[0])[:70] for row in REFUSED])
def test_what_cannot_be_meant_is_refused(
    changes: dict[str, object], kind: type[SpecError], said: str
) -> None:
    if "gain_all" in str(changes):
        changes = {"assumptions": {"gain_all": 1, "together": ["gain_each", "gain_all"]}}
    with pytest.raises(kind) as caught:
        built(**changes)
    assert said in str(caught.value)
    assert caught.value.problems[0] is caught.value


@pytest.mark.parametrize("metric", ["log_loss", "roc_auc"])
def test_a_guardrail_on_a_score_needs_the_score(metric: str) -> None:
    model = {"policy": {"always": "act"}}
    with pytest.raises(ScoreNeeded):
        load_spec({**SKELETON, "model": model, "guardrails": [{"metric": metric, "at_least": 0.1}]})


def test_a_calibration_guardrail_needs_a_probability() -> None:
    with pytest.raises(ScoreNeeded, match="a rank"):
        built(model={"score_is": "rank"}, guardrails=[{"metric": "log_loss", "at_most": 0.1}])


def test_a_hurdle_needs_something_to_be_over() -> None:
    spec = {key: section for key, section in SKELETON.items() if key != "today"}
    for over in ({}, {"over": "today"}):
        with pytest.raises(UnknownCandidate, match="say what is done today"):
            load_spec({**spec, "hurdles": [{"gain": "1 per year", **over}]})


def test_every_section_reports_its_problem_in_one_run() -> None:
    with pytest.raises(SpecError) as caught:
        built(
            decision={"quantum": 0},
            data={"prevalence": 2},
            cap={"gain": 0, "loss": 1},
            assumptions={"outcome": 1},
            metrics=["x"],
            slices=[[]],
            hurdles=[{"gain": "much"}],
            guardrails=[{"metric": "x", "at_least": 0}],
        )
    places = [problem.where for problem in caught.value.problems]
    assert places == [
        "decision.quantum",
        "data.prevalence",
        "assumptions.outcome",
        "cap.gain",
        "metrics[0]",
        "hurdles[0].gain",
        "guardrails[0].metric",
        "slices[0]",
    ]


def test_the_walking_skeleton_has_every_default() -> None:
    spec = built()
    assert (spec.decision.name, spec.decision.row, spec.decision.actions) == (
        "Decision",
        "a row",
        ("act", "skip"),
    )
    assert (spec.decision.quantum, spec.data.outcome_given, spec.metrics) == (0.0001, "any action", METRICS)
    assert (spec.model.name, spec.model.score_is) == ("model", "probability")
    assert spec.model.policy == Threshold(at=0.5, do="act", otherwise="skip")
    assert [candidate.policy for candidate in spec.baselines] == [Always("skip"), Always("act")]
    assert (spec.today, spec.hurdles, spec.guardrails, spec.cap) == ("nobody", (), (), None)
    assert spec.assumptions["gain_each"] == Assumption(name="gain_each", likely=10.0)


def test_the_first_hurdle_alone_ships_unless_others_are_marked() -> None:
    ladder = [{"gain": f"{step} per year"} for step in (1, 2, 3)]
    assert [hurdle.needed_to_ship for hurdle in built(hurdles=ladder).hurdles] == [True, False, False]
    marked = [{**ladder[0]}, {**ladder[1], "needed_to_ship": True}, ladder[2]]
    assert [hurdle.needed_to_ship for hurdle in built(hurdles=marked).hurdles] == [False, True, False]


def test_today_is_resolved_in_hurdles_and_guardrails() -> None:
    spec = built(
        today="everybody",
        hurdles=[{"gain": "1 per year"}, {"net_gain": "2 per decision", "over": "today"}],
        guardrails=[{"metric": "gain", "at_least": 0, "in_every": ["region"]}],
    )
    assert [hurdle.over for hurdle in spec.hurdles] == ["everybody", "everybody"]
    assert [hurdle.name for hurdle in spec.hurdles] == ["hurdle 1", "hurdle 2"]
    guardrail = spec.guardrails[0]
    assert (guardrail.over, guardrail.per, guardrail.evidence) == ("everybody", "decision", "not refuted")


def test_guardrails_take_their_defaults_and_bring_their_slices() -> None:
    spec = built(
        slices=["a"],
        guardrails=[
            {"metric": "recall", "at_least": 0.4, "in_every": [["a", "b"], "a"]},
            {"metric": "f_beta", "at_least": 0.4},
            {"metric": "recall", "at_least": -0.1, "over": "everybody"},
            {"metric": "value", "at_least": "5 per year", "evidence": "not refuted"},
        ],
    )
    assert spec.slices == (("a",), ("a", "b"))
    assert [guardrail.name for guardrail in spec.guardrails] == [
        "recall at least 0.4 in every a x b, a",
        "f_beta at least 0.4",
        "recall over everybody at least -0.1",
        "value at least 5 per year",
    ]
    assert [guardrail.evidence for guardrail in spec.guardrails][1:3] == ["shown", "shown"]
    assert (spec.guardrails[1].at, spec.guardrails[3].per) == ({"beta": 1.0}, "year")


def test_every_policy_of_the_grammar_is_built() -> None:
    spec = built(
        challengers={"c": {"score": "q", "score_is": "rank", "policy": {"threshold": 700, "do": "act"}}},
        baselines={
            "rule": {"when": "amount > 5", "costs": {"running": "5 per month", "build": "9 once"}},
            "agents": {"decided": "d", "as": {"1": "act", "0": "skip"}},
            "coin": {"random": 0.1, "do": "skip", "otherwise": "act"},
            "weighed": {"score": "r", "threshold": "from value"},
            "everybody": {"always": "act", "costs": {"running": "1 per year"}},
        },
    )
    by_name = {candidate.name: candidate for candidate in spec.candidates}
    assert list(by_name) == ["model", "c", "rule", "agents", "coin", "weighed", "everybody", "nobody"]
    assert by_name["c"].policy == Threshold(at=700.0, do="act", otherwise="skip")
    assert by_name["agents"].policy == Decided(column="d", mapping={"1": "act", "0": "skip"})
    assert by_name["coin"].policy == Random(share=0.1, do="skip", otherwise="act")
    assert by_name["rule"].costs == Costs(running=Amount(5.0, "month"), build=Amount(9.0, "once"))
    assert [candidate.name for candidate in spec.scored] == ["model", "c", "weighed"]


def test_the_four_cells_are_rewritten_per_action() -> None:
    cells = {"true_positive": "gain_each - 1", "false_positive": -1, "false_negative": 0, "true_negative": 0}
    value = built(value=cells).value
    assert value["act"].text == "case when outcome then (gain_each - 1) else (-1) end"
    # Doing nothing that is worth nothing does not hang on the outcome.
    assert value["skip"].text == "0"
    charged = built(value=cells | {"false_negative": -1}).value
    assert charged["skip"].text == "case when outcome then (-1) else (0) end"
    assert (value["act"].assumptions, value["act"].uses_outcome) == (frozenset({"gain_each"}), True)


def test_ranges_and_groups_of_assumptions_are_kept() -> None:
    ranged = {"likely": 2, "low": 1, "high": 3, "shape": "p90", "date": "2026-01-31"}
    flat = built(assumptions={"a": ranged, "b": ranged, "together": ["a", "b"]})
    nested = built(assumptions={"a": ranged, "b": ranged, "together": [["a", "b"]]})
    assert flat.together == nested.together == (("a", "b"),)
    assert (flat.assumptions["a"].low, flat.assumptions["a"].shape) == (1.0, "p90")
    assert flat.assumptions["a"].date is not None


def test_volume_and_maturity_are_quantities() -> None:
    ranged = {"likely": 5, "low": 4, "high": 7, "per": "month"}
    spec = built(decision={"volume": ranged}, data={"maturity": "2 weeks", "sampled": "by outcome"})
    assert spec.decision.volume == Volume(likely=Amount(5.0, "month"), low=4.0, high=7.0)
    assert (spec.data.maturity_days, spec.data.sampled) == (14, "by outcome")


@pytest.mark.parametrize(
    "text", [" ", "60", "days", "1.5 days", "2 months", "-1 days", "99999999 days", "٣ days"]
)
def test_a_duration_that_is_no_number_of_days_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        parse_days(text)


@pytest.mark.parametrize(
    "text", ["٣ per year", "5 per fortnight", "5 perday", "1,5 per day", "5 per year once"]
)
def test_an_amount_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        parse_amount(text)


@pytest.mark.parametrize("metric", ["calibration_in_the_large", "local_calibration"])
def test_a_gap_of_calibration_may_be_limited_below_zero(metric: str) -> None:
    """A score may be too high: its limit is that it is not so by more than a twentieth."""
    spec = built(guardrails=[{"metric": metric, "at_least": -0.05}])
    assert spec.guardrails[0].at_least == -0.05
