"""Parts of results built by hand: estimates, curves, hurdles, guardrails and what policies decide differently."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from payoff.record import (
    Curve,
    CutTable,
    Disagreement,
    Flip,
    GuardrailRecord,
    HurdleRecord,
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
