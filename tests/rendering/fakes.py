"""Results built by hand, so that the tellers are tested without any of the rooms that compute."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from payoff.record import (
    AssumptionRecord,
    Check,
    Curve,
    CutTable,
    DataRecord,
    Disagreement,
    Flip,
    GuardrailRecord,
    HurdleRecord,
    PolicyRecord,
    PolicyTotal,
    Result,
    Verdict,
)
from payoff.stats.estimates import Estimate

HOSTILE = "</script><img src=x onerror=alert(1)>"
MODEL, CHALLENGER = "term-deposit-v3", "boosted-v4"
BASELINES = ("everybody", "nobody", "rule", "v2")
VOLUME = 45_000.0

SPEC_TEXT = """payoff: 1
decision:
  name: Call customers about a term deposit
  row: a customer who could be called
  unit: EUR
  volume: 45000 per year
  actions: [call, skip]
data: {path: predictions.parquet, outcome: subscribed, positive: "yes", id: contact_id, time: contacted_on}
value:
  call: (case when outcome then margin else 0 end) - call_cost
  skip: 0
"""


def estimate(metric: str, value: float | None, half: float = 0.02, **more: Any) -> Estimate:
    """Return an estimate with a symmetric interval, overridden by ``more``."""
    known: dict[str, Any] = {
        "metric": metric,
        "at": None,
        "of": MODEL,
        "over": None,
        "slice": None,
        "value": value,
        "low": None if value is None else value - half,
        "high": None if value is None else value + half,
        "level": 0.95,
        "unit": "1",
        "per": None,
        "rows": 16_476,
        "events": 1_912,
        "method": "Wilson score",
        "tier": "A",
        "note": None,
    }
    return Estimate(**{**known, **more})


def money(metric: str, per_decision: float, half: float, **more: Any) -> tuple[Estimate, Estimate]:
    """Return one amount per decision and per year."""
    return tuple(
        estimate(
            metric,
            per_decision * times,
            half * times,
            unit=f"EUR per {per}",
            per=per,
            **{"method": "paired mean, Hall", **more},
        )
        for times, per in ((1.0, "decision"), (VOLUME, "year"))
    )  # type: ignore[return-value]


def ratios(of: str, shift: float) -> list[Estimate]:
    values = {
        "prevalence": (0.116, 0.005),
        "act_rate": (0.243 + shift, 0.007),
        "accuracy": (0.801 + shift, 0.006),
        "precision": (0.312 + shift, 0.014),
        "recall": (0.654 + shift, 0.021),
        "specificity": (0.811 + shift, 0.006),
        "balanced_accuracy": (0.733 + shift, 0.011),
        "matthews_corrcoef": (0.338 + shift, 0.016),
        "roc_auc": (0.781 + shift, 0.012),
        "average_precision": (0.402 + shift, 0.024),
        "log_loss": (0.298 - shift, 0.007),
        "brier_score": (0.0871 - shift / 10, 0.002),
        "calibration_error": (0.0213, 0.006),
        "calibration_in_the_large": (-0.0042, 0.005),
        "local_calibration": (0.0061, 0.011),
    }
    found = [estimate(metric, value, half, of=of) for metric, (value, half) in values.items()]
    return [*found, estimate("f_beta", 0.422 + shift, 0.015, of=of, at={"beta": 1.0})]


def gains(of: str, shift: float) -> list[Estimate]:
    over = {"everybody": 4.71, "nobody": 3.92, "rule": 1.43, "v2": 0.38}
    return [
        each
        for name, gain in over.items()
        for each in money("gain", gain + shift, 0.52 + gain / 20, of=of, over=name, events=812)
    ]


JOBS = {
    "retired": (9.2, 1.9, 812),
    "student": (8.1, 2.7, 391),
    "management": (5.0, 0.9, 3_921),
    "admin.": (4.4, 0.8, 4_122),
    "technician": (3.1, 0.9, 2_745),
    "unemployed": (2.4, 2.2, 412),
    "self-employed": (0.9, 2.0, 511),
    "entrepreneur": (-0.8, 1.7, 560),
    "blue-collar": (-1.9, 0.7, 3_002),
}
AGES = {"under 30": (4.1, 1.4, 2_402), "30 to 59": (2.9, 0.5, 12_911), "60 and over": (9.9, 2.1, 1_163)}


def slices(column: str, parts: Mapping[str, tuple[float, float, int]]) -> list[Estimate]:
    found = []
    for name, (gain, half, rows) in parts.items():
        for each in money(
            "gain", gain, half, over="everybody", slice={column: name}, rows=rows, events=rows // 9
        ):
            low, high = each.low, each.high
            assert each.value is not None
            assert low is not None
            assert high is not None
            spread = 1.35 * (high - each.value)
            found.append(
                replace(
                    each,
                    low_adjusted=each.value - spread,
                    high_adjusted=each.value + spread,
                    adjustment="Holm",
                )
            )
        found.append(estimate("recall", 0.6, 0.05, slice={column: name}, rows=rows // 9))
    return found


def curves(of: str) -> tuple[Curve, ...]:
    cuts = [i / 60 for i in range(61)]
    value = [VOLUME * (4.2 * math.exp(-(((t - 0.13) / 0.22) ** 2)) - 0.8 * math.exp(-t / 0.05)) for t in cuts]
    half = [VOLUME * (0.25 + 0.9 * math.exp(-t / 0.15)) for t in cuts]
    rates = [i / 50 for i in range(51)]
    return (
        Curve(
            kind="value",
            of=of,
            over="nobody",
            unit="EUR per year",
            points={
                "threshold": cuts,
                "value": value,
                "low": [v - h for v, h in zip(value, half, strict=True)],
                "high": [v + h for v, h in zip(value, half, strict=True)],
                "act_rate": [math.exp(-t / 0.14) for t in cuts],
            },
        ),
        Curve(
            kind="roc",
            of=of,
            over=None,
            unit="1",
            points={
                "false_positive_rate": rates,
                "recall": [r ** (0.28 if of == MODEL else 0.25) for r in rates],
            },
        ),
        Curve(
            kind="precision_recall",
            of=of,
            over=None,
            unit="1",
            points={
                "recall": rates,
                "precision": [0.116 + (0.6 if of == MODEL else 0.66) * (1 - r) ** 1.1 for r in rates],
            },
        ),
        Curve(
            kind="calibration",
            of=of,
            over=None,
            unit="1",
            points={
                "score": [0.01, 0.04, 0.08, 0.15, 0.3, 0.5, 0.8],
                "recalibrated": [0.012, 0.035, 0.09, 0.16, 0.28, 0.55, 0.71],
                "rows": [5_200, 4_100, 3_000, 2_000, 1_300, 676, 200],
            },
        ),
    )


def stability() -> Curve:
    months = ["2010-01", "2010-02", "2010-03", "2010-04", "2010-05", "2010-06", "2010-07", "2010-08"]
    value: list[float | None] = [5.1, 4.2, 4.9, 3.8, 6.2, None, 4.4, 3.9]
    return Curve(
        kind="stability",
        of=MODEL,
        over="everybody",
        unit="EUR per decision",
        points={
            "period": months,
            "value": value,
            "low": [None if v is None else v - 1.3 for v in value],
            "high": [None if v is None else v + 1.3 for v in value],
            "rows": [1_900, 2_100, 2_300, 2_000, 2_240, 3, 2_700, 3_233],
        },
    )


def cut_table(of: str) -> CutTable:
    """Cuts at which a call earns 55 with a yes and -5 without: lines of equal value are straight."""
    cuts = tuple(i / 20 for i in range(1, 20))
    positives = tuple(int(1_912 * (1 - t) ** 1.2) for t in cuts)
    negatives = tuple(int(14_564 * (1 - t) ** 4) for t in cuts)
    rows = tuple(p + n for p, n in zip(positives, negatives, strict=True))
    value = tuple(55.0 * p - 5.0 * n for p, n in zip(positives, negatives, strict=True))
    return CutTable(
        of=of, cuts=cuts, rows=rows, positives=positives, value={"call": value, "skip": (0.0,) * len(cuts)}
    )


def hurdle(name: str, required: float, **more: Any) -> HurdleRecord:
    known: dict[str, Any] = {
        "name": name,
        "needed_to_ship": False,
        "status": "cleared",
        "of": MODEL,
        "over": "everybody",
        "metric": "gain",
        "gain": 211_950.0,
        "low": 177_952.5,
        "high": 245_947.5,
        "required": required,
        "unit": "EUR per year",
        "confidence": 0.80,
        "probability": 0.9731,
        "probability_sampling": 0.99998,
        "reason": None,
        "rows_needed": None,
        "evpi": 310.0,
        "unlocks": None,
    }
    return HurdleRecord(**{**known, **more})


def rail(metric: str, status: str, value: float | None, **more: Any) -> GuardrailRecord:
    known: dict[str, Any] = {
        "name": f"{metric} at least 0.4",
        "metric": metric,
        "at": None,
        "of": MODEL,
        "over": None,
        "slice": None,
        "limit": "at least 0.4",
        "status": status,
        "value": value,
        "low": None if value is None else value - 0.05,
        "high": None if value is None else value + 0.05,
        "confidence": 0.95,
        "evidence": "not refuted",
        "reason": None,
    }
    return GuardrailRecord(**{**known, **more})


def decision_curves(of: str) -> tuple[Curve, Curve]:
    """Return net benefit over nobody and over everybody, without bounds at either end."""
    cuts = [i / 50 for i in range(50)]
    everybody = [0.116 - 0.884 * cut / (1 - cut) for cut in cuts]
    value = [max(0.116 * math.exp(-5 * cut) - 0.002, -0.001) for cut in cuts]
    gap = [each - other for each, other in zip(value, everybody, strict=True)]
    avoided = [None, *(each * (1 - cut) / cut * 100 for each, cut in zip(gap[1:], cuts[1:], strict=True))]
    found = []
    for over, points, more in (
        ("nobody", value, {"everybody": everybody}),
        ("everybody", gap, {"avoided": avoided}),
    ):
        bounds = {
            name: [None if at in (0, 1, 20, 49) else each + reach for at, each in enumerate(points)]
            for name, reach in (("low", -0.003), ("high", 0.003), ("band_low", -0.005), ("band_high", 0.005))
        }
        found.append(
            Curve(
                kind="net_benefit",
                of=of,
                over=over,
                unit="1",
                points={"threshold": cuts, "value": points, **bounds, **more},
            )
        )
    return found[0], found[1]


def disagreement(over: str) -> Disagreement:
    """Return what the model decides differently, some of it pending."""
    kinds = (("positive", "call", 312, 9_100.0), ("negative", "skip", 1_411, 2_400.0))
    flips = tuple(
        Flip(
            outcome=outcome,
            action=action,
            instead="skip" if action == "call" else "call",
            rows=rows,
            share=rows / 16_476,
            low=rows / 16_476 * 0.9,
            high=rows / 16_476 * 1.1,
            money=money,
        )
        for outcome, action, rows, money in kinds
    )
    return Disagreement(
        of=MODEL,
        over=over,
        rows=16_476,
        differing=1_723,
        pending=41,
        share=0.1046,
        low=0.1,
        high=0.1094,
        tier="A",
        money=11_500.0,
        unit="EUR per year",
        flips=flips,
        note="threshold tuned on these rows: the money is what they claim, not the honest gain",
    )


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
        result, partial=True, verdict=verdict, estimates=(), data=data, decision={"name": "x"}, today=None
    )


def hostile(payload: str = HOSTILE) -> Result:
    """Return the rich result with ``payload`` in every string that a user can choose."""
    result = _renamed(bank(), payload)
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
    | {"spec_hash", "payoff_version", "volume_from", "evidence"}
)


def _renamed(value: Any, payload: str) -> Any:
    """Prefix every user string inside ``value``, so that names stay apart and keep fitting each other."""
    if isinstance(value, str):
        return value if value == "1" else f"{payload} {value}"
    if isinstance(value, tuple):
        return tuple(_renamed(each, payload) for each in value)
    if isinstance(value, list):
        return [_renamed(each, payload) for each in value]
    if isinstance(value, Mapping):
        return {key: _renamed(each, payload) for key, each in value.items()}
    if hasattr(value, "__dataclass_fields__"):
        names = [name for name in value.__dataclass_fields__ if name not in _KEPT]
        return replace(value, **{name: _renamed(getattr(value, name), payload) for name in names})
    return value
