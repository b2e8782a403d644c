"""Specs over made-up customers for what-if: one for each way in which intervals are made and doubts are tied."""

from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa

import payoff
from customers import rows_of, spec_of

# Two programs that add the same numbers in another order.
SAME = 1e-9
# What a test reads of the panel, and does there.
SETTLED = "here => document.getElementById('what-if').dataset.shown === here"
FIELD = '.dial[data-key="{}"] .exact'
FIGURES = """() => document.querySelector("#what-if-gains").innerText"""

CONSTANT = {"act": "case when outcome then win else 0 end - cost", "skip": 0}
RANGES = {"margin": {"likely": 0.5, "low": 0.4, "high": 0.6}, "cost": {"likely": 8, "low": 6, "high": 12}}
TIED = {"between": ["margin", "cost"], "rank": 0.6}
TWO = [
    {"name": "worth it", "gain": "100 per year", "over": "today", "confidence": 0.9},
    {"name": "better than now", "gain": "1 per decision", "over": "recorded"},
]
LIMITS = [
    {"metric": "recall", "at_least": 0.2},
    {"metric": "gain", "at_least": "-5000 per year", "over": "today", "confidence": 0.9},
    {"metric": "gain", "at_least": 0, "over": "today", "in_every": ["region", "seen"]},
    {"metric": "gain", "at_most": "9 per decision", "over": "recorded", "evidence": "not refuted"},
    {"metric": "value", "at_least": "20000 per year"},
    {"metric": "value", "at_most": 4, "in_every": ["region"], "evidence": "shown", "confidence": 0.8},
]
SHARES = [
    {"metric": "recall", "at_least": 0.5},
    {"metric": "precision", "at_least": 0.3, "confidence": 0.8},
    {"metric": "specificity", "at_most": 0.9, "evidence": "not refuted"},
    {"metric": "accuracy", "at_least": 0.7},
    {"metric": "act_rate", "at_most": 0.4},
    {"metric": "f_beta", "at_least": 0.2, "at": {"beta": 2}},
    {"metric": "recall", "at_least": 0.2, "in_every": ["region"]},
]
NET = [
    {"metric": "net_gain", "at_least": 0, "over": "recorded"},
    {"metric": "net_gain", "at_least": "-700 per month", "over": "today", "in_every": ["region"]},
]
ROWS = {"few rows of a declared support": 150}
LOOKS = {"every look": "any-time:3000"}

Spec = dict[str, Any]
Specs = Mapping[str, Callable[[Any], Spec]]


def fixed(make_spec: Any, threshold: Any = 0.3, **more: Any) -> Spec:
    found: Spec = make_spec(threshold, id="id") | {"assumptions": dict(RANGES)} | more
    return found


def constant(make_spec: Any, **more: Any) -> Spec:
    ranges = {"win": {"likely": 30, "low": 20, "high": 45, "shape": "p90"}, "cost": RANGES["cost"]}
    # About what is gained, so that the confidence is neither 0 nor 1.
    near = [{"name": "worth it", "gain": "20000 per year", "over": "today", "confidence": 0.9}]
    return fixed(make_spec, value=CONSTANT, assumptions=ranges, hurdles=near, **more)


def bound(make_spec: Any) -> Spec:
    formula = "case when outcome and amount > edge then margin * amount else 0 end - cost"
    edge = {"likely": 20, "low": 10, "high": 60}
    return fixed(make_spec, value={"act": formula, "skip": 0}, assumptions={**RANGES, "edge": edge})


def costly(make_spec: Any) -> Spec:
    spec = fixed(make_spec, hurdles=[{"name": "net", "net_gain": "10 per month", "over": "today"}])
    spec["decision"] = {"unit": "EUR", "volume": {"likely": 12000, "low": 8000, "high": 20000, "per": "year"}}
    spec["model"] = {**spec["model"], "costs": {"running": "1000 per year", "call": "0.02 per decision"}}
    return spec


def clustered(make_spec: Any) -> Spec:
    spec = fixed(make_spec)
    spec["data"] = {**spec["data"], "cluster": "person"}
    return spec


def declared(make_spec: Any, threshold: Any = 0.3, **more: Any) -> Spec:
    spec = fixed(make_spec, threshold, **more)
    spec["data"] = {**spec["data"], "prevalence": 0.1, "sampled": "by outcome"}
    return spec


SPECS: Specs = {
    "a fixed threshold": fixed,
    "a tuned threshold": lambda make: fixed(make, "best"),
    "a declared support": constant,
    "a cap": lambda make: fixed(make, cap={"gain": 5000, "loss": 5000}, hurdles=TWO),
    "an assumption bound to rows": bound,
    "a range of the volume and running costs": costly,
    "clusters": clustered,
    "a declared prevalence": declared,
    "a declared prevalence, tuned": lambda make: declared(make, "best"),
    "ties": lambda make: fixed(make, assumptions={**RANGES, "correlated": [TIED]}),
    "two that move as one": lambda make: fixed(make, assumptions={**RANGES, "together": ["margin", "cost"]}),
    "few rows of a declared support": constant,
    "a declared support under a capacity": lambda make: constant(make, model=_limited(make)),
    "guardrails of money": lambda make: fixed(make, guardrails=LIMITS, slices=["region", "seen"]),
    "guardrails of money, tuned": lambda make: fixed(make, "best", guardrails=LIMITS),
    "guardrails of money on a declared support": lambda make: constant(make, guardrails=LIMITS),
    "guardrails of money under a cap": lambda make: fixed(
        make, cap={"gain": 5000, "loss": 5000}, guardrails=LIMITS
    ),
    "guardrails of shares": lambda make: fixed(make, guardrails=SHARES),
    "guardrails of net gain": lambda make: costly(make) | {"guardrails": [*LIMITS, *NET]},
    "every look": fixed,
    "a share of the rows": lambda make: fixed(make, model=_limited(make)),
}


def _limited(make_spec: Any) -> Spec:
    model: Spec = make_spec(0.3)["model"]
    return {**model, "policy": {"capacity": 0.2}}


def evaluated(name: str, asked: str | None = None, **more: Any) -> Any:
    """Return the result of one of the specs, the first hurdle at another amount where one is ``asked``."""
    rows = rows_of(11, ROWS.get(name, 3_000))
    if name in ("a cap", "guardrails of money under a cap"):
        # One row so large that without the cap no interval could be trusted.
        rows["amount"][7], rows["y"][7], rows["p"][7] = 4_000.0, 1, 0.9
    spec = SPECS[name](spec_of) | more
    if asked is not None:
        first, *rest = spec["hurdles"]
        key = "net_gain" if "net_gain" in first else "gain"
        spec["hurdles"] = [{**first, key: asked}, *rest]
    return payoff.evaluate(pa.table(rows), spec, looks=LOOKS.get(name))
