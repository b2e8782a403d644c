"""Results built by hand, so that the tellers are tested without any of the rooms that compute."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from fake_parts import (
    AGES,
    BASELINES,
    CHALLENGER,
    HOSTILE,
    JOBS,
    MODEL,
    SPEC_TEXT,
    VOLUME,
    curves,
    cut_table,
    decision_curves,
    disagreement,
    gains,
    hurdle,
    money,
    rail,
    ratios,
    slices,
    stability,
)

from payoff.record import (
    AssumptionRecord,
    Check,
    DataRecord,
    HurdleRecord,
    PolicyRecord,
    PolicyTotal,
    Result,
    Verdict,
)
from payoff.stats.estimates import Estimate


def bank() -> Result:
    """Return a rich, ordinary result: ship for the pilot, undecided about the roll-out."""
    return Result(
        spec_hash="5f2c" * 16,
        spec_text=SPEC_TEXT,
        seed=20260101,
        today="everybody",
        decision={
            "name": "Call customers about a term deposit",
            "row": "a customer who could be called",
            "unit": "EUR",
            "actions": ["call", "skip"],
            "volume": "45000 per year",
        },
        partial=False,
        data=DataRecord(
            hash="a91b" * 16,
            rows=16_998,
            known=16_476,
            pending=522,
            window=("2010-01-04", "2010-08-30"),
            as_of="2010-09-30",
            engine="duckdb 1.4",
            groups="cluster",
            clusters=15_201,
            share=0.58,
            volume_per_year=VOLUME,
            volume_from="spec",
            checks=(
                Check(
                    code="PAY331",
                    severity="warning",
                    where="data.outcome",
                    rows=522,
                    ids=("c-10021", "c-10388", "c-11000"),
                    found="522 rows have no outcome yet; they are counted as pending",
                    fix="evaluate again when they are known, or declare data.maturity.",
                ),
                Check(
                    code="PAY345",
                    severity="note",
                    where="assumptions.call_cost",
                    rows=0,
                    ids=(),
                    found="no source is given",
                    fix="name owner and source, so that the register can be signed.",
                ),
            ),
        ),
        policies=_policies(),
        assumptions=_assumptions(),
        verdict=Verdict(
            overall="ship",
            unlocked="pilot",
            sentence=(
                "Ship to the pilot: term-deposit-v3 is worth about EUR 212,000 per year more than calling "
                "everybody, clear of the EUR 50,000 needed. Roll-out stays open."
            ),
            hurdles=_hurdles(),
            guardrails=(
                rail("recall", "cleared", 0.61, slice={"age_band": "under 30"}),
                rail("recall", "undecided", 0.41, slice={"age_band": "60 and over"}, reason="too few rows"),
                rail("recall", "not evaluated", None, slice={"age_band": "unknown"}, reason="no_labels"),
                rail("calibration_error", "cleared", 0.021, limit="at most 0.05"),
            ),
        ),
        estimates=_estimates(),
        curves=(*curves(MODEL), *curves(CHALLENGER), *decision_curves(MODEL), stability()),
        disagreements=tuple(disagreement(over) for over in (CHALLENGER, *BASELINES)),
        tables=(cut_table(MODEL),),
        totals=(
            PolicyTotal(
                of=MODEL,
                rows=16_998,
                pending=522,
                counts={
                    "act/positive": 1_250,
                    "act/negative": 2_760,
                    "skip/positive": 662,
                    "skip/negative": 11_804,
                },
                total=646_000_000,
                quantum=0.0001,
            ),
        ),
        payoff_version="0.1.0",
        notes=("Outcomes are taken as unaffected by what is done (outcome_given: any action).",),
        meta={"written_at": "2026-11-24T00:30:00Z", "path": "/home/somebody/secret", "seconds": 1.8},
    )


def _policies() -> tuple[PolicyRecord, ...]:
    tuned: dict[str, Any] = {"kind": "threshold", "definition": "score >= best does call, otherwise skip"}
    chosen: dict[str, Any] = {
        "threshold": 0.1167,
        "threshold_low": 0.09,
        "threshold_high": 0.14,
        "flat_low": 0.08,
        "flat_high": 0.17,
        "in_sample": True,
    }
    plain = {
        "everybody": ("always", "always call"),
        "nobody": ("always", "always skip"),
        "rule": ("when", "call when poutcome = 'success', otherwise skip"),
    }
    return (
        PolicyRecord(name=MODEL, model=MODEL, role="model", **tuned, **chosen),
        PolicyRecord(name=CHALLENGER, model=CHALLENGER, role="challenger", **tuned, **chosen),
        *(
            PolicyRecord(name=name, model=None, role="baseline", kind=kind, definition=definition)
            for name, (kind, definition) in plain.items()
        ),
        PolicyRecord(
            name="v2",
            model="v2",
            role="baseline",
            kind="threshold",
            definition="score >= 0.2 does call, otherwise skip",
            threshold=0.2,
        ),
    )


def _assumptions() -> tuple[AssumptionRecord, ...]:
    return (
        AssumptionRecord(
            name="margin",
            likely=60.0,
            low=40.0,
            high=90.0,
            shape="triangle",
            owner="Retail finance",
            source="product P&L",
            date="2010-05-01",
            break_even=118.0,
            influence=0.61,
            bound_to_rows=False,
            gain_low=263_000.0,
            gain_high=131_000.0,
        ),
        AssumptionRecord(
            name="call_cost",
            likely=5.0,
            low=4.0,
            high=7.0,
            shape="triangle",
            owner=None,
            source=None,
            date=None,
            break_even=4.2,
            influence=0.39,
            bound_to_rows=False,
            gain_low=41_000.0,
            gain_high=340_000.0,
        ),
        AssumptionRecord(
            name="anyway",
            likely=0.1,
            low=None,
            high=None,
            shape="triangle",
            owner="Marketing",
            source="A/B test 2009",
            date=None,
            break_even=None,
            influence=None,
            bound_to_rows=True,
        ),
    )


def _hurdles() -> tuple[HurdleRecord, ...]:
    return (
        hurdle("pilot", 50_000.0, needed_to_ship=True, unlocks="one region for a month"),
        hurdle(
            "roll-out",
            200_000.0,
            status="undecided",
            confidence=0.95,
            probability=0.7012,
            probability_sampling=0.7551,
            reason="assumptions",
            rows_needed=(9_000, None),
            unlocks="all regions",
        ),
        hurdle(
            "all channels",
            400_000.0,
            status="missed",
            confidence=0.95,
            probability=0.0002,
            probability_sampling=0.0,
            over="nobody",
            gain=176_400.0,
            low=144_180.0,
            high=208_620.0,
        ),
    )


def _estimates() -> tuple[Estimate, ...]:
    values = {MODEL: 3.92, CHALLENGER: 4.02, "everybody": -0.79, "nobody": 0.0, "rule": 2.49, "v2": 3.54}
    found = [
        each
        for name, value in values.items()
        for each in money("value", value, 0.0 if name == "nobody" else 0.6, of=name, method="mean, Hall")
    ]
    for name, shift in ((MODEL, 0.0), (CHALLENGER, 0.01)):
        found += [*ratios(name, shift), *gains(name, shift)]
        found += money("claimed_value", 4.31 + shift, 0.6, of=name, method="mean, in sample", tier="C")
    found += money("gain", 0.1, 0.4, of=CHALLENGER, over=MODEL)
    found += [*slices("job", JOBS), *slices("age_band", AGES)]
    return tuple(found)


def without_hurdles() -> Result:
    """Return a result of a spec that names no hurdle: no verdict."""
    result = bank()
    sentence = (
        "No verdict: the spec names no hurdle. The gain over calling everybody is about EUR 212,000 per year."
    )
    return replace(
        result, verdict=Verdict(overall=None, unlocked=None, sentence=sentence, hurdles=(), guardrails=())
    )


_NUMBERS = ("value", "low", "high", "low_adjusted", "high_adjusted", "adjustment")


def one_class() -> Result:
    """Return a result in which nothing could be evaluated: every outcome is negative."""
    result = bank()
    blank = dict.fromkeys(("gain", "low", "high", "probability", "probability_sampling", "evpi"))
    hurdles = tuple(
        replace(each, status="not evaluated", reason="no_labels", rows_needed=(None, None), **blank)
        for each in result.verdict.hurdles
    )
    empty = tuple(
        replace(each, note="0 positive rows", tier="C", **dict.fromkeys(_NUMBERS))
        for each in result.estimates
    )
    check = Check(
        code="PAY320",
        severity="error",
        where="data.outcome",
        rows=16_476,
        ids=(),
        found="one class only",
        fix="widen the window.",
    )
    return replace(
        result,
        data=replace(result.data, checks=(check,)),
        verdict=Verdict(
            overall="hold",
            unlocked=None,
            sentence="Hold: nothing could be evaluated, because no row has a positive outcome.",
            hurdles=hurdles,
            guardrails=(rail("recall", "not evaluated", None, reason="no_labels"),),
        ),
        estimates=empty,
        curves=(),
        tables=(),
        assumptions=(),
        policies=tuple(replace(each, threshold=None) for each in result.policies),
    )


def partial() -> Result:
    """Return a result that was cut short by an error in the data."""
    result = one_class()
    verdict = Verdict(
        overall=None,
        unlocked=None,
        sentence="Could not judge: 3 scores are missing.",
        hurdles=(),
        guardrails=(),
    )
    data = replace(result.data, window=None, as_of=None, clusters=None, share=None, volume_per_year=None)
    return replace(
        result,
        partial=True,
        verdict=verdict,
        estimates=(),
        disagreements=(),
        data=data,
        decision={"name": "x"},
        today=None,
    )


def hostile(payload: str = HOSTILE) -> Result:
    """Return the rich result with ``payload`` in every string that a user can choose."""
    result = renamed(bank(), payload)
    decision = {
        "name": payload,
        "row": payload,
        "unit": payload,
        "actions": [payload, payload],
        "volume": payload,
    }
    return replace(
        result, decision=decision, spec_text=f"{payload}\n{SPEC_TEXT}", notes=(payload,), today=payload
    )


_KEPT = frozenset(
    {
        "kind",
        "role",
        "severity",
        "status",
        "overall",
        "shape",
        "metric",
        "tier",
        "per",
        "method",
        "hash",
        "code",
    }
    | {"spec_hash", "payoff_version", "volume_from", "prevalence_from", "evidence"}
)


def renamed(value: Any, payload: str) -> Any:
    """Prefix every user string inside ``value``, so that names stay apart and keep fitting each other."""
    if isinstance(value, str):
        return value if value == "1" else f"{payload} {value}"
    if isinstance(value, tuple):
        return tuple(renamed(each, payload) for each in value)
    if isinstance(value, list):
        return [renamed(each, payload) for each in value]
    if isinstance(value, Mapping):
        return {key: renamed(each, payload) for key, each in value.items()}
    if is_dataclass(value):
        names = [one.name for one in fields(value) if one.name not in _KEPT]
        return replace(value, **{name: renamed(getattr(value, name), payload) for name in names})
    return value
